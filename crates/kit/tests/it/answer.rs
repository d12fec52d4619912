//! An answer keeps its cap and its lines whatever is written into it, and loses nothing of a text
//! that is read on.

use proptest::prelude::*;
use seaworthy_kit::{
    Answer, More,
    answer::{Further, HARD_TOKENS, tokens},
    untrusted::{self, FENCE},
};

use crate::hostile;

#[derive(Debug, Clone)]
enum Write {
    Line(String),
    TryLine(String),
    Quote(String, usize, usize),
    Numbered(Vec<String>, usize),
    Append(String),
    More(String),
}

fn write() -> impl Strategy<Value = Write> {
    let long = (hostile::text(), 1..400_usize).prop_map(|(text, times)| text.repeat(times));
    let text = prop_oneof![3 => hostile::text(), 1 => long].boxed();
    prop_oneof![
        text.clone().prop_map(Write::Line),
        text.clone().prop_map(Write::TryLine),
        (text.clone(), 0..500_usize, 0..50_000_usize)
            .prop_map(|(text, start, max)| Write::Quote(text, start, max)),
        (
            prop::collection::vec(hostile::text(), 0..20),
            0..3_000_usize
        )
            .prop_map(|(lines, max)| Write::Numbered(lines, max)),
        text.clone().prop_map(Write::Append),
        text.prop_map(Write::More),
    ]
}

impl Write {
    fn to(&self, answer: &mut Answer) {
        match self {
            Self::Line(text) => {
                answer.line(format!("own {text}"));
            }
            Self::TryLine(text) => {
                answer.try_line(format!("own {text}"));
            }
            Self::Quote(text, start, max) => {
                answer.quote(text, *start, *max);
            }
            Self::Numbered(lines, max) => {
                answer.numbered(1, lines.iter().map(String::as_str), *max);
            }
            Self::Append(text) => {
                let mut other = Answer::new();
                other.line(format!("own {text}")).quote(text, 0, usize::MAX);
                answer.append(other);
            }
            Self::More(text) => {
                answer.more(More::by(Further::Unknown, text.as_str()));
            }
        }
    }
}

/// Whether the server wrote the line, or it is marked as somebody else's.
fn is_marked(line: &str) -> bool {
    let is_numbered = line
        .split_once("| ")
        .is_some_and(|(number, _)| number.parse::<u32>().is_ok());
    let begins = [
        "own ",
        FENCE,
        "NOTE: ",
        "MORE AVAILABLE: further items - ",
        "[cut: ",
    ];
    // a cut at the cap may leave only a part of a mark
    let is_cut_mark = ["", "o", "ow", "own", "|"].contains(&line) || line.parse::<u32>().is_ok();
    is_numbered
        || is_cut_mark
        || begins.iter().any(|begin| line.starts_with(begin))
        || line.ends_with('|')
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn nothing_outgrows_the_cap_or_writes_a_line_of_the_server(writes in prop::collection::vec(write(), 0..20), budget in 0..20_000_usize) {
        let mut answer = Answer::with_tokens(budget);
        for write in &writes {
            write.to(&mut answer);
        }
        let text = answer.into_text();
        prop_assert!(tokens(&text) <= HARD_TOKENS);
        if !text.is_empty() {
            for line in hostile::lines(&text) {
                prop_assert!(is_marked(line), "{line:?}");
            }
        }
        let closing = hostile::lines(&text).filter(|line| line.starts_with("MORE AVAILABLE"));
        let appended = writes.iter().filter(|write| matches!(write, Write::Append(_))).count();
        prop_assert!(closing.count() <= 1 + appended);
    }

    #[test]
    fn a_text_read_on_to_its_end_was_read_whole(raw in hostile::text(), max in 6..400_usize) {
        let clean = untrusted::clean(&raw).text;
        let (mut start, mut read, mut shown) = (0, String::new(), String::new());
        loop {
            let mut answer = Answer::new();
            let quoted = answer.quote(&raw, start, max);
            prop_assert_eq!(quoted.total, clean.chars().count());
            let part: String = clean.chars().skip(start).take(quoted.end - start).collect();
            let text = answer.into_text();
            let fenced: Vec<_> = text.lines().filter_map(|line| line.strip_prefix(FENCE)).collect();
            // blank parts and the line breaks at a part's end are not shown
            if part.trim().is_empty() {
                prop_assert!(fenced.is_empty());
            } else {
                prop_assert_eq!(fenced.join("\n"), part.trim_end_matches('\n'));
            }
            let fences = fenced.iter().map(|line| line.chars().count() + FENCE.len() + 1).sum::<usize>();
            prop_assert!(fences <= max + 1, "{fences} characters for {max}");
            shown.push_str(&fenced.concat());
            read.push_str(&part);
            if !quoted.is_cut() {
                break;
            }
            prop_assert!(quoted.end > start, "it makes progress");
            start = quoted.end;
        }
        prop_assert_eq!(&read, &clean);
        let visible = |text: &str| text.split_whitespace().collect::<String>();
        prop_assert_eq!(visible(&shown), visible(&clean));
    }

    #[test]
    fn what_fits_the_budget_keeps_it(titles in prop::collection::vec(hostile::text(), 0..60), body in hostile::text(), budget in 200..3_000_usize) {
        let mut answer = Answer::with_tokens(budget);
        for title in &titles {
            answer.try_line(format!("own {title}"));
        }
        answer.quote(&body, 0, usize::MAX);
        answer.more(More::at(Further::AtLeast(7), &"c".repeat(150)));
        let text = answer.into_text();
        prop_assert!(tokens(&text) <= budget, "{} of {budget}", tokens(&text));
        prop_assert!(text.lines().last().is_some_and(|line| line.starts_with("MORE AVAILABLE: at least 7 further")));
    }
}
