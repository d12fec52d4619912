//! The parts of a template that a project may have or not.
//!
//! A file may belong to a feature as a whole (its entry in the template's list says so). Within a file,
//! a feature's lines stand between two lines that hold `seaworthy:begin FEATURE` and
//! `seaworthy:end FEATURE`, as comments of the file's own language; these two lines never reach a
//! project. Blocks do not nest. A block may belong to several features, `api|openapi`: it comes with
//! any of them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

const BEGIN: &str = "seaworthy:begin ";
const END: &str = "seaworthy:end ";

/// A part that a project may have or not.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Feature {
    /// The example of a tool over an API: `import_issue`. Left out where tools are made from an
    /// `OpenAPI` document.
    Api,
    /// The key of an API that tools were made for.
    Key,
    /// Tools made from an `OpenAPI` document.
    Openapi,
    /// `run_python`, by `seaworthy run`.
    Sandbox,
}

impl Feature {
    /// All of them, sorted.
    pub const ALL: [Self; 4] = [Self::Api, Self::Key, Self::Openapi, Self::Sandbox];

    /// As it is written in markers and in `.seaworthy.toml`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Key => "key",
            Self::Openapi => "openapi",
            Self::Sandbox => "sandbox",
        }
    }
}

/// A template whose markers do not fit together: a fault of the template.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct BadMarker {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: &'static str,
}

/// The text without its markers and without the blocks of features that are not among `chosen`.
///
/// # Errors
/// The markers do not fit together.
pub fn choose(text: &str, chosen: &BTreeSet<Feature>) -> Result<String, BadMarker> {
    if !text.contains(BEGIN) && !text.contains(END) {
        return Ok(text.to_owned());
    }
    let mut kept = String::with_capacity(text.len());
    let mut open: Option<Vec<Feature>> = None;
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let wrong = |problem| BadMarker {
            line: at + 1,
            problem,
        };
        if let Some((_, rest)) = line.split_once(BEGIN) {
            if open.is_some() {
                return Err(wrong("a block begins in a block"));
            }
            open = Some(named(rest).ok_or_else(|| wrong("there is no such feature"))?);
        } else if let Some((_, rest)) = line.split_once(END) {
            let features = named(rest).ok_or_else(|| wrong("there is no such feature"))?;
            if open.take() != Some(features) {
                return Err(wrong("a block ends that is not open"));
            }
        } else if open
            .as_ref()
            .is_none_or(|features| features.iter().any(|feature| chosen.contains(feature)))
        {
            kept.push_str(line);
        }
    }
    match open {
        None => Ok(kept),
        Some(_) => Err(BadMarker {
            line: text.lines().count(),
            problem: "a block is not ended",
        }),
    }
}

/// The features that a marker's rest names: its first word, whatever closes the comment after it.
fn named(rest: &str) -> Option<Vec<Feature>> {
    let words = rest.split_whitespace().next()?.split('|');
    words
        .map(|word| {
            Feature::ALL
                .into_iter()
                .find(|feature| feature.as_str() == word)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a\n# seaworthy:begin sandbox\nb\n# seaworthy:end sandbox\n<!-- seaworthy:begin api -->\nc\n<!-- seaworthy:end api -->\nd";

    #[test]
    fn a_block_comes_with_its_feature_and_markers_never_do() {
        let with =
            |features: &[Feature]| choose(TEXT, &features.iter().copied().collect()).unwrap();
        assert_eq!(with(&[]), "a\nd");
        assert_eq!(with(&[Feature::Sandbox]), "a\nb\nd");
        assert_eq!(with(&Feature::ALL), "a\nb\nc\nd");
    }

    #[test]
    fn a_block_of_several_features_comes_with_any_of_them() {
        let text = "# seaworthy:begin api|key\nb\n# seaworthy:end api|key\n";
        for (features, left) in [
            (vec![], ""),
            (vec![Feature::Key], "b\n"),
            (vec![Feature::Api, Feature::Sandbox], "b\n"),
        ] {
            assert_eq!(choose(text, &features.into_iter().collect()).unwrap(), left);
        }
    }

    #[test]
    fn markers_that_do_not_fit_are_refused() {
        for (text, line) in [
            ("seaworthy:begin nothing\n", 1),
            ("seaworthy:begin api\nx\n", 2),
            ("x\nseaworthy:end api\n", 2),
            ("seaworthy:begin api\nseaworthy:begin sandbox\n", 2),
            ("seaworthy:begin api\nseaworthy:end sandbox\n", 2),
            ("seaworthy:begin api|key\nseaworthy:end api\n", 2),
            ("seaworthy:begin api|nothing\n", 1),
        ] {
            assert_eq!(
                choose(text, &BTreeSet::new()).unwrap_err().line,
                line,
                "{text}"
            );
        }
    }
}
