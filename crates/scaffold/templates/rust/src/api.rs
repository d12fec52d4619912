//! The API behind `import_issue`: one bounded request, and an error for each way it can fail.

use std::time::Duration;

use reqwest::{StatusCode, header, redirect};
use rustls::crypto::ring;
use serde::Deserialize;

use crate::{
    NAME, VERSION,
    kit::{ErrorKind, ToolError},
    settings::{API_KEY, API_URL, Settings},
};

/// How long a request may take.
pub const TIMEOUT: Duration = Duration::from_secs(15);
/// The longest answer, in bytes.
pub const BODY_LIMIT: usize = 2 * 1024 * 1024;

/// What is kept of an issue.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Issue {
    /// Its title.
    pub title: String,
    /// `open` or `closed`.
    pub state: String,
    /// Who wrote it.
    pub author: String,
    /// Its text.
    pub body: String,
}

/// Reads an issue. The repository was checked before, so it cannot lead to another address.
///
/// # Errors
/// Each way to fail has its own, with the next move; none holds the key.
pub async fn read_issue(
    settings: &Settings,
    repository: &str,
    number: u64,
    timeout: Duration,
) -> Result<Issue, ToolError> {
    let url = format!("{}/repos/{repository}/issues/{number}", settings.api_url);
    let got = get(&url, settings.api_key.expose());
    let body = match tokio::time::timeout(timeout, got).await {
        Ok(Ok(Got::Body(body))) => body,
        Ok(Ok(Got::TooLarge)) => return Err(too_large()),
        Ok(Ok(Got::Refused { status, headers })) => {
            return Err(refusal(status, &headers, &format!("{repository}#{number}")));
        }
        Ok(Err(error)) if !error.is_timeout() => return Err(unreachable(&error)),
        Ok(Err(_)) | Err(_) => return Err(too_slow(timeout)),
    };
    parse(&body).ok_or_else(malformed)
}

enum Got {
    Body(Vec<u8>),
    TooLarge,
    Refused {
        status: StatusCode,
        headers: header::HeaderMap,
    },
}

async fn get(url: &str, key: &str) -> reqwest::Result<Got> {
    // the first call does it; whoever did it before chose the same
    let _ = ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        // a redirect could carry the key to another host, so none is followed
        .redirect(redirect::Policy::none())
        .user_agent(format!("{NAME}/{VERSION}"))
        .build()?;
    let mut response = client
        .get(url)
        .bearer_auth(key)
        .header(header::ACCEPT, "application/vnd.github+json")
        .send()
        .await?;
    if response.status() != StatusCode::OK {
        return Ok(Got::Refused {
            status: response.status(),
            headers: response.headers().clone(),
        });
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > BODY_LIMIT {
            return Ok(Got::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Got::Body(body))
}

fn parse(body: &[u8]) -> Option<Issue> {
    #[derive(Deserialize)]
    struct User {
        login: String,
    }
    #[derive(Deserialize)]
    struct Raw {
        title: String,
        state: Option<String>,
        user: Option<User>,
        body: Option<String>,
    }
    let raw: Raw = serde_json::from_slice(body).ok()?;
    let unknown = || "unknown".to_owned();
    Some(Issue {
        title: raw.title,
        state: raw.state.unwrap_or_else(unknown),
        author: raw.user.map_or_else(unknown, |user| user.login),
        body: raw.body.unwrap_or_default(),
    })
}

fn too_slow(timeout: Duration) -> ToolError {
    unavailable(
        "the API did not answer in time",
        format!("it took longer than {} seconds", timeout.as_secs_f32()),
        "try again in a minute",
    )
}

fn unreachable(error: &reqwest::Error) -> ToolError {
    // the error's own text may hold the address or headers, so only its kind is told
    let kind = if error.is_connect() {
        "the connection failed"
    } else {
        "the connection broke"
    };
    let next = format!("check the network and {API_URL}, then try again");
    unavailable("the API cannot be reached", kind, next)
}

fn too_large() -> ToolError {
    unavailable(
        "the API's answer is too large",
        format!("it has more than {} KiB", BODY_LIMIT / 1024),
        "read this issue in a browser; another one may be smaller",
    )
}

fn malformed() -> ToolError {
    unavailable(
        "the API's answer is malformed",
        "it is not the JSON of an issue",
        format!("check that {API_URL} is the base of the API, then try again"),
    )
}

fn refusal(status: StatusCode, headers: &header::HeaderMap, issue: &str) -> ToolError {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let wait = text("retry-after");
    let is_limit = wait.is_some() || text("x-ratelimit-remaining") == Some("0");
    match status {
        StatusCode::FORBIDDEN if is_limit => limited(wait),
        StatusCode::TOO_MANY_REQUESTS => limited(wait),
        StatusCode::UNAUTHORIZED => ToolError::new(
            ErrorKind::Refused,
            "the API refused the key",
            "it has expired, was revoked, or is not whole",
            format!("ask the user to put a valid key into {API_KEY} and to restart the server"),
        ),
        StatusCode::FORBIDDEN => ToolError::new(
            ErrorKind::Refused,
            format!("the key may not read {issue}"),
            "it lacks a permission, or the repository forbids it",
            format!("ask the user for a key that may read issues, in {API_KEY}"),
        ),
        StatusCode::NOT_FOUND | StatusCode::GONE => ToolError::new(
            ErrorKind::NotFound,
            format!("there is no issue {issue}"),
            "repository or number is wrong, or the key may not see it",
            "check both; for a private repository, ask the user for a key that may read it",
        ),
        status if status.is_redirection() => ToolError::new(
            ErrorKind::NotFound,
            format!("{issue} is at another address"),
            "the repository was renamed or the issue was transferred",
            "call again with the new name of the repository",
        ),
        status => unavailable(
            format!("the API answered with status {}", status.as_u16()),
            "it has a fault, or is not the API that is expected",
            format!("try again in a minute, then check {API_URL}"),
        ),
    }
}

fn limited(wait: Option<&str>) -> ToolError {
    let wait = match wait.and_then(|wait| wait.parse::<u32>().ok()) {
        Some(seconds) => format!("{seconds} seconds"),
        None => "some minutes".to_owned(),
    };
    unavailable(
        "the API's rate limit is reached",
        "the key has made all requests that it may for now",
        format!("wait {wait}, then call again"),
    )
}

fn unavailable(
    what: impl Into<String>,
    cause: impl Into<String>,
    next: impl Into<String>,
) -> ToolError {
    ToolError::new(ErrorKind::Unavailable, what, cause, next)
}
