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

/// The template's version and the answers, without the document that tools were made from: for that
/// see [`source`].
///
/// # Errors
/// What is wrong with the file. All answers are judged as those of `seaworthy new` are.
pub fn read(text: &str) -> Result<(u32, Answers), BadRecord> {
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
        api: None,
    };
    Ok((written.template_version, answers))
}

/// The document that tools were made from, where they were. `document` is the project's `openapi.json`,
/// where it has one.
///
/// # Errors
/// The document is missing, or is not the one that tools were made from.
pub fn source(text: &str, document: Option<String>) -> Result<Option<Source>, BadRecord> {
    let bad = |reason: String| BadRecord { reason };
    let written: Written = toml::from_str(text).map_err(|error| bad(error.message().to_owned()))?;
    let Some(recorded) = written.api else {
        return Ok(None);
    };
    let document = document.ok_or_else(|| bad(format!("{} is missing", openapi::FILE)))?;
    let source = Source {
        document,
        tools: recorded.tools,
    };
    if source.digest() == recorded.digest {
        Ok(Some(source))
    } else {
        Err(bad(format!(
            "{} is not the document that its tools were made from",
            openapi::FILE
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let answers = crate::render::tests::answers();
        let text = write(3, &answers);
        assert_eq!(read(&text).unwrap(), (3, answers));
    }

    #[test]
    fn the_document_must_be_the_one_that_tools_were_made_from() {
        let document = "{}".to_owned();
        let answers = Answers {
            api: Some(Source {
                document: document.clone(),
                tools: vec!["find_pets".to_owned()],
            }),
            ..crate::render::tests::answers()
        };
        let text = write(3, &answers);
        assert_eq!(source(&text, Some(document)).unwrap(), answers.api);
        let missing = source(&text, None).unwrap_err().to_string();
        assert!(missing.contains("openapi.json is missing"), "{missing}");
        let other = source(&text, Some("{ }".to_owned())).unwrap_err();
        assert!(other.to_string().contains("is not the document"), "{other}");
        assert_eq!(read(&text).unwrap().1.api, None);
        let without = write(3, &crate::render::tests::answers());
        assert_eq!(source(&without, None).unwrap(), None);
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
            let error = read(&changed).unwrap_err().to_string();
            assert!(error.contains(reason), "{to}: {error}");
        }
    }
}
