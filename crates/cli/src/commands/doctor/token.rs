//! The GitHub token and the API: is it accepted, what may it do, how long, and what is left?

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822, fmt::strtime};
use seaworthy_github::{Client, Token, endpoint::Endpoint};
use serde_json::Value;

use super::Line;
use crate::{environment, failure::Failure, upstream};

const SECTION: &str = "token";

/// An expiry that is nearer than this is noted, in days.
const SOON_DAYS: i64 = 14;

/// The clock may differ by so many seconds from the API's; tokens and cursors bear ten minutes.
const SKEW_SECONDS: i64 = 120;

/// The first page of what a token is made with.
const MAKE: &str = "make a token on GitHub: Settings > Developer settings > Personal access tokens";

fn wrong(failure: &Failure) -> Line {
    Line::problem(SECTION, "GITHUB_TOKEN", failure.what(), failure.hint())
}

pub(super) async fn examine(offline: bool, patience: Duration) -> Vec<Line> {
    let mut lines = Vec::new();
    let token = match environment::github_token() {
        Ok(token) => token,
        Err(failure) => return vec![wrong(&failure)],
    };
    lines.push(match (&token, environment::github_token_source()) {
        (Some(_), Some(source)) => Line::good(SECTION, source, "set"),
        // a client may give it to a server by a file or by its own environment
        _ => Line::note(
            SECTION,
            "GITHUB_TOKEN",
            "neither it nor GH_TOKEN is set here; serve github does not start without one",
            &format!("{MAKE}, or start the server with --anonymous"),
        ),
    });
    if offline {
        return lines;
    }
    match client(token) {
        Ok(client) => ask(&client.with_timeout(patience), &mut lines).await,
        Err(failure) => lines.push(Line::problem(
            SECTION,
            "GITHUB_API_URL",
            failure.what(),
            failure.hint(),
        )),
    }
    lines
}

fn client(token: Option<Token>) -> Result<Client, Failure> {
    match token {
        Some(token) => upstream::api_as(token),
        None => upstream::api(true).map(|(client, _)| client),
    }
}

/// Asks the API about the token. `GET /rate_limit` is free, and refuses a bad token.
async fn ask(client: &Client, lines: &mut Vec<Line>) {
    let limits = Endpoint::new("the rate limits", ["rate_limit"]);
    let limits = match client.get::<Value>(&limits).await {
        Ok(limits) => limits,
        Err(error) => {
            let cause = if error.cause.is_empty() {
                error.what.clone()
            } else {
                format!("{} ({})", error.what, error.cause)
            };
            lines.push(Line::problem(SECTION, client.base(), &cause, &error.next));
            return;
        }
    };
    lines.push(Line::good(SECTION, client.base(), "reachable"));
    let header = |name: &str| {
        let value = limits.headers.get(name)?.to_str().ok()?;
        Some(value.to_owned())
    };
    if let Some(line) = header("date").and_then(|date| clock(&date)) {
        lines.push(line);
    }
    lines.push(left(&limits.data));
    if !client.has_token() {
        return;
    }
    lines.push(rights(client.token_kind(), header("x-oauth-scopes")));
    if let Some(expiry) = header("github-authentication-token-expiration") {
        lines.push(expires(&expiry, Timestamp::now()));
    }
    // an installation token acts as no user, and is none the worse for it
    let user = Endpoint::new("the token's user", ["user"]);
    if let Ok(user) = client.get::<Value>(&user).await
        && let Some(login) = user.data["login"].as_str()
    {
        let line = Line::good(SECTION, "user", &format!("@{login}"));
        lines.push(line.with("login", login));
    }
}

/// How far the clock here is from the API's, where that is too far.
fn clock(date: &str) -> Option<Line> {
    let theirs = rfc2822::parse(date).ok()?.timestamp();
    let apart = Timestamp::now().as_second() - theirs.as_second();
    (apart.abs() > SKEW_SECONDS).then(|| {
        let direction = if apart > 0 { "ahead of" } else { "behind" };
        Line::problem(
            SECTION,
            "clock",
            &format!(
                "this machine's clock is {} s {direction} GitHub's",
                apart.abs()
            ),
            "set the clock, or switch time synchronisation on",
        )
        .with("seconds", apart)
    })
}

