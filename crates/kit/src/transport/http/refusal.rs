//! What a request that is not served gets to read: a status, a challenge where a token would
//! help, and a JSON-RPC error that says the next move.

use axum::{body::Body, response::Response};
use http::{HeaderValue, StatusCode, header};
use rmcp::model::ErrorCode;
use serde_json::json;

use crate::auth::{self, Scope};

/// Why a request is not served.
#[derive(Debug, Clone)]
pub(super) enum Refusal {
    /// `Host` is none of this server's names.
    Host,
    /// `Origin` is none that is allowed.
    Origin,
    /// The address has a query.
    Query,
    /// The token, or its absence.
    Token(auth::Refusal),
    /// Too many wrong tokens came from there.
    Attempts,
    /// The token does not reach that far.
    Scope(Scope),
    /// The session is unknown, or somebody else's, which is the same for the caller.
    Session,
    /// The body is too long; bytes allowed.
    TooLong(usize),
    /// The body took too long.
    TooSlow,
    /// The body broke off.
    Broken,
    /// The principal has too many calls open.
    Busy,
    /// The principal has too many streams open.
    Streams,
    /// The server has.
    Overloaded,
    /// The server is told to stop.
    Stopping,
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::Host | Self::Origin | Self::Scope(_) => StatusCode::FORBIDDEN,
            Self::Query | Self::Broken | Self::Token(auth::Refusal::Malformed) => {
                StatusCode::BAD_REQUEST
            }
            Self::Token(auth::Refusal::Unavailable) | Self::Overloaded | Self::Stopping => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Token(_) => StatusCode::UNAUTHORIZED,
            Self::Session => StatusCode::NOT_FOUND,
            Self::TooLong(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Attempts | Self::Busy | Self::Streams => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Host => "the Host header names another server; the operator allows a name with --allowed-host".into(),
            Self::Origin => "requests from this Origin are refused; the operator allows one with --allowed-origin".into(),
            Self::Query => "this endpoint takes no query, and a token never belongs into an address: send it as `Authorization: Bearer TOKEN`, and renew one that was sent so".into(),
            Self::Token(reason) => format!("{reason}; send a valid one as `Authorization: Bearer TOKEN`"),
            Self::Attempts => "too many wrong tokens came from this address; wait before the next attempt".into(),
            Self::Scope(scope) => format!("this needs the scope {scope}, which the token does not have; ask the operator for one that has"),
            Self::Session => "there is no such session; initialize a new one".into(),
            Self::TooLong(bytes) => format!("the body is longer than {bytes} bytes"),
            Self::TooSlow => "the body did not arrive in time".into(),
            Self::Broken => "the body broke off".into(),
            Self::Busy => "this principal has too many calls in flight; wait for one to end".into(),
            Self::Streams => "this principal has too many streams open; close one".into(),
            Self::Overloaded => "the server has too many calls in flight; try again soon".into(),
            Self::Stopping => "the server is being stopped; try another replica".into(),
        }
    }

    /// RFC 6750, section 3, and RFC 9728, section 5.1.
    fn challenge(&self, metadata: &str) -> Option<String> {
        let error = match self {
            Self::Token(auth::Refusal::Missing) => String::new(),
            Self::Token(auth::Refusal::Malformed) => ", error=\"invalid_request\"".into(),
            Self::Token(auth::Refusal::Invalid | auth::Refusal::Expired) => {
                ", error=\"invalid_token\"".into()
            }
            Self::Scope(scope) => format!(", error=\"insufficient_scope\", scope=\"{scope}\""),
            _ => return None,
        };
        Some(format!("Bearer resource_metadata=\"{metadata}\"{error}"))
    }

    /// The answer; `metadata` is the address of the RFC 9728 document.
    pub(super) fn answer(&self, metadata: &str) -> Response {
        let body = json!({
            "jsonrpc": "2.0",
            "id": null,
            "error": {"code": ErrorCode::INVALID_REQUEST.0, "message": self.message()},
        });
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        if let Some(challenge) = self.challenge(metadata)
            && let Ok(challenge) = HeaderValue::try_from(challenge)
        {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        let wait = match self {
            Self::Busy | Self::Streams | Self::Overloaded | Self::Stopping => Some("1"),
            Self::Attempts | Self::Token(auth::Refusal::Unavailable) => Some("10"),
            _ => None,
        };
        if let Some(seconds) = wait {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        // what is left of a body that was not read must not be taken for the next request
        if matches!(self, Self::TooLong(_) | Self::TooSlow | Self::Broken) {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}
