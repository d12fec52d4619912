//! What every model reads in every conversation: the tools' definitions, kept complete, bounded
//! and cheap. `docs/tools.md` is written from them here.

use std::{collections::BTreeSet, fmt::Write, path::Path};

use seaworthy_github::tools::TOOLS;
use seaworthy_kit::{model, tool::visible_tokens};
use serde_json::Value;

/// What all definitions together may cost, in tokens.
const BUDGET: usize = 3_500;

fn definitions() -> Vec<model::Tool> {
    TOOLS.iter().map(|tool| tool.definition()).collect()
}

#[test]
fn every_definition_is_as_recorded() {
    for definition in definitions() {
        insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "definitions" }, {
            insta::assert_json_snapshot!(definition.name.to_string(), definition);
        });
    }
}

#[test]
fn together_they_fit_their_budget() {
    let costs: Vec<_> = definitions()
        .iter()
        .map(|d| (d.name.to_string(), visible_tokens(d)))
        .collect();
    let total: usize = costs.iter().map(|(_, cost)| cost).sum();
    assert!(total <= BUDGET, "{total} tokens: {costs:?}");
}

#[test]
fn the_list_is_sorted_and_is_the_folder() {
    let mut stems: Vec<_> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tools"))
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|stem| stem != "mod")
        .collect();
    stems.sort();
    assert_eq!(
        TOOLS.iter().map(|tool| tool.name).collect::<Vec<_>>(),
        stems
    );
}

#[test]
fn every_tool_has_its_tests() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it"));
    for tool in TOOLS {
        assert!(
            folder.join(format!("{}.rs", tool.name)).exists(),
            "{}",
            tool.name
        );
    }
}

#[test]
fn descriptions_are_complete_and_name_another_tool() {
    for tool in TOOLS {
        let name = tool.name;
        let parts = tool.description;
        for part in [
            parts.purpose,
            parts.arguments,
            parts.returns,
            parts.effects,
            parts.not_for,
        ] {
            assert!(part.len() > 5, "{name}: a part is missing");
        }
        let other = TOOLS
            .iter()
            .any(|other| other.name != name && parts.not_for.contains(other.name));
        assert!(
            other,
            "{name} does not say what to use instead: {}",
            parts.not_for
        );
        let text = parts.text();
        assert!(
            (100..=2_048).contains(&text.len()),
            "{name}: {} characters",
            text.len()
        );
        assert!(text.is_ascii(), "{name}: {text}");
        assert_eq!(
            tool.hints.read_only,
            parts.effects.contains("Reads only"),
            "{name}"
        );
    }
}

#[test]
fn names_titles_and_hints_are_explicit_and_agree() {
    let names: BTreeSet<_> = TOOLS.iter().map(|tool| tool.name).collect();
    let titles: BTreeSet<_> = TOOLS.iter().map(|tool| tool.title).collect();
    assert_eq!((names.len(), titles.len()), (TOOLS.len(), TOOLS.len()));
    for definition in definitions() {
        let name = &definition.name;
        assert!(
            name.len() <= 64 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
            "{name}"
        );
        let hints = definition.annotations.clone().unwrap();
        let (read, destroys) = (
            hints.read_only_hint.unwrap(),
            hints.destructive_hint.unwrap(),
        );
        assert!(
            hints.idempotent_hint.is_some() && hints.open_world_hint.is_some(),
            "{name}"
        );
        assert!(!(read && destroys), "{name}");
        let verb = ["delete", "merge"]
            .iter()
            .any(|verb| name.starts_with(verb));
        assert_eq!(destroys, verb, "{name}");
    }
}

#[test]
fn every_parameter_is_described_and_bounded() {
    for definition in definitions() {
        let schema = Value::Object((*definition.input_schema).clone());
        assert_eq!(schema["type"], "object");
        assert_eq!(schema["additionalProperties"], false, "{}", definition.name);
        for key in ["$schema", "$defs", "title", "anyOf", "oneOf", "allOf"] {
            assert!(schema.get(key).is_none(), "{}: {key}", definition.name);
        }
        for (parameter, schema) in schema["properties"].as_object().unwrap() {
            let at = format!("{}.{parameter}", definition.name);
            assert!(
                schema["description"]
                    .as_str()
                    .is_some_and(|text| text.len() > 2),
                "{at}: {schema}"
            );
            bounded(&at, schema);
        }
        if definition.annotations.as_ref().unwrap().destructive_hint == Some(true) {
            assert_eq!(
                schema["properties"]["confirm"]["type"], "boolean",
                "{}",
                definition.name
            );
            assert!(
                schema["properties"]["confirm_token"].is_object(),
                "{}",
                definition.name
            );
        }
    }
}

