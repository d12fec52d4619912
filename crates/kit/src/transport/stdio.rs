//! MCP over stdin and stdout, bounded on every side.
//!
//! Against the SDK's own transport this one
//! * answers malformed lines instead of dropping them silently, and lives on;
//! * drops what would end the SDK's handshake (a notification before `initialize`);
//! * bounds requests in flight: past [`MAX_IN_FLIGHT`] it stops reading requests, but goes on
//!   reading cancellations and responses up to [`MAX_WAITING`] messages;
//! * bounds replies that nobody reads: a full output stops the calls, not the memory;
//! * gives a request whose id is already in flight an id of its own inside, so that both answers arrive;
//! * writes many small replies at once;
//! * ends when stdout is closed.

use std::{
    collections::{HashMap, VecDeque},
    future::Future,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rmcp::{
    RoleServer, ServiceExt,
    model::{
        ClientNotification, ClientRequest, GetMeta, JsonRpcMessage, ProtocolVersion, RequestId,
    },
    service::{QuitReason, RxJsonRpcMessage, ServerInitializeError, TxJsonRpcMessage},
    transport::Transport,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    sync::{Notify, mpsc},
};
use tokio_util::sync::CancellationToken;

use super::frame::{self, Frame};
use crate::server::{Product, Server};

/// The longest line that is read, in bytes.
pub const MAX_LINE: usize = 4 * 1024 * 1024;
/// Requests that are worked on at once; those beyond wait in the pipe.
pub const MAX_IN_FLIGHT: usize = 256;
/// Messages held back while [`MAX_IN_FLIGHT`] requests are worked on.
pub const MAX_WAITING: usize = 256;
/// Replies that wait for the output.
const MAX_UNWRITTEN: usize = 64;
/// How much of a long line's buffer is kept for the next one, in bytes.
const KEEP_BUFFER: usize = 64 * 1024;
/// How long a stopped server may take to say goodbye.
const GOODBYE: Duration = Duration::from_millis(700);

/// Why the server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The client closed its side.
    Closed,
    /// `stop` was cancelled.
    Stopped,
}

/// Serves `server` on this process's stdin and stdout until the client closes them or `stop` is
/// cancelled. Calls in flight when the client closes stdin are answered first.
///
/// # Errors
/// The transport failed before the first request.
pub async fn serve_stdio<P: Product>(
    server: Server<P>,
    stop: CancellationToken,
) -> Result<Ending, ServerInitializeError> {
    let (input, output) = rmcp::transport::stdio_pipes();
    serve_on(server, input, output, stop).await
}

/// As [`serve_stdio`], on any pair of streams.
///
/// # Errors
/// The transport failed before the first request.
pub async fn serve_on<P: Product>(
    server: Server<P>,
    input: impl AsyncRead + Unpin + Send + 'static,
    output: impl AsyncWrite + Unpin + Send + 'static,
    stop: CancellationToken,
) -> Result<Ending, ServerInitializeError> {
    let session = async {
        let wire = Wire::new(input, output);
        match server.serve_with_ct(wire, stop.child_token()).await {
            Ok(running) => Ok(match running.waiting().await {
                Ok(QuitReason::Cancelled) => Ending::Stopped,
                _ => Ending::Closed,
            }),
            Err(ServerInitializeError::ConnectionClosed(_)) => Ok(Ending::Closed),
            Err(ServerInitializeError::Cancelled) => Ok(Ending::Stopped),
            Err(error) => Err(error),
        }
    };
    let overdue = async {
        stop.cancelled().await;
        tokio::time::sleep(GOODBYE).await;
    };
    tokio::select! {
        ending = session => ending,
        () = overdue => Ok(Ending::Stopped),
    }
}

/// The requests in flight, under the id that the SDK sees.
#[derive(Default)]
struct Flight {
    /// The SDK's id -> the client's id, where they differ; one entry a request.
    requests: Mutex<HashMap<RequestId, Option<RequestId>>>,
    landed: Notify,
    broken: CancellationToken,
}

