//! The SDK's queues and exporters, with every setting given: what is left out here the SDK would
//! take from `OTEL_*` variables.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry_otlp::{
    ExporterBuildError, MetricExporter, Protocol, RetryPolicy, SpanExporter, WithExportConfig,
    WithHttpConfig,
};
use opentelemetry_sdk::{
    Resource,
    metrics::{PeriodicReader, SdkMeterProvider, Temporality},
    resource::TelemetryResourceDetector,
    trace::{BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider, SpanLimits},
};

use super::{
    Service,
    collector::{Collector, EXPORT_TIMEOUT},
};

/// How many spans wait at most; more are dropped.
const QUEUE_SPANS: usize = 2_048;
/// How many spans go in one request.
const BATCH_SPANS: usize = 512;
/// How long a span waits for others.
const SPANS_EVERY: Duration = Duration::from_secs(5);
/// How often metrics are sent.
const METRICS_EVERY: Duration = Duration::from_secs(60);

/// The attributes of everything that is exported.
pub(super) fn resource(service: &Service) -> Resource {
    let others = service.attributes.iter();
    let others = others.map(|(name, value)| KeyValue::new(name.clone(), value.clone()));
    let own = [
        ("service.name", &service.name),
        ("service.version", &service.version),
        ("service.instance.id", &service.instance),
    ];
    let own = own.into_iter().filter(|(_, value)| !value.is_empty());
    Resource::builder_empty()
        .with_attributes(others)
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_attributes(own.map(|(name, value)| KeyValue::new(name, value.clone())))
        .build()
}

/// Spans on their way to `collector`.
pub(super) fn traces(
    collector: &Collector,
    resource: Resource,
) -> Result<SdkTracerProvider, ExporterBuildError> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(collector.clone())
        .with_endpoint(collector.address("traces"))
        .with_protocol(Protocol::HttpBinary)
        .with_timeout(EXPORT_TIMEOUT)
        .with_retry_policy(RetryPolicy::recommended())
        .build()?;
    let batches = BatchConfigBuilder::default()
        .with_max_queue_size(QUEUE_SPANS)
        .with_max_export_batch_size(BATCH_SPANS)
        .with_scheduled_delay(SPANS_EVERY)
        .build();
    let processor = BatchSpanProcessor::builder(exporter)
        .with_batch_config(batches)
        .build();
    Ok(SdkTracerProvider::builder()
        .with_span_processor(processor)
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::AlwaysOn)))
        .with_span_limits(SpanLimits::default())
        .with_resource(resource)
        .build())
}

/// Histograms on their way to `collector`.
pub(super) fn metrics(
    collector: &Collector,
    resource: Resource,
) -> Result<SdkMeterProvider, ExporterBuildError> {
    let exporter = MetricExporter::builder()
        .with_http()
        .with_http_client(collector.clone())
        .with_endpoint(collector.address("metrics"))
        .with_protocol(Protocol::HttpBinary)
        .with_timeout(EXPORT_TIMEOUT)
        .with_retry_policy(RetryPolicy::recommended())
        .with_temporality(Temporality::Cumulative)
        .build()?;
    let reader = PeriodicReader::builder(exporter)
        .with_interval(METRICS_EVERY)
        .build();
    Ok(SdkMeterProvider::builder()
        .with_reader(reader)
        .with_resource(resource)
        .build())
}
