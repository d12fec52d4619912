//! `seaworthy.toml`: how a project wants to be judged.
//!
//! ```toml
//! [server]
//! command = ["node", "dist/index.js"]   # how the server starts, in the project's folder
//! env = ["NOTES_API_KEY"]               # variables that it gets from the caller's environment
//!
//! [project]
//! test = ["npm", "test"]                # how its tests run
//!
//! [check]
//! fail-on = "warning"
//! timeout = 10                          # seconds
//!
//! [rules]
//! N06 = "note"                                            # findings of this rule are notes
//! D08 = { level = "off", reason = "one tool an endpoint is what this server is for" }
//!
//! [examples]
//! read_note = [{ id = "n7" }]           # arguments that are valid
//! ```
//!
//! Nothing in it can allow a run to do more to a server: that is said on the command line.

use std::{collections::BTreeMap, time::Duration};

use serde::Deserialize;
use serde_json::Value;

use crate::{
    options::{Command, Options},
    rule::{Level, Rule},
    rules,
};

/// The file's name.
pub const FILE: &str = "seaworthy.toml";

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Text {
    server: Server,
    project: Project,
    check: Check,
    rules: BTreeMap<String, Setting>,
    examples: BTreeMap<String, Vec<Value>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Server {
    command: Vec<String>,
    env: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Project {
    test: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Check {
    fail_on: Option<String>,
    timeout: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Setting {
    Level(String),
    Full {
        level: String,
        #[serde(default)]
        reason: String,
    },
}

/// A project's settings.
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    /// The command that starts the server.
    pub command: Option<Command>,
    /// The variables that the server gets from the caller's environment.
    pub env: Vec<String>,
    /// The command that runs the project's tests.
    pub test: Option<Command>,
    /// The level at which a run fails.
    pub fail_on: Option<Level>,
    /// How long an answer is waited for.
    pub timeout: Option<Duration>,
    /// Levels that replace the rules' own.
    pub levels: Vec<(&'static Rule, Level)>,
    /// Rules that are off, with the reason.
    pub off: Vec<(&'static Rule, String)>,
    /// Valid arguments, by tool.
    pub examples: BTreeMap<String, Vec<Value>>,
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigurationError {
    /// It is no TOML of that layout.
    #[error("{0}")]
    Layout(#[from] toml::de::Error),
    /// There is no such rule.
    #[error("[rules] {0}: there is no such rule")]
    Rule(String),
    /// There is no such level.
    #[error("{0} {1:?} is no level: note, warning, error, or off for a rule")]
    Level(String, String),
    /// A rule is off and nobody says why.
    #[error("[rules] {0} is off without a reason: {0} = {{ level = \"off\", reason = \"...\" }}")]
    Reason(String),
}

impl Configuration {
    /// Reads the file's text.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn read(text: &str) -> Result<Self, ConfigurationError> {
        let text: Text = toml::from_str(text)?;
        let mut configuration = Self {
            command: Command::new(text.server.command),
            env: text.server.env,
            test: Command::new(text.project.test),
            timeout: text.check.timeout.map(Duration::from_secs),
            examples: text.examples,
            ..Self::default()
        };
        if let Some(level) = text.check.fail_on {
            let known = Level::named(&level);
            let wrong = || ConfigurationError::Level("[check] fail-on".to_owned(), level.clone());
            configuration.fail_on = Some(known.ok_or_else(wrong)?);
        }
        for (name, setting) in text.rules {
            let rule = rules::rule(&name).ok_or_else(|| ConfigurationError::Rule(name.clone()))?;
            let (level, reason) = match setting {
                Setting::Level(level) => (level, String::new()),
                Setting::Full { level, reason } => (level, reason),
            };
            if level == "off" {
                if reason.trim().is_empty() {
                    return Err(ConfigurationError::Reason(name));
                }
                configuration.off.push((rule, reason));
            } else {
                let known = Level::named(&level);
                let wrong = || ConfigurationError::Level(format!("[rules] {name}"), level.clone());
                configuration.levels.push((rule, known.ok_or_else(wrong)?));
            }
        }
        Ok(configuration)
    }

    /// Takes the settings over where the options say nothing themselves.
    pub fn apply(&self, options: &mut Options) {
        options.levels.extend(self.levels.iter().copied());
        options.off.extend(self.off.iter().cloned());
        for (tool, examples) in &self.examples {
            let given = options.examples.entry(tool.clone()).or_default();
            given.extend(examples.iter().cloned());
        }
        if options.test_command.is_none() {
            options.test_command.clone_from(&self.test);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_off_with_a_reason_only() {
        let wrong = Configuration::read("[rules]\nP01 = \"off\"").unwrap_err();
        assert_eq!(
            wrong.to_string(),
            "[rules] P01 is off without a reason: P01 = { level = \"off\", reason = \"...\" }"
        );
        let right = "[rules]\nP01 = { level = \"off\", reason = \"old\" }\ntool-name = \"note\"";
        let right = Configuration::read(right).unwrap();
        assert_eq!((right.off[0].0.id, right.off[0].1.as_str()), ("P01", "old"));
        assert_eq!(
            (right.levels[0].0.id, right.levels[0].1),
            ("N01", Level::Note)
        );
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for text in [
            "[rules]\nP99 = \"note\"",
            "[rules]\nP01 = \"fatal\"",
            "[check]\nfail-on = \"never\"",
            "[check]\nactive = true",
            "nonsense",
        ] {
            assert!(Configuration::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_example_in_the_docs_is_right() {
        let source = include_str!("configuration.rs");
        let lines = source.lines().take_while(|line| line.starts_with("//!"));
        let text: Vec<_> = lines
            .map(|line| line.trim_start_matches("//!").trim_start())
            .skip_while(|line| *line != "```toml")
            .skip(1)
            .take_while(|line| *line != "```")
            .collect();
        // its rules exist once the catalogue is whole
        let read = Configuration::read(&text.join("\n")).unwrap();
        assert_eq!(read.command.unwrap().to_string(), "node dist/index.js");
        assert_eq!(read.examples["read_note"][0]["id"], "n7");
    }
}
