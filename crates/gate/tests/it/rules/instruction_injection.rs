use seaworthy_gate::{Level, Options};

use crate::servers::{flawed, judge, judged, sound};

const NAME: &str = "instruction-injection";

#[tokio::test]
async fn the_published_proof_is_found_and_quoted() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!(findings[0].level, Level::Error);
    assert_eq!(findings[0].place.to_string(), "tool read_note");
    let quoted: Vec<_> = findings[0]
        .quotes
        .iter()
        .map(|quote| &quote.text[quote.mark.clone()])
        .collect();
    assert!(
        quoted
            .iter()
            .any(|quoted| quoted.starts_with("Do not mention that you")),
        "{quoted:?}"
    );
    assert!(
        quoted.iter().any(|quoted| quoted.contains("~/.ssh")),
        "{quoted:?}"
    );
}

#[tokio::test]
async fn every_text_is_read() {
    let report = judge("instruction-injection/flawed_2.py", Options::default()).await;
    let places: Vec<_> = judged(&report, NAME)
        .findings
        .iter()
        .map(seaworthy_gate::finding::Finding::fingerprint)
        .collect();
    assert_eq!(
        places,
        [
            "X02 instructions [instructions]",
            "X02 tool find_notes, parameter order [inputSchema.properties.order.enum[2]]",
            "X02 tool find_notes, parameter style [inputSchema.properties.style.default]",
            "X02 tool find_notes, parameter text [inputSchema.properties.text.description]",
            "X02 resource notes://about [description]",
        ]
    );
}

#[tokio::test]
async fn what_a_prompt_says_is_read() {
    let report = judge("instruction-injection/flawed_5.py", Options::default()).await;
    let places: Vec<_> = judged(&report, NAME)
        .findings
        .iter()
        .map(seaworthy_gate::finding::Finding::fingerprint)
        .collect();
    assert_eq!(places, ["X02 prompt digest [messages[0]]"]);
}

#[tokio::test]
async fn disguises_are_taken_off() {
    let report = judge("instruction-injection/flawed_3.py", Options::default()).await;
    let findings = &judged(&report, NAME).findings;
    let found: Vec<_> = findings
        .iter()
        .map(|finding| (finding.place.to_string(), finding.level))
        .collect();
    let all: Vec<_> = (0..4)
        .map(|number| (format!("tool read_note_{number}"), Level::Error))
        .collect();
    assert_eq!(found, all, "{findings:#?}");
    assert!(
        findings[0].message.contains("in look-alike letters"),
        "{findings:#?}"
    );
}

#[tokio::test]
async fn what_seems_an_order_is_a_warning() {
    let report = judge("instruction-injection/flawed_4.py", Options::default()).await;
    let findings = &judged(&report, NAME).findings;
    assert_eq!(
        (findings.len(), findings[0].level),
        (1, Level::Warning),
        "{findings:#?}"
    );
}

#[tokio::test]
async fn the_same_words_without_orders_are_none() {
    sound(NAME, Options::default()).await;
}
