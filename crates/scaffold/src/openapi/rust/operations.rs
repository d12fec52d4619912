//! `operations.rs`: one type an operation, with typed fields.

use super::{
    super::{
        calls::Class,
        model::{Input, Place},
        schema::Kind,
    },
    literal::{call, string},
};

/// The type of a field. A part of the path is text, whatever it is made of.
fn kind(input: &Input) -> &'static str {
    if input.place == Place::Path {
        return "String";
    }
    match input.kind {
        Kind::Text { .. } | Kind::Choice(_) => "String",
        Kind::Whole { .. } => "i64",
        Kind::Decimal { .. } => "f64",
        Kind::Flag => "bool",
        Kind::Array | Kind::Object => "Value",
    }
}

/// Whether the field holds an option.
pub(super) fn is_optional(input: &Input) -> bool {
    !input.required
}

/// The file's text.
pub(super) fn file(classes: &[Class<'_>]) -> String {
    let types: String = classes.iter().map(one).collect();
    let value = if types.contains("Value>,\n") || types.contains(": Value,\n") {
        "use serde_json::Value;\n\n"
    } else {
        ""
    };
    format!(
        "//! What the API can be asked for: its operations, typed.\n\n{value}\
         use crate::{{\n    client::{{Method, Operation, Request}},\n    kit::ToolError,\n}};\n{types}"
    )
}

fn one(class: &Class<'_>) -> String {
    let operation = class.operation;
    let name = &class.name;
    let mut text = format!(
        "\n/// `{}`.\n#[derive(Clone, Debug)]\npub struct {name}",
        operation.call()
    );
    if operation.inputs.is_empty() {
        text.push_str(";\n");
    } else {
        text.push_str(" {\n");
        for (input, field) in operation.inputs.iter().zip(&class.fields) {
            let place = match input.place {
                Place::Body => "A field of the body.",
                Place::Header => "A header.",
                Place::Path => "A part of the path.",
                Place::Query => "A part of the query.",
            };
            let kind = kind(input);
            let kind = if is_optional(input) {
                format!("Option<{kind}>")
            } else {
                kind.to_owned()
            };
            text.push_str(&format!("    /// {place}\n    pub {field}: {kind},\n"));
        }
        text.push_str("}\n");
    }
    let mutable = if operation.inputs.is_empty() {
        ""
    } else {
        "mut "
    };
    text.push_str(&format!(
        "\nimpl Operation for {name} {{\n    fn request(&self) -> Result<Request, ToolError> {{\n"
    ));
    let method = format!("Method::{}", operation.method);
    text.push_str(&call(
        &format!("let {mutable}request = Request::new"),
        &[method, string(&operation.path)],
        ";",
        8,
    ));
    for (input, field) in operation.inputs.iter().zip(&class.fields) {
        let value = format!("&self.{field}");
        let named = |how: &str, value: String| {
            let arguments = [string(&input.wire), value];
            call(&format!("request.{how}"), &arguments, ";", 8)
        };
        text.push_str(&match input.place {
            Place::Path => call("request.segment", &[value], "?;", 8),
            Place::Query => named("query", value),
            Place::Header => named("header", value),
            Place::Body => named("field", value),
        });
    }
    text.push_str("        Ok(request)\n    }\n}\n");
    text
}
