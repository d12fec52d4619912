//! A newer template in a project that its owner changed: a three-way merge of what the recorded
//! version made, what the newest makes, and what is there.
//!
//! [`plan`] only looks; [`apply`] writes what was planned and keeps what [`undo`] needs. A line that
//! only one side changed is taken as that side has it. Where both changed it, the file gets conflict
//! markers; nothing of the owner's is dropped in any case.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::{folder::set_executable, lockfile, record, render::Tree};

mod merge;
mod undo;

pub use undo::{UNDO_FILE, undo};

/// What happens to a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// The template has a new file.
    Added,
    /// Only the template changed it.
    Updated,
    /// Both changed it, at different places.
    Merged,
    /// Both changed it at the same places, so many.
    Conflict(usize),
    /// The template has it no longer, and the owner left it as it was.
    Removed,
    /// It stays as the owner has it, though the template changed; why.
    Kept(&'static str),
}

/// What happens to one file.
#[derive(Clone, Debug)]
pub struct Change {
    /// Its path, with `/` between folders.
    pub path: String,
    /// What happens.
    pub kind: Kind,
    /// Its text now; none where it is not there, or is no text.
    pub before: Option<String>,
    /// Its text afterwards; none where it is removed.
    pub after: Option<String>,
    executable: bool,
}

impl Change {
    /// Whether the file becomes another.
    pub fn writes(&self) -> bool {
        !matches!(self.kind, Kind::Kept(_))
    }
}

/// What an upgrade would do, sorted by path. Files that stay as they are, are not listed.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The changes.
    pub changes: Vec<Change>,
}

impl Plan {
    /// How many places need the owner's decision.
    pub fn conflicts(&self) -> usize {
        self.changes
            .iter()
            .map(|change| match change.kind {
                Kind::Conflict(places) => places,
                _ => 0,
            })
            .sum()
    }

    /// Whether nothing would be written.
    pub fn is_empty(&self) -> bool {
        !self.changes.iter().any(Change::writes)
    }
}

/// Why a project could not be upgraded.
#[derive(Debug, thiserror::Error)]
pub enum UpgradeError {
    /// A file could not be read or written. What was written before is put back.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is nothing to undo.
    #[error("there is no upgrade to undo here")]
    NothingToUndo,
    /// The record of the last upgrade cannot be used.
    #[error("the record of the last upgrade cannot be used: {0}")]
    BadUndo(String),
    /// Files were changed after the upgrade.
    #[error("changed since the upgrade: {}", .0.join(", "))]
    ChangedSince(Vec<String>),
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> UpgradeError {
    let path = path.to_owned();
    |source| UpgradeError::Io { path, source }
}

/// What is at a path of the project.
enum Present {
    Nothing,
    Text(String),
    /// A folder, a link, something behind a link, or bytes that are no text.
    Other,
}

/// Whether a folder on the way to a path is a link: what stands there may lie outside of the project.
fn is_behind_link(project: &Path, path: &str) -> bool {
    let mut folder = project.to_owned();
    let parts = Path::new(path)
        .parent()
        .into_iter()
        .flat_map(Path::components);
    parts.into_iter().any(|part| {
        folder.push(part);
        fs::symlink_metadata(&folder).is_ok_and(|found| found.is_symlink())
    })
}

fn present(project: &Path, path: &str) -> Result<Present, UpgradeError> {
    if is_behind_link(project, path) {
        return Ok(Present::Other);
    }
    let path = &project.join(path);
    match fs::symlink_metadata(path) {
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(Present::Nothing);
        }
        Err(error) => return Err(failed(path)(error)),
        Ok(found) if !found.is_file() => return Ok(Present::Other),
        Ok(_) => {}
    }
    let bytes = fs::read(path).map_err(failed(path))?;
    Ok(String::from_utf8(bytes).map_or(Present::Other, Present::Text))
}

/// What merging `newest` into the project would do; `base` is what the project was made as. `label`
/// names the newest in conflict markers, as `template 2`.
///
/// # Errors
/// A file cannot be read.
pub fn plan(project: &Path, base: &Tree, newest: &Tree, label: &str) -> Result<Plan, UpgradeError> {
    let mut plan = Plan::default();
    let mut paths: Vec<_> = base.keys().chain(newest.keys()).collect();
    paths.sort_unstable();
    paths.dedup();
    for path in paths {
        let (old, new) = (base.get(path), newest.get(path));
        if old == new {
            continue;
        }
        let before = present(project, path)?;
        let decided = match (old, new, &before) {
            (_, _, Present::Other) => Some((Kind::Kept("it is no text file here"), None)),
            // an owner who removed a file does not want it
            (Some(_), Some(_), Present::Nothing) => Some((Kind::Kept("you removed it"), None)),
            (Some(_) | None, None, Present::Nothing) => None,
            (None, Some(new), Present::Nothing) => Some((Kind::Added, Some(new.text.clone()))),
            (Some(old), None, Present::Text(text)) if merge::same(text, &old.text) => {
                Some((Kind::Removed, None))
            }
            (_, None, Present::Text(_)) => Some((
                Kind::Kept("the template has it no longer, but you changed it"),
                None,
            )),
            (old, Some(new), Present::Text(text)) => merged(
                path,
                old.map(|old| old.text.as_str()),
                text,
                &new.text,
                label,
            ),
        };
        if let Some((kind, after)) = decided {
            plan.changes.push(Change {
                path: path.clone(),
                kind,
                after,
                before: match before {
                    Present::Text(text) => Some(text),
                    _ => None,
                },
                executable: new.is_some_and(|new| new.executable),
            });
        }
    }
    Ok(plan)
}

