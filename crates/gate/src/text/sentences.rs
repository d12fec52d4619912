//! Words and sentences, with their places.

use std::ops::Range;

use crate::thresholds;

/// A word of a text.
#[derive(Clone, Debug)]
pub(crate) struct Word<'a> {
    /// As written.
    pub raw: &'a str,
    /// In lower case, with straight apostrophes.
    pub lower: String,
    /// Where it stands, in bytes.
    pub at: Range<usize>,
    /// The number of its sentence, from 0.
    pub sentence: usize,
    /// Whether it stands alone between quotes or backticks.
    pub marked: bool,
}

/// A text, as its words.
#[derive(Clone, Debug)]
pub(crate) struct Text<'a> {
    /// As written; the part that is read.
    pub raw: &'a str,
    /// Its words, in order.
    pub words: Vec<Word<'a>>,
}

/// Abbreviations whose full stop ends no sentence.
const ABBREVIATIONS: &[&str] = &[
    "e.g", "eg", "etc", "g", "e", "i", "vs", "cf", "approx", "no",
];

impl<'a> Text<'a> {
    /// Reads a text, up to `thresholds::DESCRIPTION_READ` bytes of it.
    pub(crate) fn read(raw: &'a str) -> Self {
        let mut end = raw.len().min(thresholds::DESCRIPTION_READ);
        while !raw.is_char_boundary(end) {
            end -= 1;
        }
        let raw = &raw[..end];
        let mut words: Vec<Word<'a>> = Vec::new();
        let mut start = None;
        for (at, character) in raw.char_indices().chain([(raw.len(), ' ')]) {
            let inside = character.is_alphanumeric()
                || character == '_'
                || (matches!(character, '\'' | '’') && joins(raw, at, character));
            match (inside, start) {
                (true, None) => start = Some(at),
                (false, Some(from)) => {
                    push(raw, from..at, &mut words);
                    start = None;
                }
                _ => {}
            }
        }
        Self { raw, words }
    }

    /// Whether the word is the first of its sentence.
    pub(crate) fn opens(&self, index: usize) -> bool {
        index == 0 || self.words[index - 1].sentence != self.words[index].sentence
    }

    /// The word so many places before, in the same sentence.
    pub(crate) fn before(&self, index: usize, places: usize) -> Option<&Word<'a>> {
        let other = self.words.get(index.checked_sub(places)?)?;
        (other.sentence == self.words[index].sentence).then_some(other)
    }

    /// The word so many places after, in the same sentence.
    pub(crate) fn after(&self, index: usize, places: usize) -> Option<&Word<'a>> {
        let other = self.words.get(index + places)?;
        (other.sentence == self.words[index].sentence).then_some(other)
    }
}

/// Whether an apostrophe stands between letters.
fn joins(raw: &str, at: usize, apostrophe: char) -> bool {
    let letter = |character: Option<char>| character.is_some_and(char::is_alphabetic);
    letter(raw[..at].chars().next_back())
        && letter(raw[at + apostrophe.len_utf8()..].chars().next())
}

fn push<'a>(raw: &'a str, at: Range<usize>, words: &mut Vec<Word<'a>>) {
    let text = &raw[at.clone()];
    let sentence = match words.last() {
        None => 0,
        Some(last) => {
            let gap = &raw[last.at.end..at.start];
            last.sentence + usize::from(ends_sentence(gap, &last.lower, text))
        }
    };
    let before = raw[..at.start].chars().next_back();
    let after = raw[at.end..].chars().next();
    let mark = |character: Option<char>| {
        character
            .is_some_and(|character| matches!(character, '`' | '\'' | '"' | '“' | '”' | '‘' | '’'))
    };
    words.push(Word {
        raw: text,
        lower: text.to_lowercase().replace('’', "'"),
        at,
        sentence,
        marked: mark(before) && mark(after),
    });
}

/// Whether what stands between two words ends a sentence. The line breaks of wrapped texts do not.
fn ends_sentence(gap: &str, before: &str, after: &str) -> bool {
    if gap.contains(['!', '?', ';', '|', '•', '●', '。']) {
        return true;
    }
    let lower = after.starts_with(char::is_lowercase);
    if let Some((_, rest)) = gap.split_once('.')
        && rest.contains(char::is_whitespace)
        && (!lower || rest.contains('\n'))
        && !ABBREVIATIONS.contains(&before)
    {
        return true;
    }
    let Some((line, rest)) = gap.split_once('\n') else {
        return false;
    };
    !lower || rest.contains(['\n', '-', '*', '#', '>']) || line.contains(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(raw: &str) -> Vec<&str> {
        let text = Text::read(raw);
        let last = text.words.last().map_or(0, |word| word.sentence);
        (0..=last)
            .map(|number| {
                let words = || text.words.iter().filter(|word| word.sentence == number);
                let (first, last) = words().next().zip(words().next_back()).unwrap();
                &raw[first.at.start..last.at.end]
            })
            .collect()
    }

    #[test]
    fn sentences_end_where_people_end_them() {
        assert_eq!(
            sentences("Reads a file, e.g. notes.txt or v1.2. Don't use it\nfor folders; use ls!"),
            [
                "Reads a file, e.g. notes.txt or v1.2",
                "Don't use it\nfor folders",
                "use ls"
            ]
        );
        assert_eq!(
            sentences("Notion | Retrieve a user\nError Responses:\n400: bad\n\nargs:\n- id"),
            [
                "Notion",
                "Retrieve a user",
                "Error Responses",
                "400: bad",
                "args",
                "id"
            ]
        );
    }

    #[test]
    fn words_know_whether_they_are_marked() {
        let text = Text::read("`limit` is 'how' many — don’t");
        let marked: Vec<_> = text
            .words
            .iter()
            .map(|word| (word.lower.as_str(), word.marked))
            .collect();
        assert_eq!(
            marked,
            [
                ("limit", true),
                ("is", false),
                ("how", true),
                ("many", false),
                ("don't", false)
            ]
        );
    }
}
