//! Files that are damaged or were taken away.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{Store, StoreError};

/// Moves a damaged file and its logs aside, to `NAME.corrupt-TIME`; answers whether it did. A file
/// that is sound by now (another process was first) stays.
///
/// # Errors
/// The file cannot be renamed, or another process is at it.
pub(crate) fn set_aside(path: &Path, now_ms: u64) -> io::Result<bool> {
    // two processes that meet the same damage must not move the second file too
    let lock = fs::File::create(beside(path, "-repair"))?;
    lock.try_lock()?;
    let sound = match Store::open(path) {
        Ok(store) => store
            .connection
            .query_row("PRAGMA integrity_check(1)", [], |row| {
                row.get::<_, String>(0)
            })
            .is_ok_and(|verdict| verdict == "ok"),
        Err(error) => !matches!(error, StoreError::Corrupt { .. }),
    };
    if !sound {
        let aside = beside(path, &format!(".corrupt-{now_ms}"));
        // the logs first: a new file must not meet an old one's
        for suffix in ["-wal", "-shm", ""] {
            match fs::rename(beside(path, suffix), beside(&aside, suffix)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }
    Ok(!sound)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Which file a path names, where the system can say.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Identity(u64, u64);

impl Identity {
    #[cfg(unix)]
    pub(super) fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let metadata = fs::metadata(path).ok()?;
        Some(Self(metadata.dev(), metadata.ino()))
    }

    #[cfg(not(unix))]
    pub(super) fn of(_: &Path) -> Option<Self> {
        // an open database cannot be moved there
        None
    }
}
