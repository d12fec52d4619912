//! A configuration file on disk: read whole, kept beside itself before a change, replaced in one step.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

/// What the copy of a file is called, after the file's own name.
pub const BACKUP: &str = "seaworthy-backup";

/// The file's text; an empty one where there is no file.
///
/// # Errors
/// It cannot be read, or is no UTF-8.
pub fn read(path: &Path) -> io::Result<String> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        text => text,
    }
}

/// Where the copy of a file is kept: the one before the last change.
pub fn backup_path(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(BACKUP);
    path.with_file_name(name)
}

/// Puts `after` in the place of `before`, and keeps `before` beside it, if there was anything. Both are
/// readable by their owner alone if they are new. A link is followed, so that it stays one.
///
/// # Errors
/// The file is no longer `before`, or the system refused; the file is as it was.
pub fn replace(path: &Path, before: &str, after: &str) -> io::Result<()> {
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let permissions = fs::metadata(path).map(|found| found.permissions()).ok();
    let write = |text: &str, to: &Path| -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        if let Some(permissions) = &permissions {
            file.as_file().set_permissions(permissions.clone())?;
        }
        file.as_file().sync_all()?;
        if to == path && read(path)? != before {
            // clients write their files while they run
            return Err(io::Error::other("somebody else changed it just now"));
        }
        file.persist(to)?;
        Ok(())
    };
    if !before.is_empty() {
        write(before, &backup_path(path))?;
    }
    write(after, path)
}

/// Removes a file that holds `before`, and keeps that beside it.
///
/// # Errors
/// The file is no longer `before`, or the system refused; the file is as it was.
pub fn remove(path: &Path, before: &str) -> io::Result<()> {
    // the copy is made first, and so is the look
    replace(path, before, before)?;
    let path = fs::canonicalize(path)?;
    fs::remove_file(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_keeps_what_was_there() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("deep/er/settings.json");
        assert_eq!(read(&path).unwrap(), "");
        replace(&path, "", "one").unwrap();
        assert!(!backup_path(&path).exists());
        replace(&path, "one", "two").unwrap();
        assert_eq!(read(&path).unwrap(), "two");
        assert_eq!(read(&backup_path(&path)).unwrap(), "one");
        remove(&path, "one").unwrap_err();
        // somebody else was faster
        let error = replace(&path, "one", "three").unwrap_err();
        assert!(error.to_string().contains("somebody else"), "{error}");
        assert_eq!(read(&path).unwrap(), "two");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 2);
        remove(&path, "two").unwrap();
        assert_eq!(read(&path).unwrap(), "");
        assert_eq!(read(&backup_path(&path)).unwrap(), "two");
    }

    #[cfg(unix)]
    #[test]
    fn rights_and_links_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let root = tempfile::tempdir().unwrap();
        let (real, link) = (root.path().join("real"), root.path().join("link"));
        fs::write(&real, "one").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&real, &link).unwrap();
        replace(&link, "one", "two").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(read(&real).unwrap(), "two");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&real), 0o640);
        let new = root.path().join("new");
        replace(&new, "", "x").unwrap();
        assert_eq!(mode(&new), 0o600);
    }
}
