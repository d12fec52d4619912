//! What the template's own files say of the API: the list of tools, addresses, documents.

use super::{
    ApiError,
    access::KeyPlace,
    group::{Proposal, Task},
    lock::{self, Locked},
    model::Model,
};
use crate::{Answers, Language, render::Tree};

/// The base of the template's own API, in whose place the document's stands.
const BASE: &str = "https://api.github.com";
/// An address for texts that need one where the document names none.
const EXAMPLE: &str = "https://api.example.com";

/// Changes the files that speak of the API.
///
/// # Errors
/// A file is not as the template has it.
pub(super) fn add(
    tree: &mut Tree,
    answers: &Answers,
    model: &Model,
    chosen: &[&Proposal],
    locked: &[Locked],
) -> Result<(), ApiError> {
    let (tools, settings, default) = match answers.language {
        Language::Python => {
            let module = answers.name.snake();
            (
                format!("src/{module}/tools/__init__.py"),
                format!("src/{module}/settings.py"),
                "api_url: str = ",
            )
        }
        Language::Rust => (
            "src/tools/mod.rs".to_owned(),
            "src/settings.rs".to_owned(),
            "const DEFAULT_API_URL: &str = ",
        ),
    };
    change(tree, &tools, |text| match answers.language {
        Language::Python => list(text, chosen),
        Language::Rust => list_in_rust(text, chosen),
    })?;
    change(tree, "mcp.lock", |text| lock::extended(text, locked))?;
    change(tree, "README.md", |text| {
        readme(text, answers.language, model, chosen)
    })?;
    let base = model.base.clone().unwrap_or_default();
    change(tree, &settings, |text| {
        let own = format!("{default}\"{BASE}\"");
        // rustfmt breaks a constant that is longer than a line, where that makes it fit
        let is_long = answers.language == Language::Rust
            && default.len() + base.len() + 3 > 100
            && base.len() + 7 <= 100;
        let default = if is_long {
            format!("{}\n    ", default.trim_end())
        } else {
            default.to_owned()
        };
        let text = once(text, &own, &format!("{default}\"{base}\""))?;
        let text = text.replace(BASE, if base.is_empty() { EXAMPLE } else { &base });
        Ok(text.replace(" (for GitHub: https://github.com/settings/tokens)", ""))
    })?;
    change(tree, ".env.example", |text| {
        if !base.is_empty() {
            return once(text, BASE, &base);
        }
        let text = once(
            text,
            "# Optional: the base of the API.",
            "# The base of the API, such as https://api.example.com. Required.",
        )?;
        // the variable's line, without its comment and its value
        let (before, after) = text
            .split_once(&format!("_API_URL={BASE}"))
            .ok_or_else(|| fault("address of the API"))?;
        let (before, name) = before
            .rsplit_once("# ")
            .ok_or_else(|| fault("address of the API"))?;
        Ok(format!("{before}{name}_API_URL={after}"))
    })?;
    for path in ["server.json", "manifest.json"] {
        change(tree, path, |text| json(text, model))?;
    }
    Ok(())
}

fn change(
    tree: &mut Tree,
    path: &str,
    how: impl FnOnce(&str) -> Result<String, ApiError>,
) -> Result<(), ApiError> {
    let file = tree.get_mut(path).ok_or_else(|| fault(path))?;
    file.text = how(&file.text)?;
    Ok(())
}

fn fault(what: &str) -> ApiError {
    ApiError::new(
        "",
        format!("the template has no {what}"),
        "this is a fault of seaworthy; please report it",
    )
}

/// The text with one part replaced, which is there once.
fn once(text: &str, from: &str, to: &str) -> Result<String, ApiError> {
    if text.matches(from).count() == 1 {
        Ok(text.replace(from, to))
    } else {
        Err(fault(&format!("{from:?} to replace")))
    }
}

/// `tools/__init__.py` with the tools in its two lists.
fn list(text: &str, chosen: &[&Proposal]) -> Result<String, ApiError> {
    let mut result = String::new();
    let mut rest = text;
    for (begin, end) in [
        ("from . import (\n", ")\n"),
        ("TOOLS: tuple[Tool, ...] = (\n", ")\n"),
    ] {
        let (before, after) = rest
            .split_once(begin)
            .ok_or_else(|| fault("list of tools"))?;
        let (own, after) = after
            .split_once(end)
            .ok_or_else(|| fault("list of tools"))?;
        let is_import = begin.starts_with("from");
        let mut lines: Vec<String> = own.lines().map(str::to_owned).collect();
        lines.extend(chosen.iter().map(|proposal| {
            format!(
                "    {}{},",
                proposal.tool,
                if is_import { "" } else { ".TOOL" }
            )
        }));
        if is_import {
            lines.sort_by(|one, other| natural(one, other));
        } else {
            lines.sort_by_key(|line| line.trim_end_matches(".TOOL,").to_owned());
        }
        result.push_str(before);
        result.push_str(begin);
        for line in lines {
            result.push_str(&line);
            result.push('\n');
        }
        result.push_str(end);
        rest = after;
    }
    Ok(result + rest)
}

