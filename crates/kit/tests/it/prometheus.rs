//! Metrics: what is counted, and that a parser of the format takes all of it.

use std::{
    path::PathBuf,
    time::{Duration, SystemTime},
};

use seaworthy_kit::{
    model::RequestId,
    telemetry::{
        Keeper, Record, Recorder, Telemetry, Trace,
        prometheus::{END, Metrics},
    },
    transport::stdio::serve_on,
};
use seaworthy_telemetry::Retention;
use tokio_util::sync::CancellationToken;

use crate::{
    session::{call, modern},
    tank::server,
};

const REQUEST: RequestId = RequestId::Number(1);

fn keep(metrics: &Metrics, record: &Record) {
    let trace = Trace {
        parent: None,
        state: None,
        request: &REQUEST,
        began: SystemTime::UNIX_EPOCH,
    };
    metrics.keep(record, trace);
}

/// Two calls of one tool, one of another.
fn some() -> Metrics {
    let metrics = Metrics::new();
    let record = Record {
        tool: "find_items".to_owned(),
        client: "a-client".to_owned(),
        tokens: 1_500,
        micros: 30_000,
        cut: true,
        upstream_requests: 2,
        upstream_left: Some(4_998),
        ..Record::default()
    };
    keep(&metrics, &record);
    let next = Record {
        cut: false,
        tokens: 400,
        follows: Some(7),
        cache_hits: 1,
        upstream_requests: 0,
        upstream_left: None,
        ..record
    };
    keep(&metrics, &next);
    let failed = Record {
        tool: "run_python".to_owned(),
        client: "another \"client\"".to_owned(),
        micros: 2_000_000,
        bridged_calls: 3,
        error: Some("timeout".to_owned()),
        ..Record::default()
    };
    keep(&metrics, &failed);
    metrics
}

/// The samples, without buckets and comments, sorted.
fn samples(text: &str) -> Vec<&str> {
    let told = |line: &&str| !line.starts_with('#') && !line.contains("_bucket{");
    let mut samples: Vec<_> = text.lines().filter(told).collect();
    samples.sort_unstable();
    samples
}

#[test]
fn each_figure_is_told_by_tool() {
    let text = some().text();
    let expected = [
        r#"seaworthy_answer_tokens_count{tool="find_items"} 2"#,
        r#"seaworthy_answer_tokens_count{tool="run_python"} 1"#,
        r#"seaworthy_answer_tokens_sum{tool="find_items"} 1900.0"#,
        r#"seaworthy_answer_tokens_sum{tool="run_python"} 0.0"#,
        r#"seaworthy_answers_cut_total{tool="find_items"} 1"#,
        r#"seaworthy_answers_cut_total{tool="run_python"} 0"#,
        r#"seaworthy_bridged_calls_total{tool="find_items"} 0"#,
        r#"seaworthy_bridged_calls_total{tool="run_python"} 3"#,
        r#"seaworthy_call_duration_seconds_count{tool="find_items"} 2"#,
        r#"seaworthy_call_duration_seconds_count{tool="run_python"} 1"#,
        r#"seaworthy_call_duration_seconds_sum{tool="find_items"} 0.06"#,
        r#"seaworthy_call_duration_seconds_sum{tool="run_python"} 2.0"#,
        r#"seaworthy_call_errors_total{tool="run_python",class="timeout"} 1"#,
        r#"seaworthy_calls_total{tool="find_items"} 2"#,
        r#"seaworthy_calls_total{tool="run_python"} 1"#,
        r#"seaworthy_follow_ups_total{tool="find_items"} 1"#,
        r#"seaworthy_follow_ups_total{tool="run_python"} 0"#,
        r#"seaworthy_upstream_cache_hits_total{tool="find_items"} 1"#,
        r#"seaworthy_upstream_cache_hits_total{tool="run_python"} 0"#,
        r#"seaworthy_upstream_limit_left{tool="find_items"} 4998"#,
        r#"seaworthy_upstream_requests_total{tool="find_items"} 2"#,
        r#"seaworthy_upstream_requests_total{tool="run_python"} 0"#,
    ];
    assert_eq!(samples(&text), expected);
    assert!(!text.contains("client"), "{text}");
    for bucket in [
        r#"seaworthy_answer_tokens_bucket{le="250.0",tool="find_items"} 0"#,
        r#"seaworthy_answer_tokens_bucket{le="500.0",tool="find_items"} 1"#,
        r#"seaworthy_answer_tokens_bucket{le="2000.0",tool="find_items"} 2"#,
        r#"seaworthy_call_duration_seconds_bucket{le="0.025",tool="find_items"} 0"#,
        r#"seaworthy_call_duration_seconds_bucket{le="0.05",tool="find_items"} 2"#,
    ] {
        assert!(text.lines().any(|line| line == bucket), "{bucket}\n{text}");
    }
}

