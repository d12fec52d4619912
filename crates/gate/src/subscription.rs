//! Subscriptions of the modern era: opened, acknowledged and ended.

use serde_json::{Value, json};

use crate::{
    finding::ExchangeId,
    thresholds,
    wire::{Answer, Lost, Session, Stray},
};

/// The subscription that a notification belongs to.
pub(crate) fn of(message: &Value) -> Option<&Value> {
    message["params"]["_meta"].get("io.modelcontextprotocol/subscriptionId")
}

/// Opens a subscription over stdio, waits for its acknowledgement, and ends it. The acknowledgement, or
/// why there is none.
///
/// # Errors
/// Why the request could not be sent.
pub(crate) async fn open(
    session: &Session,
    params: Value,
) -> Result<Result<Stray, (String, ExchangeId)>, Lost> {
    let pending = session.start("subscriptions/listen", params).await?;
    let (id, exchange) = (pending.id.clone(), pending.exchange);
    let acknowledges = |stray: &Stray| {
        stray.message["method"] == "notifications/subscriptions/acknowledged"
            && of(&stray.message).is_none_or(|named| same(named, &id))
    };
    let stray = tokio::select! {
        answer = pending.wait(thresholds::ACKNOWLEDGED) => {
            // the acknowledgement may have come just before
            let Some(stray) = session.strays().into_iter().find(acknowledges) else {
                return Ok(Err((why(answer), exchange)));
            };
            stray
        }
        Some(stray) = session.stray(acknowledges, thresholds::ACKNOWLEDGED * 2) => stray,
    };
    session
        .notify("notifications/cancelled", json!({"requestId": id}))
        .await?;
    Ok(Ok(stray))
}

fn why(answer: Result<Answer, Lost>) -> String {
    match answer {
        Ok(answer) => match answer.error() {
            Some(error) => format!("error {}: {}", error.code, error.message),
            None => "it is answered without notifications/subscriptions/acknowledged".to_owned(),
        },
        Err(Lost::Silent(patience)) => format!(
            "no notifications/subscriptions/acknowledged within {} s",
            patience.as_secs()
        ),
        Err(lost) => lost.to_string(),
    }
}

fn same(one: &Value, other: &Value) -> bool {
    one == other
        || one
            .as_str()
            .is_some_and(|text| text.parse::<u64>().ok() == other.as_u64() && other.is_u64())
}
