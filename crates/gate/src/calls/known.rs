//! Values that exist on the server: URIs of its resources, what it completes, and what its lists show.

use serde_json::{Map, Value, json};

use super::plan::Plan;
use crate::{
    live::Live,
    schema::Inputs,
    surface::{Surface, Tool},
    verbs::words,
    wire::Answer,
};

/// Values that are kept.
const KEPT: usize = 2_000;
/// What is read of one answer, in bytes.
const READ: usize = 64 * 1024;
/// Values that are tried for one argument.
const TRIED: usize = 200;
/// Completions that are asked for.
const COMPLETIONS: usize = 4;

/// Values that exist on the server, with the name under which they were seen.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Name (empty for a word of a text), value.
    values: Vec<(String, Value)>,
}

impl Known {
    fn add(&mut self, name: &str, value: Value) {
        let entry = (words(name).join("_"), value);
        if self.values.len() < KEPT && !self.values.contains(&entry) {
            self.values.push(entry);
        }
    }

    /// The URIs of resources.
    pub(super) fn learn_surface(&mut self, surface: &Surface) {
        for resource in surface.resources.iter().take(20) {
            if let Some(uri) = resource["uri"].as_str() {
                self.add("uri", json!(uri));
            }
        }
    }

    /// What an answer shows.
    pub(super) fn learn(&mut self, answer: &Answer) {
        let result = answer.result();
        self.walk("", &result["structuredContent"], 8);
        for item in result["content"].as_array().into_iter().flatten().take(20) {
            if let Some(uri) = item["uri"].as_str().or(item["resource"]["uri"].as_str()) {
                self.add("uri", json!(uri));
            }
        }
        let text: String = answer.text().chars().take(READ).collect();
        if let Ok(value) = serde_json::from_str::<Value>(&text) {
            self.walk("", &value, 8);
            return;
        }
        for line in text.lines().take(200) {
            for (index, word) in line.split([' ', '\t', ',', ';', '|']).take(20).enumerate() {
                let word =
                    word.trim_matches(|character: char| "\"'()[]<>*:.`#".contains(character));
                if word.is_empty() || word.len() > 80 {
                    continue;
                }
                // the first word of a line is an id where one is listed
                let first = index == 0 && word.chars().any(|character| character.is_ascii_digit());
                self.add(if first { "id" } else { "" }, json!(word));
            }
        }
    }

    fn walk(&mut self, name: &str, value: &Value, depth: usize) {
        if depth == 0 || self.values.len() >= KEPT {
            return;
        }
        match value {
            Value::Object(object) => {
                for (key, inner) in object.iter().take(50) {
                    self.walk(key, inner, depth - 1);
                }
            }
            Value::Array(items) => {
                for inner in items.iter().take(20) {
                    self.walk(name, inner, depth - 1);
                }
            }
            Value::String(text) if !text.is_empty() && text.len() <= 300 => {
                self.add(name, value.clone());
            }
            Value::Number(_) => self.add(name, value.clone()),
            _ => {}
        }
    }

    /// What the server completes for arguments of its prompts and templates that tools take too.
    pub(super) async fn learn_completions(&mut self, live: &Live, plans: &[(&Tool, Plan)]) {
        if live.surface.capabilities.get("completions").is_none() {
            return;
        }
        let wanted = |name: &str| {
            plans
                .iter()
                .any(|(tool, plan)| plan.fills && tool.required().any(|required| required == name))
        };
        let mut asked = Vec::new();
        for prompt in live.surface.prompts.iter().take(50) {
            for argument in prompt["arguments"].as_array().into_iter().flatten() {
                if let (Some(prompt), Some(name)) =
                    (prompt["name"].as_str(), argument["name"].as_str())
                    && wanted(name)
                {
                    asked.push((
                        json!({"type": "ref/prompt", "name": prompt}),
                        name.to_owned(),
                    ));
                }
            }
        }
        for template in live.surface.templates.iter().take(50) {
            let uri = template["uriTemplate"].as_str().unwrap_or_default();
            for name in uri
                .split('{')
                .skip(1)
                .filter_map(|rest| rest.split('}').next())
            {
                if wanted(name) {
                    asked.push((json!({"type": "ref/resource", "uri": uri}), name.to_owned()));
                }
            }
        }
        for (reference, name) in asked.into_iter().take(COMPLETIONS) {
            let Ok(session) = live.session().await else {
                return;
            };
            let params = json!({"ref": reference, "argument": {"name": name, "value": ""}});
            let Ok(answer) = session.request("completion/complete", params).await else {
                return;
            };
            let values = answer.result()["completion"]["values"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            for value in values.into_iter().take(20).filter(Value::is_string) {
                self.add(&name, value);
            }
        }
    }

    /// The same arguments with values that exist, for required arguments that name a thing. None where
    /// nothing fits.
    pub fn fill(&self, inputs: &Inputs, plain: &Value) -> Option<Value> {
        let mut filled: Map<String, Value> = plain.as_object()?.clone();
        let mut found = false;
        for name in inputs.required() {
            let schema = inputs.argument(&name);
            if schema.get("enum").is_some()
                || schema.get("const").is_some()
                || super::is_confirmation(&name)
            {
                continue;
            }
            let fitting = self.candidates(&name, &schema).take(TRIED).find(|value| {
                let mut tried = filled.clone();
                tried.insert(name.clone(), (*value).clone());
                inputs.accepts(&Value::Object(tried))
            });
            if let Some(value) = fitting {
                filled.insert(name, value.clone());
                found = true;
            }
        }
        found.then_some(Value::Object(filled))
    }

    /// Values for an argument, the likeliest first.
    fn candidates(&self, name: &str, schema: &Value) -> impl Iterator<Item = &Value> {
        let name = words(name);
        let joined = name.join("_");
        let last = name.last().cloned().unwrap_or_default();
        let is_id = matches!(last.as_str(), "id" | "ids" | "key" | "number" | "ref");
        // a word of a text is a value only where the schema can tell it from others
        let told_apart = schema["pattern"].is_string()
            || matches!(
                schema["format"].as_str(),
                Some("uri" | "uuid" | "email" | "ipv4" | "ipv6" | "date" | "date-time")
            );
        let stem = name.first().cloned().unwrap_or_default();
        let same = move |seen: &str| seen == joined;
        let alike = move |seen: &str| {
            is_id && (seen == last || seen == "id" || (seen == stem && !seen.is_empty()))
        };
        let first = self.values.iter().filter({
            let same = same.clone();
            move |(seen, _)| same(seen)
        });
        let second = self.values.iter().filter(move |(seen, _)| alike(seen));
        let third = self.values.iter().filter(move |_| told_apart);
        first.chain(second).chain(third).map(|(_, value)| value)
    }
}
