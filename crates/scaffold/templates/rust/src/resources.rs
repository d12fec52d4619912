//! Resources: each note as `note://NAME`, listed by pages.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use rmcp::model::{Resource, ResourceContents, ResourceTemplate};

use crate::{
    input::{NAME_LENGTH, NoteName},
    kit::{
        ErrorKind, ToolError,
        answer::{CHARACTERS_PER_TOKEN, HARD_TOKENS},
        cursor,
        untrusted::{clean, head, one_line},
    },
    server::State,
};

/// The template of all addresses.
pub const TEMPLATE: &str = "note://{name}";
const SCHEME: &str = "note://";
const MIME_TYPE: &str = "text/markdown";
const PAGE_SIZE: u64 = 50;
const COMPLETIONS: u32 = 50;
/// A client shows the whole resource to a model, so the cap of answers holds here too.
const LONGEST: usize = HARD_TOKENS * CHARACTERS_PER_TOKEN - 400;
const QUESTION: &str = "resources/list";
/// What RFC 3986 leaves as it is (section 2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The one template.
pub fn template() -> ResourceTemplate {
    ResourceTemplate::new(TEMPLATE, "note")
        .with_title("Note")
        .with_description(
            "The text of the note with this name (percent-encoded), as other people wrote it.",
        )
        .with_mime_type(MIME_TYPE)
}

/// A page of the notes, and the cursor of the next.
///
/// # Errors
/// The cursor is not one of this server's, or the database does not work.
pub fn page(state: &State, at: Option<&str>) -> Result<(Vec<Resource>, Option<String>), ToolError> {
    let after = match at {
        Some(at) => cursor::open(&state.sealer, QUESTION, at)?,
        None => String::new(),
    };
    let (found, total) = state.store.find("", &after, PAGE_SIZE)?;
    let more = found
        .last()
        .filter(|_| total > found.len() as u64)
        .map(|last| cursor::seal(&state.sealer, QUESTION, &last.name));
    let listed = found.iter().map(|note| {
        let about = format!("Note of {} characters, changed {}", note.length, note.day());
        Resource::new(address(&note.name), note.name.clone())
            .with_description(about)
            .with_mime_type(MIME_TYPE)
    });
    Ok((listed.collect(), more))
}

/// The text of a note, without invisible characters.
///
/// # Errors
/// There is none at this address, or the database does not work.
pub fn read(state: &State, uri: &str) -> Result<ResourceContents, ToolError> {
    let name = uri
        .strip_prefix(SCHEME)
        .and_then(|encoded| percent_decode_str(encoded).decode_utf8().ok())
        .and_then(|name| NoteName::try_from(name.into_owned()).ok());
    let Some(name) = name else {
        return Err(ToolError::new(
            ErrorKind::NotFound,
            format!("there is no resource '{}'", one_line(uri, 200)),
            "resources are note://NAME, with the name percent-encoded",
            "see resources/list",
        ));
    };
    let mut text = clean(&state.store.read(&name)?.content).text;
    let length = text.chars().count();
    if length > LONGEST {
        text.truncate(head(&text, LONGEST).len());
        let further = length - LONGEST;
        text.push_str(&format!(
            "\nMORE AVAILABLE: {further} further characters - call read_note with start={LONGEST}"
        ));
    }
    Ok(ResourceContents::text(text, uri).with_mime_type(MIME_TYPE))
}

/// The names that begin with what was typed.
///
/// # Errors
/// The database does not work.
pub fn complete(
    state: &State,
    template: &str,
    argument: &str,
    value: &str,
) -> Result<Vec<String>, ToolError> {
    if template != TEMPLATE || argument != "name" {
        return Ok(Vec::new());
    }
    state.store.complete(head(value, NAME_LENGTH), COMPLETIONS)
}

fn address(name: &str) -> String {
    format!("{SCHEME}{}", utf8_percent_encode(name, ENCODED))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::tests::state;

    fn text(state: &State, uri: &str) -> Result<String, ToolError> {
        match read(state, uri)? {
            ResourceContents::TextResourceContents { text, .. } => Ok(text),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_listed_can_be_read() {
        let state = state();
        for name in ["plain", "Ümlaut & co?", "100% {x}", "日本 #1"] {
            state.store.add(name, name, false).unwrap();
        }
        let (listed, more) = page(&state, None).unwrap();
        assert_eq!((listed.len(), more), (4, None));
        for resource in listed {
            assert!(resource.uri.is_ascii());
            assert_eq!(text(&state, &resource.uri).unwrap(), resource.name);
        }
    }

    #[test]
    fn pages_follow_one_another() {
        let state = state();
        for number in 0..120 {
            state
                .store
                .add(&format!("{number:03}"), "text", false)
                .unwrap();
        }
        let (mut listed, mut at) = (Vec::new(), None);
        loop {
            let (page, more) = page(&state, at.as_deref()).unwrap();
            listed.extend(page.into_iter().map(|resource| resource.name.clone()));
            at = more;
            if at.is_none() {
                break;
            }
        }
        assert_eq!(listed.len(), 120);
        assert!(listed.is_sorted());
        let error = page(&state, Some("forged")).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidInput);
    }

    #[test]
    fn what_is_missing_or_malformed_is_not_found() {
        let state = state();
        for uri in [
            "note://none",
            "note://",
            "note://%ff",
            "note://../etc/passwd",
            "note://a%2fb",
            "file:///etc/passwd",
            "note:x",
            "",
        ] {
            assert_eq!(
                text(&state, uri).unwrap_err().kind,
                ErrorKind::NotFound,
                "{uri}"
            );
        }
    }

    #[test]
    fn a_long_note_is_cut_and_says_so() {
        let state = state();
        state
            .store
            .add("long", &"é".repeat(100_000), false)
            .unwrap();
        let text = text(&state, "note://long").unwrap();
        assert!(text.chars().count() <= HARD_TOKENS * CHARACTERS_PER_TOKEN);
        assert!(
            text.ends_with("call read_note with start=39600"),
            "{}",
            &text[text.len() - 80..]
        );
    }

    #[test]
    fn names_are_completed() {
        let state = state();
        state.store.add("Beta", "text", false).unwrap();
        assert_eq!(complete(&state, TEMPLATE, "name", "B").unwrap(), ["Beta"]);
        assert!(complete(&state, TEMPLATE, "other", "B").unwrap().is_empty());
    }
}
