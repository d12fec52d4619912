//! What can be wrong with every request at once.

use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use http::Response;
use serde_json::json;

use crate::reply::{Problem, Reply};
use crate::request::Call;
use crate::route;

/// How far ahead the limit's reset lies.
const WAIT: u64 = 20 * 60;

/// Something wrong with every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The token is no longer valid: 401, always.
    ExpiredToken,
    /// The hourly limit is used up: 403, except for `GET /rate_limit`.
    RateLimit,
}

/// A name that is no fault's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFault(String);

impl std::fmt::Display for UnknownFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = Fault::NAMES.map(|(name, _)| name).join(", ");
        write!(f, "unknown fault {:?}; known: {names}", self.0)
    }
}

impl std::error::Error for UnknownFault {}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::NAMES.iter().find(|(name, _)| *name == text);
        known
            .map(|(_, fault)| *fault)
            .ok_or_else(|| UnknownFault(text.to_owned()))
    }
}

impl Fault {
    /// All faults with their names.
    pub const NAMES: [(&str, Self); 2] = [
        ("expired-token", Self::ExpiredToken),
        ("rate-limit", Self::RateLimit),
    ];

    /// What this fault answers.
    pub(crate) fn answer(self, call: &Call) -> Response<Vec<u8>> {
        match self {
            Self::ExpiredToken => write(Problem::new(401, "Bad credentials").reply()),
            Self::RateLimit => limited(call),
        }
    }
}

fn limited(call: &Call) -> Response<Vec<u8>> {
    // The real clock: a client compares the reset with its own.
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let reset = now + WAIT;
    let reply = if call.path == ["rate_limit"] {
        let core = json!({"limit": 5_000, "remaining": 0, "used": 5_000, "reset": reset});
        let search = json!({"limit": 30, "remaining": 30, "used": 0, "reset": now + 60});
        Reply::json(json!({"resources": {"core": core, "search": search}}))
    } else {
        Problem::new(403, "API rate limit exceeded for user ID 1.").reply()
    };
    let headers = [
        ("x-ratelimit-limit", "5000".to_owned()),
        ("x-ratelimit-remaining", "0".to_owned()),
        ("x-ratelimit-used", "5000".to_owned()),
        ("x-ratelimit-reset", reset.to_string()),
        ("x-ratelimit-resource", "core".to_owned()),
    ];
    let add = |reply: Reply, (name, value)| reply.header(name, Some(value));
    write(headers.into_iter().fold(reply, add))
}

fn write(reply: Reply) -> Response<Vec<u8>> {
    route::write(reply.header("x-github-request-id", Some("5EA0:0001:0000001".to_owned())))
}
