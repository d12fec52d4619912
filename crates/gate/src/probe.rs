//! Requests over HTTP that the H rules make by hand: what no client sends, with what no client says.
//!
//! Every one of them carries a message that cannot act: `initialize`, `server/discover`, `ping`, a list,
//! or a call of a tool that does not exist. A session that one of them opens is closed at once.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use futures::future::join_all;
use serde_json::{Value, json};

use crate::{
    finding::Place,
    live::Live,
    thresholds,
    wire::{
        Era, Lost, client_info,
        http::{Endpoint, HttpAnswer, Request},
        modern_headers, modern_meta,
    },
};

/// A tool that no server has; what is called where a call must not act.
pub const NO_SUCH_TOOL: &str = "seaworthy-no-such-tool";

/// The ids of the messages here: far from those of sessions, as some are sent within one.
static IDS: AtomicU64 = AtomicU64::new(9_000_001);

/// A message on its way: what the era prescribes, to be changed before it is sent.
#[derive(Clone, Debug)]
pub struct Probe {
    /// The era whose headers and `_meta` it carries.
    pub era: Era,
    /// The message; it gets its id when it is sent.
    pub message: Value,
    /// The headers, without the user's.
    pub headers: Vec<(String, String)>,
    /// Whether the user's headers, and an address's query and password, are left out.
    pub bare: bool,
    /// Another path and query than the endpoint's.
    pub path: Option<String>,
}

impl Probe {
    /// A request of that method, as a client of the era sends it, in no session.
    pub fn new(era: Era, method: &str, mut params: Value) -> Self {
        if era == Era::Modern {
            params["_meta"] = modern_meta(era.version(), &json!({}));
        }
        let message = json!({"jsonrpc": "2.0", "id": 0, "method": method, "params": params});
        let mut headers = vec![
            ("Content-Type", "application/json".to_owned()),
            ("Accept", "application/json, text/event-stream".to_owned()),
        ];
        if era == Era::Modern || method != "initialize" {
            headers.push(("MCP-Protocol-Version", era.version().to_owned()));
        }
        if era == Era::Modern {
            headers.extend(modern_headers(&message));
        }
        let headers = headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        Self {
            era,
            message,
            headers,
            bare: false,
            path: None,
        }
    }

    /// The handshake of the era: `initialize` or `server/discover`.
    pub fn hello(era: Era) -> Self {
        match era {
            Era::Legacy => Self::new(
                era,
                "initialize",
                json!({
                    "protocolVersion": era.version(),
                    "capabilities": {},
                    "clientInfo": client_info(),
                }),
            ),
            Era::Modern => Self::new(era, "server/discover", json!({})),
        }
    }

    /// A request after the handshake, within the shared session where the era has one: `tools/list`
    /// where the server has tools, else `ping` or `server/discover`.
    ///
    /// # Errors
    /// Why there is no session.
    pub async fn later(live: &Live, era: Era) -> Result<Self, Lost> {
        let tools = live
            .surfaces
            .get(&era)
            .is_some_and(|surface| surface.walk("tools/list").is_some());
        let method = match (tools, era) {
            (true, _) => "tools/list",
            (false, Era::Legacy) => "ping",
            (false, Era::Modern) => "server/discover",
        };
        let mut probe = Self::new(era, method, json!({}));
        if era == Era::Legacy {
            let session = live.session_in(era).await?;
            probe = probe.with("MCP-Protocol-Version", &session.version());
            if let Some(id) = session.http_session() {
                probe = probe.with("Mcp-Session-Id", &id);
            }
        }
        Ok(probe)
    }

    /// With that header, instead of one of the same name.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Self {
        let mut probe = self.without(name);
        probe.headers.push((name.to_owned(), value.to_owned()));
        probe
    }

    /// Without the header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers
            .retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self
    }

    /// Without whatever the user gave to be let in.
    #[must_use]
    pub fn bare(mut self) -> Self {
        self.bare = true;
        self
    }

    /// The method of its message.
    pub fn method(&self) -> &str {
        self.message["method"].as_str().unwrap_or_default()
    }

    /// Sends it. A session that it opens is closed.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn send(&self, live: &Live) -> Result<HttpAnswer, Lost> {
        let Some(endpoint) = live.http() else {
            return Err(Lost::Network("not over HTTP".to_owned()));
        };
        live.log.requested(self.method());
        let mut message = self.message.clone();
        message["id"] = IDS.fetch_add(1, Ordering::Relaxed).into();
        let answer = endpoint
            .send(
                Request {
                    path: self.path.as_deref(),
                    headers: self
                        .headers
                        .iter()
                        .map(|(name, value)| (name.as_str(), value.clone()))
                        .collect(),
                    bare: self.bare,
                    body: message.to_string().into_bytes(),
                    until: message.get("id").cloned(),
                    ..Request::default()
                },
                patience(live),
            )
            .await?;
        let minted = answer.header("mcp-session-id");
        if !minted.is_empty() && self.method() == "initialize" {
            let end = Request {
                method: "DELETE",
                headers: vec![
                    ("Mcp-Session-Id", minted.to_owned()),
                    ("MCP-Protocol-Version", self.era.version().to_owned()),
                ],
                peek: true,
                ..Request::default()
            };
            let _ = endpoint.send(end, thresholds::GOODBYE).await;
        }
        Ok(answer)
    }
}

