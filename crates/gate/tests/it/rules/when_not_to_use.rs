use seaworthy_gate::Options;

use crate::{
    descriptions::{Row, judge, line, table, tool},
    servers::{flawed, sound},
};

const NAME: &str = "when-not-to-use";

const ROWS: &[Row] = &[
    (
        "monthly_mean",
        "",
        "Looks up a mean temperature. Not a forecast: it knows past means alone.",
        "",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. Not required.",
        "warning",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. Do not use it to read one note.",
        "",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. Don’t use this for single notes.",
        "",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. Not for reading one note.",
        "",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text; to read one, use read_note instead.",
        "",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. Use only when no id is known.",
        "",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. Only for notes of this office.",
        "",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. Only works within shared folders.",
        "",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. Prefer read_note where the id is known.",
        "",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. For one note, call read_note.",
        "",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. Does not search deleted notes.",
        "",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. Not recommended for single notes.",
        "",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. Avoid using it in a loop.",
        "",
    ),
    ("find_notes", "", "DEPRECATED: finds notes by text.", ""),
    (
        "find_notes",
        "",
        "Finds notes by text. You must call open_folder first.",
        "",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. As a last resort when the id is lost.",
        "",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. Limited to the notes of one office.",
        "",
    ),
    ("find_notes", "", "Finds notes by text.", "warning ____"),
    (
        "find_notes",
        "",
        "Finds notes by text. It only reads the server's own notes.",
        "warning instead",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. Use this when the id is not known.",
        "warning instead",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. Do not use both filters in a call.",
        "warning instead",
    ),
    (
        "find_notes",
        "",
        "Finds notes by text. Does not change anything.",
        "warning instead",
    ),
    (
        "delete_note",
        "",
        "Deletes a note of the office. This cannot be undone.",
        "warning instead",
    ),
    (
        "close_page",
        "",
        "Closes a page of the browser. The last one cannot be closed.",
        "",
    ),
];

#[test]
fn descriptions_with_and_without_limits() {
    table(NAME, ROWS);
}

#[test]
fn the_tool_that_fits_is_named() {
    let tools = [
        tool("notes_find", "", "Finds the notes that hold a phrase."),
        tool(
            "notes_read",
            "id*",
            "Shows the text of one by id, which notes_find tells.",
        ),
        tool(
            "notes_delete",
            "id*",
            "Deletes one for good. To see it first, call notes_read.",
        ),
        tool("notes_web_search", "", "Searches what others wrote."),
    ];
    let found: Vec<_> = judge(NAME, &tools).findings.iter().map(line).collect();
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(
        found[0].ends_with("Add: \"Do not use it for ____.\""),
        "{}",
        found[0]
    );
    // that another tool is named is not yet that it is named instead
    assert!(
        found[1].starts_with("warning tool notes_read"),
        "{}",
        found[1]
    );
    let tools = [
        tool("find_notes", "", "Finds the notes that hold a phrase."),
        tool("read_note", "", "Shows the text of one."),
    ];
    let found: Vec<_> = judge(NAME, &tools).findings.iter().map(line).collect();
    assert!(
        found[0].ends_with("Add: \"Do not use it to read a note: use read_note.\""),
        "{}",
        found[0]
    );
    assert!(
        found[1].ends_with("Add: \"Do not use it to find notes: use find_notes.\""),
        "{}",
        found[1]
    );
}

#[tokio::test]
async fn a_description_without_limits_is_found() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    assert_eq!(findings.len(), 1);
    assert_eq!(
        findings[0].fix,
        "Add: \"Do not use it to read a note: use read_note.\""
    );
}

#[tokio::test]
async fn naming_the_other_tool_is_enough() {
    sound(NAME, Options::default()).await;
}
