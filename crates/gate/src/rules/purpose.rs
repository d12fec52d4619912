//! A model cannot choose a tool that it cannot read about.

use crate::{
    finding::Place,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::Surface,
    text::{self, propose, purpose::Lack},
};

pub(super) static RULE: Rule = Rule {
    id: "D01",
    name: "purpose",
    summary: "the description says what the tool is for",
    level: Level::Error,
    basis: Basis::Heuristic,
    reach: Reach::Reads,
    docs: Docs {
        what: "Each tool has a description, and it says more than the name: it is no placeholder, its words \
               are not just those of the name, it would not fit any other tool, and it is a sentence. A \
               short one that is true (\"Adds two numbers\") passes.",
        why: "The description is all that a model knows when it chooses. Without a purpose it guesses from \
              the name, calls the wrong tool, or none.",
        source: "arXiv 2602.14878: of 856 tools on 103 servers, 56% fail to state their purpose clearly. The \
                 placeholders are those of generators and templates.",
        bad: "\"name\": \"get_user\", \"description\": \"get_user tool\"",
        good: "\"name\": \"get_user\", \"description\": \"Looks up a customer by id or mail address, to answer \
               questions about their account.\"",
        fix: "Begin with a verb and what it is done to, then what a caller gets out of it. Write what the \
              name cannot say.",
    },
    checks: &[Check::Surface(check)],
};

fn check(surface: &Surface) -> Outcome {
    text::each(surface, |described| {
        let Some(lack) = described.lack else {
            return Vec::new();
        };
        let tool = described.tool;
        let message = match lack {
            Lack::Missing => "it has no description",
            Lack::Placeholder => "the description is a placeholder",
            Lack::Repeated => "the description only repeats the name",
            Lack::Vague => "the description would fit any tool",
            Lack::Fragment => "the description is no sentence: it does not say what the tool does",
        };
        let fix = format!(
            "Say what it is for, such as: \"{}\"",
            propose::purpose(tool, &described.name)
        );
        let mut finding = RULE.finding(Place::Tool(tool.name.clone()), message, fix);
        if lack != Lack::Missing {
            finding = finding.text("description", &tool.description);
        }
        vec![finding]
    })
}
