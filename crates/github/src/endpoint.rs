//! What to ask the API, and how to speak of it in an error.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::input::Repo;

/// GitHub's own media type.
pub const JSON: &str = "application/vnd.github+json";
/// The raw content of a file or readme.
pub const RAW: &str = "application/vnd.github.raw+json";
/// What stands at a path, a folder as an object with its sha too.
pub const OBJECT: &str = "application/vnd.github.object+json";
/// A pull request or commit as a diff.
pub const DIFF: &str = "application/vnd.github.diff";
/// Search results with the fragments that matched.
pub const TEXT_MATCH: &str = "application/vnd.github.text-match+json";

/// What stays as it is in one segment of a path (RFC 3986, unreserved).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A path, its query, and what they are about.
#[derive(Debug, Clone)]
pub struct Endpoint {
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) accept: &'static str,
    pub(crate) leaves_origin: bool,
    /// What this is, for errors: `issue o/r#7`.
    pub subject: String,
    /// What a 404 on it means beyond "missing or invisible".
    pub hint: &'static str,
}

impl Endpoint {
    /// The path made of `segments`, each encoded by itself, so that no value can leave its place.
    pub fn new<S: AsRef<str>>(
        subject: impl Into<String>,
        segments: impl IntoIterator<Item = S>,
    ) -> Self {
        let mut path = String::new();
        // "." and ".." would climb, encoded or not (WHATWG URL); no name on GitHub is one
        let is_dots = |segment: &S| matches!(segment.as_ref(), "." | "..");
        for segment in segments.into_iter().filter(|segment| !is_dots(segment)) {
            path.push('/');
            path.extend(utf8_percent_encode(segment.as_ref(), SEGMENT));
        }
        Self {
            path,
            query: String::new(),
            accept: JSON,
            leaves_origin: false,
            subject: subject.into(),
            hint: "",
        }
    }

    /// A path under `/repos/OWNER/NAME`.
    pub fn repo<S: AsRef<str>>(
        repo: &Repo,
        subject: impl Into<String>,
        segments: impl IntoIterator<Item = S>,
    ) -> Self {
        let mut endpoint = Self::new(subject, ["repos", &repo.owner, &repo.name]);
        let rest = Self::new("", segments);
        endpoint.path.push_str(&rest.path);
        endpoint
    }

    /// Adds the parts of a slash-separated path (a file, a branch), each encoded by itself.
    #[must_use]
    pub fn join(mut self, path: &str) -> Self {
        let parts = path.split('/').filter(|part| !part.is_empty());
        self.path.push_str(&Self::new("", parts).path);
        self
    }

    /// Adds a parameter.
    #[must_use]
    pub fn query(mut self, name: &str, value: impl AsRef<str>) -> Self {
        if !self.query.is_empty() {
            self.query.push('&');
        }
        self.query.push_str(name);
        self.query.push('=');
        self.query
            .extend(utf8_percent_encode(value.as_ref(), SEGMENT));
        self
    }

    /// Adds a parameter that may be absent.
    #[must_use]
    pub fn query_opt(self, name: &str, value: Option<impl AsRef<str>>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Asks for another media type.
    #[must_use]
    pub fn accept(mut self, accept: &'static str) -> Self {
        self.accept = accept;
        self
    }

    /// Lets a redirect lead to another host, where the token does not go: logs and archives.
    #[must_use]
    pub fn leaves_origin(mut self) -> Self {
        self.leaves_origin = true;
        self
    }

    /// Adds what a 404 here usually means and how to find the right thing.
    #[must_use]
    pub fn hint(mut self, hint: &'static str) -> Self {
        self.hint = hint;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_leaves_its_place() {
        let repo = Repo::parse("o/r").unwrap();
        let endpoint = Endpoint::repo(&repo, "x", ["contents"])
            .join("a b/../c?d#e/%2f")
            .query("ref", "fix/x&y=z");
        assert_eq!(endpoint.path, "/repos/o/r/contents/a%20b/c%3Fd%23e/%252f");
        assert_eq!(endpoint.query, "ref=fix%2Fx%26y%3Dz");
    }
}
