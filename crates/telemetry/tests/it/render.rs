//! Whole outputs, for a week, for nothing, and for names that attack.

use seaworthy_telemetry::{
    Recommendation, Record, Settings,
    advice::recommend,
    render::{html, json, text},
    report::Report,
};
use unicode_width::UnicodeWidthStr;

use crate::week::{Chance, MONDAY_MS, WINDOW, tool_defaults, week};

fn a_week() -> (Report, Vec<Recommendation>) {
    let records = week(1, &Settings::default());
    let advice = recommend(&records, &Settings::default(), &tool_defaults());
    (Report::of(&records, WINDOW).with_dropped(12), advice)
}

fn nothing() -> Report {
    Report::of(&[], WINDOW)
}

/// Names that would act on a terminal, a page or a layout.
fn hostile() -> (Report, Vec<Recommendation>) {
    let names = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "</style></svg></title>&amp;",
        "\u{1b}[31m\u{1b}]0;owned\u{7}",
        "a\nb\rc\u{202e}dlrow\u{200b}",
        "",
        "文字文字文字文字文字文字文字文字文字文字",
        "👩‍👩‍👧‍👦 e\u{301}\u{301}\u{301}",
    ];
    let mut chance = Chance(1);
    let records: Vec<Record> = (0..names.len() * 40)
        .map(|number| Record {
            time_ms: MONDAY_MS + chance.next() % 86_400_000,
            tool: names[number % names.len()].repeat(1 + number % 2 * 9),
            client: names[number % names.len()].to_owned(),
            error: Some(names[(number + 1) % names.len()].to_owned()),
            tokens: u32::try_from(chance.next() >> 33).unwrap(),
            micros: chance.next(),
            bridged_calls: u32::MAX,
            ..Record::default()
        })
        .collect();
    let advice = names.map(|name| Recommendation {
        tool: name.to_owned(),
        reason: format!("{name}: keep"),
        ..Recommendation::default()
    });
    (Report::of(&records, WINDOW), advice.to_vec())
}

#[test]
fn a_week_as_text() {
    let (report, advice) = a_week();
    insta::assert_snapshot!("week_80", text(&report, &advice, 80, false));
    insta::assert_snapshot!("week_120", text(&report, &advice, 120, false));
    insta::assert_snapshot!("week_40", text(&report, &advice, 40, false));
}

#[test]
fn a_week_as_json() {
    let (report, advice) = a_week();
    insta::assert_snapshot!("week_json", json(&report, &advice));
}

#[test]
fn nothing_says_what_to_do() {
    insta::assert_snapshot!("nothing", text(&nothing(), &[], 80, false));
    let page = html(&nothing(), &[]);
    assert!(page.contains("No calls were recorded in this time."));
    assert!(page.contains("telemetry switched on"));
    let parsed: serde_json::Value = serde_json::from_str(&json(&nothing(), &[])).unwrap();
    assert_eq!(parsed["report"]["totals"]["calls"], 0);
}

#[test]
fn colour_only_adds_styles() {
    let (report, advice) = a_week();
    let coloured = text(&report, &advice, 80, true);
    assert!(coloured.contains("\u{1b}[36m"), "bars");
    assert_eq!(bare(&coloured), text(&report, &advice, 80, false));
}

#[test]
fn no_line_is_wider_than_asked() {
    for (report, advice) in [a_week(), hostile(), (nothing(), Vec::new())] {
        for width in 2..=130 {
            for line in text(&report, &advice, width, false).lines() {
                assert!(line.width() <= width, "{width}: {line}");
            }
        }
    }
}

#[test]
fn hostile_names_do_nothing_to_a_terminal() {
    let (report, advice) = hostile();
    let text_in_colour = text(&report, &advice, 100, true);
    let text = text(&report, &advice, 100, false);
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
    assert!(!text.contains(['\u{202e}', '\u{200b}']));
    assert_eq!(bare(&text_in_colour), text);
}

#[test]
fn hostile_names_do_nothing_to_a_page() {
    let (report, advice) = hostile();
    let page = html(&report, &advice);
    assert!(!page.contains("<script") && !page.contains("<img"));
    assert_eq!(page.matches("</style>").count(), 1);
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(!page.contains(['\u{1b}', '\u{7}', '\u{202e}', '\u{200b}']));
    let attribute = "aria-label=\"&quot;&gt;&lt;img src=x onerror=alert(1)&gt;";
    assert!(page.contains(attribute));
}

#[test]
fn a_page_needs_nothing_else() {
    let (report, advice) = a_week();
    let page = html(&report, &advice);
    for outside in [
        "http:", "https:", "//", "url(", "@import", "<link", "<script", "src=",
    ] {
        assert!(!page.contains(outside), "{outside}");
    }
    for part in [
        "<html lang=\"en\">",
        "<title>",
        "<h1>",
        "scope=\"col\"",
        "scope=\"row\"",
        "role=\"img\"",
        "prefers-color-scheme: dark",
        "@media print",
        "default-src 'none'",
        "12 records were lost",
        "find_items: 95% of cut pages were followed; page_size 20 \u{2192} 45",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let svgs = page.matches("<svg").count();
    let named = page.matches("role=\"img\" aria-label=").count();
    let hidden = page.matches("aria-hidden=\"true\"").count();
    assert_eq!(
        svgs,
        named + hidden,
        "each picture has a text, or is decoration"
    );
}

/// A text without its ANSI styles.
fn bare(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or("").to_owned();
    parts.fold(first, |bare, part| {
        bare + part.split_once('m').map_or("", |(_, rest)| rest)
    })
}
