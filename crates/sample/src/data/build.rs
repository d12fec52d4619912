//! Small steps that all repositories are built with.

use crate::git::{Commit, Flat, Git, Leaf};
use crate::items::{Item, Label};
use crate::state::{Clock, Users};

/// Puts a text file into a tree.
pub(super) fn put(git: &mut Git, files: &mut Flat, path: &str, text: String) {
    let sha = git.put_blob(text.into_bytes());
    files.insert(path.to_owned(), Leaf::file(sha));
}

/// Commits a tree.
pub(super) fn commit(
    git: &mut Git,
    users: &Users,
    files: &Flat,
    parent: Option<String>,
    author: &str,
    message: &str,
    at: i64,
) -> String {
    let tree = git.put_tree(files);
    let who = users.signature(author, at);
    git.put_commit(Commit {
        sha: String::new(),
        tree,
        parents: parent.into_iter().collect(),
        author: who.clone(),
        committer: who,
        message: message.to_owned(),
    })
}

/// An open item that nothing has happened to yet.
pub(super) fn item(number: u64, author: &str, title: &str, body: String, at: i64) -> Item {
    Item {
        id: 2_600_000_000 + number * 7_411,
        number,
        title: title.to_owned(),
        body: Some(body),
        author: author.to_owned(),
        open: true,
        reason: None,
        labels: Vec::new(),
        assignees: Vec::new(),
        milestone: None,
        comments: Vec::new(),
        events: Vec::new(),
        created_at: at,
        updated_at: at,
        closed: None,
        pull: None,
    }
}

/// Labels from name, colour and description.
pub(super) fn labels(clock: &mut Clock, rows: &[(&str, &str, &str)]) -> Vec<Label> {
    let label = |(name, color, description): &(&str, &str, &str)| Label {
        id: clock.id(),
        name: (*name).to_owned(),
        color: (*color).to_owned(),
        description: (*description).to_owned(),
    };
    rows.iter().map(label).collect()
}
