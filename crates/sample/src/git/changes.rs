//! Which files differ between two trees, and how.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{Flat, Git, Leaf, diff};

/// Texts above this size get no `patch`, as on GitHub.
const LARGEST: usize = 400_000;

/// One changed file.
pub(crate) struct Change {
    /// Path, the new one for a rename.
    pub(crate) path: String,
    /// Old path of a rename.
    pub(crate) previous: Option<String>,
    /// `added`, `removed`, `modified` or `renamed`.
    pub(crate) status: &'static str,
    /// Name of the new blob, or of the removed one.
    pub(crate) sha: String,
    /// Lines added.
    pub(crate) additions: usize,
    /// Lines removed.
    pub(crate) deletions: usize,
    /// Hunks; none for binary or very large files.
    pub(crate) patch: Option<String>,
    /// Old and new blob, for the header of a diff.
    blobs: (Option<String>, Option<String>),
}

impl Git {
    /// All changes from one tree to another, by path.
    pub(crate) fn changes(&self, old: &Flat, new: &Flat) -> Vec<Change> {
        let paths: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        let mut changes = Vec::new();
        let mut moved: BTreeSet<&str> = BTreeSet::new();
        for path in &paths {
            let (before, after) = (old.get(*path), new.get(*path));
            if before == after {
                continue;
            }
            let origin = match (before, after) {
                (None, Some(leaf)) => origin(leaf, old, new, &moved),
                _ => None,
            };
            if let Some(origin) = origin {
                moved.insert(origin);
            }
            changes.push(self.change(path, before, after, origin));
        }
        changes.retain(|change| !(change.status == "removed" && moved.contains(&*change.path)));
        changes
    }

    fn change(
        &self,
        path: &str,
        before: Option<&Leaf>,
        after: Option<&Leaf>,
        origin: Option<&str>,
    ) -> Change {
        let sha = |leaf: Option<&Leaf>| leaf.map(|leaf| leaf.sha.clone());
        let status = match (before, after, origin) {
            (_, _, Some(_)) => "renamed",
            (None, _, _) => "added",
            (_, None, _) => "removed",
            _ => "modified",
        };
        let lines = match origin {
            Some(_) => None,
            None => self
                .text(before)
                .zip(self.text(after))
                .map(|(a, b)| diff::patch(a, b)),
        };
        Change {
            path: path.to_owned(),
            previous: origin.map(str::to_owned),
            status,
            sha: sha(after).or_else(|| sha(before)).unwrap_or_default(),
            additions: lines.as_ref().map_or(0, |lines| lines.additions),
            deletions: lines.as_ref().map_or(0, |lines| lines.deletions),
            patch: lines.map(|lines| lines.text),
            blobs: (sha(before), sha(after)),
        }
    }

    /// A side's text; absent is empty, binary and very large files have none.
    fn text(&self, leaf: Option<&Leaf>) -> Option<&str> {
        let Some(leaf) = leaf else { return Some("") };
        let bytes = self.blob(&leaf.sha)?;
        if bytes.len() > LARGEST || bytes.contains(&0) {
            return None;
        }
        std::str::from_utf8(bytes).ok()
    }
}

/// Where an added file came from, when one with the same content went away.
fn origin<'a>(leaf: &Leaf, old: &'a Flat, new: &Flat, taken: &BTreeSet<&str>) -> Option<&'a str> {
    let gone = old.iter().filter(|(path, _)| !new.contains_key(*path));
    let mut same = gone.filter(|(path, was)| *was == leaf && !taken.contains(path.as_str()));
    same.next().map(|(path, _)| path.as_str())
}

/// A whole diff, as `git diff` prints it.
pub(crate) fn unified(changes: &[Change]) -> String {
    let mut out = String::new();
    for change in changes {
        let old = change.previous.as_deref().unwrap_or(&change.path);
        let _ = writeln!(out, "diff --git a/{old} b/{}", change.path);
        let short =
            |sha: &Option<String>| sha.as_deref().map_or("0000000", |sha| &sha[..7]).to_owned();
        let blobs = (short(&change.blobs.0), short(&change.blobs.1));
        let (mut from, mut to) = (format!("a/{old}"), format!("b/{}", change.path));
        match change.status {
            "added" => {
                out.push_str("new file mode 100644\n");
                "/dev/null".clone_into(&mut from);
            }
            "removed" => {
                out.push_str("deleted file mode 100644\n");
                "/dev/null".clone_into(&mut to);
            }
            "renamed" => {
                let _ = writeln!(
                    out,
                    "similarity index 100%\nrename from {old}\nrename to {}",
                    change.path
                );
                continue;
            }
            _ => {}
        }
        let _ = writeln!(out, "index {}..{}", blobs.0, blobs.1);
        match &change.patch {
            Some(patch) => {
                let _ = writeln!(out, "--- {from}\n+++ {to}\n{patch}");
            }
            None => {
                let _ = writeln!(out, "Binary files {from} and {to} differ");
            }
        }
    }
    out
}