fn merged(
    path: &str,
    old: Option<&str>,
    text: &str,
    new: &str,
    label: &str,
) -> Option<(Kind, Option<String>)> {
    if merge::same(text, new) {
        return None;
    }
    if old.is_some_and(|old| merge::same(text, old)) {
        return Some((Kind::Updated, Some(merge::with_line_ends_of(text, new))));
    }
    if lockfile::is_lockfile(path) {
        // lines of two lock files do not make a third one
        return Some((
            Kind::Kept("you changed your dependencies; lock them anew"),
            None,
        ));
    }
    if path == record::FILE {
        // it tells what the project was merged with, whatever was written into it
        return Some((Kind::Updated, Some(new.to_owned())));
    }
    let (after, conflicts) = merge::three_way(old.unwrap_or_default(), text, new, label);
    if conflicts == 0 && merge::same(&after, text) {
        return None;
    }
    let kind = match conflicts {
        0 => Kind::Merged,
        places => Kind::Conflict(places),
    };
    Some((kind, Some(after)))
}

/// Writes what was planned, and first what [`undo`] needs. When a file cannot be written, those that
/// were are put back.
///
/// # Errors
/// A file cannot be written.
pub fn apply(project: &Path, plan: &Plan) -> Result<(), UpgradeError> {
    undo::keep(project, plan)?;
    for change in plan.changes.iter().filter(|change| change.writes()) {
        let path = project.join(&change.path);
        if let Err(error) = put(&path, change.after.as_deref(), change.executable) {
            // best effort: the first error is the one to tell
            let _ = undo(project, true);
            return Err(failed(&path)(error));
        }
    }
    Ok(())
}