/// What is left of the hourly limit.
fn left(limits: &Value) -> Line {
    let core = &limits["resources"]["core"];
    let (Some(left), Some(limit)) = (core["remaining"].as_u64(), core["limit"].as_u64()) else {
        return Line::good(SECTION, "rate limit", "none is told");
    };
    let reset = core["reset"].as_i64().unwrap_or_default();
    let again = Timestamp::from_second(reset).unwrap_or_default();
    let what = format!("{left} of {limit} requests left, anew at {again}");
    let line = if left == 0 {
        Line::problem(
            SECTION,
            "rate limit",
            &what,
            "wait until then; with a token of your own it is 5,000 an hour",
        )
    } else {
        Line::good(SECTION, "rate limit", &what)
    };
    line.with("remaining", left).with("limit", limit)
}

/// What the token may do.
fn rights(kind: &str, scopes: Option<String>) -> Line {
    let Some(scopes) = scopes else {
        let what = format!("{kind}; it has permissions, chosen when it was made, and no scopes");
        return Line::good(SECTION, "rights", &what).with("kind", kind);
    };
    let list: Vec<_> = scopes
        .split(',')
        .map(str::trim)
        .filter(|scope| !scope.is_empty())
        .map(str::to_owned)
        .collect();
    let line = if list.is_empty() {
        Line::note(
            SECTION,
            "rights",
            &format!("{kind} without scopes: it reads public things only"),
            "make one with the scope repo, or a fine-grained one, for more",
        )
    } else {
        let what = format!("{kind}; scopes {}", list.join(", "));
        Line::good(SECTION, "rights", &what)
    };
    line.with("kind", kind).with("scopes", list)
}

/// When the token expires. GitHub writes `2026-12-31 00:00:00 UTC`, or an offset in place of UTC.
fn expires(text: &str, now: Timestamp) -> Line {
    let written = text.replace(" UTC", " +0000");
    let at =
        strtime::parse("%Y-%m-%d %H:%M:%S %z", written).and_then(|parsed| parsed.to_timestamp());
    let Ok(at) = at else {
        return Line::good(SECTION, "expiry", text);
    };
    let days = (at.as_second() - now.as_second()).div_euclid(86_400);
    let line = if at <= now {
        Line::problem(SECTION, "expiry", &format!("it expired at {at}"), MAKE)
    } else if days < SOON_DAYS {
        Line::note(SECTION, "expiry", &format!("in {days} days, at {at}"), MAKE)
    } else {
        Line::good(SECTION, "expiry", &format!("in {days} days, at {at}"))
    };
    line.with("expires", at.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::Level, *};

    #[test]
    fn an_expiry_is_read_in_both_ways_that_github_writes_it() {
        let now: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        for (text, level, said) in [
            ("2026-12-31 00:00:00 UTC", Level::Good, "in 60 days"),
            ("2026-11-03 12:00:00 -0700", Level::Note, "in 2 days"),
            ("2026-10-31 23:59:59 UTC", Level::Problem, "it expired"),
            ("some day", Level::Good, "some day"),
        ] {
            let line = expires(text, now);
            assert_eq!(line.level, level, "{text}");
            assert!(line.what.contains(said), "{}", line.what);
        }
    }

    #[test]
    fn limits_and_rights_are_told() {
        let limits = |left: u64| json!({"resources": {"core": {"remaining": left, "limit": 60, "reset": 1}}});
        assert_eq!(left(&limits(59)).level, Level::Good);
        assert_eq!(left(&limits(0)).level, Level::Problem);
        assert_eq!(left(&json!({})).level, Level::Good);
        assert_eq!(rights("x", None).level, Level::Good);
        assert_eq!(rights("x", Some(String::new())).level, Level::Note);
        let line = rights("x", Some("repo, read:org".to_owned()));
        assert_eq!(line.facts["scopes"], json!(["repo", "read:org"]));
    }

    #[test]
    fn a_wrong_clock_is_a_problem_and_a_right_one_no_line() {
        let line = clock("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        assert!(line.what.contains("ahead of GitHub's"), "{}", line.what);
        let now =
            jiff::fmt::rfc2822::to_string(&Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC));
        assert!(clock(&now.unwrap()).is_none());
        assert!(clock("yesterday").is_none());
    }
}
