use seaworthy_gate::Options;

use crate::{
    descriptions::{judge, line, tool},
    servers::{flawed, judge as judge_server, judged, sound},
};

const NAME: &str = "description-length";

#[test]
fn the_bounds_are_part_of_it() {
    for (description, found) in [
        ("x".repeat(39), 1),
        ("x".repeat(40), 0),
        ("é".repeat(40), 0),
        ("x".repeat(2_048), 0),
        ("é".repeat(2_048), 0),
        ("x".repeat(2_049), 1),
        (format!("  {}\n", "x".repeat(39)), 1),
        (format!("  {}\n", "x".repeat(2_048)), 0),
        // each says as much as two letters
        ("笔".repeat(19), 1),
        ("笔".repeat(20), 0),
        // D01's
        (String::new(), 0),
        ("   ".to_owned(), 0),
    ] {
        let findings = judge(NAME, &[tool("find_notes", "", &description)]).findings;
        assert_eq!(findings.len(), found, "{description}");
    }
}

#[test]
fn the_fix_says_what_is_missing_or_what_is_lost() {
    let found = judge(NAME, &[tool("find_notes", "", "Finds notes by text.")]).findings;
    assert_eq!(
        line(&found[0]),
        "warning tool find_notes: the description has 20 characters, fewer than 40 Add: \"Returns one line a \
         note: ____. Do not use it for ____.\""
    );
    let long = format!("{}and this is lost.", "Finds notes by text. ".repeat(100));
    let found = judge(NAME, &[tool("find_notes", "", &long)]).findings;
    let quote = &found[0].quotes[0];
    assert!(
        quote.text[quote.mark.clone()].ends_with("and this is lost."),
        "{quote:?}"
    );
    assert!(
        found[0].fix.starts_with("Cut 69 characters"),
        "{}",
        found[0].fix
    );
}

#[tokio::test]
async fn too_short_is_found() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    assert_eq!(findings.len(), 1);
}

#[tokio::test]
async fn too_long_is_found() {
    let report = judge_server("description-length/flawed_long.py", Options::default()).await;
    let findings = &judged(&report, NAME).findings;
    assert_eq!(findings.len(), 1);
    assert!(
        findings[0].message.contains("clients cut at 2048"),
        "{}",
        findings[0].message
    );
}

#[tokio::test]
async fn both_bounds_are_fine() {
    sound(NAME, Options::default()).await;
}
