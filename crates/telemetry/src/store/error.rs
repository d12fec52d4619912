//! What goes wrong with the file, and what to do about it.

use std::{
    io,
    path::{Path, PathBuf},
};

use rusqlite::ErrorCode;

/// What goes wrong with the file, as far as the remedy differs.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no file yet, or it holds no schema yet.
    #[error("there is no telemetry at {}", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A newer program wrote the file; it was not touched.
    #[error("{} has schema version {found}, this program knows {known}", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version it has.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// The file has an older schema and was opened for reading only.
    #[error("{} has schema version {found}, this program reads {known}", path.display())]
    Older {
        /// The file.
        path: PathBuf,
        /// The version it has.
        found: i64,
        /// The version that this program reads.
        known: i64,
    },
    /// The file is a database of another program; it was not touched.
    #[error("{} is a database, but not one of telemetry", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file is no database, or a damaged one.
    #[error("{} is damaged or no database", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What `SQLite` says.
        source: rusqlite::Error,
    },
    /// The folder or the file cannot be made or changed.
    #[error("{} cannot be written", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Anything else: a full disk, a lock held for too long, a file without permission.
    #[error("{} cannot be used", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What `SQLite` says.
        source: rusqlite::Error,
    },
}

impl StoreError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Missing { .. } => {
                "run a server with telemetry for a while first, or name the file it writes"
            }
            Self::Newer { .. } => "use the newer program, or name another file",
            Self::Older { .. } => "start a server of this version once: it brings the file up",
            Self::Foreign { .. } => "name another file",
            Self::Corrupt { .. } => "a running server moves it aside and begins a new one",
            Self::Io { .. } => "check the permissions of the folder and the space on the disk",
            Self::Sqlite { .. } => {
                "check the file's permissions, the space on the disk, and who else has it open"
            }
        }
    }

    /// Whether another process is at the file just now.
    pub(super) fn is_lock(&self) -> bool {
        let Self::Sqlite { source, .. } = self else {
            return false;
        };
        matches!(
            source.sqlite_error_code(),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
        )
    }
}

/// Sorts what `SQLite` says.
pub(super) fn failure(path: &Path, source: rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    match source.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Corrupt { path, source }
        }
        _ => StoreError::Sqlite { path, source },
    }
}
