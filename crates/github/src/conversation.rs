//! All that was said on a pull request: reviews, plain comments and line comments, which GitHub
//! keeps in three places, as one list. Line comments are grouped by file and thread.
//!
//! A comment's key names its place too (`review:5`, `plain:7`, `line:42`), because the ids of
//! the three places overlap.

use kit::{Answer, ToolError, data::excerpt, untrusted::one_line};
use schemars::JsonSchema;
use seaworthy_kit as kit;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    client::{Client, Fetched},
    endpoint::Endpoint,
    input::Repo,
    model::{Comment, LineComment, Review},
    output::{self, TEXT},
    shape,
};

/// One of the three places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Reviews,
    Plain,
    Lines,
}

/// The places in the order in which they are shown.
pub(crate) const SECTIONS: [Section; 3] = [Section::Reviews, Section::Plain, Section::Lines];

/// Where the conversation goes on: a section, a page of it and an entry of that page.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Place {
    #[serde(rename = "s")]
    pub(crate) section: usize,
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub(crate) link: Option<String>,
    #[serde(rename = "o", default)]
    pub(crate) offset: usize,
}

/// A review, comment or line comment of a pull request.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub(crate) struct PullComment {
    /// as line:42, plain:7 or review:5
    key: String,
    /// login
    author: Option<String>,
    created_at: String,
    body: String,
    /// of a review: approved, `changes_requested`, commented, ...
    verdict: Option<String>,
    /// of a line comment
    path: Option<String>,
    /// None when the diff has moved on
    line: Option<u64>,
    /// the key of the comment that began the thread
    reply_to: Option<String>,
}

/// One comment, ready to be shown.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// The file that a line comment is on; empty for others.
    file: String,
    /// The line above the text.
    pub(crate) head: String,
    /// The text.
    pub(crate) body: String,
    /// What reads it alone.
    pub(crate) key: String,
    /// The rest of it as data.
    about: PullComment,
}

/// A page of one section.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) entries: Vec<Entry>,
    pub(crate) next: Option<String>,
}

impl Section {
    fn word(self) -> &'static str {
        match self {
            Self::Reviews => "review",
            Self::Plain => "plain",
            Self::Lines => "line",
        }
    }

    /// Section and id of a key.
    pub(crate) fn of_key(key: &str) -> Result<(Self, u64), ToolError> {
        let parts = key.split_once(':');
        parts
            .and_then(|(word, id)| {
                let section = SECTIONS
                    .into_iter()
                    .find(|section| section.word() == word)?;
                Some((section, id.parse().ok()?))
            })
            .ok_or_else(|| {
                ToolError::invalid(
                    "comment is not like line:42, plain:7 or review:5",
                    "give the key that stands before the comment's author",
                )
            })
    }

    /// Reads a page: the first, or the one that `link` leads to.
    pub(crate) async fn page(
        self,
        client: &Client,
        repo: &Repo,
        number: u64,
        link: Option<&str>,
    ) -> Result<Page, ToolError> {
        let id = number.to_string();
        let (what, path) = match self {
            Self::Reviews => ("reviews", ["pulls", &id, "reviews"]),
            Self::Plain => ("comments", ["issues", &id, "comments"]),
            Self::Lines => ("line comments", ["pulls", &id, "comments"]),
        };
        let subject = format!("the {what} of pull request {repo}#{number}");
        let endpoint = Endpoint::repo(repo, subject, path).query("per_page", "100");
        Ok(match self {
            Self::Reviews => {
                let page = fetch::<Review>(client, &endpoint, link).await?;
                Page::of_reviews(page.data, page.next)
            }
            Self::Plain => {
                let page = fetch::<Comment>(client, &endpoint, link).await?;
                Page {
                    entries: page.data.into_iter().map(Entry::of_plain).collect(),
                    next: page.next,
                }
            }
            Self::Lines => {
                let page = fetch::<LineComment>(client, &endpoint, link).await?;
                Page::of_lines(page.data, page.next)
            }
        })
    }

    /// Reads one comment.
    pub(crate) async fn one(
        self,
        client: &Client,
        repo: &Repo,
        number: u64,
        id: u64,
    ) -> Result<Entry, ToolError> {
        let (number, id) = (number.to_string(), id.to_string());
        let path: &[&str] = match self {
            Self::Reviews => &["pulls", &number, "reviews", &id],
            Self::Plain => &["issues", "comments", &id],
            Self::Lines => &["pulls", "comments", &id],
        };
        let subject = format!("comment {}:{id} of {repo}#{number}", self.word());
        let endpoint = Endpoint::repo(repo, subject, path)
            .hint("call with part=comments, which shows each comment with its key");
        Ok(match self {
            Self::Reviews => Entry::of_review(client.get::<Review>(&endpoint).await?.data),
            Self::Plain => Entry::of_plain(client.get::<Comment>(&endpoint).await?.data),
            Self::Lines => Entry::of_line(client.get::<LineComment>(&endpoint).await?.data),
        })
    }
}

