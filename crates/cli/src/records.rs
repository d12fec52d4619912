//! Where records of calls go: the local file, `/metrics`, an OpenTelemetry collector.

use std::{sync::Arc, time::Duration};

use clap::Args;
use seaworthy_kit::{
    telemetry::{
        Recorder, Telemetry,
        otlp::{Otlp, Service},
        prometheus::Metrics,
    },
    transport::http,
};
use seaworthy_telemetry::Retention;

use crate::{environment, failure::Failure};

/// How long the last records may take to reach their file, and the collector.
const LAST: Duration = Duration::from_secs(2);

/// Which records are kept on this machine.
#[derive(Debug, Args)]
pub(crate) struct RecordArguments {
    /// Keep no file of what calls cost
    #[arg(long)]
    no_telemetry: bool,
    /// Count tokens with a tokenizer too, not only as characters / 4
    #[arg(long, conflicts_with = "no_telemetry")]
    exact_tokens: bool,
}

/// All keepers of a server.
pub(crate) struct Records {
    telemetry: Telemetry,
    metrics: Option<Metrics>,
    otlp: Option<Otlp>,
}

impl Records {
    /// Sets the keepers up: the file called `file` in the state folder, and metrics where there is
    /// somebody to ask for them.
    pub(crate) fn open(
        arguments: &RecordArguments,
        file: &str,
        has_metrics: bool,
    ) -> Result<Self, Failure> {
        let metrics = has_metrics.then(Metrics::new);
        let mut telemetry = Telemetry::default();
        if let Some(recorder) = recorder(arguments, file) {
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

fn recorder(arguments: &RecordArguments, file: &str) -> Option<Recorder> {
    if arguments.no_telemetry {
        return None;
    }
    // no folder to keep records in is no reason not to serve
    let Ok(folder) = environment::state() else {
        tracing::warn!(
            "no records are kept: there is no home folder, and SEAWORTHY_STATE is not set"
        );
        return None;
    };
    let recorder = Recorder::open(folder.join(file), Retention::default());
    Some(if arguments.exact_tokens {
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
