//! Everything that can go wrong upstream, as an instruction: what happened, the likely cause,
//! the next move. Never a URL, a stack or a token.

use std::fmt::Write;

use http::{HeaderMap, StatusCode};
use seaworthy_kit::{ErrorKind, ToolError, audit::rfc3339, untrusted::one_line};
use serde_json::Value;

use crate::endpoint::Endpoint;

/// A fault without an answer of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No connection: refused, no such host, TLS.
    Unreachable,
    /// The connection broke half-way.
    Broken,
    /// No answer in time.
    TimedOut,
    /// An answer past every sensible size.
    TooLarge,
    /// The body is not what the API documents.
    InvalidJson,
    /// A redirect to another host.
    ForeignRedirect,
    /// A redirect of a change to another thing: a renamed branch, a transferred issue.
    Moved,
    /// Too many redirects, or one to nowhere.
    BadRedirect,
    /// A `Link` to another host.
    ForeignLink,
    /// The token was refused a moment ago.
    TokenRefused,
    /// No TLS on this machine.
    NoTls,
}

const DAY: u64 = 86_400;

/// A failed request.
#[derive(Debug)]
pub struct Failed {
    /// What the caller reads.
    pub error: ToolError,
    /// Whether the same GET may work a moment later.
    pub passing: bool,
}

impl From<Failed> for ToolError {
    fn from(failed: Failed) -> Self {
        failed.error
    }
}

impl Failed {
    /// The failure that `fault` makes of a request about `endpoint`.
    pub fn by(fault: Fault, endpoint: &Endpoint) -> Self {
        let subject = &endpoint.subject;
        let upstream = |what: String, cause: &str, next: &str| {
            ToolError::new(ErrorKind::Upstream, what, next).because(cause)
        };
        let error = match fault {
            Fault::Unreachable => upstream(
                format!("could not connect to the GitHub API for {subject}"),
                "the network, a proxy or a firewall; or GITHUB_API_URL names the wrong host",
                "try once more; if it stays so, ask the user to check the connection and GITHUB_API_URL",
            ),
            Fault::Broken => upstream(
                format!("the connection broke during the request for {subject}"),
                "a passing network fault, or the answer was cut short",
                "call again; after a write, first look whether it was done",
            ),
            Fault::TimedOut => ToolError::new(
                ErrorKind::Timeout,
                format!("GitHub did not answer in time for {subject}"),
                "call again for less at a time (a smaller page, a path, a filter); after a write, first look whether it was done",
            )
            .because("GitHub is slow, or the request is expensive"),
            Fault::TooLarge => upstream(
                format!("{subject} is over 32 MiB and was not read"),
                "a very large file or log",
                "ask for a part of it, or clone the repository to read it",
            ),
            Fault::InvalidJson => upstream(
                format!("GitHub's answer for {subject} was not the expected JSON"),
                "a proxy or login page in between, an outage, or GITHUB_API_URL is not an API address",
                "call again once (after a write, first look whether it was done); if it stays so, check GITHUB_API_URL and GitHub's status page",
            ),
            Fault::ForeignRedirect => upstream(
                format!("GitHub redirected {subject} to another host; it was not followed"),
                "a proxy, or GITHUB_API_URL names a host that moved; the token is only ever sent to that host",
                "ask the user to set GITHUB_API_URL to the API's own address",
            ),
            Fault::Moved => ToolError::new(
                ErrorKind::Refused,
                format!("{subject} has moved; the change was not sent after it"),
                "read it to see where and what it is now; ask the user, then call again with its present name",
            )
            .because("a branch was renamed or an issue transferred: what stands there now is not what was asked for"),
            Fault::BadRedirect => upstream(
                format!("GitHub redirected {subject} in circles or to nowhere"),
                "the repository was renamed several times, or a proxy is misconfigured",
                "use the repository's present name",
            ),
            Fault::ForeignLink => upstream(
                format!("the next page of {subject} is on another host; it was not followed"),
                "a proxy rewrites addresses, or GITHUB_API_URL differs from the API's own address",
                "ask the user to set GITHUB_API_URL to the address that the API itself uses",
            ),
            Fault::TokenRefused => unauthenticated(subject, true)
                .because("GitHub refused this token less than a minute ago; asking again at once makes it refuse valid tokens too"),
            Fault::NoTls => ToolError::new(
                ErrorKind::Internal,
                "the TLS library could not start",
                "ask the user to install the system's CA certificates (package ca-certificates)",
            )
            .because("the system's CA certificates are missing or cannot be read"),
        };
        let passing = matches!(fault, Fault::Unreachable | Fault::Broken);
        Self { error, passing }
    }
}

