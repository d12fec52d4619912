//! `find_items`: find issues and pull requests, by list where it can and by search where it must.
//!
//! A list is exact, current and cheap (5,000 requests an hour); search takes words and
//! qualifiers but allows 30 requests a minute and gives at most 1,000 results.

use kit::{
    Call, Description, Hints, Reply, Tool, ToolError,
    answer::PAGE_TOKENS,
    auth::Scope,
    input::{Line, List, PageSize},
    schema,
    tool::TIMEOUT,
};
use schemars::JsonSchema;
use seaworthy_kit as kit;
use serde::{Deserialize, Serialize};

use crate::{
    Github,
    endpoint::Endpoint,
    input::{Label, Login, Repo},
    model::{Issue, SearchPage},
    output::Item,
    page::{self, Position},
    shape,
};

pub(super) const DEFAULT_PAGE: usize = 30;

/// The definition.
pub(super) const TOOL: Tool<Github> = Tool {
    name: "find_items",
    title: "Find issues and pull requests",
    description: Description {
        purpose: "Finds issues and pull requests of a repository, or anywhere by query.",
        arguments: "Give repo, query or both.",
        returns: "a line each (number, state, title, author, labels, comments, last change), paged.",
        effects: "Reads only.",
        not_for: "one item's text (read_issue, read_pull_request) or code (search_code).",
    },
    hints: Hints::READ,
    scope: Scope::Read,
    input: schema::input::<Arguments>,
    output: Some(schema::output::<ItemPage>),
    timeout: TIMEOUT,
    run: |github, call| Box::pin(run(github, call)),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// owner/name
    repo: Option<Repo>,
    /// search terms
    query: Option<Line<256>>,
    /// else both
    kind: Option<Kind>,
    /// else open
    state: Option<State>,
    /// all match
    #[serde(default)]
    labels: List<Label, 10>,
    /// login
    assignee: Option<Login>,
    /// login
    author: Option<Login>,
    /// else updated
    sort: Option<Sort>,
    /// else 30
    page_size: Option<PageSize>,
    /// to go on
    cursor: Option<Line<900>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Issue,
    Pull,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum State {
    Open,
    Closed,
    All,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Sort {
    Updated,
    Created,
    Comments,
}

impl Sort {
    fn name(self) -> &'static str {
        match self {
            Self::Updated => "updated",
            Self::Created => "created",
            Self::Comments => "comments",
        }
    }
}

/// A page of items.
#[derive(Debug, Serialize, JsonSchema)]
struct ItemPage {
    items: Vec<Item>,
    /// of all pages, where known
    total: Option<u64>,
    /// GitHub gave up before it had looked everywhere
    incomplete: bool,
    cursor: Option<String>,
}

impl ItemPage {
    fn of(call: &Call, found: &page::List<Issue>, size: usize) -> Result<Reply, ToolError> {
        let (items, cursor) = found.data(call, size, Item::of)?;
        Reply::data(&Self {
            items,
            total: found.total,
            incomplete: found.incomplete,
            cursor,
        })
    }
}

async fn run(github: &Github, call: Call) -> Result<Reply, ToolError> {
    let arguments: Arguments = call.parse()?;
    let position = Position::of(&call, arguments.cursor.as_deref())?;
    match (&arguments.query, &arguments.repo) {
        (None, None) => Err(ToolError::invalid(
            "neither repo nor query was given",
            "give repo=owner/name to list its items, or query to search everywhere",
        )),
        (None, Some(repo)) => list(github, &call, &arguments, repo, &position).await,
        (Some(query), _) => search(github, &call, &arguments, query, &position).await,
    }
}

async fn list(
    github: &Github,
    call: &Call,
    arguments: &Arguments,
    repo: &Repo,
    position: &Position,
) -> Result<Reply, ToolError> {
    let size = call.page_size(arguments.page_size, DEFAULT_PAGE);
    // GitHub lists both kinds together: asking for one takes larger pages, and so does code. One
    // size whatever is asked: a position counts items of such pages
    let per_page = match arguments.kind {
        None if !call.wants_data() => PageSize::CAP,
        _ => 100,
    };
    let labels: Vec<_> = arguments.labels.iter().map(Label::as_str).collect();
    let endpoint = Endpoint::repo(repo, format!("the list of items of {repo}"), ["issues"])
        .hint("check owner and name; search_code with kind=repositories finds a repository, get_context says who the token is")
        .query("state", state_name(arguments.state))
        .query("sort", arguments.sort.unwrap_or(Sort::Updated).name())
        .query("per_page", per_page.to_string())
        .query_opt("labels", (!labels.is_empty()).then(|| labels.join(",")))
        .query_opt("assignee", arguments.assignee.as_ref().map(Login::as_str))
        .query_opt("creator", arguments.author.as_ref().map(Login::as_str));
    let wanted = |issue: &Issue| match arguments.kind {
        None => true,
        Some(kind) => (kind == Kind::Pull) == issue.pull_request.is_some(),
    };
    // of one kind, a look at the next item tells whether there is a next page
    let want = size - usize::from(arguments.kind.is_none());
    let found =
        page::gather::<Vec<Issue>>(&github.client, &endpoint, position, want, wanted).await?;
    if call.wants_data() {
        return ItemPage::of(call, &found, size);
    }
    let mut answer = call.answer(PAGE_TOKENS);
    answer.line(match (found.items.is_empty(), position.seen()) {
        (false, _) => format!("Items of {repo}, {}:", state_name(arguments.state)),
        (true, _) if found.more(call, 0)?.is_some() => {
            format!("No matching items in this part of {repo}'s list.")
        }
        (true, 0) => format!(
            "No matching items in {repo}, {}.",
            state_name(arguments.state)
        ),
        (true, _) => format!("No further matching items in {repo}."),
    });
    let shown = answer.lines(&found.items, size, shape::issue_line);
    if let Some(more) = found.more(call, shown)? {
        answer.more(more);
    }
    Ok(answer.into())
}

fn state_name(state: Option<State>) -> &'static str {
    match state.unwrap_or(State::Open) {
        State::Open => "open",
        State::Closed => "closed",
        State::All => "all",
    }
}

