//! What an API takes and gives, as far as tools need it.

use std::collections::BTreeMap;

use super::{
    ApiError, plain,
    read::{Document, Part},
    schema::{Kind, Schema},
};

/// The most operations that are read.
const OPERATIONS: usize = 5_000;
/// The most arguments of an operation; optional ones beyond them are left out.
const INPUTS: usize = 16;
/// The methods that become tools, sorted.
const METHODS: &[&str] = &["delete", "get", "patch", "post", "put"];
/// Names of parameters for the size of a page, in lower case without separators; sorted.
const SIZES: &[&str] = &[
    "count",
    "limit",
    "maxresults",
    "pagelimit",
    "pagesize",
    "perpage",
    "size",
    "take",
    "top",
];
/// ... for a text of the API's own that goes on, sorted.
const CURSORS: &[&str] = &[
    "after",
    "continuationtoken",
    "continue",
    "cursor",
    "marker",
    "nextcursor",
    "nextpagetoken",
    "nexttoken",
    "pagecursor",
    "pagetoken",
    "startingafter",
];
/// ... for the number of an item, sorted.
const OFFSETS: &[&str] = &["offset", "skip", "start", "startindex"];
/// ... for the number of a page, sorted.
const PAGES: &[&str] = &["page", "pageindex", "pageno", "pagenumber"];
/// Fields of answers that hold the text that goes on, sorted.
const FOLLOWING: &[&str] = &[
    "continue",
    "continuationtoken",
    "cursor",
    "endcursor",
    "next",
    "nextcursor",
    "nextmarker",
    "nextpage",
    "nextpagecursor",
    "nextpagetoken",
    "nexttoken",
];
/// Fields of answers that hold a list among other things, sorted.
const LISTS: &[&str] = &[
    "data", "entries", "hits", "items", "list", "nodes", "records", "results", "rows", "values",
];
/// Fields of items that tell them apart, the best first.
const TELLING: &[&str] = &[
    "id",
    "uuid",
    "key",
    "slug",
    "number",
    "code",
    "name",
    "title",
    "login",
    "username",
    "email",
    "label",
    "subject",
    "status",
    "state",
    "type",
    "kind",
    "date",
    "updatedat",
    "updated",
    "createdat",
    "created",
    "url",
];

/// How an API takes its key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum KeyPlace {
    /// `Authorization: Bearer KEY`.
    Bearer,
    /// `Authorization: Basic`, of `USER:PASSWORD`.
    Basic,
    /// A header of this name.
    Header(String),
    /// A parameter of the query of this name.
    Query(String),
}

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

/// How a list goes on.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) enum Style {
    #[default]
    None,
    Cursor,
    Offset,
    Page,
}

/// How an operation that lists is continued.
#[derive(Clone, Debug, Default)]
pub(super) struct Paging {
    pub(super) style: Style,
    /// The parameter that goes on, by its place among the inputs.
    pub(super) position: Option<usize>,
    /// The parameter for the size of a page, likewise.
    pub(super) size: Option<usize>,
    pub(super) first: i64,
    pub(super) most: i64,
    pub(super) following: Vec<String>,
    pub(super) last: String,
}

/// A list in an answer.
#[derive(Clone, Debug, Default)]
pub(super) struct List {
    /// The keys that lead to it.
    pub(super) items: Vec<String>,
    /// The fields that tell its items apart.
    pub(super) fields: Vec<String>,
    pub(super) paging: Paging,
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
        let base = base(&root, &mut notes);
        let key = key(document, &root, &mut notes)?;
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

/// The first server's address, if a key may be sent there.
fn base(root: &Part<'_>, notes: &mut Vec<String>) -> Option<String> {
    let servers = root.field("servers");
    let server = servers.elements().next();
    let mut url = server
        .as_ref()
        .and_then(|server| server.text("url"))
        .unwrap_or_default()
        .to_owned();
    if let Some(server) = &server
        && let Some(variables) = server.field("variables").value.as_object()
    {
        for (name, variable) in variables.iter().take(20) {
            if let Some(value) = variable["default"]
                .as_str()
                .filter(|value| value.len() < 200)
            {
                url = url.replace(&format!("{{{name}}}"), value);
            }
        }
    }
    let url = url.trim_end_matches('/');
    let rest = [
        "https://",
        "http://127.0.0.1",
        "http://localhost",
        "http://[::1]",
    ]
    .iter()
    .find_map(|start| Some((*start, url.strip_prefix(start)?)));
    let fits = rest.is_some_and(|(start, rest)| {
        let ends_host = start == "https://" || rest.is_empty() || rest.starts_with([':', '/']);
        let named = start != "https://" || rest.starts_with(|c: char| c.is_ascii_alphanumeric());
        ends_host && named && !rest.contains("..")
    }) && url.len() <= 200
        && url
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b":/.-_~[]".contains(&byte));
    if fits {
        return Some(url.to_owned());
    }
    // the address itself stays out: it becomes part of a document
    notes.push(
        "its first server is no https address: the variable of the API's address must be set"
            .to_owned(),
    );
    None
}

