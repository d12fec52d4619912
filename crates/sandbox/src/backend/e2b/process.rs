//! A process in a hosted sandbox: Connect RPC with JSON, as the service's daemon speaks it.
//!
//! Its output is one long answer: envelopes of a flag (1 byte), a length (4 bytes, big endian) and
//! JSON. Its stdin is a request for each piece, one after the other.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt, stream};
use reqwest::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt, ReadHalf, SimplexStream, WriteHalf, simplex};
use tokio_util::io::StreamReader;

use super::service::Machine;
use crate::{Why, backend::docker::GUEST};

/// Who runs the code: a user of every distribution who may nothing.
const USER: &str = "nobody:";
/// The most bytes of stdin in one request.
const PIECE: usize = 192 * 1024;
/// The longest envelope; the daemon sends output in far smaller ones.
const MAX_ENVELOPE: usize = 4 * 1024 * 1024;
/// The last envelope of an answer.
const LAST: u8 = 0b10;
/// How long the service may take to take in a piece of stdin.
const PATIENCE: Duration = Duration::from_secs(30);
/// How much of its own stderr a process is remembered by.
const ERROR_BYTES: usize = 2_000;

/// What the daemon tells about a process.
#[derive(Debug, Default, Deserialize)]
struct Message {
    #[serde(default)]
    event: Event,
    #[serde(default)]
    error: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
struct Event {
    #[serde(default)]
    start: Option<Begun>,
    #[serde(default)]
    data: Option<Output>,
    #[serde(default)]
    end: Option<End>,
}

#[derive(Debug, Deserialize)]
struct Begun {
    pid: u32,
}

#[derive(Debug, Deserialize)]
struct Output {
    #[serde(default)]
    stdout: String,
    #[serde(default)]
    stderr: String,
}

#[derive(Debug, Deserialize)]
struct End {
    #[serde(default)]
    status: String,
}

/// Takes bytes in any pieces and gives messages.
#[derive(Debug, Default)]
struct Envelopes {
    bytes: BytesMut,
}

impl Envelopes {
    fn next(&mut self) -> io::Result<Option<(Message, bool)>> {
        let Some((head, rest)) = self.bytes.split_first_chunk::<5>() else {
            return Ok(None);
        };
        let [flags, length @ ..] = *head;
        let length = u32::from_be_bytes(length) as usize;
        if flags & !LAST != 0 || length > MAX_ENVELOPE {
            return Err(io::Error::other("the sandbox's daemon sent no envelope"));
        }
        if rest.len() < length {
            return Ok(None);
        }
        let envelope = self.bytes.split_to(5 + length);
        let message = serde_json::from_slice(&envelope[5..])
            .map_err(|_| io::Error::other("the sandbox's daemon sent no message"))?;
        Ok(Some((message, flags & LAST != 0)))
    }
}

/// The answer to the start of a process, as messages.
struct Messages {
    answer: Response,
    envelopes: Envelopes,
    over: bool,
}

impl Messages {
    /// The next message; nothing after the end.
    async fn next(&mut self) -> io::Result<Option<Message>> {
        loop {
            if self.over {
                return Ok(None);
            }
            if let Some((message, last)) = self.envelopes.next()? {
                self.over = last;
                if let Some(error) = &message.error {
                    let text = error["message"].as_str().or(error["code"].as_str());
                    return Err(io::Error::other(text.unwrap_or("an error").to_owned()));
                }
                return Ok(Some(message));
            }
            match self.answer.chunk().await {
                Ok(Some(piece)) => self.envelopes.bytes.extend_from_slice(&piece),
                Ok(None) => return Err(io::ErrorKind::UnexpectedEof.into()),
                // without its URL, which is nobody's business
                Err(error) => return Err(io::Error::other(error.without_url())),
            }
        }
    }

    /// What the process writes to its stdout.
    fn stdout(self, said: Arc<Mutex<Said>>) -> impl Stream<Item = io::Result<Bytes>> {
        stream::unfold((self, said), |(mut messages, said)| async move {
            loop {
                match messages.next().await {
                    Ok(Some(message)) => {
                        if let Some(bytes) = noted(&said, message.event) {
                            return Some((bytes, (messages, said)));
                        }
                    }
                    Ok(None) => return None,
                    Err(error) => {
                        messages.over = true;
                        return Some((Err(error), (messages, said)));
                    }
                }
            }
        })
    }
}

/// The stdout of an event; the rest of it is remembered.
fn noted(said: &Mutex<Said>, event: Event) -> Option<io::Result<Bytes>> {
    let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(end) = event.end {
        said.end = end.status;
    }
    let output = event.data?;
    if let Ok(error) = STANDARD.decode(&output.stderr) {
        let room = ERROR_BYTES.saturating_sub(said.error.len());
        said.error
            .extend_from_slice(&error[..error.len().min(room)]);
    }
    if output.stdout.is_empty() {
        return None;
    }
    let bytes = STANDARD.decode(&output.stdout);
    Some(bytes.map(Bytes::from).map_err(io::Error::other))
}

/// What is known of how a process ended.
#[derive(Debug, Default)]
struct Said {
    error: Vec<u8>,
    end: String,
}

type From = Box<dyn AsyncRead + Send + Unpin>;

/// The guest in a sandbox.
pub(super) struct Process<'a> {
    machine: &'a Machine,
    pid: u32,
    messages: Option<Messages>,
    stdin: ReadHalf<SimplexStream>,
    to: Option<WriteHalf<SimplexStream>>,
    said: Arc<Mutex<Said>>,
}

fn envelope(message: &Value) -> Vec<u8> {
    let message = message.to_string();
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    let mut bytes = vec![0];
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(message.as_bytes());
    bytes
}

