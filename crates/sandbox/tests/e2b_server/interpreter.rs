//! The code interpreter: one Python a sandbox, whose state lives from one call to the next.

use std::{
    convert::Infallible,
    sync::{Arc, atomic::Ordering},
};

use axum::{
    Json,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use bollard::container::LogOutput;
use futures::StreamExt;
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, sync::mpsc::channel};

use super::{Shared, error, machine::Machine};

const SOURCE: &str = include_str!("interpreter.py");

pub(super) async fn execute(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Json(asked): Json<Value>,
) -> Result<Response, Response> {
    let machine = shared.machine(&headers)?;
    if !matches!(asked["language"].as_str(), None | Some("python")) {
        return Err(error(StatusCode::BAD_REQUEST, "only Python here"));
    }
    let (sender, mut receiver) = channel::<Bytes>(16);
    tokio::spawn(async move {
        let count = machine.executions.fetch_add(1, Ordering::Relaxed) + 1;
        let told = relay(&machine, &asked, &sender).await;
        let mut last = vec![json!({"type": "number_of_executions", "execution_count": count})];
        if let Err(failed) = told {
            last.push(json!({"type": "error", "name": "Gone", "value": failed.to_string(), "traceback": ""}));
        }
        last.push(json!({"type": "end_of_execution"}));
        for line in last {
            let _ = sender.send(format!("{line}\n").into()).await;
        }
    });
    let stream = futures::stream::poll_fn(move |context| {
        receiver
            .poll_recv(context)
            .map(|piece| piece.map(Ok::<_, Infallible>))
    });
    let kind = [(header::CONTENT_TYPE, "application/json")];
    Ok((kind, Body::from_stream(stream)).into_response())
}

/// Hands the code to the sandbox's Python and passes on its lines, until an empty one.
async fn relay(
    machine: &Machine,
    asked: &Value,
    sender: &tokio::sync::mpsc::Sender<Bytes>,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut interpreter = machine.interpreter.lock().await;
    if interpreter.is_none() {
        let cmd = ["python3", "-I", "-u", "-c", SOURCE]
            .map(str::to_owned)
            .into();
        let (_, input, output) = machine.exec("1000:1000", None, vec![], cmd).await?;
        *interpreter = Some((input, output));
    }
    let (input, output) = interpreter.as_mut().ok_or("no interpreter")?;
    let line = json!({"code": asked["code"], "env_vars": asked["env_vars"]});
    input.write_all(format!("{line}\n").as_bytes()).await?;
    input.flush().await?;
    let mut pending = Vec::new();
    while let Some(piece) = output.next().await {
        let LogOutput::StdOut { message } = piece? else {
            continue;
        };
        pending.extend_from_slice(&message);
        while let Some(end) = pending.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = pending.drain(..=end).collect();
            if line.len() == 1 {
                return Ok(());
            }
            // whoever asked may be gone; the code runs to its end all the same
            let _ = sender.send(line.into()).await;
        }
    }
    *interpreter = None;
    Err("the interpreter ended".into())
}
