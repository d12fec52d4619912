//! One connection to a server, in one era, over either transport.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::time::timeout;

use super::{
    Answer, Era, Exit, Log, Lost, Stray, StrayKind,
    http::{Endpoint, Request},
    modern_meta,
    stdio::{Incoming, Stdio},
};
use crate::{finding::ExchangeId, thresholds};

enum Transport {
    Stdio(Box<Stdio>),
    Http(Box<Http>),
}

struct Http {
    endpoint: Endpoint,
    session: Mutex<Option<String>>,
    expired: AtomicBool,
    strays: Mutex<Vec<Stray>>,
    born: Instant,
}

/// A connection. Requests may be in flight together; each waits for its own answer.
pub struct Session {
    transport: Transport,
    era: Era,
    version: Mutex<String>,
    capabilities: Value,
    hello: Mutex<Value>,
    next: AtomicU64,
    silences: AtomicU32,
    given_up: AtomicBool,
    log: Arc<Log>,
    patience: Duration,
}

/// A request that was sent and is not yet answered.
pub struct Pending<'a> {
    session: &'a Session,
    /// Its id.
    pub id: Value,
    /// Its number in the log.
    pub exchange: ExchangeId,
    begun: Instant,
    receiver: tokio::sync::oneshot::Receiver<Incoming>,
}

impl Session {
    /// A connection over the pipes of a process; nothing is sent yet.
    pub(crate) fn over_stdio(
        child: tokio::process::Child,
        era: Era,
        capabilities: Value,
        log: Arc<Log>,
        patience: Duration,
    ) -> Self {
        // who declares a capability answers for it
        let reply = capabilities
            .as_object()
            .is_none_or(serde_json::Map::is_empty);
        let transport = Transport::Stdio(Box::new(Stdio::new(child, log.clone(), reply)));
        Self::new(transport, era, capabilities, log, patience)
    }

    /// A connection over HTTP; nothing is sent yet.
    pub(crate) fn over_http(
        endpoint: Endpoint,
        era: Era,
        capabilities: Value,
        log: Arc<Log>,
        patience: Duration,
    ) -> Self {
        let transport = Transport::Http(Box::new(Http {
            endpoint,
            session: Mutex::default(),
            expired: AtomicBool::new(false),
            strays: Mutex::default(),
            born: Instant::now(),
        }));
        Self::new(transport, era, capabilities, log, patience)
    }

    fn new(
        transport: Transport,
        era: Era,
        capabilities: Value,
        log: Arc<Log>,
        patience: Duration,
    ) -> Self {
        log.connected();
        Self {
            transport,
            era,
            version: Mutex::new(era.version().to_owned()),
            capabilities,
            hello: Mutex::default(),
            next: AtomicU64::new(1),
            silences: AtomicU32::new(0),
            given_up: AtomicBool::new(false),
            log,
            patience,
        }
    }