async fn fetch<T: DeserializeOwned>(
    client: &Client,
    endpoint: &Endpoint,
    link: Option<&str>,
) -> Result<Fetched<Vec<T>>, ToolError> {
    match link {
        Some(link) => client.get_link(link, endpoint).await,
        None => client.get(endpoint).await,
    }
}

impl Page {
    /// The reviews that say something; their verdicts are told elsewhere.
    pub(crate) fn of_reviews(reviews: Vec<Review>, next: Option<String>) -> Self {
        let said = reviews
            .into_iter()
            .filter(|review| !review.body.trim().is_empty());
        Self {
            entries: said.map(Entry::of_review).collect(),
            next,
        }
    }

    fn of_lines(mut comments: Vec<LineComment>, next: Option<String>) -> Self {
        comments.sort_by(|a, b| {
            let thread = |comment: &LineComment| comment.in_reply_to_id.unwrap_or(comment.id);
            (&a.path, thread(a), a.id).cmp(&(&b.path, thread(b), b.id))
        });
        Self {
            entries: comments.into_iter().map(Entry::of_line).collect(),
            next,
        }
    }
}

impl Entry {
    /// The entry as data, with its text from character `start`.
    pub(crate) fn data(&self, start: usize) -> PullComment {
        PullComment {
            key: self.key.clone(),
            body: excerpt(&self.body, start, TEXT).to_owned(),
            ..self.about.clone()
        }
    }

    fn of_review(review: Review) -> Self {
        let key = format!("review:{}", review.id);
        let head = format!(
            "comment {key} by {}, {}, {}:",
            shape::at(review.user.as_ref()),
            one_line(&review.state.to_ascii_lowercase().replace('_', " "), 30),
            shape::minute(&review.submitted_at)
        );
        Self {
            file: String::new(),
            head,
            about: PullComment {
                author: output::login(review.user.as_ref()),
                created_at: review.submitted_at,
                verdict: Some(review.state.to_ascii_lowercase()),
                ..PullComment::default()
            },
            body: review.body,
            key,
        }
    }

    fn of_plain(comment: Comment) -> Self {
        let key = format!("plain:{}", comment.id);
        let head = format!(
            "comment {key} by {}, {}:",
            shape::at(comment.user.as_ref()),
            shape::minute(&comment.created_at)
        );
        Self {
            file: String::new(),
            head,
            about: PullComment {
                author: output::login(comment.user.as_ref()),
                created_at: comment.created_at,
                ..PullComment::default()
            },
            body: comment.body,
            key,
        }
    }

    fn of_line(comment: LineComment) -> Self {
        let key = format!("line:{}", comment.id);
        let at = match (comment.line, comment.original_line) {
            _ if comment.in_reply_to_id.is_some() => String::new(),
            (Some(line), _) if comment.side == "LEFT" => format!(" on old line {line}"),
            (Some(line), _) => format!(" on line {line}"),
            (None, Some(line)) => format!(" on line {line} of an outdated diff"),
            (None, None) => " on the file".to_owned(),
        };
        let reply = comment
            .in_reply_to_id
            .map_or(String::new(), |id| format!(", reply to line:{id}"));
        let head = format!(
            "comment {key} by {}{at}{reply}, {}:",
            shape::at(comment.user.as_ref()),
            shape::minute(&comment.created_at)
        );
        Self {
            file: one_line(&comment.path, 300),
            head,
            about: PullComment {
                author: output::login(comment.user.as_ref()),
                created_at: comment.created_at,
                path: Some(comment.path),
                line: comment.line,
                reply_to: comment.in_reply_to_id.map(|id| format!("line:{id}")),
                ..PullComment::default()
            },
            body: comment.body,
            key,
        }
    }
}

/// Writes entries while they fit and leave `spare` characters, each cut to `share`; the first in
/// any case when `forced`. Answers how many were written.
pub(crate) fn write(
    answer: &mut Answer,
    entries: &[Entry],
    share: usize,
    spare: usize,
    forced: bool,
) -> usize {
    let mut file = "";
    let mut written = 0;
    for entry in entries {
        let opens = entry.file != file && !entry.file.is_empty();
        let heading = format!("on file {}:", entry.file);
        let cost = heading.chars().count()
            + entry.head.chars().count()
            + 2
            + shape::quote_cost(&entry.body, 0, share);
        if cost + spare > answer.room() && !(forced && written == 0) {
            break;
        }
        if opens {
            answer.line(heading);
        }
        file = &entry.file;
        answer.line(&entry.head);
        shape::quote(answer, &entry.body, 0, share, |end| {
            format!("comment={}, start={end}", entry.key)
        });
        written += 1;
    }
    written
}
