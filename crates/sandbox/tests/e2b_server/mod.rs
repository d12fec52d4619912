//! A service on loopback that speaks E2B's protocol and runs its sandboxes as containers of the
//! tests' Docker engine. The hosted backend is tested against it; that it speaks the protocol and
//! not just our reading of it is shown by the official Python SDK, which passes against it too
//! (`sdk.py`, versions in `requirements.txt`).
//!
//! - `machine.rs`: a sandbox: a container that sleeps, and processes in it;
//! - `rest.rs`: sandboxes are made, listed and deleted;
//! - `process.rs`: the daemon's `process.Process` calls;
//! - `interpreter.rs`, `interpreter.py`: the code interpreter's `/execute`.
#![allow(
    clippy::unwrap_used,
    clippy::result_large_err,
    reason = "tests; a refusal is the answer itself"
)]

mod interpreter;
mod machine;
mod process;
mod rest;

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use bollard::Docker;
use serde_json::json;
use tokio::task::JoinHandle;

use machine::Machine;

/// The only key that the service knows.
pub(crate) const KEY: &str = "e2b_0123456789abcdef0123456789abcdef";
/// The only template that it has.
pub(crate) const TEMPLATE: &str = "code-interpreter-v1";

/// What all requests share.
pub(crate) struct Shared {
    docker: Docker,
    image: String,
    machines: Mutex<HashMap<String, Arc<Machine>>>,
}

impl Shared {
    /// The sandbox that a request is for, if it may.
    fn machine(&self, headers: &HeaderMap) -> Result<Arc<Machine>, Response> {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let id = header("e2b-sandbox-id").unwrap_or_default();
        let machine = self.machines.lock().unwrap().get(id).cloned();
        let Some(machine) = machine else {
            return Err(error(StatusCode::BAD_GATEWAY, "The sandbox was not found"));
        };
        if header("x-access-token") != Some(&machine.token) {
            return Err(error(StatusCode::UNAUTHORIZED, "wrong access token"));
        }
        Ok(machine)
    }

    async fn remove(&self, id: &str) -> bool {
        let machine = self.machines.lock().unwrap().remove(id);
        match machine {
            Some(machine) => {
                machine.remove().await;
                true
            }
            None => false,
        }
    }
}

/// An error as the service words it.
fn error(status: StatusCode, message: &str) -> Response {
    let body = json!({"code": status.as_u16(), "message": message});
    (status, Json(body)).into_response()
}

/// A running service. It ends with this value, and its sandboxes with it.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts a service on a free port of loopback.
    pub(crate) async fn start(docker: Docker, image: String) -> Self {
        let shared = Arc::new(Shared {
            docker,
            image,
            machines: Mutex::default(),
        });
        let app = Router::new()
            .route("/v2/sandboxes", post(rest::create).get(rest::list))
            .route("/sandboxes", post(rest::create).get(rest::list))
            .route("/sandboxes/{id}", delete(rest::delete).get(rest::info))
            .route("/sandboxes/{id}/timeout", post(rest::timeout))
            .route("/health", get(process::health))
            .route("/process.Process/Start", post(process::start))
            .route("/process.Process/List", post(process::list))
            .route("/process.Process/SendInput", post(process::send_input))
            .route("/process.Process/CloseStdin", post(process::close_stdin))
            .route("/process.Process/SendSignal", post(process::send_signal))
            .route("/execute", post(interpreter::execute))
            .with_state(shared.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self {
            address,
            shared,
            task,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many sandboxes there are.
    pub(crate) fn sandboxes(&self) -> usize {
        self.shared.machines.lock().unwrap().len()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
        let machines: Vec<_> = self.shared.machines.lock().unwrap().drain().collect();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            // where the runtime ends first, the containers end by their own time
            runtime.spawn(async move {
                for (_, machine) in machines {
                    machine.remove().await;
                }
            });
        }
    }
}
