//! What to run.

use std::{collections::BTreeMap, time::Duration};

/// The longest code, in bytes.
const MAX_CODE: usize = 1024 * 1024;
/// The longest stdin, in bytes.
const MAX_STDIN: usize = 8 * 1024 * 1024;
/// The most input files.
const MAX_FILES: usize = 32;
/// The most bytes of all input files together.
const MAX_FILE_BYTES: usize = 8 * 1024 * 1024;
/// The longest name of an input file, in bytes.
const MAX_NAME: usize = 128;

/// One run of one piece of code, with everything it gets from outside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Job {
    /// The Python source, run as `__main__`.
    pub code: String,
    /// What it reads from stdin.
    pub stdin: Vec<u8>,
    /// Files in its working directory `/tmp`, by plain name.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The wall time it asks for; the policy's where absent or longer.
    pub timeout: Option<Duration>,
}

/// What is wrong with a job.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// A part of it is too large.
    #[error("{what} has {size} bytes; at most {max} are allowed")]
    TooLarge {
        /// The part.
        what: &'static str,
        /// Its size in bytes.
        size: usize,
        /// The limit in bytes.
        max: usize,
    },
    /// There are too many input files.
    #[error("{0} input files; at most {MAX_FILES} are allowed")]
    TooManyFiles(usize),
    /// An input file's name is no plain name.
    #[error("{0:?} is no plain file name: letters, digits, '.', '_', '-' and blanks, no path")]
    BadName(String),
    /// The code holds a NUL character, which Python refuses to compile.
    #[error("the code holds a NUL character")]
    Nul,
}

impl Job {
    /// A job of nothing but code.
    pub fn new(code: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            ..Self::default()
        }
    }

    /// The same job with a wall time.
    #[must_use]
    pub fn within(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The same job with one more input file.
    #[must_use]
    pub fn with_file(mut self, name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.insert(name.into(), bytes.into());
        self
    }

    /// Whether every part keeps to its bounds.
    ///
    /// # Errors
    /// The first part that does not.
    pub fn validate(&self) -> Result<(), JobError> {
        let within = |what, size, max| {
            if size > max {
                return Err(JobError::TooLarge { what, size, max });
            }
            Ok(())
        };
        within("the code", self.code.len(), MAX_CODE)?;
        within("stdin", self.stdin.len(), MAX_STDIN)?;
        let bytes = self.files.values().map(Vec::len).sum();
        within("the set of input files", bytes, MAX_FILE_BYTES)?;
        if self.files.len() > MAX_FILES {
            return Err(JobError::TooManyFiles(self.files.len()));
        }
        if self.code.contains('\0') {
            return Err(JobError::Nul);
        }
        let plain = |c: char| c.is_alphanumeric() || "._- ".contains(c);
        for name in self.files.keys() {
            // `out` is where artifacts go
            let reserved = matches!(name.as_str(), "" | "." | ".." | "out");
            if reserved || name.len() > MAX_NAME || !name.chars().all(plain) {
                return Err(JobError::BadName(name.chars().take(MAX_NAME).collect()));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_paths_are_refused() {
        for name in [
            "",
            ".",
            "..",
            "out",
            "a/b",
            "../x",
            "a\\b",
            "a\0",
            "a\nb",
            &"x".repeat(129),
        ] {
            let job = Job::new("").with_file(name, "");
            assert!(
                matches!(job.validate(), Err(JobError::BadName(_))),
                "{name:?}"
            );
        }
        for name in ["data.csv", "Grüße 2.txt", ".hidden", "a..b"] {
            assert_eq!(
                Job::new("").with_file(name, "").validate(),
                Ok(()),
                "{name:?}"
            );
        }
    }

    #[test]
    fn sizes_are_bounded() {
        assert!(Job::new("x".repeat(MAX_CODE)).validate().is_ok());
        assert!(Job::new("x".repeat(MAX_CODE + 1)).validate().is_err());
        assert_eq!(Job::new("a\0").validate(), Err(JobError::Nul));
        let half = vec![0; MAX_FILE_BYTES / 2 + 1];
        let job = Job::new("")
            .with_file("a", half.clone())
            .with_file("b", half);
        assert!(matches!(job.validate(), Err(JobError::TooLarge { .. })));
        let many = (0..=MAX_FILES).fold(Job::new(""), |job, n| job.with_file(n.to_string(), ""));
        assert_eq!(many.validate(), Err(JobError::TooManyFiles(MAX_FILES + 1)));
    }
}
