//! Where records of calls go: the local file, `/metrics`, an OpenTelemetry collector.

use std::time::Duration;

use seaworthy_kit::{
    telemetry::{
        Recorder, Telemetry,
        otlp::{Otlp, Service},
        prometheus::Metrics,
    },
    transport::http,
};
use seaworthy_telemetry::Retention;
use std::sync::Arc;

use crate::{environment, failure::Failure};

/// How long the last records may take to reach their file, and the collector.
const LAST: Duration = Duration::from_secs(2);

/// Which records are kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept<'a> {
    /// The file's name in the state folder; `None` where no file is wanted.
    pub(crate) file: Option<&'a str>,
    /// Whether tokens are counted by a tokenizer too.
    pub(crate) exact_tokens: bool,
    /// Whether there is a `/metrics` to ask.
    pub(crate) metrics: bool,
}

/// All keepers of a server.
pub(crate) struct Records {
    telemetry: Telemetry,
    metrics: Option<Metrics>,
    otlp: Option<Otlp>,
}

impl Records {
    /// Sets the keepers up. Must not run inside an async runtime: the exporter's client blocks.
    pub(crate) fn open(kept: Kept<'_>) -> Result<Self, Failure> {
        let metrics = kept.metrics.then(Metrics::new);
        let mut telemetry = Telemetry::default();
        if let Some(recorder) = recorder(kept) {
            if let Some(metrics) = &metrics {
                metrics.watch(recorder.clone());
            }
            telemetry = Telemetry::to(recorder);
        }
        if let Some(metrics) = &metrics {
            telemetry = telemetry.with(Arc::new(metrics.clone()));
        }
        let otlp = otlp()?;
        if let Some(otlp) = &otlp {
            telemetry = telemetry.with(Arc::new(otlp.clone()));
        }
        Ok(Self {
            telemetry,
            metrics,
            otlp,
        })
    }

    /// What a server gives its records to.
    pub(crate) fn telemetry(&self) -> Telemetry {
        self.telemetry.clone()
    }

    /// What `/metrics` shows.
    pub(crate) fn metrics(&self) -> Option<http::Metrics> {
        let metrics = self.metrics.clone()?;
        Some(Arc::new(move || metrics.text()))
    }

    /// Waits for the last records, and not for long.
    pub(crate) fn close(&self) {
        self.telemetry.flush(LAST);
        if let Some(otlp) = &self.otlp {
            otlp.shutdown(LAST);
        }
    }
}

fn recorder(kept: Kept<'_>) -> Option<Recorder> {
    let name = kept.file?;
    // no folder to keep records in is no reason not to serve
    let Ok(folder) = environment::state() else {
        tracing::warn!(
            "no records are kept: there is no home folder, and SEAWORTHY_STATE is not set"
        );
        return None;
    };
    let recorder = Recorder::open(folder.join(name), Retention::default());
    Some(if kept.exact_tokens {
        recorder.with_exact_tokens()
    } else {
        recorder
    })
}

fn otlp() -> Result<Option<Otlp>, Failure> {
    let Some(to) = environment::otlp()? else {
        return Ok(None);
    };
    let service = Service {
        name: to.service.unwrap_or_else(|| "seaworthy-github".to_owned()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        instance: format!("{}-{}", environment::host_name(), std::process::id()),
        attributes: to.attributes,
    };
    Otlp::new(&to.endpoint, &to.headers, &service)
        .map(Some)
        .map_err(|error| {
            Failure::usage(format_args!("OTEL_EXPORTER_OTLP_*: {error}"), error.hint())
        })
}
