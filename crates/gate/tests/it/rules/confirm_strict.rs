use seaworthy_gate::{Level, Options, Permission};

use crate::servers::{flawed, judge, judged, sound};

const NAME: &str = "confirm-strict";

#[tokio::test]
async fn a_true_like_confirm_is_found() {
    let findings = flawed(NAME, destructive(), &[]).await;
    let keys: Vec<_> = findings
        .iter()
        .map(|finding| finding.key.as_str())
        .collect();
    assert_eq!(keys[0], "\"true\"");
}

#[tokio::test]
async fn so_is_null() {
    let found = found("flawed_null", destructive()).await;
    assert!(
        found
            .iter()
            .any(|(level, message)| *level == Level::Error && message.contains("null acts")),
        "{found:?}"
    );
}

#[tokio::test]
async fn what_only_adds_is_tried_too() {
    let found = found("flawed_2", destructive()).await;
    assert_eq!(found.len(), 2, "{found:?}");
}

#[tokio::test]
async fn only_true_itself_is_fine() {
    sound(NAME, destructive()).await;
}

fn destructive() -> Options {
    Options {
        permission: Permission::Destructive,
        ..Options::default()
    }
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
