//! Endpoints.

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use chrono::Utc;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::error::Problem;
use crate::{Datum, Predictor, clock, interpolate};

#[derive(Deserialize)]
struct Span {
    from: Option<String>,
    #[serde(default = "one")]
    days: u32,
    datum: Option<String>,
}

fn one() -> u32 {
    1
}

pub(super) fn router(shared: Shared) -> Router {
    Router::new()
        .route("/v1/stations/{id}/extremes", get(extremes))
        .route("/healthz", get(|| async { "ok" }))
        .with_state(shared)
}

async fn extremes(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Query(span): Query<Span>,
) -> Result<Json<Value>, Problem> {
    let station = shared.stations.get(&id).ok_or_else(|| {
        Problem::unknown_station(&id, shared.stations.nearest_spelling(&id))
    })?;
    if !(1..=31).contains(&span.days) {
        return Err(Problem::bad("days", "between 1 and 31"));
    }
    let zone = station.zone.parse().map_err(|_| Problem::bad("tz", "an IANA name"))?;
    let from = span.from.as_deref().map_or(Some(Utc::now()), |text| clock::parse(text, zone));
    let from = from.ok_or_else(|| Problem::bad("from", "a date or a time with an offset"))?;
    let datum: Datum = span.datum.as_deref().unwrap_or("chart").parse().map_err(|_| {
        Problem::bad("datum", "chart, msl or lat")
    })?;
    let mut answer = Vec::new();
    for day in from.with_timezone(&zone).date_naive().iter_days().take(span.days as usize) {
        let predictor = Predictor::new(station, clock::midnight(day, zone));
        for extreme in interpolate::extremes(&predictor, day, zone) {
            let height = datum.apply(extreme.height, station).ok_or_else(Problem::no_datum)?;
            answer.push(json!({"at": extreme.at.to_rfc3339(), "height": height, "high": extreme.high}));
        }
    }
    Ok(Json(json!({"station": id, "extremes": answer})))
}
