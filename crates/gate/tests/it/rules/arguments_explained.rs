use seaworthy_gate::Options;
use serde_json::json;

use crate::{
    descriptions::{Row, judge, line, table},
    servers::{flawed, sound},
};

const NAME: &str = "arguments-explained";

/// None of these parameters has a description of its own.
const ROWS: &[Row] = &[
    ("list_rooms", "", "Lists the rooms that can be booked.", ""),
    (
        "find_notes",
        "query*",
        "Finds notes whose text holds a phrase.",
        "warning `query` is explained",
    ),
    (
        "find_notes",
        "q* n:integer",
        "Finds notes by their text.",
        "warning `q` and `n` are explained",
    ),
    (
        "find_notes",
        "q* n:integer",
        "Finds notes. `q` is the phrase, n the number of notes.",
        "",
    ),
    (
        "find_notes",
        "query* limit:integer",
        "Finds notes that match a query; the limit is 50.",
        "",
    ),
    (
        "find_notes",
        "query* limit:integer",
        "Finds notes that match a query.",
        "warning `limit` is explained",
    ),
    (
        "find_notes",
        "query* page_size:integer",
        "Finds notes by query. The page size is at most 50.",
        "",
    ),
    (
        "find_notes",
        "query* pageSize:integer",
        "Finds notes by query, pageSize at a time.",
        "",
    ),
    (
        "find_notes",
        "query* startIndex:integer",
        "Finds notes by query, from the start index on.",
        "",
    ),
    (
        "add",
        "a:number* b:number*",
        "Adds two numbers.",
        "warning `a` and `b`",
    ),
    ("add", "a:number* b:number*", "Adds a and b.", ""),
    ("add", "a:number* b:number*", "Adds 'a' to 'b'.", ""),
    (
        "move_card",
        "id* column*",
        "Moves a card to another column, by its id.",
        "",
    ),
    (
        "move_card",
        "id* column*",
        "Moves a card across the board.",
        "warning `column` and `id`",
    ),
    (
        "book_room",
        "room* from* to*",
        "Books a room.\n\nArgs:\n    room: which one\n    from: first day\n    to: last day",
        "",
    ),
    (
        "book_room",
        "room* from* guests:integer",
        "Books a room from a day on.",
        "warning `guests`",
    ),
    (
        "get_weather",
        "city* units",
        "Shows the weather of cities, in metric units or others.",
        "",
    ),
    (
        "get_weather",
        "city* units",
        "Shows the weather of a town.",
        "warning `city` and `units`",
    ),
    ("read_page", "url*", "Reads the page at a URL.", ""),
    (
        "read_page",
        "url*",
        "Reads what stands on a page.",
        "warning `url` is the address of the page",
    ),
    (
        "set_alarm",
        "hour:integer* minute:integer*",
        "Sets the alarm to an hour and a minute of the day.",
        "",
    ),
    ("set_alarm", "t:integer*", "Sets the alarm.", ""),
];

#[test]
fn descriptions_that_explain_and_that_do_not() {
    // the last row's description is the name again, which is D01's
    table(NAME, ROWS);
}

#[test]
fn a_schema_explains_too() {
    let judged = |properties: serde_json::Value| {
        let tool = json!({
            "name": "find_notes",
            "description": "Finds what was written down on a day.",
            "inputSchema": {
                "type": "object",
                "properties": properties,
                "required": ["limit"],
                "$defs": {"Day": {"type": "string", "description": "A day such as 2026-07-28."}},
            },
        });
        judge(NAME, &[tool])
            .findings
            .iter()
            .map(line)
            .collect::<Vec<_>>()
    };
    let none: Vec<String> = Vec::new();
    for explained in [
        json!({"when": {"type": "string", "description": "The day it was written on."}}),
        json!({"when": {"$ref": "#/$defs/Day"}}),
        json!({"when": {"anyOf": [{"$ref": "#/$defs/Day"}, {"type": "null"}]}}),
        json!({"channel_id": {"type": "string", "description": "The ID of the channel"}}),
        json!({"verbatim": {"enum": ["written", "day"]}}),
    ] {
        assert_eq!(judged(explained.clone()), none, "{explained}");
    }
    // of several that must be given the description should speak too
    let tool = json!({
        "name": "append_section",
        "description": "Makes an existing wiki page longer. Removes nothing.",
        "inputSchema": {
            "type": "object",
            "properties": {
                "heading": {"type": "string", "description": "The heading of the section."},
                "body": {"type": "string", "description": "What is written below it, as Markdown."},
            },
            "required": ["heading", "body"],
        },
    });
    let found = judge(NAME, &[tool]).findings;
    assert_eq!(found.len(), 1);
    assert!(line(&found[0]).starts_with("note "), "{}", line(&found[0]));
    for silent in [
        json!({"when": {"type": "string", "description": "when"}}),
        json!({"when": {"type": "string", "description": "The when parameter (string, required)"}}),
        json!({"when": {"type": "string", "title": "When"}}),
        json!({"when": {"$ref": "#/$defs/None"}}),
        json!({"when": true}),
        json!({"when": {"enum": ["now", "then"]}}),
    ] {
        assert_eq!(judged(silent.clone()).len(), 1, "{silent}");
    }
    // what must be given comes first, with its bounds
    let found = judged(json!({
        "deep": {"type": "boolean"},
        "limit": {"type": "integer", "minimum": 1, "maximum": 50, "default": 20},
    }));
    assert_eq!(
        found,
        [
            "warning tool find_notes: `limit` and `deep` are explained neither in the description nor in the \
             schema Add: \"`limit` is how many to return (1 to 50), 20 where it is not given; `deep` is true to \
             ____, optional.\""
        ]
    );
}

#[tokio::test]
async fn arguments_that_nothing_explains_are_found() {
    let findings = flawed(NAME, Options::default(), &["N06"]).await;
    assert_eq!(findings.len(), 1);
    assert!(
        findings[0].fix.starts_with("Add: \"`text` is the text"),
        "{}",
        findings[0].fix
    );
}

#[tokio::test]
async fn arguments_that_only_the_schema_explains_are_fine() {
    sound(NAME, Options::default()).await;
}
