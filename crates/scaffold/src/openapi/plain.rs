//! Words and texts of a document, made harmless: nothing of it may break out of a string or a comment,
//! hide from a reader, or speak to a model.

use deunicode::deunicode;

/// The longest text that is taken over, in characters.
const LONGEST: usize = 160;

/// Words in texts that speak to a model, or of what is no business of a parameter's text.
const ADDRESSED: &[&str] = &[
    "ai",
    "always",
    "anthropic",
    "assistant",
    "assistants",
    "before",
    "chatgpt",
    "claude",
    "credential",
    "credentials",
    "disregard",
    "do not",
    "don't",
    "exfiltrate",
    "first call",
    "forget",
    "gemini",
    "gpt",
    "ignore",
    "important",
    "instruction",
    "instructions",
    "instead",
    "llm",
    "must",
    "never",
    "openai",
    "override",
    "password",
    "previous",
    "prompt",
    "secret",
    "secrets",
    "ssh",
    "system",
    "tool",
    "tools",
    "user asks",
    "you",
    "your",
];

/// The first sentence of a text of the document in plain characters, if it is one that a description can
/// hold: without links and markup, and not speaking to a model.
pub(super) fn sentence(text: &str) -> Option<String> {
    let mut plain = String::new();
    // what is behind the first sentences is not looked at for length, but it may tell what the text is
    let begin: String = text.chars().take(2_000).collect();
    for c in begin.chars() {
        match c {
            '"' | '`' | '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' => plain.push('\''),
            '\u{2013}' | '\u{2014}' => plain.push('-'),
            '*' | '#' | '|' | '>' | '&' | '!' | '?' | '=' => plain.push(' '),
            // letters that show nothing
            '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' => return None,
            _ if c.is_whitespace() && !matches!(c, '\u{2028}' | '\u{2029}') => plain.push(' '),
            _ if c.is_alphanumeric() || ",.;:()'/-_%+".contains(c) => plain.push(c),
            // markup, invisible characters, code
            _ => return None,
        }
    }
    let lower = format!(" {} ", spaced(&plain.to_lowercase()));
    let folded = format!(" {} ", spaced(&deunicode(&plain).to_lowercase()));
    if ADDRESSED.iter().any(|word| {
        let word = format!(" {word} ");
        lower.contains(&word) || folded.contains(&word)
    }) || lower.contains("http") && plain.contains("//")
    {
        return None;
    }
    let end = plain.find(". ").unwrap_or(plain.len());
    let first: Vec<_> = plain[..end]
        .split(' ')
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .collect();
    let sentence = first.join(" ");
    let sentence = sentence.trim_end_matches(['.', ':', ',', ';', ' ']);
    let length = sentence.chars().count();
    let fits = (3..=LONGEST).contains(&length) && first.iter().all(|word| word.len() <= 60);
    fits.then(|| sentence.to_owned())
}

/// The text with every character that is in no word as a blank, and one blank between words.
fn spaced(text: &str) -> String {
    let words: Vec<_> = text
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// The words of a name, in lower case ASCII: `petId` and `pet-id` have two. At most so many letters that
/// a name made of them stays usable.
pub(super) fn words(name: &str) -> Vec<String> {
    // what no name of a program's part has in it makes none here
    if name
        .chars()
        .any(|c| !c.is_alphanumeric() && !"_-.$[]:/@~&, ".contains(c))
    {
        return Vec::new();
    }
    let ascii = deunicode(&name.chars().take(200).collect::<String>());
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in ascii.chars() {
        let begins =
            c.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit());
        if begins || !c.is_ascii_alphanumeric() {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_ascii_alphanumeric(), words.last_mut()) {
            word.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    let mut length = 0;
    words.retain(|word| {
        length += word.len() + 1;
        length <= 40
    });
    // a name that reads as a sentence is judged as one
    if words.len() > 3 && sentence(&words.join(" ")).is_none() {
        words.clear();
    }
    words
}

/// The words of a longer text, each as one of its kind.
pub(super) fn words_of(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !c.is_alphanumeric());
    parts.flat_map(words).map(|word| singular(&word)).collect()
}

/// The words as a name with underscores; `fallback` where there are none, and in front of a digit.
pub(super) fn snake(words: &[String], fallback: &str) -> String {
    let name = words.join("_");
    match name.as_bytes().first() {
        None => fallback.to_owned(),
        Some(first) if first.is_ascii_digit() => format!("{fallback}_{name}"),
        Some(_) => name,
    }
}

/// A word as one of its kind: `pets` is `pet`.
pub(super) fn singular(word: &str) -> String {
    const AS_THEY_ARE: &[&str] = &[
        "address",
        "analysis",
        "analytics",
        "bus",
        "business",
        "campus",
        "canvas",
        "corpus",
        "gas",
        "lens",
        "news",
        "os",
        "process",
        "series",
        "sms",
        "species",
        "statistics",
        "status",
        "success",
        "access",
        "dns",
        "https",
        "aws",
        "tls",
        "metadata",
        "settings",
        "basis",
        "has",
        "is",
        "this",
        "us",
        "plus",
    ];
    if AS_THEY_ARE.contains(&word) || word.len() < 3 {
        return word.to_owned();
    }
    match word {
        "caches" => return "cache".to_owned(),
        "people" => return "person".to_owned(),
        _ => {}
    }
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 2) {
        return format!("{stem}y");
    }
    for end in ["sses", "xes", "ches", "shes", "tuses", "buses"] {
        if word.ends_with(end) {
            return word[..word.len() - 2].to_owned();
        }
    }
    match word.strip_suffix('s') {
        Some(stem) if !stem.ends_with(['s', 'u', 'i']) => stem.to_owned(),
        _ => word.to_owned(),
    }
}

/// A word as several of its kind.
pub(super) fn plural(word: &str) -> String {
    if singular(word) != word {
        return word.to_owned();
    }
    let before = word
        .len()
        .checked_sub(2)
        .and_then(|at| word.get(at..at + 1));
    if word.ends_with('y') && before.is_some_and(|before| !"aeiou".contains(before)) {
        return format!("{}ies", &word[..word.len() - 1]);
    }
    match word {
        "person" => "people".to_owned(),
        "metadata" | "news" | "series" | "settings" | "species" | "statistics" | "analytics" => {
            word.to_owned()
        }
        _ if word.ends_with(['s', 'x']) || word.ends_with("ch") || word.ends_with("sh") => {
            format!("{word}es")
        }
        _ => format!("{word}s"),
    }
}
