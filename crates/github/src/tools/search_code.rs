//! `search_code`: code, repositories and commits by GitHub's search.

use kit::{
    Answer, Call, Description, ErrorKind, Hints, Reply, Tool, ToolError,
    answer::PAGE_TOKENS,
    auth::Scope,
    input::{Line, PageSize},
    schema,
    tool::TIMEOUT,
    untrusted::{clean, head, one_line},
};
use schemars::JsonSchema;
use seaworthy_kit as kit;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    Github,
    endpoint::{Endpoint, TEXT_MATCH},
    input::Repo,
    model::{FoundCommit, FoundFile, Repository, SearchPage, TextMatch},
    output,
    page::{self, Position},
    shape,
};

pub(super) const DEFAULT_PAGE: usize = 10;
/// Excerpts that one result shows, and the characters of each.
const EXCERPTS: usize = 2;
const EXCERPT: usize = 300;

/// The definition.
pub(super) const TOOL: Tool<Github> = Tool {
    name: "search_code",
    title: "Search code, repositories and commits",
    description: Description {
        purpose: "Searches code of default branches, repositories, or commit messages.",
        arguments: "query takes words and qualifiers such as path:src language:rust.",
        returns: "one line a result, with excerpts, paged. Code search needs a token and allows 9 calls a minute.",
        effects: "Reads only.",
        not_for: "issues and pull requests (find_items), other branches or listing files (read_code).",
    },
    hints: Hints::READ,
    scope: Scope::Read,
    input: schema::input::<Arguments>,
    output: Some(schema::output::<Found>),
    timeout: TIMEOUT,
    run: |github, call| Box::pin(run(github, call)),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// words and qualifiers
    query: Line<256>,
    /// default code
    kind: Option<Kind>,
    /// owner/name
    repo: Option<Repo>,
    /// items a page
    page_size: Option<PageSize>,
    /// to go on
    cursor: Option<Line<2000>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Code,
    Repositories,
    Commits,
}

