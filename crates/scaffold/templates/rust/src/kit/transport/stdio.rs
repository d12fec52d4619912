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
    collections::{HashMap, VecDeque, hash_map::Entry},
    future::Future,
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use rmcp::{
    RoleServer, ServerHandler, ServiceExt,
    model::{
        ClientNotification, ClientRequest, GetMeta, JsonRpcMessage, ProtocolVersion, RequestId,
    },
    service::{RxJsonRpcMessage, ServerInitializeError, TxJsonRpcMessage},
    transport::Transport,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, BufReader},
    sync::Notify,
};
use tokio_util::sync::CancellationToken;

use super::{
    frame::{self, Frame},
    output::{Output, flush},
};

/// The longest line that is read, in bytes.
pub const MAX_LINE: usize = 4 * 1024 * 1024;
/// Requests that are worked on at once; those beyond wait in the pipe.
pub const MAX_IN_FLIGHT: usize = 256;
/// Messages held back while [`MAX_IN_FLIGHT`] requests are worked on.
pub const MAX_WAITING: usize = 256;
/// How much of a long line's buffer is kept for the next one, in bytes.
const KEEP_BUFFER: usize = 64 * 1024;
/// How long a stopped server may take to say goodbye.
const GOODBYE: Duration = Duration::from_millis(700);

/// Serves `server` on this process's stdin and stdout until the client closes them or `stop` is
/// cancelled. Calls in flight when the client closes stdin are answered first.
///
/// # Errors
/// The transport failed before the first request.
pub async fn serve<S: ServerHandler>(
    server: S,
    stop: CancellationToken,
) -> Result<(), ServerInitializeError> {
    let (input, output) = rmcp::transport::stdio_pipes();
    serve_on(server, input, output, stop).await
}

/// As [`serve`], on any pair of streams.
///
/// # Errors
/// The transport failed before the first request.
pub async fn serve_on<S: ServerHandler>(
    server: S,
    input: impl AsyncRead + Unpin + Send + 'static,
    output: impl AsyncWrite + Unpin + Send + 'static,
    stop: CancellationToken,
) -> Result<(), ServerInitializeError> {
    let session = async {
        let wire = Wire::new(input, output);
        match server.serve_with_ct(wire, stop.child_token()).await {
            Ok(running) => {
                // closed or stopped: an end either way
                let _ = running.waiting().await;
                Ok(())
            }
            Err(ServerInitializeError::ConnectionClosed(_) | ServerInitializeError::Cancelled) => {
                Ok(())
            }
            Err(error) => Err(error),
        }
    };
    let overdue = async {
        stop.cancelled().await;
        tokio::time::sleep(GOODBYE).await;
    };
    tokio::select! {
        ended = session => ended,
        () = overdue => Ok(()),
    }
}

/// The requests in flight, under the id that the SDK sees.
#[derive(Default)]
struct Flight {
    /// The SDK's id -> the client's id, where they differ; one entry a request.
    requests: Mutex<HashMap<RequestId, Option<RequestId>>>,
    count: AtomicUsize,
    landed: Notify,
}

impl Flight {
    fn requests(&self) -> MutexGuard<'_, HashMap<RequestId, Option<RequestId>>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_full(&self) -> bool {
        self.count.load(Ordering::Acquire) >= MAX_IN_FLIGHT
    }

    /// Notes a request; answers the id that the SDK shall see.
    fn take_off(&self, id: RequestId, alias: u64) -> RequestId {
        let mut requests = self.requests();
        self.count.fetch_add(1, Ordering::AcqRel);
        match requests.entry(id) {
            Entry::Vacant(entry) => {
                let id = entry.key().clone();
                entry.insert(None);
                id
            }
            Entry::Occupied(entry) => {
                let outside = entry.key().clone();
                let inside = RequestId::String(format!("\u{0}{alias}").into());
                requests.insert(inside.clone(), Some(outside));
                inside
            }
        }
    }

    /// The client's id of a request that runs under another one.
    fn renamed(&self, id: &RequestId) -> Option<RequestId> {
        self.requests().get(id).cloned().flatten()
    }

    /// Forgets a request; false when there is none of that id.
    fn land(&self, id: &RequestId) -> bool {
        let known = self.requests().remove(id).is_some();
        if known {
            self.count.fetch_sub(1, Ordering::AcqRel);
            self.landed.notify_one();
        }
        known
    }
}

/// The transport.
struct Wire<R, W> {
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
    output: Arc<Output<W>>,
}

enum Line {
    Whole,
    TooLong,
    End,
}

impl<R, W> Wire<R, W>
where
    R: AsyncRead + Unpin + Send + 'static,
    W: AsyncWrite + Unpin + Send + 'static,
{
    fn new(input: R, output: W) -> Self {
        Self {
            input: BufReader::with_capacity(64 * 1024, input),
            line: Vec::new(),
            skipping: false,
            ended: false,
            opened: false,
            waiting: VecDeque::new(),
            aliases: 0,
            flight: Arc::default(),
            output: Arc::new(Output::new(output)),
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
            // from a task of its own, because this future may be dropped half-way; a client that
            // sends nonsense and reads nothing loses refusals, not memory
            if let Ok(bytes) = encode(&refusal)
                && self.output.try_queue(&bytes)
            {
                tokio::spawn(flush(self.output.clone()));
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
                    // the SDK sends no reply to a cancelled request, and never hears of one that
                    // still waits here
                    if !self.flight.land(id) {
                        self.waiting.retain(|message| {
                            !matches!(message, JsonRpcMessage::Request(request) if request.id == *id)
                        });
                    }
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

impl<R, W> Transport<RoleServer> for Wire<R, W>
where
    R: AsyncRead + Unpin + Send + 'static,
    W: AsyncWrite + Unpin + Send + 'static,
{
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
        if let Some(outside) = inside.as_ref().and_then(|inside| flight.renamed(inside)) {
            match &mut message {
                JsonRpcMessage::Response(response) => response.id = outside,
                JsonRpcMessage::Error(error) => error.id = Some(outside),
                _ => {}
            }
        }
        let bytes = encode(&message);
        async move {
            let sent = match bytes {
                Ok(bytes) => output.send(bytes).await,
                Err(error) => Err(error),
            };
            // only now: a reply that waits for the output still counts as in flight
            if let Some(inside) = inside {
                flight.land(&inside);
            }
            sent
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        if self.output.is_broken() {
            return None;
        }
        let output = self.output.clone();
        tokio::select! {
            // the loop of the SDK makes this future anew for each event: do the common thing first
            biased;
            message = self.receive_next() => message,
            () = output.broken() => None,
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        let _ = tokio::time::timeout(GOODBYE, self.output.finish()).await;
        Ok(())
    }
}
