//! `mcp.lock`: what a server told models on the day that somebody looked at it.
//!
//! The file is text made to be reviewed: TOML, one table a tool with its description in full and its
//! schema line by line, sorted by name, invisible characters written out. [`render`] writes it,
//! [`Lock::read`] reads it; the rule `surface-lock` compares.

use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::{finding::is_invisible, surface::Surface};

/// The file's name.
pub const FILE: &str = "mcp.lock";

/// The version of the format.
const VERSION: u32 = 1;

/// A recorded surface.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// The version of the format: 1.
    pub version: u32,
    /// The server's instructions; empty where it has none.
    #[serde(default)]
    pub instructions: String,
    /// Its tools, sorted by name.
    #[serde(default)]
    pub tool: Vec<Entry>,
    /// Its prompts, sorted by name.
    #[serde(default)]
    pub prompt: Vec<Entry>,
    /// Its resources, sorted by URI.
    #[serde(default)]
    pub resource: Vec<Entry>,
    /// Its resource templates, sorted by URI template.
    #[serde(default)]
    pub template: Vec<Entry>,
}

/// A recorded tool, prompt or resource.
#[derive(Clone, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its name, or its URI.
    pub name: String,
    /// SHA-256 of its definition: as JSON with sorted keys and without `_meta`, in hexadecimal.
    pub sha256: String,
    /// Its description; empty where it has none.
    #[serde(default)]
    pub description: String,
    /// The rest of its definition, as JSON with sorted keys, two blanks a level.
    #[serde(default)]
    pub definition: String,
}

impl Lock {
    /// What a server shows, as it would be recorded.
    pub fn of(surface: &Surface) -> Self {
        let entries = |list: &mut dyn Iterator<Item = &Value>, key: &str| {
            let mut entries: Vec<_> = list.map(|raw| Entry::of(raw, key)).collect();
            entries.sort();
            entries
        };
        let template = entries(&mut surface.templates.iter(), "uriTemplate");
        Self {
            version: VERSION,
            instructions: surface.instructions.clone().unwrap_or_default(),
            tool: entries(&mut surface.tools.iter().map(|tool| &tool.raw), "name"),
            prompt: entries(&mut surface.prompts.iter(), "name"),
            resource: entries(&mut surface.resources.iter(), "uri"),
            template: template.clone(),
        }
        .without_instances(&template)
    }

    /// Without the resources that one of the recorded templates describes: what a server holds at a
    /// moment, not what it is.
    #[must_use]
    pub(crate) fn without_instances(mut self, recorded: &[Entry]) -> Self {
        self.resource.retain(|resource| {
            !recorded
                .iter()
                .any(|template| is_instance(&resource.name, &template.name))
        });
        self
    }

    /// Reads a lock file.
    ///
    /// # Errors
    /// Why it cannot be read, with the line.
    pub fn read(text: &str) -> Result<Self, String> {
        // a checkout on Windows may have changed the ends of lines; those of the server are escaped
        let text = text.replace("\r\n", "\n");
        let lock: Self = toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(1, |span| {
                text.get(..span.start)
                    .unwrap_or_default()
                    .matches('\n')
                    .count()
                    + 1
            });
            format!("line {line}: {}", error.message())
        })?;
        if lock.version == VERSION {
            Ok(lock)
        } else {
            Err(format!(
                "its format is of version {}, and this reads version {VERSION}",
                lock.version
            ))
        }
    }
}

/// Whether a URI template could have made a URI: its literal parts stand there in their order, and each
/// expression stands for something. What expressions may hold (RFC 6570) is not looked at.
fn is_instance(uri: &str, template: &str) -> bool {
    let mut parts = template.split('{').map(|part| match part.split_once('}') {
        Some((_, literal)) => literal,
        None => part,
    });
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = uri.strip_prefix(first) else {
        return false;
    };
    let mut literals = parts.peekable();
    // one that is all expression would describe everything
    if first.is_empty() || literals.peek().is_none() {
        return false;
    }
    while let Some(literal) = literals.next() {
        // an expression stands for one character at least
        let Some(skipped) = rest.chars().next() else {
            return false;
        };
        let after = &rest[skipped.len_utf8()..];
        if literals.peek().is_none() {
            return after.ends_with(literal);
        }
        match after.find(literal) {
            Some(at) => rest = &after[at + literal.len()..],
            None => return false,
        }
    }
    true
}

impl Entry {
    fn of(raw: &Value, key: &str) -> Self {
        let mut rest = sorted(raw);
        let mut description = String::new();
        let mut name = String::new();
        let mut hash = String::new();
        if let Value::Object(fields) = &mut rest {
            fields.remove("_meta");
            hash = sha256(&Value::Object(fields.clone()));
            if let Some(Value::String(text)) = fields.remove("description") {
                description = text;
            }
            match fields.remove(key) {
                Some(Value::String(text)) => name = text,
                Some(other) => name = other.to_string(),
                None => {}
            }
        }
        Self {
            name,
            sha256: hash,
            description,
            definition: serde_json::to_string_pretty(&rest).unwrap_or_default(),
        }
    }
}

/// With the keys of all objects sorted, whatever the build's map keeps.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<_> = fields.keys().collect();
            names.sort();
            let fields: Map<_, _> = names
                .into_iter()
                .map(|name| (name.clone(), sorted(&fields[name])))
                .collect();
            Value::Object(fields)
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

