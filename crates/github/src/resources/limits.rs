//! `github://limits`: what is left of GitHub's rate limits, live.

use kit::{Answer, audit::rfc3339};
use seaworthy_kit as kit;
use serde::Deserialize;
use std::collections::BTreeMap;

use super::Entry;
use crate::{endpoint::Endpoint, shape};

pub(super) const RESOURCE: Entry = Entry {
    uri: "github://limits",
    name: "limits",
    description: "What is left of GitHub's rate limits now, and when each starts anew. Reading it is free.",
    read: |github, _| {
        Box::pin(async move {
            let endpoint = Endpoint::new("the rate limits", ["rate_limit"]);
            let limits = github.client.get::<Limits>(&endpoint).await?.data;
            let mut answer = Answer::new();
            let who = if github.client.has_token() {
                "this token"
            } else {
                "requests without a token"
            };
            answer.line(format!("Limits of {who}:"));
            for (name, limit) in limits.resources {
                answer.line(format!(
                    "limit {name}: {} of {} left, anew at {}",
                    shape::grouped(limit.remaining),
                    shape::grouped(limit.allowed),
                    rfc3339(limit.reset)
                ));
            }
            Ok(answer.into_text())
        })
    },
};

#[derive(Deserialize)]
struct Limits {
    #[serde(default)]
    resources: BTreeMap<String, Limit>,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Limit {
    #[serde(rename = "limit")]
    allowed: u64,
    remaining: u64,
    reset: u64,
}
