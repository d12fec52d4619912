//! `.seaworthy.toml`: which template a project was made from, and with which answers.
//!
//! ```toml
//! template = "python"
//! template_version = 1
//!
//! [answers]
//! name = "weekly-notes"
//! ...
//! ```

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    Answers, Feature, Language, Name, answers,
    openapi::{self, Source},
};

/// The file's name, at the project's root.
pub const FILE: &str = ".seaworthy.toml";

const HEADER: &str = "\
# How `seaworthy new` made this project, for `seaworthy upgrade`. Keep it under version control, and
# leave it as it is: names that you change in the project's files need no change here.

";

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Written {
    template: Language,
    template_version: u32,
    answers: WrittenAnswers,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    api: Option<Recorded>,
}

/// The document that tools were made from. Its copy is `openapi.json`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// Its digest, see [`Source::digest`].
    pub digest: String,
    /// The tools that were chosen, sorted.
    pub tools: Vec<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct WrittenAnswers {
    name: String,
    description: String,
    version: String,
    owner: String,
    author: String,
    year: u16,
    features: BTreeSet<Feature>,
}

/// A record that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{FILE} cannot be used: {reason}")]
pub struct BadRecord {
    /// What is wrong with it.
    pub reason: String,
}

/// The file's text.
pub fn write(template_version: u32, answers: &Answers) -> String {
    let written = Written {
        template: answers.language,
        template_version,
        answers: WrittenAnswers {
            name: answers.name.kebab().to_owned(),
            description: answers.description.clone(),
            version: answers.version.clone(),
            owner: answers.owner.clone(),
            author: answers.author.clone(),
            year: answers.year,
            features: answers.features.clone(),
        },
        api: answers.api.as_ref().map(|source| Recorded {
            digest: source.digest(),
            tools: source.tools.clone(),
        }),
    };
    // numbers and short texts: there is nothing that TOML could not hold
    let text = toml::to_string(&written).unwrap_or_default();
    format!("{HEADER}{text}")
}

/// The template's version and the answers. `document` is the project's `openapi.json`, where it has one.
///
/// # Errors
/// What is wrong with the file, or that the document is not the one that tools were made from. All
/// answers are judged as those of `seaworthy new` are.
pub fn read(text: &str, document: Option<&str>) -> Result<(u32, Answers), BadRecord> {
    let bad = |reason: String| BadRecord { reason };
    let written: Written = toml::from_str(text).map_err(|error| bad(error.message().to_owned()))?;
    let given = written.answers;
    let judged =
        |answer: Result<String, answers::BadAnswer>| answer.map_err(|error| bad(error.to_string()));
    let answers = Answers {
        language: written.template,
        name: Name::parse(&given.name).map_err(|error| bad(error.to_string()))?,
        description: judged(answers::description(&given.description))?,
        version: judged(answers::version(&given.version))?,
        owner: judged(answers::owner(&given.owner))?,
        author: judged(answers::author(&given.author))?,
        year: given.year,
        features: given.features,
        api: match written.api {
            None => None,
            Some(recorded) => {
                let source = Source {
                    document: document
                        .ok_or_else(|| bad(format!("{} is missing", openapi::FILE)))?
                        .to_owned(),
                    tools: recorded.tools,
                };
                if source.digest() != recorded.digest {
                    return Err(bad(format!(
                        "{} is not the document that its tools were made from",
                        openapi::FILE
                    )));
                }
                Some(source)
            }
        },
    };
    Ok((written.template_version, answers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let answers = crate::render::tests::answers();
        let text = write(3, &answers);
        assert_eq!(read(&text, None).unwrap(), (3, answers));
    }

    #[test]
    fn a_changed_record_is_judged() {
        let text = write(3, &crate::render::tests::answers());
        for (from, to, reason) in [
            ("tide-log", "../evil", "holds"),
            (
                "template_version = 3",
                "template_version = -1",
                "invalid value",
            ),
            ("year = ", "years = ", "unknown field"),
            ("\"api\"", "\"magic\"", "unknown variant"),
            ("[answers]", "[answer]", "unknown field"),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text);
            let error = read(&changed, None).unwrap_err().to_string();
            assert!(error.contains(reason), "{to}: {error}");
        }
    }
}
