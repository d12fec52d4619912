//! The read-only tools as Python: the source of a module `tools`, and its type stubs.
//!
//! Both are written from the tools' definitions and from the schemas of their data, so that a new
//! tool needs nothing here. The source has to be cheap to run and to read: plain functions, no
//! imports, Python 3.9 or later. It expects `_call(name, arguments)` and `ToolError` as globals.

use std::fmt::Write;

use rmcp::model::JsonObject;
use serde_json::Value;

use crate::{Description, Tool, data, input::PageSize};

/// The longest line of a docstring.
const WIDTH: usize = 96;
/// Words that no parameter can be called; they get a `_` behind them.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// A tool as a function.
#[derive(Debug, Clone)]
pub struct Function {
    name: &'static str,
    description: Description,
    input: JsonObject,
    output: JsonObject,
}

impl Function {
    /// The function for a tool that code may call; none for any other.
    pub fn of<P>(tool: &Tool<P>) -> Option<Self> {
        Some(Self {
            name: tool.name,
            description: tool.description,
            input: (tool.input)(),
            output: data::output(tool)?,
        })
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        let required = self.input.get("required").and_then(Value::as_array);
        let is_required =
            |name: &str| required.is_some_and(|names| names.iter().any(|n| n == name));
        let mut parameters: Vec<_> = properties(&self.input)
            .map(|(name, schema)| Parameter {
                name,
                schema,
                required: is_required(name),
            })
            .collect();
        parameters.sort_by_key(|parameter| !parameter.required);
        parameters
    }

    fn gives(&self) -> &str {
        title(&self.output)
    }
}

struct Parameter<'a> {
    name: &'a str,
    schema: &'a Value,
    required: bool,
}

impl Parameter<'_> {
    fn python_name(&self) -> String {
        let mark = if KEYWORDS.contains(&self.name) {
            "_"
        } else {
            ""
        };
        format!("{}{mark}", self.name)
    }

    fn signature(&self, kind: &str, absent: &str) -> String {
        let absent = if self.required { "" } else { absent };
        format!("{}: {kind}{absent}", self.python_name())
    }

    /// `state: "open", "closed" or "all"; else open`.
    fn doc(&self) -> String {
        let values = self.schema["enum"].as_array().map(|values| {
            let values: Vec<_> = values.iter().map(Value::to_string).collect();
            values.join(" | ")
        });
        let remark = self.schema["description"].as_str().unwrap_or_default();
        let said = [values.as_deref().unwrap_or_default(), remark];
        let said: Vec<_> = said.into_iter().filter(|part| !part.is_empty()).collect();
        let said = format!("{}: {}", self.python_name(), said.join("; "));
        said.trim_end_matches([':', ' ']).to_owned()
    }
}

fn properties(schema: &JsonObject) -> impl Iterator<Item = (&str, &Value)> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let properties = properties.into_iter().flatten();
    properties.map(|(name, schema)| (name.as_str(), schema))
}

fn title(schema: &JsonObject) -> &str {
    schema
        .get("title")
        .and_then(Value::as_str)
        .unwrap_or("dict")
}

/// A schema as a Python type. `Brief` is for people: what `help` shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Brief,
    Typed,
}

fn python_type(schema: &Value, style: Style) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap_or(reference).to_owned();
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(alternatives) = schema[key].as_array() {
            return union(
                alternatives.iter().map(|one| python_type(one, style)),
                style,
            );
        }
    }
    if let (Some(values), Style::Typed) = (schema["enum"].as_array(), style) {
        let values: Vec<_> = values.iter().map(Value::to_string).collect();
        return format!("Literal[{}]", values.join(", "));
    }
    if schema["const"].is_string() && style == Style::Typed {
        return format!("Literal[{}]", schema["const"]);
    }
    match &schema["type"] {
        Value::Array(kinds) => union(
            kinds.iter().map(|kind| {
                let mut one = schema.clone();
                one["type"] = kind.clone();
                python_type(&one, style)
            }),
            style,
        ),
        Value::String(kind) => match kind.as_str() {
            "string" => "str".to_owned(),
            "integer" => "int".to_owned(),
            "number" => "float".to_owned(),
            "boolean" => "bool".to_owned(),
            "null" => "None".to_owned(),
            "array" => format!("list[{}]", python_type(&schema["items"], style)),
            _ if schema["additionalProperties"].is_object() => {
                let value = python_type(&schema["additionalProperties"], style);
                format!("dict[str, {value}]")
            }
            _ => "dict".to_owned(),
        },
        _ if style == Style::Brief => "object".to_owned(),
        _ => "Any".to_owned(),
    }
}

