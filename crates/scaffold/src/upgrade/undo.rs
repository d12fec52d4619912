//! Taking the last upgrade back.
//!
//! Before an upgrade writes, it keeps what each file was in [`UNDO_FILE`], with a digest of what it
//! becomes: what was edited since is not overwritten unasked.

use std::{collections::BTreeMap, fs, io, path::Path};

use serde::{Deserialize, Serialize};

use crate::digest::digest;

use super::{Plan, Present, UpgradeError, failed, is_behind_link, present, put};

/// Where it is kept, in the project; its folder is no part of the repository.
pub const UNDO_FILE: &str = ".seaworthy/undo.json";

#[derive(Deserialize, Serialize)]
struct Kept {
    files: BTreeMap<String, KeptFile>,
}

#[derive(Deserialize, Serialize)]
struct KeptFile {
    /// Its text before; none where it was not there.
    before: Option<String>,
    /// The digest of its text afterwards; none where it was removed.
    after: Option<String>,
    /// Whether it was a program.
    #[serde(default)]
    executable: bool,
}

pub(super) fn keep(project: &Path, plan: &Plan) -> Result<(), UpgradeError> {
    let files = plan
        .changes
        .iter()
        .filter(|change| change.writes())
        .map(|change| {
            let file = KeptFile {
                before: change.before.clone(),
                after: change.after.as_deref().map(|text| digest([text])),
                executable: is_executable(&project.join(&change.path)),
            };
            (change.path.clone(), file)
        })
        .collect();
    let path = project.join(UNDO_FILE);
    if is_behind_link(project, UNDO_FILE) {
        let link = io::Error::other("its folder is a link, which may lead out of the project");
        return Err(failed(&path)(link));
    }
    let text =
        serde_json::to_string(&Kept { files }).map_err(|error| failed(&path)(error.into()))?;
    put(&path, Some(&text), false).map_err(failed(&path))?;
    // the folder hides itself from git
    let ignore = path.with_file_name(".gitignore");
    put(&ignore, Some("*\n"), false).map_err(failed(&ignore))
}

/// Puts all files back as they were before the last upgrade. Returns how many.
///
/// # Errors
/// There was none; files were changed since, unless `force`; one cannot be written.
pub fn undo(project: &Path, force: bool) -> Result<usize, UpgradeError> {
    let record = project.join(UNDO_FILE);
    let text = match fs::read_to_string(&record) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(UpgradeError::NothingToUndo);
        }
        text => text.map_err(failed(&record))?,
    };
    let kept: Kept =
        serde_json::from_str(&text).map_err(|error| UpgradeError::BadUndo(error.to_string()))?;
    if let Some(path) = kept.files.keys().find(|path| !is_inside(path)) {
        return Err(UpgradeError::BadUndo(format!(
            "{path:?} is outside of the project"
        )));
    }
    if let Some(path) = kept.files.keys().find(|path| is_behind_link(project, path)) {
        return Err(UpgradeError::BadUndo(format!(
            "{path:?} lies behind a link"
        )));
    }
    if !force {
        let mut changed = Vec::new();
        for (path, file) in &kept.files {
            let now = match present(project, path)? {
                Present::Nothing => None,
                Present::Text(text) => Some(digest([text.as_str()])),
                Present::Other => Some(String::new()),
            };
            if now != file.after {
                changed.push(path.clone());
            }
        }
        if !changed.is_empty() {
            return Err(UpgradeError::ChangedSince(changed));
        }
    }
    for (path, file) in &kept.files {
        let path = project.join(path);
        put(&path, file.before.as_deref(), file.executable).map_err(failed(&path))?;
    }
    fs::remove_file(&record).map_err(failed(&record))?;
    Ok(kept.files.len())
}

fn is_executable(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o100 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

fn is_inside(path: &str) -> bool {
    Path::new(path)
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_leads_outside_is_refused() {
        let project = tempfile::tempdir().unwrap();
        for path in ["../x", "/etc/x", "a/../../x"] {
            let record = format!(r#"{{"files": {{"{path}": {{"before": "x", "after": null}}}}}}"#);
            put(&project.path().join(UNDO_FILE), Some(&record), false).unwrap();
            let error = undo(project.path(), true).unwrap_err().to_string();
            assert!(error.contains("outside of the project"), "{error}");
        }
    }
}
