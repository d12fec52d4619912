//! The host's half of the conversation with a guest, over any pair of byte streams.
//!
//! The host sends the job, its files, its stdin and `Go`; the guest answers with `Started`, output
//! and calls as they happen, the artifacts, and `Ended`. What a guest sends is hostile: anything
//! that is no frame, or no frame that a guest sends, ends the run.

use std::{io, time::Duration};

use futures::{StreamExt, stream::FuturesUnordered};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::{
    Io, Job, Policy, Refusal,
    frame::{self, Decoder, Frame, FrameError, Kind},
};

/// How a run ended, as its guest or its backend tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// The code came to its end or left by `sys.exit`.
    Exit,
    /// An exception that nobody caught.
    Error,
    /// A `MemoryError` that nobody caught, or the kernel ended it for its memory.
    Memory,
    /// Its processor time was over.
    Cpu,
    /// A signal, a trap, an abort.
    Killed,
}

/// The end of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// How it ended.
    pub cause: Cause,
    /// The exit status, where there is one.
    #[serde(default)]
    pub status: Option<i32>,
    /// More about a violent end, such as the signal's name.
    #[serde(default)]
    pub detail: String,
    /// Processor time, in microseconds.
    #[serde(default)]
    pub cpu_us: Option<u64>,
    /// The most memory used, in bytes.
    #[serde(default)]
    pub peak_bytes: Option<u64>,
    /// Files in `/tmp/out` that the guest did not send.
    #[serde(default)]
    pub artifacts_left: u32,
}

impl Ended {
    /// An end in violence.
    pub fn killed(detail: impl Into<String>) -> Self {
        Self::by(Cause::Killed, detail)
    }

    /// An end of this kind.
    pub fn by(cause: Cause, detail: impl Into<String>) -> Self {
        Self {
            cause,
            status: None,
            detail: detail.into(),
            cpu_us: None,
            peak_bytes: None,
            artifacts_left: 0,
        }
    }

    pub(crate) fn cpu(&self) -> Option<Duration> {
        self.cpu_us.map(Duration::from_micros)
    }
}

/// Room for refusals among the answers that wait to be written, in bytes; and as much of what is
/// written may stay in memory until it is dropped.
const SPARE: usize = 1024 * 1024;

