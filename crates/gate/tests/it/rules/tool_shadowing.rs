use seaworthy_gate::{Level, Options};

use crate::servers::{flawed, judge, judged, sound};

const NAME: &str = "tool-shadowing";

#[tokio::test]
async fn texts_about_tools_of_others_are_found() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    let found: Vec<_> = findings
        .iter()
        .map(|finding| (finding.place.to_string(), finding.message.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (
                "tool find_notes".to_owned(),
                "the text takes the place of another tool, which is not this server's: WebFetch"
            ),
            (
                "tool read_note".to_owned(),
                "the text changes how another tool is used, which is not this server's: send_email"
            ),
        ]
    );
}

#[tokio::test]
async fn names_of_clients_tools_are_found() {
    let report = judge("tool-shadowing/flawed_2.py", Options::default()).await;
    let found: Vec<_> = judged(&report, NAME)
        .findings
        .iter()
        .map(|finding| (finding.place.to_string(), finding.level))
        .collect();
    assert!(
        found.contains(&("tool Read".to_owned(), Level::Warning)),
        "{found:?}"
    );
    assert!(
        found.contains(&("tool search_files".to_owned(), Level::Note)),
        "{found:?}"
    );
}

#[tokio::test]
async fn parameters_and_instructions_are_read_too() {
    let report = judge("tool-shadowing/flawed_3.py", Options::default()).await;
    let places: Vec<_> = judged(&report, NAME)
        .findings
        .iter()
        .map(|finding| finding.place.to_string())
        .collect();
    assert_eq!(places, ["instructions", "tool find_notes, parameter text"]);
}

#[tokio::test]
async fn its_own_tools_are_its_own_affair() {
    sound(NAME, Options::default()).await;
}
