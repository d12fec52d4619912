//! Two tools that read the same are chosen between by chance.

use std::{collections::HashMap, ops::Range};

use crate::{
    finding::{Finding, Place},
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::{Surface, Tool},
    text::{
        language::{bases, is_stop, singular},
        names::{Name, Names},
        propose,
        purpose::{self, SAME},
        sentences::Text,
    },
    thresholds,
};

pub(super) static RULE: Rule = Rule {
    id: "D07",
    name: "near-duplicate",
    summary: "two descriptions are not nearly the same",
    level: Level::Warning,
    basis: Basis::Heuristic,
    reach: Reach::Reads,
    docs: Docs {
        what: "No two descriptions are the same, and none shares 85% or more of its words with another. Parallel \
               texts about different things (an issue, a pull request) are no duplicates where the words that \
               differ are those in which the names differ.",
        why: "A model tells tools apart by their descriptions. Between two that read the same it chooses by \
              chance, or calls both.",
        source: "Anthropic, Writing effective tools for agents: overlapping tools distract agents; each needs a \
                 distinct purpose. The share was tuned on real servers.",
        bad: "find_notes: \"Finds notes by text.\"  search_notes: \"Searches notes by text.\"",
        good: "One tool find_notes; or search_notes: \"Searches the full history of notes, deleted ones too. For \
               present notes use find_notes.\"",
        fix: "Merge the tools into one with a parameter, or say in each what the other does not do.",
    },
    checks: &[Check::Surface(check)],
};

/// A description, ready to be compared.
struct Entry<'a> {
    tool: &'a Tool,
    name: Name,
    /// Its words that mean something, without endings, each once, sorted.
    words: Vec<String>,
    /// Their numbers, sorted: the same word has the same number in all entries.
    numbers: Vec<usize>,
}

fn check(surface: &Surface) -> Outcome {
    if surface.tools.len() < 2 {
        return Outcome::not_applicable("it lists fewer than two tools");
    }
    let names = Names::of(&surface.tools);
    let mut outcome = Outcome::pass();
    let mut same: HashMap<String, &Tool> = HashMap::new();
    let mut entries: Vec<Entry> = Vec::new();
    let mut numbers: HashMap<String, usize> = HashMap::new();
    for tool in &surface.tools {
        let plain = plain(&tool.description);
        if plain.is_empty() {
            continue;
        }
        if let Some(first) = same.get(&plain) {
            // what one name twice means is N02's, and what nobody wrote D01's
            if first.name != tool.name
                && purpose::unwritten(&Text::read(&tool.description)).is_none()
            {
                let shown = outcome.findings.len() < thresholds::FINDINGS_PER_RULE;
                outcome.find(found(tool, first, 100, shown));
            }
            continue;
        }
        same.insert(plain, tool);
        if entries.len() >= thresholds::TOOLS_JUDGED {
            continue;
        }
        let text = Text::read(&tool.description);
        let name = names.read(tool);
        let words = words(&text);
        let mut known: Vec<_> = words
            .iter()
            .map(|word| {
                let next = numbers.len();
                *numbers.entry(word.clone()).or_insert(next)
            })
            .collect();
        known.sort_unstable();
        let entry = Entry {
            tool,
            name,
            words,
            numbers: known,
        };
        let nearest = entries
            .iter()
            .filter(|other| other.tool.name != tool.name)
            .filter_map(|other| Some((likeness(&entry, other)?, other.tool)))
            .max_by(|one, other| one.0.total_cmp(&other.0));
        if let Some((share, other)) = nearest {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "0 to 100"
            )]
            outcome.find(found(tool, other, (share * 100.0).floor() as u32, true));
        }
        entries.push(entry);
    }
    outcome
}

/// A text as its letters and digits.
fn plain(description: &str) -> String {
    let mut plain = String::with_capacity(description.len());
    for word in description.split(|character: char| !character.is_alphanumeric()) {
        plain.extend(word.chars().flat_map(char::to_lowercase));
        if !word.is_empty() {
            plain.push(' ');
        }
    }
    plain
}

fn words(text: &Text) -> Vec<String> {
    let mut words: Vec<_> = text.words[..purpose::before_boilerplate(text)]
        .iter()
        .filter(|word| !is_stop(&word.lower))
        .map(|word| singular(&word.lower))
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// How many numbers two sorted lists share.
fn shared(one: &[usize], other: &[usize]) -> usize {
    let (mut at, mut place, mut shared) = (0, 0, 0);
    while let (Some(ours), Some(theirs)) = (one.get(at), other.get(place)) {
        at += usize::from(ours <= theirs);
        place += usize::from(theirs <= ours);
        shared += usize::from(ours == theirs);
    }
    shared
}

/// The most words that may count as common because they are synonyms.
const SYNONYMS: usize = 2;

/// The words of one that the other does not have.
fn only<'a>(one: &'a Entry, other: &Entry) -> Vec<&'a str> {
    one.words
        .iter()
        .filter(|word| other.words.binary_search(word).is_err())
        .map(String::as_str)
        .collect()
}

