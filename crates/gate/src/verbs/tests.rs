use serde_json::{Value, json};

use super::*;

fn tool(name: &str, description: &str) -> Tool {
    Tool {
        name: name.to_owned(),
        description: description.to_owned(),
        ..Tool::default()
    }
}

fn kind(tool: &Tool) -> &'static str {
    match judge(tool) {
        Judgement::Reads(_) => "reads",
        Judgement::Unclear => "unclear",
        Judgement::Acts(_) => "acts",
    }
}

/// Name, description, judgement.
const CASES: &[(&str, &str, &str)] = &[
    // names that read
    (
        "find_notes",
        "Finds notes whose text contains a phrase, newest first.",
        "reads",
    ),
    ("findNotes", "Finds notes.", "reads"),
    (
        "get_preview",
        "Shows the start of a web page. It sends a request to that address over the network.",
        "reads",
    ),
    (
        "get_approval",
        "Shows an approval. It sends a request to the manager.",
        "acts",
    ),
    (
        "get_page",
        "Gets a page. It sends a request to the address to delete what is there.",
        "acts",
    ),
    ("get-weather", "Get the weather of a city.", "reads"),
    (
        "list_orders",
        "Lists orders, newest first. Each order has an id, a date and its total.",
        "reads",
    ),
    (
        "get_order",
        "Returns the order with its lines and the updates that were made to it.",
        "reads",
    ),
    (
        "get_record",
        "Returns a record of the register by its id.",
        "reads",
    ),
    (
        "find_updates",
        "Finds updates since a date. An update has a title and a link.",
        "reads",
    ),
    (
        "list_open_issues",
        "Lists the open issues of a repository, with the closed ones if asked.",
        "reads",
    ),
    (
        "list_closed_orders",
        "Closed orders of a customer.",
        "reads",
    ),
    (
        "search_commits",
        "Searches commits by message and returns a set of matches.",
        "reads",
    ),
    (
        "list_deleted_files",
        "Lists files that were deleted in the last 30 days.",
        "reads",
    ),
    ("get_post", "Shows a post and its comments.", "reads"),
    (
        "list_pull_requests",
        "Lists pull requests that are open or merged.",
        "reads",
    ),
    (
        "get_shipping_status",
        "Tells where a parcel is. It sends back the last place and the time.",
        "reads",
    ),
    (
        "get_schedule",
        "Shows the schedule of a line: when each train starts and stops.",
        "reads",
    ),
    (
        "read_file",
        "Read the contents of a file. Does not modify anything.",
        "reads",
    ),
    (
        "read_note",
        "Shows a note. Do not use it to delete notes: use delete_note.",
        "reads",
    ),
    (
        "get_user",
        "Gets a user. To update one, use update_user.",
        "reads",
    ),
    (
        "list_users",
        "List users. Never creates or changes any.",
        "reads",
    ),
    ("get_log", "Returns the log of a run.", "reads"),
    ("getUserByID", "Gets a user by id.", "reads"),
    ("notes.find", "Finds notes.", "reads"),
    ("github__list_issues", "Lists issues.", "reads"),
    ("search", "Search the documentation.", "reads"),
    (
        "describe_table",
        "Describes a table: its columns, and which were updated last.",
        "reads",
    ),
    (
        "count_messages",
        "Counts the messages that are archived.",
        "reads",
    ),
    ("list_transfers", "Lists transfers of an account.", "reads"),
    (
        "get_release",
        "Returns a release and when it was published.",
        "reads",
    ),
    (
        "list_imports",
        "Lists imports with their state: started, completed or failed.",
        "reads",
    ),
    ("check_status", "Check the status of a job.", "reads"),
    ("lists_notes", "Lists notes.", "reads"),
    ("get_set_members", "Returns the members.", "acts"),
    (
        "view_cart",
        "Shows the cart with all items placed in it.",
        "reads",
    ),
    // names that act
    ("delete_project", "Shows a project.", "acts"),
    ("deleteProject", "", "acts"),
    ("DELETE-PROJECT", "", "acts"),
    ("projectDelete", "", "acts"),
    ("deletes_project", "", "acts"),
    ("deleting_projects", "", "acts"),
    ("archiving_items", "", "acts"),
    ("get_or_create", "Gets a user.", "acts"),
    ("get_or_create_user", "Gets a user.", "acts"),
    ("find_and_replace", "Finds text.", "acts"),
    ("findAndReplace", "Finds text.", "acts"),
    ("search_replace", "Searches text.", "acts"),
    ("check_out_book", "Checks a book.", "acts"),
    ("checkout", "", "acts"),
    ("list_and_purge", "Lists old sessions.", "acts"),
    ("get_and_update", "Gets it.", "acts"),
    ("run_query", "Queries the database.", "acts"),
    ("process_refund", "", "acts"),
    ("read_and_mark_seen", "Reads messages.", "acts"),
    ("read_then_archive", "Reads messages.", "acts"),
    ("toggle", "", "acts"),
    ("toggle_light", "Shows a light.", "acts"),
    ("archive", "", "acts"),
    ("archive_note", "", "acts"),
    ("transfer_funds", "Shows funds.", "acts"),
    ("send_email", "", "acts"),
    ("book_flight", "", "acts"),
    ("order_pizza", "", "acts"),
    ("set_status", "", "acts"),
    ("mark_read", "", "acts"),
    ("notes_write", "", "acts"),
    ("pop_queue", "", "acts"),
    ("get_rid_of_note", "Gets rid of a note.", "acts"),
    ("list_delete", "", "acts"),
    ("execute_sql", "", "acts"),
    ("pay_invoice", "", "acts"),
    ("upsertUser", "", "acts"),
    ("HTMLDelete", "", "acts"),
    // descriptions that act
    (
        "get_order",
        "Returns the order after cancelling it.",
        "acts",
    ),
    (
        "get_report",
        "This will permanently erase the report.",
        "acts",
    ),
    ("get_report", "Gets a report. Deletes the old one.", "acts"),
    (
        "get_report",
        "Gets a report and deletes the old one.",
        "acts",
    ),
    (
        "fetch_messages",
        "Fetches messages and marks them as read.",
        "acts",
    ),
    (
        "fetch_messages",
        "Fetches messages, removing them from the server.",
        "acts",
    ),
    (
        "fetch_messages",
        "Fetches messages. They are then deleted.",
        "acts",
    ),
    (
        "fetch_next",
        "Returns the next job and removes it from the queue.",
        "acts",
    ),
    (
        "lookup_user",
        "Looks a user up. It also resets the password.",
        "acts",
    ),
    ("read_inbox", "Permanently deletes read mail.", "acts"),
    (
        "view_page",
        "Shows a page. Each call increments the counter.",
        "acts",
    ),
    ("get_token", "Rotates the token and returns it.", "acts"),
    (
        "get_invoice",
        "Creates an invoice if there is none.",
        "acts",
    ),
    (
        "check_disk",
        "Not only checks the disk but wipes it.",
        "acts",
    ),
    ("get_lock", "Used to acquire and delete a lock.", "acts"),
    (
        "get_account",
        "Use this to close or delete an account.",
        "acts",
    ),
    ("summary", "Write a summary to the disk.", "acts"),
    ("get_ticket", "Updates the ticket and returns it.", "acts"),
    (
        "get_ticket",
        "The ticket will be closed and deleted.",
        "acts",
    ),
    ("status", "Posts the status to all users.", "acts"),
    // behind the server's name
    (
        "slack_list_channels",
        "List public channels in the workspace.",
        "reads",
    ),
    (
        "slack_get_users",
        "Get a list of all users with their basic profile information.",
        "reads",
    ),
    ("slack_get_users", "", "unclear"),
    ("slack_get_users", "Users, freshly synced.", "unclear"),
    ("slack_post_message", "Post a message.", "acts"),
    ("notes_get_and_delete", "Gets a note.", "acts"),
    ("email_list", "Lists.", "acts"),
    ("brave_web_search", "Performs a web search.", "unclear"),
    // a thing in a name
    (
        "read_archive_notes",
        "Reads the notes on the archive. Reads only.",
        "reads",
    ),
    ("read_archive_notes", "Moves notes away.", "acts"),
    ("read_and_archive", "Reads a note.", "acts"),
    ("monthly_mean", "Looks up a mean. Reads only.", "unclear"),
    // words that do not tell
    ("weather", "The weather.", "unclear"),
    ("do_it", "", "unclear"),
    ("echo", "Echoes back the input.", "unclear"),
    ("eliminar_nota", "Elimina una nota.", "unclear"),
    ("löschen", "", "unclear"),
    ("get_nota", "Elimina la nota para siempre.", "unclear"),
    ("get_ノート", "Gets a note.", "unclear"),
    ("get_note", "ノートを削除します。", "unclear"),
    ("notizen", "Zeigt Notizen.", "unclear"),
    ("handle", "Handles things.", "unclear"),
    ("", "", "unclear"),
];

