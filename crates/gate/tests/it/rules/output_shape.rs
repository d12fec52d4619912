use seaworthy_gate::Options;
use serde_json::json;

use crate::{
    descriptions::{Row, judge, table},
    servers::{flawed, judge as judge_server, judged, sound},
};

const NAME: &str = "output-shape";

const ROWS: &[Row] = &[
    (
        "find_notes",
        "",
        "Finds notes by text. Returns one line a note: id and title.",
        "",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text, one line per note with id and title.",
        "",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. Each result has an id and a title.",
        "",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. Results include id and title.",
        "",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. The answer is a JSON object with ids.",
        "",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. Answers with their ids, newest first.",
        "",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. Output format: id, tab, title.",
        "",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text and gives their ids.",
        "",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text, as a Markdown table.",
        "",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text.\n\nReturns:\n    A list of ids.",
        "",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text.",
        "warning Returns one line a note",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text, newest first, in all folders of the office.",
        "warning come",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. Returns the result.",
        "warning but not what",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. Returns data.",
        "warning but not what",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. Returns the response as an object.",
        "warning but not what",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. Returns a JSON string.",
        "warning but not what",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. Returns results if found; each holds an id.",
        "",
    ),
    (
        "show_note",
        "",
        "Shows the whole text of one note of the office.",
        "",
    ),
    ("get_sum", "", "Returns the sum of two numbers", ""),
    ("echo", "", "Echoes back the input string", ""),
    (
        "geocode",
        "",
        "Convert an address into geographic coordinates",
        "",
    ),
    (
        "audit",
        "",
        "Get the scores, the failing audits, and the nodes that they flag",
        "",
    ),
    (
        "get_time",
        "",
        "Get the current time in a specific city",
        "warning come",
    ),
    (
        "create_note",
        "",
        "Writes down a new note for the whole office.",
        "warning what was done",
    ),
    (
        "create_note",
        "",
        "Writes down a new note for the whole office. Returns its id.",
        "",
    ),
    (
        "go_back",
        "",
        "Return to the previous page of the history",
        "warning come",
    ),
    (
        "list_users",
        "",
        "List the people who may sign in to the office",
        "warning one line a user",
    ),
    (
        "list_users",
        "",
        "Get a list of the people who may sign in with their mail addresses",
        "",
    ),
    (
        "run_script",
        "",
        "Runs a script in the sandbox and returns the output.",
        "",
    ),
];

#[test]
fn descriptions_that_say_what_comes_back_and_that_do_not() {
    table(NAME, ROWS);
}

#[test]
fn an_output_schema_speaks_where_its_fields_are_described() {
    let with = |schema: serde_json::Value| {
        let tool = json!({"name": "find_notes", "description": "Finds notes by their text.", "outputSchema": schema});
        judge(NAME, &[tool]).findings
    };
    let described = json!({"properties": {"notes": {"items": {"properties": {"id": {"description": "How read_note knows it"}}}}}});
    assert!(with(described).is_empty());
    let silent =
        with(json!({"properties": {"notes": {"items": {"properties": {"id": {}, "text": {}}}}}}));
    assert_eq!(
        silent[0].fix,
        "Add: \"Returns `notes`, one entry a note: `id`, `text`.\""
    );
    assert!(
        silent[0].message.contains("outputSchema"),
        "{}",
        silent[0].message
    );
}

#[tokio::test]
async fn silence_about_the_answer_is_found() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].fix, "Add: \"Returns one line a note: ____.\"");
}

#[tokio::test]
async fn returning_the_result_says_nothing() {
    let report = judge_server("output-shape/flawed_hollow.py", Options::default()).await;
    let finding = &judged(&report, NAME).findings[0];
    let quote = &finding.quotes[0];
    assert_eq!(&quote.text[quote.mark.clone()], "Returns the result");
}

#[tokio::test]
async fn one_line_each_is_enough() {
    sound(NAME, Options::default()).await;
}