    /// The handshake of its era: `initialize` and its notification, or `server/discover`.
    ///
    /// # Errors
    /// Why there is no answer. An answer that refuses is an answer.
    pub async fn greet(&self, patience: Duration) -> Result<Answer, Lost> {
        let answer = match self.era {
            Era::Legacy => {
                let hello = json!({
                    "protocolVersion": self.version(),
                    "capabilities": self.capabilities,
                    "clientInfo": super::client_info(),
                });
                let answer = self.request_within("initialize", hello, patience).await?;
                if let Ok(result) = &answer.reply {
                    if let Some(version) = result["protocolVersion"].as_str() {
                        version.clone_into(
                            &mut self.version.lock().unwrap_or_else(PoisonError::into_inner),
                        );
                    }
                    self.notify("notifications/initialized", Value::Null)
                        .await?;
                }
                answer
            }
            Era::Modern => {
                self.request_within("server/discover", json!({}), patience)
                    .await?
            }
        };
        answer
            .result()
            .clone_into(&mut self.hello.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(answer)
    }

    /// Its era.
    pub fn era(&self) -> Era {
        self.era
    }

    /// The version that is spoken: ours at first, then what was negotiated.
    pub fn version(&self) -> String {
        self.version
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The capabilities of a client that it declares.
    pub fn capabilities(&self) -> &Value {
        &self.capabilities
    }

    /// The result of the handshake; null before it, or where it was refused.
    pub fn hello(&self) -> Value {
        self.hello
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Sends a request and waits for its answer as long as the run's `--timeout` says.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn request(&self, method: &str, params: Value) -> Result<Answer, Lost> {
        self.request_within(method, params, self.patience).await
    }

    /// Sends a request and waits so long for its answer.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn request_within(
        &self,
        method: &str,
        params: Value,
        patience: Duration,
    ) -> Result<Answer, Lost> {
        let message = self.message(method, params);
        self.request_message(message, patience).await
    }

    /// The message of a request, with an id of its own and, in the modern era, its `_meta`. `params`
    /// that are no object are sent as they are.
    pub fn message(&self, method: &str, mut params: Value) -> Value {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        if self.era == Era::Modern {
            if params.is_null() {
                params = json!({});
            }
            if let Some(object) = params.as_object_mut() {
                let meta = object.entry("_meta").or_insert_with(|| json!({}));
                if let (Some(meta), Value::Object(ours)) = (
                    meta.as_object_mut(),
                    modern_meta(&self.version(), &self.capabilities),
                ) {
                    for (key, value) in ours {
                        meta.entry(key).or_insert(value);
                    }
                }
            }
        }
        let mut message = json!({"jsonrpc": "2.0", "id": id, "method": method});
        if !params.is_null() {
            message["params"] = params;
        }
        message
    }

    /// Sends a message that has an id as it is, and waits so long for its answer.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn request_message(
        &self,
        message: Value,
        patience: Duration,
    ) -> Result<Answer, Lost> {
        match &self.transport {
            Transport::Stdio(_) => self.start_message(&message).await?.wait(patience).await,
            Transport::Http(http) => {
                self.check()?;
                self.log
                    .requested(message["method"].as_str().unwrap_or_default());
                let answer = self.over(http, &message, patience).await;
                self.heard(answer.as_ref().err());
                answer
            }
        }
    }

