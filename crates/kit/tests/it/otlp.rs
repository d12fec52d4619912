//! Exports to a collector on loopback: what it receives.

use std::{
    io,
    sync::{Arc, Mutex},
    time::{Duration, Instant, SystemTime},
};

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use opentelemetry_proto::tonic::{
    collector::{metrics::v1::ExportMetricsServiceRequest, trace::v1::ExportTraceServiceRequest},
    common::v1::{AnyValue, KeyValue, any_value::Value},
    metrics::v1::{Histogram, metric::Data},
    trace::v1::Span,
};
use prost::Message;
use seaworthy_kit::{
    model::RequestId,
    telemetry::{
        Keeper, Record, Telemetry, Trace,
        otlp::{Otlp, OtlpError, Service},
    },
    transport::stdio::serve_on,
};
use serde_json::json;
use tokio_util::{bytes::Bytes, sync::CancellationToken};

use crate::{
    session::{call, modern},
    tank::server,
};

pub const PATIENCE: Duration = Duration::from_secs(20);
pub const SECRET: &str = "s3cret-of-the-collector";
pub const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// What a collector received.
#[derive(Default)]
struct Received {
    traces: Vec<ExportTraceServiceRequest>,
    metrics: Vec<ExportMetricsServiceRequest>,
    heads: Vec<HeaderMap>,
}

impl Received {
    fn spans(&self) -> Vec<&Span> {
        let resources = self
            .traces
            .iter()
            .flat_map(|request| &request.resource_spans);
        let scopes = resources.flat_map(|resource| &resource.scope_spans);
        scopes.flat_map(|scope| &scope.spans).collect()
    }

    /// The last state of a histogram.
    fn histogram(&self, name: &str) -> (&str, &Histogram) {
        let resources = self.metrics.last().unwrap().resource_metrics.iter();
        let scopes = resources.flat_map(|resource| &resource.scope_metrics);
        let mut metrics = scopes.flat_map(|scope| &scope.metrics);
        let metric = metrics.find(|metric| metric.name == name).unwrap();
        match &metric.data {
            Some(Data::Histogram(histogram)) => (&metric.unit, histogram),
            other => panic!("{other:?}"),
        }
    }
}

type Shared = Arc<Mutex<Received>>;

async fn receive(
    State(received): State<Shared>,
    Path(signal): Path<String>,
    head: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let mut received = received.lock().unwrap();
    match &*signal {
        "traces" => received
            .traces
            .push(ExportTraceServiceRequest::decode(body).unwrap()),
        "metrics" => received
            .metrics
            .push(ExportMetricsServiceRequest::decode(body).unwrap()),
        other => panic!("{other}"),
    }
    received.heads.push(head);
    StatusCode::OK
}

