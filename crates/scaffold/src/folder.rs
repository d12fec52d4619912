//! Writing a project into a folder: all of it, or nothing.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::render::Tree;

/// Why a project was not written. Nothing of it is left.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// There is something at that path already.
    #[error("{} {what}", path.display())]
    Taken {
        /// The path.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// The system refused.
    #[error("{} could not be written: {source}", path.display())]
    Refused {
        /// What could not be written.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Whether a project may be written there: nothing is there, or an empty folder.
///
/// # Errors
/// What is there.
pub fn check_free(folder: &Path) -> Result<(), WriteError> {
    let taken = |what| {
        Err(WriteError::Taken {
            path: folder.to_owned(),
            what,
        })
    };
    match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(WriteError::Refused {
            path: folder.to_owned(),
            source,
        }),
        // a link may lead to a folder
        Ok(_) => match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => taken("is no folder"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                taken("is a link that leads nowhere")
            }
            Err(source) => Err(WriteError::Refused {
                path: folder.to_owned(),
                source,
            }),
            Ok(mut entries) => match entries.next() {
                None => Ok(()),
                Some(_) => taken("is a folder that is not empty"),
            },
        },
    }
}

/// Writes the files, and the folders that they need. When one cannot be written, those that were are
/// removed again.
///
/// # Errors
/// Something is there already, or the system refused.
pub fn write(folder: &Path, tree: &Tree) -> Result<(), WriteError> {
    check_free(folder)?;
    let mut made = Made::default();
    let written = write_all(folder, tree, &mut made);
    if written.is_err() {
        made.remove();
    }
    written
}

fn write_all(folder: &Path, tree: &Tree, made: &mut Made) -> Result<(), WriteError> {
    made.folder(folder)?;
    for (path, file) in tree {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            made.folder(parent)?;
        }
        made.file(&path, &file.text, file.executable)?;
    }
    Ok(())
}

/// What was written so far, in order.
#[derive(Default)]
struct Made {
    folders: Vec<PathBuf>,
    files: Vec<PathBuf>,
}

impl Made {
    fn folder(&mut self, folder: &Path) -> Result<(), WriteError> {
        if folder.as_os_str().is_empty() || folder.is_dir() {
            return Ok(());
        }
        if let Some(parent) = folder.parent() {
            self.folder(parent)?;
        }
        fs::create_dir(folder).map_err(|source| WriteError::Refused {
            path: folder.to_owned(),
            source,
        })?;
        self.folders.push(folder.to_owned());
        Ok(())
    }

    fn file(&mut self, path: &Path, text: &str, executable: bool) -> Result<(), WriteError> {
        let refused = |source| WriteError::Refused {
            path: path.to_owned(),
            source,
        };
        // whatever came there meanwhile is not ours
        let mut file = fs::File::create_new(path).map_err(refused)?;
        self.files.push(path.to_owned());
        file.write_all(text.as_bytes()).map_err(refused)?;
        if executable {
            set_executable(&file).map_err(refused)?;
        }
        Ok(())
    }

    /// Removes it all; what somebody else put there meanwhile stays.
    fn remove(self) {
        for file in self.files {
            let _ = fs::remove_file(file);
        }
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Lets everybody run a file who may read it.
///
/// # Errors
/// The system refused.
pub fn set_executable(file: &fs::File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mut permissions = file.metadata()?.permissions();
        let mode = permissions.mode();
        // a bit to run beside each bit to read
        permissions.set_mode(mode | (mode & 0o444) >> 2);
        file.set_permissions(permissions)
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rendered;

    fn tree(paths: &[&str]) -> Tree {
        let file = |path: &&str| {
            let file = Rendered {
                text: format!("text of {path}"),
                executable: path.ends_with("run"),
            };
            ((*path).to_owned(), file)
        };
        paths.iter().map(file).collect()
    }

    #[test]
    fn a_project_is_written_with_its_folders_and_rights() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("new/project");
        write(&folder, &tree(&["a.txt", "b/c/d.txt", "run"])).unwrap();
        assert_eq!(
            fs::read_to_string(folder.join("b/c/d.txt")).unwrap(),
            "text of b/c/d.txt"
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path| {
                fs::metadata(folder.join(path))
                    .unwrap()
                    .permissions()
                    .mode()
            };
            assert_eq!(mode("run") & 0o100, 0o100);
            assert_eq!(mode("a.txt") & 0o111, 0);
        }
    }

    #[test]
    fn an_empty_folder_is_used_and_anything_else_refused() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        fs::create_dir(at("empty")).unwrap();
        write(&at("empty"), &tree(&["a"])).unwrap();
        fs::write(at("file"), "").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(at("nowhere"), at("link")).unwrap();
        for (path, what) in [
            ("empty", "is not empty"),
            ("file", "is no folder"),
            #[cfg(unix)]
            ("link", "leads nowhere"),
        ] {
            let error = write(&at(path), &tree(&["b"])).unwrap_err().to_string();
            assert!(error.contains(what), "{error}");
        }
        assert!(!at("empty").join("b").exists());
    }

    #[test]
    fn what_was_written_is_removed_when_the_rest_cannot_be() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("outer/project");
        // "b" cannot be a file and a folder at once
        write(&folder, &tree(&["a", "b", "b/c"])).unwrap_err();
        assert!(!root.path().join("outer").exists());
        let empty = root.path().join("empty");
        fs::create_dir(&empty).unwrap();
        write(&empty, &tree(&["a", "b", "b/c"])).unwrap_err();
        assert_eq!(fs::read_dir(&empty).unwrap().count(), 0);
    }
}
