//! A model that does not know what comes back cannot plan the next call.

use serde_json::Value;

use crate::{
    finding::Place,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::Surface,
    text::{
        self, language,
        phrases::{self, Evidence, Weighed},
        propose,
        sentences::Text,
        vocabulary::{ACTING, EMPTY},
    },
    thresholds,
};

pub(super) static RULE: Rule = Rule {
    id: "D03",
    name: "output-shape",
    summary: "the description says what comes back",
    level: Level::Warning,
    basis: Basis::Heuristic,
    reach: Reach::Reads,
    docs: Docs {
        what: "The description says what an answer holds (\"returns\", \"answers with\", \"shows\", \"one line \
               a\", \"a JSON object with\"), or an outputSchema describes its fields. \"Returns the result\" \
               says nothing.",
        why: "A model plans with what it will know after the call: whether the answer has the ids that the next \
              tool takes, and whether one call is enough. It cannot see the answer before.",
        source: "Anthropic, Define tools: detailed descriptions are the most important factor in how a tool \
                 performs; their example of a good one says what is returned, and what is not.",
        bad: "\"description\": \"Finds notes by text.\"",
        good: "\"description\": \"Finds notes by text. Returns one line a note: id and title.\"",
        fix: "Add a sentence that begins with Returns, and names what each entry holds. Or describe the fields \
              of outputSchema.",
    },
    checks: &[Check::Surface(check)],
};

/// What says what comes back.
const PHRASES: &[Weighed] = &[
    ("return|returns|returned|returning", 2),
    ("yield|yields|outputs|emits", 2),
    ("answers|responds|replies with", 2),
    (
        "answer|answers|output|response|result|results ?clearly is|are|has|have|contain|contains|include|includes|hold|holds|show|shows|list|lists|distinguish",
        2,
    ),
    ("output|return format|value|type|fields|shape|schema", 2),
    (
        "each|every|one result|entry|row|item|line|match|hit|record has|have|include|includes|contain|contains|is|shows|gives|carries",
        2,
    ),
    ("one|a line|row|entry|object a|an|each|per|for", 2),
    ("a line|row|entry of|with", 2),
    (
        "as ?a|an ?plain json|text|markdown|csv|html|xml|yaml|base64|png|jpeg|pdf|table|list|array|tree",
        2,
    ),
    (
        "json|markdown|csv|html|xml|yaml object|array|structure|document|list|table|string",
        2,
    ),
    (
        "show|shows|display|displays|print|prints|tell|tells|give|gives",
        2,
    ),
    ("echo|echoes", 2),
    (
        "calculate|calculates|compute|computes|count|counts|estimate|estimates *",
        2,
    ),
    (
        "convert|converts|translate|translates|transform|transforms * ?* ?* ?* ?* into *",
        2,
    ),
    (
        "take|takes|capture|captures ?a|an|the ?* ?* screenshot|snapshot|picture|photo|image",
        2,
    ),
    ("the * contains|holds|includes|lists|shows", 2),
    ("list|array|table|map|set of", 1),
    ("list|lists|report|reports", 1),
    ("with their|its|all|each|sizes|details", 1),
    ("including|includes|include|plus", 1),
];

/// Nouns, in the singular, that say nothing of what comes back.
const NOTHING: &[&str] = &[
    "answer",
    "content",
    "data",
    "info",
    "information",
    "json",
    "message",
    "object",
    "operation",
    "output",
    "payload",
    "request",
    "response",
    "result",
    "status",
    "string",
    "success",
    "text",
    "thing",
    "value",
];