fn key(
    document: &Document,
    root: &Part<'_>,
    notes: &mut Vec<String>,
) -> Result<Option<KeyPlace>, ApiError> {
    let schemes = root.field("components").field("securitySchemes");
    let Some(named) = schemes.value.as_object().filter(|named| !named.is_empty()) else {
        return Ok(None);
    };
    // the first that all operations need, else the first that there is
    let wanted = root
        .field("security")
        .elements()
        .find_map(|one| {
            one.value
                .as_object()
                .and_then(|one| one.keys().next().cloned())
        })
        .filter(|name| named.contains_key(name));
    let names = wanted.iter().chain(named.keys());
    for name in names {
        let scheme = document.follow(schemes.field(name))?;
        let place = match (
            scheme.text("type"),
            scheme.text("scheme"),
            scheme.text("in"),
        ) {
            (Some("http"), Some(scheme), _) if scheme.eq_ignore_ascii_case("basic") => {
                KeyPlace::Basic
            }
            (Some("http" | "oauth2" | "openIdConnect"), ..) => KeyPlace::Bearer,
            (Some("apiKey"), _, Some(place @ ("header" | "query"))) => {
                let name = scheme.text("name").unwrap_or_default();
                let sound = (1..=60).contains(&name.len())
                    && name
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
                if !sound {
                    return Err(ApiError::new(
                        &format!("{}/name", scheme.at),
                        "it is no name of a header or parameter".to_owned(),
                        "correct it",
                    ));
                }
                if place == "header" {
                    KeyPlace::Header(name.to_owned())
                } else {
                    notes.push(format!(
                        "the key goes into the address (?{name}=...), where proxies and logs of the API see it"
                    ));
                    KeyPlace::Query(name.to_owned())
                }
            }
            _ => continue,
        };
        return Ok(Some(place));
    }
    notes
        .push("none of its ways to show a key is known: the key goes as a bearer token".to_owned());
    Ok(Some(KeyPlace::Bearer))
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
        let paged = input.place == Place::Query && is_paging(&input.wire);
        if input.required || paged {
            return true;
        }
        let fits = optional > 0;
        optional = optional.saturating_sub(1);
        fits
    });
    let list = list(document, part, &inputs)?;
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

