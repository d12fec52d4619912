//! What a tool does to the world must be known before it is called.

use crate::{
    finding::{Finding, Place},
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::Surface,
    text::{
        self, Described, disclosure,
        effects::{self, Effect, Sign},
        propose,
        purpose::Lack,
    },
};

pub(super) static RULE: Rule = Rule {
    id: "D05",
    name: "side-effects",
    summary: "state changes, network calls and sensitive reads are disclosed",
    level: Level::Error,
    basis: Basis::Heuristic,
    reach: Reach::Reads,
    docs: Docs {
        what: "Where a name or schema shows that a tool changes something, reaches the network or reads what is \
               private (variables, credentials, mail, contacts, files), the description says so. Where it \
               deletes, it is a warning if the description does not say that this cannot be undone, or how much \
               goes. Hints count as a further sign, never as an excuse.",
        why: "A person who is asked to allow a call, and the model that proposes it, see the description. A tool \
              that deletes, sends or phones home without a word about it is allowed by mistake.",
        source: "The tutorial of create-python-server, chapter 7: \"Every tool that modifies state, makes network \
                 calls, or reads sensitive data should document this in its description field\", with the \
                 example \"Permanently deletes ALL notes. This action cannot be undone.\"",
        bad: "\"name\": \"delete_all_notes\", \"description\": \"Handles the notes of the office.\"",
        good: "\"name\": \"delete_all_notes\", \"description\": \"Permanently deletes all notes. This cannot be \
               undone.\"",
        fix: "Say what is changed, sent or read, in the first sentence, and whether it can be undone.",
    },
    checks: &[Check::Surface(check)],
};

fn check(surface: &Surface) -> Outcome {
    text::each(surface, |described| {
        if matches!(described.lack, Some(Lack::Missing | Lack::Placeholder)) {
            // D01 asks for a whole description
            return Vec::new();
        }
        let mut findings = Vec::new();
        for effect in effects::effects(described.tool, &described.name, &described.text) {
            if !disclosure::discloses(&described.text, &effect) {
                findings.push(undisclosed(described, &effect));
            }
        }
        let finality = effects::destroys(described.tool, &described.name, &described.text)
            .filter(|_| findings.is_empty() && !disclosure::says_finality(&described.text));
        findings.extend(finality.map(|verb| unsaid_finality(described, verb)));
        findings
    })
}

fn undisclosed(described: &Described, effect: &Effect) -> Finding {
    let tool = described.tool;
    let thing = propose::thing(&described.name);
    let (message, fix, level, key) = match effect {
        Effect::Change(verb, Sign::Name) => (
            format!("its name says that it acts (\"{verb}\"), and the description does not"),
            format!("{}.", changes(described, verb)),
            Level::Error,
            "change",
        ),
        Effect::Change(_, Sign::Parameter(parameter)) => {
            let values =
                effects::acting_values(&tool.input_schema["properties"][parameter.as_str()]);
            let does = if values.is_empty() {
                format!("It changes the {thing}")
            } else {
                format!("With `{parameter}` it can {}", values.join(", "))
            };
            (
                format!(
                    "its parameter `{parameter}` shows that it acts, and the description does not say so"
                ),
                format!("{does}."),
                Level::Error,
                "change",
            )
        }
        Effect::Change(_, Sign::Hint) => (
            "it declares destructiveHint, and the description tells of no change".to_owned(),
            format!("It changes the {thing}: {}.", propose::BLANK),
            Level::Warning,
            "change",
        ),
        Effect::Network(sign) => (
            format!(
                "{} that it reaches the network, and the description does not say so",
                shows(sign)
            ),
            match sign {
                Sign::Parameter(parameter) => {
                    format!("It sends a request to `{parameter}` over the network.")
                }
                _ => format!("It calls {} over the network.", propose::BLANK),
            },
            Level::Error,
            "network",
        ),
        Effect::Sensitive(private, sign) => (
            format!(
                "{} that it reads {}, and the description does not say so",
                shows(sign),
                private.what
            ),
            format!("It reads {}.", private.what),
            if private.certain {
                Level::Error
            } else {
                Level::Warning
            },
            "sensitive",
        ),
    };
    RULE.finding(
        Place::Tool(tool.name.clone()),
        message,
        format!("Add: \"{fix}\""),
    )
    .level(level)
    .text("description", &tool.description)
    .key(key)
}

fn shows(sign: &Sign) -> String {
    match sign {
        Sign::Parameter(parameter) => format!("its parameter `{parameter}` shows"),
        Sign::Name => "its name shows".to_owned(),
        Sign::Hint => "its hint says".to_owned(),
    }
}

fn changes(described: &Described, verb: &str) -> String {
    let own = described.name.verb() == Some(verb);
    let does = if own {
        propose::deed_now(&described.name)
    } else {
        format!("It can {verb} the {}", propose::thing(&described.name))
    };
    if effects::destroys(described.tool, &described.name, &described.text).is_some() {
        format!("{does}. This cannot be undone")
    } else {
        does
    }
}

fn unsaid_finality(described: &Described, verb: &str) -> Finding {
    let tool = described.tool;
    let at = described
        .text
        .words
        .iter()
        .find(|word| {
            text::language::bases(&word.lower)
                .iter()
                .any(|base| base == verb)
        })
        .map_or(0..0, |word| word.at.clone());
    RULE.finding(
        Place::Tool(tool.name.clone()),
        "it deletes, and the description says neither whether that can be undone nor how much goes",
        format!(
            "Add: \"This cannot be undone.\" Or, if it can, how: \"The {} can be restored with {}.\"",
            propose::thing(&described.name),
            propose::BLANK
        ),
    )
    .level(Level::Warning)
    .quote("description", &tool.description, at)
    .key("finality")
}
