//! What an issue is linked with, from the events of its timeline.

use futures::future::OptionFuture;
use kit::{ToolError, untrusted::one_line};
use schemars::JsonSchema;
use seaworthy_kit as kit;
use serde::Serialize;

use crate::{
    client::Client,
    endpoint::Endpoint,
    input::Repo,
    model::TimelineEvent,
    output::{self, Item},
    shape,
};

/// Links that an answer shows at most.
const LINKS: usize = 12;
/// Events that GitHub gives at once.
const EVENTS: usize = 100;

/// What an issue is linked with.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Link {
    /// closed, referenced, merged, cross-referenced, ...
    event: String,
    /// login
    author: Option<String>,
    /// sha
    commit: Option<String>,
    /// owner/name
    repo: Option<String>,
    /// of an issue or pull request
    number: Option<u64>,
    title: Option<String>,
    state: Option<String>,
}

/// What happened to an issue.
pub(crate) struct Timeline {
    events: Vec<TimelineEvent>,
    /// Whether there may be more in between.
    has_gap: bool,
}

impl Timeline {
    /// The first events of the issue's timeline and, where it is long, the last, which say how it
    /// was closed.
    pub(crate) async fn read(client: &Client, repo: &Repo, number: u64) -> Result<Self, ToolError> {
        let subject = format!("the timeline of issue {repo}#{number}");
        let path = ["issues", &number.to_string(), "timeline"];
        let endpoint = Endpoint::repo(repo, subject, path).query("per_page", EVENTS.to_string());
        let first = client.get::<Vec<TimelineEvent>>(&endpoint).await?;
        let last = first.last_page.filter(|last| *last > 1);
        let last_endpoint = last.map(|last| endpoint.query("page", last.to_string()));
        let rest = OptionFuture::from(
            last_endpoint
                .as_ref()
                .map(|endpoint| client.get::<Vec<TimelineEvent>>(endpoint)),
        )
        .await
        .transpose()?;
        let mut events = first.data;
        events.extend(rest.into_iter().flat_map(|rest| rest.data));
        Ok(Self {
            events,
            has_gap: last.is_some_and(|last| last > 2),
        })
    }

    /// The lines about what the issue `number` is linked with.
    pub(crate) fn lines(&self, number: u64) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for line in self.events.iter().filter_map(link_line) {
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        if lines.len() > LINKS {
            let left = lines.len() - LINKS;
            lines.truncate(LINKS);
            lines.push(format!(
                "linked: {left} more are not shown; find_items with query={number} finds what mentions it"
            ));
        }
        lines.extend(self.gap().map(|gap| format!("linked: {gap}")));
        lines
    }

    /// All of them as data.
    pub(crate) fn links(&self) -> Vec<Link> {
        let mut links = Vec::new();
        for link in self.events.iter().filter_map(Link::of) {
            if !links.contains(&link) {
                links.push(link);
            }
        }
        links
    }

    /// What was not read, if anything.
    pub(crate) fn gap(&self) -> Option<String> {
        self.has_gap.then(|| {
            format!(
                "read from the first and last {EVENTS} events only; there may be more in between"
            )
        })
    }
}

impl Link {
    /// The link behind an event, if there is one.
    fn of(event: &TimelineEvent) -> Option<Self> {
        let issue = event
            .source
            .as_ref()
            .and_then(|source| source.issue.as_ref());
        let item = issue.map(Item::of);
        let of_commit = matches!(event.event.as_str(), "closed" | "referenced" | "merged");
        let commit = event.commit_id.clone().filter(|_| of_commit);
        if item.is_none() && commit.is_none() {
            return None;
        }
        Some(Self {
            event: event.event.clone(),
            author: output::login(event.actor.as_ref()),
            commit: commit.filter(|_| item.is_none()),
            repo: item.as_ref().and_then(|item| item.repo.clone()),
            number: item.as_ref().map(|item| item.number),
            title: item.as_ref().map(|item| item.title.clone()),
            state: item.map(|item| item.state),
        })
    }
}

fn link_line(event: &TimelineEvent) -> Option<String> {
    let by = shape::at(event.actor.as_ref());
    if let Some(issue) = event
        .source
        .as_ref()
        .and_then(|source| source.issue.as_ref())
    {
        let repo = issue.repository_url.rsplit_once("/repos/");
        let repo = one_line(repo.map_or("", |(_, repo)| repo), 140);
        let line = one_line(&shape::issue_line(issue), 220);
        return Some(format!("linked: {repo}{line}"));
    }
    let commit = shape::short(event.commit_id.as_deref()?).to_owned();
    match event.event.as_str() {
        "closed" => Some(format!("closed by commit {commit} of {by}")),
        "referenced" => Some(format!("linked: commit {commit} of {by}")),
        "merged" => Some(format!("merged as commit {commit} by {by}")),
        _ => None,
    }
}
