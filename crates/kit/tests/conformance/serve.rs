//! Our HTTP stack around a handler, on a port of loopback.
//!
//! The suite sends no token, and the stack serves nobody without one: a layer in front of it adds
//! the token of one caller to every request, so that the suite goes through authentication too.

use std::sync::Arc;

use axum::{extract::Request, middleware::map_request};
use http::{HeaderValue, header::AUTHORIZATION};
use rmcp::ServerHandler;
use seaworthy_kit::{
    auth::{Authenticator, Scopes, Tokens, tokens},
    transport::http::{App, Config, serve as serve_http},
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
    let minted = tokens::mint("conformance", Scopes::ALL, None).unwrap();
    let tokens = Tokens::parse(&minted.line).unwrap();
    let mut config = Config::new(Arc::new(Authenticator::new(Some(tokens), None).unwrap()));
    config.allowed_origins = vec![format!("http://{address}")];
    let bearer = HeaderValue::try_from(format!("Bearer {}", minted.token.expose())).unwrap();
    let authorize = move |mut request: Request| {
        request.headers_mut().insert(AUTHORIZATION, bearer.clone());
        std::future::ready(request)
    };
    let app = App::new(handler, config).wrapped(|router| router.layer(map_request(authorize)));
    let end = CancellationToken::new();
    tokio::spawn(serve_http(listener, None, app, end.clone()));
    Serving {
        url: format!("http://{address}/mcp"),
        _ends: end.drop_guard(),
    }
}
