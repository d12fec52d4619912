//! `operations.py`: one class an operation, with typed fields.

use super::{
    super::{
        calls::Class,
        model::{Input, Place},
        schema::Kind,
    },
    literal::{call, string},
};

/// The type of a field.
fn annotation(input: &Input) -> &'static str {
    match input.kind {
        Kind::Text { .. } | Kind::Choice(_) => "str",
        Kind::Whole { .. } => "int",
        Kind::Decimal { .. } => "float",
        Kind::Flag => "bool",
        Kind::Array | Kind::Object => "object",
    }
}

/// The file's text.
pub(super) fn file(classes: &[Class<'_>]) -> String {
    let mut text = String::from(
        "\"\"\"What the API can be asked for: its operations, typed.\"\"\"\n\n\
         from dataclasses import dataclass\n\nfrom . import client\n",
    );
    for class in classes {
        text.push_str(&one(class));
    }
    text
}

fn one(class: &Class<'_>) -> String {
    let operation = class.operation;
    let mut text = format!(
        "\n\n@dataclass(frozen=True, kw_only=True)\nclass {}:\n    \"\"\"{}.\"\"\"\n\n",
        class.name,
        operation.call()
    );
    for (input, field) in operation.inputs.iter().zip(&class.fields) {
        let annotation = annotation(input);
        let field = match (input.required, annotation) {
            (true, _) => format!("    {field}: {annotation}\n"),
            (false, "object") => format!("    {field}: object = None\n"),
            (false, _) => format!("    {field}: {annotation} | None = None\n"),
        };
        text.push_str(&field);
    }
    if !operation.inputs.is_empty() {
        text.push('\n');
    }
    let of = |place: Place| -> Vec<(&Input, &String)> {
        operation
            .inputs
            .iter()
            .zip(&class.fields)
            .filter(|(input, _)| input.place == place)
            .collect()
    };
    let mut arguments = vec![format!("method={}", string(operation.method))];
    let parts = of(Place::Path);
    let path = string(&operation.path);
    if parts.is_empty() {
        arguments.push(format!("path={path}"));
    } else {
        let mut values = vec![path];
        values.extend(parts.iter().map(|(_, field)| format!("self.{field}")));
        arguments.push(call("path=client.path", &values, 12));
    }
    for (name, place) in [("query", Place::Query), ("headers", Place::Header)] {
        let fields = of(place);
        if !fields.is_empty() {
            arguments.push(format!("{name}={}", mapping(&fields, 12)));
        }
    }
    let fields = of(Place::Body);
    if !fields.is_empty() {
        arguments.push(call("body=client.given", &[mapping(&fields, 16)], 12));
    }
    text.push_str(
        "    def request(self) -> client.Request:\n        \"\"\"Give the request.\"\"\"\n",
    );
    text.push_str(&format!(
        "        return {}\n",
        call("client.Request", &arguments, 8)
    ));
    text
}

fn mapping(fields: &[(&Input, &String)], indent: usize) -> String {
    let blank = " ".repeat(indent);
    let lines = fields
        .iter()
        .map(|(input, field)| format!("{blank}    {}: self.{field},\n", string(&input.wire)))
        .collect::<Vec<_>>()
        .concat();
    format!("{{\n{lines}{blank}}}")
}
