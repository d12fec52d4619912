//! Our own client: raw JSON-RPC over stdio and HTTP, in both eras, with no SDK.
//!
//! No SDK, because it must send what none would, and because it must see what they hide: lines that
//! are no protocol, answers to nobody, what comes after a cancellation. Every wait is bounded, every
//! read is bounded, and what is lost is said ([`Lost`]), never waited for again and again.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use crate::{finding::ExchangeId, thresholds};

pub mod http;
mod lean;
mod log;
pub(crate) mod process;
mod session;
pub mod stdio;

pub use log::Log;
pub use process::{Exit, Traces, adopt_orphans, end_adopted, reap, reap_all};
pub use session::{Pending, Session, modern_headers};

/// The two ways in which MCP is spoken.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Era {
    /// By `initialize`: 2024-11-05 to 2025-11-25.
    Legacy,
    /// By `_meta` in each request: 2026-07-28.
    Modern,
}

impl Era {
    /// The newest version of the era.
    pub fn version(self) -> &'static str {
        match self {
            Self::Legacy => "2025-11-25",
            Self::Modern => "2026-07-28",
        }
    }

    /// As it is written: `legacy`, `modern`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Legacy => "legacy",
            Self::Modern => "modern",
        }
    }
}

/// The client's name, in the handshake and in `_meta`.
pub fn client_info() -> Value {
    json!({"name": "seaworthy-check", "version": env!("CARGO_PKG_VERSION")})
}

/// The `_meta` of a request of the modern era.
pub fn modern_meta(version: &str, capabilities: &Value) -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": version,
        "io.modelcontextprotocol/clientInfo": client_info(),
        "io.modelcontextprotocol/clientCapabilities": capabilities,
    })
}

/// What came back for a request.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The result, or the error of the protocol.
    pub reply: Result<Value, RpcError>,
    /// The whole message; of one longer than [`thresholds::WHOLE_BYTES`] the result is in `reply` alone.
    pub message: Value,
    /// Its number in the log.
    pub exchange: ExchangeId,
    /// The time that it took.
    pub took: Duration,
    /// Its length on the wire, in bytes.
    pub bytes: usize,
}

impl Answer {
    /// The result; null where there is an error.
    pub fn result(&self) -> &Value {
        self.reply.as_ref().unwrap_or(&Value::Null)
    }

    /// The error of the protocol, if it is one.
    pub fn error(&self) -> Option<&RpcError> {
        self.reply.as_ref().err()
    }

    /// Whether it is a result that says `isError: true`.
    pub fn is_tool_error(&self) -> bool {
        self.result()["isError"] == Value::Bool(true)
    }

    /// Whether the request was refused: by an error of the protocol, or of the tool.
    pub fn is_refusal(&self) -> bool {
        self.reply.is_err() || self.is_tool_error()
    }

    /// The texts of a tool's answer, joined by line ends; or the message of the error.
    pub fn text(&self) -> String {
        match &self.reply {
            Ok(result) => result["content"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|item| item["text"].as_str().or(item["resource"]["text"].as_str()))
                .collect::<Vec<_>>()
                .join("\n"),
            Err(error) => error.message.clone(),
        }
    }

    /// Reads a message.
    fn read(mut message: Value, exchange: ExchangeId, took: Duration, bytes: usize) -> Self {
        let reply = match message.get("error") {
            Some(error) => Err(RpcError {
                code: error["code"].as_i64().unwrap_or_default(),
                message: error["message"].as_str().unwrap_or_default().to_owned(),
                data: error["data"].clone(),
            }),
            None if bytes > thresholds::WHOLE_BYTES => Ok(message
                .get_mut("result")
                .map(Value::take)
                .unwrap_or_default()),
            None => Ok(message["result"].clone()),
        };
        Self {
            reply,
            message,
            exchange,
            took,
            bytes,
        }
    }
}

/// An error of the protocol (JSON-RPC 2.0, section 5.1).
#[derive(Clone, Debug, PartialEq)]
pub struct RpcError {
    /// Its code; 0 where it is missing or no integer.
    pub code: i64,
    /// Its message.
    pub message: String,
    /// Its data; null where there is none.
    pub data: Value,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Lost {
    /// It did not come in time.
    #[error("no answer within {:.0} s", .0.as_secs_f64())]
    Silent(Duration),
    /// The connection had been given up after earlier silences.
    #[error("the server stopped answering earlier on this connection")]
    GivenUp,
    /// The process ended, or closed its stdout: how.
    #[error("the server is gone: {0}")]
    Gone(String),
    /// It wrote more than is read: what.
    #[error("{0}")]
    Flood(String),
    /// The program could not be started at all: why.
    #[error("{0}")]
    Start(String),
    /// HTTP answered with this status, and no message of the protocol: status and start of the body.
    #[error("HTTP {0}: {1}")]
    Http(u16, String),
    /// The connection failed: how.
    #[error("the connection failed: {0}")]
    Network(String),
    /// No connection could be made over HTTP: no such host, nobody listens, or no trust in its
    /// certificate.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    /// The time of the whole run is over, or it was started too often.
    #[error("{0}")]
    Budget(String),
}

impl Lost {
    /// Whether the server died of it or with it.
    pub fn is_death(&self) -> bool {
        matches!(self, Self::Gone(_) | Self::Flood(_))
    }
}

/// Something that the server sent and nobody had asked for.
#[derive(Clone, Debug)]
pub struct Stray {
    /// When it came, since the connection was made.
    pub at: Duration,
    /// What it is.
    pub kind: StrayKind,
    /// Its text, cut.
    pub text: String,
    /// The message, where it is one.
    pub message: Value,
    /// Its number in the log.
    pub exchange: ExchangeId,
}

/// What kind of thing came unasked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StrayKind {
    /// A notification.
    Notification,
    /// A request to the client.
    Request,
    /// An answer to an id that nobody waits for (any longer).
    Response,
    /// A line of stdout, or an event, that is no message of JSON-RPC 2.0.
    Noise,
}
