//! Most wrong calls go to a tool that nearly fits.

use crate::{
    finding::Place,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::Surface,
    text::{
        self, Described,
        phrases::{self, Weighed},
        propose,
        sentences::Text,
    },
    thresholds,
};

pub(super) static RULE: Rule = Rule {
    id: "D04",
    name: "when-not-to-use",
    summary: "the description says when not to use the tool, or what to use instead",
    level: Level::Warning,
    basis: Basis::Heuristic,
    reach: Reach::Reads,
    docs: Docs {
        what: "The description names a limit (\"not for\", \"do not use\", \"only for\", \"only within\"), or \
               another tool for what this one is not for (\"use read_note instead\").",
        why: "Where two tools nearly fit, a model takes the one whose text comes closest to the words of the \
              question. One clause that sends it to the other tool saves the wrong call and the turn after it.",
        source: "Anthropic, Define tools: say when a tool should be used, and when it should not; arXiv \
                 2602.14878 scores limits and guidance as two of six parts of a description.",
        bad: "\"description\": \"Finds notes by text. Returns one line a note: id and title.\"",
        good: "\"description\": \"Finds notes by text. Returns one line a note: id and title. Not for reading one \
               note: use read_note.\"",
        fix: "Add one clause that says what the tool is not for, and name the tool that is.",
    },
    checks: &[Check::Surface(check)],
};

/// What says when not to use it.
const PHRASES: &[Weighed] = &[
    (
        "not for|when|if|intended|recommended|suitable|meant|designed|suited|appropriate|necessary|needed|useful",
        2,
    ),
    (
        "not|never|don't ?be use|used|call|called|invoke|run it|this|the|for|to|when|if|unless|until|before|after|on|as|with|more|instead",
        2,
    ),
    ("avoid using|calling|this|it|for", 2),
    ("instead", 2),
    ("rather than", 2),
    ("prefer", 2),
    (
        "only for|when|if|after|within|works|work|use|supports|searches|covers|applies|accepts|call|available",
        2,
    ),
    ("use|call|run ?this|it ?tool only", 2),
    ("unless|except|excludes|excluding|deprecated|obsolete", 2),
    (
        "doesn't|don't|cannot|can't|not|never search|cover|include|support|return|work|handle|show|list|find|follow|look|see",
        2,
    ),
    ("limited|restricted to", 2),
    (
        "must|should ?be ?first call|called|use|run ?* ?* ?* ?* first|before",
        2,
    ),
    ("for * ?* ?* ?* ?* use|see|call|try", 2),
    ("last resort", 2),
    ("better|cheaper|faster|efficient than", 1),
    ("if * ?* ?* ?* ?* ?* ?* ?* use|call|try", 1),
    ("does|do|will|can|is|are not", 1),
];

fn check(surface: &Surface) -> Outcome {
    text::each(surface, |described| {
        if described.lack.is_some() {
            return Vec::new();
        }
        let tool = described.tool;
        let (weight, nearest) = weigh(described);
        if weight >= thresholds::LIMITS_SCORE {
            return Vec::new();
        }
        let finding = RULE.finding(
            Place::Tool(tool.name.clone()),
            "the description does not say when not to use the tool, or what to use instead",
            format!("Add: \"{}\"", propose::limits(tool, described.names)),
        );
        vec![finding.quote("description", &tool.description, nearest)]
    })
}

/// The weight of the evidence, and where the heaviest stands.
fn weigh(described: &Described) -> (u32, std::ops::Range<usize>) {
    let text = &described.text;
    let phrase = phrases::heaviest(text, PHRASES);
    let (mut weight, mut at) = phrase.map_or((0, 0..0), |one| (one.weight, one.at));
    if weight < thresholds::LIMITS_SCORE
        && let Some(limit) = phrases::find(text, "cannot|can't be *")
        && !["undone", "reverted", "restored", "recovered", "reversed"]
            .iter()
            .any(|end| text.raw[limit.clone()].ends_with(end))
    {
        (weight, at) = (2, limit);
    }
    if weight < thresholds::LIMITS_SCORE
        && let Some(denial) = (0..text.words.len())
            .find(|at| text.opens(*at) && text.words[*at].lower == "not" && denies(text, *at))
    {
        (weight, at) = (2, text.words[denial].at.clone());
    }
    for name in described.names.mentioned(described.tool, text.raw) {
        let found = if points(text, name.start) { 2 } else { 1 };
        if found > weight {
            at = name;
        }
        weight += found;
    }
    (weight, at)
}

/// Whether a sentence that begins with "Not" says what the tool is not: "Not a forecast". One that says
/// what it does not ask for tells of no limit: "Not required".
fn denies(text: &Text, at: usize) -> bool {
    text.after(at, 1).is_some_and(|next| {
        ![
            "all",
            "applicable",
            "every",
            "just",
            "mandatory",
            "necessary",
            "needed",
            "only",
            "required",
            "set",
        ]
        .contains(&next.lower.as_str())
    })
}

/// Whether the sentence around another tool's name sends the caller there.
fn points(text: &Text, start: usize) -> bool {
    let Some(word) = text.words.iter().position(|word| word.at.end > start) else {
        return false;
    };
    (1..=6).any(|places| {
        text.before(word, places).is_some_and(|other| {
            [
                "call", "calling", "not", "prefer", "run", "see", "than", "try", "use", "using",
            ]
            .contains(&other.lower.as_str())
        })
    })
}