fn union(kinds: impl Iterator<Item = String>, style: Style) -> String {
    let (nothing, mut kinds): (Vec<_>, Vec<_>) = kinds.partition(|kind| kind == "None");
    kinds.dedup();
    let literals = kinds
        .iter()
        .map(|kind| kind.strip_prefix("Literal[")?.strip_suffix(']'));
    if let (true, Some(values)) = (kinds.len() > 1, literals.collect::<Option<Vec<_>>>()) {
        kinds = vec![format!("Literal[{}]", values.join(", "))];
    }
    let one = match (kinds.as_slice(), style) {
        ([only], _) => only.clone(),
        (_, Style::Brief) => kinds.join(" | "),
        (_, Style::Typed) => format!("Union[{}]", kinds.join(", ")),
    };
    match (nothing.is_empty(), style) {
        (true, _) => one,
        (false, Style::Brief) => format!("{one} | None"),
        (false, Style::Typed) => format!("Optional[{one}]"),
    }
}

/// The named types of a schema, each after those that it is made of.
fn types(schema: &JsonObject) -> Vec<(&str, &JsonObject)> {
    fn visit<'a>(
        name: &'a str,
        schema: &'a JsonObject,
        definitions: Option<&'a JsonObject>,
        found: &mut Vec<(&'a str, &'a JsonObject)>,
    ) {
        if found.iter().any(|(known, _)| *known == name) {
            return;
        }
        let text = Value::Object(
            schema
                .get("properties")
                .map_or_else(JsonObject::new, |all| {
                    all.as_object().cloned().unwrap_or_default()
                }),
        )
        .to_string();
        for (other, definition) in definitions.into_iter().flatten() {
            let named = format!("\"#/$defs/{other}\"");
            if let (true, Some(definition)) = (text.contains(&named), definition.as_object()) {
                visit(other, definition, definitions, found);
            }
        }
        found.push((name, schema));
    }
    let definitions = schema.get("$defs").and_then(Value::as_object);
    let mut found = Vec::new();
    visit(title(schema), schema, definitions, &mut found);
    found
}

/// Safe between the quotes of a docstring.
fn docstring(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "'")
}