    /// Sends a request without waiting; over stdio alone.
    ///
    /// # Errors
    /// Why it could not be sent; over HTTP, always.
    pub async fn start(&self, method: &str, params: Value) -> Result<Pending<'_>, Lost> {
        let message = self.message(method, params);
        self.start_message(&message).await
    }

    async fn start_message(&self, message: &Value) -> Result<Pending<'_>, Lost> {
        let Transport::Stdio(stdio) = &self.transport else {
            return Err(Lost::Network("not over HTTP".to_owned()));
        };
        self.check()?;
        self.log
            .requested(message["method"].as_str().unwrap_or_default());
        let line = format!("{message}\n");
        let exchange = self.log.sent(line.trim_end().as_bytes());
        let id = message["id"].clone();
        let begun = Instant::now();
        let receiver = stdio.expect(&id);
        if let Err(lost) = stdio.write(line.as_bytes(), self.patience).await {
            stdio.forget(&id);
            self.log.lost(exchange, &lost.to_string(), begun.elapsed());
            self.heard(Some(&lost));
            return Err(lost);
        }
        Ok(Pending {
            session: self,
            id,
            exchange,
            begun,
            receiver,
        })
    }

    /// Sends a notification.
    ///
    /// # Errors
    /// Why it could not be sent.
    pub async fn notify(&self, method: &str, params: Value) -> Result<(), Lost> {
        let mut message = self.message(method, params);
        if let Some(object) = message.as_object_mut() {
            object.remove("id");
        }
        self.send_message(&message).await
    }

    /// Sends a message and waits for nothing: a notification, or an answer to the server's request.
    ///
    /// # Errors
    /// Why it could not be sent.
    pub async fn send_message(&self, message: &Value) -> Result<(), Lost> {
        match &self.transport {
            Transport::Stdio(stdio) => {
                self.check()?;
                self.log.sent(message.to_string().as_bytes());
                stdio
                    .write(format!("{message}\n").as_bytes(), self.patience)
                    .await
            }
            Transport::Http(http) => {
                let mut request = http.request(self, message);
                request.peek = true;
                http.endpoint.send(request, self.patience).await.map(drop)
            }
        }
    }

    /// Sends bytes as they are: over stdio to its pipe, over HTTP as a body with the usual headers.
    ///
    /// # Errors
    /// Why they could not be sent.
    pub async fn send_raw(&self, bytes: &[u8]) -> Result<ExchangeId, Lost> {
        self.log.malformed();
        match &self.transport {
            Transport::Stdio(stdio) => {
                self.check()?;
                let exchange = self.log.sent(bytes);
                stdio.write(bytes, self.patience).await?;
                Ok(exchange)
            }
            Transport::Http(http) => {
                let mut request = http.request(self, &Value::Null);
                request.body = bytes.to_vec();
                Ok(http.endpoint.send(request, self.patience).await?.exchange)
            }
        }
    }

    /// What came unasked so far, oldest first.
    pub fn strays(&self) -> Vec<Stray> {
        match &self.transport {
            Transport::Stdio(stdio) => stdio.strays(),
            Transport::Http(http) => http
                .strays
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
        }
    }

    /// Waits until a stray satisfies this, or the time is over.
    pub async fn stray(
        &self,
        wanted: impl Fn(&Stray) -> bool,
        patience: Duration,
    ) -> Option<Stray> {
        let until = Instant::now() + patience;
        let mut looked_at = 0;
        loop {
            let (found, count) = match &self.transport {
                Transport::Stdio(stdio) => stdio.find_stray(looked_at, &wanted),
                Transport::Http(_) => (self.strays().into_iter().find(|stray| wanted(stray)), 0),
            };
            if found.is_some() {
                return found;
            }
            looked_at = count;
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || self.ended().is_some() {
                return None;
            }
            let step = left.min(Duration::from_millis(50));
            match &self.transport {
                Transport::Stdio(stdio) => {
                    let _ = timeout(step, stdio.changed()).await;
                }
                Transport::Http(_) => tokio::time::sleep(step).await,
            }
        }
    }

    /// How long an answer is waited for.
    pub fn patience(&self) -> Duration {
        self.patience
    }

    /// How long the connection has been there.
    pub fn age(&self) -> Duration {
        match &self.transport {
            Transport::Stdio(stdio) => stdio.age(),
            Transport::Http(http) => http.born.elapsed(),
        }
    }

    /// Why nothing will come any more, if so.
    pub fn ended(&self) -> Option<Lost> {
        match &self.transport {
            Transport::Stdio(stdio) => stdio.ended(),
            Transport::Http(http) => http
                .expired
                .load(Ordering::Relaxed)
                .then(|| Lost::Gone("its HTTP session is over".to_owned())),
        }
    }

    /// Whether it can still be used: neither ended nor given up.
    pub fn is_usable(&self) -> bool {
        self.check().is_ok()
    }

    /// The end of what the process wrote to stderr; empty over HTTP.
    pub fn stderr(&self) -> String {
        match &self.transport {
            Transport::Stdio(stdio) => stdio.stderr(),
            Transport::Http(_) => String::new(),
        }
    }

    /// The id of the process; none over HTTP.
    pub fn pid(&self) -> Option<u32> {
        match &self.transport {
            Transport::Stdio(stdio) => stdio.pid(),
            Transport::Http(_) => None,
        }
    }

    /// Whether it is a process behind pipes.
    pub fn is_stdio(&self) -> bool {
        matches!(self.transport, Transport::Stdio(_))
    }

    /// The id of the HTTP session that the server minted, if any.
    pub fn http_session(&self) -> Option<String> {
        match &self.transport {
            Transport::Stdio(_) => None,
            Transport::Http(http) => http
                .session
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
        }
    }

    /// The pipes to and from the process, as `/proc` names them; none over HTTP.
    pub(crate) fn pipes(&self) -> std::collections::BTreeSet<String> {
        match &self.transport {
            Transport::Stdio(stdio) => stdio.pipes().clone(),
            Transport::Http(_) => std::collections::BTreeSet::new(),
        }
    }

    /// Closes stdin and waits so long for the process to end; none where it still runs, or over HTTP.
    pub async fn close(&self, patience: Duration) -> Option<Exit> {
        let Transport::Stdio(stdio) = &self.transport else {
            return None;
        };
        stdio.close_input().await;
        stdio.wait(patience).await
    }

    /// How the process ended, if it has.
    pub async fn exit(&self) -> Option<Exit> {
        match &self.transport {
            Transport::Stdio(stdio) => stdio.exit().await,
            Transport::Http(_) => None,
        }
    }

    /// Kills the process with its group; over HTTP, ends the session (`DELETE`).
    pub async fn end(&self) {
        match &self.transport {
            Transport::Stdio(stdio) => stdio.kill(),
            Transport::Http(http) => {
                let id = http
                    .session
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .take();
                if let Some(id) = id {
                    let request = Request {
                        method: "DELETE",
                        headers: vec![
                            ("Mcp-Session-Id", id),
                            ("MCP-Protocol-Version", self.version()),
                        ],
                        peek: true,
                        ..Request::default()
                    };
                    let _ = http.endpoint.farewell(request, thresholds::GOODBYE).await;
                }
            }
        }
    }

    fn check(&self) -> Result<(), Lost> {
        if self.given_up.load(Ordering::Relaxed) {
            return Err(Lost::GivenUp);
        }
        if let Some(lost) = self.log.exhausted() {
            return Err(lost);
        }
        self.ended().map_or(Ok(()), Err)
    }

    /// Keeps count of silences in a row.
    fn heard(&self, lost: Option<&Lost>) {
        if matches!(lost, Some(Lost::Silent(_))) {
            if self.is_stdio() {
                self.log.silent();
            }
            if self.silences.fetch_add(1, Ordering::Relaxed) + 1 >= thresholds::SILENCES {
                self.given_up.store(true, Ordering::Relaxed);
            }
        } else {
            if lost.is_none() && self.is_stdio() {
                self.log.answered();
            }
            self.silences.store(0, Ordering::Relaxed);
        }
    }

    async fn over(&self, http: &Http, message: &Value, patience: Duration) -> Result<Answer, Lost> {
        let id = message["id"].clone();
        let mut request = http.request(self, message);
        request.until = Some(id.clone());
        let answer = match http.endpoint.send(request, patience).await {
            // who answered before and fails now went down with this request
            Err(Lost::Network(why) | Lost::Unreachable(why)) if !self.hello().is_null() => {
                return Err(Lost::Gone(why));
            }
            other => other?,
        };
        if answer.status == 404
            && self.era == Era::Legacy
            && self.http_session().is_some()
            && answer.answer_to(&id).is_none()
        {
            // 2025-11-25, Transports, Session Management: the client must start a new one
            http.expired.store(true, Ordering::Relaxed);
        }
        if message["method"] == "tools/list"
            && let Some(found) = answer.answer_to(&id)
        {
            http.endpoint.learn_mirrors(&found["result"]);
        }
        let minted = answer.header("mcp-session-id");
        if !minted.is_empty() && message["method"] == "initialize" {
            *http.session.lock().unwrap_or_else(PoisonError::into_inner) = Some(minted.to_owned());
        }
        let mut strays = http.strays.lock().unwrap_or_else(PoisonError::into_inner);
        for other in answer
            .messages
            .iter()
            .filter(|other| other["id"] != id || other.get("method").is_some())
        {
            if strays.len() >= thresholds::UNASKED {
                break;
            }
            let kind = match (other["method"].is_string(), other.get("id").is_some()) {
                (true, true) => StrayKind::Request,
                (true, false) => StrayKind::Notification,
                (false, true) if other["jsonrpc"] == "2.0" => StrayKind::Response,
                _ => StrayKind::Noise,
            };
            strays.push(Stray {
                at: http.born.elapsed(),
                kind,
                text: other.to_string(),
                message: other.clone(),
                exchange: answer.exchange,
            });
        }
        drop(strays);
        if answer.status == 401 {
            // whatever its body is, this is the gatekeeper's word and not the server's
            return Err(Lost::Http(401, answer.gist()));
        }
        match answer.answer_to(&id) {
            Some(found) => Ok(Answer::read(
                found.clone(),
                answer.exchange,
                answer.took,
                answer.body.len(),
            )),
            // an error about a message whose id the server could not read has none
            None => match answer
                .messages
                .iter()
                .find(|message| message.get("error").is_some())
            {
                Some(found) => Ok(Answer::read(
                    found.clone(),
                    answer.exchange,
                    answer.took,
                    answer.body.len(),
                )),
                None => Err(Lost::Http(answer.status, answer.gist())),
            },
        }
    }
}

