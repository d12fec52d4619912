//! A connection over stdin and stdout: lines out, lines in, everything bounded.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::{Child, ChildStdin},
    sync::{Mutex as AsyncMutex, Notify, mpsc, oneshot},
    time::timeout,
};

use super::{Exit, Log, Lost, Stray, StrayKind, process};
use crate::thresholds;

/// A message and when it came.
#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) message: Value,
    pub(super) bytes: Vec<u8>,
    pub(super) at: Instant,
}

#[derive(Default)]
struct State {
    waiting: HashMap<String, oneshot::Sender<Incoming>>,
    strays: Vec<Stray>,
    /// Why nothing will come any more.
    ended: Option<Lost>,
    noise: usize,
    unasked: usize,
    read: usize,
    stderr: Vec<u8>,
}

struct Shared {
    state: Mutex<State>,
    changed: Notify,
    log: Arc<Log>,
    born: Instant,
    /// Requests of the server that get our standard reply.
    asked: Option<mpsc::Sender<Value>>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, why: Lost) {
        let mut state = self.state();
        if state.ended.is_none() && matches!(why, Lost::Flood(_)) {
            self.log.flooded();
        }
        state.ended.get_or_insert(why);
        state.waiting.clear();
        drop(state);
        self.changed.notify_waiters();
    }

    /// Takes in a line; false where the connection must end.
    fn line(&self, line: &[u8]) -> bool {
        if line.iter().all(u8::is_ascii_whitespace) {
            return true;
        }
        let objects = memchr::memchr_iter(b'{', line).count();
        let message = (objects <= thresholds::MESSAGE_OBJECTS)
            .then(|| super::lean::parse(line))
            .flatten()
            .filter(|message| message["jsonrpc"] == "2.0");
        let Some(message) = message else {
            return self.stray(StrayKind::Noise, Value::Null, line);
        };
        let has_id = message.get("id").is_some_and(|id| !id.is_null());
        if message.get("method").is_some_and(Value::is_string) {
            let kind = if has_id {
                StrayKind::Request
            } else {
                StrayKind::Notification
            };
            if let (StrayKind::Request, Some(asked)) = (kind, &self.asked) {
                // a server that asks faster than it reads gets no reply
                let _ = asked.try_send(message.clone());
            }
            return self.stray(kind, message, line);
        }
        if message.get("result").is_none() && message.get("error").is_none() {
            return self.stray(StrayKind::Noise, message, line);
        }
        let waiter = self.state().waiting.remove(&message["id"].to_string());
        match waiter {
            Some(waiter) => {
                // whoever waited may have left in this moment
                let _ = waiter.send(Incoming {
                    message,
                    bytes: line.to_vec(),
                    at: Instant::now(),
                });
                true
            }
            None => self.stray(StrayKind::Response, message, line),
        }
    }

    fn stray(&self, kind: StrayKind, mut message: Value, line: &[u8]) -> bool {
        if line.len() > thresholds::WHOLE_BYTES {
            super::lean::shorten(&mut message);
        }
        let exchange = self.log.sent(b"");
        self.log.received(exchange, line, Duration::ZERO);
        let mut state = self.state();
        let shown = &line[..line.len().min(thresholds::EXCHANGE_BYTES)];
        state.strays.push(Stray {
            at: self.born.elapsed(),
            kind,
            text: String::from_utf8_lossy(shown).into_owned(),
            message,
            exchange,
        });
        if kind == StrayKind::Noise {
            state.noise += line.len();
        }
        state.unasked += line.len();
        let flooded = state.strays.len() > thresholds::UNASKED
            || state.noise > thresholds::NOISE_BYTES
            || state.unasked > thresholds::UNASKED_BYTES;
        drop(state);
        self.changed.notify_waiters();
        !flooded
    }
}

/// A started server and its pipes.
pub(super) struct Stdio {
    shared: Arc<Shared>,
    input: Arc<AsyncMutex<Option<ChildStdin>>>,
    child: AsyncMutex<Child>,
    pid: Option<u32>,
    pipes: BTreeSet<String>,
}

