//! `/mcp`: the body within its bounds, the scope that the request needs, a place among the calls
//! in flight, the session's owner; then the SDK.

use std::{borrow::Cow, sync::Arc};

use axum::{
    Extension, Router,
    body::Body,
    extract::{Request, State},
    middleware::from_fn_with_state,
    response::Response,
    routing::any,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use http_body::Body as _;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use rmcp::{ServerHandler, transport::streamable_http_server::StreamableHttpService};
use serde::{Deserialize, de::IgnoredAny};

use super::{
    PATH, Shared, admission,
    held::Held,
    in_flight::{Full as Bound, Permit},
    refusal::Refusal,
    session::{InUse, OPENER, Sessions},
};
use crate::auth::{Principal, Scope};

const SESSION: &str = "mcp-session-id";
/// No session is called so: the SDK's are UUIDs.
const NO_SESSION: &str = "none";
/// The longest message that is read where all places are taken, in bytes.
const SMALL: usize = 16 * 1024;

type Speech<H> = StreamableHttpService<H, Sessions>;

pub(super) fn router<H: ServerHandler + Clone + Sync>(
    speech: Speech<H>,
    shared: &Arc<Shared>,
) -> Router {
    let handler = move |State(shared): State<Arc<Shared>>,
                        Extension(principal): Extension<Principal>,
                        request: Request| {
        let speech = speech.clone();
        async move { answer(&speech, &shared, principal, request).await }
    };
    Router::new()
        .route(PATH, any(handler))
        .route_layer(from_fn_with_state(shared.clone(), admission::admit))
        .with_state(shared.clone())
}

async fn answer<H: ServerHandler + Clone + Sync>(
    speech: &Speech<H>,
    shared: &Arc<Shared>,
    principal: Principal,
    request: Request,
) -> Response {
    // a clone of the one header that an address is made of, where one is needed
    let host = request.headers().get(header::HOST).cloned();
    match served(speech, shared, principal, request).await {
        Ok(response) => response,
        Err(refusal) => {
            let host = host.map(|host| (header::HOST, host));
            refusal.answer(&shared.metadata_url(&HeaderMap::from_iter(host)))
        }
    }
}

async fn served<H: ServerHandler + Clone + Sync>(
    speech: &Speech<H>,
    shared: &Arc<Shared>,
    principal: Principal,
    mut request: Request,
) -> Result<Response, Refusal> {
    let name = principal.name.clone();
    let posted = request.method() == Method::POST;
    let session = session_named(shared, &name, request.headers());
    if matches!(session, Named::NotTheirs) {
        if !posted {
            return Err(Refusal::Session);
        }
        // The SDK then finds no session, where one is needed: a message of 2026-07-28 needs none.
        // So another principal's is in all as one that there is not.
        let none = HeaderValue::from_static(NO_SESSION);
        request.headers_mut().insert(SESSION, none);
    }
    if shared.stopping.is_cancelled() {
        return Err(Refusal::Stopping);
    }
    let (mut parts, body) = request.into_parts();
    let (body, permit) = if posted {
        let (body, method, permit) = call(shared, &principal, body).await?;
        if let Some(permit) = &permit
            && method.as_deref() != Some("initialize")
        {
            // A session's call goes on when its client hangs up, and must keep its place: the
            // SDK holds these as long as the call. (Those of `initialize` it holds for longer.)
            parts.extensions.insert(permit.clone());
            if let Named::Theirs(session) = session {
                parts.extensions.insert(session);
            }
        }
        (body, permit)
    } else {
        // nothing is read of a body that means nothing
        let stream = parts.method == Method::GET;
        let permit = stream.then(|| shared.streams.begin(&name)).transpose();
        let permit = permit.map_err(|bound| match bound {
            Bound::Principal => Refusal::Streams,
            Bound::Server => Refusal::Overloaded,
        })?;
        (Bytes::new(), permit.map(Arc::new))
    };
    let request = Request::from_parts(parts, Full::new(body));
    let response = OPENER.scope(name, speech.handle(request)).await;
    let (mut parts, body) = response.into_parts();
    let headers = &mut parts.headers;
    // answers are for this caller alone
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    let body = match permit {
        Some(permit) => Body::new(Held::new(body, permit)),
        None => Body::new(body),
    };
    Ok(Response::from_parts(parts, body))
}

/// What a request names as its session.
enum Named {
    None,
    Theirs(InUse),
    /// Another principal's, an unknown one, or more than one.
    NotTheirs,
}

fn session_named(shared: &Shared, principal: &str, headers: &HeaderMap) -> Named {
    let mut named = headers.get_all(SESSION).iter();
    match (named.next(), named.next()) {
        (None, _) => Named::None,
        (Some(id), None) => id
            .to_str()
            .ok()
            .and_then(|id| shared.sessions.of(id, principal))
            .map_or(Named::NotTheirs, Named::Theirs),
        (Some(_), Some(_)) => Named::NotTheirs,
    }
}

/// A message that may be worked on: its bytes, its method, and its place among the calls in flight.
/// One that expects no answer, as a cancellation and a human's word do, needs no place: it may be
/// what the calls in flight are waiting for.
async fn call(
    shared: &Shared,
    principal: &Principal,
    body: Body,
) -> Result<(Bytes, Option<String>, Option<Arc<Permit>>), Refusal> {
    let place = shared.in_flight.begin(&principal.name);
    let limit = shared.config.limits.body;
    let limit = limit.min(if place.is_ok() { limit } else { SMALL });
    let body = read(shared, body, limit).await;
    let (body, place) = match (body, place) {
        (Ok(body), place) => (body, place),
        (Err(_), Err(bound)) => return Err(full(bound)),
        (Err(refusal), Ok(_)) => return Err(refusal),
    };
    let message = serde_json::from_slice::<Message<'_>>(&body).ok();
    let place = match place {
        Ok(permit) => Some(Arc::new(permit)),
        Err(_) if message.as_ref().is_some_and(Message::is_no_request) => None,
        Err(bound) => return Err(full(bound)),
    };
    let method = message
        .as_ref()
        .and_then(|message| message.method.as_deref());
    if let Some(scope) = message.as_ref().and_then(|message| message.scope(shared))
        && !principal.scopes.allow(scope)
    {
        tracing::info!(principal = %principal.name, %scope, "insufficient scope");
        return Err(Refusal::Scope(scope));
    }
    let method = method.map(str::to_owned);
    Ok((body, method, place))
}

fn full(bound: Bound) -> Refusal {
    match bound {
        Bound::Principal => Refusal::Busy,
        Bound::Server => Refusal::Overloaded,
    }
}

/// Reads a body of bounded length in bounded time.
async fn read(shared: &Shared, body: Body, limit: usize) -> Result<Bytes, Refusal> {
    // a length that is declared too long is not waited for
    if body.size_hint().lower() > limit as u64 {
        return Err(Refusal::TooLong(limit));
    }
    let reading = Limited::new(body, limit).collect();
    match tokio::time::timeout(shared.config.limits.read, reading).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Refusal::TooLong(limit)),
        Ok(Err(_)) => Err(Refusal::Broken),
        Err(_elapsed) => Err(Refusal::TooSlow),
    }
}

/// As much of a message as its admission depends on. One that cannot be read here is refused or,
/// by its handler, judged once more.
#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow, default)]
    method: Option<Cow<'a, str>>,
    #[serde(default)]
    id: Option<IgnoredAny>,
    #[serde(borrow, default)]
    params: Params<'a>,
}

#[derive(Deserialize, Default)]
struct Params<'a> {
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
}

impl Message<'_> {
    /// Whether it is a notification, or the answer to a question of the server's.
    fn is_no_request(&self) -> bool {
        self.method.is_none() || self.id.is_none()
    }

    /// The scope that it needs.
    fn scope(&self, shared: &Shared) -> Option<Scope> {
        (shared.config.required)(self.method.as_deref()?, self.params.name.as_deref())
    }
}