#[test]
fn nothing_counted_is_an_empty_but_whole_text() {
    assert_eq!(Metrics::new().text(), END);
}

#[test]
fn clones_share_one_count() {
    let metrics = Metrics::new();
    keep(&metrics.clone(), &Record::default());
    assert!(
        metrics
            .text()
            .contains("seaworthy_calls_total{tool=\"\"} 1\n")
    );
}

#[test]
fn what_the_recorder_loses_is_told() {
    let folder = tempfile::tempdir().unwrap();
    // a file stands where the folder should be
    let in_the_way = folder.path().join("file");
    std::fs::write(&in_the_way, "").unwrap();
    let recorder = Recorder::open(in_the_way.join("records.sqlite"), Retention::default());
    let metrics = Metrics::new();
    metrics.watch(recorder.clone());
    recorder.record(Record::default(), None);
    assert!(!recorder.flush(Duration::from_secs(20)));
    let text = metrics.text();
    let failures = recorder.failures();
    assert!(failures > 0);
    let failed = samples(&text)
        .iter()
        .find_map(|line| line.strip_prefix("seaworthy_recorder_failures_total "))
        .and_then(|count| count.parse::<u64>().ok());
    // the thread goes on trying
    assert!(failed.is_some_and(|count| count > 0 && count <= failures));
    assert!(
        text.contains("seaworthy_records_dropped_total 0\n"),
        "{text}"
    );
}

#[tokio::test]
async fn a_server_counts_its_calls() {
    let metrics = Metrics::new();
    let (server, _gauge, _audit) = server();
    let telemetry = Telemetry::default().with(std::sync::Arc::new(metrics.clone()));
    let arguments = serde_json::json!({});
    let calls = format!(
        "{}\n{}\n",
        modern(call(1, "noop", arguments.clone()), serde_json::json!({})),
        modern(call(2, "panic", arguments), serde_json::json!({})),
    );
    let input = std::io::Cursor::new(calls.into_bytes());
    let stop = CancellationToken::new();
    serve_on(
        server.with_telemetry(telemetry),
        input,
        tokio::io::sink(),
        stop,
    )
    .await
    .unwrap();
    let text = metrics.text();
    for line in [
        r#"seaworthy_calls_total{tool="noop"} 1"#,
        r#"seaworthy_calls_total{tool="panic"} 1"#,
        r#"seaworthy_call_errors_total{tool="panic",class="internal"} 1"#,
    ] {
        assert!(samples(&text).contains(&line), "{line}\n{text}");
    }
}

mod real {
    use std::{
        io::Write,
        process::{Command, Stdio},
    };

    use super::*;

    /// Prints each family as the parser understands it.
    const PARSE: &str = "
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
for family in text_string_to_metric_families(sys.stdin.read()):
    print(family.name, family.type, family.unit or '-', len(family.samples))
";

    fn python() -> PathBuf {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
        let python = root.join("target/tools/venv/bin/python");
        assert!(
            python.exists(),
            "{} is not there: run ./test, which makes it (this test cannot do without)",
            python.display()
        );
        python
    }

    #[test]
    fn the_parser_of_prometheus_takes_all_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let metrics = some();
        let file = folder.path().join("records.sqlite");
        metrics.watch(Recorder::open(file, Retention::default()));
        let strange = Record {
            tool: "a \"tool\"\nwith \\ and é".to_owned(),
            error: Some("x\n# EOF".to_owned()),
            ..Record::default()
        };
        keep(&metrics, &strange);
        #[expect(clippy::disallowed_methods, reason = "tests start programs")]
        let mut parser = Command::new(python())
            .args(["-c", PARSE])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = parser.stdin.take().unwrap();
        input.write_all(metrics.text().as_bytes()).unwrap();
        drop(input);
        let output = parser.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}\n{}", metrics.text());
        let understood = String::from_utf8(output.stdout).unwrap();
        let mut families: Vec<_> = understood.lines().collect();
        families.sort_unstable();
        let expected = [
            "seaworthy_answer_tokens histogram tokens 36",
            "seaworthy_answers_cut counter - 3",
            "seaworthy_bridged_calls counter - 3",
            "seaworthy_call_duration_seconds histogram seconds 51",
            "seaworthy_call_errors counter - 2",
            "seaworthy_calls counter - 3",
            "seaworthy_follow_ups counter - 3",
            "seaworthy_recorder_failures counter - 1",
            "seaworthy_records_dropped counter - 1",
            "seaworthy_upstream_cache_hits counter - 3",
            "seaworthy_upstream_limit_left gauge - 1",
            "seaworthy_upstream_requests counter - 3",
        ];
        assert_eq!(families, expected);
    }
}