/// A collector that keeps what it gets, and its address.
async fn collector() -> (String, Shared) {
    let received = Shared::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new()
        .route("/v1/{signal}", post(receive))
        .with_state(received.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (format!("http://{address}"), received)
}

pub fn exporter(endpoint: &str) -> Otlp {
    let service = Service {
        name: "seaworthy".to_owned(),
        version: "1.2.3".to_owned(),
        instance: "replica-1".to_owned(),
        attributes: vec![
            ("deployment.environment.name".to_owned(), "test".to_owned()),
            ("service.name".to_owned(), "not this".to_owned()),
        ],
    };
    let headers = [("Authorization".to_owned(), SECRET.to_owned())];
    Otlp::new(endpoint, &headers, &service).unwrap()
}

pub fn record() -> Record {
    Record {
        tool: "find_items".to_owned(),
        era: "2026-07-28".to_owned(),
        transport: "stdio".to_owned(),
        tokens: 1_500,
        bytes: 6_000,
        items: Some(20),
        cut: true,
        micros: 250_000,
        upstream_requests: 2,
        cache_hits: 1,
        ..Record::default()
    }
}

pub fn keep(otlp: &Otlp, record: &Record, parent: Option<&str>, state: Option<&str>) {
    let trace = Trace {
        parent,
        state,
        request: &RequestId::String("request-7".into()),
        began: SystemTime::UNIX_EPOCH + Duration::from_secs(1_000),
    };
    otlp.keep(record, trace);
}

/// Ends the export while the collector goes on answering.
async fn shutdown(otlp: Otlp) -> bool {
    tokio::task::spawn_blocking(move || otlp.shutdown(PATIENCE))
        .await
        .unwrap()
}

/// Attributes as `name=value`, sorted.
fn told(attributes: &[KeyValue]) -> Vec<String> {
    let value = |value: &Option<AnyValue>| match value.as_ref().and_then(|v| v.value.clone()) {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        Some(Value::BoolValue(truth)) => truth.to_string(),
        other => panic!("{other:?}"),
    };
    let attributes = attributes.iter();
    let mut told: Vec<_> = attributes
        .map(|attribute| format!("{}={}", attribute.key, value(&attribute.value)))
        .collect();
    told.sort_unstable();
    told
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let digits = digits.filter_map(|digit| char::from_digit(digit.into(), 16));
    digits.collect()
}

#[tokio::test]
async fn a_call_is_a_span_by_the_conventions() {
    let (endpoint, received) = collector().await;
    let otlp = exporter(&endpoint);
    keep(&otlp, &record(), Some(PARENT), Some("rojo=1,congo=2"));
    assert!(shutdown(otlp).await);
    let received = received.lock().unwrap();
    let spans = received.spans();
    let [span] = &*spans else { panic!("{spans:?}") };
    assert_eq!(span.name, "tools/call find_items");
    assert_eq!(span.kind, 2, "SERVER");
    assert_eq!(hex(&span.trace_id), "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(hex(&span.parent_span_id), "00f067aa0ba902b7");
    assert_eq!(span.trace_state, "rojo=1,congo=2");
    assert_eq!(span.start_time_unix_nano, 1_000_000_000_000);
    assert_eq!(span.end_time_unix_nano, 1_000_250_000_000);
    assert_eq!(span.status.as_ref().map_or(0, |status| status.code), 0);
    let expected = [
        "gen_ai.operation.name=execute_tool",
        "gen_ai.tool.name=find_items",
        "jsonrpc.request.id=request-7",
        "mcp.method.name=tools/call",
        "mcp.protocol.version=2026-07-28",
        "network.transport=pipe",
        "seaworthy.answer.bytes=6000",
        "seaworthy.answer.cut=true",
        "seaworthy.answer.follow_up=false",
        "seaworthy.answer.items=20",
        "seaworthy.answer.tokens=1500",
        "seaworthy.bridged_calls=0",
        "seaworthy.upstream.cache_hits=1",
        "seaworthy.upstream.requests=2",
    ];
    assert_eq!(told(&span.attributes), expected);

    let resource = received.traces[0].resource_spans[0].resource.as_ref();
    let resource = told(&resource.unwrap().attributes);
    for attribute in [
        "deployment.environment.name=test",
        "service.instance.id=replica-1",
        "service.name=seaworthy",
        "service.version=1.2.3",
        "telemetry.sdk.language=rust",
    ] {
        assert!(
            resource.iter().any(|told| told == attribute),
            "{resource:?}"
        );
    }
    for head in &received.heads {
        assert_eq!(head["authorization"], SECRET);
        assert_eq!(head["content-type"], "application/x-protobuf");
    }
}

#[tokio::test]
async fn an_error_is_one_on_span_and_duration() {
    let (endpoint, received) = collector().await;
    let otlp = exporter(&endpoint);
    keep(&otlp, &record(), None, None);
    let failed = Record {
        error: Some("not_found".to_owned()),
        transport: "http".to_owned(),
        era: "made up".to_owned(),
        micros: 3_000_000,
        tokens: 60,
        ..record()
    };
    keep(&otlp, &failed, None, None);
    assert!(shutdown(otlp).await);
    let received = received.lock().unwrap();
    let spans = received.spans();
    let [_, span] = &*spans else {
        panic!("{spans:?}")
    };
    let status = span.status.as_ref().unwrap();
    assert_eq!((status.code, &*status.message), (2, ""));
    assert!(span.parent_span_id.is_empty());
    let attributes = told(&span.attributes);
    assert!(attributes.contains(&"seaworthy.error.class=not_found".to_owned()));

    let common = [
        "error.type=tool_error",
        "gen_ai.operation.name=execute_tool",
        "gen_ai.tool.name=find_items",
        "mcp.method.name=tools/call",
        "network.protocol.name=http",
        "network.transport=tcp",
    ];
    for attribute in common {
        assert!(attributes.iter().any(|told| told == attribute));
    }
    let (unit, duration) = received.histogram("mcp.server.operation.duration");
    assert_eq!((unit, duration.aggregation_temporality), ("s", 2));
    assert_eq!(duration.data_points.len(), 2);
    let point = duration.data_points.iter();
    let mut point = point.filter(|point| told(&point.attributes) == common);
    let point = point.next().unwrap();
    let bounds = [
        0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0,
    ];
    assert_eq!(point.explicit_bounds, bounds);
    assert_eq!((point.count, point.sum), (1, Some(3.0)));
    assert_eq!(
        point.bucket_counts.iter().position(|count| *count == 1),
        Some(8)
    );
    let (unit, tokens) = received.histogram("seaworthy.answer.tokens");
    let sums = tokens.data_points.iter().filter_map(|point| point.sum);
    assert_eq!(unit, "{token}");
    assert!((sums.sum::<f64>() - 1_560.0).abs() < 1e-9);
}

#[tokio::test]
async fn parents_that_are_none_are_ignored_and_unsampled_ones_obeyed() {
    let (endpoint, received) = collector().await;
    let otlp = exporter(&endpoint);
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let span = "00f067aa0ba902b7";
    let zeros = "00000000000000000000000000000000";
    let wrong = [
        String::new(),
        "é".repeat(40),
        format!("00-{trace}-{span}"),
        format!("00-{trace}-{span}-01-"),
        format!("00-{trace}-{span}-01-more"),
        format!("01-{trace}-{span}-01more"),
        format!("ff-{trace}-{span}-01"),
        format!("00-{zeros}-{span}-01"),
        format!("00-{trace}-{}-01", &zeros[..16]),
        format!("00-{}-{span}-01", trace.to_uppercase()),
        format!("00-+{}-{span}-01", &trace[1..]),
        format!("00-{}-{span}-0001", &trace[2..]),
        "00-1-1-01".to_owned(),
    ];
    for parent in &wrong {
        keep(&otlp, &record(), Some(parent), Some("a=1"));
    }
    // a flag, a version and more text of times to come
    for (version, flags) in [("00", "01"), ("00", "ff"), ("cc", "03-what-is-this")] {
        let parent = format!("{version}-{trace}-{span}-{flags}");
        keep(&otlp, &record(), Some(&parent), Some("no list"));
    }
    let long = format!("a={}", "b".repeat(600));
    keep(&otlp, &record(), Some(PARENT), Some(&long));
    let unsampled = format!("00-{trace}-{span}-00");
    keep(&otlp, &record(), Some(&unsampled), None);
    assert!(shutdown(otlp).await);
    let received = received.lock().unwrap();
    let spans = received.spans().into_iter();
    let (children, roots): (Vec<&Span>, Vec<&Span>) =
        spans.partition(|span| !span.parent_span_id.is_empty());
    assert_eq!((roots.len(), children.len()), (wrong.len(), 4));
    for root in roots {
        assert_eq!(root.trace_state, "");
        assert_ne!(hex(&root.trace_id), trace);
    }
    for child in children {
        assert_eq!(hex(&child.trace_id), trace);
        assert_eq!(child.trace_state, "");
    }
    // the unsampled call counts all the same
    let (_, duration) = received.histogram("mcp.server.operation.duration");
    let calls: u64 = duration.data_points.iter().map(|point| point.count).sum();
    assert_eq!(calls, wrong.len() as u64 + 5);
}

#[tokio::test]
async fn a_server_exports_with_the_parent_of_meta() {
    let (endpoint, received) = collector().await;
    let otlp = exporter(&endpoint);
    let (server, _gauge, _audit) = server();
    let telemetry = Telemetry::default().with(Arc::new(otlp.clone()));
    let mut request = modern(call(41, "noop", json!({})), json!({}));
    request["params"]["_meta"]["traceparent"] = PARENT.into();
    request["params"]["_meta"]["tracestate"] = "rojo=1".into();
    let input = io::Cursor::new(format!("{request}\n").into_bytes());
    let stop = CancellationToken::new();
    serve_on(
        server.with_telemetry(telemetry),
        input,
        tokio::io::sink(),
        stop,
    )
    .await
    .unwrap();
    assert!(shutdown(otlp).await);
    let received = received.lock().unwrap();
    let spans = received.spans();
    let [span] = &*spans else { panic!("{spans:?}") };
    assert_eq!(span.name, "tools/call noop");
    assert_eq!(hex(&span.parent_span_id), "00f067aa0ba902b7");
    assert_eq!(span.trace_state, "rojo=1");
    let attributes = told(&span.attributes);
    assert!(attributes.contains(&"jsonrpc.request.id=41".to_owned()));
    assert!(attributes.contains(&"mcp.protocol.version=2026-07-28".to_owned()));
}

#[tokio::test]
async fn what_waits_is_sent_when_the_last_one_is_dropped() {
    let (endpoint, received) = collector().await;
    let otlp = exporter(&endpoint);
    keep(&otlp, &record(), None, None);
    // inside a runtime, where waiting for another one would panic
    drop(otlp);
    let until = Instant::now() + PATIENCE;
    while received.lock().unwrap().spans().is_empty() {
        assert!(Instant::now() < until, "nothing came");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[test]
fn what_is_wrong_with_the_settings_is_said_at_once() {
    let headers = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    let fine = "http://127.0.0.1:4318";
    for (endpoint, given, expected) in [
        ("", headers("a", "b"), "the OTLP endpoint is no URL: "),
        (
            "collector:4318",
            vec![],
            "the OTLP endpoint must begin with http",
        ),
        (
            "grpc://collector",
            vec![],
            "the OTLP endpoint must begin with http",
        ),
        (
            "http://me:s3cret-of-the-collector@host",
            vec![],
            "the OTLP endpoint holds credentials",
        ),
        (
            "http://host/?key=s3cret-of-the-collector",
            vec![],
            "the OTLP endpoint has a query",
        ),
        (
            fine,
            headers("Bearer s3cret-of-the-collector", ""),
            "the name of OTLP header 1 ",
        ),
        (
            fine,
            headers("x-key", "s3cret-of-the-collector\r\n"),
            "the value of the OTLP header x-key ",
        ),
        (
            fine,
            headers("Content-Length", SECRET),
            "the OTLP header content-length is set",
        ),
    ] {
        let error = Otlp::new(endpoint, &given, &Service::default()).unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with(expected), "{text}");
        assert!(!error.hint().is_empty());
        assert!(!format!("{text} {error:?}").contains(SECRET), "{error:?}");
    }
    let error = Otlp::new("ftp://host", &[], &Service::default()).unwrap_err();
    assert!(matches!(error, OtlpError::Scheme));
    let shown = format!("{:?}", exporter("http://127.0.0.1:4318/otlp"));
    assert_eq!(shown, "Otlp(http://127.0.0.1:4318)");
}
