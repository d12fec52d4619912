//! From a request to an answer: which area of the API, then the headers all answers share.

use http::{HeaderName, HeaderValue, Response, StatusCode};

use crate::api;
use crate::git::object::digest;
use crate::limits::Limits;
use crate::reply::{Answer, Problem, Reply};
use crate::request::Call;
use crate::state::State;

/// API versions that GitHub knows.
const VERSIONS: [&str; 2] = ["2022-11-28", "2026-03-10"];

/// Answers a request.
pub(crate) fn answer(state: &mut State, call: &Call, limits: &Limits) -> Answer {
    if let Some(version) = call.header("x-github-api-version")
        && !VERSIONS.contains(&version)
    {
        let message = format!("The {version:?} version of the API is not supported.");
        return Err(Problem::new(400, message));
    }
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    match (call.method.as_str(), path.as_slice()) {
        ("GET", ["rate_limit"]) => Ok(Reply::json(limits.report())),
        ("GET", ["_logs", id]) => api::logs::text(state, id),
        ("GET", ["search", kind]) => api::search::route(state, call, kind),
        ("GET", ["user" | "users" | "orgs", ..]) => api::users::route(state, call, &path),
        ("DELETE", ["repos", owner, name]) => api::repos::delete(state, owner, name),
        (_, ["repos", owner, name, rest @ ..]) => {
            api::route(&mut state.scope(call, owner, name)?, rest)
        }
        _ => Err(Problem::not_found()),
    }
}

/// Adds entity tag, limits and the rest.
pub(crate) fn finish(call: &Call, answer: Answer, limits: &Limits) -> Response<Vec<u8>> {
    let mut reply = answer.unwrap_or_else(|problem| problem.reply());
    if call.method == "GET" && reply.status == StatusCode::OK {
        let tag = format!("\"{}\"", digest(&reply.body));
        let known = call.header("if-none-match").is_some_and(|tags| {
            tags.split(',')
                .any(|known| known.trim().trim_start_matches("W/") == tag)
        });
        if known {
            reply.status = StatusCode::NOT_MODIFIED;
            reply.body.clear();
        }
        reply.headers.push(("etag", tag));
        reply.headers.push((
            "cache-control",
            "private, max-age=60, s-maxage=60".to_owned(),
        ));
    }
    let free = reply.status == StatusCode::NOT_MODIFIED || call.path == ["rate_limit"];
    reply.headers.extend(limits.headers(call, free));
    reply
        .headers
        .push(("x-github-request-id", limits.request_id()));
    reply
        .headers
        .push(("x-oauth-scopes", "repo, read:org".to_owned()));
    reply
        .headers
        .push(("x-github-api-version-selected", VERSIONS[1].to_owned()));
    write(reply)
}

/// The response as it leaves.
pub(crate) fn write(reply: Reply) -> Response<Vec<u8>> {
    let mut response = Response::new(reply.body);
    *response.status_mut() = reply.status;
    let headers = response.headers_mut();
    if !reply.content_type.is_empty() {
        headers.insert(
            http::header::CONTENT_TYPE,
            HeaderValue::from_static(reply.content_type),
        );
    }
    for (name, value) in reply.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}
