//! A machine of a user's own: a home, a project, and nothing else of this one.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{child::BINARY, programs::command};

/// A token that no service knows.
pub const TOKEN: &str = "ghp_0123456789notarealtoken0123456789ab";

/// What a program did.
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Its stdout, which must be JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }
}

pub struct Machine {
    root: TempDir,
}

impl Machine {
    pub fn new() -> Self {
        let root = TempDir::new().unwrap();
        for folder in ["home", "project", "bin"] {
            std::fs::create_dir(root.path().join(folder)).unwrap();
        }
        Self { root }
    }

    /// A folder of it, without links.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.root.path().join(name).canonicalize().unwrap()
    }

    pub fn home(&self) -> PathBuf {
        self.folder("home")
    }

    pub fn project(&self) -> PathBuf {
        self.folder("project")
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, path: impl AsRef<Path>, text: &str) -> PathBuf {
        let path = self.root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Writes a program of the shell's.
    #[cfg(unix)]
    pub fn script(&self, path: impl AsRef<Path>, text: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = self.write(path, &format!("#!/bin/sh\n{text}\n"));
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&path, mode).unwrap();
        path
    }

    /// The environment that a program of the user's has, and no other.
    pub fn settle(&self, command: &mut tokio::process::Command) {
        let path = std::env::join_paths([
            self.folder("bin"),
            "/usr/local/bin".into(),
            "/usr/bin".into(),
            "/bin".into(),
        ]);
        command
            .env_remove("SEAWORTHY_CACHE")
            .env_remove("SEAWORTHY_CONFIG")
            .env_remove("SEAWORTHY_STATE")
            .env("HOME", self.home())
            .env("PATH", path.unwrap())
            .current_dir(self.project())
            .stdin(Stdio::null());
    }

    /// Runs this program in the project.
    pub async fn run(&self, words: &[&str]) -> Ran {
        self.run_with(words, &[]).await
    }

    /// The same, with further variables.
    pub async fn run_with(&self, words: &[&str], variables: &[(&str, &str)]) -> Ran {
        let mut command = command(BINARY);
        self.settle(&mut command);
        command.args(words).envs(variables.iter().copied());
        let output = command.output().await.unwrap();
        Ran {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The texts of every file below the home and the project, by their paths.
    pub fn files(&self) -> Vec<(PathBuf, String)> {
        let mut files = Vec::new();
        let mut folders = vec![self.home(), self.project()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let text = std::fs::read(&path).unwrap();
                    files.push((path, String::from_utf8_lossy(&text).into_owned()));
                }
            }
        }
        files
    }
}
