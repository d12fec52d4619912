use seaworthy_gate::{Level, Options};

use crate::servers::{flawed, judge, judged, sound};

const NAME: &str = "error-clean";

#[tokio::test]
async fn a_stack_trace_is_found() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    assert!(findings[0].message.contains("a Python stack trace"));
}

#[tokio::test]
async fn paths_sql_and_the_data_of_errors_are_read() {
    for (file, what) in [
        ("flawed_path", "an absolute path"),
        ("flawed_sql", "SQL"),
        ("flawed_data", "a JavaScript stack trace"),
    ] {
        let found = found(file, Options::default()).await;
        assert!(
            found
                .iter()
                .any(|(level, message)| *level == Level::Error && message.contains(what)),
            "{file}: {found:?}"
        );
    }
}

#[tokio::test]
async fn addresses_and_relative_paths_are_fine() {
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