/// A page of what a search found, of the kind that was asked for.
#[derive(Debug, Serialize, JsonSchema)]
struct Found {
    items: Vec<FoundItem>,
    total: Option<u64>,
    /// GitHub gave up before it had looked everywhere
    incomplete: bool,
    cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
enum FoundItem {
    Code(CodeHit),
    Repository(RepositoryHit),
    Commit(CommitHit),
}

/// A file that matches.
#[derive(Debug, Serialize, JsonSchema)]
struct CodeHit {
    repo: String,
    path: String,
    /// the text around the matches
    excerpts: Vec<String>,
}

/// A repository that matches.
#[derive(Debug, Serialize, JsonSchema)]
struct RepositoryHit {
    repo: String,
    description: String,
    language: Option<String>,
    stars: u64,
    archived: bool,
    pushed_at: Option<String>,
}

/// A commit that matches.
#[derive(Debug, Serialize, JsonSchema)]
struct CommitHit {
    repo: String,
    commit: output::Commit,
}

/// What a search finds.
trait Hit: DeserializeOwned {
    /// The line that names it; `elsewhere` when it may be of any repository.
    fn line(&self, elsewhere: bool) -> String;
    /// Texts that other people wrote, to be quoted below the line.
    fn excerpts(&self) -> Vec<&str>;
    /// The same as data.
    fn data(&self) -> FoundItem;
}

impl Hit for FoundFile {
    fn line(&self, elsewhere: bool) -> String {
        let path = one_line(&self.path, 300);
        format!("file {path}{}", place(&self.repository, elsewhere))
    }
    fn excerpts(&self) -> Vec<&str> {
        fragments(&self.text_matches).collect()
    }
    fn data(&self) -> FoundItem {
        FoundItem::Code(CodeHit {
            repo: self.repository.full_name.clone(),
            path: self.path.clone(),
            excerpts: fragments(&self.text_matches).map(str::to_owned).collect(),
        })
    }
}

impl Hit for FoundCommit {
    fn line(&self, elsewhere: bool) -> String {
        let line = shape::commit_line(&self.commit);
        format!("{line}{}", place(&self.repository, elsewhere))
    }
    fn excerpts(&self) -> Vec<&str> {
        // the line shows the title already
        let message = &self.commit.commit.message;
        let title = message.lines().next().unwrap_or_default();
        fragments(&self.text_matches)
            .filter(|fragment| !title.contains(fragment.trim()))
            .collect()
    }
    fn data(&self) -> FoundItem {
        FoundItem::Commit(CommitHit {
            repo: self.repository.full_name.clone(),
            commit: output::Commit::of(&self.commit),
        })
    }
}

impl Hit for Repository {
    fn line(&self, _: bool) -> String {
        let archived = if self.archived { ", archived" } else { "" };
        let language = match one_line(&self.language, 40) {
            language if language.is_empty() => "no language".to_owned(),
            language => language,
        };
        format!(
            "repository {}: {language}, {}, pushed {}{archived}",
            one_line(&self.full_name, 140),
            shape::count(self.stargazers_count, "star"),
            shape::day(&self.pushed_at)
        )
    }
    fn excerpts(&self) -> Vec<&str> {
        vec![self.description.as_str()]
    }
    fn data(&self) -> FoundItem {
        FoundItem::Repository(RepositoryHit {
            repo: self.full_name.clone(),
            description: self.description.clone(),
            language: output::some(&self.language),
            stars: self.stargazers_count,
            archived: self.archived,
            pushed_at: output::some(&self.pushed_at),
        })
    }
}

/// ` (in o/r)`, or nothing.
fn place(repository: &Repository, elsewhere: bool) -> String {
    if elsewhere && !repository.full_name.is_empty() {
        format!(" (in {})", one_line(&repository.full_name, 140))
    } else {
        String::new()
    }
}

fn fragments(matches: &[TextMatch]) -> impl Iterator<Item = &str> {
    matches.iter().map(|found| found.fragment.as_str())
}

async fn run(github: &Github, call: Call) -> Result<Reply, ToolError> {
    let arguments: Arguments = call.parse()?;
    let kind = arguments.kind.unwrap_or(Kind::Code);
    let answer = match kind {
        Kind::Code if !github.client.has_token() => {
            return Err(ToolError::new(
                ErrorKind::Unauthenticated,
                "code search needs a token, and the server runs without one",
                "ask the user to set GITHUB_TOKEN; until then read_code with recursive=true lists a public repository's files",
            ));
        }
        Kind::Repositories if arguments.repo.is_some() => {
            return Err(ToolError::invalid(
                "repo does not go with kind=repositories",
                "leave repo out, or call repo_overview for that repository",
            ));
        }
        Kind::Code => search::<FoundFile>(github, &call, &arguments, "code").await,
        Kind::Repositories => search::<Repository>(github, &call, &arguments, "repositories").await,
        Kind::Commits => search::<FoundCommit>(github, &call, &arguments, "commits").await,
    };
    answer.map_err(|error| advised(error, kind))
}

/// The error with the next move that fits this search.
fn advised(mut error: ToolError, kind: Kind) -> ToolError {
    match error.kind {
        ErrorKind::RateLimited if kind == Kind::Code => {
            error.next.push_str("; code search allows 9 calls a minute: narrow the query instead of paging, or list files by read_code with recursive=true");
        }
        ErrorKind::RateLimited => {
            error
                .next
                .push_str("; search allows 30 calls a minute (10 without a token)");
        }
        ErrorKind::InvalidInput if error.what.starts_with("GitHub refused") => {
            "check that the repositories and users in the query exist and are visible (get_context says who the token is), close quotes, and use at most five AND, OR, NOT".clone_into(&mut error.next);
        }
        _ => {}
    }
    error
}

async fn search<T: Hit>(
    github: &Github,
    call: &Call,
    arguments: &Arguments,
    what: &'static str,
) -> Result<Reply, ToolError> {
    let size = call.page_size(arguments.page_size, DEFAULT_PAGE);
    let per_page = if call.wants_data() {
        PageSize::DATA_CAP
    } else {
        PageSize::CAP
    };
    let position = Position::of(call, arguments.cursor.as_deref())?;
    let mut query = arguments.query.to_string();
    if let Some(repo) = &arguments.repo {
        query.push_str(&format!(" repo:{repo}"));
    }
    if query.chars().count() > 256 {
        return Err(ToolError::invalid(
            "the query and repo have more than 256 characters, GitHub's limit",
            "use fewer words",
        ));
    }
    let endpoint = Endpoint::new(format!("the search of {what}"), ["search", what])
        .query("q", &query)
        // one size whatever is asked: a position counts items of such pages
        .query("per_page", per_page.to_string())
        .accept(TEXT_MATCH);
    let found =
        page::gather::<SearchPage<T>>(&github.client, &endpoint, &position, size - 1, |_| true)
            .await?;
    if call.wants_data() {
        let (items, cursor) = found.data(call, size, Hit::data)?;
        return Reply::data(&Found {
            items,
            total: found.total,
            incomplete: found.incomplete,
            cursor,
        });
    }
    let total = found.total.unwrap_or_default();
    let mut answer = call.answer(PAGE_TOKENS);
    answer.line(format!("{} in {what} for: {query}", shape::matches(total)));
    if found.incomplete {
        answer.line("incomplete: GitHub gave up before it had looked everywhere; narrow the query (repo:, path:, language:) and search again");
    }
    let elsewhere = arguments.repo.is_none();
    let mut shown = 0;
    for hit in found.items.iter().take(size) {
        if !show(&mut answer, hit, elsewhere, shown == 0) {
            break;
        }
        shown += 1;
    }
    answer.count(shown);
    if let Some(more) = found.more_of_search(call, shown, "language:rust path:src")? {
        answer.more(more);
    }
    Ok(answer.into())
}

/// Writes a result whole, or not at all unless it is the first; answers whether it did.
fn show(answer: &mut Answer, hit: &impl Hit, elsewhere: bool, first: bool) -> bool {
    let line = hit.line(elsewhere);
    let excerpts: Vec<&str> = hit
        .excerpts()
        .into_iter()
        .map(|text| head(text.trim(), EXCERPT))
        .filter(|text| !text.is_empty())
        .take(EXCERPTS)
        .collect();
    // each line of an excerpt costs its fence and its line break, the line between two more
    let fenced = |text: &str| {
        let breaks = clean(text).text.matches('\n').count();
        text.chars().count() + 3 * (breaks + 1) + 5
    };
    let size = line.chars().count() + excerpts.iter().map(|text| fenced(text)).sum::<usize>();
    if size > answer.room() && !first {
        return false;
    }
    answer.line(line);
    for (index, text) in excerpts.into_iter().enumerate() {
        if index > 0 {
            answer.line("and:");
        }
        answer.quote(text, 0, usize::MAX);
    }
    true
}
