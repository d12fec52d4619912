//! What an API takes and gives, as far as tools need it.

use std::collections::BTreeMap;

use super::{
    ApiError,
    access::{self, KeyPlace},
    lists::{self, List},
    plain,
    read::{Document, Part},
    schema::{Kind, Schema},
};

/// The most operations that are read.
const OPERATIONS: usize = 5_000;
/// The most arguments of an operation; optional ones beyond them are left out.
const INPUTS: usize = 16;
/// The methods that become tools, sorted.
const METHODS: &[&str] = &["delete", "get", "patch", "post", "put"];

/// An API.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) title: String,
    /// The API as descriptions name it: by its title, unless that has words of its paths.
    pub(super) place: String,
    pub(super) base: Option<String>,
    pub(super) key: Option<KeyPlace>,
    pub(super) notes: Vec<String>,
    /// Sorted by path, then method.
    pub(super) operations: Vec<Operation>,
    /// Operations that cannot be used, and why.
    pub(super) left_out: Vec<(String, String)>,
}

/// Where an input goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    Body,
    Header,
    Path,
    Query,
}

/// Something that an operation takes.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// Its name in the request.
    pub(super) wire: String,
    /// Its words.
    pub(super) words: Vec<String>,
    pub(super) place: Place,
    pub(super) required: bool,
    pub(super) kind: Kind,
    /// What the document says of it, made harmless.
    pub(super) text: Option<String>,
}

/// An operation.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) method: &'static str,
    /// The path, with `{}` for each parameter.
    pub(super) path: String,
    pub(super) inputs: Vec<Input>,
    /// The list in its answer, if it is one.
    pub(super) list: Option<List>,
    pub(super) summary: Option<String>,
    pub(super) tag: Option<String>,
    /// The words of its own name.
    pub(super) id: Vec<String>,
}

