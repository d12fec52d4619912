use seaworthy_gate::{Level, Options, Permission, report::Verdict};

use crate::servers::{flawed, judge, judged, sound};

const NAME: &str = "preview-first";

#[tokio::test]
async fn a_deed_without_confirm_is_found() {
    let findings = flawed(NAME, destructive(), &["B02", "N04", "D05"]).await;
    assert!(
        findings[0].message.contains("it acts"),
        "{}",
        findings[0].message
    );
}

#[tokio::test]
async fn so_is_a_tool_without_confirm_and_one_that_says_done() {
    for (file, what) in [
        ("flawed_bare", "it acts"),
        ("flawed_says_done", "as if it had acted"),
    ] {
        let found = found(file, destructive()).await;
        assert!(
            found
                .iter()
                .any(|(level, message)| *level == Level::Error && message.contains(what)),
            "{file}: {found:?}"
        );
    }
}

#[tokio::test]
async fn a_preview_is_fine_and_needs_the_permission() {
    sound(NAME, destructive()).await;
    let report = judge(&format!("{NAME}/sound.py"), Options::default()).await;
    assert_eq!(judged(&report, NAME).verdict, Verdict::Unverified);
    let called = &report.deeds.calls["delete_note"];
    assert!(
        called
            .keys()
            .all(|kind| kind != "valid" && kind != "example"),
        "{called:?}"
    );
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
