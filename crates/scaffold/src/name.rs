//! The name of a project: what is allowed, why not, and its other spellings.

use std::fmt;

/// The longest name. Clients call a tool `mcp__NAME__TOOL` and refuse more than 64 characters.
pub const LONGEST: usize = 40;

/// A name in lower case with hyphens, as `weekly-notes`: good as a command, a package of both
/// languages, a container image and a name in a client's configuration.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Name(String);

/// Why a text is no name.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{reason}")]
pub struct BadName {
    /// What is wrong with it.
    pub reason: String,
    /// A name like it that is allowed.
    pub suggestion: Option<String>,
}

/// Words that something else has already; lines of words under what they are.
const TAKEN: &str = include_str!("taken.txt");

impl Name {
    /// The name, if it is one.
    ///
    /// # Errors
    /// Why not, and one that would be.
    pub fn parse(text: &str) -> Result<Self, BadName> {
        match judge(text) {
            Ok(()) => Ok(Self(text.to_owned())),
            Err(reason) => Err(BadName {
                reason,
                suggestion: suggest(text),
            }),
        }
    }

    /// As it was given: `weekly-notes`.
    pub fn kebab(&self) -> &str {
        &self.0
    }

    /// As a module: `weekly_notes`.
    pub fn snake(&self) -> String {
        self.0.replace('-', "_")
    }

    /// As the beginning of variables: `WEEKLY_NOTES`.
    pub fn screaming(&self) -> String {
        self.snake().to_ascii_uppercase()
    }

    /// As a title: `Weekly Notes`.
    pub fn title(&self) -> String {
        let words = self.0.split('-').map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_ascii_uppercase() + rest
        });
        words.collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is no name.
fn judge(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("a name is needed".to_owned());
    }
    let length = text.chars().count();
    if length > LONGEST {
        return Err(format!(
            "the name has {length} characters; {LONGEST} are the most, as clients put it before each tool's name"
        ));
    }
    if let Some(odd) = text
        .chars()
        .find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '-'))
    {
        return Err(format!(
            "the name holds {}; only a-z, 0-9 and - are allowed, as it becomes a command, a package and an image",
            shown(odd)
        ));
    }
    if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err("the name must begin with a letter".to_owned());
    }
    if text.ends_with('-') || text.contains("--") {
        return Err("each - of a name must stand between letters or digits".to_owned());
    }
    if text.len() < 2 {
        return Err("the name must have two characters at least".to_owned());
    }
    match taken(text) {
        None => Ok(()),
        Some(by) => Err(format!("\"{text}\" is {by}")),
    }
}

/// What has the name already.
fn taken(name: &str) -> Option<&'static str> {
    let module = name.replace('-', "_");
    let mut by = "";
    for line in TAKEN.lines() {
        if let Some(heading) = line.strip_prefix("# ") {
            by = heading;
        } else if line.split(' ').any(|word| word == name || word == module) {
            return Some(by);
        }
    }
    let entry = format!("\nname = \"{name}\"\n");
    crate::template::lockfiles()
        .any(|lock| lock.contains(&entry))
        .then_some("a package that the project depends on")
}

/// A name of a text's letters and digits, if there is a good one.
fn suggest(text: &str) -> Option<String> {
    let mut name = String::new();
    for word in deunicode::deunicode(text)
        .to_ascii_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        let separator = usize::from(!name.is_empty());
        if name.len() + separator + word.len() > LONGEST {
            if name.is_empty() {
                name.push_str(&word[..LONGEST]);
            }
            break;
        }
        if separator == 1 {
            name.push('-');
        }
        name.push_str(word);
    }
    let with_ending = format!("{name}-server");
    let with_beginning = format!("mcp-{name}");
    [name, with_ending, with_beginning]
        .into_iter()
        .find(|name| name != text && judge(name).is_ok())
}

fn shown(c: char) -> String {
    match c {
        ' ' => "a blank".to_owned(),
        c if c.is_ascii_uppercase() => format!("the capital {c}"),
        c if c.is_control() || c.is_whitespace() => format!("U+{:04X}", u32::from(c)),
        c => format!("\"{c}\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_spelling() {
        let name = Name::parse("weekly-notes2").unwrap();
        assert_eq!(name.kebab(), "weekly-notes2");
        assert_eq!(name.snake(), "weekly_notes2");
        assert_eq!(name.screaming(), "WEEKLY_NOTES2");
        assert_eq!(name.title(), "Weekly Notes2");
        assert_eq!(name.to_string(), "weekly-notes2");
    }

    #[test]
    fn a_bad_name_has_its_reason_and_a_good_one_beside_it() {
        let long = "a".repeat(200);
        for (text, reason, suggestion) in [
            ("", "is needed", None),
            ("my notes", "a blank", Some("my-notes")),
            ("My-Notes", "the capital M", Some("my-notes")),
            ("Zürich/Notizen", "the capital Z", Some("zurich-notizen")),
            ("notes\u{7}", "U+0007", Some("notes")),
            ("日本", "\"日\"", Some("ri-ben")),
            ("1st", "begin with a letter", Some("mcp-1st")),
            ("-x", "begin with a letter", Some("x-server")),
            ("my--notes", "stand between", Some("my-notes")),
            ("my-notes-", "stand between", Some("my-notes")),
            ("..", "holds \".\"", None),
            ("../x", "holds \".\"", Some("x-server")),
            ("x", "two characters", Some("x-server")),
            ("class", "a keyword of Python", Some("class-server")),
            ("match", "a keyword of Rust", Some("match-server")),
            ("json", "Python's standard library", Some("json-server")),
            ("con", "a device of Windows", Some("con-server")),
            ("seaworthy", "there already", Some("seaworthy-server")),
            (&long, "200 characters", Some(&long[..LONGEST])),
        ] {
            let bad = Name::parse(text).unwrap_err();
            assert!(bad.reason.contains(reason), "{text}: {bad}");
            assert_eq!(bad.suggestion.as_deref(), suggestion, "{text}");
        }
    }
}