impl Flight {
    fn requests(&self) -> MutexGuard<'_, HashMap<RequestId, Option<RequestId>>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_full(&self) -> bool {
        self.requests().len() >= MAX_IN_FLIGHT
    }

    /// Notes a request; answers the id that the SDK shall see.
    fn take_off(&self, id: RequestId, alias: u64) -> RequestId {
        let mut requests = self.requests();
        if requests.contains_key(&id) {
            let inside = RequestId::String(format!("\u{0}{alias}").into());
            requests.insert(inside.clone(), Some(id));
            inside
        } else {
            requests.insert(id.clone(), None);
            id
        }
    }

    /// Forgets a request; answers the client's id for it.
    fn land(&self, id: &RequestId) -> Option<RequestId> {
        let renamed = self.requests().remove(id)?;
        self.landed.notify_one();
        Some(renamed.unwrap_or_else(|| id.clone()))
    }
}

/// The transport.
struct Wire<R> {
    input: BufReader<R>,
    line: Vec<u8>,
    /// Set while the rest of a line that is too long is skipped.
    skipping: bool,
    ended: bool,
    /// Whether a request that opens the session was seen.
    opened: bool,
    waiting: VecDeque<RxJsonRpcMessage<RoleServer>>,
    aliases: u64,
    flight: Arc<Flight>,
    output: Option<mpsc::Sender<Vec<u8>>>,
    writer: Option<tokio::task::JoinHandle<()>>,
}

enum Line {
    Whole,
    TooLong,
    End,
}

impl<R: AsyncRead + Unpin + Send + 'static> Wire<R> {
    fn new(input: R, output: impl AsyncWrite + Unpin + Send + 'static) -> Self {
        let flight = Arc::new(Flight::default());
        let (sender, replies) = mpsc::channel(MAX_UNWRITTEN);
        let writer = tokio::spawn(write_replies(output, replies, flight.broken.clone()));
        Self {
            input: BufReader::with_capacity(64 * 1024, input),
            line: Vec::new(),
            skipping: false,
            ended: false,
            opened: false,
            waiting: VecDeque::new(),
            aliases: 0,
            flight,
            output: Some(sender),
            writer: Some(writer),
        }
    }

    /// Reads up to the next line break. May be dropped half-way and called again: what was read
    /// stays in `self.line`.
    async fn read_line(&mut self) -> io::Result<Line> {
        loop {
            let available = self.input.fill_buf().await?;
            if available.is_empty() {
                return Ok(Line::End);
            }
            let newline = available.iter().position(|byte| *byte == b'\n');
            let taken = newline.map_or(available.len(), |at| at + 1);
            let fits = !self.skipping && self.line.len() + taken <= MAX_LINE;
            if fits {
                self.line.extend_from_slice(&available[..taken]);
            } else {
                self.skipping = true;
                self.line = Vec::new();
            }
            self.input.consume(taken);
            if newline.is_some() {
                if std::mem::take(&mut self.skipping) {
                    return Ok(Line::TooLong);
                }
                return Ok(Line::Whole);
            }
        }
    }

    /// The next message, in the order of the input.
    async fn next(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            let refusal = match self.read_line().await {
                Ok(Line::Whole) => {
                    let frame = frame::read(&self.line);
                    self.line.clear();
                    self.line.shrink_to(KEEP_BUFFER);
                    match frame {
                        Frame::Message(message) => return Some(*message),
                        Frame::Refused(refusal) => *refusal,
                        Frame::Ignored => continue,
                    }
                }
                Ok(Line::TooLong) => frame::oversize(MAX_LINE),
                Ok(Line::End) | Err(_) => return None,
            };
            // not awaited half-way: a refusal that finds the output full is lost, not the session
            if let (Some(output), Ok(bytes)) = (&self.output, encode(&refusal)) {
                let _ = output.try_send(bytes);
            }
        }
    }

    /// What the SDK gets to see of a message, if anything.
    fn admit(
        &mut self,
        message: RxJsonRpcMessage<RoleServer>,
    ) -> Option<RxJsonRpcMessage<RoleServer>> {
        match message {
            JsonRpcMessage::Request(mut request) => {
                self.opened = self.opened || opens_session(&request.request);
                self.aliases += 1;
                request.id = self.flight.take_off(request.id, self.aliases);
                Some(JsonRpcMessage::Request(request))
            }
            JsonRpcMessage::Notification(notification) => {
                if let ClientNotification::CancelledNotification(cancelled) =
                    &notification.notification
                    && let Some(id) = &cancelled.params.request_id
                {
                    // the SDK sends no reply to a cancelled request
                    self.flight.land(id);
                }
                // before the session is open the SDK takes one for an error and ends
                self.opened
                    .then_some(JsonRpcMessage::Notification(notification))
            }
            response => self.opened.then_some(response),
        }
    }

    async fn receive_next(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            let full = self.flight.is_full();
            if !full && let Some(message) = self.waiting.pop_front() {
                if let Some(message) = self.admit(message) {
                    return Some(message);
                }
                continue;
            }
            if self.ended || (full && self.waiting.len() >= MAX_WAITING) {
                if self.ended && self.waiting.is_empty() {
                    return None;
                }
                self.flight.landed.notified().await;
                continue;
            }
            let flight = self.flight.clone();
            let message = tokio::select! {
                message = self.next() => message,
                () = flight.landed.notified(), if full => continue,
            };
            match message {
                None => self.ended = true,
                Some(message @ JsonRpcMessage::Request(_)) if self.flight.is_full() => {
                    self.waiting.push_back(message);
                }
                Some(message) => {
                    if let Some(message) = self.admit(message) {
                        return Some(message);
                    }
                }
            }
        }
    }
}