impl Operation {
    /// As people write it: `GET /pets/{}`.
    pub(super) fn call(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The inputs that are parts of the path, in its order.
    pub(super) fn path_inputs(&self) -> impl Iterator<Item = &Input> {
        self.inputs
            .iter()
            .filter(|input| input.place == Place::Path)
    }

    /// Whether it needs something that is no part of the path.
    pub(super) fn needs_more(&self) -> bool {
        self.inputs
            .iter()
            .any(|input| input.required && input.place != Place::Path)
    }
}

impl Model {
    /// Understands a document.
    ///
    /// # Errors
    /// It cannot be used as a whole.
    pub(super) fn of(document: &Document) -> Result<Self, ApiError> {
        let root = Part {
            value: &document.root,
            at: String::new(),
        };
        let mut notes = Vec::new();
        let title = root
            .field("info")
            .text("title")
            .and_then(title)
            .unwrap_or_else(|| "the API".to_owned());
        let base = access::base(&root, &mut notes);
        let key = access::key(document, &root, &mut notes)?;
        let mut model = Self {
            place: title.clone(),
            title,
            base,
            key,
            notes,
            operations: Vec::new(),
            left_out: Vec::new(),
        };
        let paths = root.field("paths");
        let Some(named) = paths.value.as_object() else {
            return Err(ApiError::new(
                "/paths",
                "it is no object".to_owned(),
                "give a document with paths",
            ));
        };
        let mut seen = 0;
        for path in named.keys() {
            let item = match document.follow(paths.field(path)) {
                Ok(item) => item,
                Err(error) => {
                    model.left_out.push((shown(path), error.problem));
                    continue;
                }
            };
            for &method in METHODS {
                let part = item.field(method);
                if !part.value.is_object() {
                    continue;
                }
                seen += 1;
                if seen > OPERATIONS {
                    return Err(ApiError::new(
                        "/paths",
                        format!("it has more than {OPERATIONS} operations"),
                        "leave out the paths that no tool is made from",
                    ));
                }
                match operation(document, path, method, &item, &part) {
                    Ok(operation) => model.operations.push(operation),
                    Err(error) => {
                        let call = format!("{} {}", method.to_uppercase(), shown(path));
                        model.left_out.push((call, error.problem));
                    }
                }
            }
        }
        // a title that has a word of a path makes the texts of tools for other paths alike
        let of_paths: std::collections::BTreeSet<String> = model
            .operations
            .iter()
            .flat_map(|operation| plain::words_of(&operation.path))
            .collect();
        if plain::words_of(&model.title)
            .iter()
            .any(|word| of_paths.contains(word))
        {
            "the API".clone_into(&mut model.place);
        }
        // two paths that differ in names of parameters only are one
        let mut calls = std::collections::BTreeSet::new();
        model
            .operations
            .retain(|operation| calls.insert(operation.call()));
        Ok(model)
    }
}

/// A path as people read it, whatever it holds.
fn shown(path: &str) -> String {
    path.chars()
        .take(120)
        .map(|c| if c.is_ascii_graphic() { c } else { '?' })
        .collect()
}

fn title(text: &str) -> Option<String> {
    let title = plain::sentence(text)?;
    let short: String = title.chars().take(60).collect();
    Some(short.trim_end_matches([' ', ',', '-']).to_owned())
}

#[expect(clippy::too_many_lines, reason = "one operation, from top to bottom")]
fn operation(
    document: &Document,
    path: &str,
    method: &str,
    item: &Part<'_>,
    part: &Part<'_>,
) -> Result<Operation, ApiError> {
    let wrong = |problem: &str| ApiError::new(&part.at, problem.to_owned(), "correct it there");
    let (template, names) =
        template(path).ok_or_else(|| wrong("its path cannot be part of an address"))?;
    let mut given: BTreeMap<(String, String), Part<'_>> = BTreeMap::new();
    for of in [item, part] {
        for parameter in of.field("parameters").elements().take(200) {
            let parameter = document.follow(parameter)?;
            if let (Some(place), Some(name)) = (parameter.text("in"), parameter.text("name")) {
                given.insert((place.to_owned(), name.to_owned()), parameter);
            }
        }
    }
    let mut inputs = Vec::new();
    for name in &names {
        let parameter = given.remove(&("path".to_owned(), name.clone()));
        let mut input = input(document, name, Place::Path, parameter)?;
        input.required = true;
        if !matches!(
            input.kind,
            Kind::Text { .. } | Kind::Choice(_) | Kind::Whole { .. }
        ) {
            input.kind = Kind::Text {
                least: 1,
                most: 200,
            };
        }
        inputs.push(input);
    }
    for ((place, name), parameter) in given {
        let required = parameter.value["required"] == true;
        let place = match place.as_str() {
            "query" => Place::Query,
            // these are the client's own
            "header"
                if ["accept", "authorization", "content-type"]
                    .contains(&name.to_lowercase().as_str()) =>
            {
                continue;
            }
            "header" => Place::Header,
            _ if required => {
                return Err(wrong(
                    "it needs a cookie, or a parameter that its path does not have",
                ));
            }
            _ => continue,
        };
        let sound = !name.is_empty()
            && name.len() <= 100
            && (place == Place::Query
                || name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        if sound {
            inputs.push(input(document, &name, place, Some(parameter))?);
        } else if required {
            return Err(wrong("it needs a parameter whose name cannot be sent"));
        }
    }
    if method != "get" {
        body(document, part, &mut inputs)?;
    }
    let required = inputs.iter().filter(|input| input.required).count();
    if required > INPUTS {
        return Err(wrong("it needs more arguments than a tool should have"));
    }
    let mut optional = INPUTS - required;
    inputs.retain(|input| {
        let paged = input.place == Place::Query && lists::is_paging(&input.wire);
        if input.required || paged {
            return true;
        }
        let fits = optional > 0;
        optional = optional.saturating_sub(1);
        fits
    });
    let list = lists::list(document, part, &inputs)?;
    let method = match method {
        "delete" => "DELETE",
        "patch" => "PATCH",
        "post" => "POST",
        "put" => "PUT",
        _ => "GET",
    };
    let tag = part
        .field("tags")
        .elements()
        .next()
        .and_then(|tag| tag.value.as_str().map(str::to_owned));
    Ok(Operation {
        method,
        path: template,
        inputs,
        list,
        summary: ["summary", "description"]
            .iter()
            .find_map(|name| plain::sentence(part.text(name)?)),
        tag,
        id: plain::words(part.text("operationId").unwrap_or_default()),
    })
}

/// The path with `{}` for its parameters, and their names.
fn template(path: &str) -> Option<(String, Vec<String>)> {
    let mut template = String::new();
    let mut names = Vec::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        template.push_str(before);
        template.push_str("{}");
        names.push(name.to_owned());
        rest = after;
    }
    template.push_str(rest);
    let literal = template.replace("{}", "");
    let sound = path.starts_with('/')
        && path.len() <= 300
        && names.len() <= 6
        && names.iter().all(|name| !name.is_empty())
        && literal
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/-._~:@!$,;=+*".contains(&byte))
        && template
            .split('/')
            .all(|segment| segment != "." && segment != "..");
    sound.then_some((template, names))
}

fn input(
    document: &Document,
    wire: &str,
    place: Place,
    parameter: Option<Part<'_>>,
) -> Result<Input, ApiError> {
    let mut input = Input {
        wire: wire.to_owned(),
        words: plain::words(wire),
        place,
        required: false,
        kind: Kind::Text {
            least: 0,
            most: 200,
        },
        text: None,
    };
    let Some(parameter) = parameter else {
        return Ok(input);
    };
    let mut schema = parameter.field("schema");
    if schema.value.is_null()
        && let Some(content) = parameter.field("content").value.as_object()
        && let Some(name) = content.keys().next()
    {
        schema = parameter.field("content").field(name).field("schema");
    }
    let schema = Schema::of(document, schema)?;
    input.required = parameter.value["required"] == true;
    input.kind = schema.kind();
    if let Kind::Text { most, .. } = &mut input.kind {
        // it becomes part of an address or a header
        *most = (*most).min(1_000);
    }
    input.text = parameter
        .text("description")
        .or_else(|| schema.text("description"))
        .and_then(plain::sentence);
    Ok(input)
}

/// Reads the body of a request: the properties of a JSON object become inputs.
fn body(document: &Document, part: &Part<'_>, inputs: &mut Vec<Input>) -> Result<(), ApiError> {
    let body = document.follow(part.field("requestBody"))?;
    let content = body.field("content");
    let Some(types) = content.value.as_object().filter(|types| !types.is_empty()) else {
        return Ok(());
    };
    let is_json = |name: &&String| {
        let name = name
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_lowercase();
        name == "application/json" || name.ends_with("+json") || name == "*/*"
    };
    let required = body.value["required"] == true;
    let Some(kind) = types.keys().find(is_json) else {
        if required {
            return Err(ApiError::new(
                &content.at,
                "its body is no JSON".to_owned(),
                "write its tool by hand",
            ));
        }
        return Ok(());
    };
    let schema = Schema::of(document, content.field(kind).field("schema"))?;
    if schema.properties.is_empty() {
        if matches!(schema.kind(), Kind::Object) && !required {
            return Ok(());
        }
        return Err(ApiError::new(
            &content.at,
            "its body is no object with named properties".to_owned(),
            "write its tool by hand",
        ));
    }
    for (&name, property) in &schema.properties {
        let inner = Schema::of(document, property.clone())?;
        if inner.is_read_only() || name.len() > 100 {
            continue;
        }
        inputs.push(Input {
            wire: name.to_owned(),
            words: plain::words(name),
            place: Place::Body,
            required: schema.required.contains(&name),
            kind: inner.kind(),
            text: inner.text("description").and_then(plain::sentence),
        });
    }
    Ok(())
}
