//! The worker's end of the wire: frames out through a buffer, answers in through a thread.

use std::{
    collections::HashMap,
    io::{self, Read, Write},
    sync::{Mutex, MutexGuard, PoisonError, mpsc},
};

use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};
use tokio::sync::oneshot;

use super::guest::Order;
use crate::frame::{self, Decoder, Frame, FrameError, Kind};

/// How much may wait in the buffer before it is written, in bytes.
const BUFFER: usize = 32 * 1024;

/// What a call to a tool gives: JSON either way.
type Answer = Result<String, String>;

struct State {
    buffer: Vec<u8>,
    out: Box<dyn Write + Send>,
    waiting: HashMap<u64, oneshot::Sender<Answer>>,
    next: u64,
}

/// The wire to the host.
pub(super) struct Wire {
    state: Mutex<State>,
}

impl Wire {
    pub(super) fn new(out: Box<dyn Write + Send>) -> Self {
        Self {
            state: Mutex::new(State {
                buffer: Vec::with_capacity(2 * BUFFER),
                out,
                waiting: HashMap::new(),
                next: 1,
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a frame into the buffer, which is written when it is full; a small one may wait for
    /// [`Self::flush`].
    pub(super) fn send(&self, kind: Kind, payload: &[u8]) {
        let mut state = self.state();
        frame::encode_into(&mut state.buffer, kind, payload);
        if state.buffer.len() > BUFFER {
            state.flush();
        }
    }

    /// Writes what waits.
    pub(super) fn flush(&self) {
        self.state().flush();
    }

    /// Asks the host's tool.
    pub(super) async fn call(&self, tool: String, arguments: String) -> Answer {
        let Ok(arguments) = serde_json::from_str::<Value>(&arguments) else {
            return Err(refusal("the arguments are not JSON"));
        };
        let (sender, receiver) = oneshot::channel();
        {
            let mut state = self.state();
            let id = state.next;
            state.next += 1;
            state.waiting.insert(id, sender);
            let call = json!({"id": id, "tool": tool, "arguments": arguments}).to_string();
            if call.len() >= frame::MAX_FRAME {
                return Err(refusal("the arguments are too large"));
            }
            frame::encode_into(&mut state.buffer, Kind::Call, call.as_bytes());
            state.flush();
        }
        receiver
            .await
            .unwrap_or_else(|_| Err(refusal("the host did not answer")))
    }

    fn answered(&self, payload: &[u8]) -> Result<(), FrameError> {
        #[derive(Deserialize)]
        struct Answered<'a> {
            id: u64,
            #[serde(borrow)]
            ok: Option<&'a RawValue>,
            #[serde(borrow)]
            error: Option<&'a RawValue>,
        }
        let answered: Answered<'_> =
            serde_json::from_slice(payload).map_err(|_| FrameError::Payload("answer"))?;
        let answer = match (answered.ok, answered.error) {
            (Some(data), _) => Ok(data.get().to_owned()),
            (None, Some(error)) => Err(error.get().to_owned()),
            // `ok` was null, which a tool may answer
            (None, None) => Ok("null".to_owned()),
        };
        if let Some(sender) = self.state().waiting.remove(&answered.id) {
            // the run that asked may be over
            let _ = sender.send(answer);
        }
        Ok(())
    }
}

impl State {
    fn flush(&mut self) {
        if self.buffer.is_empty() {
            return;
        }
        // a host that is gone shows at the other end of the wire
        let _ = self.out.write_all(&self.buffer);
        let _ = self.out.flush();
        self.buffer.clear();
    }
}

fn refusal(message: &str) -> String {
    json!({"kind": "internal", "message": message, "hint": "try again"}).to_string()
}

/// Reads frames until the host closes the wire: orders go to `orders`, answers to who waits.
///
/// # Errors
/// The wire failed, or the host sent what no host sends.
pub(super) fn read(
    mut from: impl Read,
    wire: &Wire,
    orders: &mpsc::Sender<Order>,
) -> io::Result<()> {
    let mut decoder = Decoder::default();
    let mut buffer = vec![0; 64 * 1024];
    let mut order = Order::default();
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            return Ok(());
        }
        decoder.push(&buffer[..read]);
        while let Some(frame) = decoder.next_frame().map_err(io::Error::other)? {
            take(&frame, &mut order, wire, orders).map_err(io::Error::other)?;
        }
    }
}

fn take(
    frame: &Frame,
    order: &mut Order,
    wire: &Wire,
    orders: &mpsc::Sender<Order>,
) -> Result<(), FrameError> {
    #[derive(Deserialize)]
    struct Header {
        code: String,
        tools: Option<String>,
        limits: super::guest::Limits,
    }
    match frame.kind {
        Kind::Job => {
            let header: Header =
                serde_json::from_slice(&frame.payload).map_err(|_| FrameError::Payload("job"))?;
            *order = Order {
                code: header.code,
                tools: header.tools,
                limits: header.limits,
                ..Order::default()
            };
        }
        Kind::File => {
            let (name, bytes) = frame::parse_named(&frame.payload)?;
            order.files.push((name.to_owned(), bytes.to_vec()));
        }
        Kind::Stdin => order.stdin.clone_from(&frame.payload),
        Kind::Go => {
            let _ = orders.send(std::mem::take(order));
        }
        Kind::Answer => wire.answered(&frame.payload)?,
        Kind::Started | Kind::Stdout | Kind::Stderr | Kind::Call | Kind::Artifact | Kind::Ended => {
            return Err(FrameError::Payload("message of a host"));
        }
    }
    Ok(())
}
