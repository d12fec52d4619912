//! Counters and histograms of calls for Prometheus, in the OpenMetrics text format.
//!
//! Labels are the tool and the class of an error, both of which are few; a client's name is none,
//! because clients choose it. To add a figure, register it in [`Metrics::new`] and count it in
//! [`Keeper::keep`]; its name ends in its unit (<https://prometheus.io/docs/practices/naming/>).

use std::{
    fmt::{self, Debug, Formatter},
    sync::{Arc, OnceLock},
    time::Duration,
};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric, text},
    metrics::{
        MetricType,
        counter::{ConstCounter, Counter},
        family::Family,
        gauge::Gauge,
        histogram::Histogram,
    },
    registry::{Registry, Unit},
};

use super::{Keeper, Record, Recorder, TOKEN_BOUNDS, Trace};

/// The content type of [`Metrics::text`] (OpenMetrics 1.0.0, section "Overall Structure").
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The last line of [`Metrics::text`]; whoever has more metrics to say puts them before it.
pub const END: &str = "# EOF\n";

/// Upper bounds of the histogram of durations, in seconds: answers from the cache take
/// milliseconds, runs of code minutes.
const DURATION_BOUNDS: [f64; 14] = [
    0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0, 300.0,
];

/// The names of labels with their values.
type Labels<const COUNT: usize> = [(&'static str, String); COUNT];

/// A counter for each tool.
type PerTool = Family<Labels<1>, Counter>;

/// Counts calls. Clones share one count.
#[derive(Clone)]
pub struct Metrics {
    figures: Arc<Figures>,
}

/// The figures, and the registry that writes them.
struct Figures {
    registry: Registry,
    recorder: Arc<OnceLock<Recorder>>,
    calls: PerTool,
    errors: Family<Labels<2>, Counter>,
    duration: Family<Labels<1>, Histogram, fn() -> Histogram>,
    tokens: Family<Labels<1>, Histogram, fn() -> Histogram>,
    cut: PerTool,
    follow_ups: PerTool,
    upstream: PerTool,
    cache_hits: PerTool,
    upstream_left: Family<Labels<1>, Gauge>,
    bridged: PerTool,
}

impl Metrics {
    /// Metrics of no call yet.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("seaworthy");
        let calls = per_tool(&mut registry, "calls", "Tool calls answered");
        let errors = Family::default();
        registry.register(
            "call_errors",
            "Tool calls that ended in an error, by its class",
            Family::clone(&errors),
        );
        let duration = Family::new_with_constructor((|| Histogram::new(DURATION_BOUNDS)) as _);
        registry.register_with_unit(
            "call_duration",
            "How long tool calls took",
            Unit::Seconds,
            Family::clone(&duration),
        );
        let tokens = Family::new_with_constructor((|| Histogram::new(TOKEN_BOUNDS)) as _);
        registry.register_with_unit(
            "answer",
            "Tokens of answers, estimated as characters divided by four",
            Unit::Other("tokens".to_owned()),
            Family::clone(&tokens),
        );
        let upstream_left = Family::default();
        registry.register(
            "upstream_limit_left",
            "Requests that the upstream service still allowed when it last answered the tool",
            Family::clone(&upstream_left),
        );
        let recorder = Arc::default();
        registry.register_collector(Box::new(Losses(Arc::clone(&recorder))));
        let mut counter = |name, help| per_tool(&mut registry, name, help);
        let cut = counter("answers_cut", "Answers that said MORE AVAILABLE");
        let follow_ups = counter("follow_ups", "Calls that came with a cursor");
        let upstream = counter("upstream_requests", "Requests sent upstream");
        let cache_hits = counter(
            "upstream_cache_hits",
            "Requests answered from the cache instead of upstream",
        );
        let bridged = counter(
            "bridged_calls",
            "Calls that sandboxed code made on behalf of a call",
        );
        Self {
            figures: Arc::new(Figures {
                registry,
                recorder,
                calls,
                errors,
                duration,
                tokens,
                cut,
                follow_ups,
                upstream,
                cache_hits,
                upstream_left,
                bridged,
            }),
        }
    }

    /// Counts what `recorder` loses as well. Only the first recorder counts.
    pub fn watch(&self, recorder: Recorder) {
        // a second one is not an error worth telling: there is one file of records
        let _ = self.figures.recorder.set(recorder);
    }

    /// All of it, in the format of [`CONTENT_TYPE`], with [`END`] at its end.
    pub fn text(&self) -> String {
        let mut written = String::new();
        if let Err(error) = text::encode_registry(&mut written, &self.figures.registry) {
            // half of a metric would spoil the whole
            tracing::error!(%error, "metrics could not be written");
            written.clear();
        }
        written.push_str(END);
        written
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Debug for Metrics {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

impl Keeper for Metrics {
    fn keep(&self, record: &Record, _: Trace<'_>) {
        let figures = &self.figures;
        let tool = [("tool", record.tool.clone())];
        figures.calls.get_or_create(&tool).inc();
        let seconds = Duration::from_micros(record.micros).as_secs_f64();
        figures.duration.get_or_create(&tool).observe(seconds);
        let tokens = f64::from(record.tokens);
        figures.tokens.get_or_create(&tool).observe(tokens);
        for (family, count) in [
            (&figures.cut, u32::from(record.cut)),
            (&figures.follow_ups, u32::from(record.follows.is_some())),
            (&figures.upstream, record.upstream_requests),
            (&figures.cache_hits, record.cache_hits),
            (&figures.bridged, record.bridged_calls),
        ] {
            // a counter that is there at zero shows that the tool can have it
            family.get_or_create(&tool).inc_by(u64::from(count));
        }
        if let Some(left) = record.upstream_left {
            figures
                .upstream_left
                .get_or_create(&tool)
                .set(i64::from(left));
        }
        if let Some(class) = &record.error {
            let [tool] = tool;
            let labels = [tool, ("class", class.clone())];
            figures.errors.get_or_create(&labels).inc();
        }
    }
}

/// What a recorder lost, read when asked.
#[derive(Debug)]
struct Losses(Arc<OnceLock<Recorder>>);

impl Collector for Losses {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Some(recorder) = self.0.get() else {
            return Ok(());
        };
        for (name, help, count) in [
            (
                "records_dropped",
                "Records of calls that were lost on their way to the file.",
                recorder.dropped(),
            ),
            (
                "recorder_failures",
                "Attempts to open or write the file of records that failed.",
                recorder.failures(),
            ),
        ] {
            let counter = ConstCounter::new(count);
            counter.encode(encoder.encode_descriptor(name, help, None, MetricType::Counter)?)?;
        }
        Ok(())
    }
}

fn per_tool(registry: &mut Registry, name: &str, help: &str) -> PerTool {
    let family = PerTool::default();
    registry.register(name, help, family.clone());
    family
}
