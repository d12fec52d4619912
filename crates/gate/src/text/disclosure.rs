//! Whether a description discloses what its tool does.

use super::{
    effects::{Effect, Sign},
    language::{bases, form_of},
    phrases,
    sentences::Text,
    vocabulary::{ACTING, DELETING, HANDLING, MAKING, NEGATIONS, NOUNISH, OTHER, RUNNING, SENDING},
};
use crate::verbs;

/// Words, in the singular, that disclose it.
const NET_SAYS: &[&str] = &[
    "api", "browse", "browser", "cloud", "crawl", "download", "endpoint", "external", "feed",
    "host", "http", "https", "internet", "navigate", "network", "offline", "online", "page",
    "remote", "remotely", "rss", "scrape", "site", "upload", "uri", "url", "web", "webhook",
    "webpage", "webpages", "website",
];
/// Verbs by which people are told something; more than "creates" must be said of that.
const TELLING: &[&str] = &[
    "broadcast",
    "email",
    "mail",
    "message",
    "notify",
    "send",
    "sms",
    "text",
    "tweet",
];
/// Nouns that say what a verb does.
const NOMINAL: &[(&str, &str)] = &[
    ("cancellation", "cancel"),
    ("creation", "create"),
    ("deletion", "delete"),
    ("execution", "execute"),
    ("insertion", "insert"),
    ("modification", "modify"),
    ("overwriting", "overwrite"),
    ("removal", "remove"),
    ("submission", "submit"),
];
/// Whether a description discloses an effect.
pub(crate) fn discloses(text: &Text, effect: &Effect) -> bool {
    match effect {
        Effect::Change(verb, sign) => discloses_change(text, verb, sign),
        Effect::Network(Sign::Parameter(parameter)) => {
            says(text, NET_SAYS, Some(parameter)) || reaches_out(text) || names_a_service(text)
        }
        Effect::Network(_) => says(text, NET_SAYS, None) || names_a_service(text),
        Effect::Sensitive(private, _) => says(text, private.says, None),
    }
}

/// Whether a text has a word of the list; that a parameter is taken says nothing of what is done with it.
fn says(text: &Text, list: &[&str], parameter: Option<&str>) -> bool {
    text.words.iter().enumerate().any(|(at, word)| {
        let listed = parameter.is_some_and(|parameter| {
            word.raw.eq_ignore_ascii_case(parameter) && lists_arguments(text, at)
        });
        // "to be downloaded later" is done by somebody else, and `url` is a parameter
        !word.lower.ends_with("ed")
            && !word.marked
            && !listed
            && parts(&word.lower)
                .any(|part| bases(part).iter().any(|base| list.contains(&base.as_str())))
    })
}

/// Words that begin a sentence which only lists what the tool takes.
const LISTING: &[&str] = &[
    "accepts",
    "arguments",
    "args",
    "expects",
    "inputs",
    "needs",
    "parameters",
    "params",
    "requires",
    "takes",
];

/// Whether the sentence around a word lists the arguments of the tool. The first one says what it does:
/// "Takes a screenshot".
fn lists_arguments(text: &Text, at: usize) -> bool {
    let sentence = text.words[at].sentence;
    sentence > 0
        && text
            .words
            .iter()
            .find(|word| word.sentence == sentence)
            .is_some_and(|word| LISTING.contains(&word.lower.as_str()))
}

/// Verbs that reach what a parameter names on the network.
const REACHING: &[&str] = &[
    "call", "connect", "deliver", "fetch", "load", "navigate", "open", "ping", "post", "probe",
    "query", "request", "send", "submit", "visit",
];

/// Whether a verb says that something out there is reached.
fn reaches_out(text: &Text) -> bool {
    (0..text.words.len()).any(|at| {
        form_of(&text.words[at].lower, REACHING)
            .is_some_and(|verb| !is_negated(text, at) && stands_as_verb(text, at, verb))
    })
}

/// A word, and its parts between underscores.
fn parts(word: &str) -> impl Iterator<Item = &str> {
    word.split('_').filter(|part| !part.is_empty())
}

/// Whether a proper noun stands in the text, as services have: `GitHub`, `Slack`.
fn names_a_service(text: &Text) -> bool {
    text.words.iter().enumerate().any(|(at, word)| {
        let mut letters = word.raw.chars();
        !text.opens(at)
            && letters.next().is_some_and(char::is_uppercase)
            && letters.clone().any(char::is_lowercase)
            && !["markdown", "json", "mcp", "i", "python", "javascript"]
                .contains(&word.lower.as_str())
    })
}