/// The order in which the formatter sorts imports: digits by the number that they write.
fn natural(one: &str, other: &str) -> std::cmp::Ordering {
    let parts = |text: &str| {
        let mut parts: Vec<(u8, u64, String)> = Vec::new();
        for c in text.trim_end_matches(',').chars() {
            match (c.to_digit(10), parts.last_mut()) {
                (Some(digit), Some((0, number, _))) => {
                    *number = number.saturating_mul(10).saturating_add(digit.into());
                }
                (Some(digit), _) => parts.push((0, digit.into(), String::new())),
                (None, _) => parts.push((1, 0, c.to_string())),
            }
        }
        parts
    };
    parts(one).cmp(&parts(other))
}

/// `tools/mod.rs` with the tools in its two lists.
fn list_in_rust(text: &str, chosen: &[&Proposal]) -> Result<String, ApiError> {
    let mut result = String::new();
    let mut rest = text;
    for (begin, end, prefix, suffix) in [
        ("\nmod ", "\n\n", "mod ", ";"),
        ("&[&Tool<State>] = &[\n", "\n];", "    &", "::TOOL,"),
    ] {
        let at = rest.find(begin).ok_or_else(|| fault("list of tools"))?;
        let start = at + begin.len() - if begin.starts_with('\n') { 4 } else { 0 };
        let (before, list) = rest.split_at(start);
        let (own, after) = list.split_once(end).ok_or_else(|| fault("list of tools"))?;
        let mut lines: Vec<String> = own.lines().map(str::to_owned).collect();
        lines.extend(
            chosen
                .iter()
                .map(|proposal| format!("{prefix}{}{suffix}", proposal.tool)),
        );
        let name = |line: &str| line.trim_end_matches(suffix).to_owned();
        // rustfmt sorts modules by their plain names
        lines.sort_by_key(|line| name(line));
        result.push_str(before);
        result.push_str(&lines.join("\n"));
        result.push_str(end);
        rest = after;
    }
    Ok(result + rest)
}

fn readme(
    text: &str,
    language: Language,
    model: &Model,
    chosen: &[&Proposal],
) -> Result<String, ApiError> {
    let ending = match language {
        Language::Python => "py",
        Language::Rust => "rs",
    };
    let head = "| tool | what it does | changes something |\n| --- | --- | --- |\n";
    let (before, after) = text
        .split_once(head)
        .ok_or_else(|| fault("table of tools"))?;
    let end = after
        .find("\n\n")
        .map(|at| at + 1)
        .ok_or_else(|| fault("end of its table of tools"))?;
    let (own, after) = after.split_at(end);
    let mut rows: Vec<String> = own.lines().map(str::to_owned).collect();
    rows.extend(chosen.iter().map(|proposal| {
        let changes = match &proposal.task {
            Task::Act { confirm: true, .. } => "yes, after a preview",
            Task::Act { .. } => "yes",
            _ => "no",
        };
        format!(
            "| `{}` | calls {} | {changes} |",
            proposal.tool,
            calls(proposal)
        )
    }));
    rows.sort();
    let mut text = format!("{before}{head}{}\n{after}", rows.join("\n"));
    let mut section = format!(
        "## Tools from the API\n\nMade by `seaworthy new --api` from [openapi.json](openapi.json), the document of \
         {}.\n`operations.{ending}` has its operations, `client.{ending}` the calls. To change a tool, change its file: it is \
         yours.\n",
        model.title
    );
    let mirrors: Vec<_> = chosen
        .iter()
        .filter_map(|proposal| proposal.warning())
        .collect();
    if !mirrors.is_empty() {
        section.push_str("\nThese do no more than one endpoint does:\n\n");
        for mirror in mirrors {
            section.push_str(&format!("- {mirror}.\n"));
        }
    }
    if !model.notes.is_empty() {
        section.push_str("\nOf the document:\n\n");
        for note in &model.notes {
            section.push_str(&format!("- {note}.\n"));
        }
    }
    text = once(&text, "## HTTP\n", &format!("{section}\n## HTTP\n"))?;
    text = text.replace(
        " (GitHub: a token that may read issues)",
        match model.key {
            Some(KeyPlace::Basic) => " (`user:password`)",
            _ => "",
        },
    );
    let row = format!("| base of the API | `{BASE}` |");
    let base = match &model.base {
        Some(base) => format!("| base of the API | `{base}` |"),
        None => {
            "| base of the API. **Required** | none: the start fails with exit code 2 |".to_owned()
        }
    };
    once(&text, &row, &base)
}

