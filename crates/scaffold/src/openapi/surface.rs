//! What clients see of a tool, whatever its language: shared arguments, hints, its definition.

use serde_json::{Value, json};

use super::{
    arguments::{Argument, Arguments},
    calls::{Class, class},
    group::{Proposal, Task},
    lock::Locked,
    model::Place,
    schema::Kind,
};
use crate::Language;

/// The longest JSON that an argument takes, as `values.json_text` has it.
pub(super) const JSON: u64 = 100_000;
/// The last character to begin at, as `details.START_CAP` has it.
pub(super) const START: i64 = 2_000_000;
pub(super) const START_TEXT: &str =
    "Character to begin at, 0 for the first; a cut answer says the next.";
pub(super) const PAGE_TEXT: &str = "Items on a page, at most 50.";
pub(super) const CURSOR_TEXT: &str =
    "Where to go on: the cursor of the page before, same arguments.";
pub(super) const CONFIRM_TEXT: &str = "false previews; true acts, with the token.";
pub(super) const TOKEN_TEXT: &str = "Token of the preview, needed when `confirm` is true.";

/// The arguments that tools share.
pub(super) struct Shared {
    pub(super) paged: bool,
    pub(super) start: bool,
    pub(super) confirmed: bool,
}

/// Which arguments of these a tool has.
pub(super) fn shared(proposal: &Proposal) -> Shared {
    match &proposal.task {
        Task::Find { item, .. } => Shared {
            paged: true,
            start: item.is_some(),
            confirmed: false,
        },
        Task::Read { .. } => Shared {
            paged: false,
            start: true,
            confirmed: false,
        },
        Task::Act { confirm, .. } => Shared {
            paged: false,
            start: false,
            confirmed: *confirm,
        },
    }
}

/// The four hints: reads only, destroys, may be repeated, reaches out.
pub(super) fn hints(
    classes: &[Class<'_>],
    proposal: &Proposal,
) -> [(&'static str, &'static str, bool); 4] {
    let (reads, destructive, idempotent) = match &proposal.task {
        Task::Find { .. } | Task::Read { .. } => (true, false, true),
        Task::Act {
            operation,
            destructive,
            ..
        } => {
            let method = class(classes, *operation).map_or("POST", |class| class.operation.method);
            (false, *destructive, matches!(method, "DELETE" | "PUT"))
        }
    };
    [
        ("read_only_hint", "readOnlyHint", reads),
        ("destructive_hint", "destructiveHint", destructive),
        ("idempotent_hint", "idempotentHint", idempotent),
        ("open_world_hint", "openWorldHint", true),
    ]
}

/// What clients will see of a tool.
pub(super) fn definition(
    classes: &[Class<'_>],
    proposal: &Proposal,
    arguments: &Arguments<'_>,
    language: Language,
) -> Locked {
    let shared = shared(proposal);
    let mut properties = serde_json::Map::new();
    let mut required = Vec::new();
    for argument in &arguments.list {
        let schema = schema(argument, language);
        let described = if argument.required {
            required.push(argument.name.clone());
            with_text(schema, &argument.text)
        } else {
            optional(schema, &argument.text, language)
        };
        properties.insert(argument.name.clone(), described);
    }
    let opaque =
        |text: &str| optional(json!({"maxLength": 2000, "type": "string"}), text, language);
    if shared.start {
        properties.insert("start".to_owned(), json!({"default": 0, "description": START_TEXT, "maximum": START, "minimum": 0, "type": "integer"}));
    }
    if shared.paged {
        properties.insert("page_size".to_owned(), json!({"default": 20, "description": PAGE_TEXT, "maximum": 50, "minimum": 1, "type": "integer"}));
        properties.insert("cursor".to_owned(), opaque(CURSOR_TEXT));
    }
    if shared.confirmed {
        properties.insert(
            "confirm".to_owned(),
            json!({"default": false, "description": CONFIRM_TEXT, "type": "boolean"}),
        );
        properties.insert("confirm_token".to_owned(), opaque(TOKEN_TEXT));
    }
    let mut input =
        json!({"additionalProperties": false, "properties": properties, "type": "object"});
    if !required.is_empty() {
        input["required"] = json!(required);
    }
    let hints: serde_json::Map<_, _> = hints(classes, proposal)
        .iter()
        .map(|(_, name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    Locked {
        name: proposal.tool.clone(),
        description: proposal.description.clone(),
        rest: json!({"annotations": hints, "inputSchema": input, "title": proposal.title}),
    }
}

fn with_text(mut schema: Value, text: &str) -> Value {
    schema["description"] = json!(text);
    schema
}

/// The schema of an argument that may be left out, as the language's library writes it.
fn optional(schema: Value, text: &str, language: Language) -> Value {
    match language {
        Language::Python => {
            json!({"anyOf": [schema, {"type": "null"}], "default": null, "description": text})
        }
        Language::Rust => with_text(schema, text),
    }
}

fn schema(argument: &Argument<'_>, language: Language) -> Value {
    let in_address = argument.input.place == Place::Path || argument.input.place == Place::Header;
    match &argument.input.kind {
        Kind::Text { least: 0, most } if !in_address => {
            json!({"maxLength": most, "type": "string"})
        }
        Kind::Text { most, .. } => json!({"maxLength": most, "minLength": 1, "type": "string"}),
        Kind::Choice(values) => match values.as_slice() {
            [only] if language == Language::Python => json!({"const": only, "type": "string"}),
            _ => json!({"enum": values, "type": "string"}),
        },
        Kind::Whole { least, most } => {
            json!({"maximum": most, "minimum": least, "type": "integer"})
        }
        Kind::Decimal { least, most } => {
            json!({"maximum": most, "minimum": least, "type": "number"})
        }
        Kind::Flag => json!({"type": "boolean"}),
        Kind::Array | Kind::Object => json!({"maxLength": JSON, "type": "string"}),
    }
}
