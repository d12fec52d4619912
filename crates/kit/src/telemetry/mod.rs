//! One record for each call, to everybody who keeps some: the local file, metrics, traces.
//!
//! A record holds sizes, times and counts, never arguments or answers. To add a keeper, write a
//! [`Keeper`] and give it to [`Telemetry::with`]; [`prometheus`] and [`otlp`] are two.

pub mod otlp;
pub mod prometheus;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use rmcp::{RoleServer, model::RequestId, service::RequestContext};
pub use seaworthy_telemetry::{Record, Recorder, Settings};

use crate::{answer, call::Client, meter::Meter, seal};

/// Upper bounds of a histogram of answers' tokens: around the usual budgets of an answer, up to
/// what a client cuts at.
const TOKEN_BOUNDS: [f64; 9] = [
    50.0, 100.0, 250.0, 500.0, 1_000.0, 2_000.0, 5_000.0, 10_000.0, 25_000.0,
];

/// What a keeper gets to see of a call besides its record.
#[derive(Debug, Clone, Copy)]
pub struct Trace<'a> {
    /// The caller's span (`_meta.traceparent`, W3C Trace Context), if it named one.
    pub parent: Option<&'a str>,
    /// Vendors' state of that trace (`_meta.tracestate`).
    pub state: Option<&'a str>,
    /// The request's id (JSON-RPC).
    pub request: &'a RequestId,
    /// When the call began.
    pub began: SystemTime,
}

/// Somebody who keeps records. Called after each call, on its way out: must not block.
pub trait Keeper: Send + Sync {
    /// Keeps one.
    fn keep(&self, record: &Record, trace: Trace<'_>);
}

/// Where records go.
#[derive(Clone, Default)]
pub struct Telemetry {
    recorder: Option<Recorder>,
    keepers: Vec<Arc<dyn Keeper>>,
}

impl fmt::Debug for Telemetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Telemetry({} keepers)", self.keepers.len())
    }
}

impl Telemetry {
    /// To a local file.
    pub fn to(recorder: Recorder) -> Self {
        Self {
            recorder: Some(recorder),
            keepers: Vec::new(),
        }
    }

    /// To somebody else as well.
    #[must_use]
    pub fn with(mut self, keeper: Arc<dyn Keeper>) -> Self {
        self.keepers.push(keeper);
        self
    }

    /// Whether anybody keeps records.
    pub fn is_kept(&self) -> bool {
        self.recorder.is_some() || !self.keepers.is_empty()
    }

    /// Waits until the file has all of it; false where that takes longer than `patience`.
    pub fn flush(&self, patience: Duration) -> bool {
        self.recorder
            .as_ref()
            .is_none_or(|recorder| recorder.flush(patience))
    }
}

/// What is known of a call before it runs.
pub(crate) struct Began {
    at: Instant,
    time: SystemTime,
    record: Record,
    parent: Option<String>,
    state: Option<String>,
    request: RequestId,
    pub(crate) meter: Arc<Meter>,
}

/// What a call came to.
#[derive(Debug, Default)]
pub(crate) struct Came<'a> {
    pub(crate) text: &'a str,
    pub(crate) items: Option<usize>,
    pub(crate) cut: bool,
    pub(crate) cursor: Option<&'a str>,
    pub(crate) error: Option<String>,
}

impl<'a> Came<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self {
            text,
            ..Self::default()
        }
    }
}

impl Began {
    pub(crate) fn new(
        tool: &str,
        cursor: Option<&str>,
        context: &RequestContext<RoleServer>,
        transport: &str,
    ) -> Self {
        let client = Client::of(context);
        let era = context.protocol_version();
        let text = |name: &str| context.meta.get(name).and_then(|value| value.as_str());
        Self {
            at: Instant::now(),
            time: SystemTime::now(),
            record: Record {
                tool: tool.to_owned(),
                era: era.map(|version| version.to_string()).unwrap_or_default(),
                client: client.name,
                follows: cursor.map(digest),
                transport: transport.to_owned(),
                ..Record::default()
            },
            parent: text("traceparent").map(str::to_owned),
            state: text("tracestate").map(str::to_owned),
            request: context.id.clone(),
            meter: Arc::default(),
        }
    }

    pub(crate) fn end(self, telemetry: &Telemetry, came: &Came<'_>) {
        let mut record = self.record;
        self.meter.read_into(&mut record);
        let since = self.time.duration_since(UNIX_EPOCH).unwrap_or_default();
        let took = self.at.elapsed();
        record.time_ms = whole((since + took).as_millis());
        record.micros = whole(took.as_micros());
        record.tokens = small(answer::tokens(came.text));
        record.bytes = small(came.text.len());
        record.items = came.items.map(small);
        record.cut = came.cut;
        record.next = came.cursor.map(digest);
        record.error.clone_from(&came.error);
        let trace = Trace {
            parent: self.parent.as_deref(),
            state: self.state.as_deref(),
            request: &self.request,
            began: self.time,
        };
        for keeper in &telemetry.keepers {
            keeper.keep(&record, trace);
        }
        if let Some(recorder) = &telemetry.recorder {
            let text = recorder.wants_text().then(|| came.text.to_owned());
            recorder.record(record, text);
        }
    }
}

/// A number that two calls share when one goes on where the other stopped, and that says nothing
/// of the cursor itself.
fn digest(cursor: &str) -> i64 {
    i64::from_le_bytes(seal::digest(&[cursor.as_bytes()]))
}

fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn whole(count: u128) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
