//! The resources: one file each, listed here by address.
//!
//! To add one: write `NAME.rs` with a `RESOURCE`, add it to [`RESOURCES`] (sorted by address)
//! and run the tests.

use futures::future::BoxFuture;
use kit::{
    ToolError,
    model::{Resource, ResourceContents, ResourceTemplate},
};
use percent_encoding::percent_decode_str;
use seaworthy_kit as kit;

use crate::Github;

mod file;
mod limits;
mod readme;
mod search_qualifiers;
mod statuses;
mod tools_pyi;

/// Something to read at an address.
pub(crate) struct Entry {
    /// The address; with `{name}` parts a template (RFC 6570), `{+path}` taking the rest.
    pub(crate) uri: &'static str,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) read: Read,
}

/// Reads what the parts of an address name; the parts come in the order of the template.
type Read = for<'a> fn(&'a Github, Vec<String>) -> BoxFuture<'a, Result<String, ToolError>>;

/// Every resource, sorted by address.
pub(crate) const RESOURCES: &[&Entry] = &[
    &limits::RESOURCE,
    &search_qualifiers::RESOURCE,
    &statuses::RESOURCE,
    &tools_pyi::RESOURCE,
    &file::RESOURCE,
    &readme::RESOURCE,
];

impl Entry {
    fn is_template(&self) -> bool {
        self.uri.contains('{')
    }

    /// The parts of `uri` that stand for the template's variables, decoded; `None` if it is
    /// another resource's address.
    fn matches(&self, uri: &str) -> Option<Vec<String>> {
        let mut parts = Vec::new();
        let (mut template, mut rest) = (self.uri, uri);
        while let Some((literal, after)) = template.split_once('{') {
            rest = rest.strip_prefix(literal)?;
            let (variable, after) = after.split_once('}')?;
            let end = if variable.starts_with('+') {
                rest.len()
            } else {
                rest.find('/').unwrap_or(rest.len())
            };
            let part = percent_decode_str(&rest[..end]).decode_utf8().ok()?;
            if part.is_empty() {
                return None;
            }
            parts.push(part.into_owned());
            rest = &rest[end..];
            template = after;
        }
        (rest == template).then_some(parts)
    }
}

/// The resources with a fixed address.
pub(crate) fn list() -> Vec<Resource> {
    let fixed = RESOURCES.iter().filter(|entry| !entry.is_template());
    fixed
        .map(|entry| {
            Resource::new(entry.uri, entry.name)
                .with_description(entry.description)
                .with_mime_type("text/plain")
        })
        .collect()
}

/// The resources with parameters in their address.
pub(crate) fn templates() -> Vec<ResourceTemplate> {
    let templates = RESOURCES.iter().filter(|entry| entry.is_template());
    templates
        .map(|entry| {
            ResourceTemplate::new(entry.uri, entry.name)
                .with_description(entry.description)
                .with_mime_type("text/plain")
        })
        .collect()
}

/// Reads the resource at `uri`.
pub(crate) async fn read(github: &Github, uri: &str) -> Result<ResourceContents, ToolError> {
    for entry in RESOURCES {
        if let Some(parts) = entry.matches(uri) {
            let text = (entry.read)(github, parts).await?;
            return Ok(ResourceContents::text(text, uri).with_mime_type("text/plain"));
        }
    }
    let known: Vec<_> = RESOURCES.iter().map(|entry| entry.uri).collect();
    Err(ToolError::new(
        kit::ErrorKind::NotFound,
        format!(
            "there is no resource {}",
            kit::untrusted::one_line(uri, 200)
        ),
        format!("read one of {}", known.join(", ")),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_is_the_folder() {
        let mut stems: Vec<_> =
            std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/resources"))
                .unwrap()
                .map(|entry| {
                    entry
                        .unwrap()
                        .path()
                        .file_stem()
                        .unwrap()
                        .to_string_lossy()
                        .into_owned()
                })
                .filter(|stem| stem != "mod")
                .collect();
        stems.sort();
        let mut names: Vec<_> = RESOURCES
            .iter()
            .map(|entry| entry.name.replace('-', "_"))
            .collect();
        names.sort();
        assert_eq!(names, stems);
        let uris: Vec<_> = RESOURCES
            .iter()
            .map(|entry| (entry.is_template(), entry.uri))
            .collect();
        assert!(uris.is_sorted(), "{uris:?}");
    }

    #[test]
    fn addresses_are_taken_apart() {
        let parts = |entry: &Entry, uri: &str| entry.matches(uri);
        assert_eq!(parts(&limits::RESOURCE, "github://limits"), Some(vec![]));
        assert_eq!(parts(&limits::RESOURCE, "github://limits/x"), None);
        assert_eq!(
            parts(&file::RESOURCE, "github://o/r/file/src/a%20b.rs"),
            Some(vec!["o".into(), "r".into(), "src/a b.rs".into()])
        );
        assert_eq!(
            parts(&readme::RESOURCE, "github://o/r/readme"),
            Some(vec!["o".into(), "r".into()])
        );
        for bad in [
            "",
            "github://o/readme",
            "github://o//readme",
            "https://o/r/readme",
            "github://o/r/file/",
        ] {
            assert!(
                RESOURCES.iter().all(|entry| entry.matches(bad).is_none()),
                "{bad}"
            );
        }
    }
}
