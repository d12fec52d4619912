//! The repository that a server lives in.
//!
//! It is read once, within bounds: what version control ignores is left out, and nothing outside of
//! the folder is looked at, wherever its links point.
//!
//! - `discover`: the command that starts its server, as its own files say it.
//! - `environment`: the variables that it says it needs.
//! - `manifest`, `range`: what it depends on, and how closely.
//! - `source`: the functions and tests of its source texts.
//! - `program`: runs a program of it to its end.

use std::{
    collections::BTreeMap,
    fmt,
    io::Read as _,
    path::{Path, PathBuf},
};

use ignore::WalkBuilder;

use crate::{
    options::{Command, Options, Permission},
    thresholds,
};

mod discover;
pub(crate) mod environment;
pub(crate) mod manifest;
pub(crate) mod program;
mod range;
pub(crate) mod source;

pub use discover::{Discovered, Discovery};

/// A repository, read once.
#[derive(Clone)]
pub struct Project {
    /// Its folder.
    pub root: PathBuf,
    /// The repository that the folder is a part of, where it is not the whole of it.
    pub enclosing: Option<PathBuf>,
    /// Its files, relative to it with `/`, sorted; what version control ignores is left out.
    pub files: Vec<String>,
    /// Whether it has more files than are looked at.
    pub is_cut: bool,
    /// The command that starts its server, where one is known.
    pub command: Option<Command>,
    /// The command that runs its tests, where `seaworthy.toml` says so.
    pub test_command: Option<Command>,
    /// What the run may do.
    pub permission: Permission,
    /// The environment of a started server, beside the little that every program needs.
    pub(crate) env: BTreeMap<String, String>,
}

impl fmt::Debug for Project {
    // values of variables are secrets
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Project")
            .field("root", &self.root)
            .field("files", &self.files.len())
            .field("command", &self.command)
            .field("env", &self.env.keys())
            .finish_non_exhaustive()
    }
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
        let mut project = Self::list(root).await?;
        project.command = command.map(|command| project.resolved(command));
        project.test_command = options
            .test_command
            .clone()
            .map(|command| project.resolved(command));
        project.permission = options.permission;
        project.env = options.env.clone();
        Ok(project)
    }

    /// The command that starts a project's server, as the project's own files say it. Nothing is
    /// started: that is left to who asks.
    ///
    /// # Errors
    /// Why the folder cannot be read.
    pub async fn discover_command(root: &Path) -> std::io::Result<Discovery> {
        let project = Self::list(root).await?;
        tokio::task::spawn_blocking(move || discover::discover(&project))
            .await
            .map_err(std::io::Error::other)
    }

    async fn list(root: &Path) -> std::io::Result<Self> {
        let root = tokio::fs::canonicalize(root).await?;
        if !tokio::fs::metadata(&root).await?.is_dir() {
            return Err(std::io::Error::other("it is no folder"));
        }
        tokio::task::spawn_blocking(move || {
            let repository = root.ancestors().find(|folder| folder.join(".git").exists());
            let (files, is_cut) = walk(&root, repository.is_some());
            Self {
                enclosing: repository
                    .filter(|repository| **repository != *root)
                    .map(Path::to_owned),
                root,
                files,
                is_cut,
                command: None,
                test_command: None,
                permission: Permission::Safe,
                env: BTreeMap::new(),
            }
        })
        .await
        .map_err(std::io::Error::other)
    }

    /// A command whose program, where it is a relative path, is the project's file of that name:
    /// it is started in the project's folder, wherever the gate was.
    fn resolved(&self, mut command: Command) -> Command {
        let program = Path::new(&command.program);
        if program.is_relative() && program.components().count() > 1
            || command.program.starts_with("./")
        {
            let inside = self.root.join(program);
            let path = if inside.exists() {
                inside
            } else {
                std::path::absolute(program).unwrap_or(inside)
            };
            command.program = path.to_string_lossy().into_owned();
        }
        command
    }

    /// The text of a file, in the list or not; none where it is missing, outside of the folder, no
    /// UTF-8, or larger than [`thresholds::FILE_BYTES`].
    pub fn text(&self, file: &str) -> Option<String> {
        read_text(&self.inside(file)?)
    }

    /// A file of that name in the folders around the project, within its repository, nearest first;
    /// with its text.
    pub(crate) fn around(&self, name: &str) -> Option<(PathBuf, String)> {
        let repository = self.enclosing.as_ref()?;
        self.root
            .ancestors()
            .skip(1)
            .take_while(|folder| folder.starts_with(repository))
            .find_map(|folder| {
                let path = folder.join(name);
                let text = path.is_file().then(|| read_text(&path))??;
                Some((path, text))
            })
    }

    /// A plain file of the folder by its relative path, wherever links lead, if that is inside.
    pub(crate) fn inside(&self, file: &str) -> Option<PathBuf> {
        let path = self.root.join(file).canonicalize().ok()?;
        // a pipe or a device would be read for ever
        (path.starts_with(&self.root) && path.is_file()).then_some(path)
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

    /// A text of TOML, read; none where there is no such file, or it is no TOML.
    pub(crate) fn toml(&self, file: &str) -> Option<toml::Table> {
        self.text(file)?.parse().ok()
    }

    /// A text of JSON, read; none where there is no such file, or it is no JSON.
    pub(crate) fn json(&self, file: &str) -> Option<serde_json::Value> {
        serde_json::from_str(&self.text(file)?).ok()
    }
}