/// Makes a file have a text, or not be there. A file's rights stay as they are.
fn put(path: &Path, text: Option<&str>, executable: bool) -> io::Result<()> {
    let Some(text) = text else {
        return match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    };
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut file = fs::File::create(path)?;
    file.write_all(text.as_bytes())?;
    if executable {
        set_executable(&file)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rendered;

    fn tree(files: &[(&str, &str)]) -> Tree {
        files
            .iter()
            .map(|(path, text)| {
                let file = Rendered {
                    text: (*text).to_owned(),
                    executable: path.ends_with("check"),
                };
                ((*path).to_owned(), file)
            })
            .collect()
    }

    fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            put(&root.path().join(path), Some(text), false).unwrap();
        }
        root
    }

    fn read(project: &tempfile::TempDir, path: &str) -> String {
        fs::read_to_string(project.path().join(path))
            .unwrap_or_else(|error| error.kind().to_string())
    }

    const LINES: &str = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";

    #[test]
    #[expect(clippy::too_many_lines, reason = "one project, all kinds of change")]
    fn each_kind_of_change() {
        let base = tree(&[
            ("a-untouched", LINES),
            ("b-both", LINES),
            ("c-clash", LINES),
            ("d-removed-there", LINES),
            ("e-removed-here", LINES),
            ("f-removed-there-changed-here", LINES),
            ("g-same", LINES),
            ("h-only-here", LINES),
            ("uv.lock", LINES),
            ("w-crlf", LINES),
        ]);
        let changed = LINES.replace("9\n", "nine\n");
        let newest = tree(&[
            ("a-untouched", &changed),
            ("b-both", &changed),
            ("c-clash", &changed),
            ("e-removed-here", &changed),
            ("g-same", &changed),
            ("h-only-here", LINES),
            ("new/check", "new\n"),
            ("uv.lock", &changed),
            ("w-crlf", &changed),
            ("x-added-by-both", "theirs\n"),
        ]);
        let own = LINES.replace("1\n", "one\n");
        let crlf = own.replace('\n', "\r\n");
        let project = project(&[
            ("a-untouched", LINES),
            ("b-both", &own),
            ("c-clash", &LINES.replace("9\n", "neuf\n")),
            ("d-removed-there", LINES),
            ("f-removed-there-changed-here", &own),
            ("g-same", &changed),
            ("h-only-here", &own),
            ("uv.lock", &own),
            ("w-crlf", &crlf),
            ("x-added-by-both", "yours\n"),
        ]);
        let plan = plan(project.path(), &base, &newest, "template 2").unwrap();
        let kinds: Vec<_> = plan
            .changes
            .iter()
            .map(|change| (change.path.as_str(), change.kind))
            .collect();
        assert_eq!(
            kinds,
            [
                ("a-untouched", Kind::Updated),
                ("b-both", Kind::Merged),
                ("c-clash", Kind::Conflict(1)),
                ("d-removed-there", Kind::Removed),
                ("e-removed-here", Kind::Kept("you removed it")),
                (
                    "f-removed-there-changed-here",
                    Kind::Kept("the template has it no longer, but you changed it")
                ),
                ("new/check", Kind::Added),
                (
                    "uv.lock",
                    Kind::Kept("you changed your dependencies; lock them anew")
                ),
                ("w-crlf", Kind::Merged),
                ("x-added-by-both", Kind::Conflict(1)),
            ]
        );
        assert_eq!(plan.conflicts(), 2);
        apply(project.path(), &plan).unwrap();
        assert_eq!(read(&project, "b-both"), "one\n2\n3\n4\n5\n6\n7\n8\nnine\n");
        assert_eq!(
            read(&project, "c-clash"),
            "1\n2\n3\n4\n5\n6\n7\n8\n<<<<<<< yours\nneuf\n=======\nnine\n>>>>>>> template 2\n"
        );
        assert_eq!(read(&project, "d-removed-there"), "entity not found");
        assert_eq!(read(&project, "h-only-here"), own);
        assert_eq!(read(&project, "new/check"), "new\n");
        assert_eq!(
            read(&project, "w-crlf"),
            "one\n2\n3\n4\n5\n6\n7\n8\nnine\n".replace('\n', "\r\n")
        );
        assert!(read(&project, "x-added-by-both").contains("yours\n=======\ntheirs\n"));

        undo(project.path(), false).unwrap();
        assert_eq!(read(&project, "b-both"), own);
        assert_eq!(read(&project, "c-clash"), LINES.replace("9\n", "neuf\n"));
        assert_eq!(read(&project, "d-removed-there"), LINES);
        assert_eq!(read(&project, "new/check"), "entity not found");
        assert_eq!(read(&project, "w-crlf"), crlf);
        assert!(matches!(
            undo(project.path(), false),
            Err(UpgradeError::NothingToUndo)
        ));
    }

    #[test]
    fn what_was_changed_after_the_upgrade_is_not_undone_unasked() {
        let project = project(&[("a", LINES), ("b", LINES)]);
        let base = tree(&[("a", LINES), ("b", LINES)]);
        let newest = tree(&[("a", "new\n"), ("b", "new\n")]);
        let plan = plan(project.path(), &base, &newest, "template 2").unwrap();
        apply(project.path(), &plan).unwrap();
        put(&project.path().join("a"), Some("newer\n"), false).unwrap();
        let error = undo(project.path(), false).unwrap_err();
        assert_eq!(error.to_string(), "changed since the upgrade: a");
        assert_eq!(read(&project, "b"), "new\n");
        undo(project.path(), true).unwrap();
        assert_eq!(read(&project, "a"), LINES);
        assert_eq!(read(&project, "b"), LINES);
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_through_a_link() {
        let elsewhere = project(&[("x", LINES)]);
        let project = project(&[("a", LINES)]);
        let link = |name: &str| {
            let made = std::os::unix::fs::symlink(elsewhere.path(), project.path().join(name));
            made.unwrap();
        };
        link("linked");
        let base = tree(&[("a", LINES), ("linked/x", LINES)]);
        let newest = tree(&[("a", "new\n"), ("linked/x", "new\n"), ("linked/y", "new\n")]);
        let planned = plan(project.path(), &base, &newest, "template 2").unwrap();
        apply(project.path(), &planned).unwrap();
        assert_eq!(read(&project, "a"), "new\n");
        assert_eq!(read(&elsewhere, "x"), LINES);
        assert!(!elsewhere.path().join("y").exists());
        // nor what is kept for the way back, nor on that way
        undo(project.path(), false).unwrap();
        fs::remove_dir_all(project.path().join(".seaworthy")).unwrap();
        link(".seaworthy");
        apply(project.path(), &planned).unwrap_err();
        assert_eq!(read(&project, "a"), LINES);
        assert!(!elsewhere.path().join("undo.json").exists());
        fs::remove_file(project.path().join(".seaworthy")).unwrap();
        let record = r#"{"files": {"linked/x": {"before": "old", "after": null}}}"#;
        put(&project.path().join(UNDO_FILE), Some(record), false).unwrap();
        let error = undo(project.path(), true).unwrap_err().to_string();
        assert!(error.contains("behind a link"), "{error}");
        assert_eq!(read(&elsewhere, "x"), LINES);
    }

    #[test]
    fn what_cannot_be_written_leaves_the_project_as_it_was() {
        let project = project(&[("a", LINES), ("folder/x", "")]);
        let base = tree(&[("a", LINES)]);
        // "b" comes after "a" and cannot be made: its parent is a file
        let newest = tree(&[("a", "new\n"), ("a.d/b", "b\n")]);
        let plan = plan(project.path(), &base, &newest, "template 2").unwrap();
        put(&project.path().join("a.d"), Some("a file"), false).unwrap();
        apply(project.path(), &plan).unwrap_err();
        assert_eq!(read(&project, "a"), LINES);
    }
}
