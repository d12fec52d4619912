//! The templates: their files, and those of their earlier versions.
//!
//! # A new version
//! Projects record the version that made them, and `seaworthy upgrade` renders that version again. So a
//! version that was released must stay as it was:
//! 1. Before the first change after a release, raise `version` in `LANGUAGE.rs` and add a [`Past`] for
//!    the old one, with its digest (the failing test prints it).
//! 2. Whenever a file is changed or removed, copy its old text to `templates/history/LANGUAGE-VERSION/`
//!    first, and list it in that `Past`; list a new file under `added_since`.
//!
//! The tests hold folder and list against each other, and each past version against its digest.

use crate::{Feature, Language, render::RenderError};

mod python;
mod rust;

/// One file of a template.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct File {
    /// Its path in the project, with the template's words.
    pub path: &'static str,
    /// Its text, with the template's words and markers.
    pub text: &'static str,
    /// The feature that it comes with, if it does not come always.
    pub feature: Option<Feature>,
    /// Whether it is a program.
    pub executable: bool,
}

impl File {
    /// A file that every project has.
    const fn new(path: &'static str, text: &'static str) -> Self {
        Self {
            path,
            text,
            feature: None,
            executable: false,
        }
    }

    /// A file of one feature.
    const fn of(feature: Feature, path: &'static str, text: &'static str) -> Self {
        Self {
            feature: Some(feature),
            ..Self::new(path, text)
        }
    }

    /// A program that every project has.
    const fn program(path: &'static str, text: &'static str) -> Self {
        Self {
            executable: true,
            ..Self::new(path, text)
        }
    }
}

/// An earlier version, told by its differences from the next one.
#[derive(Debug)]
pub struct Past {
    /// Its number.
    pub version: u32,
    /// The files that were changed or removed since, as they were; sorted.
    pub changed: &'static [File],
    /// The paths that did not exist yet; sorted.
    pub added_since: &'static [&'static str],
    /// The digest of the whole version, see the tests.
    pub digest: &'static str,
}

/// A template.
#[derive(Debug)]
pub struct Template {
    /// The language, which is also its name.
    pub language: Language,
    /// The version that `files` make.
    pub version: u32,
    files: &'static [File],
    /// The newest first.
    history: &'static [Past],
}

impl Template {
    /// The template of a language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::Python => &python::TEMPLATE,
            Language::Rust => &rust::TEMPLATE,
        }
    }

    /// The files of a version, sorted by path.
    ///
    /// # Errors
    /// There is no such version.
    pub fn files(&self, version: u32) -> Result<Vec<File>, RenderError> {
        let unknown = RenderError::UnknownVersion {
            template: self.language.as_str(),
            version,
        };
        let mut files = self.files.to_vec();
        if version == self.version {
            return Ok(files);
        }
        for past in self.history {
            files.retain(|file| {
                !past.added_since.contains(&file.path)
                    && !past.changed.iter().any(|old| old.path == file.path)
            });
            files.extend_from_slice(past.changed);
            files.sort_by_key(|file| file.path);
            if past.version == version {
                return Ok(files);
            }
        }
        Err(unknown)
    }
}

/// The lock files of all templates.
pub(crate) fn lockfiles() -> impl Iterator<Item = &'static str> {
    Language::ALL
        .into_iter()
        .flat_map(|language| Template::of(language).files)
        .filter(|file| crate::lockfile::is_lockfile(file.path))
        .map(|file| file.text)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;
    use crate::digest::digest;

    /// What tools leave in a template that is linted and tested in place.
    const LEFT_BEHIND: [&str; 9] = [
        ".bandit",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".venv",
        "__pycache__",
        "dist",
        "node_modules",
        "target",
    ];

    fn folder(path: &str) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("templates")
            .join(path)
    }

    fn walk(root: &Path, below: &str, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(root.join(below)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            if LEFT_BEHIND.contains(&name.as_str()) {
                continue;
            }
            let path = if below.is_empty() {
                name
            } else {
                format!("{below}/{name}")
            };
            if entry.file_type().unwrap().is_dir() {
                walk(root, &path, found);
            } else {
                found.insert(path);
            }
        }
    }

    fn agree(root: &Path, files: &[File]) {
        let mut found = BTreeSet::new();
        walk(root, "", &mut found);
        let listed: Vec<_> = files.iter().map(|file| file.path).collect();
        assert!(
            listed.is_sorted(),
            "{}: the list is not sorted",
            root.display()
        );
        let listed: BTreeSet<_> = listed.into_iter().map(str::to_owned).collect();
        assert_eq!(found, listed, "{}: folder and list", root.display());
        for file in files {
            assert_eq!(
                fs::read_to_string(root.join(file.path)).unwrap(),
                file.text,
                "{}",
                file.path
            );
            assert!(
                file.text.ends_with('\n') || file.text.is_empty(),
                "{}: no line break at its end",
                file.path
            );
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                let mode = fs::metadata(root.join(file.path))
                    .unwrap()
                    .permissions()
                    .mode();
                assert_eq!(mode & 0o100 != 0, file.executable, "{}", file.path);
            }
        }
    }

    #[test]
    fn folder_and_list_agree() {
        for language in Language::ALL {
            let template = Template::of(language);
            assert_eq!(template.language, language);
            agree(&folder(language.as_str()), template.files);
            for past in template.history {
                if !past.changed.is_empty() {
                    agree(
                        &folder(&format!("history/{language}-{}", past.version)),
                        past.changed,
                    );
                }
                assert!(past.added_since.is_sorted());
            }
        }
    }

    fn of(files: &[File]) -> String {
        digest(files.iter().flat_map(|file| {
            [
                file.path,
                file.text,
                file.feature.map_or("", Feature::as_str),
                if file.executable { "x" } else { "" },
            ]
        }))
    }

    #[test]
    fn a_version_that_was_released_stays_as_it_was() {
        for language in Language::ALL {
            let template = Template::of(language);
            let mut next = template.version;
            for past in template.history {
                assert_eq!(past.version, next - 1, "{language}: a version is left out");
                next = past.version;
                let files = template.files(past.version).unwrap();
                assert_eq!(
                    of(&files),
                    past.digest,
                    "{language} {}: put the old text of what you changed into templates/history",
                    past.version
                );
            }
            assert_eq!(next, 1, "{language}: the first version is missing");
        }
    }
}
