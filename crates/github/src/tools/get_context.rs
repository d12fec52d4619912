//! `get_context`: who acts, with what rights, and how much of GitHub's limits is left.
//!
//! The user is asked for before the rest: a refused token then costs one request.

use std::{
    collections::BTreeMap,
    time::{SystemTime, UNIX_EPOCH},
};

use futures::future::join;
use http::HeaderMap;
use kit::{
    Answer, Call, Description, ErrorKind, Hints, Reply, Tool, ToolError, audit::rfc3339, schema,
    tool::TIMEOUT, untrusted::one_line,
};
use schemars::JsonSchema;
use seaworthy_kit as kit;
use serde::Deserialize;

use crate::{Github, endpoint::Endpoint, input::Repo, model::nullable, shape};

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
    input: schema::input::<Arguments>,
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

async fn run(github: &Github, call: Call) -> Result<Reply, ToolError> {
    let Arguments { repo } = call.parse()?;
    let client = &github.client;
    let mut answer = Answer::new();
    answer.line(format!("api: {}", one_line(client.base(), 300)));
    if client.has_token() {
        let endpoint = Endpoint::new("the token's user", ["user"]);
        match client.get::<Myself>(&endpoint).await {
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
            Err(error) if error.kind == ErrorKind::Unauthenticated => return Err(error),
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
    let limits = Endpoint::new("the rate limits", ["rate_limit"]);
    let access = async {
        let repo = repo.as_ref()?;
        let endpoint = Endpoint::repo(repo, format!("the repository {repo}"), [""; 0]);
        Some((repo, client.get::<Access>(&endpoint).await))
    };
    let (limits, access) = join(client.get::<Limits>(&limits), access).await;
    match limits {
        Ok(limits) => show_limits(&mut answer, &limits.data),
        // GitHub Enterprise Server answers so when its limits are switched off
        Err(error) if error.kind == ErrorKind::NotFound => {
            answer.line("limits: none, this GitHub limits no requests");
        }
        Err(error) => {
            answer.line(shape::unread("limits", &error));
        }
    }
    match access {
        Some((repo, Ok(access))) => show_access(&mut answer, repo, &access.data),
        Some((_, Err(error))) => {
            answer.line(shape::unread("repository", &error));
            answer.line(format!("cause: {}", one_line(&error.cause, 200)));
        }
        None => {}
    }
    Ok(answer.into())
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
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    answer.line(format!(
        "now: {}",
        rfc3339(now.map_or(0, |now| now.as_secs()))
    ));
}

fn show_access(answer: &mut Answer, repo: &Repo, access: &Access) {
    let may = [
        ("admin", "admin (everything)"),
        ("maintain", "maintain (write and settings)"),
        ("push", "write"),
        ("triage", "triage (issues and pull requests, no code)"),
        ("pull", "read"),
    ];
    let role = may
        .iter()
        .find(|(name, _)| access.permissions.get(*name) == Some(&Some(true)))
        .map_or("read, as everybody", |(_, role)| role);
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