#[test]
fn names_and_sentences_are_judged() {
    let wrong: Vec<_> = CASES
        .iter()
        .filter_map(|(name, description, wanted)| {
            let tool = tool(name, description);
            (kind(&tool) != *wanted)
                .then(|| format!("{name}: {description}: {:?}, not {wanted}", judge(&tool)))
        })
        .collect();
    assert!(wrong.is_empty() && CASES.len() > 80, "{wrong:#?}");
}

#[test]
fn a_hint_does_not_count_but_a_title_does() {
    let mut liar = tool("delete_project", "Shows a project.");
    liar.read_only = Some(true);
    assert_eq!(judge(&liar), Judgement::Acts("delete".to_owned()));
    let mut titled = tool("get_project", "Shows a project.");
    titled.title = Some("Delete a project".to_owned());
    assert_eq!(judge(&titled), Judgement::Acts("delete".to_owned()));
}

#[test]
fn parameters_can_act() {
    let with = |properties: Value| Tool {
        input_schema: json!({"type": "object", "properties": properties}),
        ..tool("get_messages", "Gets messages of the inbox.")
    };
    assert_eq!(
        kind(&with(json!({"action": {"enum": ["get", "delete"]}}))),
        "acts"
    );
    assert_eq!(
        kind(&with(json!({"mark_as_read": {"type": "boolean"}}))),
        "acts"
    );
    assert_eq!(kind(&with(json!({"sql": {"type": "string"}}))), "unclear");
    assert_eq!(
        kind(&with(
            json!({"order": {"enum": ["asc", "desc"]}, "open": {"type": "boolean"}})
        )),
        "reads"
    );
    assert_eq!(
        kind(&with(json!({"include_deleted": {"type": "boolean"}}))),
        "reads"
    );
}

