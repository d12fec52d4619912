//! Opaque cursors: where a list goes on, bound to the question that the list answers.

use super::{
    ErrorKind, ToolError,
    seal::{Sealer, digest},
};

const PURPOSE: &str = "cursor";
const BINDING: usize = 12;
const AGAIN: &str = "call again without cursor to start at the first page";

/// Makes the cursor that goes on after `position` in the list for `question`.
pub fn seal(sealer: &Sealer, question: &str, position: &str) -> String {
    let mut payload = digest::<BINDING>(&[question]).to_vec();
    payload.extend_from_slice(position.as_bytes());
    sealer.seal(PURPOSE, &payload)
}

/// The position, if the cursor was made by this process for this question.
///
/// # Errors
/// It was not; the error says which.
pub fn open(sealer: &Sealer, question: &str, cursor: &str) -> Result<String, ToolError> {
    let opened = sealer.open(PURPOSE, cursor);
    let parts = opened.as_deref().and_then(|payload| {
        let (binding, position) = payload.split_at_checked(BINDING)?;
        Some((binding, str::from_utf8(position).ok()?))
    });
    match parts {
        Some((binding, position)) if binding == digest::<BINDING>(&[question]) => {
            Ok(position.to_owned())
        }
        Some(_) => Err(ToolError::new(
            ErrorKind::InvalidInput,
            "cursor belongs to another query",
            "a cursor goes on only with the query that it was given for",
            format!("repeat the arguments of the call that gave this cursor, or {AGAIN}"),
        )),
        None => Err(ToolError::new(
            ErrorKind::InvalidInput,
            "cursor is not one of this server's",
            "it was changed, cut short, or made by an earlier run of the server",
            AGAIN,
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_goes_on_with_its_own_question_only() {
        let sealer = Sealer::random().unwrap();
        let cursor = seal(&sealer, "tea", "Ümlaut");
        assert_eq!(open(&sealer, "tea", &cursor).unwrap(), "Ümlaut");
        let error = open(&sealer, "coffee", &cursor).unwrap_err();
        assert!(error.what.contains("another query"), "{error}");
        let error = open(&sealer, "tea", "forged").unwrap_err();
        assert!(error.what.contains("not one of"), "{error}");
        assert_eq!(error.kind, ErrorKind::InvalidInput);
    }
}