/// How long a probe waits.
pub fn patience(live: &Live) -> Duration {
    live.patience().min(thresholds::PROBE)
}

/// Whether the answer is what was asked for: a success with a result.
pub fn is_served(answer: &HttpAnswer) -> bool {
    (200..300).contains(&answer.status)
        && answer
            .messages
            .iter()
            .any(|message| message.get("result").is_some())
}

/// The code of the protocol's error in an answer.
pub fn code(answer: &HttpAnswer) -> Option<i64> {
    answer
        .messages
        .iter()
        .find_map(|message| message["error"]["code"].as_i64())
}

/// How an answer looks from outside, such as `HTTP 400 with error -32602`.
pub fn shown(answer: &HttpAnswer) -> String {
    match code(answer) {
        Some(code) => format!("HTTP {} with error {code}", answer.status),
        None if is_served(answer) => format!("HTTP {} and the result", answer.status),
        None => format!("HTTP {}", answer.status),
    }
}

/// The place of a finding about the endpoint.
pub fn place(endpoint: &Endpoint) -> Place {
    Place::Endpoint(endpoint.url.path().to_owned())
}

/// The eras that the server speaks.
pub fn eras(live: &Live) -> Vec<Era> {
    [Era::Legacy, Era::Modern]
        .into_iter()
        .filter(|era| live.speaks(*era))
        .collect()
}

/// Whether no handshake was answered at all, not even by a refusal: further requests would only wait.
pub fn is_silent(live: &Live) -> bool {
    live.greetings
        .values()
        .all(|greeting| matches!(&greeting.answer, Err(lost) if !matches!(lost, Lost::Http(..))))
}

/// Why nothing can be asked of the server, for the report.
pub fn mute(live: &Live) -> String {
    let refused = live
        .greetings
        .values()
        .any(|greeting| matches!(&greeting.answer, Err(Lost::Http(401 | 403, _))));
    if refused {
        "it asks for a token first: give one with --header \"Authorization: Bearer ...\"".to_owned()
    } else {
        "it speaks neither era, so nothing is listed and no request is known to work".to_owned()
    }
}

/// A value of a header that a server should refuse, and what kind of value it is.
pub type Foreign<'a> = (&'static str, &'a str);

/// What came of a foreign value.
#[derive(Clone, Debug)]
pub struct Reception {
    /// Its kind.
    pub kind: &'static str,
    /// It.
    pub value: String,
    /// The request that carried it.
    pub method: String,
    /// The answer, or why there is none.
    pub answer: Result<HttpAnswer, Lost>,
}

/// Tries foreign values of a header in each era: the first with the handshake and with a later request
/// of the shared session; if the handshake refuses it, the further ones with the handshake.
pub async fn receive(
    live: &Live,
    header: &str,
    first: Foreign<'_>,
    further: &[Foreign<'_>],
) -> Vec<Reception> {
    let mut all = Vec::new();
    for era in eras(live) {
        let hello = Probe::hello(era);
        let reception = receive_one(live, &hello, header, first).await;
        let open = reception.answer.as_ref().is_ok_and(is_served);
        all.push(reception);
        if open {
            continue;
        }
        if let Ok(later) = Probe::later(live, era).await
            && later.method() != hello.method()
        {
            all.push(receive_one(live, &later, header, first).await);
        }
        all.extend(
            join_all(
                further
                    .iter()
                    .map(|foreign| receive_one(live, &hello, header, *foreign)),
            )
            .await,
        );
    }
    all
}

async fn receive_one(
    live: &Live,
    probe: &Probe,
    header: &str,
    (kind, value): Foreign<'_>,
) -> Reception {
    Reception {
        kind,
        value: value.to_owned(),
        method: probe.method().to_owned(),
        answer: probe.clone().with(header, value).send(live).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_says_in_its_headers_what_it_says_in_its_body() {
        let call = Probe::new(Era::Modern, "tools/call", json!({"name": NO_SUCH_TOOL}));
        let header = |name: &str| {
            call.headers
                .iter()
                .find(|(other, _)| *other == name)
                .map(|(_, value)| value.as_str())
        };
        assert_eq!(header("Mcp-Method"), Some("tools/call"));
        assert_eq!(header("Mcp-Name"), Some(NO_SUCH_TOOL));
        assert_eq!(header("MCP-Protocol-Version"), Some("2026-07-28"));
        let changed = call.with("Mcp-Method", "prompts/list").without("Mcp-Name");
        assert_eq!(
            changed
                .headers
                .iter()
                .filter(|(name, _)| name.starts_with("Mcp-"))
                .collect::<Vec<_>>(),
            [&("Mcp-Method".to_owned(), "prompts/list".to_owned())]
        );
    }
}