/// What GitHub says in the body of an error; each part may be missing or of another type.
#[derive(Debug)]
struct Said {
    message: String,
    errors: Vec<Value>,
}

impl Said {
    fn in_body(body: &[u8]) -> Self {
        let mut body: Value = serde_json::from_slice(body).unwrap_or_default();
        let message = body["message"].as_str().unwrap_or_default().to_owned();
        let errors = match body.get_mut("errors").map(Value::take) {
            Some(Value::Array(errors)) => errors,
            Some(only @ (Value::String(_) | Value::Object(_))) => vec![only],
            _ => Vec::new(),
        };
        Self { message, errors }
    }
}

/// The failure that another host makes, to which GitHub had sent us for a log or an archive.
pub fn from_storage(status: StatusCode, endpoint: &Endpoint) -> Failed {
    let subject = &endpoint.subject;
    let code = status.as_u16();
    let error = match code {
        404 | 410 => ToolError::new(
            ErrorKind::NotFound,
            format!("{subject} is no longer kept (HTTP {code} from GitHub's storage)"),
            "do not ask again; a new run writes a new one",
        )
        .because("logs and archives are deleted after some time"),
        _ => ToolError::new(
            ErrorKind::Upstream,
            format!("GitHub's storage did not give {subject} (HTTP {code})"),
            "call again: GitHub makes a new address each time; if it stays so, try later",
        )
        .because("the address had expired, or an outage"),
    };
    Failed {
        error,
        passing: status.is_server_error(),
    }
}

/// The failure that an answer with an error status makes. `now` is in seconds since the epoch.
pub fn from_answer(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    endpoint: &Endpoint,
    has_token: bool,
    now: u64,
) -> Failed {
    let said = Said::in_body(body);
    let subject = &endpoint.subject;
    let error = match status.as_u16() {
        401 => unauthenticated(subject, has_token),
        403 | 429 => forbidden(status, headers, &said, subject, has_token, now),
        404 => not_found(endpoint, has_token),
        405 => ToolError::new(
            ErrorKind::Conflict,
            format!(
                "GitHub does not allow this on {subject}: {}",
                quoted(&said.message)
            ),
            "read the object's present state, then do what it allows",
        )
        .because(
            "a rule of the repository (required checks or reviews, merge method) or a conflict",
        ),
        406 => ToolError::new(
            ErrorKind::InvalidInput,
            format!("{subject} is too large to be given in this form"),
            "ask for single files of it instead",
        )
        .because("GitHub gives no diff of more than 300 files or 20,000 lines"),
        409 => ToolError::new(
            ErrorKind::Conflict,
            format!("{subject} changed or conflicts: {}", quoted(&said.message)),
            "read its present state, then call again with the new sha",
        )
        .because("somebody changed it in between, the sha is stale, or the repository is empty"),
        410 => ToolError::new(
            ErrorKind::NotFound,
            format!("{subject} is gone for good"),
            "do not ask again; look for another one",
        )
        .because(
            "it was deleted, or the feature (such as issues) is switched off for this repository",
        ),
        413 => ToolError::invalid(
            format!("{subject}: the content is too large for GitHub"),
            "send less at a time",
        )
        .because("GitHub limits the size of a request"),
        // how the API of commits says that a ref does not exist
        422 if said.message.starts_with("No commit found") => not_found(endpoint, has_token),
        422 => unprocessable(&said, subject),
        451 => ToolError::new(
            ErrorKind::Forbidden,
            format!("{subject} is blocked for legal reasons"),
            "do not ask again",
        )
        .because("GitHub took it down, after a notice under copyright law for example"),
        500..=599 => ToolError::new(
            ErrorKind::Upstream,
            format!("GitHub failed on {subject} (HTTP {})", status.as_u16()),
            match retry_after(headers) {
                Some(seconds) => format!(
                    "call again in {seconds} s; after a write, first look whether it was done"
                ),
                None => "call again in a minute; after a write, first look whether it was done"
                    .to_owned(),
            },
        )
        .because("an outage or overload at GitHub"),
        code => ToolError::new(
            ErrorKind::Upstream,
            format!(
                "GitHub answered {subject} with HTTP {code}: {}",
                quoted(&said.message)
            ),
            "check the arguments; if they are right, try later",
        )
        .because("the request does not fit the API, or a proxy in between answered"),
    };
    let passing = matches!(status.as_u16(), 500 | 502 | 503 | 504)
        && !headers.contains_key(http::header::RETRY_AFTER);
    Failed { error, passing }
}

fn quoted(message: &str) -> String {
    if message.is_empty() {
        return "(no reason given)".to_owned();
    }
    format!("GitHub says \"{}\"", one_line(message, 200))
}

