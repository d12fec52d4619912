//! A schema says what type an argument has, not what it means.

use crate::{
    finding::{Finding, Place},
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::Surface,
    text::{self, Described, explained, propose},
    thresholds,
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
               description in the schema that says more than its name. A tool without parameters passes. Where \
               the description speaks of none of two or more required arguments, and the schema alone \
               explains them, it is a note.",
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
            return unsaid(described).into_iter().collect();
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

/// What is explained in the schema alone: where the description speaks of none of several arguments that
/// must be given, a model that compares tools by their descriptions does not know what this one needs.
fn unsaid(described: &Described) -> Option<Finding> {
    let tool = described.tool;
    let required: Vec<_> = tool.required().map(str::to_owned).collect();
    if required.len() < thresholds::ARGUMENTS_UNSAID
        || tool
            .parameters()
            .any(|(name, _)| explained::is_mentioned(name, &described.text))
    {
        return None;
    }
    let finding = RULE.finding(
        Place::Tool(tool.name.clone()),
        format!(
            "the description speaks of none of its arguments: only the schema explains {}",
            text::listed(&required)
        ),
        format!(
            "Add: \"{}\"",
            propose::arguments(tool, &described.name, &required)
        ),
    );
    Some(
        finding
            .level(Level::Note)
            .text("description", &tool.description)
            .key("unsaid"),
    )
}
