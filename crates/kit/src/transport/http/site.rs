//! What is not MCP: health, readiness, metrics, and what the protected resource is.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, StatusCode, Uri, header};
use serde_json::{Value, json};

use super::{METADATA, PATH, Shared, admission};
use crate::{
    auth::Scope,
    telemetry::prometheus::{CONTENT_TYPE, END},
};

pub(super) fn router(shared: &Arc<Shared>) -> Router {
    let open = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route(METADATA, get(metadata));
    let closed = Router::new()
        .route("/metrics", get(metrics))
        .route_layer(from_fn_with_state(shared.clone(), admission::admit));
    open.merge(closed).with_state(shared.clone())
}

/// Whether new requests should come here.
async fn ready(State(shared): State<Arc<Shared>>) -> (StatusCode, &'static str) {
    if shared.stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    (StatusCode::OK, "ready\n")
}

/// RFC 9728, section 2. It says nothing that a client without a token may not know.
async fn metadata(State(shared): State<Arc<Shared>>, uri: Uri, headers: HeaderMap) -> Response {
    if let Err(refusal) = shared.misdirected(&uri, &headers) {
        return refusal.answer("");
    }
    let resource = match &shared.config.public_url {
        Some(url) => url.clone(),
        None => format!("{}{PATH}", shared.origin(&headers)),
    };
    let mut document = json!({
        "resource": resource,
        "resource_name": "Seaworthy",
        "bearer_methods_supported": ["header"],
        "scopes_supported": Scope::ALL.map(Scope::name),
    });
    if let Some(issuer) = shared.config.authenticator.issuer() {
        document["authorization_servers"] = Value::from(vec![issuer]);
    }
    Json(document).into_response()
}

/// The OpenMetrics text format, which Prometheus reads.
async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    let Some(metrics) = &shared.config.metrics else {
        return (StatusCode::NOT_FOUND, "no metrics are kept\n").into_response();
    };
    let mut text = metrics();
    text.truncate(text.trim_end_matches(END).len());
    for (name, help, value) in [
        (
            "seaworthy_calls_in_flight",
            "Calls being worked on.",
            shared.in_flight.count(),
        ),
        (
            "seaworthy_sessions",
            "Sessions of clients before 2026-07-28.",
            shared.sessions.count(),
        ),
    ] {
        text.push_str(&format!(
            "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n"
        ));
    }
    text.push_str(END);
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response()
}
