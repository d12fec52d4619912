//! The HTTP stack around a handler, on a port of loopback.

use std::sync::Arc;

use axum::serve::ListenerExt;
use rmcp::{
    ServerHandler,
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService, session::local::LocalSessionManager,
    },
};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

/// A running server. It ends when this is dropped.
pub struct Serving {
    /// Its endpoint.
    pub url: String,
    _ends: DropGuard,
}

/// Serves `handler`.
pub async fn serve(handler: impl ServerHandler + Clone) -> Serving {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let end = CancellationToken::new();
    let config = StreamableHttpServerConfig::default()
        .with_json_response(true)
        .with_allowed_origins([format!("http://{address}")])
        .with_cancellation_token(end.child_token());
    let service: StreamableHttpService<_, LocalSessionManager> =
        StreamableHttpService::new(move || Ok(handler.clone()), Arc::default(), config);
    let router = axum::Router::new().route_service("/mcp", service);
    // Nagle's algorithm holds each event of a stream back by some 40 ms
    let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
    let ended = end.clone().cancelled_owned();
    tokio::spawn(
        axum::serve(listener, router)
            .with_graceful_shutdown(ended)
            .into_future(),
    );
    Serving {
        url: format!("http://{address}/mcp"),
        _ends: end.drop_guard(),
    }
}
