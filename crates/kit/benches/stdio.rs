//! What the kit costs over the bare SDK: the same no-op tool behind both, over real pipes.
//!
//! `cargo bench -p seaworthy-kit --bench stdio` starts this program again as either server and
//! drives it with 32 calls in flight, in turns, so that both meet the same machine. It prints
//! cold start to the answer of `tools/list`, calls a second, latency, and peak memory.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark"
)]
#![allow(clippy::cast_precision_loss, reason = "figures for people")]

#[path = "../tests/it/tank.rs"]
#[expect(unreachable_pub, reason = "shared with the tests")]
mod tank;

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use rmcp::{
    ErrorData, RoleServer, ServerHandler, ServiceExt,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ListToolsResult,
        PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
    },
    service::RequestContext,
};
use tokio_util::sync::CancellationToken;

const IN_FLIGHT: usize = 32;
const CALLS: usize = 200_000;
const ROUNDS: usize = 5;
const STARTS: usize = 60;

fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--serve");
    if let (Some(_), Some(kind)) = (arguments.next(), arguments.next()) {
        serve(&kind);
        return;
    }
    let kinds = ["rmcp", "kit"];
    let mut rates = [Vec::new(), Vec::new()];
    let mut tails = [Vec::new(), Vec::new()];
    let mut peaks = [0_u64; 2];
    for _ in 0..ROUNDS {
        for (index, kind) in kinds.iter().enumerate() {
            let run = load(kind);
            rates[index].push(run.rate);
            tails[index].push(run.p99);
            peaks[index] = peaks[index].max(run.peak_kib);
        }
    }
    let mut starts = [Vec::new(), Vec::new()];
    for _ in 0..STARTS {
        for (index, kind) in kinds.iter().enumerate() {
            starts[index].push(cold_start(kind).as_secs_f64() * 1e3);
        }
    }
    println!(
        "server  calls/s at {IN_FLIGHT}  p99 ms  cold start ms  peak RSS MiB   (medians; {ROUNDS} rounds of {CALLS} calls, {STARTS} starts)"
    );
    for (index, kind) in kinds.iter().enumerate() {
        println!(
            "{kind:<6}  {:>13.0}  {:>6.2}  {:>13.2}  {:>12.1}",
            median(&mut rates[index]),
            median(&mut tails[index]),
            median(&mut starts[index]),
            peaks[index] as f64 / 1024.0
        );
    }
    let overhead = (median(&mut rates[0]) / median(&mut rates[1]) - 1.0) * 100.0;
    println!("kit overhead over bare rmcp: {overhead:.1}% (target: at most 15%)");
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

struct Run {
    rate: f64,
    p99: f64,
    peak_kib: u64,
}

fn start(kind: &str) -> (Child, ChildStdin, BufReader<ChildStdout>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--serve", kind])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let input = child.stdin.take().unwrap();
    let output = BufReader::with_capacity(64 * 1024, child.stdout.take().unwrap());
    (child, input, output)
}

fn line(output: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    assert!(!line.is_empty(), "the server ended");
    line
}

const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":"i","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"load","version":"1"}}}
{"jsonrpc":"2.0","method":"notifications/initialized"}
"#;

fn cold_start(kind: &str) -> Duration {
    let begin = Instant::now();
    let (mut child, mut input, mut output) = start(kind);
    input.write_all(INITIALIZE.as_bytes()).unwrap();
    line(&mut output);
    input
        .write_all(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}\n")
        .unwrap();
    assert!(line(&mut output).contains("noop"));
    let took = begin.elapsed();
    drop(input);
    child.wait().unwrap();
    took
}

fn load(kind: &str) -> Run {
    let (mut child, mut input, mut output) = start(kind);
    input.write_all(INITIALIZE.as_bytes()).unwrap();
    line(&mut output);
    let mut sent = vec![Instant::now(); CALLS];
    let mut latencies = Vec::with_capacity(CALLS);
    let mut pending = Vec::new();
    let call = |id: usize, pending: &mut Vec<u8>| {
        writeln!(pending, r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"noop","arguments":{{}}}}}}"#).unwrap();
    };
    let begin = Instant::now();
    let mut next = 0;
    while next < IN_FLIGHT {
        call(next, &mut pending);
        next += 1;
    }
    input.write_all(&pending).unwrap();
    pending.clear();
    while latencies.len() < CALLS {
        let reply = line(&mut output);
        let (_, rest) = reply.split_once("\"id\":").unwrap();
        let id: usize = rest[..rest.find([',', '}']).unwrap()].parse().unwrap();
        latencies.push(sent[id].elapsed().as_secs_f64() * 1e3);
        if next < CALLS {
            sent[next] = Instant::now();
            call(next, &mut pending);
            next += 1;
        }
        // what one read brought is answered by one write
        if output.buffer().is_empty() && !pending.is_empty() {
            input.write_all(&pending).unwrap();
            pending.clear();
        }
    }
    let rate = CALLS as f64 / begin.elapsed().as_secs_f64();
    let peak_kib = peak_memory(child.id());
    drop(input);
    child.wait().unwrap();
    latencies.sort_by(f64::total_cmp);
    Run {
        rate,
        p99: latencies[CALLS * 99 / 100],
        peak_kib,
    }
}

/// The peak resident memory of a process (proc(5), `VmHWM`); 0 where there is no `/proc`.
fn peak_memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or_default()
}

fn serve(kind: &str) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        if kind == "kit" {
            let (server, _, _folder) = tank::server();
            seaworthy_kit::transport::serve_stdio(server, CancellationToken::new())
                .await
                .unwrap();
        } else {
            let running = Bare.serve(rmcp::transport::stdio_pipes()).await.unwrap();
            running.waiting().await.unwrap();
        }
    });
}

/// The least that the SDK asks for.
struct Bare;

impl ServerHandler for Bare {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let schema = serde_json::json!({"type": "object"});
        let tool = Tool::new(
            "noop",
            "Does nothing.",
            std::sync::Arc::new(schema.as_object().unwrap().clone()),
        );
        Ok(ListToolsResult::with_all_items(vec![tool]))
    }

    async fn call_tool(
        &self,
        _: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        Ok(CallToolResult::success(vec![ContentBlock::text("ok")]).into())
    }
}