/// Why a conversation broke off before `Ended`.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// The stream ended or failed: the guest is gone. Look there for the reason.
    #[error("the guest went away: {0}")]
    Gone(#[from] io::Error),
    /// The guest sent something that no guest sends.
    #[error("the guest sent {0}")]
    Frame(#[from] FrameError),
}

/// The bytes that hand a job to a guest, `Go` included.
pub fn opening(job: &Job, policy: &Policy, tools: Option<&str>) -> Vec<u8> {
    let header = json!({
        "code": job.code,
        "tools": tools,
        "limits": {
            "wall_s": job.timeout.unwrap_or(policy.wall).min(policy.wall).as_secs_f64(),
            "cpu_s": policy.cpu.as_secs_f64(),
            "memory": policy.memory,
            "pids": policy.pids,
            "scratch": policy.scratch,
            "scratch_files": policy.scratch_files,
            "artifacts": policy.artifacts,
            "artifact_files": policy.artifact_files,
        },
    });
    let mut bytes = Vec::new();
    frame::encode_into(&mut bytes, Kind::Job, header.to_string().as_bytes());
    for (name, content) in &job.files {
        frame::encode_into(&mut bytes, Kind::File, &frame::named(name, content));
    }
    if !job.stdin.is_empty() {
        frame::encode_into(&mut bytes, Kind::Stdin, &job.stdin);
    }
    frame::encode_into(&mut bytes, Kind::Go, &[]);
    bytes
}

#[derive(Deserialize)]
struct Call {
    id: u64,
    tool: String,
    #[serde(default)]
    arguments: Value,
}

/// A call whose arguments are not looked at.
#[derive(Deserialize)]
struct Caller {
    id: u64,
}

/// Answers one call frame with the bytes of an answer frame.
async fn answer(io: &Io, payload: Vec<u8>, policy: &Policy) -> Result<Vec<u8>, FrameError> {
    const BAD: FrameError = FrameError::Payload("tool call");
    let (id, answer) = if payload.len() > policy.call_bytes {
        // as values they take many times the memory that they take as text
        let Caller { id } = serde_json::from_slice(&payload).map_err(|_| BAD)?;
        let (size, max) = (payload.len(), policy.call_bytes);
        let refusal = Refusal::new(
            "budget",
            format!("this call has {size} bytes; at most {max} are passed on"),
            "pass less",
        );
        (id, Err(refusal))
    } else {
        let call: Call = serde_json::from_slice(&payload).map_err(|_| BAD)?;
        drop(payload);
        (call.id, io.call(call.tool, call.arguments).await)
    };
    let answer = match answer {
        // the data is JSON text already
        Ok(data) => format!(r#"{{"id":{id},"ok":{data}}}"#),
        Err(refusal) => json!({"id": id, "error": refusal}).to_string(),
    };
    Ok(frame::encode(Kind::Answer, answer.as_bytes()))
}

/// Hands over the job and serves the guest until it has ended.
///
/// # Errors
/// The guest went away, or sent what no guest sends.
pub async fn converse(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    job: &Job,
    policy: &Policy,
    io: &Io,
) -> Result<Ended, Broken> {
    let mut decoder = Decoder::default();
    let mut buffer = vec![0; 64 * 1024];
    let mut calls = FuturesUnordered::new();
    // more calls than this wait on the wire, not in memory
    let most_calls = policy.calls_in_flight.max(1) * 2;
    // what waits to be written, and how much of it is; a guest that does not read must not keep
    // the host from reading, unless it lets more answers pile up than it may ask for
    let mut out = opening(job, policy, io.tools_module());
    let most_out = out.len() + policy.all_call_bytes + SPARE;
    let mut sent = 0;
    loop {
        let mut hears = false;
        while calls.len() < most_calls && out.len() - sent < most_out {
            let Some(frame) = decoder.next_frame()? else {
                hears = true;
                break;
            };
            if frame.kind == Kind::Call {
                calls.push(answer(io, frame.payload, policy));
            } else if let Some(ended) = received(io, &frame)? {
                // no frame is left half written on a wire that may be used again
                // (where that fails the wire is dead, and the end is known all the same)
                let _ = to.write_all(&out[sent..]).await;
                return Ok(ended);
            }
        }
        tokio::select! {
            read = from.read(&mut buffer), if hears => {
                let read = read?;
                if read == 0 {
                    return Err(Broken::Gone(io::ErrorKind::UnexpectedEof.into()));
                }
                decoder.push(&buffer[..read]);
            }
            written = to.write(&out[sent..]), if sent < out.len() => {
                sent += written?;
                if sent == out.len() {
                    out.clear();
                    sent = 0;
                    to.flush().await?;
                } else if sent >= SPARE {
                    out.drain(..sent);
                    sent = 0;
                }
            }
            Some(answer) = calls.next(), if !calls.is_empty() => out.extend(answer?),
        }
    }
}

/// Takes in any other frame; the end, if it is that.
fn received(io: &Io, frame: &Frame) -> Result<Option<Ended>, FrameError> {
    match frame.kind {
        Kind::Started => io.started(),
        Kind::Stdout => io.stdout(&frame.payload),
        Kind::Stderr => io.stderr(&frame.payload),
        Kind::Artifact => {
            let (name, bytes) = frame::parse_named(&frame.payload)?;
            io.artifact(name, bytes.to_vec());
        }
        Kind::Ended => {
            let ended: Ended = serde_json::from_slice(&frame.payload)
                .map_err(|_| FrameError::Payload("ending"))?;
            io.artifacts_left(ended.artifacts_left);
            return Ok(Some(ended));
        }
        Kind::Job | Kind::File | Kind::Stdin | Kind::Go | Kind::Answer | Kind::Call => {
            return Err(FrameError::Payload("message of a guest"));
        }
    }
    Ok(None)
}