/// The query with the filters as qualifiers. A qualifier that the caller wrote wins over the
/// default of its filter.
fn search_query(arguments: &Arguments, query: &str) -> String {
    let mut terms = vec![query.to_owned()];
    let mut add = |qualifier: String| terms.push(qualifier);
    if let Some(repo) = &arguments.repo {
        add(format!("repo:{repo}"));
    }
    match arguments.kind {
        Some(Kind::Issue) => add("is:issue".to_owned()),
        Some(Kind::Pull) => add("is:pr".to_owned()),
        None => {}
    }
    let says_state = ["state:", "is:open", "is:closed", "is:merged"]
        .iter()
        .any(|qualifier| query.contains(qualifier));
    match arguments.state {
        Some(State::All) => {}
        None if says_state => {}
        state => add(format!("state:{}", state_name(state))),
    }
    for label in arguments.labels.iter() {
        add(format!("label:\"{label}\""));
    }
    if let Some(assignee) = &arguments.assignee {
        add(format!("assignee:{assignee}"));
    }
    if let Some(author) = &arguments.author {
        add(format!("author:{author}"));
    }
    terms.join(" ")
}

async fn search(
    github: &Github,
    call: &Call,
    arguments: &Arguments,
    query: &str,
    position: &Position,
) -> Result<Reply, ToolError> {
    let size = call.page_size(arguments.page_size, DEFAULT_PAGE);
    let per_page = if call.wants_data() {
        PageSize::DATA_CAP
    } else {
        PageSize::CAP
    };
    let query = search_query(arguments, query);
    if query.chars().count() > 256 {
        return Err(ToolError::invalid(
            "the query and its filters have more than 256 characters, GitHub's limit",
            "use fewer words or filters",
        ));
    }
    let endpoint = Endpoint::new("the search", ["search", "issues"])
        .query("q", &query)
        .query_opt("sort", arguments.sort.map(Sort::name))
        .query("per_page", per_page.to_string());
    let found =
        page::gather::<SearchPage<Issue>>(&github.client, &endpoint, position, size - 1, |_| true)
            .await?;
    if call.wants_data() {
        return ItemPage::of(call, &found, size);
    }
    let total = found.total.unwrap_or_default();
    let mut answer = call.answer(PAGE_TOKENS);
    answer.line(format!("{} for: {query}", shape::matches(total)));
    if found.incomplete {
        answer.line("incomplete: GitHub gave up before it had looked everywhere; narrow the query (repo, words, created:) and search again");
    }
    let elsewhere = arguments.repo.is_none();
    let shown = answer.lines(&found.items, size, |issue| {
        let line = shape::issue_line(issue);
        match issue.repository_url.rsplit_once("/repos/") {
            Some((_, repo)) if elsewhere => format!("{repo}{line}"),
            _ => line,
        }
    });
    if let Some(more) = found.more_of_search(call, shown, "created:>=2026-01-01")? {
        answer.more(more);
    }
    Ok(answer.into())
}
