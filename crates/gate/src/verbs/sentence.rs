//! Which words of an English sentence are acting verbs that say what the tool does: not nouns, not
//! denied, not a deed of another tool that the text points to.

use super::{acts, is_noun, words::NOUNS};

/// How much of a description is read, in characters.
pub(super) const LONGEST: usize = 20_000;
/// How far before a verb a denial is looked for, in words.
const DENIAL: usize = 7;

const DETERMINERS: &[&str] = &[
    "a",
    "all",
    "an",
    "and",
    "another",
    "any",
    "both",
    "each",
    "every",
    "everything",
    "her",
    "him",
    "his",
    "it",
    "its",
    "one",
    "or",
    "our",
    "some",
    "that",
    "the",
    "their",
    "them",
    "these",
    "this",
    "those",
    "up",
    "us",
    "you",
    "your",
];
const MODALS: &[&str] = &[
    "also",
    "always",
    "automatically",
    "can",
    "could",
    "does",
    "finally",
    "first",
    "immediately",
    "may",
    "might",
    "must",
    "next",
    "optionally",
    "permanently",
    "shall",
    "should",
    "silently",
    "simply",
    "subsequently",
    "then",
    "to",
    "will",
    "would",
];
const SUBJECTS: &[&str] = &[
    "it",
    "tool",
    "server",
    "function",
    "call",
    "operation",
    "which",
    "this",
    "that",
    "and",
    "then",
];
const DENIALS: &[&str] = &[
    "aren", "cannot", "can't", "doesn", "doesn't", "don", "don't", "isn", "isn't", "neither",
    "never", "no", "none", "nor", "not", "nothing", "without", "won", "won't",
];
const BEINGS: &[&str] = &[
    "are", "be", "been", "being", "get", "gets", "is", "was", "were",
];

/// The sentences of a text. Line ends and list marks end one too.
pub(super) fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', ';', '!', '?', '•'])
        .flat_map(|line| line.split(". "))
        .flat_map(|line| line.split(": "))
        .map(str::trim)
        .filter(|sentence| !sentence.is_empty())
}

struct Token {
    /// In lower case; empty for what is a name of something: `delete_note`, "quoted", a number.
    word: String,
    /// Whether a comma, a bracket or a dash stands before it.
    parted: bool,
}

/// The acting verbs of a sentence, as written. With `reading`, words that are nouns as often need more
/// to count.
pub(super) fn verbs(sentence: &str, reading: bool) -> Vec<String> {
    let tokens = tokens(sentence);
    if points_elsewhere(sentence, &tokens) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let Some(verb) = acts(&token.word) else {
            continue;
        };
        // leave it out, left empty: of an argument
        let following = tokens.iter().skip(index + 1).take(3);
        let omits = verb == "leave"
            && following
                .into_iter()
                .any(|next| matches!(next.word.as_str(), "out" | "empty" | "blank" | "unset"));
        if is_verb(&tokens, index, verb, reading) && !is_denied(&tokens, index) && !omits {
            found.push(token.word.clone());
        }
    }
    found
}

fn tokens(sentence: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut parted = false;
    for piece in sentence.split_whitespace() {
        let bare =
            piece.trim_matches(|character: char| !character.is_alphanumeric() && character != '`');
        if bare.is_empty() {
            // a dash, or a list's mark
            parted = true;
            continue;
        }
        parted |= piece.starts_with(['(', '[', '"']);
        // an identifier, code, or a quotation is no word of the sentence
        let named = bare.contains(['_', '`', '=', '.', '{'])
            || piece.starts_with(['"', '\'', '`'])
            || bare.chars().skip(1).any(char::is_uppercase);
        let parts: Vec<&str> = if named {
            vec![""]
        } else {
            bare.split(['/', '-', '\u{2013}', '\u{2014}']).collect()
        };
        for part in parts {
            tokens.push(Token {
                word: part.to_lowercase(),
                parted,
            });
            parted = false;
        }
        parted = piece.ends_with([',', ')', ']', ':', '\u{2014}', '\u{2013}']);
    }
    tokens
}

