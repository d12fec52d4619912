//! Errors of the program, in one place: one line on stderr, a hint, an exit code.

use std::{fmt::Display, process::ExitCode};

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    what: String,
    hint: String,
}

impl Failure {
    /// The command was used wrongly or lacks something that it needs: exit code 2.
    pub(crate) fn usage(what: impl Display, hint: impl Display) -> Self {
        Self {
            code: 2,
            what: what.to_string(),
            hint: hint.to_string(),
        }
    }

    /// The command ran and failed: exit code 1.
    pub(crate) fn failed(what: impl Display, hint: impl Display) -> Self {
        Self {
            code: 1,
            ..Self::usage(what, hint)
        }
    }

    /// A server that the command started did not come to life: exit code 3.
    pub(crate) fn not_started(what: impl Display, hint: impl Display) -> Self {
        Self {
            code: 3,
            ..Self::usage(what, hint)
        }
    }

    /// What happened.
    pub(crate) fn what(&self) -> &str {
        &self.what
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> &str {
        &self.hint
    }

    /// Says it on stderr, on one line, and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        let style = anstyle::Style::new()
            .bold()
            .fg_color(Some(anstyle::AnsiColor::Red.into()));
        anstream::eprintln!("{style}seaworthy:{style:#} {} - {}", self.what, self.hint);
        ExitCode::from(self.code)
    }
}
