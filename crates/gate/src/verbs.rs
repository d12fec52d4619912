//! Our own judgement of what a tool does, from its words. Hints are claims, and servers lie: they are
//! never asked here.

use crate::surface::Tool;

/// What a tool does, as far as its words tell.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Judgement {
    /// Its name says that it reads, and nothing that it does more: the word.
    Reads(String),
    /// Its words do not tell.
    Unclear,
    /// It acts: the word that says so.
    Acts(String),
}

/// Words of names that say: this reads.
pub const READING: &[&str] = &[
    "check",
    "compare",
    "count",
    "describe",
    "diff",
    "explain",
    "fetch",
    "find",
    "get",
    "grep",
    "history",
    "info",
    "inspect",
    "list",
    "lookup",
    "preview",
    "query",
    "read",
    "retrieve",
    "search",
    "show",
    "stat",
    "stats",
    "status",
    "summarize",
    "summarise",
    "summary",
    "validate",
    "view",
];

/// Words of names and descriptions that say: this acts. Their usual forms are found too.
pub const ACTING: &[&str] = &[
    "accept",
    "activate",
    "add",
    "append",
    "apply",
    "approve",
    "archive",
    "assign",
    "ban",
    "book",
    "buy",
    "cancel",
    "charge",
    "clear",
    "close",
    "commit",
    "complete",
    "configure",
    "copy",
    "create",
    "deactivate",
    "delete",
    "deploy",
    "destroy",
    "disable",
    "drop",
    "edit",
    "email",
    "empty",
    "enable",
    "erase",
    "exec",
    "execute",
    "export",
    "forget",
    "grant",
    "import",
    "insert",
    "install",
    "invite",
    "kill",
    "lock",
    "mark",
    "merge",
    "modify",
    "move",
    "notify",
    "open",
    "order",
    "overwrite",
    "patch",
    "pay",
    "post",
    "publish",
    "purge",
    "push",
    "put",
    "reboot",
    "record",
    "refund",
    "register",
    "reject",
    "remove",
    "rename",
    "reopen",
    "replace",
    "reply",
    "request",
    "reserve",
    "reset",
    "restart",
    "restore",
    "resume",
    "revert",
    "revoke",
    "rotate",
    "run",
    "save",
    "schedule",
    "send",
    "set",
    "share",
    "ship",
    "shutdown",
    "start",
    "stop",
    "store",
    "submit",
    "subscribe",
    "suspend",
    "terminate",
    "transfer",
    "trash",
    "trigger",
    "truncate",
    "unlock",
    "unsubscribe",
    "update",
    "upload",
    "upsert",
    "wipe",
    "withdraw",
    "write",
];

/// The words of a name: `delete_project`, `deleteProject` and `delete-project` have two.
pub fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower_before = false;
    for character in name.chars() {
        if !character.is_alphanumeric() || (character.is_uppercase() && lower_before) {
            words.push(String::new());
        }
        if character.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(character.to_lowercase());
        }
        lower_before = character.is_lowercase() || character.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What a tool does, by its name and description.
pub fn judge(tool: &Tool) -> Judgement {
    let words = words(&tool.name);
    if let Some(word) = words.iter().find(|word| acts(word).is_some()) {
        return Judgement::Acts(word.clone());
    }
    // what the first words of a sentence order is what the tool does
    for sentence in tool.description.split(['.', '\n', ';', '!']) {
        let verb = sentence
            .split(|character: char| !character.is_alphanumeric())
            .find(|word| !word.is_empty())
            .unwrap_or_default()
            .to_lowercase();
        if acts(&verb).is_some() {
            return Judgement::Acts(verb);
        }
    }
    match words.iter().find(|word| READING.contains(&word.as_str())) {
        Some(word) => Judgement::Reads(word.clone()),
        None => Judgement::Unclear,
    }
}

/// The acting verb that a word is a form of.
pub fn acts(word: &str) -> Option<&'static str> {
    ACTING.iter().copied().find(|verb| {
        word == *verb
            || word
                .strip_prefix(verb)
                .is_some_and(|end| matches!(end, "s" | "es" | "d" | "ed" | "ing"))
            || verb
                .strip_suffix('e')
                .is_some_and(|stem| word.strip_prefix(stem).is_some_and(|end| end == "ing"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(name: &str, description: &str) -> Tool {
        Tool {
            name: name.to_owned(),
            description: description.to_owned(),
            ..Tool::default()
        }
    }

    #[test]
    fn a_hint_does_not_count() {
        let mut liar = tool("delete_project", "Shows a project.");
        liar.read_only = Some(true);
        assert_eq!(judge(&liar), Judgement::Acts("delete".to_owned()));
    }

    #[test]
    fn names_and_sentences_are_read() {
        assert_eq!(words("getUserByID"), ["get", "user", "by", "id"]);
        assert_eq!(
            judge(&tool("get_and_purge", "")),
            Judgement::Acts("purge".to_owned())
        );
        assert_eq!(
            judge(&tool("get_report", "Gets a report. Deletes the old one.")),
            Judgement::Acts("deletes".to_owned())
        );
        assert_eq!(
            judge(&tool("findNotes", "Finds notes.")),
            Judgement::Reads("find".to_owned())
        );
        assert_eq!(judge(&tool("weather", "The weather.")), Judgement::Unclear);
    }
}
