//! A rule's documentation, as `--explain` and `docs/rules.md` show it.

use crate::rule::{Reach, Rule};

/// What a rule can do to the server, in words.
pub fn reach(reach: Reach) -> &'static str {
    match reach {
        Reach::Reads => "reads listings, files or what was said anyway; calls no tool",
        Reach::Calls => "calls tools, only in ways that cannot act",
        Reach::Active => "calls tools that read with valid arguments: needs --active",
        Reach::Destructive => "makes calls that act if the server is wrong: needs --destructive",
    }
}

/// A rule as Markdown, under a heading of level two.
pub fn markdown(rule: &Rule) -> String {
    let docs = &rule.docs;
    format!(
        "## {} {}\n\n{}.\n\n- Level: {}\n- Rests on: {}\n- To the server: {}\n\n{}\n\n**Why.** {}\n\n\
         **Source.** {}\n\nFlagged:\n\n```text\n{}\n```\n\nFine:\n\n```text\n{}\n```\n\n**How to mend it.** {}\n",
        rule.id,
        rule.name,
        capital(rule.summary),
        rule.level.name(),
        rule.basis.name(),
        reach(rule.reach),
        docs.what,
        docs.why,
        docs.source,
        docs.bad,
        docs.good,
        docs.fix,
    )
}

/// A text with its first letter as a capital.
fn capital(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}
