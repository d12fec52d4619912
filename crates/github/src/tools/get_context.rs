//! `get_context`: who acts, with what rights, and how much of GitHub's limits is left.
//!
//! The user is asked for before the rest: a refused token then costs one request.

use std::collections::BTreeMap;

use futures::future::join;
use http::HeaderMap;
use kit::{
    Answer, Call, Description, ErrorKind, Hints, Reply, Tool, ToolError,
    audit::{now, rfc3339},
    auth::Scope,
    schema,
    tool::TIMEOUT,
    untrusted::one_line,
};
use schemars::JsonSchema;
use seaworthy_kit as kit;
use serde::{Deserialize, Serialize};

use crate::{
    Client, Github, client::Fetched, endpoint::Endpoint, input::Repo, model::nullable, output,
    shape,
};

/// The limits that the tools draw on.
const RESOURCES: [&str; 4] = ["core", "search", "code_search", "graphql"];

/// The definition.
pub(super) const TOOL: Tool<Github> = Tool {
    name: "get_context",
    title: "Who am I, what may I, what is left",
    description: Description {
        purpose: "Tells who this server acts as on GitHub, what the token may do and which limits are left.",
        arguments: "repo adds the permission on it.",
        returns: "login, the token's kind, scopes and expiry, remaining requests with reset times, the API's address.",
        effects: "Reads only; never shows the token.",
        not_for: "what a repository holds (repo_overview).",
    },
    hints: Hints::READ,
    scope: Scope::Read,
    input: schema::input::<Arguments>,
    output: Some(schema::output::<Context>),
    timeout: TIMEOUT,
    run: |github, call| Box::pin(run(github, call)),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// owner/name
    repo: Option<Repo>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Myself {
    #[serde(deserialize_with = "nullable")]
    login: String,
    #[serde(deserialize_with = "nullable")]
    name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Limits {
    #[serde(deserialize_with = "nullable")]
    resources: BTreeMap<String, Option<Limit>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Limit {
    #[serde(rename = "limit", deserialize_with = "nullable")]
    allowed: u64,
    #[serde(deserialize_with = "nullable")]
    remaining: u64,
    #[serde(deserialize_with = "nullable")]
    reset: u64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Access {
    #[serde(deserialize_with = "nullable")]
    private: bool,
    #[serde(deserialize_with = "nullable")]
    archived: bool,
    #[serde(deserialize_with = "nullable")]
    permissions: BTreeMap<String, Option<bool>>,
}

/// Who acts, with what rights, and what is left.
#[derive(Debug, Serialize, JsonSchema)]
struct Context {
    /// its address
    api: String,
    /// None without a token, and of a token that acts as no user
    login: Option<String>,
    /// None without one
    token_kind: Option<String>,
    /// of a classic token; None of one with permissions
    scopes: Option<Vec<String>>,
    token_expires: Option<String>,
    /// by resource: core, search, `code_search`, graphql
    limits: BTreeMap<String, RateLimit>,
    now: String,
    permission: Option<Permission>,
    unread: Vec<String>,
}

/// What is left of a rate limit.
#[derive(Debug, Serialize, JsonSchema)]
struct RateLimit {
    limit: u64,
    remaining: u64,
    /// when it starts anew
    reset_at: String,
}

/// On the repository that was asked about.
#[derive(Debug, Serialize, JsonSchema)]
struct Permission {
    /// admin, maintain, push, triage or pull; the token may be allowed less
    role: String,
    private: bool,
    archived: bool,
}

/// What GitHub said of the user, the limits and the repository.
struct Said<'a> {
    user: Option<Result<Fetched<Myself>, ToolError>>,
    limits: Result<Fetched<Limits>, ToolError>,
    access: Option<(&'a Repo, Result<Fetched<Access>, ToolError>)>,
}

impl Context {
    fn of(client: &Client, said: Said<'_>) -> Self {
        let mut unread = Vec::new();
        let mut told = |part: &str, error: &ToolError| unread.push(shape::unread(part, error));
        let user = said
            .user
            .and_then(|user| user.inspect_err(|e| told("user", e)).ok());
        let limits = match said.limits {
            Ok(limits) => limits.data.resources,
            Err(error) => {
                // GitHub Enterprise Server answers so when its limits are switched off
                if error.kind != ErrorKind::NotFound {
                    told("limits", &error);
                }
                BTreeMap::new()
            }
        };
        let access = said
            .access
            .and_then(|(_, access)| access.inspect_err(|error| told("repository", error)).ok());
        let header = |name| {
            let value = user.as_ref()?.headers.get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        let scopes = header("x-oauth-scopes").map(|scopes| {
            let scopes = scopes.split(',').map(str::trim);
            scopes
                .filter(|scope| !scope.is_empty())
                .map(str::to_owned)
                .collect()
        });
        Self {
            api: client.base().to_owned(),
            scopes,
            token_expires: header("github-authentication-token-expiration"),
            login: user.and_then(|user| output::some(&user.data.login)),
            token_kind: client.has_token().then(|| client.token_kind().to_owned()),
            limits: limits
                .into_iter()
                .filter_map(|(name, limit)| Some((name, limit?)))
                .filter(|(name, _)| RESOURCES.contains(&name.as_str()))
                .map(|(name, limit)| {
                    let limit = RateLimit {
                        limit: limit.allowed,
                        remaining: limit.remaining,
                        reset_at: rfc3339(limit.reset),
                    };
                    (name, limit)
                })
                .collect(),
            now: rfc3339(now()),
            permission: access.map(|access| Permission {
                role: role(&access.data)
                    .map_or("pull", |(name, _)| name)
                    .to_owned(),
                private: access.data.private,
                archived: access.data.archived,
            }),
            unread,
        }
    }
}

async fn run(github: &Github, call: Call) -> Result<Reply, ToolError> {
    let Arguments { repo } = call.parse()?;
    let said = ask(github, repo.as_ref()).await?;
    if call.wants_data() {
        return Reply::data(&Context::of(&github.client, said));
    }
    Ok(lines(&github.client, said).into())
}

/// Asks for all of it; the user first.
async fn ask<'a>(github: &Github, repo: Option<&'a Repo>) -> Result<Said<'a>, ToolError> {
    let client = &github.client;
    let user = if client.has_token() {
        let endpoint = Endpoint::new("the token's user", ["user"]);
        match client.get::<Myself>(&endpoint).await {
            Err(error) if error.kind == ErrorKind::Unauthenticated => return Err(error),
            user => Some(user),
        }
    } else {
        None
    };
    let limits = Endpoint::new("the rate limits", ["rate_limit"]);
    let access = async {
        let repo = repo?;
        let endpoint = Endpoint::repo(repo, format!("the repository {repo}"), [""; 0]);
        Some((repo, client.get::<Access>(&endpoint).await))
    };
    let (limits, access) = join(client.get::<Limits>(&limits), access).await;
    Ok(Said {
        user,
        limits,
        access,
    })
}

fn lines(client: &Client, said: Said<'_>) -> Answer {
    let mut answer = Answer::new();
    answer.line(format!("api: {}", one_line(client.base(), 300)));
    if let Some(user) = said.user {
        match user {
            Ok(fetched) => {
                let name = one_line(&fetched.data.name, 80);
                let name = if name.is_empty() {
                    name
                } else {
                    format!(" ({name})")
                };
                answer.line(format!(
                    "user: @{}{name}",
                    one_line(&fetched.data.login, 80)
                ));
                token(&mut answer, client.token_kind(), &fetched.headers);
            }
            // an installation token acts as no user
            Err(error) => {
                answer.line(shape::unread("user", &error));
                answer.line(format!("token: {}", client.token_kind()));
            }
        }
    } else {
        answer
            .line("user: none, the server runs without a token: public things only, 60 requests an hour, no code search, no writes")
            .line("next: for more, ask the user to set GITHUB_TOKEN and start the server without --anonymous");
    }
    match said.limits {
        Ok(limits) => show_limits(&mut answer, &limits.data),
        // GitHub Enterprise Server answers so when its limits are switched off
        Err(error) if error.kind == ErrorKind::NotFound => {
            answer.line("limits: none, this GitHub limits no requests");
        }
        Err(error) => {
            answer.line(shape::unread("limits", &error));
        }
    }
    match said.access {
        Some((repo, Ok(access))) => show_access(&mut answer, repo, &access.data),
        Some((_, Err(error))) => {
            answer.line(shape::unread("repository", &error));
            answer.line(format!("cause: {}", one_line(&error.cause, 200)));
        }
        None => {}
    }
    answer
}

fn token(answer: &mut Answer, kind: &str, headers: &HeaderMap) {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let scopes = match header("x-oauth-scopes").map(|scopes| one_line(scopes, 300)) {
        Some(scopes) if scopes.is_empty() => "; no scopes: public things only".to_owned(),
        Some(scopes) => format!("; scopes {scopes}"),
        None => "; no scopes but permissions, chosen when it was made".to_owned(),
    };
    let expiry = match header("github-authentication-token-expiration") {
        Some(expiry) => format!("; expires {}", one_line(expiry, 40)),
        None => "; no expiry told".to_owned(),
    };
    answer.line(format!("token: {kind}{scopes}{expiry}"));
}

fn show_limits(answer: &mut Answer, limits: &Limits) {
    for name in RESOURCES {
        let Some(Some(limit)) = limits.resources.get(name) else {
            continue;
        };
        answer.line(format!(
            "limit {name}: {} of {} left, anew at {}",
            shape::grouped(limit.remaining),
            shape::grouped(limit.allowed),
            rfc3339(limit.reset)
        ));
    }
    answer.line(format!("now: {}", rfc3339(now())));
}

/// The roles, the mightiest first, with what they are.
const ROLES: [(&str, &str); 5] = [
    ("admin", "admin (everything)"),
    ("maintain", "maintain (write and settings)"),
    ("push", "write"),
    ("triage", "triage (issues and pull requests, no code)"),
    ("pull", "read"),
];

fn role(access: &Access) -> Option<(&'static str, &'static str)> {
    let has = |name: &str| access.permissions.get(name) == Some(&Some(true));
    ROLES.into_iter().find(|(name, _)| has(name))
}

fn show_access(answer: &mut Answer, repo: &Repo, access: &Access) {
    let role = role(access).map_or("read, as everybody", |(_, role)| role);
    let kind = if access.private { "private" } else { "public" };
    let archived = if access.archived {
        "; archived, so nothing can be written"
    } else {
        ""
    };
    answer.line(format!(
        "repository {repo} ({kind}): the user's permission is {role}; the token may be allowed less{archived}"
    ));
}
