//! What a person cannot see in a description, a model still reads.

use futures::future::BoxFuture;
use serde_json::{Value, json};

use crate::{
    finding::{ExchangeId, Finding, Place},
    hidden::{Hidden, hidden},
    live::Live,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::Surface,
    thresholds,
};

pub(super) static RULE: Rule = Rule {
    id: "X01",
    name: "hidden-unicode",
    summary: "no invisible, tag, bidirectional or control characters in the surface or in answers",
    level: Level::Error,
    basis: Basis::Heuristic,
    reach: Reach::Calls,
    docs: Docs {
        what: "Every string that the server lists is looked through: names, titles, descriptions, names \
               and texts of parameters, enum values, defaults, instructions, and what it says of itself. \
               So are its answers to the run's calls and its first resources. Tag characters, variation \
               selectors that select nothing, bidirectional and zero-width characters, fillers and \
               control characters are found; what they spell is read out. Joiners that a script needs, \
               emoji and flags are left alone. In answers, what data often carries (soft hyphens, colours \
               of a terminal) is a warning or nothing.",
        why: "A reviewer approves the text on the screen; the model obeys the text in the bytes. Tag \
              characters carry whole sentences that no screen shows.",
        source: "OWASP MCP Top 10, MCP03 tool poisoning; Unicode TR36 and TR39; measured: tag characters are \
                 followed as instructions by several models.",
        bad: "\"description\": \"Adds two numbers.\u{e0069}\u{e0067}\u{e006e}...\"   // tags spell: ignore ...",
        good: "\"description\": \"Adds two numbers.\"",
        fix: "Remove the characters from the source, and strip them from data before it is returned: \
              categories Cc (but line ends and tabs), Cf and Default_Ignorable_Code_Point.",
    },
    checks: &[Check::Surface(surface), Check::After(answers)],
};

const FIX: &str = "Delete these characters: write the text anew instead of copying it.";

fn surface(surface: &Surface) -> Outcome {
    let mut found = Vec::new();
    let mut look = |place: Place, value: &Value| {
        strings(value, &mut Vec::new(), &mut |path, text| {
            if let Some(hidden) = hidden(text) {
                found.push(finding(narrowed(&place, path), path, text, &hidden));
            }
        });
    };
    look(Place::Server, &surface.server_info);
    look(Place::Server, &surface.capabilities);
    if let Some(instructions) = &surface.instructions {
        look(Place::Instructions, &Value::from(instructions.as_str()));
    }
    for tool in &surface.tools {
        look(Place::Tool(tool.name.clone()), &tool.raw);
    }
    let named = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    for prompt in &surface.prompts {
        look(Place::Prompt(named(prompt, "name")), prompt);
    }
    for resource in &surface.resources {
        look(Place::Resource(named(resource, "uri")), resource);
    }
    for template in &surface.templates {
        look(Place::Resource(named(template, "uriTemplate")), template);
    }
    for walk in &surface.walks {
        for envelope in &walk.envelopes {
            look(Place::Method(walk.method.to_owned()), envelope);
        }
    }
    found.into()
}

/// The parameter that a path into a tool's definition leads to, or the place itself.
fn narrowed(place: &Place, path: &[String]) -> Place {
    match (place, path) {
        (Place::Tool(tool), [schema, properties, name, ..])
            if schema == "inputSchema" && properties == "properties" =>
        {
            Place::Parameter(tool.clone(), name.clone())
        }
        _ => place.clone(),
    }
}

/// Visits every string in a value, names of members among them, with the path to it.
fn strings(value: &Value, path: &mut Vec<String>, visit: &mut impl FnMut(&[String], &str)) {
    match value {
        Value::String(text) => visit(path, text),
        Value::Array(array) => {
            for (index, item) in array.iter().enumerate() {
                path.push(index.to_string());
                strings(item, path, visit);
                path.pop();
            }
        }
        Value::Object(object) => {
            for (name, item) in object {
                path.push(name.clone());
                visit(path, name);
                strings(item, path, visit);
                path.pop();
            }
        }
        _ => {}
    }
}

fn finding(place: Place, path: &[String], text: &str, hidden: &Hidden) -> Finding {
    let label = if path.is_empty() {
        "text".to_owned()
    } else {
        path.join(".")
    };
    let is_name = path.last().is_some_and(|last| last == text);
    let mut message = format!(
        "{label} {} {}",
        if is_name { "is a name with" } else { "has" },
        hidden.what
    );
    if let Some(spells) = &hidden.spells {
        let spells: String = spells.chars().take(200).collect();
        message.push_str(&format!(", which spell: \"{spells}\""));
    }
    RULE.finding(place, message, FIX)
        .quote(&label, text, hidden.range.clone())
        .key(&label)
}

