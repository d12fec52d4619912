//! A schema says what type an argument has, not what it means.

use crate::{
    finding::Place,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::Surface,
    text::{self, explained, propose},
};

pub(super) static RULE: Rule = Rule {
    id: "D02",
    name: "arguments-explained",
    summary: "the arguments are explained, in the description of the tool or their own",
    level: Level::Warning,
    basis: Basis::Heuristic,
    reach: Reach::Reads,
    docs: Docs {
        what: "Each parameter is explained somewhere: the description of the tool speaks of it, or it has a \
               description in the schema that says more than its name. A tool without parameters passes.",
        why: "A model fills an argument that nobody explained with what the name suggests: a title where an \
              id is meant, a page of 1,000, a date in the wrong format. The call fails, or does something \
              else.",
        source: "arXiv 2602.14878 scores the explanation of parameters as one of six parts of a description; \
                 Anthropic, Define tools: say what each parameter means.",
        bad: "description: \"Finds notes.\", properties: {\"q\": {\"type\": \"string\"}, \"n\": {\"type\": \"integer\"}}",
        good: "description: \"Finds notes. `q` is the text to look for; `n` is how many to return (1 to 50).\"",
        fix: "Explain each argument once: in the description of the tool, or in the schema's own.",
    },
    checks: &[Check::Surface(check)],
};

fn check(surface: &Surface) -> Outcome {
    text::each(surface, |described| {
        if described.lack.is_some() {
            // D01 asks for a whole description
            return Vec::new();
        }
        let tool = described.tool;
        let unexplained = explained::unexplained(tool, &described.text);
        if unexplained.is_empty() {
            return Vec::new();
        }
        let verb = if unexplained.len() == 1 { "is" } else { "are" };
        let finding = RULE.finding(
            Place::Tool(tool.name.clone()),
            format!(
                "{} {verb} explained neither in the description nor in the schema",
                text::listed(&unexplained)
            ),
            format!(
                "Add: \"{}\"",
                propose::arguments(tool, &described.name, &unexplained)
            ),
        );
        vec![finding.text("description", &tool.description)]
    })
}
