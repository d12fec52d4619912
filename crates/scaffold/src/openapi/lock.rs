//! The generated tools in `mcp.lock`, as `seaworthy check --update-lock` would record them.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::ApiError;

const TABLE: &str = "\n[[tool]]\n";

/// A tool, as clients see it.
#[derive(Debug)]
pub(super) struct Locked {
    pub(super) name: String,
    pub(super) description: String,
    /// Its definition without name and description.
    pub(super) rest: Value,
}

/// The lock file with these tools among its own, sorted by name.
///
/// # Errors
/// The file is not as the template has it.
pub(super) fn extended(text: &str, tools: &[Locked]) -> Result<String, ApiError> {
    let (head, rest) = text.split_once(TABLE).ok_or_else(wrong)?;
    // the tools come first: what follows the last one begins another table
    let end = rest.find("\n[[prompt]]").unwrap_or(rest.len());
    let (own, tail) = rest.split_at(end);
    let mut entries: Vec<(String, String)> = Vec::new();
    for entry in own.split(TABLE) {
        let name = entry
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("name = \""))
            .ok_or_else(wrong)?;
        entries.push((
            name.trim_end_matches('"').to_owned(),
            entry.trim_end_matches('\n').to_owned(),
        ));
    }
    entries.extend(tools.iter().map(|tool| (tool.name.clone(), entry(tool))));
    entries.sort();
    let tables = entries
        .iter()
        .map(|(_, entry)| format!("{TABLE}{entry}\n"))
        .collect::<Vec<_>>()
        .concat();
    Ok(format!("{head}{tables}{tail}"))
}

fn wrong() -> ApiError {
    ApiError::new(
        "",
        "the template's mcp.lock has another form".to_owned(),
        "this is a fault of seaworthy; please report it",
    )
}

fn entry(tool: &Locked) -> String {
    let mut whole = tool.rest.clone();
    whole["name"] = json!(tool.name);
    whole["description"] = json!(tool.description);
    let digest = Sha256::digest(sorted(&whole).to_string());
    let digest = digest
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>()
        .concat();
    let definition = serde_json::to_string_pretty(&sorted(&tool.rest)).unwrap_or_default();
    let definition = definition
        .replace('\\', "\\\\")
        .replace("\"\"\"", "\"\"\\\"");
    format!(
        "name = {}\nsha256 = \"{digest}\"\ndescription = {}\ndefinition = \"\"\"\n{definition}\"\"\"",
        quoted(&tool.name),
        quoted(&tool.description)
    )
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// With the keys of all objects sorted, whatever the build's map keeps.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<_> = fields.keys().collect();
            names.sort();
            let fields: Map<_, _> = names
                .into_iter()
                .map(|name| (name.clone(), sorted(&fields[name])))
                .collect();
            Value::Object(fields)
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}
