//! A git repository in memory: real object names, real trees, real ancestry.
//!
//! Objects are never thrown away, as on a server that has not been repacked.

pub(crate) mod changes;
pub(crate) mod diff;
mod history;
pub(crate) mod object;

use std::collections::{BTreeMap, HashMap};

pub(crate) use object::{Commit, Entry, Leaf, Signature};

/// A whole tree by path, folders left out.
pub(crate) type Flat = BTreeMap<String, Leaf>;

/// The object store of one repository.
#[derive(Default)]
pub(crate) struct Git {
    blobs: HashMap<String, Vec<u8>>,
    trees: HashMap<String, Vec<Entry>>,
    commits: HashMap<String, Commit>,
}

impl Git {
    /// Stores a file's bytes and answers their name.
    pub(crate) fn put_blob(&mut self, bytes: Vec<u8>) -> String {
        let sha = object::name("blob", &bytes);
        self.blobs.entry(sha.clone()).or_insert(bytes);
        sha
    }

    /// Stores a tree and all its folders.
    pub(crate) fn put_tree(&mut self, flat: &Flat) -> String {
        let mut entries = Vec::new();
        let mut folders: BTreeMap<&str, Flat> = BTreeMap::new();
        for (path, leaf) in flat {
            match path.split_once('/') {
                Some((folder, rest)) => {
                    folders
                        .entry(folder)
                        .or_default()
                        .insert(rest.to_owned(), leaf.clone());
                }
                None => entries.push(Entry::new(path, leaf.clone())),
            }
        }
        for (folder, inside) in folders {
            let leaf = Leaf {
                mode: "040000".to_owned(),
                sha: self.put_tree(&inside),
            };
            entries.push(Entry::new(folder, leaf));
        }
        entries.sort_by_key(Entry::sort_key);
        let sha = object::name("tree", &object::tree_bytes(&entries));
        self.trees.insert(sha.clone(), entries);
        sha
    }

    /// Stores a commit and answers its name.
    pub(crate) fn put_commit(&mut self, mut commit: Commit) -> String {
        commit.sha = object::name("commit", commit.text().as_bytes());
        let sha = commit.sha.clone();
        self.commits.insert(sha.clone(), commit);
        sha
    }

    /// A file's bytes.
    pub(crate) fn blob(&self, sha: &str) -> Option<&[u8]> {
        self.blobs.get(sha).map(Vec::as_slice)
    }

    /// The entries of one folder.
    pub(crate) fn tree(&self, sha: &str) -> Option<&[Entry]> {
        self.trees.get(sha).map(Vec::as_slice)
    }

    /// A commit by its full name.
    pub(crate) fn commit(&self, sha: &str) -> Option<&Commit> {
        self.commits.get(sha)
    }

    /// The full name of the only commit that starts so (4 digits or more).
    pub(crate) fn expand(&self, prefix: &str) -> Option<&str> {
        if prefix.len() < 4 {
            return None;
        }
        let mut found = self.commits.keys().filter(|sha| sha.starts_with(prefix));
        let first = found.next()?;
        found.next().is_none().then_some(first.as_str())
    }

    /// Whether an object of this name exists, whatever its kind.
    pub(crate) fn contains(&self, sha: &str) -> bool {
        self.blobs.contains_key(sha)
            || self.trees.contains_key(sha)
            || self.commits.contains_key(sha)
    }

    /// Everything below a tree, by path. An unknown tree is empty.
    pub(crate) fn flatten(&self, tree: &str) -> Flat {
        let mut flat = Flat::new();
        for entry in self.tree(tree).unwrap_or_default() {
            if entry.is_tree() {
                for (path, leaf) in self.flatten(&entry.leaf.sha) {
                    flat.insert(format!("{}/{path}", entry.name), leaf);
                }
            } else {
                flat.insert(entry.name.clone(), entry.leaf.clone());
            }
        }
        flat
    }

    /// Everything in a commit, by path. An unknown commit is empty.
    pub(crate) fn files(&self, commit: &str) -> Flat {
        self.commit(commit)
            .map(|commit| self.flatten(&commit.tree))
            .unwrap_or_default()
    }

    /// What is at a path of a tree: a file, or a folder.
    pub(crate) fn at(&self, tree: &str, path: &str) -> Option<Leaf> {
        let mut leaf = Leaf {
            mode: "040000".to_owned(),
            sha: tree.to_owned(),
        };
        for name in path.split('/').filter(|name| !name.is_empty()) {
            let entries = self.tree(&leaf.sha)?;
            leaf = entries
                .iter()
                .find(|entry| entry.name == name)?
                .leaf
                .clone();
        }
        Some(leaf)
    }
}
