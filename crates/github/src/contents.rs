//! What stands at a path of a repository, and how its bytes become text.

use base64::{Engine, prelude::BASE64_STANDARD};
use kit::ToolError;
use seaworthy_kit as kit;

use crate::{
    client::Client,
    endpoint::{Endpoint, OBJECT, RAW},
    input::Repo,
    model::{Content, Contents, Tree},
    shape,
};

/// The largest file that is read; the client reads no larger answer.
const LARGEST: u64 = 32 * 1024 * 1024;
/// Entries of a folder that the contents API gives at most.
const LISTING_CEILING: usize = 1_000;

/// What stands at a path.
#[derive(Debug)]
pub(crate) enum Found {
    /// A file, a symbolic link or a submodule.
    One(Box<Content>),
    /// A folder and, where the API tells it, its tree.
    Folder(Vec<Content>, String),
}

/// The endpoint of `path` (the root when empty) at `at` (the default branch when none).
fn endpoint(repo: &Repo, path: &str, at: Option<&str>) -> Endpoint {
    let (subject, hint) = if path.is_empty() {
        (
            format!("the top folder of {repo}"),
            "repo_overview says whether the repository exists and is empty; ref must be one of its branches, tags or commits",
        )
    } else {
        (
            format!("{path} in {repo}"),
            "read_code with the folder above as path lists what is there; ref must be an existing branch, tag or commit",
        )
    };
    Endpoint::repo(repo, subject, ["contents"])
        .join(path)
        .query_opt("ref", at)
        .hint(hint)
}

/// Reads what stands at `path`.
///
/// # Errors
/// As [`Client::get`].
pub(crate) async fn load(
    client: &Client,
    repo: &Repo,
    path: &str,
    at: Option<&str>,
) -> Result<Found, ToolError> {
    let endpoint = endpoint(repo, path, at).accept(OBJECT);
    Ok(match client.get::<Contents>(&endpoint).await?.data {
        Contents::Listing(entries) => Found::Folder(entries, String::new()),
        Contents::One(one) if one.kind == "dir" => Found::Folder(one.entries, one.sha),
        Contents::One(one) => Found::One(one),
    })
}

/// The bytes of `file`, which GitHub gives apart when it is over 1 MB.
///
/// # Errors
/// It is over the size that is read, or as [`Client::get_bytes`].
pub(crate) async fn bytes(
    client: &Client,
    repo: &Repo,
    file: &Content,
    at: Option<&str>,
) -> Result<Vec<u8>, ToolError> {
    if file.size > LARGEST {
        return Err(ToolError::invalid(
            format!(
                "{} is a file of {}; files are read up to 33.5 MB",
                file.path,
                shape::bytes(file.size)
            ),
            "clone the repository with git to read it, or read a smaller file",
        ));
    }
    if let Some(bytes) = inline(file) {
        return Ok(bytes);
    }
    let endpoint = endpoint(repo, &file.path, at).accept(RAW);
    Ok(client.get_bytes(&endpoint).await?.to_vec())
}

/// The content that came with the file's description; none when it must be asked for.
pub(crate) fn inline(file: &Content) -> Option<Vec<u8>> {
    if file.content.is_empty() && (file.size > 0 || file.encoding == "none") {
        return None;
    }
    let unbroken: Vec<u8> = file
        .content
        .bytes()
        .filter(|b| !b.is_ascii_whitespace())
        .collect();
    BASE64_STANDARD.decode(unbroken).ok()
}

