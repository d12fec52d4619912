//! What can be told from a description without a model: its words and sentences, what a name says,
//! what a text discloses, and the sentence that it lacks.
//!
//! The rules D01 to D07 stand on this. Evidence is a phrase that was found, with its place and a
//! weight; a rule compares the sum with a number of `thresholds`. To teach it a phrase, add it to the
//! list where its like are, with a line in the table of `tests/it/rules/NAME.rs`.
//!
//! Only English is judged by phrases: see [`language::is_english`].

pub(crate) mod disclosure;
pub(crate) mod effects;
pub(crate) mod explained;
pub(crate) mod language;
pub(crate) mod names;
pub(crate) mod phrases;
pub(crate) mod private;
pub(crate) mod propose;
pub(crate) mod purpose;
pub(crate) mod sentences;
pub(crate) mod vocabulary;

use crate::{
    finding::Finding,
    rule::Outcome,
    surface::{Surface, Tool},
    thresholds,
};
use names::{Name, Names};
use purpose::Lack;
use sentences::Text;

/// A tool and what its words say.
pub(crate) struct Described<'a> {
    /// The tool.
    pub tool: &'a Tool,
    /// Its name.
    pub name: Name,
    /// Its description.
    pub text: Text<'a>,
    /// The names beside it.
    pub names: &'a Names<'a>,
    /// Why its description has no purpose, if so.
    pub lack: Option<Lack>,
}

/// Judges every tool whose description is in English, also those that have none or a placeholder.
/// Others are named as not verified.
pub(crate) fn each(
    surface: &Surface,
    mut judge: impl FnMut(&Described) -> Vec<Finding>,
) -> Outcome {
    if surface.tools.is_empty() {
        return Outcome::not_applicable("it lists no tools");
    }
    let names = Names::of(&surface.tools);
    let mut outcome = Outcome::pass();
    let mut foreign = Vec::new();
    for tool in surface.tools.iter().take(thresholds::DESCRIPTIONS_JUDGED) {
        let text = Text::read(&tool.description);
        let name = names.read(tool);
        let lack = purpose::lack(tool, &name, &text);
        if lack.is_none() && !language::is_english(&text) {
            foreign.push(tool.name.as_str());
            continue;
        }
        let described = Described {
            tool,
            name,
            text,
            names: &names,
            lack,
        };
        outcome.findings.extend(judge(&described));
    }
    if surface.tools.len() > thresholds::DESCRIPTIONS_JUDGED {
        outcome.unknown(format!(
            "of {} descriptions the first {} are judged",
            surface.tools.len(),
            thresholds::DESCRIPTIONS_JUDGED
        ));
    }
    if let Some(first) = foreign.first() {
        let more = match foreign.len() - 1 {
            0 => String::new(),
            more => format!(" and of {more} more tools"),
        };
        outcome.unknown(format!(
            "the description of {first}{more} is not in English, and only English is judged by its phrases"
        ));
    }
    outcome
}

/// Names in backticks, as a list: `` `a`, `b` and `c` ``; past six, the number of the rest.
pub(crate) fn listed(names: &[String]) -> String {
    let shown = names.len().min(6);
    let mut parts: Vec<_> = names[..shown]
        .iter()
        .map(|name| format!("`{name}`"))
        .collect();
    if names.len() > shown {
        parts.push(format!("{} more", names.len() - shown));
    }
    match parts.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}