impl Http {
    /// The request that carries a message, with the headers of its era.
    fn request(&self, session: &Session, message: &Value) -> Request<'static> {
        let mut headers = vec![
            ("Content-Type", "application/json".to_owned()),
            ("Accept", "application/json, text/event-stream".to_owned()),
        ];
        if session.era == Era::Modern || message["method"] != "initialize" {
            let version = message["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"]
                .as_str()
                .map_or_else(|| session.version(), str::to_owned);
            headers.push(("MCP-Protocol-Version", version));
        }
        let mut mirrored = Vec::new();
        if session.era == Era::Modern {
            headers.extend(modern_headers(message));
            mirrored = self.endpoint.mirrored(message);
        }
        if let Some(id) = self
            .session
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
        {
            headers.push(("Mcp-Session-Id", id));
        }
        Request {
            headers,
            mirrored,
            body: message.to_string().into_bytes(),
            ..Request::default()
        }
    }
}

/// `Mcp-Method` and `Mcp-Name` of a message (2026-07-28, streamable HTTP): the name is the tool's, the
/// prompt's, or the resource's URI. Values that no header can carry are left out.
pub fn modern_headers(message: &Value) -> Vec<(&'static str, String)> {
    let plain = |text: &str| text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    let mut headers = Vec::new();
    if let Some(method) = message["method"].as_str().filter(|method| plain(method)) {
        headers.push(("Mcp-Method", method.to_owned()));
    }
    let params = &message["params"];
    if let Some(name) = params["name"]
        .as_str()
        .or(params["uri"].as_str())
        .filter(|name| plain(name))
    {
        headers.push(("Mcp-Name", name.to_owned()));
    }
    headers
}

