//! The daemon's `process.Process` calls: Connect RPC with JSON.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Json,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bollard::container::LogOutput;
use futures::StreamExt;
use serde_json::{Value, json};
use tokio::{
    io::AsyncWriteExt,
    sync::mpsc::{Sender, channel},
    time::{Instant, timeout_at},
};
use tokio_util::bytes::BufMut;

use super::{
    Shared,
    machine::{Machine, Process},
};

/// A Connect error of a unary call.
fn refused(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({"code": code, "message": message}))).into_response()
}

fn not_found() -> Response {
    refused(StatusCode::NOT_FOUND, "not_found", "process not found")
}

fn envelope(flags: u8, message: &Value) -> Bytes {
    let message = message.to_string();
    let mut bytes = Vec::with_capacity(message.len() + 5);
    bytes.put_u8(flags);
    bytes.put_u32(u32::try_from(message.len()).unwrap());
    bytes.put_slice(message.as_bytes());
    bytes.into()
}

/// The Linux user that a request asks for, as the engine takes it.
fn user(headers: &HeaderMap) -> Result<&'static str, Response> {
    let Some(basic) = headers.get(header::AUTHORIZATION) else {
        return Ok("1000:1000");
    };
    let basic = basic
        .to_str()
        .ok()
        .and_then(|basic| basic.strip_prefix("Basic "));
    let decoded = basic.and_then(|basic| STANDARD.decode(basic).ok());
    match decoded.as_deref() {
        Some(b"user:") => Ok("1000:1000"),
        Some(b"nobody:") => Ok("65534:65534"),
        Some(b"root:") => Ok("0:0"),
        _ => Err(refused(
            StatusCode::UNAUTHORIZED,
            "unauthenticated",
            "invalid username",
        )),
    }
}

pub(super) async fn health(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
) -> Result<StatusCode, Response> {
    shared.machine(&headers).map(|_| StatusCode::NO_CONTENT)
}

/// The message of a streaming request.
fn request(headers: &HeaderMap, body: &[u8]) -> Option<Value> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let (head, message) = body.split_first_chunk::<5>()?;
    let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
    let whole =
        kind.starts_with("application/connect+json") && head[0] == 0 && message.len() == length;
    serde_json::from_slice(message).ok().filter(|_| whole)
}

pub(super) async fn start(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Response> {
    let machine = shared.machine(&headers)?;
    let user = user(&headers)?;
    let Some(asked) = request(&headers, &body) else {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response());
    };
    let longest = headers
        .get("connect-timeout-ms")
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .map_or(Duration::from_secs(3_600), Duration::from_millis);
    let (sender, receiver) = channel(16);
    // the process lives on when the client goes away, as the real daemon has it
    tokio::spawn(async move {
        let deadline = Instant::now() + longest;
        let last = match timeout_at(deadline, serve(&machine, user, &asked, &sender)).await {
            Ok(Ok(())) => json!({}),
            Ok(Err(failed)) => {
                json!({"error": {"code": "internal", "message": failed.to_string()}})
            }
            Err(_) => {
                json!({"error": {"code": "deadline_exceeded", "message": "context deadline exceeded"}})
            }
        };
        let _ = sender.send(envelope(2, &last)).await;
    });
    let stream = futures::stream::unfold(receiver, |mut receiver| async move {
        let piece = receiver.recv().await?;
        Some((Ok::<_, Infallible>(piece), receiver))
    });
    let kind = [(header::CONTENT_TYPE, "application/connect+json")];
    Ok((kind, Body::from_stream(stream)).into_response())
}

async fn tell(sender: &Sender<Bytes>, event: &Value) {
    // whoever asked may be gone
    let _ = sender.send(envelope(0, &json!({ "event": event }))).await;
}

async fn serve(
    machine: &Machine,
    user: &str,
    asked: &Value,
    sender: &Sender<Bytes>,
) -> Result<(), bollard::errors::Error> {
    let stdin = asked["stdin"].as_bool().unwrap_or(false);
    let mut started = machine.start(user, asked["process"].clone(), stdin).await?;
    tell(sender, &json!({"start": {"pid": started.pid}})).await;
    while let Some(piece) = started.output.next().await {
        let piece = piece?;
        let stream = if matches!(piece, LogOutput::StdErr { .. }) {
            "stderr"
        } else {
            "stdout"
        };
        tell(
            sender,
            &json!({"data": {stream: STANDARD.encode(piece.into_bytes())}}),
        )
        .await;
    }
    let status = machine.status(started.pid, &started.exec).await;
    // as JSON of protocol buffers has it, what is zero is left out
    let mut end = json!({"exited": true, "status": format!("exit status {status}")});
    if status != 0 {
        end["exitCode"] = json!(status);
        end["error"] = json!(format!("exit status {status}"));
    }
    tell(sender, &json!({ "end": end })).await;
    Ok(())
}

pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Response> {
    Ok(Json(shared.machine(&headers)?.list()))
}

/// The process that a request is about, with its number and its sandbox.
fn process(
    shared: &Shared,
    headers: &HeaderMap,
    asked: &Value,
) -> Result<(Arc<Machine>, u64, Arc<Process>), Response> {
    let machine = shared.machine(headers)?;
    let (pid, process) = machine.process(&asked["process"]).ok_or_else(not_found)?;
    Ok((machine, pid, process))
}

pub(super) async fn send_input(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Json(asked): Json<Value>,
) -> Result<Json<Value>, Response> {
    let (_, _, process) = process(&shared, &headers, &asked)?;
    let bytes = STANDARD.decode(asked["input"]["stdin"].as_str().unwrap_or_default());
    let odd = |message: &str| refused(StatusCode::BAD_REQUEST, "invalid_argument", message);
    let bytes = bytes.map_err(|_| odd("no base64"))?;
    let mut input = process.input.lock().await;
    let input = input.as_mut().ok_or_else(|| odd("stdin not enabled"))?;
    let written = async {
        input.write_all(&bytes).await?;
        input.flush().await
    };
    written.await.map_err(|_| not_found())?;
    Ok(Json(json!({})))
}

pub(super) async fn close_stdin(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Json(asked): Json<Value>,
) -> Result<Json<Value>, Response> {
    let (_, _, process) = process(&shared, &headers, &asked)?;
    if let Some(mut input) = process.input.lock().await.take() {
        let _ = input.shutdown().await;
    }
    Ok(Json(json!({})))
}

pub(super) async fn send_signal(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Json(asked): Json<Value>,
) -> Result<Json<Value>, Response> {
    let (machine, pid, _) = process(&shared, &headers, &asked)?;
    let signal = if asked["signal"] == "SIGNAL_SIGTERM" {
        15
    } else {
        9
    };
    machine.kill(pid, signal).await.map_err(|failed| {
        refused(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            &failed.to_string(),
        )
    })?;
    Ok(Json(json!({})))
}