fn bounded(at: &str, schema: &Value) {
    assert!(!schema.to_string().contains("$ref"), "{at}");
    match schema["type"].as_str() {
        Some("string") => assert!(
            schema["maxLength"].is_u64() || schema["enum"].is_array(),
            "{at}: {schema}"
        ),
        Some("integer") => assert!(
            schema["minimum"].is_u64() && schema["maximum"].is_u64(),
            "{at}: {schema}"
        ),
        Some("boolean") => {}
        Some("array") => {
            assert!(schema["maxItems"].is_u64(), "{at}: {schema}");
            bounded(at, &schema["items"]);
        }
        // a map says how many values it holds, and what they are
        Some("object") if schema["maxProperties"].is_u64() => {
            bounded(at, &schema["additionalProperties"]);
        }
        Some("object") => {
            for (name, inner) in schema["properties"].as_object().unwrap() {
                bounded(&format!("{at}.{name}"), inner);
            }
        }
        other => panic!("{at}: type {other:?}: {schema}"),
    }
}

#[test]
fn docs_tools_md_is_current() {
    let mut page = String::from(
        "# The tools of `seaworthy serve github`\n\n\
         Written by a test from the definitions (`cargo test -p seaworthy-github docs`); do not edit.\n\n\
         Tokens are estimated as characters / 4 of name, description and input schema.\n",
    );
    let total: usize = definitions().iter().map(visible_tokens).sum();
    writeln!(page, "All {} tools together: {total} tokens.", TOOLS.len()).unwrap();
    for (tool, definition) in TOOLS.iter().zip(definitions()) {
        let parts = tool.description;
        let kind = match (tool.hints.read_only, tool.hints.destructive) {
            (true, _) => "reads",
            (false, true) => "destructive: previews, then acts on a token",
            (false, false) => "writes",
        };
        writeln!(
            page,
            "\n## `{}`: {}\n\n{} tokens; {kind}.\n",
            tool.name,
            tool.title,
            visible_tokens(&definition)
        )
        .unwrap();
        writeln!(
            page,
            "{}\n\n- Arguments: {}\n- Returns {}\n- Effects: {}\n- Not for {}\n",
            parts.purpose, parts.arguments, parts.returns, parts.effects, parts.not_for
        )
        .unwrap();
        if let Some(output) = tool.output {
            let data = output()["title"].as_str().unwrap().to_owned();
            writeln!(
                page,
                "In the code of `run_python`: `tools.{}(...)`, which gives a `{data}` (resource `sandbox://tools.pyi`).\n",
                tool.name
            )
            .unwrap();
        }
        page.push_str("| parameter | type | |\n| --- | --- | --- |\n");
        let required = definition
            .input_schema
            .get("required")
            .cloned()
            .unwrap_or_default();
        for (name, schema) in definition.input_schema["properties"].as_object().unwrap() {
            let must = required
                .as_array()
                .is_some_and(|names| names.iter().any(|n| n == name));
            let must = if must { "**required** " } else { "" };
            let description = schema["description"]
                .as_str()
                .unwrap_or_default()
                .replace('|', "\\|");
            writeln!(
                page,
                "| `{name}` | {} | {must}{description} |",
                kind_of(schema)
            )
            .unwrap();
        }
    }
    current("docs/tools.md", &page);
}

fn kind_of(schema: &Value) -> String {
    if let Some(values) = schema["enum"].as_array() {
        let names: Vec<_> = values.iter().filter_map(Value::as_str).collect();
        return names.join(" \\| ");
    }
    match schema["type"].as_str().unwrap_or_default() {
        "array" => format!(
            "at most {} of: {}",
            schema["maxItems"],
            kind_of(&schema["items"])
        ),
        "string" => format!("text, at most {} characters", schema["maxLength"]),
        "object" if schema["maxProperties"].is_u64() => format!(
            "at most {} by name, each: {}",
            schema["maxProperties"],
            kind_of(&schema["additionalProperties"])
        ),
        "integer" => format!("{} to {}", schema["minimum"], schema["maximum"]),
        other => other.to_owned(),
    }
}

/// Fails when the file in the repository differs, and writes it where that is allowed.
#[expect(clippy::disallowed_methods, reason = "a test")]
fn current(file: &str, page: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(file);
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    if stored != page {
        assert!(
            std::env::var_os("CI").is_none(),
            "{file} is stale; run the tests and commit it"
        );
        std::fs::write(&path, page).unwrap();
        panic!("{file} was stale and is written anew; read its diff and commit it");
    }
}
