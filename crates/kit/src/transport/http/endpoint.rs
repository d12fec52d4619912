//! `/mcp`: the body within its bounds, the scope that the request needs, a place among the calls
//! in flight, the session's owner; then the SDK.

use std::{borrow::Cow, pin::Pin, sync::Arc, task};

use axum::{
    Extension, Router,
    body::Body,
    extract::{Request, State},
    middleware::from_fn_with_state,
    response::Response,
    routing::any,
};
use bytes::Bytes;
use http::{HeaderValue, Method, header};
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use rmcp::{ServerHandler, transport::streamable_http_server::StreamableHttpService};
use serde::Deserialize;

use super::{
    PATH, Shared, admission,
    in_flight::{Full as Bound, Permit},
    refusal::Refusal,
    session::{OPENER, Sessions},
};
use crate::auth::{Principal, Scope};

const SESSION: &str = "mcp-session-id";

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
        .layer(from_fn_with_state(shared.clone(), admission::admit))
        .with_state(shared.clone())
}

async fn answer<H: ServerHandler + Clone + Sync>(
    speech: &Speech<H>,
    shared: &Arc<Shared>,
    principal: Principal,
    request: Request,
) -> Response {
    let metadata = shared.metadata_url(request.headers());
    match served(speech, shared, principal, request).await {
        Ok(response) => response,
        Err(refusal) => refusal.answer(&metadata),
    }
}

async fn served<H: ServerHandler + Clone + Sync>(
    speech: &Speech<H>,
    shared: &Arc<Shared>,
    principal: Principal,
    request: Request,
) -> Result<Response, Refusal> {
    let session = request.headers().get(SESSION);
    if let Some(id) = session.and_then(|id| id.to_str().ok())
        && shared.sessions.is_foreign(id, &principal.name)
    {
        return Err(Refusal::Session);
    }
    if shared.stopping.is_cancelled() {
        return Err(Refusal::Stopping);
    }
    let name = principal.name.clone();
    // the stream of a session is no call: there is at most one for each session
    let permit = (request.method() == Method::POST)
        .then(|| shared.in_flight.begin(&name))
        .transpose()
        .map_err(|bound| match bound {
            Bound::Principal => Refusal::Busy,
            Bound::Server => Refusal::Overloaded,
        })?;
    let (parts, body) = request.into_parts();
    let body = read(shared, body).await?;
    if let Some(scope) = needed(shared, &body)
        && !principal.scopes.allow(scope)
    {
        tracing::info!(principal = %name, %scope, "insufficient scope");
        return Err(Refusal::Scope(scope));
    }
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
        Some(permit) => Body::new(Held { body, permit }),
        None => Body::new(body),
    };
    Ok(Response::from_parts(parts, body))
}

/// Reads a body of bounded length in bounded time.
async fn read(shared: &Shared, body: Body) -> Result<Bytes, Refusal> {
    let limits = &shared.config.limits;
    // a length that is declared too long is not waited for
    if body.size_hint().lower() > limits.body as u64 {
        return Err(Refusal::TooLong(limits.body));
    }
    let reading = Limited::new(body, limits.body).collect();
    match tokio::time::timeout(limits.read, reading).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Refusal::TooLong(limits.body)),
        Ok(Err(_)) => Err(Refusal::Broken),
        Err(_elapsed) => Err(Refusal::TooSlow),
    }
}

/// As much of a message as its scope depends on.
#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow, default)]
    params: Params<'a>,
}

#[derive(Deserialize, Default)]
struct Params<'a> {
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
}

/// The scope that a message needs. One that cannot be read here is refused or, by its handler,
/// judged once more.
fn needed(shared: &Shared, body: &[u8]) -> Option<Scope> {
    let message: Message<'_> = serde_json::from_slice(body).ok()?;
    (shared.config.required)(&message.method, message.params.name.as_deref())
}

/// A body that holds its call's place until it is read or given up.
struct Held<B> {
    body: B,
    #[expect(dead_code, reason = "held for its Drop")]
    permit: Permit,
}

impl<B: http_body::Body + Unpin> http_body::Body for Held<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut task::Context<'_>,
    ) -> task::Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