/// The share of words that two texts have in common, where that makes them nearly the same.
fn likeness(one: &Entry, other: &Entry) -> Option<f64> {
    let (small, large) = (
        one.words.len().min(other.words.len()),
        one.words.len().max(other.words.len()),
    );
    if small < thresholds::DUPLICATE_WORDS || portion(small, large) < thresholds::DUPLICATE_SHARE {
        return None;
    }
    // most pairs have little in common: the words themselves are looked at where a few more would do
    let common = shared(&one.numbers, &other.numbers);
    let most = (common + SYNONYMS).min(small);
    if portion(most, small + large - most) < thresholds::DUPLICATE_SHARE {
        return None;
    }
    let ours = only(one, other);
    let theirs = only(other, one);
    let verbs = synonyms(&ours, &theirs).min(SYNONYMS);
    let common = one.words.len() - ours.len() + verbs;
    let share = portion(common, one.words.len() + other.words.len() - common);
    if share < thresholds::DUPLICATE_SHARE || tells_apart(one, other, &ours, &theirs) {
        return None;
    }
    Some(share)
}

#[expect(clippy::cast_precision_loss, reason = "numbers of words")]
fn portion(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// How many words of the one differ from a word of the other only as `find` and `search` do.
fn synonyms(ours: &[&str], theirs: &[&str]) -> usize {
    ours.iter()
        .filter(|one| theirs.iter().any(|other| are_synonyms(one, other)))
        .count()
}

fn are_synonyms(one: &str, other: &str) -> bool {
    let (one, other) = (bases(one), bases(other));
    one.iter().any(|base| other.contains(base))
        || SAME.iter().any(|group| {
            let among = |bases: &[String]| bases.iter().any(|base| group.contains(&base.as_str()));
            among(&one) && among(&other)
        })
}

/// Whether the words that differ are those in which the names differ, other than by synonyms.
fn tells_apart(one: &Entry, other: &Entry, ours: &[&str], theirs: &[&str]) -> bool {
    let own = |words: &[&str], name: &Name, foreign: &Name, theirs: &[&str]| {
        words.iter().any(|word| {
            let forms = bases(word);
            let named = forms.iter().any(|form| name.has(form))
                && !forms.iter().any(|form| foreign.has(form));
            named && !theirs.iter().any(|other| are_synonyms(word, other))
        })
    };
    let here = own(ours, &one.name, &other.name, theirs);
    let there = own(theirs, &other.name, &one.name, ours);
    let short = one.words.len().max(other.words.len()) < thresholds::DUPLICATE_LONG;
    (here && there) || (short && (here || there))
}

fn found(tool: &Tool, other: &Tool, percent: u32, shown: bool) -> Finding {
    let message = if percent == 100 {
        format!("the description is that of {}", other.name)
    } else {
        format!(
            "{percent}% of the description's words are also those of {}",
            other.name
        )
    };
    let own = Name::read(&tool.name, None);
    let fix = format!(
        "Merge the two tools, or say in each what the other is for, such as: \"{}\"",
        match propose::deed(&Name::read(&other.name, None)) {
            Some(deed) if own.words.len() > 1 =>
                format!("Do not use it to {deed}: use {}.", other.name),
            _ => format!("For {} use {}.", propose::BLANK, other.name),
        }
    );
    let (here, there) = if shown {
        shared_run(&tool.description, &other.description)
    } else {
        // counted only
        (0..0, 0..0)
    };
    RULE.finding(Place::Tool(tool.name.clone()), message, fix)
        .quote("description", &tool.description, here)
        .quote(
            &format!(
                "description of {}",
                crate::finding::harmless(&other.name, 100)
            ),
            &other.description,
            there,
        )
        .key(&other.name)
}

/// The longest run of words that two texts share, as its place in each; of their first words.
fn shared_run(one: &str, other: &str) -> (Range<usize>, Range<usize>) {
    const WORDS: usize = 150;
    let (one, other) = (Text::read(one), Text::read(other));
    let (ours, theirs) = (
        &one.words[..one.words.len().min(WORDS)],
        &other.words[..other.words.len().min(WORDS)],
    );
    let mut row = vec![0usize; theirs.len() + 1];
    let (mut best, mut ends) = (0, (0, 0));
    for (at, word) in ours.iter().enumerate() {
        // from the back, so that the row before is still there
        for place in (0..theirs.len()).rev() {
            row[place + 1] = if word.lower == theirs[place].lower {
                row[place] + 1
            } else {
                0
            };
            if row[place + 1] > best {
                best = row[place + 1];
                ends = (at, place);
            }
        }
    }
    if best == 0 {
        return (0..0, 0..0);
    }
    (
        ours[ends.0 + 1 - best].at.start..ours[ends.0].at.end,
        theirs[ends.1 + 1 - best].at.start..theirs[ends.1].at.end,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shared_run_is_the_longest() {
        let (one, other) = (
            "Lists all notes of the day.",
            "Shows notes of the day, and all.",
        );
        let (here, there) = shared_run(one, other);
        assert_eq!(
            (&one[here], &other[there]),
            ("notes of the day", "notes of the day")
        );
        assert_eq!(shared_run("a", "b"), (0..0, 0..0));
    }
}
