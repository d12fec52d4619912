use seaworthy_gate::{Level, Options};
use serde_json::json;

use crate::{
    descriptions::{Row, judge, line, table},
    servers::{flawed, judge as judge_server, judged, sound},
};

const NAME: &str = "side-effects";

const ROWS: &[Row] = &[
    (
        "share_recipe",
        "slug* endpoint*",
        "Makes a recipe available to a friend. Takes the slug and the friend's endpoint.",
        "error network",
    ),
    (
        "share_recipe",
        "slug* endpoint*",
        "Posts a recipe to a friend. Takes the slug and the friend's endpoint.",
        "",
    ),
    (
        "tidy_drafts",
        "days* confirm:boolean",
        "Housekeeping for the user's drafts. Takes the age in days, and confirm: false shows a preview.",
        "error shows that it acts",
    ),
    // changes that are not told
    (
        "delete_project",
        "id*",
        "Shows a project of the office.",
        "error \"delete\"",
    ),
    (
        "delete_project",
        "id*",
        "Handles a project by its id.",
        "error \"delete\"",
    ),
    (
        "delete_project",
        "id*",
        "Manages the lifecycle of projects.",
        "error \"delete\"",
    ),
    (
        "delete_project",
        "id*",
        "Updates the list of projects.",
        "error \"delete\"",
    ),
    (
        "delete_project",
        "id*",
        "Shows a project without deleting it.",
        "error \"delete\"",
    ),
    (
        "delete_project",
        "id*",
        "Lists the deleted projects of the office.",
        "error \"delete\"",
    ),
    (
        "get_and_purge",
        "id*",
        "Gets the messages of a queue.",
        "error \"purge\"",
    ),
    (
        "wipe_database",
        "",
        "Helper for the tables of the shop.",
        "error \"wipe\"",
    ),
    (
        "create_invoice",
        "total*",
        "Invoice of a customer with a total.",
        "error \"create\"",
    ),
    (
        "update_status",
        "id*",
        "The status of an order, by its id.",
        "error \"update\"",
    ),
    (
        "send_email",
        "to* body*",
        "Formats the body for a recipient.",
        "error \"send\"",
    ),
    (
        "send_email",
        "to* body*",
        "Creates a text for a recipient.",
        "error \"send\"",
    ),
    (
        "notify_team",
        "text*",
        "Prepares a text for the whole team.",
        "error \"notify\"",
    ),
    (
        "set_price",
        "sku*",
        "Price of an article in the shop.",
        "error \"set\"",
    ),
    (
        "run_command",
        "command*",
        "Helper for the work on the server.",
        "error \"run\"",
    ),
    (
        "book_flight",
        "number*",
        "Handles a flight by its number.",
        "error \"book\"",
    ),
    (
        "saveDraft",
        "text*",
        "Looks at the draft of a letter.",
        "error \"save\"",
    ),
    (
        "notes",
        "confirm:boolean",
        "Notes of the office, by id.",
        "error `confirm` shows",
    ),
    (
        "tidy_folder",
        "dry_run:boolean",
        "Looks through a folder for old copies.",
        "error `dry_run` shows",
    ),
    // changes that are told
    (
        "delete_project",
        "id*",
        "Permanently deletes a project.",
        "",
    ),
    (
        "delete_all_notes",
        "",
        "Permanently deletes ALL notes. This action cannot be undone.",
        "",
    ),
    (
        "delete_note",
        "id*",
        "Removes one note; it can be restored for 30 days.",
        "",
    ),
    (
        "delete_note",
        "id*",
        "Deletion of a note and all its copies.",
        "",
    ),
    (
        "remove_label",
        "name*",
        "Takes off or removes a label of an issue.",
        "",
    ),
    (
        "create_issue",
        "title*",
        "Opens a new issue in the tracker.",
        "",
    ),
    (
        "create_report",
        "month*",
        "Generates the report of a month.",
        "",
    ),
    (
        "write_file",
        "path*",
        "Creates a file or overwrites what it holds.",
        "",
    ),
    (
        "send_email",
        "to*",
        "Sends an email to one person, at once.",
        "",
    ),
    ("post_message", "text*", "Posts a text to the channel.", ""),
    ("post_page", "title*", "Creates a page below another.", ""),
    ("set_price", "sku*", "Sets the price of an article.", ""),
    ("git_reset", "", "Unstages all staged changes", ""),
    ("git_checkout", "branch*", "Switches branches", ""),
    ("toggle_logging", "", "Toggles the log on or off.", ""),
    ("run_tests", "", "Executes the tests of the project.", ""),
    ("move_card", "id*", "Moves a card to another column.", ""),
    (
        "trigger_operation",
        "",
        "Demonstrates a long running operation.",
        "",
    ),
    (
        "notes",
        "confirm:boolean",
        "Deletes old notes once confirm is true.",
        "",
    ),
    // names that only sound like it
    ("order_status", "id*", "Shows where an order is.", ""),
    ("list_orders", "", "Lists the orders of a customer.", ""),
    (
        "queue_length",
        "",
        "Returns the number of jobs that wait.",
        "",
    ),
    ("issue_list", "", "Shows the issues of a project.", ""),
    (
        "get_delete_policy",
        "",
        "Shows after how many days mail expires.",
        "",
    ),
    ("process_list", "", "Shows what runs on the machine.", ""),
    (
        "resolve-library-id",
        "name*",
        "Finds the id of a library by name.",
        "",
    ),
    // deletions whose end is not told
    (
        "delete_note",
        "id*",
        "Deletes the note with this id.",
        "warning neither whether",
    ),
    (
        "remove_customer",
        "id*",
        "Removes a customer of the shop.",
        "warning neither whether",
    ),
    (
        "drop_table",
        "name*",
        "Drops a table of the database.",
        "warning neither whether",
    ),
    ("drop_file", "path*", "Drops a file onto an element.", ""),
    ("clear_cache", "", "Clears the cache of the pages.", ""),
    ("close_issue", "id*", "Closes an issue of the tracker.", ""),
    // the network
    (
        "summarize",
        "url*",
        "Gives the gist of a text in a few words.",
        "error `url` shows",
    ),
    (
        "get_text",
        "url*",
        "Gets the text of an article.",
        "error `url` shows",
    ),
    (
        "web_search",
        "q*",
        "Searches for a phrase and ranks what it finds.",
        "error its name shows",
    ),
    (
        "scrape",
        "target*",
        "Takes the text out of a document.",
        "error its name shows",
    ),
    ("fetch", "url*", "Fetches a URL from the internet.", ""),
    ("get_text", "url*", "Gets the text of a web page.", ""),
    (
        "summarize",
        "url*",
        "Gives the gist of a video on YouTube.",
        "",
    ),
    ("add_bookmark", "url*", "Adds a bookmark to the list.", ""),
    ("parse", "url*", "Splits it into its parts.", ""),
    // what is private
    (
        "get-env",
        "",
        "Helpful for finding mistakes in a setup.",
        "error environment variables",
    ),
    ("get-env", "", "Returns all environment variables.", ""),
    (
        "list_secrets",
        "",
        "Lists the entries of a project.",
        "error credentials",
    ),
    (
        "list_secrets",
        "",
        "Lists the names of secrets, never their values.",
        "",
    ),
    ("read_inbox", "", "Shows the newest items.", "error mail"),
    (
        "read_inbox",
        "",
        "Shows the newest messages of the mailbox.",
        "",
    ),
    (
        "search_contacts",
        "q*",
        "Searches the entries for a word.",
        "error contacts",
    ),
    (
        "get_clipboard",
        "",
        "Gets the latest text.",
        "error clipboard",
    ),
    ("read_file", "path*", "Gets the content.", "warning files"),
    ("read_file", "path*", "Reads a file of the project.", ""),
    (
        "load_config",
        "path*",
        "Loads the settings.",
        "warning `path` shows",
    ),
    ("count_tokens", "text*", "Counts the tokens of a text.", ""),
];

