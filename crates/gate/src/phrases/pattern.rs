//! Patterns of the data files, compiled when first needed.
//!
//! In a pattern a blank stands for anything that separates words (blanks, line ends, marks of emphasis),
//! `§` for up to six words with the blank after them, `…` for up to sixty characters, and a word in
//! braces for a part that many share. A pattern that begins with `=` is taken as it stands; others
//! begin and end with a word's boundary.

use std::sync::OnceLock;

use regex::Regex;

use super::orders::ORDERS;

/// A compiled sign.
pub(crate) struct Pattern {
    /// What is looked for.
    pub(crate) matched: Regex,
    /// What makes it harmless in the same sentence.
    pub(crate) unless: Option<Regex>,
    /// Whether that counts only before the end of what was found.
    pub(crate) before: bool,
}

/// Parts that many patterns share.
const PARTS: &[(&str, &str)] = &[
    (
        "{not}",
        "(?:do not|do n't|don't|dont|never|must not|mustn't|should not|shouldn't|shall not|you may not|not to|no need to|refrain from|avoid|without)",
    ),
    (
        "{user}",
        "(?:the |any |your |an |a |our |this )?(?:end ?|human )?(?:users?|humans?|operators?|customers?|people|persons?|anyone|anybody|account holders?)",
    ),
    (
        "{url}",
        "(?:https?://|ftp://|wss?://|[a-z0-9.+_-]+@[a-z0-9-]+\\.[a-z]{2,}|[0-9]{1,3}(?:\\.[0-9]{1,3}){3})",
    ),
    (
        "{path}",
        "(?:(?:~|/root|\\$home|\\$\\{home\\}|%userprofile%|/home/[!-.0-~]{1,30}|/users/[!-.0-~]{1,30})[/\\\\]\\.(?:ssh|aws|gnupg|kube|netrc|docker|git-credentials|npmrc|pypirc|azure|config/gcloud|cursor|claude|bash_history|zsh_history|mozilla|password-store|env)|id_(?:rsa|ed25519|ecdsa|dsa)|/etc/(?:passwd|shadow|sudoers)|\\.ssh[/\\\\]|\\.aws[/\\\\]cred|claude_desktop_config\\.json|mcp\\.json|wallet\\.dat|\\.git-credentials|authorized_keys|/proc/self/environ|\\.kube/config)",
    ),
    (
        "{take}",
        "(?:read|open|cat|load|access|fetch|get|include|attach|send|provide|upload|copy|paste|retrieve|collect|print|dump|grab|check|look at|look up|pass|append|extract|show|list)",
    ),
];

/// The compiled sign of that number.
pub(super) fn of(index: usize) -> Option<&'static Pattern> {
    static PATTERNS: [OnceLock<Option<Pattern>>; ORDERS.len()] =
        [const { OnceLock::new() }; ORDERS.len()];
    PATTERNS
        .get(index)?
        .get_or_init(|| {
            let sign = ORDERS.get(index)?;
            let (before, unless) = match sign.unless.strip_prefix('<') {
                Some(unless) => (true, unless),
                None => (false, sign.unless),
            };
            Some(Pattern {
                matched: compile(sign.pattern)?,
                unless: if unless.is_empty() {
                    None
                } else {
                    Some(compile(unless)?)
                },
                before,
            })
        })
        .as_ref()
}

/// A pattern as a regular expression; none where it is wrong, which a test sees.
pub(crate) fn compile(pattern: &str) -> Option<Regex> {
    let (raw, mut pattern) = match pattern.strip_prefix('=') {
        Some(raw) => (true, raw.to_owned()),
        None => (false, pattern.to_owned()),
    };
    for (name, part) in PARTS {
        pattern = pattern.replace(name, part);
    }
    let mut text = String::with_capacity(4 * pattern.len());
    // within a class a blank is a blank
    let (mut class, mut escaped) = (false, false);
    for character in pattern.chars() {
        let plain = class || escaped;
        match character {
            '[' if !escaped => class = true,
            ']' if !escaped => class = false,
            _ => {}
        }
        escaped = character == '\\' && !escaped;
        match character {
            other if plain => text.push(other),
            ' ' => text.push_str("(?:[\\s*_`\"'-]{1,6})"),
            '§' => text.push_str("(?:[!-~]+\\s+){0,6}?"),
            '…' => text.push_str("[ -~\\n]{0,60}?"),
            other => text.push(other),
        }
    }
    if !raw {
        text = format!("\\b(?:{text})\\b");
    }
    regex::RegexBuilder::new(&text)
        .unicode(false)
        .size_limit(8 << 20)
        .build()
        .ok()
}
