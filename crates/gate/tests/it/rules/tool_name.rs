use seaworthy_gate::{Level, Options};

use crate::servers::{flawed, sound};

const NAME: &str = "tool-name";

#[tokio::test]
async fn a_blank_is_an_error_and_a_dot_a_warning() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    let found: Vec<_> = findings
        .iter()
        .map(|finding| (finding.level, finding.place.to_string()))
        .collect();
    assert_eq!(
        found,
        [
            (Level::Error, "tool find notes".to_owned()),
            (Level::Warning, "tool notes.read_note".to_owned())
        ]
    );
}

#[tokio::test]
async fn hyphens_and_capitals_are_fine() {
    sound(NAME, Options::default()).await;
}