/// Whether the sentence tells what to use instead, or when: "to delete one, use `delete_note`".
fn points_elsewhere(sentence: &str, tokens: &[Token]) -> bool {
    let first = tokens.first().map_or("", |token| token.word.as_str());
    let names = sentence.contains('_') || sentence.contains('`');
    let uses = tokens.iter().any(|token| {
        matches!(
            token.word.as_str(),
            "use" | "call" | "see" | "prefer" | "try"
        )
    });
    if names && uses {
        return true;
    }
    let second = tokens.get(1).map_or("", |token| token.word.as_str());
    match first {
        // do not use it to …, don't call
        "do" | "don't" | "never" => true,
        "use" | "call" | "useful" | "helpful" | "see" | "prefer" => {
            // "use this to delete" says what it does
            !(matches!(second, "this" | "it" | "the" | "to")
                && tokens.iter().skip(1).any(|token| token.word == "to")
                && !tokens.iter().any(|token| {
                    matches!(
                        token.word.as_str(),
                        "before" | "after" | "when" | "if" | "instead"
                    )
                }))
        }
        "to" | "for" | "if" | "when" | "before" => uses,
        _ => false,
    }
}

fn is_denied(tokens: &[Token], index: usize) -> bool {
    let from = index.saturating_sub(DENIAL);
    tokens[from..index]
        .iter()
        .enumerate()
        .any(|(offset, token)| {
            // "not only reads but deletes" denies nothing
            let only = tokens
                .get(from + offset + 1)
                .is_some_and(|next| matches!(next.word.as_str(), "only" | "just"));
            let but = tokens[from + offset..index]
                .iter()
                .any(|token| matches!(token.word.as_str(), "but" | "then" | "instead"));
            DENIALS.contains(&token.word.as_str()) && !only && !but
        })
}

/// A word and what stands around it.
struct Around<'a> {
    tokens: &'a [Token],
    index: usize,
    word: &'a str,
    verb: &'a str,
    before: &'a str,
    after: &'a str,
    /// What follows can only be an object.
    takes_object: bool,
    /// It comes after an adverb such as "permanently".
    adverb: bool,
    /// The sentence begins with it.
    starts: bool,
}

fn is_verb(tokens: &[Token], index: usize, verb: &str, reading: bool) -> bool {
    let word = tokens[index].word.as_str();
    let before = index
        .checked_sub(1)
        .map_or("", |index| tokens[index].word.as_str());
    let next = tokens.get(index + 1);
    let after = next.map_or("", |token| token.word.as_str());
    let adverb = before.len() > 4
        && before.ends_with("ly")
        && !matches!(
            before,
            "only" | "early" | "daily" | "weekly" | "monthly" | "recently" | "newly" | "currently"
        );
    let around = Around {
        tokens,
        index,
        word,
        verb,
        before,
        after,
        takes_object: next.is_some_and(|token| !token.parted && DETERMINERS.contains(&after))
            && !matches!(after, "or" | "and"),
        adverb,
        starts: index == 0 || (index == 1 && (adverb || before.is_empty() && word.ends_with('s'))),
    };
    // send back; a set of
    let is_idiom = (after == "back" && matches!(verb, "send" | "report"))
        || (after == "of"
            && matches!(verb, "set" | "record" | "copy" | "update" | "log" | "queue"));
    if is_idiom || (reading && verb == "send" && asks_an_address(&tokens[index + 1..])) {
        return false;
    }
    let participle = word.ends_with("ed")
        || super::words::IRREGULAR
            .iter()
            .any(|(form, _)| *form == word);
    if word.ends_with("ing") && word != verb {
        around.is_gerund(reading)
    } else if participle && word != verb {
        around.is_passive()
    } else if word == verb {
        around.is_base(reading)
    } else {
        around.is_third_person(reading)
    }
}

/// "a request to that address": the way over which is read. Whom the request asks for a deed is
/// another matter, and so is a request that is to do more.
fn asks_an_address(after: &[Token]) -> bool {
    let words = after.iter().map(|token| token.word.as_str());
    // a GET and a POST look alike here: words in capitals are names
    let mut words = words.skip_while(|word| matches!(*word, "a" | "an" | "one"));
    if !matches!(words.next(), Some("request" | "requests")) || words.next() != Some("to") {
        return false;
    }
    let mut words =
        words.skip_while(|word| matches!(*word, "the" | "that" | "this" | "its" | "given" | "web"));
    matches!(
        words.next(),
        Some("address" | "url" | "host" | "site" | "website" | "page")
    ) && matches!(words.next(), None | Some("over" | "and"))
}

