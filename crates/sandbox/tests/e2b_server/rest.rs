//! Sandboxes are made, listed and deleted.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{KEY, Shared, TEMPLATE, error, machine::Machine};

/// Nothing without the key.
fn check(headers: &HeaderMap) -> Result<(), Response> {
    match headers.get("x-api-key").and_then(|key| key.to_str().ok()) {
        Some(KEY) => Ok(()),
        Some(_) => Err(error(StatusCode::UNAUTHORIZED, "Invalid API key")),
        None => Err(error(StatusCode::UNAUTHORIZED, "no API key")),
    }
}

fn shown(machine: &Machine) -> Value {
    json!({
        "sandboxID": machine.id,
        "templateID": TEMPLATE,
        "clientID": "loopback",
        "envdVersion": "0.6.4",
        "metadata": machine.metadata,
        "state": "running",
        "startedAt": "2026-01-01T00:00:00Z",
        "endAt": "2026-01-01T01:00:00Z",
        "cpuCount": 1,
        "memoryMB": 512,
        "diskSizeMB": 64,
    })
}

pub(super) async fn create(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Json(asked): Json<Value>,
) -> Result<Response, Response> {
    check(&headers)?;
    let template = asked["templateID"].as_str().unwrap_or_default();
    if template != TEMPLATE {
        return Err(error(
            StatusCode::NOT_FOUND,
            &format!("template '{template}' not found"),
        ));
    }
    let lifetime = asked["timeout"].as_u64().unwrap_or(15).clamp(1, 3_600);
    let metadata = asked["metadata"].clone();
    let machine = Machine::create(shared.docker.clone(), &shared.image, lifetime, metadata)
        .await
        .map_err(|failed| error(StatusCode::INTERNAL_SERVER_ERROR, &failed.to_string()))?;
    let mut made = shown(&machine);
    made["envdAccessToken"] = json!(machine.token);
    made["domain"] = Value::Null;
    let id = machine.id.clone();
    shared
        .machines
        .lock()
        .unwrap()
        .insert(id.clone(), Arc::new(machine));
    let weak = Arc::downgrade(&shared);
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(lifetime)).await;
        if let Some(shared) = weak.upgrade() {
            shared.remove(&id).await;
        }
    });
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Response> {
    check(&headers)?;
    let machines = shared.machines.lock().unwrap();
    Ok(Json(
        machines.values().map(|machine| shown(machine)).collect(),
    ))
}

pub(super) async fn info(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<Value>, Response> {
    check(&headers)?;
    let machines = shared.machines.lock().unwrap();
    let machine = machines.get(&id);
    machine
        .map(|machine| Json(shown(machine)))
        .ok_or_else(|| error(StatusCode::NOT_FOUND, "sandbox not found"))
}

pub(super) async fn delete(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<StatusCode, Response> {
    check(&headers)?;
    if shared.remove(&id).await {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(error(StatusCode::NOT_FOUND, "sandbox not found"))
    }
}

/// A sandbox here lives as long as it was made for; to ask for less or more is accepted and does
/// nothing.
pub(super) async fn timeout(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<StatusCode, Response> {
    let _known = info(State(shared), headers, Path(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