fn answers(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let mut outcome = Outcome::pass();
        for (call, answer) in live.calls().await.answered() {
            // an answer may repeat what it was sent
            let mut sent_hidden = false;
            strings(&call.arguments, &mut Vec::new(), &mut |_, text| {
                sent_hidden |= hidden(text).is_some();
            });
            if !sent_hidden {
                let value = match &answer.reply {
                    Ok(result) => result.clone(),
                    Err(error) => json!({"message": error.message, "data": error.data}),
                };
                judge(
                    &mut outcome,
                    &Place::Tool(call.tool.clone()),
                    &value,
                    answer.exchange,
                );
            }
        }
        read(live, &mut outcome).await;
        outcome
    })
}

/// Reads the first resources and prompts; the protocol makes both read-only.
async fn read(live: &Live, outcome: &mut Outcome) {
    let resources = live
        .surface
        .resources
        .iter()
        .filter_map(|resource| resource["uri"].as_str())
        .take(thresholds::RESOURCES_READ)
        .map(|uri| {
            (
                "resources/read",
                json!({"uri": uri}),
                Place::Resource(uri.to_owned()),
            )
        });
    let prompts = live
        .surface
        .prompts
        .iter()
        .filter(|prompt| {
            !prompt["arguments"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|argument| argument["required"] == true)
        })
        .filter_map(|prompt| prompt["name"].as_str())
        .take(thresholds::RESOURCES_READ)
        .map(|name| {
            (
                "prompts/get",
                json!({"name": name, "arguments": {}}),
                Place::Prompt(name.to_owned()),
            )
        });
    for (method, params, place) in resources.chain(prompts) {
        let Ok(session) = live.session().await else {
            outcome.unknown("resources and prompts: there is no connection");
            return;
        };
        match session.request(method, params).await {
            Ok(answer) => judge(outcome, &place, answer.result(), answer.exchange),
            Err(lost) => outcome.unknown(format!("{place}: {lost}")),
        }
    }
}

/// Looks through an answer: one finding a place.
fn judge(outcome: &mut Outcome, place: &Place, answer: &Value, exchange: ExchangeId) {
    if outcome
        .findings
        .iter()
        .any(|finding| &finding.place == place)
    {
        return;
    }
    let mut worst: Option<(Vec<String>, String, Hidden)> = None;
    strings(answer, &mut Vec::new(), &mut |path, text| {
        // pictures and sounds
        if path
            .last()
            .is_some_and(|last| last == "data" || last == "blob")
            && text.len() > 200
        {
            return;
        }
        // files may begin with the mark of their encoding
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if let Some(hidden) = hidden(text)
            && worst
                .as_ref()
                .is_none_or(|(_, _, known)| !known.is_grave && hidden.is_grave)
        {
            worst = Some((path.to_vec(), text.to_owned(), hidden));
        }
    });
    let Some((path, text, hidden)) = worst else {
        return;
    };
    let level = if hidden.is_grave {
        Level::Error
    } else if text[hidden.range.clone()].contains(|character: char| character.is_control()) {
        Level::Warning
    } else {
        // soft hyphens and the like come with data of all kinds
        return;
    };
    let mut finding = finding(place.clone(), &path, &text, &hidden)
        .level(level)
        .exchange(exchange);
    finding.message = format!("in an answer, {}", finding.message);
    "Strip invisible and control characters from data before it is returned."
        .clone_into(&mut finding.fix);
    outcome.find(finding.key("answer"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surface::Tool;

    #[test]
    fn every_string_of_a_definition_is_looked_at() {
        let raw = json!({
            "name": "add",
            "title": "A\u{200b}dd",
            "inputSchema": {"type": "object", "properties": {
                "a\u{2060}": {"type": "number"},
                "b": {"enum": ["x", "y\u{202e}"], "default": "\u{e0041}", "description": "\u{feff}"},
            }},
            "annotations": {"title": "\u{ad}"},
        });
        let outcome = surface(&Surface {
            tools: vec![Tool::take(raw, 1)],
            server_info: json!({"version": "1\u{200b}"}),
            instructions: Some("Use\u{200b}".to_owned()),
            ..Surface::default()
        });
        let places: Vec<_> = outcome
            .findings
            .iter()
            .map(|finding| finding.key.as_str())
            .collect();
        assert_eq!(
            places,
            [
                "version",
                "text",
                "annotations.title",
                "inputSchema.properties.a\\u{2060}",
                "inputSchema.properties.b.default",
                "inputSchema.properties.b.description",
                "inputSchema.properties.b.enum.1",
                "title"
            ]
        );
    }
}
