//! What a call is called: OpenTelemetry's semantic conventions for MCP, and `seaworthy.*` for what
//! they have no name for.
//!
//! The conventions are in development; these are those of
//! <https://github.com/open-telemetry/semantic-conventions-genai/blob/0393513c908bf895e7b3ec480a2c1eb073c584af/docs/gen-ai/mcp.md>,
//! "Server" and "Metric: `mcp.server.operation.duration`". Left out on purpose: arguments and
//! results, which are nobody's business; `mcp.session.id`, which reaches a session; the client's
//! address.

use std::str::FromStr;

use opentelemetry::{
    Context, KeyValue,
    trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState},
};
use rmcp::model::ProtocolVersion;

use crate::telemetry::{Record, Trace};

/// The method of every call that is recorded.
pub(super) const METHOD: &str = "tools/call";

/// Upper bounds of `mcp.server.operation.duration` in seconds, as the conventions want them.
pub(super) const DURATION_BOUNDS: [f64; 14] = [
    0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0,
];

/// How many characters of a request's id are told: clients choose it.
const ID_CHARS: usize = 128;

/// How many characters of `tracestate` are passed on: as many as everybody has to (W3C Trace
/// Context, section 3.3.1.5). A longer one is dropped whole.
const STATE_CHARS: usize = 512;

/// What is said of a call on its span and on its duration. All of it has few values.
pub(super) fn common(record: &Record) -> Vec<KeyValue> {
    let mut attributes = vec![
        KeyValue::new("mcp.method.name", METHOD),
        KeyValue::new("gen_ai.operation.name", "execute_tool"),
        KeyValue::new("gen_ai.tool.name", record.tool.clone()),
    ];
    let http = record.transport == "http";
    let transport = if http { "tcp" } else { "pipe" };
    attributes.push(KeyValue::new("network.transport", transport));
    if http {
        attributes.push(KeyValue::new("network.protocol.name", "http"));
    }
    let known = ProtocolVersion::KNOWN_VERSIONS.iter();
    // what a client made up would be one more series of each metric
    if let Some(era) = known
        .map(ProtocolVersion::as_str)
        .find(|era| *era == record.era)
    {
        attributes.push(KeyValue::new("mcp.protocol.version", era));
    }
    if record.error.is_some() {
        // every error of a tool comes as a result with isError, and that is its type
        attributes.push(KeyValue::new("error.type", "tool_error"));
    }
    attributes
}

/// What is said of a call on its span alone.
pub(super) fn own(record: &Record, trace: Trace<'_>) -> Vec<KeyValue> {
    let number = |name, count: u32| KeyValue::new(name, i64::from(count));
    let id: String = trace.request.to_string().chars().take(ID_CHARS).collect();
    let mut attributes = vec![
        KeyValue::new("jsonrpc.request.id", id),
        number("seaworthy.answer.tokens", record.tokens),
        number("seaworthy.answer.bytes", record.bytes),
        KeyValue::new("seaworthy.answer.cut", record.cut),
        KeyValue::new("seaworthy.answer.follow_up", record.follows.is_some()),
        number("seaworthy.upstream.requests", record.upstream_requests),
        number("seaworthy.upstream.cache_hits", record.cache_hits),
        number("seaworthy.bridged_calls", record.bridged_calls),
    ];
    if let Some(items) = record.items {
        attributes.push(number("seaworthy.answer.items", items));
    }
    if let Some(class) = &record.error {
        attributes.push(KeyValue::new("seaworthy.error.class", class.clone()));
    }
    attributes
}

/// The caller's span, as a context to be its child; an empty one where the caller named none, or
/// named it wrongly.
pub(super) fn parent(trace: Trace<'_>) -> Context {
    let parent = trace.parent.and_then(|parent| {
        let state = trace.state.filter(|state| state.len() <= STATE_CHARS);
        let state = state.and_then(|state| TraceState::from_str(state).ok());
        span_context(parent, state.unwrap_or_default())
    });
    match parent {
        Some(parent) => Context::new().with_remote_span_context(parent),
        None => Context::new(),
    }
}

/// Reads a `traceparent` (W3C Trace Context, section 3.2). The SDK's own reader takes fields of any
/// length.
fn span_context(parent: &str, state: TraceState) -> Option<SpanContext> {
    let (head, rest) = parent.split_at_checked(55)?;
    let mut fields = head.split('-');
    let mut field = |digits: usize| {
        let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let field = fields.next()?;
        (field.len() == digits && field.bytes().all(hex)).then_some(field)
    };
    let (version, trace_id, span_id, flags) = (field(2)?, field(32)?, field(16)?, field(2)?);
    // versions to come may say more, after a dash
    let complete = match version {
        "ff" => false,
        "00" => rest.is_empty(),
        _ => rest.is_empty() || rest.starts_with('-'),
    };
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED;
    let context = SpanContext::new(
        TraceId::from_hex(trace_id).ok()?,
        SpanId::from_hex(span_id).ok()?,
        flags,
        true,
        state,
    );
    (complete && context.is_valid()).then_some(context)
}
