//! The kinds of object, and how git names them.

use std::fmt::Write as _;

use sha1::{Digest, Sha1};

/// Who did something, and when.
#[derive(Clone, Debug)]
pub(crate) struct Signature {
    /// Name as git shows it.
    pub(crate) name: String,
    /// Address as git shows it.
    pub(crate) email: String,
    /// The account behind the address.
    pub(crate) login: String,
    /// Seconds since 1970.
    pub(crate) at: i64,
}

/// A commit.
#[derive(Clone, Debug)]
pub(crate) struct Commit {
    /// Name; filled in by the store.
    pub(crate) sha: String,
    /// Root tree.
    pub(crate) tree: String,
    /// None for the first commit, two for a merge.
    pub(crate) parents: Vec<String>,
    /// Who wrote the change.
    pub(crate) author: Signature,
    /// Who put it on the branch.
    pub(crate) committer: Signature,
    /// Whole message.
    pub(crate) message: String,
}

/// What a path points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// `100644`, `100755`, `120000` or `040000`.
    pub(crate) mode: String,
    /// Name of the blob or tree.
    pub(crate) sha: String,
}

/// One line of a folder.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// File or folder name, without its path.
    pub(crate) name: String,
    /// What it points at.
    pub(crate) leaf: Leaf,
}

impl Leaf {
    /// A plain file.
    pub(crate) fn file(sha: String) -> Self {
        Self {
            mode: "100644".to_owned(),
            sha,
        }
    }

    /// Whether this is a folder.
    pub(crate) fn is_tree(&self) -> bool {
        self.mode == "040000"
    }
}

impl Entry {
    pub(super) fn new(name: &str, leaf: Leaf) -> Self {
        Self {
            name: name.to_owned(),
            leaf,
        }
    }

    /// Whether this is a folder.
    pub(crate) fn is_tree(&self) -> bool {
        self.leaf.is_tree()
    }

    /// Git sorts a folder as if its name ended in a slash.
    pub(super) fn sort_key(&self) -> String {
        let slash = if self.is_tree() { "/" } else { "" };
        format!("{}{slash}", self.name)
    }
}

impl Commit {
    /// First line of the message.
    pub(crate) fn title(&self) -> &str {
        self.message.lines().next().unwrap_or_default()
    }

    /// The object's content, from which its name follows.
    pub(super) fn text(&self) -> String {
        let line = |who: &Signature| format!("{} <{}> {} +0000", who.name, who.email, who.at);
        let parents: Vec<String> = self
            .parents
            .iter()
            .map(|parent| format!("parent {parent}\n"))
            .collect();
        let parents = parents.concat();
        format!(
            "tree {}\n{parents}author {}\ncommitter {}\n\n{}",
            self.tree,
            line(&self.author),
            line(&self.committer),
            self.message
        )
    }
}

/// Hexadecimal SHA-1 of plain bytes.
pub(crate) fn digest(bytes: &[u8]) -> String {
    hex(&Sha1::digest(bytes))
}

/// Git's name for an object of this kind and content.
pub(super) fn name(kind: &str, content: &[u8]) -> String {
    let mut hash = Sha1::new();
    hash.update(format!("{kind} {}\0", content.len()));
    hash.update(content);
    hex(&hash.finalize())
}

/// A tree's content.
pub(super) fn tree_bytes(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        let mode = entry.leaf.mode.trim_start_matches('0');
        bytes.extend(format!("{mode} {}\0", entry.name).bytes());
        let sha = entry.leaf.sha.as_bytes().chunks(2);
        bytes.extend(sha.map(|pair| pair.iter().fold(0, |sum, digit| sum * 16 + value(*digit))));
    }
    bytes
}

fn value(digit: u8) -> u8 {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
        .unwrap_or(0)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use crate::git::{Flat, Git, Leaf};

    #[test]
    fn names_are_those_git_gives() {
        let mut git = Git::default();
        let blob = git.put_blob(b"hello\n".to_vec());
        assert_eq!(blob, "ce013625030ba8dba906f756967f9e9ca394464a");
        let flat = Flat::from([("a.txt".to_owned(), Leaf::file(blob))]);
        assert_eq!(
            git.put_tree(&flat),
            "2e81171448eb9f2ee3821e3d447aa6b2fe3ddba1"
        );
        assert_eq!(
            git.put_tree(&Flat::new()),
            "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
        );
    }
}
