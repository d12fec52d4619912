//! Phrases that are evidence, and how they are found.
//!
//! A phrase is words parted by blanks; `a|b` is either word, `*` any word, `?a` may be missing. All
//! of it stands in one sentence.

use std::ops::Range;

use super::sentences::Text;

/// A phrase, and how much it proves.
pub(crate) type Weighed = (&'static str, u32);

/// Something that was found.
#[derive(Clone, Debug)]
pub(crate) struct Evidence {
    /// Where, in bytes.
    pub at: Range<usize>,
    /// How much it proves.
    pub weight: u32,
}

/// Where a phrase first stands.
pub(crate) fn find(text: &Text, phrase: &str) -> Option<Range<usize>> {
    let phrase: Vec<&str> = phrase.split(' ').collect();
    (0..text.words.len()).find_map(|start| {
        let end = matches(text, start, text.words[start].sentence, &phrase)?;
        Some(text.words[start].at.start..text.words[end].at.end)
    })
}

/// The heaviest of the phrases that stand in the text.
pub(crate) fn heaviest(text: &Text, phrases: &[Weighed]) -> Option<Evidence> {
    phrases
        .iter()
        .filter_map(|(phrase, weight)| {
            Some(Evidence {
                at: find(text, phrase)?,
                weight: *weight,
            })
        })
        .max_by_key(|evidence| evidence.weight)
}

/// The index of the last word of the phrase, if it stands there.
fn matches(text: &Text, at: usize, sentence: usize, phrase: &[&str]) -> Option<usize> {
    let (first, rest) = phrase.split_first()?;
    let (pattern, optional) = match first.strip_prefix('?') {
        Some(pattern) => (pattern, true),
        None => (*first, false),
    };
    let here = text
        .words
        .get(at)
        .is_some_and(|word| word.sentence == sentence && fits(pattern, &word.lower));
    if here {
        if rest.is_empty() {
            return Some(at);
        }
        if let Some(end) = matches(text, at + 1, sentence, rest) {
            return Some(end);
        }
    }
    if !optional {
        return None;
    }
    if rest.is_empty() {
        // the word before was the last
        return at.checked_sub(1);
    }
    matches(text, at, sentence, rest)
}

fn fits(pattern: &str, word: &str) -> bool {
    pattern == "*" || pattern.split('|').any(|one| one == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(raw: &'a str, phrase: &str) -> Option<&'a str> {
        find(&Text::read(raw), phrase).map(|at| &raw[at])
    }

    #[test]
    fn phrases_are_found_within_a_sentence() {
        assert_eq!(
            found("Please do not use it.", "do|does not use"),
            Some("do not use")
        );
        assert_eq!(found("It is not. For notes.", "not for"), None);
        assert_eq!(
            found("use the tool x", "use ?the * x"),
            Some("use the tool x")
        );
        assert_eq!(found("use y x", "use ?the * x"), Some("use y x"));
        assert_eq!(
            found("as a JSON object", "as ?a|an json ?object"),
            Some("as a JSON object")
        );
        assert_eq!(found("as JSON", "as ?a|an json ?object"), Some("as JSON"));
        assert_eq!(found("", "a"), None);
    }
}