impl Pending<'_> {
    /// Waits so long for the answer.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn wait(mut self, patience: Duration) -> Result<Answer, Lost> {
        let Transport::Stdio(stdio) = &self.session.transport else {
            return Err(Lost::Network("not over HTTP".to_owned()));
        };
        let left = patience.saturating_sub(self.begun.elapsed());
        let lost = match timeout(left, &mut self.receiver).await {
            Ok(Ok(incoming)) => {
                let took = incoming.at.saturating_duration_since(self.begun);
                self.session
                    .log
                    .received(self.exchange, &incoming.bytes, took);
                self.session.heard(None);
                return Ok(Answer::read(
                    incoming.message,
                    self.exchange,
                    took,
                    incoming.bytes.len(),
                ));
            }
            // what ended it may be a moment late
            Ok(Err(_)) => stdio
                .ended()
                .unwrap_or_else(|| Lost::Gone("it closed its stdout".to_owned())),
            Err(_) => {
                stdio.forget(&self.id);
                // something that it started may still hold its stdout
                match stdio.exit_now() {
                    Some(exit) => Lost::Gone(format!("it ended ({})", exit.text)),
                    None => Lost::Silent(patience),
                }
            }
        };
        self.session
            .log
            .lost(self.exchange, &lost.to_string(), self.begun.elapsed());
        self.session.heard(Some(&lost));
        Err(lost)
    }
}
