//! The sample GitHub as a service on loopback, for servers that share it; it notes who asked what.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{Router, body::Bytes, extract::State, response::Response};
use http::{HeaderMap, Method, Request, Uri};
use seaworthy_sample::Sample;
use tokio::{net::TcpListener, task::JoinHandle};

/// The service. It stops when this is dropped.
pub struct Upstream {
    pub url: String,
    seen: Seen,
    serving: JoinHandle<()>,
}

#[derive(Clone)]
struct Seen {
    sample: Arc<Sample>,
    requests: Arc<Mutex<Vec<(Method, String, String)>>>,
    /// How long the answer to a change waits, once it is made.
    slow: Duration,
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Upstream {
    pub async fn start() -> Self {
        Self::start_slow(Duration::ZERO).await
    }

    /// One that keeps its clients waiting for the answer to a change that it made.
    pub async fn start_slow(slow: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Seen {
            sample: Arc::new(Sample::new()),
            requests: Arc::default(),
            slow,
        };
        let router = Router::new().fallback(answer).with_state(seen.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, seen, serving }
    }

    fn requests(&self) -> Vec<(Method, String, String)> {
        let requests = self.seen.requests.lock();
        requests.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The `Authorization` of each request so far.
    pub fn authorizations(&self) -> Vec<String> {
        self.requests()
            .into_iter()
            .map(|(_, _, token)| token)
            .collect()
    }

    /// The paths of the requests so far that change something.
    pub fn writes(&self) -> Vec<String> {
        let requests = self.requests().into_iter();
        requests
            .filter(|(method, _, _)| *method != Method::GET)
            .map(|(method, path, _)| format!("{method} {path}"))
            .collect()
    }
}

async fn answer(
    State(seen): State<Seen>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let token = headers.get("authorization");
    let token = token.map_or("", |token| token.to_str().unwrap()).to_owned();
    let path = uri.path().to_owned();
    seen.requests
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push((method.clone(), path, token));
    let changes = method != Method::GET;
    let mut request = Request::new(body.to_vec());
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    let response = seen.sample.respond(request).map(Into::into);
    if changes {
        tokio::time::sleep(seen.slow).await;
    }
    response
}