fn check(surface: &Surface) -> Outcome {
    text::each(surface, |described| {
        let tool = described.tool;
        if described.lack.is_some() || describes_fields(tool.output_schema.as_ref()) {
            return Vec::new();
        }
        let evidence = evidence(&described.text);
        let weight: u32 = evidence.iter().map(|one| one.weight).sum();
        if weight >= thresholds::OUTPUT_SCORE {
            return Vec::new();
        }
        let place = Place::Tool(tool.name.clone());
        let silent = if tool.output_schema.is_some() {
            "neither the description says what comes back, nor the fields of outputSchema, which have no descriptions"
        } else {
            "the description does not say what comes back"
        };
        let fix = format!("Add: \"{}\"", propose::answer(tool, &described.name));
        let finding = match hollow(&described.text) {
            Some(at) => RULE
                .finding(
                    place,
                    "the description says that something comes back, but not what",
                    fix,
                )
                .quote("description", &tool.description, at),
            None => RULE
                .finding(place, silent, fix)
                .text("description", &tool.description),
        };
        vec![finding]
    })
}

/// Whether an output schema says of any field what it is.
fn describes_fields(schema: Option<&Value>) -> bool {
    fn described(schema: &Value, depth: usize) -> bool {
        let Some(object) = schema.as_object() else {
            return false;
        };
        let fields = object.get("properties").and_then(Value::as_object);
        fields.into_iter().flatten().any(|(name, field)| {
            text::explained::says_something(name, field)
                || (depth > 0 && described(field, depth - 1))
        }) || (depth > 0
            && object
                .get("items")
                .is_some_and(|items| described(items, depth - 1)))
    }
    schema.is_some_and(|schema| described(schema, 4))
}

/// What says what comes back: the heaviest phrase, and lighter ones that stand beside it.
fn evidence(text: &Text) -> Vec<Evidence> {
    let mut found: Vec<Evidence> = PHRASES
        .iter()
        .filter_map(|(phrase, weight)| {
            Some(Evidence {
                at: phrases::find(text, phrase)?,
                weight: *weight,
            })
        })
        .collect();
    // "return to the previous page"
    found.retain(|one| {
        let next = text.words.iter().find(|word| word.at.start >= one.at.end);
        !(text.raw[one.at.clone()].eq_ignore_ascii_case("return")
            && next.is_some_and(|word| word.lower == "to"))
    });
    found.extend(enumeration(text));
    if let Some(at) = hollow(text) {
        // "returns the result" is no evidence
        found.retain(|one| one.at.end <= at.start || one.at.start >= at.end);
    }
    found
}

/// "Gets scores, failing audits, and the nodes": a verb of reading and three things or more.
fn enumeration(text: &Text) -> Option<Evidence> {
    let verbs = ["fetch", "get", "list", "read", "retrieve", "show"];
    let first = text.words.first()?;
    language::form_of(&first.lower, &verbs)?;
    let words: Vec<_> = text
        .words
        .iter()
        .take_while(|word| word.sentence == first.sentence)
        .collect();
    let comma = words
        .windows(2)
        .position(|pair| text.raw[pair[0].at.end..pair[1].at.start].contains(','))?;
    let and = words[comma..].iter().position(|word| word.lower == "and")?;
    // "lists, creates and closes tabs" is no such list
    let things = words[comma + 1..]
        .iter()
        .all(|word| language::form_of(&word.lower, ACTING).is_none());
    things.then(|| Evidence {
        at: first.at.start..words[comma + and].at.end,
        weight: 2,
    })
}

/// "Returns the result", where nothing follows that says more.
fn hollow(text: &Text) -> Option<std::ops::Range<usize>> {
    let verbs = ["return", "returns", "yields", "outputs", "output"];
    let at = text
        .words
        .iter()
        .position(|word| verbs.contains(&word.lower.as_str()))?;
    let rest = text.words[at + 1..]
        .iter()
        .take_while(|word| word.sentence == text.words[at].sentence);
    // the output of a command is something
    if phrases::find(text, "command|commands|code|script|program|shell").is_some() {
        return None;
    }
    let mut end = text.words[at].at.end;
    for word in rest {
        let noun = language::singular(&word.lower);
        let empty = language::is_stop(&word.lower)
            || NOTHING.contains(&noun.as_str())
            || EMPTY.binary_search(&word.lower.as_str()).is_ok();
        if !empty {
            return None;
        }
        end = word.at.end;
    }
    let alone = text.words[at].at.end == end;
    (!alone).then(|| text.words[at].at.start..end)
}
