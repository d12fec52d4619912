//! Opaque, sealed cursors: where a list goes on.
//!
//! A cursor holds whatever the tool needs to go on (a `Link` URL, an offset into a page) and is
//! bound to the tool and to the arguments that it was made for: it cannot be forged to reach
//! another URL, nor be used to continue a different question.

use serde::{Serialize, de::DeserializeOwned};

use crate::{ToolError, seal::Sealer};

const PURPOSE: &str = "cursor";
const BINDING: usize = 6;

/// Seals `position` for a list that `binding` (tool and arguments) identifies.
///
/// # Errors
/// `position` cannot be written as JSON: a fault of the tool.
pub fn seal<T: Serialize>(
    sealer: &Sealer,
    binding: [u8; BINDING],
    position: &T,
) -> Result<String, ToolError> {
    let mut payload = binding.to_vec();
    serde_json::to_writer(&mut payload, position)
        .map_err(|_| ToolError::internal("the cursor could not be written"))?;
    Ok(sealer.seal(PURPOSE, &payload))
}

/// Opens a cursor that [`seal`] made for the same `binding`.
///
/// # Errors
/// The cursor is not this server's, or belongs to other arguments; the error says which.
pub fn open<T: DeserializeOwned>(
    sealer: &Sealer,
    binding: [u8; BINDING],
    cursor: &str,
) -> Result<T, ToolError> {
    let again = "call again without cursor to start at the first page";
    let payload = sealer.open(PURPOSE, cursor).map_err(|_| {
        ToolError::invalid("the cursor is not one of this server's", again)
            .because("it was changed, cut short, or made by an earlier run of the server")
    })?;
    let (bound, position) = payload
        .split_at_checked(BINDING)
        .ok_or_else(|| ToolError::invalid("the cursor is too short", again))?;
    if bound != binding {
        return Err(ToolError::invalid(
            "the cursor belongs to other arguments",
            "repeat the arguments of the call that gave this cursor, or leave cursor out",
        ));
    }
    serde_json::from_slice(position)
        .map_err(|_| ToolError::invalid("the cursor is of another version", again))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_continues_only_its_own_list() {
        let sealer = Sealer::random().unwrap();
        let cursor = seal(&sealer, [1; 6], &("/next", 30)).unwrap();
        let open_as = |binding, cursor: &str| open::<(String, u32)>(&sealer, binding, cursor);
        assert_eq!(open_as([1; 6], &cursor).unwrap(), ("/next".to_owned(), 30));
        assert!(
            open_as([2; 6], &cursor)
                .unwrap_err()
                .what
                .contains("other arguments")
        );
        assert!(
            open_as([1; 6], "evil")
                .unwrap_err()
                .what
                .contains("not one of")
        );
    }
}
