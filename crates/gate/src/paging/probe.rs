//! A call whose answer has as many entries as can be had without knowing the data.

use serde_json::Value;

use super::entries;
use crate::{calls::CallKind, live::Live, surface::Tool, thresholds, wire::Answer};

/// A call that was answered.
#[derive(Clone, Debug)]
pub struct Probed {
    /// Its arguments.
    pub arguments: Value,
    /// What came back: no error.
    pub answer: Answer,
}

/// Parameters that hold what is looked for.
const QUERIES: &[&str] = &[
    "contains",
    "filter",
    "keyword",
    "keywords",
    "name",
    "needle",
    "pattern",
    "phrase",
    "prefix",
    "q",
    "query",
    "search",
    "searchterm",
    "term",
    "text",
    "title",
    "word",
    "words",
];

/// What most texts have.
const BROAD: [&str; 4] = ["a", "e", "the", "*"];

/// The valid call of a tool whose answer has the most entries, among the run's calls and a few whose
/// query is as broad as can be. None where the tool may not be called, or answers none of them. It is
/// looked for once in a run.
pub async fn broad(live: &Live, tool: &Tool) -> Option<Probed> {
    live.may_call(tool, &CallKind::Valid).ok()?;
    let mut known = live.broad.lock().await;
    if let Some(found) = known.get(&tool.name) {
        return found.clone();
    }
    let found = look(live, tool).await;
    known.insert(tool.name.clone(), found.clone());
    found
}

async fn look(live: &Live, tool: &Tool) -> Option<Probed> {
    let calls = live.calls().await;
    let mut best = calls
        .valid()
        .filter(|call| call.tool == tool.name)
        .filter_map(|call| {
            let answer = call.outcome.as_ref().ok()?;
            (!answer.is_refusal()).then(|| Probed {
                arguments: call.arguments.clone(),
                answer: answer.clone(),
            })
        })
        .max_by_key(|probed| entries(&probed.answer).len())?;
    let Some(name) = query(tool, &best.arguments) else {
        return Some(best);
    };
    let least = tool.input_schema["properties"][&name]["minLength"]
        .as_u64()
        .unwrap_or_default();
    for text in BROAD.iter().take(thresholds::BROAD_QUERIES) {
        if entries(&best.answer).len() >= 3 {
            break;
        }
        if (text.len() as u64) < least {
            continue;
        }
        let mut arguments = best.arguments.clone();
        arguments
            .as_object_mut()?
            .insert(name.clone(), Value::from(*text));
        let Ok(answer) = live.call(tool, arguments.clone(), &CallKind::Valid).await else {
            break;
        };
        if !answer.is_refusal() && entries(&answer).len() > entries(&best.answer).len() {
            best = Probed { arguments, answer };
        }
    }
    Some(best)
}

/// The argument that holds what is looked for.
fn query(tool: &Tool, arguments: &Value) -> Option<String> {
    arguments
        .as_object()?
        .iter()
        .filter(|(_, value)| value.is_string())
        .map(|(name, _)| name)
        .find(|name| {
            let schema = &tool.input_schema["properties"][name.as_str()];
            let squeezed: String = name
                .to_lowercase()
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .collect();
            QUERIES.contains(&squeezed.as_str())
                && ["enum", "const", "pattern", "format"]
                    .iter()
                    .all(|keyword| schema.get(keyword).is_none())
        })
        .cloned()
}
