//! The parameters that limit and page an answer.

use serde_json::Value;

use super::words_list;
use crate::{surface::Tool, verbs};

/// Words of parameters that say how many, or from where.
const LIMIT_WORDS: &[&str] = &[
    "amount", "count", "first", "head", "k", "last", "length", "limit", "max", "maximum", "n",
    "num", "number", "per", "rows", "size", "tail", "take", "top",
];

const POSITION_WORDS: &[&str] = &[
    "after",
    "before",
    "continuation",
    "cursor",
    "from",
    "marker",
    "next",
    "offset",
    "page",
    "pages",
    "pagination",
    "paging",
    "skip",
    "start",
    "starting",
    "token",
];

/// Whether a parameter of the tool, at whatever depth, limits or pages what it returns.
pub fn is_paged(tool: &Tool) -> bool {
    names(&tool.input_schema, 0).iter().any(|name| {
        squashed(name)
            || verbs::words(name).iter().any(|word| {
                LIMIT_WORDS.contains(&word.as_str()) || POSITION_WORDS.contains(&word.as_str())
            })
    })
}

/// Names whose words run together.
fn squashed(name: &str) -> bool {
    let name: String = name
        .to_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    [
        "limit",
        "pagesize",
        "perpage",
        "maxresults",
        "cursor",
        "offset",
        "pagetoken",
        "maxitems",
        "topk",
    ]
    .iter()
    .any(|word| name.contains(word))
}

fn names(schema: &Value, depth: usize) -> Vec<String> {
    if depth > 4 {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (name, property) in schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .take(200)
    {
        found.push(name.clone());
        found.extend(names(property, depth + 1));
    }
    for part in ["allOf", "anyOf", "oneOf"] {
        for schema in schema[part].as_array().into_iter().flatten().take(20) {
            found.extend(names(schema, depth + 1));
        }
    }
    for part in ["$defs", "definitions"] {
        for schema in schema[part].as_object().into_iter().flatten().take(50) {
            found.extend(names(schema.1, depth + 1));
        }
    }
    found
}

/// A parameter that says how many entries to return at most, and its bounds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Limit {
    /// Its name.
    pub name: String,
    /// The least that the schema allows, and at least 1.
    pub least: i64,
    /// The most that the schema allows, if it says.
    pub most: Option<i64>,
}

/// The parameter at the top of the tool's schema that limits the entries it returns.
pub fn limit(tool: &Tool) -> Option<Limit> {
    let strong = |name: &str| {
        let squeezed: String = name
            .to_lowercase()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        matches!(
            squeezed.as_str(),
            "limit"
                | "maxresults"
                | "pagesize"
                | "perpage"
                | "maxitems"
                | "maxentries"
                | "maxcount"
                | "resultlimit"
                | "resultslimit"
                | "maxrows"
                | "numresults"
                | "pagelimit"
                | "itemsperpage"
                | "take"
                | "maxhits"
                | "maxmatches"
                | "limitresults"
                | "batchsize"
        )
    };
    let weak = |name: &str| {
        matches!(
            name.to_lowercase().as_str(),
            "count" | "first" | "n" | "num" | "size" | "rows" | "max"
        )
    };
    let listing = words_list(tool);
    let (name, schema) = tool
        .parameters()
        .filter(|(_, schema)| is_whole_number(schema))
        .find(|(name, _)| strong(name))
        .or_else(|| {
            tool.parameters()
                .filter(|(_, schema)| is_whole_number(schema))
                .find(|(name, _)| weak(name) && (listing || position(tool).is_some()))
        })?;
    Some(Limit {
        name: name.to_owned(),
        least: bound(schema, "minimum", "exclusiveMinimum", 1)
            .unwrap_or(1)
            .max(1),
        most: bound(schema, "maximum", "exclusiveMaximum", -1),
    })
}

fn is_whole_number(schema: &Value) -> bool {
    let is = |schema: &Value| match &schema["type"] {
        Value::String(name) => name == "integer" || name == "number",
        Value::Array(names) => names
            .iter()
            .any(|name| name == "integer" || name == "number"),
        _ => false,
    };
    is(schema)
        || schema["anyOf"]
            .as_array()
            .is_some_and(|schemas| schemas.iter().any(is))
}

fn bound(schema: &Value, inclusive: &str, exclusive: &str, step: i64) -> Option<i64> {
    let read = |schema: &Value| {
        whole(&schema[inclusive]).or_else(|| Some(whole(&schema[exclusive])?.saturating_add(step)))
    };
    read(schema).or_else(|| schema["anyOf"].as_array()?.iter().find_map(read))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "bounds beyond 64 bits are cut on purpose"
)]
fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| Some(value.as_f64()? as i64))
}

/// A parameter that says from where to go on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Position {
    /// What an earlier answer gave.
    Cursor(String),
    /// The number of entries to leave out.
    Offset(String),
    /// The number of the page, and whether pages count from 0.
    Page(String, bool),
}

impl Position {
    /// The parameter's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Cursor(name) | Self::Offset(name) | Self::Page(name, _) => name,
        }
    }
}

/// The parameter at the top of the tool's schema that says from where to go on: one that a model can
/// count by, if there is one.
pub fn position(tool: &Tool) -> Option<Position> {
    let find = |names: &[&str], numeric: bool| {
        tool.parameters().find(|(name, schema)| {
            let squeezed: String = name
                .to_lowercase()
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .collect();
            names.contains(&squeezed.as_str()) && is_whole_number(schema) == numeric
        })
    };
    if let Some((name, _)) = find(
        &["offset", "skip", "start", "startindex", "from", "startat"],
        true,
    ) {
        return Some(Position::Offset(name.to_owned()));
    }
    if let Some((name, schema)) = find(&["page", "pagenumber", "pageindex", "pageno"], true) {
        let zero = schema["default"] == 0 || schema["minimum"] == 0;
        return Some(Position::Page(name.to_owned(), zero));
    }
    find(
        &[
            "cursor",
            "after",
            "pagetoken",
            "nexttoken",
            "nextpagetoken",
            "continuationtoken",
            "nextcursor",
            "startingafter",
            "marker",
            "endcursor",
        ],
        false,
    )
    .map(|(name, _)| Position::Cursor(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tool(name: &str, description: &str) -> Tool {
        Tool {
            name: name.to_owned(),
            description: description.to_owned(),
            ..Tool::default()
        }
    }

    #[test]
    fn what_limits_and_pages_is_found_at_depth() {
        let with = |schema: Value| Tool {
            input_schema: schema,
            ..tool("list_users", "")
        };
        for name in [
            "limit",
            "pageSize",
            "per_page",
            "maxResults",
            "cursor",
            "offset",
            "top_k",
            "perpage",
            "first",
        ] {
            assert!(is_paged(&with(json!({"properties": {name: {}}}))), "{name}");
        }
        assert!(is_paged(&with(
            json!({"properties": {"options": {"properties": {"limit": {}}}}})
        )));
        for name in ["query", "team", "pagename", "sort", "language"] {
            assert!(
                !is_paged(&with(json!({"properties": {name: {}}}))),
                "{name}"
            );
        }
        let found = limit(&with(json!({"properties": {
            "limit": {"anyOf": [{"type": "integer", "minimum": 2, "exclusiveMaximum": 51}, {"type": "null"}]},
            "page": {"type": "integer", "minimum": 0}
        }})));
        assert_eq!(
            found,
            Some(Limit {
                name: "limit".to_owned(),
                least: 2,
                most: Some(50)
            })
        );
    }
}
