//! Lists in answers: where they stand, what tells their items apart, and how they go on.
//!
//! To know another API's way of paging, add the names of its parameters or fields to the lists here.

use super::{
    ApiError,
    model::{Input, Place},
    read::{Document, Part},
    schema::{Kind, Schema},
};

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

/// A name without separators, in lower case.
fn flat(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

pub(super) fn is_paging(name: &str) -> bool {
    let name = flat(name);
    [SIZES, CURSORS, OFFSETS, PAGES]
        .iter()
        .any(|names| names.contains(&name.as_str()))
}

/// The list in the answer to an operation, if there is one.
pub(super) fn list(
    document: &Document,
    part: &Part<'_>,
    inputs: &[Input],
) -> Result<Option<List>, ApiError> {
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
