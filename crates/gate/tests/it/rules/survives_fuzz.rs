use seaworthy_gate::{Level, Options, Permission};

use crate::servers::{flawed, judge, judged, sound};

const NAME: &str = "survives-fuzz";

#[tokio::test]
async fn a_death_at_a_bound_is_found_and_made_smaller() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    assert_eq!(findings.len(), 1, "{findings:?}");
    let arguments = &findings[0].quotes[0].text;
    assert!(
        arguments.starts_with("{\"text\":") && !arguments.contains("limit"),
        "{arguments}"
    );
}

#[tokio::test]
async fn other_ends_are_found() {
    for (file, what) in [
        (
            "flawed_json",
            "after a line that is no JSON, the server dies",
        ),
        ("flawed_hangs", "called with a NUL as text"),
        (
            "flawed_ids",
            "after an id that is an object, the server dies",
        ),
    ] {
        let options = Options {
            timeout: std::time::Duration::from_secs(1),
            ..Options::default()
        };
        let found = found(file, options).await;
        assert!(
            found
                .iter()
                .any(|(level, message)| *level == Level::Error && message.contains(what)),
            "{file}: {found:?}"
        );
    }
}

#[tokio::test]
async fn ends_at_bounds_of_the_shared_calls_are_found() {
    for (file, what) in [
        ("flawed_bound", "limit at a bound, the server dies"),
        ("flawed_longest", "text at a bound, "),
    ] {
        let options = Options {
            permission: Permission::Active,
            timeout: std::time::Duration::from_secs(1),
            ..Options::default()
        };
        let found = found(file, options).await;
        assert!(
            found
                .iter()
                .any(|(level, message)| *level == Level::Error && message.contains(what)),
            "{file}: {found:?}"
        );
    }
}

#[tokio::test]
async fn a_failure_that_is_answered_is_fine() {
    sound(NAME, Options::default()).await;
}

/// The messages that the rule has for a server of its folder.
async fn found(file: &str, options: Options) -> Vec<(Level, String)> {
    let report = judge(&format!("{NAME}/{file}.py"), options).await;
    judged(&report, NAME)
        .findings
        .iter()
        .map(|finding| {
            (
                finding.level,
                format!("{}: {}", finding.place, finding.message),
            )
        })
        .collect()
}
