//! Errors with a hint.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

pub(super) struct Problem {
    status: StatusCode,
    error: String,
    hint: Option<String>,
}

impl Problem {
    pub(super) fn bad(name: &str, expected: &str) -> Self {
        let error = format!("{name} must be {expected}");
        Self { status: StatusCode::BAD_REQUEST, error, hint: None }
    }

    pub(super) fn unknown_station(id: &str, nearest: Option<&str>) -> Self {
        let hint = nearest.map(|nearest| format!("did you mean {nearest}?"));
        Self { status: StatusCode::NOT_FOUND, error: format!("no station {id:?}"), hint }
    }

    pub(super) fn no_datum() -> Self {
        let hint = Some("try datum=msl".to_owned());
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, error: "no chart datum".to_owned(), hint }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, Json(json!({"error": self.error, "hint": self.hint}))).into_response()
    }
}