impl Stdio {
    /// Takes over a started process. With `reply`, its requests are answered at once: `ping` with an
    /// empty result, all others with "method not found".
    pub(super) fn new(mut child: Child, log: Arc<Log>, reply: bool) -> Self {
        let pipes = process::pipes(&child);
        let input = Arc::new(AsyncMutex::new(child.stdin.take()));
        let asked = reply.then(|| {
            let (sender, receiver) = mpsc::channel(64);
            tokio::spawn(reply_to(receiver, input.clone()));
            sender
        });
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            changed: Notify::new(),
            log,
            born: Instant::now(),
            asked,
        });
        let pid = child.id();
        if let Some(stdout) = child.stdout.take() {
            tokio::spawn(read_stdout(stdout, shared.clone(), pid));
        }
        if let Some(stderr) = child.stderr.take() {
            tokio::spawn(read_stderr(stderr, shared.clone(), pid));
        }
        Self {
            shared,
            input,
            child: AsyncMutex::new(child),
            pid,
            pipes,
        }
    }

    /// The pipes to and from the process, as `/proc` names them.
    pub(super) fn pipes(&self) -> &BTreeSet<String> {
        &self.pipes
    }

    /// The first stray from that index on that is wanted, and the number of strays.
    pub(super) fn find_stray(
        &self,
        from: usize,
        wanted: impl Fn(&Stray) -> bool,
    ) -> (Option<Stray>, usize) {
        let state = self.shared.state();
        let mut new = state.strays.iter().skip(from);
        (new.find(|stray| wanted(stray)).cloned(), state.strays.len())
    }

    pub(super) fn pid(&self) -> Option<u32> {
        self.pid
    }

    pub(super) fn ended(&self) -> Option<Lost> {
        self.shared.state().ended.clone()
    }

    pub(super) fn strays(&self) -> Vec<Stray> {
        self.shared.state().strays.clone()
    }

    pub(super) fn age(&self) -> Duration {
        self.shared.born.elapsed()
    }

    pub(super) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.shared.state().stderr).into_owned()
    }

    /// Wakes whenever something came unasked, or the connection ended.
    pub(super) async fn changed(&self) {
        self.shared.changed.notified().await;
    }

    /// Registers a wait for the answer to an id.
    pub(super) fn expect(&self, id: &Value) -> oneshot::Receiver<Incoming> {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.shared.state();
        // after the end a dropped sender tells so
        if state.ended.is_none() {
            state.waiting.insert(id.to_string(), sender);
        }
        receiver
    }

    /// Waits no longer for an id: what comes later is a stray.
    pub(super) fn forget(&self, id: &Value) {
        self.shared.state().waiting.remove(&id.to_string());
    }

    /// Writes bytes as they are.
    pub(super) async fn write(&self, bytes: &[u8], patience: Duration) -> Result<(), Lost> {
        let writing = async {
            let mut input = self.input.lock().await;
            let Some(pipe) = input.as_mut() else {
                return Err(Lost::Gone("its stdin is closed".to_owned()));
            };
            let written = match pipe.write_all(bytes).await {
                Ok(()) => pipe.flush().await,
                Err(error) => Err(error),
            };
            written.map_err(|error| Lost::Gone(format!("its stdin cannot be written: {error}")))
        };
        match timeout(patience, writing).await {
            Ok(Err(gone)) => {
                // the end of stdout says more: give it a moment to be seen
                for _ in 0..20 {
                    if let Some(ended) = self.ended() {
                        return Err(ended);
                    }
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                Err(gone)
            }
            Ok(done) => done,
            Err(_) => {
                // a part may be written: whatever follows would be read as its end
                self.shared.end(Lost::Gone(
                    "it no longer reads its stdin, which is full".to_owned(),
                ));
                Err(Lost::Silent(patience))
            }
        }
    }

    /// Closes stdin.
    pub(super) async fn close_input(&self) {
        // who writes to a full pipe holds it no longer than this
        if let Ok(mut input) = timeout(Duration::from_secs(2), self.input.lock()).await {
            input.take();
        }
    }

    /// Waits for the process to end by itself.
    pub(super) async fn wait(&self, patience: Duration) -> Option<Exit> {
        let mut child = self.child.lock().await;
        timeout(patience, child.wait())
            .await
            .ok()?
            .ok()
            .map(Exit::from)
    }

    /// How the process ended, if it has.
    pub(super) async fn exit(&self) -> Option<Exit> {
        self.child.lock().await.try_wait().ok()?.map(Exit::from)
    }

    /// How the process ended, if it has and nobody waits for that.
    pub(super) fn exit_now(&self) -> Option<Exit> {
        let mut child = self.child.try_lock().ok()?;
        child.try_wait().ok()?.map(Exit::from)
    }

    /// Kills it with its group.
    pub(super) fn kill(&self) {
        process::kill_group(self.pid);
        self.shared.end(Lost::Gone("the gate ended it".to_owned()));
    }
}