/// Appends `text` in lines of at most [`WIDTH`], the first behind `first`, the others behind `rest`.
fn wrap(out: &mut String, first: &str, rest: &str, text: &str) {
    let (mut line, mut empty) = (first.to_owned(), true);
    for word in text.split_whitespace() {
        if !empty && line.len() + 1 + word.len() > WIDTH {
            let _ = writeln!(out, "{}", line.trim_end());
            (line, empty) = (rest.to_owned(), true);
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    let _ = writeln!(out, "{}", line.trim_end());
}

/// What `help(tools)` shows: short enough to be printed whole. `help(tools.NAME)` has the rest.
fn contents(out: &mut String, functions: &[Function]) {
    out.push_str("This server's read-only tools, called by keyword. They return data: dicts, lists, texts.\n\n");
    out.push_str("A list comes page by page, as `items` with a `cursor` (None at the end):\n");
    if let Some(list) = functions.iter().find(|function| is_paged(function)) {
        let name = list.name;
        let _ = writeln!(
            out,
            "    tools.all(tools.{name}, key=value)    the items of all pages, as one list\n    \
                 tools.pages(tools.{name}, key=value)  the pages, one after the other"
        );
    }
    out.push_str("A call that fails raises tools.ToolError, with kind, message and hint.\n");
    out.push_str("help(tools.NAME) has the arguments and fields of a tool:\n\n");
    for function in functions {
        let parameters = function.parameters();
        let named = parameters.iter().map(|parameter| {
            let mark = if parameter.required { "" } else { "=" };
            format!("{}{mark}", parameter.python_name())
        });
        let named: Vec<_> = named.collect();
        let signature = format!("{}({})", function.name, named.join(", "));
        wrap(out, "", "    ", &signature);
        wrap(out, "    ", "    ", function.description.purpose);
        wrap(out, "    -> ", "       ", &fields(&function.output));
    }
}

/// The names of a result's fields, and those of its items.
fn fields(schema: &JsonObject) -> String {
    let names: Vec<_> = properties(schema)
        .map(|(name, field)| match field["items"]["$ref"].as_str() {
            Some(reference) if name == "items" => {
                let kind = reference.rsplit('/').next().unwrap_or_default();
                let item = schema["$defs"][kind].as_object();
                let item = item.into_iter().flat_map(properties);
                let names: Vec<_> = item.map(|(name, _)| name).collect();
                format!("items of {{{}}}", names.join(", "))
            }
            _ => name.to_owned(),
        })
        .collect();
    names.join(", ")
}

/// The source of the module `tools`.
pub fn module(functions: &[Function]) -> String {
    let mut doc = String::new();
    contents(&mut doc, functions);
    let mut out = format!("\"\"\"{}\"\"\"\n\n", docstring(&doc));
    // what `help(tools)` lists besides: the tools stand in its text, by one line each
    out.push_str("__all__ = [\"pages\"]\n");
    for function in functions {
        define(&mut out, function);
    }
    let _ = write!(
        out,
        r#"

def pages(tool, **arguments):
    """Call a tool again and again while it gives a cursor; yields its pages."""
    if "page_size" in (tool.__kwdefaults__ or ()):
        arguments.setdefault("page_size", {})
    while True:
        page = tool(**arguments)
        yield page
        cursor = page.get("cursor")
        if not cursor:
            return
        arguments["cursor"] = cursor


def all(tool, **arguments):
    """The items of all pages of a tool, as one list."""
    return [item for page in pages(tool, **arguments) for item in page["items"]]


def _ask(name, arguments):
    return _call(name, {{key: value for key, value in arguments.items() if value is not None}})
"#,
        PageSize::DATA_CAP
    );
    out
}

fn is_paged(function: &Function) -> bool {
    let has =
        |schema: &JsonObject, wanted: &str| properties(schema).any(|(name, _)| name == wanted);
    has(&function.input, "cursor") && has(&function.output, "items")
}

fn define(out: &mut String, function: &Function) {
    let parameters = function.parameters();
    let signature: Vec<_> = parameters
        .iter()
        .map(|parameter| {
            // what `help` shows: `list` says enough there
            let kind = python_type(parameter.schema, Style::Brief);
            let kind = kind.split('[').next().unwrap_or(&kind).to_owned();
            parameter.signature(&kind, " = None")
        })
        .collect();
    let star = if signature.is_empty() { "" } else { "*, " };
    let _ = write!(out, "\n\ndef {}(", function.name);
    let _ = writeln!(out, "{star}{}) -> dict:", signature.join(", "));
    let about = function.description;
    let mut doc = String::new();
    wrap(
        &mut doc,
        "    ",
        "    ",
        &format!("{} {}", about.purpose, about.arguments),
    );
    doc.push('\n');
    for parameter in &parameters {
        wrap(&mut doc, "    ", "        ", &parameter.doc());
    }
    let mut named = types(&function.output);
    named.reverse();
    for (index, (name, schema)) in named.into_iter().enumerate() {
        let fields: Vec<_> = properties(schema)
            .map(|(field, schema)| format!("{field}: {}", python_type(schema, Style::Brief)))
            .collect();
        let name = if index == 0 { "Returns" } else { name };
        wrap(
            &mut doc,
            "    ",
            "        ",
            &format!("{name} {{{}}}", fields.join(", ")),
        );
    }
    let doc = docstring(doc.trim());
    let _ = writeln!(out, "    \"\"\"{doc}\n    \"\"\"");
    let arguments: Vec<_> = parameters
        .iter()
        .map(|parameter| format!("\"{}\": {}", parameter.name, parameter.python_name()))
        .collect();
    let _ = writeln!(
        out,
        "    return _ask(\"{}\", {{{}}})",
        function.name,
        arguments.join(", ")
    );
}

/// The description as a comment at the end of a line; nothing without one.
fn comment(schema: &Value) -> String {
    // written in Rust: `word` is a word there
    let remark = schema["description"].as_str().unwrap_or_default();
    let words: Vec<_> = remark
        .split_whitespace()
        .map(|word| word.replace('`', ""))
        .collect();
    if words.is_empty() {
        return String::new();
    }
    format!("  # {}", words.join(" "))
}

/// The type stubs of the module `tools`, `tools.pyi`.
pub fn interface(functions: &[Function]) -> String {
    let mut out = String::from(
        "\"\"\"In the sandbox, `import tools` gives these functions: this server's read-only tools, as data.\"\"\"\n\n\
         from typing import Any, Callable, Iterator, Literal, Optional, TypedDict, Union\n\n\
         class ToolError(Exception):\n    kind: str  # such as not_found, rate_limited\n    message: str\n    hint: str  # what to do next\n",
    );
    let mut known: Vec<&str> = Vec::new();
    for function in functions {
        for (name, schema) in types(&function.output) {
            if known.contains(&name) {
                continue;
            }
            known.push(name);
            let _ = writeln!(out, "\nclass {name}(TypedDict):");
            for (field, schema) in properties(schema) {
                let kind = python_type(schema, Style::Typed);
                let _ = writeln!(out, "    {field}: {kind}{}", comment(schema));
            }
        }
    }
    for function in functions {
        let _ = write!(out, "\ndef {}(", function.name);
        let parameters = function.parameters();
        if !parameters.is_empty() {
            out.push_str("\n    *,\n");
        }
        for parameter in &parameters {
            let kind = python_type(parameter.schema, Style::Typed);
            let kind = if parameter.required {
                kind
            } else {
                format!("Optional[{kind}]")
            };
            let signature = parameter.signature(&kind, " = None");
            let _ = writeln!(out, "    {signature},{}", comment(parameter.schema));
        }
        let about = docstring(function.description.purpose);
        let _ = writeln!(out, ") -> {}:\n    \"\"\"{about}\"\"\"", function.gives());
    }
    out.push_str("\ndef pages(tool: Callable[..., Any], **arguments: Any) -> Iterator[Any]:\n    \"\"\"Call a tool again and again while it gives a cursor; yields its pages.\"\"\"\n");
    out.push_str("\ndef all(tool: Callable[..., Any], **arguments: Any) -> list[Any]:\n    \"\"\"The items of all pages of a tool, as one list.\"\"\"\n");
    out
}