/// The end of a file's name, after its last point, in lower case; empty where it has none.
pub(crate) fn extension(file: &str) -> String {
    let end = Path::new(file).extension().unwrap_or_default();
    end.to_string_lossy().to_lowercase()
}

fn read_text(path: &Path) -> Option<String> {
    let limit = thresholds::FILE_BYTES;
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).ok()?;
    file.take(limit + 1).read_to_end(&mut bytes).ok()?;
    if bytes.len() as u64 > limit {
        return None;
    }
    let text = String::from_utf8(bytes).ok()?;
    Some(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// The files below a folder, sorted, and whether there are more than are looked at.
fn walk(root: &Path, in_repository: bool) -> (Vec<String>, bool) {
    let walk = WalkBuilder::new(root)
        .hidden(false)
        .ignore(false)
        .git_global(false)
        .require_git(false)
        .parents(in_repository)
        .follow_links(false)
        .max_depth(Some(thresholds::FOLDER_DEPTH))
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    let mut files = Vec::new();
    for entry in walk.flatten() {
        let kept = entry.file_type().is_some_and(|kind| {
            kind.is_file()
                || kind.is_symlink()
                    && entry
                        .path()
                        .canonicalize()
                        .is_ok_and(|path| path.starts_with(root) && path.is_file())
        });
        if !kept {
            continue;
        }
        let Ok(path) = entry.path().strip_prefix(root) else {
            continue;
        };
        if files.len() == thresholds::FILES {
            files.sort();
            return (files, true);
        }
        let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        files.push(parts.join("/"));
    }
    files.sort();
    (files, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, file: &str, text: &str) {
        let path = root.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    #[tokio::test]
    async fn what_version_control_ignores_is_no_file_of_the_project() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        write(root, ".gitignore", "/target\n*.log\n");
        write(root, "target/debug/server", "");
        write(root, "server.log", "");
        write(root, "src/server.py", "");
        write(root, ".github/workflows/ci.yml", "");
        let project = Project::read(root, None, &Options::default())
            .await
            .unwrap();
        assert_eq!(
            project.files,
            [".github/workflows/ci.yml", ".gitignore", "src/server.py"]
        );
        // it is on the disk all the same
        assert_eq!(project.text("server.log").as_deref(), Some(""));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn links_do_not_lead_out_and_pipes_are_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        write(outside.path(), "secret", "x");
        let root = folder.path();
        write(root, "docs/README.md", "notes");
        for (to, link) in [
            (root.join("docs/README.md"), "README.md"),
            (outside.path().join("secret"), "secret"),
            (outside.path().to_owned(), "folder"),
            (root.to_owned(), "again"),
        ] {
            std::os::unix::fs::symlink(to, root.join(link)).unwrap();
        }
        let project = Project::read(root, None, &Options::default())
            .await
            .unwrap();
        assert_eq!(project.files, ["README.md", "docs/README.md"]);
        assert_eq!(project.text("README.md").as_deref(), Some("notes"));
        assert_eq!(project.text("secret"), None);
        assert_eq!(project.text("../secret"), None);
        assert_eq!(project.text("docs"), None);
    }

    #[tokio::test]
    async fn a_relative_program_is_the_projects() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "bin/server", "");
        let command = |program: &str| Command::new([program]);
        let project = Project::read(folder.path(), command("bin/server"), &Options::default())
            .await
            .unwrap();
        let program = project.command.clone().unwrap().program;
        assert_eq!(Path::new(&program), project.root.join("bin/server"));
        let python = project.resolved(command("python3").unwrap());
        assert_eq!(python.program, "python3");
    }
}