fn calls(proposal: &Proposal) -> String {
    let calls: Vec<_> = proposal
        .calls
        .iter()
        .map(|call| format!("`{call}`"))
        .collect();
    calls.join(", ")
}

/// `server.json` and `manifest.json` with what the user must give: the key, where there is one, and the
/// address, where the document names none.
fn json(text: &str, model: &Model) -> Result<String, ApiError> {
    let text = text.replace(
        "Key of the API that issues are imported from",
        "Key of the API",
    );
    let is_bundle = text.contains("user_config");
    match (&model.key, &model.base) {
        (Some(_), Some(_)) => Ok(text),
        (Some(_), None) => with_address(&text, is_bundle),
        (None, None) => {
            // the address stands in the key's place, and is no secret
            let text = text
                .replace("_API_KEY", "_API_URL")
                .replace("api_key", "api_url")
                .replace("\"API key\"", "\"API address\"")
                .replace("Key of the API", "Base of the API's addresses")
                .replace("\"sensitive\": true,", "\"sensitive\": false,")
                .replace(",\n          \"isSecret\": true", "");
            Ok(text)
        }
        (None, Some(_)) => {
            let text = without(
                &text,
                "        {\n          \"name\": \"",
                "_API_KEY\"",
                "        },\n",
            );
            let text = without(
                &text,
                ",\n      \"env\": {\n        \"",
                "_API_KEY\": \"${user_config.api_key}\"",
                "\n      }",
            );
            let text = without(
                &text,
                "  \"user_config\": {\n    \"api_key\": {\n",
                "\"sensitive\": true",
                "    }\n  },\n",
            );
            if text.contains("api_key") || text.contains("_API_KEY") {
                return Err(fault("place of the key to take away"));
            }
            Ok(text)
        }
    }
}

/// The text with the address beside the key.
fn with_address(text: &str, is_bundle: bool) -> Result<String, ApiError> {
    let (before, _) = text
        .split_once("_API_KEY\"")
        .ok_or_else(|| fault("variable of the key"))?;
    let name = before.rsplit('"').next().unwrap_or_default();
    if !is_bundle {
        let next = ["DATABASE", "LOG"]
            .iter()
            .map(|next| format!("        {{\n          \"name\": \"{name}_{next}\""))
            .find(|next| text.contains(next))
            .ok_or_else(|| fault("variable behind the key"))?;
        let address = format!(
            "        {{\n          \"name\": \"{name}_API_URL\",\n          \"description\": \"Base of the API's \
             addresses\",\n          \"isRequired\": true,\n          \"format\": \"string\"\n        }},\n"
        );
        return once(text, &next, &format!("{address}{next}"));
    }
    let variable = "\"${user_config.api_key}\"";
    let text = once(
        text,
        variable,
        &format!("{variable},\n        \"{name}_API_URL\": \"${{user_config.api_url}}\""),
    )?;
    let secret = "      \"sensitive\": true,\n      \"required\": true\n    }";
    once(
        &text,
        secret,
        &format!(
            "{secret},\n    \"api_url\": {{\n      \"type\": \"string\",\n      \"title\": \"API address\",\n      \
             \"description\": \"Base of the API's addresses\",\n      \"required\": true\n    }}"
        ),
    )
}

/// The text without the part that begins with one text, holds another and ends with a third.
fn without(text: &str, begin: &str, holds: &str, end: &str) -> String {
    let Some(start) = text.match_indices(begin).map(|(at, _)| at).find(|at| {
        text[*at..].find(holds).is_some_and(|found| {
            text[*at + begin.len()..]
                .find(end)
                .is_some_and(|ends| found < begin.len() + ends)
        })
    }) else {
        return text.to_owned();
    };
    let rest = &text[start + begin.len()..];
    match rest.find(end) {
        Some(at) => format!("{}{}", &text[..start], &rest[at + end.len()..]),
        None => text.to_owned(),
    }
}
