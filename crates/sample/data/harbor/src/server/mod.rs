//! HTTP.

mod error;
mod routes;

use std::net::SocketAddr;
use std::sync::Arc;

use crate::Stations;
use crate::cache::Cache;

/// What every request sees.
#[derive(Clone)]
pub struct Shared {
    stations: Arc<Stations>,
    cache: Arc<Cache>,
}

/// Serves until SIGTERM.
pub async fn run(listen: SocketAddr, stations: Stations) -> std::io::Result<()> {
    let shared = Shared { stations: Arc::new(stations), cache: Arc::default() };
    let listener = tokio::net::TcpListener::bind(listen).await?;
    tracing::info!(%listen, "listening");
    axum::serve(listener, routes::router(shared)).await
}
