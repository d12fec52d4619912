//! One span for each call, and histograms of all, to an OpenTelemetry collector.
//!
//! Names come from the semantic conventions for MCP (`span.rs`), the way to the collector is
//! `collector.rs`. Records go into bounded queues that threads of the SDK empty; a
//! collector that is down, slow or hostile costs spans, never a call. To export one more figure,
//! add an attribute in `span.rs` or a histogram here.
//!
//! All settings are arguments: those that the SDK would take from the environment are set by
//! `pipeline.rs`, and headers that it finds there are not sent. A proxy of the system is used.

mod collector;
mod error;
mod pipeline;
mod span;

use std::{
    fmt::{self, Debug, Formatter},
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use opentelemetry::{
    InstrumentationScope,
    metrics::{Histogram, MeterProvider as _},
    trace::{Span as _, SpanBuilder, SpanKind, Status, Tracer as _, TracerProvider as _},
};
use opentelemetry_otlp::ExporterBuildError;
use opentelemetry_sdk::{
    metrics::SdkMeterProvider,
    trace::{SdkTracer, SdkTracerProvider},
};

use self::collector::Collector;
use super::{Keeper, Record, TOKEN_BOUNDS, Trace};

pub use self::error::OtlpError;

/// Who exports (the attributes of the OpenTelemetry resource). Empty ones are left out.
#[derive(Debug, Clone, Default)]
pub struct Service {
    /// `service.name`.
    pub name: String,
    /// `service.version`.
    pub version: String,
    /// `service.instance.id`: another one for each replica.
    pub instance: String,
    /// Others, for example `deployment.environment.name`; those above win.
    pub attributes: Vec<(String, String)>,
}

/// Exports records. Clones share one queue; when the last is dropped, what waits is still sent in
/// the background while the process lives.
#[derive(Clone)]
pub struct Otlp {
    exporter: Arc<Exporter>,
}

struct Exporter {
    collector: String,
    duration: Histogram<f64>,
    tokens: Histogram<u64>,
    /// Taken when the exporter is dropped.
    providers: Option<Providers>,
}

struct Providers {
    tracer: SdkTracer,
    traces: SdkTracerProvider,
    metrics: SdkMeterProvider,
}

impl Otlp {
    /// An exporter to the collector at `endpoint`, a base address as in `http://127.0.0.1:4318`:
    /// `/v1/traces` and `/v1/metrics` are added. Each request has `headers`; their values appear
    /// in no error and no log. Nothing is sent before the first record.
    ///
    /// # Errors
    ///
    /// What is wrong with the endpoint or a header, or that the exporter cannot start. Whether the
    /// collector is there is not asked.
    pub fn new(
        endpoint: &str,
        headers: &[(String, String)],
        service: &Service,
    ) -> Result<Self, OtlpError> {
        let collector = Collector::new(endpoint, headers)?;
        let resource = pipeline::resource(service);
        let scope = InstrumentationScope::builder("seaworthy")
            .with_version(env!("CARGO_PKG_VERSION"))
            .build();
        let traces = pipeline::traces(&collector, resource.clone()).map_err(start)?;
        let metrics = pipeline::metrics(&collector, resource).map_err(start)?;
        let meter = metrics.meter_with_scope(scope.clone());
        let duration = meter
            .f64_histogram("mcp.server.operation.duration")
            .with_unit("s")
            .with_description("How long MCP requests took, as the server saw them.")
            .with_boundaries(span::DURATION_BOUNDS.to_vec())
            .build();
        let tokens = meter
            .u64_histogram("seaworthy.answer.tokens")
            .with_unit("{token}")
            .with_description("Tokens of answers, estimated as characters divided by four.")
            .with_boundaries(TOKEN_BOUNDS.to_vec())
            .build();
        let providers = Providers {
            tracer: traces.tracer_with_scope(scope),
            traces,
            metrics,
        };
        Ok(Self {
            exporter: Arc::new(Exporter {
                collector: collector.origin(),
                duration,
                tokens,
                providers: Some(providers),
            }),
        })
    }

    /// Sends what waits and ends the export, in at most `timeout` (metrics: 5 s at most), of which
    /// this blocks the thread. False where that was not enough, or where it was done before. What
    /// the collector refused is gone either way.
    pub fn shutdown(&self, timeout: Duration) -> bool {
        let Some(providers) = &self.exporter.providers else {
            return false;
        };
        let deadline = Instant::now() + timeout;
        let (done, ended) = mpsc::channel();
        let (traces, metrics) = (providers.traces.clone(), providers.metrics.clone());
        let both = [
            in_background(done.clone(), move || {
                traces.shutdown_with_timeout(timeout).is_ok()
            }),
            in_background(done, move || metrics.shutdown_with_timeout(timeout).is_ok()),
        ];
        both.into_iter().all(|started| {
            let left = deadline.saturating_duration_since(Instant::now());
            started && ended.recv_timeout(left).unwrap_or(false)
        })
    }
}

impl Keeper for Otlp {
    fn keep(&self, record: &Record, trace: Trace<'_>) {
        let Some(providers) = &self.exporter.providers else {
            return;
        };
        let common = span::common(record);
        let took = Duration::from_micros(record.micros);
        self.exporter.duration.record(took.as_secs_f64(), &common);
        self.exporter
            .tokens
            .record(u64::from(record.tokens), &common);
        let attributes = common.into_iter().chain(span::own(record, trace));
        let builder = SpanBuilder::from_name(format!("{} {}", span::METHOD, record.tool))
            .with_kind(SpanKind::Server)
            .with_start_time(trace.began)
            .with_attributes(attributes);
        let parent = span::parent(trace);
        let mut span = providers.tracer.build_with_context(builder, &parent);
        if record.error.is_some() {
            span.set_status(Status::error(""));
        }
        span.end_with_timestamp(trace.began.checked_add(took).unwrap_or(trace.began));
    }
}

impl Debug for Otlp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Otlp({})", self.exporter.collector)
    }
}

impl Drop for Exporter {
    /// Dropping the providers flushes them, which waits; that is for a thread of its own.
    fn drop(&mut self) {
        let providers = self.providers.take();
        let dropped = thread::Builder::new().name("otlp-end".to_owned());
        if let Err(error) = dropped.spawn(move || drop(providers)) {
            tracing::debug!(%error, "the last OTLP export was not in the background");
        }
    }
}

/// Its text is left out: it could repeat what the environment says.
fn start(_: ExporterBuildError) -> OtlpError {
    OtlpError::Start("the SDK refuses its configuration".to_owned())
}

fn in_background(done: mpsc::Sender<bool>, work: impl FnOnce() -> bool + Send + 'static) -> bool {
    let thread = thread::Builder::new().name("otlp-end".to_owned());
    let work = move || {
        // whoever asked may have gone
        let _ = done.send(work());
    };
    thread.spawn(work).is_ok()
}