fn unauthenticated(subject: &str, has_token: bool) -> ToolError {
    if has_token {
        ToolError::new(
            ErrorKind::Unauthenticated,
            format!("GitHub refused the token for {subject} (HTTP 401)"),
            "stop calling; ask the user to make a new token on GitHub (Settings > Developer settings), set it as GITHUB_TOKEN and restart this server",
        )
        .because("the token in GITHUB_TOKEN is expired, revoked or mistyped")
    } else {
        ToolError::new(
            ErrorKind::Unauthenticated,
            format!("{subject} needs a token (HTTP 401)"),
            "ask the user to set GITHUB_TOKEN and start this server without --anonymous",
        )
        .because("the server runs without one")
    }
}

fn not_found(endpoint: &Endpoint, has_token: bool) -> ToolError {
    let cause = if has_token {
        "it does not exist, or this token cannot see it (GitHub hides private things as 404)"
    } else {
        "it does not exist, or it is private: this server runs without a token"
    };
    let next = if endpoint.hint.is_empty() {
        "check the spelling; find_items and search_code find what exists, get_context says who the token is"
    } else {
        endpoint.hint
    };
    ToolError::new(
        ErrorKind::NotFound,
        format!("{} was not found", endpoint.subject),
        next,
    )
    .because(cause)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The seconds to wait; more than a day is no limit of GitHub's and is read as a day.
fn retry_after(headers: &HeaderMap) -> Option<u64> {
    let seconds: u64 = header(headers, "retry-after")?.trim().parse().ok()?;
    Some(seconds.min(DAY))
}

/// 403 and 429 mean many things; the most specific sign wins.
fn forbidden(
    status: StatusCode,
    headers: &HeaderMap,
    said: &Said,
    subject: &str,
    has_token: bool,
    now: u64,
) -> ToolError {
    let message = said.message.to_ascii_lowercase();
    if said.errors.iter().any(|error| error["code"] == "too_large") {
        return ToolError::invalid(
            format!("{subject} is larger than the API gives (100 MB)"),
            "clone the repository with git to read it, or read a smaller file",
        )
        .because("GitHub gives larger files by git only");
    }
    let used_up = header(headers, "x-ratelimit-remaining") == Some("0");
    let secondary = [
        "secondary rate",
        "abuse",
        "too many requests",
        "wait a few minutes",
    ];
    let is_secondary = secondary.iter().any(|sign| message.contains(sign));
    if used_up && !is_secondary {
        return primary_limit(headers, subject, has_token, now);
    }
    if is_secondary || retry_after(headers).is_some() || status == StatusCode::TOO_MANY_REQUESTS {
        // GitHub's order: retry-after, else the reset when nothing is left, else a minute
        let until_reset = || reset(headers, now).filter(|_| used_up).map(|at| at - now);
        let seconds = retry_after(headers).or_else(until_reset).unwrap_or(60);
        return ToolError::new(
            ErrorKind::RateLimited,
            format!("GitHub's secondary limit was reached on {subject}"),
            format!(
                "wait {seconds} s (until {}), then call again, one call at a time",
                rfc3339(now + seconds)
            ),
        )
        .because("too many requests or writes in a short time; going on makes the ban longer");
    }
    if let Some(sso) = header(headers, "x-github-sso") {
        let url = sso.split_once("url=").map(|(_, url)| one_line(url, 300));
        let next = match url {
            Some(url) => format!("ask the user to authorise the token for the organisation at {url} then call again"),
            None => "ask the user to authorise the token for the organisation's single sign-on, then call again".to_owned(),
        };
        return ToolError::new(
            ErrorKind::Forbidden,
            format!("the organisation behind {subject} wants single sign-on"),
            next,
        )
        .because("the token is not authorised for this organisation");
    }
    lacking(headers, said, subject, has_token)
}

/// When the window of the limit ends, where that is ahead and not more than a day.
fn reset(headers: &HeaderMap, now: u64) -> Option<u64> {
    let reset: u64 = header(headers, "x-ratelimit-reset")?.trim().parse().ok()?;
    // some proxies and recorded traffic give milliseconds
    let reset = if reset > 100_000_000_000 {
        reset / 1000
    } else {
        reset
    };
    (now + 1..=now + DAY).contains(&reset).then_some(reset)
}

fn primary_limit(headers: &HeaderMap, subject: &str, has_token: bool, now: u64) -> ToolError {
    let resource = one_line(
        header(headers, "x-ratelimit-resource").unwrap_or("core"),
        40,
    );
    let limit = one_line(header(headers, "x-ratelimit-limit").unwrap_or("all"), 20);
    let wait = match reset(headers, now) {
        Some(reset) => format!(
            "wait {} min (until {}), then call again; meanwhile work with what you have",
            (reset - now).div_ceil(60),
            rfc3339(reset)
        ),
        None => "wait a minute, then call again".to_owned(),
    };
    let cause = if has_token {
        format!("the token's {limit} requests of this window ({resource}) are used up")
    } else {
        "without a token GitHub allows 60 requests an hour; set GITHUB_TOKEN for 5,000".to_owned()
    };
    ToolError::new(
        ErrorKind::RateLimited,
        format!("GitHub's rate limit was reached on {subject}"),
        wait,
    )
    .because(cause)
}

fn lacking(headers: &HeaderMap, said: &Said, subject: &str, has_token: bool) -> ToolError {
    let what = format!(
        "this token may not do that on {subject}: {}",
        quoted(&said.message)
    );
    if !has_token {
        return ToolError::new(
            ErrorKind::Forbidden,
            format!("{subject} needs a token"),
            "ask the user to set GITHUB_TOKEN and start this server without --anonymous",
        )
        .because("the server runs without one");
    }
    if said.message.contains("archived") {
        return ToolError::new(
            ErrorKind::Forbidden,
            what,
            "do not try again; ask the user whether to unarchive the repository or to work in another one",
        )
        .because("an archived repository can only be read");
    }
    if let Some(permissions) =
        header(headers, "x-accepted-github-permissions").filter(|p| !p.is_empty())
    {
        // ";" separates alternatives, "," what is needed together
        let needed = permissions.replace(';', " or ").replace(',', " and ");
        let needed = one_line(&needed, 200);
        return ToolError::new(
            ErrorKind::Forbidden,
            what,
            format!("ask the user to give the token the permission {needed} for this repository"),
        )
        .because(format!("a fine-grained token needs {needed}"));
    }
    let scopes = |name| {
        header(headers, name)
            .map(|scopes| one_line(scopes, 200))
            .filter(|s| !s.is_empty())
    };
    if let Some(accepted) = scopes("x-accepted-oauth-scopes") {
        let has = scopes("x-oauth-scopes").unwrap_or_else(|| "none".to_owned());
        return ToolError::new(
            ErrorKind::Forbidden,
            what,
            format!("ask the user for a token with one of the scopes {accepted}"),
        )
        .because(format!("it needs one of {accepted}; the token has {has}"));
    }
    ToolError::new(
        ErrorKind::Forbidden,
        what,
        "ask the user whether the token's permissions and the repository's rules allow this; get_context shows the token's scopes",
    )
    .because("a missing permission, or a rule of the repository")
}

/// 422: every field with its reason, since the caller can mend each.
fn unprocessable(said: &Said, subject: &str) -> ToolError {
    let mut reasons = String::new();
    for error in said.errors.iter().take(10) {
        if !reasons.is_empty() {
            reasons.push_str("; ");
        }
        if let Some(text) = error.as_str() {
            reasons.push_str(&one_line(text, 200));
            continue;
        }
        let part = |name: &str| one_line(error[name].as_str().unwrap_or_default(), 200);
        let field = match (part("resource").as_str(), part("field").as_str()) {
            ("", "") => "the request".to_owned(),
            (resource, "") => resource.to_owned(),
            (_, field) => field.to_owned(),
        };
        let more = match part("message") {
            message if message.is_empty() => message,
            message => format!(": {message}"),
        };
        let reason = match part("code").as_str() {
            "missing" => " names something that does not exist".to_owned(),
            "missing_field" => " is required".to_owned(),
            "invalid" => format!(" is not valid{more}"),
            "already_exists" => " exists already".to_owned(),
            "unprocessable" => " cannot be processed".to_owned(),
            "" | "custom" if more.is_empty() => " was refused".to_owned(),
            "" | "custom" => more,
            other => format!(": {other}{more}"),
        };
        let _ = write!(reasons, "{field}{reason}");
    }
    if reasons.is_empty() {
        reasons = quoted(&said.message);
    } else if !said.message.is_empty() && said.message != "Validation Failed" {
        reasons = format!("{} ({reasons})", quoted(&said.message));
    }
    let exists = reasons.contains("exists already")
        || reasons.to_ascii_lowercase().contains("already exists");
    ToolError::invalid(
        format!("GitHub refused {subject}: {reasons}"),
        if exists {
            "choose another name, or read and use the one that exists"
        } else {
            "correct what is named and call again"
        },
    )
    .because("GitHub understood the request but its content is not allowed (HTTP 422)")
}