#[test]
fn some_deeds_cannot_be_taken_back() {
    for (name, description, wanted) in [
        ("delete_note", "Deletes a note.", true),
        ("write_file", "Writes a file.", true),
        ("send_email", "", true),
        ("merge_pull_request", "", true),
        ("pay_invoice", "", true),
        ("get_report", "Gets a report. Deletes the old one.", true),
        (
            "create_note",
            "Creates a note. To delete one, use delete_note.",
            false,
        ),
        ("list_orders", "Lists orders.", false),
        ("add_label", "Adds a label.", false),
    ] {
        assert_eq!(is_destructive(&tool(name, description)), wanted, "{name}");
    }
}

#[test]
fn names_have_words() {
    assert_eq!(words("getUserByID"), ["get", "user", "by", "id"]);
    assert_eq!(words("HTMLPage"), ["html", "page"]);
    assert_eq!(words("a-b.c/d e"), ["a", "b", "c", "d", "e"]);
}

#[test]
fn lists_are_sorted_and_agree() {
    for list in [READING, ACTING, DESTROYING, NOUNS, EITHER, ADJUNCTS] {
        assert!(list.is_sorted(), "{list:?}");
    }
    for word in DESTROYING.iter().chain(NOUNS).chain(EITHER) {
        assert!(ACTING.contains(word), "{word}");
    }
    assert!(READING.iter().all(|word| !ACTING.contains(word)));
}

#[test]
fn a_name_without_a_verb_reads_where_words_and_hint_agree() {
    let named = |name: &str, description: &str, read_only| Tool {
        read_only,
        ..tool(name, description)
    };
    for (name, description, read_only, judged) in [
        (
            "monthly_mean",
            "Looks up a mean. Reads only.",
            Some(true),
            "reads",
        ),
        (
            "monthly_mean",
            "Looks up a mean. Reads only.",
            None,
            "unclear",
        ),
        ("monthly_mean", "Looks up a mean.", Some(true), "unclear"),
        ("monthly_mean", "A mean. Reads only.", Some(true), "unclear"),
        (
            "monthly_reset",
            "Looks up a mean. Reads only.",
            Some(true),
            "acts",
        ),
        (
            "next_ticket",
            "Reads a ticket and removes it. Reads only.",
            Some(true),
            "acts",
        ),
    ] {
        assert_eq!(
            kind(&named(name, description, read_only)),
            judged,
            "{name}: {description}"
        );
    }
}
