//! Forms of words, and whether a text is English.

use super::{
    sentences::Text,
    vocabulary::{ENGLISH, FOREIGN, STOP},
};

/// Whether a text is English enough for phrases to be looked for in it. Short texts are taken for it.
pub(crate) fn is_english(text: &Text) -> bool {
    let letters = text
        .raw
        .chars()
        .filter(|character| character.is_alphabetic());
    let (mut all, mut latin) = (0usize, 0usize);
    for letter in letters {
        all += 1;
        latin += usize::from(letter.is_ascii());
    }
    if latin * 10 < all * 7 {
        return false;
    }
    let count = |list: &[&str]| {
        text.words
            .iter()
            .filter(|word| list.binary_search(&word.lower.as_str()).is_ok())
            .count()
    };
    let foreign = count(FOREIGN);
    foreign < 2 || foreign <= count(ENGLISH)
}

/// Whether a word carries no meaning of its own.
pub(crate) fn is_stop(word: &str) -> bool {
    STOP.binary_search(&word).is_ok()
}

/// A noun in the singular, as far as spelling tells.
pub(crate) fn singular(word: &str) -> String {
    let cut = |letters: usize| word[..word.len() - letters].to_owned();
    if !word.is_ascii() || word.len() < 4 || !is_plural(word) {
        return word.to_owned();
    }
    if word.ends_with("ies") {
        return cut(3) + "y";
    }
    if ["sses", "xes", "zzes", "ches", "shes"]
        .iter()
        .any(|end| word.ends_with(end))
    {
        return cut(2);
    }
    cut(1)
}

/// Whether a noun looks like a plural.
pub(crate) fn is_plural(word: &str) -> bool {
    word.len() > 3
        && word.ends_with('s')
        && !["ss", "us", "is", "ics", "ess"]
            .iter()
            .any(|end| word.ends_with(end))
}

/// What a word may be a form of: itself, and verbs without the ending.
pub(crate) fn bases(word: &str) -> Vec<String> {
    let mut bases = vec![word.to_owned()];
    if !word.is_ascii() {
        return bases;
    }
    let mut add = |base: String| {
        if base.len() > 1 {
            bases.push(base);
        }
    };
    if let Some(stem) = word.strip_suffix("ies").or(word.strip_suffix("ied")) {
        add(format!("{stem}y"));
    }
    if let Some(stem) = word.strip_suffix("es") {
        add(stem.to_owned());
    }
    if let Some(stem) = word.strip_suffix('s') {
        add(stem.to_owned());
    }
    for end in ["ing", "ed"] {
        if let Some(stem) = word.strip_suffix(end) {
            add(stem.to_owned());
            add(format!("{stem}e"));
            let mut letters = stem.chars().rev();
            if let (Some(last), Some(other)) = (letters.next(), letters.next())
                && last == other
            {
                add(stem[..stem.len() - last.len_utf8()].to_owned());
            }
        }
    }
    bases
}

/// Whether a word is a form of one of the verbs of a sorted list; the verb.
pub(crate) fn form_of(word: &str, verbs: &[&'static str]) -> Option<&'static str> {
    bases(word)
        .iter()
        .find_map(|base| verbs.binary_search(&base.as_str()).ok().map(|at| verbs[at]))
}

/// The third person of a verb: `finds`, `copies`, `pushes`.
pub(crate) fn third_person(verb: &str) -> String {
    let consonant_y = verb.ends_with('y')
        && !["ay", "ey", "oy", "uy"]
            .iter()
            .any(|end| verb.ends_with(end));
    if consonant_y {
        return format!("{}ies", &verb[..verb.len() - 1]);
    }
    if ["s", "x", "z", "ch", "sh", "go", "do", "echo", "veto"]
        .iter()
        .any(|end| verb.ends_with(end))
    {
        return format!("{verb}es");
    }
    format!("{verb}s")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_is_told_from_other_languages() {
        for english in [
            "Finds notes whose text contains a phrase.",
            "Résumé search",
            "Lists de facto standards of the la carte menu for an organisation",
            "TODO",
            "",
        ] {
            assert!(is_english(&Text::read(english)), "{english}");
        }
        for other in [
            "获取当前时间",
            "Возвращает список заметок",
            "Löscht eine Notiz und alle Anhänge der Notiz mit der Kennung",
            "Busca las notas que contienen una frase y devuelve el texto de cada una",
            "Renvoie les notes qui contiennent la phrase dans le texte",
        ] {
            assert!(!is_english(&Text::read(other)), "{other}");
        }
    }

    #[test]
    fn forms_lead_to_their_verbs() {
        for (word, verb) in [
            ("drops", "drop"),
            ("dropping", "drop"),
            ("erased", "erase"),
            ("modifies", "modify"),
            ("pushes", "push"),
        ] {
            assert!(
                bases(word).contains(&verb.to_owned()),
                "{word}: {:?}",
                bases(word)
            );
        }
        assert_eq!(third_person("copy"), "copies");
        assert_eq!(third_person("play"), "plays");
        assert_eq!(third_person("fetch"), "fetches");
        assert_eq!(singular("entities"), "entity");
        assert_eq!(singular("branches"), "branch");
        assert_eq!(singular("status"), "status");
        assert_eq!(singular("issues"), "issue");
    }
}