/// A name without separators, in lower case.
fn flat(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

fn is_paging(name: &str) -> bool {
    let name = flat(name);
    [SIZES, CURSORS, OFFSETS, PAGES]
        .iter()
        .any(|names| names.contains(&name.as_str()))
}

/// The list in the answer to an operation, if there is one.
fn list(document: &Document, part: &Part<'_>, inputs: &[Input]) -> Result<Option<List>, ApiError> {
    let responses = part.field("responses");
    let status = ["200", "201", "2XX", "202", "default"]
        .iter()
        .find(|status| responses.value.get(**status).is_some());
    let Some(status) = status else {
        return Ok(None);
    };
    let response = document.follow(responses.field(status))?;
    let content = response.field("content");
    let Some(kind) = content
        .value
        .as_object()
        .and_then(|types| types.keys().find(|name| name.contains("json")))
    else {
        return Ok(None);
    };
    let schema = Schema::of(document, content.field(kind).field("schema"))?;
    let mut list = List::default();
    let items = if schema.kind_name() == Some("array") {
        schema.items()
    } else {
        let mut arrays = Vec::new();
        for (&name, property) in &schema.properties {
            let inner = Schema::of(document, property.clone())?;
            if inner.kind_name() == Some("array") {
                arrays.push((name, inner.items()));
            }
        }
        // an object with an array among other things is a list only where the array is the point of it
        let place = arrays
            .iter()
            .position(|(name, _)| LISTS.contains(&flat(name).as_str()));
        let is_only = arrays.len() == 1 && !schema.properties.contains_key("id");
        let Some((name, items)) = place
            .or(is_only.then_some(0))
            .map(|place| arrays.swap_remove(place))
        else {
            return Ok(None);
        };
        list.items = vec![name.to_owned()];
        items
    };
    if let Some(items) = items {
        list.fields = fields(document, items)?;
    }
    list.paging = paging(document, &schema, inputs)?;
    Ok(Some(list))
}

/// The fields that tell items apart, the best first.
fn fields(document: &Document, items: Part<'_>) -> Result<Vec<String>, ApiError> {
    let schema = Schema::of(document, items)?;
    let mut found: Vec<(usize, String)> = Vec::new();
    for (&name, property) in &schema.properties {
        let kind = Schema::of(document, property.clone())?;
        if name.len() > 60 || matches!(kind.kind_name(), Some("array" | "object")) {
            continue;
        }
        let flat = flat(name);
        let rank = TELLING.iter().position(|telling| *telling == flat);
        found.push((rank.unwrap_or(TELLING.len()), name.to_owned()));
    }
    found.sort();
    Ok(found.into_iter().map(|(_, name)| name).take(6).collect())
}

fn paging(document: &Document, answer: &Schema<'_>, inputs: &[Input]) -> Result<Paging, ApiError> {
    let find = |names: &[&str]| {
        inputs.iter().position(|input| {
            input.place == Place::Query && names.contains(&flat(&input.wire).as_str())
        })
    };
    let mut paging = Paging {
        size: find(SIZES),
        ..Paging::default()
    };
    let whole = |place: usize| match inputs.get(place).map(|input| &input.kind) {
        Some(Kind::Whole { least, most }) => Some((*least, *most)),
        _ => None,
    };
    match paging.size.and_then(whole) {
        Some((_, most)) if most > 0 => paging.most = most.min(50),
        _ => paging.size = None,
    }
    if let Some(place) = find(CURSORS)
        && matches!(
            inputs.get(place).map(|input| &input.kind),
            Some(Kind::Text { .. })
        )
    {
        paging.following = following(document, answer)?;
        if paging.following.is_empty() && flat(&inputs[place].wire) == "startingafter" {
            "id".clone_into(&mut paging.last);
        }
        if !(paging.following.is_empty() && paging.last.is_empty()) {
            paging.style = Style::Cursor;
            paging.position = Some(place);
            return Ok(paging);
        }
    }
    for (names, style) in [(OFFSETS, Style::Offset), (PAGES, Style::Page)] {
        if let Some(place) = find(names)
            && let Some((least, _)) = whole(place)
        {
            paging.first = match style {
                Style::Page if least == 0 => 0,
                Style::Page => 1,
                _ => least.clamp(0, 1),
            };
            paging.style = style;
            paging.position = Some(place);
            return Ok(paging);
        }
    }
    Ok(paging)
}

/// The keys that lead to the text that goes on, in an answer.
fn following(document: &Document, answer: &Schema<'_>) -> Result<Vec<String>, ApiError> {
    let known = |name: &str| FOLLOWING.contains(&flat(name).as_str());
    for (&name, property) in &answer.properties {
        let inner = Schema::of(document, property.clone())?;
        if known(name) && matches!(inner.kind_name(), Some("string" | "integer")) {
            return Ok(vec![name.to_owned()]);
        }
    }
    for (&name, property) in &answer.properties {
        let inner = Schema::of(document, property.clone())?;
        for (&below, field) in &inner.properties {
            let field = Schema::of(document, field.clone())?;
            if known(below) && matches!(field.kind_name(), Some("string" | "integer")) {
                return Ok(vec![name.to_owned(), below.to_owned()]);
            }
        }
    }
    Ok(Vec::new())
}
