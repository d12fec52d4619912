//! Rate limits: counted and shown, never enforced. Only [`crate::Fault::RateLimit`] refuses.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::request::Call;
use crate::time;

/// The limits GitHub names: resource and requests an hour (or a minute, for search).
const RESOURCES: [(&str, u64); 3] = [("core", 5_000), ("search", 30), ("code_search", 10)];

/// How much of each limit is used.
#[derive(Default)]
pub(crate) struct Limits {
    used: [AtomicU64; RESOURCES.len()],
    requests: AtomicU64,
}

impl Limits {
    /// The headers of one answer, which counts unless it is free.
    pub(crate) fn headers(&self, call: &Call, free: bool) -> Vec<(&'static str, String)> {
        let at = resource(call);
        let (name, limit) = RESOURCES[at];
        let cost = u64::from(!free);
        let used = (self.used[at].fetch_add(cost, Ordering::Relaxed) + cost).min(limit - 1);
        vec![
            ("x-ratelimit-limit", limit.to_string()),
            ("x-ratelimit-remaining", (limit - used).to_string()),
            ("x-ratelimit-used", used.to_string()),
            ("x-ratelimit-reset", reset().to_string()),
            ("x-ratelimit-resource", name.to_owned()),
        ]
    }

    /// A request's id, in GitHub's form.
    pub(crate) fn request_id(&self) -> String {
        let count = self.requests.fetch_add(1, Ordering::Relaxed);
        format!(
            "5EA0:{:04X}:{:07X}:{:07X}:6A0D{count:04X}",
            count + 1,
            count * 37 + 1,
            count * 91 + 7
        )
    }

    /// The body of `GET /rate_limit`.
    pub(crate) fn report(&self) -> Value {
        let mut resources = json!({});
        for ((name, limit), used) in RESOURCES.iter().zip(&self.used) {
            let used = used.load(Ordering::Relaxed).min(limit - 1);
            resources[*name] = json!({
                "limit": limit, "remaining": limit - used, "used": used, "reset": reset(),
            });
        }
        json!({"resources": resources})
    }
}

/// An hour after the sample's now, always: answers must not depend on the day they are read.
const fn reset() -> i64 {
    time::NOW + time::hours(1)
}

fn resource(call: &Call) -> usize {
    match call
        .path
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["search", "code", ..] => 2,
        ["search", ..] => 1,
        _ => 0,
    }
}