/// Text from the bytes of a file, and a word on it when it was no plain UTF-8; none for binary
/// content, which git tells by its zero bytes too.
pub(crate) fn text(bytes: &[u8]) -> Option<(String, &'static str)> {
    let wide = |from: fn([u8; 2]) -> u16| {
        let units = bytes[2..].as_chunks().0.iter().map(|pair| from(*pair));
        let units: Vec<u16> = units.collect();
        (
            String::from_utf16_lossy(&units),
            "it is UTF-16, shown as UTF-8",
        )
    };
    if bytes.starts_with(&[0xff, 0xfe]) {
        return Some(wide(u16::from_le_bytes));
    }
    if bytes.starts_with(&[0xfe, 0xff]) {
        return Some(wide(u16::from_be_bytes));
    }
    if bytes.contains(&0) {
        return None;
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    Some(match std::str::from_utf8(bytes) {
        Ok(text) if text.starts_with("version https://git-lfs.github.com/spec/") => (
            text.to_owned(),
            "it is a Git LFS pointer, the content itself is kept outside the repository",
        ),
        Ok(text) => (text.to_owned(), ""),
        Err(_) => (
            String::from_utf8_lossy(bytes).into_owned(),
            "it is not UTF-8, what could not be read is shown as \u{fffd}",
        ),
    })
}

/// One entry of a listing.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Its full path.
    pub(crate) path: String,
    /// `dir`, `file`, `link` or `submodule`.
    pub(crate) kind: &'static str,
    /// Its size in bytes, of files.
    pub(crate) size: u64,
}

/// The entries of a folder, and whether GitHub left some out.
#[derive(Debug)]
pub(crate) struct Listing {
    /// The entries.
    pub(crate) entries: Vec<Entry>,
    /// Whether GitHub left some out.
    pub(crate) truncated: bool,
}

impl Listing {
    /// The folder `path`, or with `recursive` every file below it. `entries` and `tree` are what
    /// [`load`] gave; a folder that they do not tell whole is read as a git tree.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub(crate) async fn of(
        client: &Client,
        repo: &Repo,
        path: &str,
        at: Option<&str>,
        found: (Vec<Content>, String),
        recursive: bool,
    ) -> Result<Self, ToolError> {
        let (entries, tree) = found;
        let path = path.trim_matches('/');
        let full = entries.len() >= LISTING_CEILING;
        if !recursive && (!full || tree.is_empty()) {
            return Ok(Self {
                entries: entries.into_iter().map(Entry::from).collect(),
                truncated: full,
            });
        }
        let below = if path.is_empty() {
            String::new()
        } else {
            format!("{path}/")
        };
        // without the folder's own tree: that of the whole repository, of which a part is kept
        let (tree, prefix, keep) = if tree.is_empty() {
            (at.unwrap_or("HEAD").to_owned(), "", below.as_str())
        } else {
            (tree, below.as_str(), "")
        };
        let endpoint = Endpoint::repo(repo, format!("the tree of {repo}"), ["git", "trees", &tree])
            .query_opt("recursive", recursive.then_some("1"));
        let tree = client.get::<Tree>(&endpoint).await?.data;
        let entries = tree.tree.into_iter();
        let entries = entries
            .filter(|entry| entry.path.starts_with(keep) && !(recursive && entry.kind == "tree"));
        Ok(Self {
            entries: entries
                .map(|entry| Entry {
                    path: format!("{prefix}{}", entry.path),
                    kind: match (entry.kind.as_str(), entry.mode.as_str()) {
                        ("tree", _) => "dir",
                        ("commit", _) => "submodule",
                        (_, "120000") => "link",
                        _ => "file",
                    },
                    size: entry.size,
                })
                .collect(),
            truncated: tree.truncated,
        })
    }
}

impl From<Content> for Entry {
    fn from(content: Content) -> Self {
        Self {
            kind: match content.kind.as_str() {
                "dir" => "dir",
                "symlink" => "link",
                // an older API version lists a submodule as a file without a size
                "submodule" => "submodule",
                _ if !content.submodule_git_url.is_empty() => "submodule",
                _ => "file",
            },
            path: content.path,
            size: content.size,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_text_or_are_binary() {
        assert_eq!(text(b"").unwrap(), (String::new(), ""));
        assert_eq!(text(b"\xef\xbb\xbfa\n").unwrap().0, "a\n");
        assert_eq!(text(b"\xff\xfea\0\n\0").unwrap().0, "a\n");
        assert_eq!(text(b"\xfe\xff\0a\0").unwrap().0, "a");
        assert!(text(b"caf\xe9").unwrap().1.contains("not UTF-8"));
        assert_eq!(text(b"\x89PNG\0"), None);
        let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00";
        assert!(text(pointer).unwrap().1.contains("Git LFS"));
    }
}