impl Around<'_> {
    fn parted(&self) -> bool {
        self.tokens[self.index].parted
    }

    /// "after deleting it", "…, marking them as read".
    fn is_gerund(&self, reading: bool) -> bool {
        if super::ADJUNCTS.contains(&self.word) && !self.takes_object {
            return false;
        }
        matches!(
            self.before,
            "after"
                | "by"
                | "while"
                | "when"
                | "before"
                | "and"
                | "then"
                | "also"
                | "on"
                | "upon"
                | "thereby"
                | "thus"
        ) || self.parted()
            || self.starts
            || self.takes_object
            || (self.adverb && !reading)
    }

    /// "the note is deleted", "… returned and deleted".
    fn is_passive(&self) -> bool {
        let earlier = |back: usize| {
            self.index
                .checked_sub(back)
                .map_or("", |index| self.tokens[index].word.as_str())
        };
        let being = BEINGS.contains(&self.before)
            || (BEINGS.contains(&earlier(2))
                && (self.adverb || matches!(self.before, "then" | "also")));
        // "notes that are archived", "when it was created": a state of what is read
        let state = self.tokens[self.index.saturating_sub(6)..self.index]
            .iter()
            .any(|token| {
                matches!(
                    token.word.as_str(),
                    "that"
                        | "which"
                        | "who"
                        | "when"
                        | "whether"
                        | "if"
                        | "where"
                        | "how"
                        | "what"
                        | "was"
                        | "were"
                        | "been"
                        | "last"
                        | "since"
                        | "until"
                )
            });
        let ends = self.after.is_empty()
            || matches!(
                self.after,
                "afterwards"
                    | "as"
                    | "from"
                    | "too"
                    | "automatically"
                    | "permanently"
                    | "immediately"
                    | "forever"
            );
        let coordinated = matches!(self.before, "and" | "then") && ends && !is_noun_like(self.verb);
        (being && !state && !is_state(self.verb)) || coordinated
    }

    /// "to delete", "will delete", "Delete a note".
    fn is_base(&self, reading: bool) -> bool {
        let nounish = is_noun(self.word, self.verb) || is_noun_like(self.verb);
        let asked = MODALS.contains(&self.before);
        if nounish && reading {
            // the order, an update, in order to
            return self.takes_object
                && (self.starts || asked || self.adverb || matches!(self.before, "and" | "or"));
        }
        self.starts
            || asked
            || self.adverb
            || matches!(self.before, "and" | "or" | "but" | "it" | "they" | "you")
            || (self.parted() && (self.takes_object || !nounish))
    }

    /// "deletes the note", "which deletes it".
    fn is_third_person(&self, reading: bool) -> bool {
        let led = SUBJECTS.contains(&self.before)
            || self.adverb
            || self.parted()
            || matches!(
                self.before,
                "also"
                    | "or"
                    | "but"
                    | "automatically"
                    | "silently"
                    | "permanently"
                    | "immediately"
            );
        // "which orders it", but not "and updates" at the end
        let verbal = !is_noun_like(self.verb) || !reading || self.takes_object;
        (self.starts || led) && verbal
    }
}

/// Whether its base form or its plural are nouns in descriptions.
fn is_noun_like(verb: &str) -> bool {
    NOUNS.contains(&verb) || super::EITHER.contains(&verb)
}

/// Whether "is …ed" tells a state of data more often than a deed.
fn is_state(verb: &str) -> bool {
    matches!(
        verb,
        "assign"
            | "attach"
            | "block"
            | "complete"
            | "configure"
            | "enable"
            | "disable"
            | "flag"
            | "install"
            | "link"
            | "lock"
            | "log"
            | "open"
            | "order"
            | "pin"
            | "publish"
            | "record"
            | "register"
            | "schedule"
            | "set"
            | "share"
            | "sign"
            | "store"
            | "subscribe"
            | "tag"
            | "type"
            | "close"
            | "queue"
            | "place"
            | "make"
            | "update"
            | "resolve"
            | "process"
            | "split"
            | "encrypt"
            | "generate"
            | "call"
            | "format"
            | "request"
            | "empty"
    )
}
