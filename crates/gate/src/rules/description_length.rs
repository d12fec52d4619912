//! Too short to choose by, or too long to be read whole.

use crate::{
    finding::Place,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::{Surface, Tool},
    text::{names::Names, phrases, propose, sentences::Text},
    thresholds::{DESCRIPTION_MAX, DESCRIPTION_MIN},
};

pub(super) static RULE: Rule = Rule {
    id: "D06",
    name: "description-length",
    summary: "descriptions have 40 to 2,048 characters",
    level: Level::Warning,
    basis: Basis::Should,
    reach: Reach::Reads,
    docs: Docs {
        what: "Each description has 40 to 2,048 characters. Those of Chinese, Japanese and Korean count twice. A \
               tool without a description is D01's.",
        why: "Under 40 characters there is no room for purpose, arguments and result. Past 2,048 clients cut, \
              and what stood last (often the limits and the warnings) is lost in silence; what is not cut is \
              paid for in every session.",
        source: "Claude Code cuts descriptions and instructions at 2,048 characters. arXiv 2602.14878: longer \
                 descriptions raised success by 5.85 points, but steps by 67%.",
        bad: "\"description\": \"Finds notes by text.\"",
        good: "\"description\": \"Finds notes by text, newest first. Returns one line a note: id and title.\"",
        fix: "Too short: add arguments, result and limits. Too long: keep those, and move examples and guides to \
              a prompt or a resource.",
    },
    checks: &[Check::Surface(check)],
};

fn check(surface: &Surface) -> Outcome {
    if surface.tools.is_empty() {
        return Outcome::not_applicable("it lists no tools");
    }
    let names = Names::of(&surface.tools);
    let mut outcome = Outcome::pass();
    for tool in &surface.tools {
        let text = tool.description.trim();
        let chars = text.chars().count();
        let (count, fix) = if text.is_empty() {
            continue;
        } else if width(text) < DESCRIPTION_MIN {
            (chars, longer(tool, &names))
        } else if chars > DESCRIPTION_MAX {
            let fix = format!(
                "Cut {} characters: keep purpose, arguments, result and limits, and move the rest to a prompt \
                 or a resource.",
                chars - DESCRIPTION_MAX
            );
            (chars, fix)
        } else {
            continue;
        };
        let short = count < DESCRIPTION_MIN * 2;
        let message = if short {
            format!("the description has {count} characters, fewer than {DESCRIPTION_MIN}")
        } else {
            format!("the description has {count} characters; clients cut at {DESCRIPTION_MAX}")
        };
        let mut finding = RULE.finding(Place::Tool(tool.name.clone()), message, fix);
        finding = if short {
            finding.text("description", text)
        } else {
            // what is lost
            let cut = text
                .char_indices()
                .nth(DESCRIPTION_MAX)
                .map_or(text.len(), |(at, _)| at);
            finding.quote("description, from where it is cut", text, cut..text.len())
        };
        outcome.find(finding);
    }
    outcome
}

/// The number of characters, wide ones twice.
fn width(text: &str) -> usize {
    text.chars()
        .map(|character| {
            if ('\u{1100}'..='\u{ffdc}').contains(&character) && character.is_alphabetic() {
                2
            } else {
                1
            }
        })
        .sum()
}

fn longer(tool: &Tool, names: &Names) -> String {
    let name = names.read(tool);
    let text = Text::read(&tool.description);
    let limits = propose::limits(tool, names);
    if phrases::find(&text, "return|returns|show|shows").is_some() {
        return format!("Say more of what comes back, and add: \"{limits}\"");
    }
    format!("Add: \"{} {limits}\"", propose::answer(tool, &name))
}