fn discloses_change(text: &Text, verb: &str, sign: &Sign) -> bool {
    if *sign == Sign::Hint && !opens_reading(text) {
        return true;
    }
    let strict = [DELETING, TELLING]
        .iter()
        .any(|list| list.binary_search(&verb).is_ok());
    let accepted: &[&[&'static str]] = if DELETING.binary_search(&verb).is_ok() {
        &[DELETING]
    } else if strict {
        &[SENDING]
    } else if RUNNING.binary_search(&verb).is_ok() {
        &[RUNNING, ACTING, MAKING]
    } else {
        &[ACTING, MAKING]
    };
    let disclosed = (0..text.words.len()).any(|at| {
        let word = text.words[at].lower.as_str();
        // "Takes the age in days" makes nothing
        if is_negated(text, at) || (word == "takes" && text.opens(at) && lists_arguments(text, at))
        {
            return false;
        }
        if NOMINAL.iter().any(|(noun, of)| {
            word == *noun && accepted.iter().any(|list| list.binary_search(of).is_ok())
        }) || matches!(word, "permanently" | "irreversibly")
        {
            return true;
        }
        let said = accepted.iter().any(|list| form_of(word, list).is_some())
            || bases(word).iter().any(|base| base == verb);
        said && stands_as_verb(text, at, verb)
    });
    disclosed || (RUNNING.binary_search(&verb).is_ok() && opens_with_a_deed(text))
}

/// Whether one of the first sentences begins with a verb of reading.
fn opens_reading(text: &Text) -> bool {
    (0..text.words.len())
        .take_while(|at| text.words[*at].sentence < 2)
        .any(|at| text.opens(at) && form_of(&text.words[at].lower, verbs::READING).is_some())
}

/// Whether a text begins with a verb that does something.
fn opens_with_a_deed(text: &Text) -> bool {
    text.words.first().is_some_and(|word| {
        form_of(&word.lower, OTHER).is_some() && form_of(&word.lower, HANDLING).is_none()
    })
}

/// Words before a verb that make it one.
const BEFORE_VERBS: &[&str] = &[
    "also",
    "and",
    "can",
    "immediately",
    "it",
    "may",
    "or",
    "permanently",
    "that",
    "then",
    "to",
    "tool",
    "which",
    "will",
];
/// Words before a participle that make it what happens.
const BEFORE_PARTICIPLES: &[&str] = &[
    "are",
    "be",
    "been",
    "being",
    "get",
    "gets",
    "immediately",
    "is",
    "permanently",
    "was",
    "were",
];
/// Words behind a verb that begin its object.
const OBJECTS: &[&str] = &[
    "a", "all", "an", "any", "each", "every", "it", "its", "multiple", "new", "one", "several",
    "some", "that", "the", "them", "this", "your",
];

/// Whether an acting word is what the tool does, not "the deleted ones" or "an order".
fn stands_as_verb(text: &Text, at: usize, verb: &str) -> bool {
    let word = text.words[at].lower.as_str();
    let before = |list: &[&str]| {
        text.before(at, 1)
            .is_some_and(|other| list.contains(&other.lower.as_str()))
    };
    let opens = text.opens(at) || before(BEFORE_VERBS);
    if word.ends_with("ed") {
        return before(BEFORE_PARTICIPLES);
    }
    if word.ends_with("ing") {
        return opens || before(&["for", "by", "of", "when"]);
    }
    // a list: "creates, edits, comments on, closes"
    let gap = |at: usize| &text.raw[text.words[at - 1].at.end..text.words[at].at.start];
    let listed = at > 0 && !text.opens(at) && gap(at).contains([',', '/']);
    let bases = bases(word);
    let noun = bases
        .iter()
        .any(|base| NOUNISH.binary_search(&base.as_str()).is_ok());
    if !noun {
        // "a delete" and "no changes" are nouns too
        return opens || !before(&["the", "a", "an", "last", "recent", "of"]);
    }
    let object = text
        .after(at, 1)
        .is_some_and(|other| OBJECTS.contains(&other.lower.as_str()));
    let own = bases.iter().any(|base| base == verb);
    opens || listed || (object && (own || word.ends_with('s')) && !before(&["the", "a", "of"]))
}

/// Whether a word is denied: "does not delete", "without changing", "never removes".
fn is_negated(text: &Text, at: usize) -> bool {
    (1..=3).any(|places| {
        text.before(at, places)
            .is_some_and(|word| NEGATIONS.binary_search(&word.lower.as_str()).is_ok())
    })
}

/// Phrases that say whether something can be had back, or how much goes.
const FINALITY: &[&str] = &[
    "permanent|permanently|irreversible|irreversibly|irrevocably|unrecoverable|forever|reversible|undo|undone|undeleted",
    "for good",
    "no|cannot|can't|can|could|be|not|never restored|recovered|reverted|retrieved|undone",
    "restore|restored|restorable|recoverable|recover|trash|trashed|bin|archive|archived|soft|backup",
    "lost|gone|destroys|destroyed",
    "all|every|everything|entire|whole|cascade|cascades|cascading",
    "and|with its|their|associated|related|any",
    "along with",
    "and nothing|no else|other",
    "including|only",
    "confirm|confirmation|preview|previews",
];

/// Whether a text says that what goes is gone, or how much of it goes.
pub(crate) fn says_finality(text: &Text) -> bool {
    FINALITY
        .iter()
        .any(|phrase| phrases::find(text, phrase).is_some())
}
