//! What browsers let pages of allowed origins do and see (Fetch, section "CORS protocol").
//!
//! It lets nobody in: a browser asks here first, without a token, whether a page may ask at all.

use std::{sync::Arc, time::Duration};

use axum::Router;
use http::{HeaderName, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::admission;

/// How long a browser may remember the answer.
const REMEMBER: Duration = Duration::from_secs(600);

/// `router` for pages of `origins`; as it is where there are none.
pub(super) fn around(router: Router, origins: &[String]) -> Router {
    if origins.is_empty() {
        return router;
    }
    let origins: Arc<[String]> = origins.into();
    let allowed = AllowOrigin::predicate(move |origin, _| admission::allows(&origins, origin));
    let mcp = HeaderName::from_static;
    let layer = CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([
            header::ACCEPT,
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            mcp("last-event-id"),
            mcp("mcp-method"),
            mcp("mcp-name"),
            mcp("mcp-protocol-version"),
            mcp("mcp-session-id"),
        ])
        .expose_headers([mcp("mcp-session-id"), header::WWW_AUTHENTICATE])
        .max_age(REMEMBER);
    router.layer(layer)
}
