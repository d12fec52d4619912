//! Issues and pull requests: on GitHub a pull request is an issue with a branch.

/// An issue, or a pull request when `pull` is there.
pub(crate) struct Item {
    /// Numeric id.
    pub(crate) id: u64,
    /// Number within the repository.
    pub(crate) number: u64,
    /// Title.
    pub(crate) title: String,
    /// Text.
    pub(crate) body: Option<String>,
    /// Who opened it.
    pub(crate) author: String,
    /// Whether it is open.
    pub(crate) open: bool,
    /// `completed`, `not_planned`, `duplicate` or `reopened`.
    pub(crate) reason: Option<String>,
    /// Label names.
    pub(crate) labels: Vec<String>,
    /// Logins.
    pub(crate) assignees: Vec<String>,
    /// Milestone number.
    pub(crate) milestone: Option<u64>,
    /// Comments, oldest first.
    pub(crate) comments: Vec<Comment>,
    /// What else happened, oldest first.
    pub(crate) events: Vec<Event>,
    /// When it was opened.
    pub(crate) created_at: i64,
    /// When anything last happened.
    pub(crate) updated_at: i64,
    /// When, and by whom, it was closed.
    pub(crate) closed: Option<(i64, String)>,
    /// What makes it a pull request.
    pub(crate) pull: Option<Pull>,
}

/// A plain comment.
pub(crate) struct Comment {
    /// Numeric id.
    pub(crate) id: u64,
    /// Who.
    pub(crate) author: String,
    /// Text.
    pub(crate) body: String,
    /// When.
    pub(crate) at: i64,
}

/// A line of the timeline that is not a comment.
pub(crate) struct Event {
    /// Numeric id.
    pub(crate) id: u64,
    /// Who.
    pub(crate) actor: String,
    /// When.
    pub(crate) at: i64,
    /// What.
    pub(crate) what: What,
}

/// What an event says.
pub(crate) enum What {
    /// A label was put on.
    Labeled(String),
    /// A label was taken off.
    Unlabeled(String),
    /// Somebody is to do it.
    Assigned(String),
    /// Somebody no longer is.
    Unassigned(String),
    /// It was closed.
    Closed,
    /// It was opened again.
    Reopened,
    /// It was merged, as this commit.
    Merged(String),
    /// The title changed.
    Renamed(String, String),
    /// Another item names this one.
    CrossReferenced(u64),
    /// A review was asked for.
    ReviewRequested(String),
}

/// What a pull request has beyond an issue.
pub(crate) struct Pull {
    /// Branch it comes from.
    pub(crate) head_ref: String,
    /// Last commit of it.
    pub(crate) head_sha: String,
    /// Branch it goes to.
    pub(crate) base_ref: String,
    /// Where that branch was when the pull request was opened.
    pub(crate) base_sha: String,
    /// Not ready to be merged.
    pub(crate) draft: bool,
    /// When, by whom and as which commit it was merged.
    pub(crate) merged: Option<(i64, String, String)>,
    /// Reviews, oldest first.
    pub(crate) reviews: Vec<Review>,
    /// Comments on lines, oldest first.
    pub(crate) line_comments: Vec<LineComment>,
    /// Who is asked for a review.
    pub(crate) reviewers: Vec<String>,
}

/// A review.
pub(crate) struct Review {
    /// Numeric id.
    pub(crate) id: u64,
    /// Who.
    pub(crate) author: String,
    /// `APPROVED`, `CHANGES_REQUESTED` or `COMMENTED`.
    pub(crate) state: &'static str,
    /// Text.
    pub(crate) body: String,
    /// When.
    pub(crate) at: i64,
    /// The commit that was looked at.
    pub(crate) commit: String,
}

/// A comment on a line of the diff.
pub(crate) struct LineComment {
    /// Numeric id.
    pub(crate) id: u64,
    /// The review it came with.
    pub(crate) review: u64,
    /// Who.
    pub(crate) author: String,
    /// Text.
    pub(crate) body: String,
    /// File.
    pub(crate) path: String,
    /// Line on its side.
    pub(crate) line: usize,
    /// Whether the side is the old one.
    pub(crate) left: bool,
    /// The diff down to that line.
    pub(crate) hunk: String,
    /// The comment it answers.
    pub(crate) reply_to: Option<u64>,
    /// When.
    pub(crate) at: i64,
    /// The commit that was looked at.
    pub(crate) commit: String,
}

/// A label.
pub(crate) struct Label {
    /// Numeric id.
    pub(crate) id: u64,
    /// Name.
    pub(crate) name: String,
    /// Six hexadecimal digits.
    pub(crate) color: String,
    /// What it is for.
    pub(crate) description: String,
}

/// A milestone.
pub(crate) struct Milestone {
    /// Number, from 1.
    pub(crate) number: u64,
    /// Title.
    pub(crate) title: &'static str,
    /// What it is for.
    pub(crate) description: &'static str,
    /// When it should be done.
    pub(crate) due: i64,
    /// Whether it is open.
    pub(crate) open: bool,
}

impl Item {
    /// Notes that something happened.
    pub(crate) fn event(&mut self, id: u64, actor: &str, at: i64, what: What) {
        self.events.push(Event {
            id,
            actor: actor.to_owned(),
            at,
            what,
        });
        self.updated_at = self.updated_at.max(at);
    }

    /// Whether a text names this login with an at sign.
    pub(crate) fn mentions(&self, login: &str) -> bool {
        let name = format!("@{}", login.to_lowercase());
        let texts = self
            .comments
            .iter()
            .map(|comment| &comment.body)
            .chain(&self.body);
        texts
            .into_iter()
            .any(|text| text.to_lowercase().contains(&name))
    }
}

impl Pull {
    /// The last word of each reviewer: an approval or a request for changes.
    pub(crate) fn verdicts(&self) -> Vec<(&str, &'static str)> {
        let mut verdicts: Vec<(&str, &'static str)> = Vec::new();
        for review in self
            .reviews
            .iter()
            .filter(|review| review.state != "COMMENTED")
        {
            verdicts.retain(|(author, _)| *author != review.author);
            verdicts.push((&review.author, review.state));
        }
        verdicts
    }
}
