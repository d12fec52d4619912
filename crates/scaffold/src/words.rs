//! The template's own names, and what a project has in their place.
//!
//! The words are chosen so that they stand nowhere by chance, and so that a file that holds them is
//! still valid in its language.

use crate::answers::Answers;

/// The template's words and the project's, longest first where one could begin another.
pub(crate) fn pairs(answers: &Answers) -> [(&'static str, String); 9] {
    [
        (
            "Notes that an agent adds, finds, reads and deletes",
            answers.description.clone(),
        ),
        (
            "Copyright (c) 2026 Acme Authors",
            format!("Copyright (c) {} {}", answers.year, answers.author),
        ),
        ("Acme Authors", answers.author.clone()),
        ("Acme Notes", answers.name.title()),
        ("acme-notes", answers.name.kebab().to_owned()),
        ("acme_notes", answers.name.snake()),
        ("ACME_NOTES", answers.name.screaming()),
        ("acme-owner", answers.owner.clone()),
        ("0.0.7019", answers.version.clone()),
    ]
}

/// The text with the project's words. One pass: a word of the project that looks like one of the
/// template's stays as it is.
pub(crate) fn substitute(text: &str, pairs: &[(&str, String)]) -> String {
    let mut result = String::with_capacity(text.len() + text.len() / 8);
    let mut rest = text;
    loop {
        let next = pairs
            .iter()
            .filter_map(|(word, value)| Some((rest.find(word)?, *word, value)))
            // at one place, the first of the list
            .min_by_key(|(at, ..)| *at);
        let Some((at, word, value)) = next else {
            result.push_str(rest);
            return result;
        };
        result.push_str(&rest[..at]);
        result.push_str(value);
        rest = &rest[at + word.len()..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_once_and_not_again_in_what_was_put() {
        let pairs = [("ab", "x-cd".to_owned()), ("cd", "ab".to_owned())];
        assert_eq!(substitute("ab cd abab", &pairs), "x-cd ab x-cdx-cd");
        assert_eq!(substitute("none", &pairs), "none");
    }
}
