use seaworthy_gate::Options;

use crate::{
    descriptions::{judge, line, tool},
    servers::{flawed, sound},
};

const NAME: &str = "near-duplicate";

/// A tool's name and description.
type Said = (&'static str, &'static str);

/// Two tools, and whether their descriptions are nearly the same.
const PAIRS: &[(Said, Said, bool)] = &[
    (
        ("find_notes", "Finds notes by text."),
        ("search_notes", "Finds notes by text."),
        true,
    ),
    (
        ("find_notes", "Finds notes by text."),
        ("search_notes", "finds notes, by TEXT"),
        true,
    ),
    (
        (
            "find_notes",
            "Finds the notes of the office whose text holds a phrase, newest first.",
        ),
        (
            "search_notes",
            "Searches the notes of the office whose text holds a phrase, newest first.",
        ),
        true,
    ),
    (
        (
            "create_note",
            "Creates a note in a folder of the office with a title and a text.",
        ),
        (
            "add_note",
            "Adds a note in a folder of the office with a title and a text.",
        ),
        true,
    ),
    (
        (
            "get_weather",
            "Shows temperature, wind and rain of a city for today, in metric units.",
        ),
        (
            "weather_lookup",
            "Shows temperature, wind and rain of a city for today in metric units, if known.",
        ),
        true,
    ),
    (
        (
            "get_issue",
            "Shows one issue of a repository: its title, state, author, labels and text.",
        ),
        (
            "get_pull_request",
            "Shows one pull request of a repository: its title, state, author, labels and text.",
        ),
        false,
    ),
    (
        (
            "list_issues",
            "Lists the issues of a repository, newest first, one line each.",
        ),
        (
            "list_labels",
            "Lists the labels of a repository, newest first, one line each.",
        ),
        false,
    ),
    (
        (
            "enable_alarm",
            "Enables the alarm of one house until it is changed again by its owner.",
        ),
        (
            "disable_alarm",
            "Disables the alarm of one house until it is changed again by its owner.",
        ),
        false,
    ),
    (
        ("get_reviews", "Get the reviews on a pull request"),
        ("get_comments", "Get the review comments on a pull request"),
        false,
    ),
    (
        ("find_notes", "Finds notes by text."),
        ("find_users", "Finds users by name."),
        false,
    ),
    (
        ("a", "Adds two numbers."),
        ("b", "Multiplies two numbers."),
        false,
    ),
    (("find_notes", ""), ("read_note", ""), false),
    (("find_notes", "TODO"), ("read_note", "TODO"), false),
];

#[test]
fn pairs_that_are_the_same_and_that_are_not() {
    let mut wrong = Vec::new();
    for ((one, says), (other, too), same) in PAIRS {
        let found = judge(NAME, &[tool(one, "", says), tool(other, "", too)]).findings;
        if found.len() != usize::from(*same) {
            wrong.push((one, other, found.iter().map(line).collect::<Vec<_>>()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn one_word_in_a_long_text_does_not_tell_tools_apart() {
    let long = "Get a detailed listing of the files and directories in a path. Results mark files with [FILE] and \
                directories with [DIR]. Essential for understanding how a project is laid out and where things \
                are kept. Works within allowed roots";
    let sizes = format!("{long}, with sizes.");
    let tools = [
        tool("list_directory", "", long),
        tool("list_directory_with_sizes", "", &sizes),
    ];
    let found = judge(NAME, &tools).findings;
    assert_eq!(found.len(), 1);
    let quote = &found[0].quotes[1];
    assert_eq!(quote.label, "description of list_directory");
    assert_eq!(&quote.text[quote.mark.clone()], long);
}

#[test]
fn of_many_tools_the_first_are_compared_and_all_looked_up() {
    let mut tools: Vec<_> = (0..5_000)
        .map(|number| {
            let text = format!(
                "Box {number} shows i{} of h{} in s{}.",
                number % 7,
                number % 97,
                number % 89
            );
            tool(&format!("show_{number}"), "", &text)
        })
        .collect();
    tools.push(tool("same", "", "Box 4999 shows i1 of h52 in s15."));
    let found: Vec<_> = judge(NAME, &tools).findings.iter().map(line).collect();
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("is that of show_4999"), "{}", found[0]);
}

#[tokio::test]
async fn a_second_search_is_found() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    assert_eq!(findings.len(), 1);
    assert!(
        findings[0].fix.contains("use find_notes"),
        "{}",
        findings[0].fix
    );
}

#[tokio::test]
async fn parallel_texts_about_different_things_are_fine() {
    sound(NAME, Options::default()).await;
}
