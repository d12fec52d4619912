//! Ancestry: logs, common ancestors and three-way merges of whole files.

use std::collections::{BTreeSet, HashSet};

use super::{Commit, Flat, Git, Leaf};

impl Git {
    /// A commit and all before it, newest first, a child always before its parents.
    pub(crate) fn log(&self, head: &str) -> Vec<&Commit> {
        let mut seen: HashSet<&str> = HashSet::new();
        let mut waiting: Vec<&Commit> = self.commit(head).into_iter().collect();
        let mut log = Vec::new();
        while let Some(commit) = take_newest(&mut waiting) {
            if !seen.insert(&commit.sha) {
                continue;
            }
            waiting.extend(
                commit
                    .parents
                    .iter()
                    .filter_map(|parent| self.commit(parent)),
            );
            log.push(commit);
        }
        log
    }

    /// The commits of `head` that `base` does not have, newest first.
    pub(crate) fn ahead(&self, base: &str, head: &str) -> Vec<&Commit> {
        let known: HashSet<&str> = self
            .log(base)
            .into_iter()
            .map(|commit| commit.sha.as_str())
            .collect();
        let mut log = self.log(head);
        log.retain(|commit| !known.contains(commit.sha.as_str()));
        log
    }

    /// Whether `old` is `new`, or before it.
    pub(crate) fn is_ancestor(&self, old: &str, new: &str) -> bool {
        self.log(new).iter().any(|commit| commit.sha == old)
    }

    /// The newest commit that both have.
    pub(crate) fn merge_base(&self, left: &str, right: &str) -> Option<&Commit> {
        let known: HashSet<&str> = self
            .log(left)
            .into_iter()
            .map(|commit| commit.sha.as_str())
            .collect();
        self.log(right)
            .into_iter()
            .find(|commit| known.contains(commit.sha.as_str()))
    }

    /// Brings the changes of `head` into `base`, or answers the paths that both have changed.
    ///
    /// Files are merged whole: two edits of one file conflict even when they are far apart.
    pub(crate) fn merge(&self, base: &str, head: &str) -> Result<Flat, Vec<String>> {
        let origin = self
            .merge_base(base, head)
            .map(|commit| commit.tree.clone());
        let origin = origin.map(|tree| self.flatten(&tree)).unwrap_or_default();
        let (ours, theirs) = (self.files(base), self.files(head));
        let paths: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
        let (mut merged, mut conflicts) = (Flat::new(), Vec::new());
        for path in paths {
            let (old, our, their) = (origin.get(path), ours.get(path), theirs.get(path));
            match pick(old, our, their) {
                Ok(Some(leaf)) => {
                    merged.insert(path.clone(), leaf.clone());
                }
                Ok(None) => {}
                Err(()) => conflicts.push(path.clone()),
            }
        }
        if conflicts.is_empty() {
            Ok(merged)
        } else {
            Err(conflicts)
        }
    }
}

/// The side that has changed, when only one has.
fn pick<'a>(
    old: Option<&'a Leaf>,
    our: Option<&'a Leaf>,
    their: Option<&'a Leaf>,
) -> Result<Option<&'a Leaf>, ()> {
    if our == their || their == old {
        Ok(our)
    } else if our == old {
        Ok(their)
    } else {
        Err(())
    }
}

fn take_newest<'a>(waiting: &mut Vec<&'a Commit>) -> Option<&'a Commit> {
    let newest = waiting
        .iter()
        .enumerate()
        .max_by_key(|(_, commit)| commit.committer.at)?
        .0;
    Some(waiting.swap_remove(newest))
}