impl<'a> Process<'a> {
    /// Starts the guest, for no longer than this.
    pub(super) async fn start(machine: &'a Machine, longest: Duration) -> Result<Self, Why> {
        let message = json!({
            "process": {
                "cmd": "/bin/bash",
                // a login shell knows where the template has its Python
                "args": ["-l", "-c", "exec python3 -I -B -X utf8 -c \"$0\"", GUEST],
                "cwd": "/tmp",
                "envs": {},
            },
            "stdin": true,
        });
        let answer = machine
            .call("/process.Process/Start")
            .header("content-type", "application/connect+json")
            .header("connect-protocol-version", "1")
            .header("connect-timeout-ms", longest.as_millis().to_string())
            .header("keepalive-ping-interval", "50")
            .header("authorization", format!("Basic {}", STANDARD.encode(USER)))
            .timeout(longest)
            .body(envelope(&message))
            .send()
            .await
            .map_err(|error| machine.service().unreachable(&error))?;
        if !answer.status().is_success() {
            return Err(machine
                .service()
                .refused(answer.status(), b"the process was not started"));
        }
        let mut messages = Messages {
            answer,
            envelopes: Envelopes::default(),
            over: false,
        };
        let pid = loop {
            match messages.next().await {
                Ok(Some(message)) => {
                    if let Some(begun) = message.event.start {
                        break begun.pid;
                    }
                }
                Ok(None) => return Err(not_started("it ended at once")),
                Err(error) => return Err(not_started(&error.to_string())),
            }
        };
        let (stdin, to) = simplex(PIECE);
        Ok(Self {
            machine,
            pid,
            messages: Some(messages),
            stdin,
            to: Some(to),
            said: Arc::default(),
        })
    }

    /// Its stdout and its stdin; the latter goes on its way in [`Process::feed`].
    pub(super) fn streams(&mut self) -> (From, WriteHalf<SimplexStream>) {
        let stdout: From = match self.messages.take() {
            Some(messages) => {
                let stdout = messages.stdout(self.said.clone()).boxed();
                Box::new(StreamReader::new(stdout))
            }
            None => Box::new(tokio::io::empty()),
        };
        let to = self.to.take().unwrap_or_else(|| simplex(1).1);
        (stdout, to)
    }

    /// Sends what is written to its stdin; returns only when that fails.
    pub(super) async fn feed(&mut self) -> Why {
        let mut piece = vec![0; PIECE];
        loop {
            // after its end nothing more is sent; the conversation knows why
            let read = match self.stdin.read(&mut piece).await {
                Ok(0) | Err(_) => std::future::pending().await,
                Ok(read) => read,
            };
            let message = json!({
                "process": {"pid": self.pid},
                "input": {"stdin": STANDARD.encode(&piece[..read])},
            });
            let sent = self
                .machine
                .call("/process.Process/SendInput")
                .header("connect-protocol-version", "1")
                .timeout(PATIENCE)
                .json(&message)
                .send()
                .await;
            match sent {
                Ok(answer) if answer.status().is_success() => {}
                // the process has ended: its output tells how
                Ok(answer) if answer.status().as_u16() == 404 => std::future::pending().await,
                Ok(answer) => {
                    return self
                        .machine
                        .service()
                        .refused(answer.status(), b"the code did not reach the sandbox");
                }
                Err(error) => return self.machine.service().unreachable(&error),
            }
        }
    }

    /// What it said about its end.
    pub(super) fn last_words(&self) -> String {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let error = String::from_utf8_lossy(&said.error);
        format!("{} {}", said.end, error.trim()).trim().to_owned()
    }
}

fn not_started(said: &str) -> Why {
    Why::new(
        format!("the sandbox did not start Python: {said}"),
        "use a template that has bash, and Python 3.9 or newer as python3",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_survive_any_division() {
        let all = [
            json!({"event": {"start": {"pid": 7}}}),
            json!({"event": {"keepalive": {}}}),
            json!({"event": {"data": {"stdout": "aGk="}}}),
            json!({"event": {"end": {"exitCode": 3, "exited": true, "status": "exit status 3"}}}),
        ];
        let mut bytes: Vec<u8> = all.iter().flat_map(envelope).collect();
        let mut last = envelope(&json!({}));
        last[0] = LAST;
        bytes.extend(last);
        for size in 1..bytes.len() {
            let mut envelopes = Envelopes::default();
            let mut seen = Vec::new();
            for piece in bytes.chunks(size) {
                envelopes.bytes.extend_from_slice(piece);
                while let Some((message, last)) = envelopes.next().unwrap() {
                    seen.push((message, last));
                }
            }
            assert_eq!(seen.len(), 5);
            assert_eq!(seen[0].0.event.start.as_ref().unwrap().pid, 7);
            assert_eq!(seen[2].0.event.data.as_ref().unwrap().stdout, "aGk=");
            assert_eq!(
                seen[3].0.event.end.as_ref().unwrap().status,
                "exit status 3"
            );
            assert_eq!(
                seen.iter().map(|seen| seen.1).collect::<Vec<_>>(),
                [false, false, false, false, true]
            );
        }
    }

    #[test]
    fn what_is_no_envelope_is_refused_before_it_is_kept() {
        for odd in [
            &[1, 0, 0, 0, 1, b'{'][..],
            &[0, 255, 255, 255, 255],
            &[0, 0, 0, 0, 2, b'[', b'x'],
        ] {
            let mut envelopes = Envelopes::default();
            envelopes.bytes.extend_from_slice(odd);
            assert!(envelopes.next().is_err(), "{odd:?}");
        }
    }
}