/// Whether the SDK's handshake ends with this request: `initialize`, or the first request of the
/// modern era that is complete and no probe.
fn opens_session(request: &ClientRequest) -> bool {
    match request {
        ClientRequest::InitializeRequest(_) => true,
        ClientRequest::PingRequest(_) | ClientRequest::DiscoverRequest(_) => false,
        request => {
            let meta = request.get_meta();
            meta.missing_required_keys(&ProtocolVersion::V_2026_07_28)
                .is_empty()
                && meta
                    .protocol_version()
                    .is_some_and(|version| ProtocolVersion::KNOWN_VERSIONS.contains(&version))
        }
    }
}

fn encode(message: &TxJsonRpcMessage<RoleServer>) -> io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(message)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Writes replies as they come, many at once when many wait.
async fn write_replies(
    mut output: impl AsyncWrite + Unpin,
    mut replies: mpsc::Receiver<Vec<u8>>,
    broken: CancellationToken,
) {
    let mut batch = Vec::with_capacity(MAX_UNWRITTEN);
    while replies.recv_many(&mut batch, MAX_UNWRITTEN).await > 0 {
        let bytes = batch.concat();
        batch.clear();
        let written = match output.write_all(&bytes).await {
            Ok(()) => output.flush().await,
            Err(error) => Err(error),
        };
        if written.is_err() {
            broken.cancel();
            return;
        }
    }
}

impl<R: AsyncRead + Unpin + Send + 'static> Transport<RoleServer> for Wire<R> {
    type Error = io::Error;

    fn send(
        &mut self,
        mut message: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let flight = self.flight.clone();
        let output = self.output.clone();
        let inside = match &message {
            JsonRpcMessage::Response(response) => Some(response.id.clone()),
            JsonRpcMessage::Error(error) => error.id.clone(),
            _ => None,
        };
        // restored before encoding; forgotten after writing, so that the bound holds
        let renamed = inside
            .as_ref()
            .and_then(|inside| flight.requests().get(inside).cloned().flatten());
        if let Some(outside) = renamed {
            match &mut message {
                JsonRpcMessage::Response(response) => response.id = outside,
                JsonRpcMessage::Error(error) => error.id = Some(outside),
                _ => {}
            }
        }
        let bytes = encode(&message);
        async move {
            let sent = match (bytes, output) {
                (Ok(bytes), Some(output)) => output
                    .send(bytes)
                    .await
                    .map_err(|_| io::ErrorKind::BrokenPipe.into()),
                (Err(error), _) => Err(error),
                (_, None) => Err(io::ErrorKind::NotConnected.into()),
            };
            if let Some(inside) = inside {
                flight.land(&inside);
            }
            sent
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        let broken = self.flight.broken.clone();
        tokio::select! {
            () = broken.cancelled() => None,
            message = self.receive_next() => message,
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        self.output = None;
        if let Some(writer) = self.writer.take() {
            let _ = tokio::time::timeout(GOODBYE, writer).await;
        }
        Ok(())
    }
}
