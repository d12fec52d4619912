//! The repository that a server lives in.

use std::path::{Path, PathBuf};

use crate::options::{Command, Options, Permission};

/// A repository, read once.
#[derive(Clone, Debug)]
pub struct Project {
    /// Its folder.
    pub root: PathBuf,
    /// Its files, relative to it with `/`, sorted; what version control ignores is left out.
    pub files: Vec<String>,
    /// The command that starts its server, where one is known.
    pub command: Option<Command>,
    /// The command that runs its tests, where `seaworthy.toml` says so.
    pub test_command: Option<Command>,
    /// What the run may do.
    pub permission: Permission,
}

impl Project {
    /// Reads a folder.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub(crate) async fn read(
        root: &Path,
        command: Option<Command>,
        options: &Options,
    ) -> std::io::Result<Self> {
        let root = tokio::fs::canonicalize(root).await?;
        Ok(Self {
            files: Vec::new(),
            command,
            test_command: options.test_command.clone(),
            permission: options.permission,
            root,
        })
    }

    /// The text of a file; none where it is missing, larger than 2 MiB or no UTF-8.
    pub fn text(&self, file: &str) -> Option<String> {
        let path = self.root.join(file);
        let small = std::fs::metadata(&path).ok()?.len() <= 2 * 1024 * 1024;
        small.then(|| std::fs::read_to_string(path).ok()).flatten()
    }

    /// Whether there is such a file.
    pub fn has(&self, file: &str) -> bool {
        self.files
            .binary_search_by(|other| other.as_str().cmp(file))
            .is_ok()
    }

    /// The files whose last part has that name, whatever the case of its letters.
    pub fn named(&self, name: &str) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str).filter(move |file| {
            Path::new(file)
                .file_name()
                .is_some_and(|last| last.eq_ignore_ascii_case(name))
        })
    }
}
