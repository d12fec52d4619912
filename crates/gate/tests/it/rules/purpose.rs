use seaworthy_gate::{Level, Options};

use crate::{
    descriptions::{Row, table},
    servers::{flawed, judge, judged, sound},
};

const NAME: &str = "purpose";

const ROWS: &[Row] = &[
    (
        "read_ticket",
        "id*",
        "Version 2 of this function, maintained by the platform team; its owner stands in the directory. \
         Takes the id. Returns an object. Not for external use.",
        "error would fit any tool",
    ),
    (
        "read_ticket",
        "id*",
        "Version 2, maintained by the platform team. Looks up a customer's case by its id.",
        "",
    ),
    ("ocr", "", "Reads text.", ""),
    // missing
    ("find_notes", "query*", "", "error no description"),
    ("find_notes", "query*", "  \n\t ", "error no description"),
    // placeholders
    ("find_notes", "query*", "TODO", "error placeholder"),
    (
        "find_notes",
        "query*",
        "TODO: describe what this returns",
        "error placeholder",
    ),
    (
        "find_notes",
        "query*",
        "todo add description",
        "error placeholder",
    ),
    ("find_notes", "query*", "Description", "error placeholder"),
    ("find_notes", "query*", "string", "error placeholder"),
    ("find_notes", "query*", "...", "error placeholder"),
    ("find_notes", "query*", "-", "error placeholder"),
    ("find_notes", "query*", "TBD.", "error placeholder"),
    ("find_notes", "query*", "N/A", "error placeholder"),
    ("find_notes", "query*", "undefined", "error placeholder"),
    (
        "find_notes",
        "query*",
        "[object Object]",
        "error placeholder",
    ),
    (
        "find_notes",
        "query*",
        "Lorem ipsum dolor sit amet, consectetur",
        "error placeholder",
    ),
    (
        "find_notes",
        "query*",
        "Add your description here",
        "error placeholder",
    ),
    (
        "find_notes",
        "query*",
        "No description provided",
        "error placeholder",
    ),
    (
        "find_notes",
        "query*",
        "FIXME write this",
        "error placeholder",
    ),
    // the name again
    ("find_notes", "query*", "Find notes", "error repeats"),
    ("find_notes", "query*", "find_notes", "error repeats"),
    ("find_notes", "query*", "Finds notes.", "error repeats"),
    (
        "find_notes",
        "query*",
        "This tool finds the notes.",
        "error repeats",
    ),
    (
        "find_notes",
        "query*",
        "Tool to search notes",
        "error repeats",
    ),
    ("get_user", "id*", "get_user tool", "error repeats"),
    ("get_user", "id*", "Retrieves a user", "error repeats"),
    (
        "getUserProfile",
        "id*",
        "Gets user profile.",
        "error repeats",
    ),
    (
        "delete-note",
        "id*",
        "Delete note function",
        "error repeats",
    ),
    (
        "create_issue",
        "title*",
        "Creates an issue",
        "error repeats",
    ),
    ("weather", "city*", "Weather", "error repeats"),
    ("weather", "city*", "Get weather", "error repeats"),
    ("sendEmail", "to*", "Sends the email.", "error repeats"),
    ("run_query", "sql*", "Used to run a query", "error repeats"),
    // it would fit any tool
    ("sync", "", "Does stuff", "error any tool"),
    ("convert", "input*", "A useful helper", "error any tool"),
    (
        "x1",
        "input*",
        "Handles various operations on data.",
        "error any tool",
    ),
    (
        "notes",
        "input*",
        "Main function for processing things",
        "error any tool",
    ),
    (
        "crm",
        "payload:object*",
        "Performs the operation.",
        "error any tool",
    ),
    // fragments
    ("lookup", "id*", "Customers.", "error no sentence"),
    ("u2", "id*", "User information", "error no sentence"),
    ("kb", "q*", "The wiki", "error no sentence"),
    // short, but true
    ("echo", "message*", "Echoes back the input string", ""),
    ("add", "a:number* b:number*", "Adds two numbers", ""),
    ("add", "a:number* b:number*", "Adds numbers.", ""),
    ("git_checkout", "branch*", "Switches branches", ""),
    ("browser_close", "", "Close the page", ""),
    (
        "get-sum",
        "a:number* b:number*",
        "Returns the sum of two numbers",
        "",
    ),
    ("ping", "", "Checks that the server answers", ""),
    ("reverse", "text*", "Reverses a string", ""),
    ("now", "", "Returns the current time in UTC", ""),
    ("get_user", "id*", "Gets a user by their login name", ""),
    (
        "get_user",
        "id*",
        "Looks up a customer by id or mail address.",
        "",
    ),
    (
        "list_users",
        "",
        "Lists the people who may sign in, newest first.",
        "",
    ),
    (
        "find_notes",
        "query*",
        "Finds notes whose text contains a phrase.",
        "",
    ),
    (
        "merge_pull_request",
        "number*",
        "Merges a pull request once its checks are green",
        "",
    ),
    ("search_users", "q*", "Search for users on GitHub", ""),
    (
        "todo_list",
        "",
        "TODO list of the team, oldest entries first",
        "",
    ),
    (
        "todo_add",
        "text*",
        "Todo items: appends one to the end",
        "",
    ),
    (
        "filler_text",
        "words:integer*",
        "Generates lorem ipsum of a given length",
        "",
    ),
    (
        "forecast",
        "city*",
        "Five-day weather forecast for a city, with rain and wind.",
        "",
    ),
    (
        "knowledge",
        "q*",
        "Full-text search over the handbook, best match first.",
        "",
    ),
    (
        "grep_todos",
        "path*",
        "Looks through source files for TODO, FIXME and TBD comments and lists where each one is.",
        "",
    ),
    // other languages: a placeholder is one anywhere, the rest is not ours to judge
    (
        "find_notes",
        "query*",
        "获取笔记内容并返回列表",
        "unverified",
    ),
    ("find_notes", "query*", "Ищет заметки", "unverified"),
    (
        "find_notes",
        "query*",
        "Sucht Notizen nach einem Wort und gibt die Liste der Treffer zurück",
        "unverified",
    ),
];

#[test]
fn descriptions_with_and_without_a_purpose() {
    table(NAME, ROWS);
}

#[tokio::test]
async fn the_name_in_a_sentence_is_found() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].level, Level::Error);
    assert_eq!(findings[0].place.to_string(), "tool find_notes");
    assert_eq!(
        findings[0].fix,
        "Say what it is for, such as: \"Finds notes by `text`, to ____.\""
    );
}

#[tokio::test]
async fn none_and_a_placeholder_are_found() {
    let report = judge("purpose/flawed_missing.py", Options::default()).await;
    let found: Vec<_> = judged(&report, NAME)
        .findings
        .iter()
        .map(|finding| finding.message.as_str())
        .collect();
    assert_eq!(
        found,
        ["it has no description", "the description is a placeholder"]
    );
    // one cause, one finding: what a missing text does not say is not told again
    let others: Vec<_> = report
        .findings()
        .filter(|finding| finding.level > Level::Note && finding.rule.id.starts_with('D'))
        .map(|finding| finding.rule.id)
        .collect();
    assert_eq!(others, ["D01", "D01"]);
}

#[tokio::test]
async fn a_sentence_that_begins_like_the_name_is_fine() {
    sound(NAME, Options::default()).await;
}
