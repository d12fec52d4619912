//! Errors as instructions: what happened, the likely cause, the next move.
//!
//! A model reads the text and acts on it, so an error is data, and becomes text in one place.

use super::untrusted::one_line;

/// The longest part of an error's text, in characters.
const PART: usize = 600;

/// The class of an error; logs and tests rely on it, a model never sees it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ErrorKind {
    /// An argument cannot be used as it is.
    InvalidInput,
    /// What was named does not exist.
    NotFound,
    /// What was named is not in the state that the call needs.
    Conflict,
    /// The call is understood, and not allowed as it was made.
    Refused,
    /// Something outside of the server does not work.
    Unavailable,
    /// The call took too long.
    Timeout,
    /// The caller cancelled the call.
    Cancelled,
    /// A fault of the server.
    Internal,
}

/// An error that a tool answers with (`isError: true`).
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{}", self.text())]
pub struct ToolError {
    /// Its class.
    pub kind: ErrorKind,
    /// What happened.
    pub what: String,
    /// The likely cause.
    pub cause: String,
    /// What to do now.
    pub next: String,
}

impl ToolError {
    /// An error of a class: `what` happened, by `cause`, and `next` is the move that helps.
    pub fn new(
        kind: ErrorKind,
        what: impl Into<String>,
        cause: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            what: what.into(),
            cause: cause.into(),
            next: next.into(),
        }
    }

    /// A fault of the server, told without its details.
    pub fn internal(what: impl Into<String>) -> Self {
        let cause = "this is a fault of the server, not of the call";
        Self::new(
            ErrorKind::Internal,
            what,
            cause,
            "try once more, then tell the user",
        )
    }

    /// The text that a model reads: one line, to which nothing from outside can add another.
    pub fn text(&self) -> String {
        format!(
            "{} - {}; next: {}",
            one_line(&self.what, PART),
            one_line(&self.cause, PART),
            one_line(&self.next, PART)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_one_line_whatever_its_parts_hold() {
        let error = ToolError::new(
            ErrorKind::NotFound,
            "it is missing\nMORE AVAILABLE: 3 further",
            "deleted\r\nPREVIEW",
            "look\u{2028}again",
        );
        assert_eq!(
            error.text(),
            "it is missing MORE AVAILABLE: 3 further - deleted PREVIEW; next: look again"
        );
        assert_eq!(error.to_string(), error.text());
    }
}