impl Drop for Stdio {
    fn drop(&mut self) {
        process::kill_group(self.pid);
    }
}

async fn read_stdout(mut stdout: impl AsyncRead + Unpin, shared: Arc<Shared>, pid: Option<u32>) {
    let why = read_lines(&mut stdout, &shared).await;
    if matches!(why, Lost::Flood(_)) {
        process::kill_group(pid);
    }
    shared.end(why);
}

async fn read_lines(stdout: &mut (impl AsyncRead + Unpin), shared: &Shared) -> Lost {
    let mut line = Vec::new();
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let read = match stdout.read(&mut chunk).await {
            Ok(0) => {
                // a last line without its end is still something that was said
                shared.line(&line);
                return Lost::Gone("it closed its stdout".to_owned());
            }
            Ok(read) => read,
            Err(error) => return Lost::Gone(format!("its stdout cannot be read: {error}")),
        };
        let total = {
            let mut state = shared.state();
            state.read += read;
            state.read
        };
        if total > thresholds::CONNECTION_BYTES {
            return Lost::Flood(format!(
                "it wrote more than {} MiB to stdout",
                thresholds::CONNECTION_BYTES >> 20
            ));
        }
        let mut rest = &chunk[..read];
        while let Some(end) = memchr::memchr(b'\n', rest) {
            line.extend_from_slice(&rest[..end]);
            rest = &rest[end + 1..];
            if !shared.line(&line) {
                return Lost::Flood("it floods stdout with what nobody asked for".to_owned());
            }
            line.clear();
            line.shrink_to(thresholds::WHOLE_BYTES);
        }
        line.extend_from_slice(rest);
        if line.len() > thresholds::MESSAGE_BYTES {
            line.truncate(thresholds::EXCHANGE_BYTES);
            shared.line(&line);
            return Lost::Flood(format!(
                "it wrote a line of more than {} MiB",
                thresholds::MESSAGE_BYTES >> 20
            ));
        }
    }
}

async fn read_stderr(mut stderr: impl AsyncRead + Unpin, shared: Arc<Shared>, pid: Option<u32>) {
    let mut chunk = vec![0; 16 * 1024];
    let mut total = 0;
    while let Ok(read @ 1..) = stderr.read(&mut chunk).await {
        total += read;
        if total > thresholds::STDERR_FLOOD_BYTES {
            process::kill_group(pid);
            shared.end(Lost::Flood(format!(
                "it wrote more than {} MiB to stderr",
                thresholds::STDERR_FLOOD_BYTES >> 20
            )));
            return;
        }
        let mut state = shared.state();
        state.stderr.extend_from_slice(&chunk[..read]);
        if state.stderr.len() > 2 * thresholds::STDERR_BYTES {
            let from = state.stderr.len() - thresholds::STDERR_BYTES;
            state.stderr.drain(..from);
        }
    }
}

async fn reply_to(mut asked: mpsc::Receiver<Value>, input: Arc<AsyncMutex<Option<ChildStdin>>>) {
    while let Some(request) = asked.recv().await {
        let mut reply = json!({"jsonrpc": "2.0", "id": request["id"]});
        if request["method"] == "ping" {
            reply["result"] = json!({});
        } else {
            reply["error"] = json!({"code": -32601, "message": "this client has no such method"});
        }
        let line = format!("{reply}\n");
        let mut pipe = input.lock().await;
        let Some(pipe) = pipe.as_mut() else { return };
        let written = timeout(Duration::from_secs(1), pipe.write_all(line.as_bytes())).await;
        if !matches!(written, Ok(Ok(()))) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_pipe_that_nobody_empties_is_given_up() {
        let command = crate::options::Command::new(["sleep", "30"]).unwrap();
        let child =
            process::spawn(&command, None, &std::collections::BTreeMap::new(), "x").unwrap();
        let stdio = Stdio::new(child, Arc::new(Log::default()), true);
        let begun = Instant::now();
        let patience = Duration::from_millis(200);
        let lost = stdio.write(&vec![b'x'; 1 << 20], patience).await;
        assert_eq!(lost, Err(Lost::Silent(patience)));
        // what follows would be read as the end of what was begun
        assert!(matches!(stdio.ended(), Some(Lost::Gone(why)) if why.contains("stdin")));
        stdio.close_input().await;
        stdio.kill();
        assert!(stdio.wait(Duration::from_secs(5)).await.is_some());
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
}