fn sha256(value: &Value) -> String {
    let digest = Sha256::digest(value.to_string());
    digest.iter().fold(String::new(), |mut text, byte| {
        text.push_str(&format!("{byte:02x}"));
        text
    })
}

/// The text of the lock file for what a server shows.
pub fn render(surface: &Surface) -> String {
    let lock = Lock::of(surface);
    let mut out = String::from(
        "# What this server tells models, as it was reviewed. Written by `seaworthy check --update-lock`;\n\
         # the rule surface-lock (X06) compares. Review a change of this file as you would review code.\n\n",
    );
    out.push_str(&format!("version = {}\n", lock.version));
    if !lock.instructions.is_empty() {
        out.push_str(&format!("instructions = {}\n", quoted(&lock.instructions)));
    }
    for (table, entries) in [
        ("tool", &lock.tool),
        ("prompt", &lock.prompt),
        ("resource", &lock.resource),
        ("template", &lock.template),
    ] {
        for entry in entries {
            out.push_str(&format!(
                "\n[[{table}]]\nname = {}\nsha256 = \"{}\"\n",
                quoted(&entry.name),
                entry.sha256
            ));
            if !entry.description.is_empty() {
                out.push_str(&format!("description = {}\n", quoted(&entry.description)));
            }
            out.push_str(&format!("definition = {}\n", quoted(&entry.definition)));
        }
    }
    out
}

/// A string of TOML: over several lines where the text has them; what nobody sees is written out.
fn quoted(text: &str) -> String {
    let lines = text.contains('\n');
    let mut out = String::from(if lines { "\"\"\"\n" } else { "\"" });
    let mut quotes = 0;
    for character in text.chars() {
        // of three quotes in a row the third would end the string
        quotes = if character == '"' { quotes + 1 } else { 0 };
        match character {
            '\\' => out.push_str("\\\\"),
            '"' if !lines || quotes == 3 => {
                out.push_str("\\\"");
                quotes = 0;
            }
            '\n' => out.push('\n'),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            hidden if is_invisible(hidden) => {
                out.push_str(&format!("\\U{:08x}", u32::from(hidden)));
            }
            shown => out.push(shown),
        }
    }
    // a quote at the end would stand beside those that end the string
    if lines && out.ends_with('"') && quotes > 0 {
        out.pop();
        out.push_str("\\\"");
    }
    out.push_str(if lines { "\"\"\"" } else { "\"" });
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::surface::Tool;

    fn surface(descriptions: &[&str]) -> Surface {
        Surface {
            instructions: Some("Ask \"twice\".".to_owned()),
            tools: descriptions
                .iter()
                .enumerate()
                .map(|(index, text)| {
                    let name = format!("t{}", descriptions.len() - index);
                    Tool::read(
                        &json!({"name": name, "description": text, "_meta": {"at": index},
                                "inputSchema": {"type": "object", "properties": {}}}),
                        1,
                    )
                })
                .collect(),
            resources: vec![json!({"uri": "a://b", "name": "b"})],
            ..Surface::default()
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let odd = [
            "one line",
            "two\nlines",
            "ends with a quote\n\"",
            "\"\"\"\"\"\" six\n\"\"\"\"",
            "back\\slash \\u0041\n",
            "a\u{202e}b\u{e0041}\u{7f}\u{0}\r\n\t\n",
            "\n first line empty",
            "'''",
            "",
        ];
        let surface = surface(&odd);
        let text = render(&surface);
        assert_eq!(Lock::read(&text).unwrap(), Lock::of(&surface), "{text}");
        assert_eq!(
            Lock::read(&text.replace('\n', "\r\n")).unwrap(),
            Lock::of(&surface)
        );
        assert!(!text.chars().any(is_invisible));
    }

    #[test]
    fn order_and_meta_do_not_count() {
        let one = surface(&["a", "b"]);
        let mut other = one.clone();
        other.tools.reverse();
        other.tools[0].raw["_meta"] = json!({"at": 99});
        assert_eq!(render(&one), render(&other));
    }

    #[test]
    fn a_template_describes_what_it_could_have_made() {
        for (uri, template, is) in [
            ("note://tides", "note://{name}", true),
            ("note://", "note://{name}", false),
            ("notes://tides", "note://{name}", false),
            ("a://x/y/z", "a://{one}/y/{two}", true),
            ("a://x/z", "a://{one}/y/{two}", false),
            ("a://x.md", "a://{name}.md", true),
            ("a://.md", "a://{name}.md", false),
            ("a://x.md", "a://x.md", false),
            ("a://\u{fc}", "a://{name}", true),
            ("a://x", "{+uri}", false),
            ("a://x", "a://{name", false),
        ] {
            assert_eq!(is_instance(uri, template), is, "{uri} {template}");
        }
    }

    #[test]
    fn what_a_server_holds_is_not_recorded() {
        let mut surface = surface(&[]);
        surface.templates = vec![json!({"uriTemplate": "a://{name}", "name": "a"})];
        assert_eq!(Lock::of(&surface).resource, []);
        surface.resources = vec![json!({"uri": "b://c", "name": "c"})];
        assert_eq!(Lock::of(&surface).resource.len(), 1);
    }

    #[test]
    fn a_file_that_is_none_is_refused_with_its_line() {
        assert!(
            Lock::read("version = 1\n<<<<<<< HEAD\n")
                .unwrap_err()
                .starts_with("line 2: ")
        );
        assert!(
            Lock::read("version = 9\n")
                .unwrap_err()
                .contains("version 9")
        );
        assert!(Lock::read("").is_err());
    }
}