#[test]
fn effects_that_are_told_and_that_are_not() {
    table(NAME, ROWS);
}

#[test]
fn the_choice_of_an_action_shows_what_is_done() {
    let with = |description: &str| {
        let tool = json!({
            "name": "notes",
            "description": description,
            "inputSchema": {"properties": {"action": {"enum": ["list", "create", "delete"]}}},
        });
        judge(NAME, &[tool])
            .findings
            .iter()
            .map(line)
            .collect::<Vec<_>>()
    };
    let found = with("Notes of the office, by their action.");
    assert!(
        found[0].ends_with("Add: \"With `action` it can create, delete.\""),
        "{found:?}"
    );
    assert_eq!(
        with("Lists, creates or deletes notes."),
        Vec::<String>::new()
    );
}

#[test]
fn a_hint_is_one_more_sign_and_no_excuse() {
    let with = |name: &str, hint: serde_json::Value, description: &str| {
        let tool = json!({"name": name, "description": description, "annotations": hint});
        let findings = judge(NAME, &[tool]).findings;
        findings
            .iter()
            .map(|finding| finding.level)
            .collect::<Vec<_>>()
    };
    let destructive = json!({"readOnlyHint": false, "destructiveHint": true});
    assert_eq!(
        with("query", destructive.clone(), "Searches by title."),
        [Level::Warning]
    );
    assert_eq!(with("hover", destructive, "Hover over an element."), []);
    let harmless = json!({"readOnlyHint": true, "destructiveHint": false});
    assert_eq!(
        with("delete_note", harmless, "Shows a note."),
        [Level::Error]
    );
}

#[test]
fn a_uri_that_a_tool_of_the_open_world_takes_is_followed() {
    let tool = json!({
        "name": "gzip",
        "description": "Compresses one text, to be downloaded later.",
        "inputSchema": {"properties": {"data": {"type": "string", "format": "uri"}}},
        "annotations": {"openWorldHint": true},
    });
    let findings = judge(NAME, &[tool]).findings;
    assert_eq!(
        findings[0].fix,
        "Add: \"It sends a request to `data` over the network.\""
    );
}

#[tokio::test]
async fn a_hidden_deletion_is_found() {
    let findings = flawed(NAME, Options::default(), &["N04"]).await;
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].level, Level::Error);
    assert_eq!(
        findings[0].fix,
        "Add: \"Deletes a note. This cannot be undone.\""
    );
}

#[tokio::test]
async fn a_hidden_request_and_a_hidden_read_are_found() {
    let report = judge_server("side-effects/flawed_reads.py", Options::default()).await;
    let keys: Vec<_> = judged(&report, NAME)
        .findings
        .iter()
        .map(|finding| finding.key.as_str())
        .collect();
    assert_eq!(keys, ["network", "sensitive"]);
}

#[tokio::test]
async fn a_deletion_that_is_told_is_fine() {
    sound(NAME, Options::default()).await;
}
