use seaworthy_gate::{Level, Options, finding::Finding, report::Verdict, rules};

use crate::servers::{flawed, judge, judged, sound};

const NAME: &str = "surface-lock";

/// The options of a run with what `base.py` shows as the recorded surface.
async fn locked() -> Options {
    let only = Options {
        only: vec![rules::rule(NAME).unwrap()],
        ..Options::default()
    };
    Options {
        lock: judge("base.py", only).await.lock,
        ..Options::default()
    }
}

#[tokio::test]
async fn each_change_is_found_and_shown() {
    let findings = flawed(NAME, locked().await, &[]).await;
    let found: Vec<_> = findings
        .iter()
        .map(|finding| format!("{}: {}", finding.place, finding.message))
        .collect();
    assert_eq!(
        found,
        [
            "instructions: they are not what was recorded",
            "tool find_notes: its description is not what was recorded",
            "tool find_notes: its inputSchema is not what was recorded",
            "tool show_note: it is new: it was not there when the surface was recorded",
            "tool read_note: it is gone: it was there when the surface was recorded",
        ]
    );
    let change = |finding: &Finding| finding.quotes[0].text.clone();
    assert!(
        change(&findings[1]).contains("newest {+and longest +}first"),
        "{}",
        change(&findings[1])
    );
    assert_eq!(
        change(&findings[2]),
        "- \"maximum\": 50,\\n+ \"maximum\": 40,\\n"
    );
}

#[tokio::test]
async fn order_version_and_meta_are_no_change() {
    sound(NAME, locked().await).await;
}

#[tokio::test]
async fn without_a_lock_it_does_not_apply_and_with_a_broken_one_it_says_so() {
    let report = judge("base.py", Options::default()).await;
    assert_eq!(
        judged(&report, NAME).verdict,
        Verdict::NotApplicable("no mcp.lock: write one with --update-lock".to_owned())
    );
    let broken = Options {
        lock: Some("version = 1\n[[tool]\n".to_owned()),
        ..Options::default()
    };
    let report = judge("base.py", broken).await;
    let finding = &judged(&report, NAME).findings[0];
    assert_eq!(finding.level, Level::Error);
    assert!(
        finding.message.starts_with("it cannot be read: line 2: "),
        "{}",
        finding.message
    );
}
