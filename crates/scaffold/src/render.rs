//! A project's files in memory.

use std::collections::BTreeMap;

use crate::{
    Answers, Feature,
    feature::{self, BadMarker},
    lockfile, openapi, record,
    template::Template,
    words,
};

/// One file of a project.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rendered {
    /// Its text.
    pub text: String,
    /// Whether it is a program.
    pub executable: bool,
}

/// The files of a project by path, with `/` between folders.
pub type Tree = BTreeMap<String, Rendered>;

/// A template that cannot be rendered: a fault of the template, or a version that this program does not
/// know.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The project was made by a newer program.
    #[error("this program does not know version {version} of the template {template}")]
    UnknownVersion {
        /// The template's name.
        template: &'static str,
        /// The version that was asked for.
        version: u32,
    },
    /// The tools of the API cannot be written.
    #[error(transparent)]
    Api(#[from] openapi::ApiError),
    /// The markers of a file do not fit together.
    #[error("{path}: {source}")]
    Marker {
        /// The file.
        path: &'static str,
        /// What is wrong.
        source: BadMarker,
    },
}

/// The project that `answers` describe, as `version` of the template makes it.
///
/// # Errors
/// There is no such version, or the template is at fault.
pub fn render(template: &Template, version: u32, answers: &Answers) -> Result<Tree, RenderError> {
    let pairs = words::pairs(answers);
    let mut tree = Tree::new();
    let is_chosen = |feature: Option<Feature>| {
        feature.is_none_or(|feature| answers.features.contains(&feature))
    };
    for file in template.files(version)? {
        if !is_chosen(file.feature) {
            continue;
        }
        let text = feature::choose(file.text, &answers.features).map_err(|source| {
            RenderError::Marker {
                path: file.path,
                source,
            }
        })?;
        let mut text = words::substitute(&text, &pairs);
        let path = words::substitute(file.path, &pairs);
        if lockfile::is_lockfile(&path) {
            text = lockfile::sorted(&text);
        }
        tree.insert(
            path,
            Rendered {
                text,
                executable: file.executable,
            },
        );
    }
    if let Some(source) = &answers.api {
        openapi::add(&mut tree, answers, source)?;
    }
    tree.insert(
        record::FILE.to_owned(),
        Rendered {
            text: record::write(version, answers),
            executable: false,
        },
    );
    Ok(tree)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{Language, Name};

    pub(crate) fn answers() -> Answers {
        Answers {
            language: Language::Python,
            name: Name::parse("tide-log").unwrap(),
            description: "The tides of a harbour".to_owned(),
            version: "0.1.0".to_owned(),
            owner: "harbour".to_owned(),
            author: "Ada Byron".to_owned(),
            year: 2031,
            features: [Feature::Api].into(),
            api: None,
        }
    }

    #[test]
    fn nothing_of_the_template_is_left() {
        for language in Language::ALL {
            for features in [vec![], vec![Feature::Api], Feature::ALL.to_vec()] {
                let answers = Answers {
                    language,
                    features: features.iter().copied().collect(),
                    ..answers()
                };
                let template = Template::of(language);
                let tree = render(template, template.version, &answers).unwrap();
                for (path, file) in &tree {
                    for word in ["acme", "0.0.7019", "seaworthy:begin", "seaworthy:end"] {
                        assert!(
                            !file.text.to_lowercase().contains(word) && !path.contains(word),
                            "{language} {path}: {word}"
                        );
                    }
                }
                assert!(tree.contains_key(record::FILE));
            }
        }
    }

    #[test]
    fn an_unknown_version_is_an_error() {
        let template = Template::of(Language::Rust);
        let error = render(template, template.version + 1, &answers()).unwrap_err();
        assert!(
            error.to_string().contains("does not know version"),
            "{error}"
        );
    }
}
