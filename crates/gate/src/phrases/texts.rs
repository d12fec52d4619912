//! Every text of a surface, with its place.

use std::collections::HashSet;

use serde_json::Value;

use crate::{
    finding::{ExchangeId, Place},
    surface::Surface,
    thresholds,
};

/// A text of the surface.
#[derive(Clone, Debug)]
pub(crate) struct Text<'a> {
    /// Where it belongs.
    pub(crate) place: Place,
    /// What it is, such as `description` or `inputSchema.properties.text.description`.
    pub(crate) label: String,
    /// The text as it came.
    pub(crate) said: &'a str,
    /// Where it was seen.
    pub(crate) exchange: Option<ExchangeId>,
}

/// Keys below which nothing is text.
const NO_TEXT: &[&str] = &["$id", "$schema", "icons"];

/// Every text of a surface: names, titles, descriptions, those of parameters, enums, defaults,
/// examples, the keys themselves, prompts, resources, instructions, the server's own name. And what was
/// left out, if anything was.
pub(crate) fn of(surface: &Surface) -> (Vec<Text<'_>>, Option<String>) {
    let mut texts = Texts {
        found: Vec::new(),
        exchange: None,
        seen: HashSet::new(),
        left: thresholds::TEXT_BYTES,
        cut: false,
    };
    if let Some(instructions) = &surface.instructions {
        texts.add(Place::Instructions, "instructions".to_owned(), instructions);
    }
    texts.walk(&Place::Server, "serverInfo", &surface.server_info, None);
    let exchange = |method: &str| surface.walk(method)?.exchanges.first().copied();
    texts.exchange = exchange("tools/list");
    for tool in &surface.tools {
        let place = Place::Tool(tool.name.clone());
        texts.walk(&place, "", &tool.raw, Some(&tool.name));
    }
    texts.exchange = exchange("prompts/list");
    for prompt in &surface.prompts {
        let name = prompt["name"].as_str().unwrap_or_default().to_owned();
        texts.walk(&Place::Prompt(name), "", prompt, None);
    }
    for (method, field, entries) in [
        ("resources/list", "uri", &surface.resources),
        (
            "resources/templates/list",
            "uriTemplate",
            &surface.templates,
        ),
    ] {
        texts.exchange = exchange(method);
        for entry in entries {
            let uri = entry[field].as_str().unwrap_or_default().to_owned();
            texts.walk(&Place::Resource(uri), "", entry, None);
        }
    }
    let cut = texts.cut.then(|| {
        format!(
            "only {} texts were read, and no more than {} characters of one",
            texts.found.len(),
            thresholds::TEXT_CHARS
        )
    });
    (texts.found, cut)
}

struct Texts<'a> {
    found: Vec<Text<'a>>,
    exchange: Option<ExchangeId>,
    /// What stands in many places costs once.
    seen: HashSet<&'a str>,
    /// Bytes that may still be read.
    left: usize,
    /// Whether something was left out.
    cut: bool,
}

impl<'a> Texts<'a> {
    fn add(&mut self, place: Place, label: String, text: &'a str) {
        if text.trim().is_empty() {
            return;
        }
        if self.seen.insert(text) {
            // of a long one the beginning is read
            let cost = text.len().min(4 * thresholds::TEXT_CHARS);
            self.cut |= text.chars().nth(thresholds::TEXT_CHARS).is_some();
            let Some(left) = self.left.checked_sub(cost) else {
                self.seen.remove(text);
                self.cut = true;
                return;
            };
            self.left = left;
        }
        if self.found.len() >= thresholds::TEXTS {
            self.cut = true;
            return;
        }
        self.found.push(Text {
            place,
            label,
            said: text,
            exchange: self.exchange,
        });
    }

    fn walk(&mut self, place: &Place, path: &str, value: &'a Value, tool: Option<&str>) {
        match value {
            Value::String(text) => {
                let place = tool
                    .and_then(|tool| Some(Place::Parameter(tool.to_owned(), parameter(path)?)))
                    .unwrap_or_else(|| place.clone());
                self.add(place, path.to_owned(), text);
            }
            Value::Array(values) => {
                for (at, value) in values.iter().enumerate() {
                    self.walk(place, &format!("{path}[{at}]"), value, tool);
                }
            }
            Value::Object(object) => {
                for (key, value) in object {
                    if NO_TEXT.contains(&key.as_str()) {
                        continue;
                    }
                    let below = if path.is_empty() {
                        key.clone()
                    } else {
                        format!("{path}.{key}")
                    };
                    // a key can say something too
                    if key.len() >= 12 {
                        self.add(place.clone(), format!("{below} (the name)"), key);
                    }
                    self.walk(place, &below, value, tool);
                }
            }
            _ => {}
        }
    }
}

/// The top parameter that a path within a tool belongs to.
fn parameter(path: &str) -> Option<String> {
    let rest = path.strip_prefix("inputSchema.properties.")?;
    Some(rest.split(['.', '[']).next()?.to_owned())
}
