//! The HTTP server under load, side by side with the official SDKs for Python and TypeScript.
//!
//! ```sh
//! cargo bench -p seaworthy-kit --bench http
//! cargo bench -p seaworthy-kit --bench http -- --program $PWD/target/release/seaworthy
//! ```
//!
//! Servers are child processes with one tool, `echo`, behind one bearer token; ours keeps its
//! records as in production. They are asked in turns, with 32 complete requests of 2026-07-28 in
//! flight, over as many connections of loopback. Then 10,000 sessions of older clients come and go.
//! The client shares the machine's processors with the server, so the figures are for comparing;
//! hyper alone, without MCP, shows how much the client could ask for.
//!
//! With `--program` the GitHub server of that binary is asked as well, over its sample data.
//!
//! Prints a table and what the project promises of it; exits with 1 where a promise does not hold.
//! The peers are installed by pip and npm the first time; one that cannot be is named.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "a benchmark"
)]
#![allow(clippy::cast_precision_loss, reason = "figures for people")]

mod client;
mod peers;
mod process;
mod served;
mod sessions;

use std::{
    path::Path,
    process::{Command, ExitCode},
    time::Duration,
};

use client::{IN_FLIGHT, Question, Round, round};
use process::{Process, Usage, free_port};
use seaworthy_kit::auth::{Scopes, tokens};
use sessions::{SESSIONS, come_and_go};

const WARM_UP: Duration = Duration::from_secs(2);
const ROUND: Duration = Duration::from_secs(3);
/// Rounds that count.
const ROUNDS: usize = 5;
/// Rounds at most: there are more than count where other programs use the processors too.
const MOST_ROUNDS: usize = 9;
/// A round is quiet where other programs use at most so many percent of the processors.
const QUIET: f64 = 10.0;
/// Enough to fill the sessions that a server keeps, at those that it keeps for each.
const PRINCIPALS: usize = 8;

const LEAST_RATE: f64 = 15_000.0;
const MOST_P99: Duration = Duration::from_millis(5);
const MOST_MEMORY: u64 = 40_000_000;

/// A server under load, and what became of it.
struct Row {
    name: String,
    process: Process,
    question: Question,
    rounds: Vec<Round>,
    /// Processor seconds used in each, where the system tells it.
    processor: Vec<Option<f64>>,
}

impl Row {
    fn new(name: impl Into<String>, process: Process, question: Question) -> Self {
        Self {
            name: name.into(),
            process,
            question,
            rounds: Vec::new(),
            processor: Vec::new(),
        }
    }

    async fn round(&mut self) {
        let before = self.process.processor();
        let round = round(self.process.port, &self.question, ROUND).await;
        self.rounds.push(round);
        let used = self.process.processor().zip(before);
        self.processor
            .push(used.map(|(after, before)| after - before));
    }

    /// Forgets all rounds but these.
    fn keep(&mut self, rounds: &[usize]) {
        self.rounds = rounds.iter().map(|at| self.rounds[*at]).collect();
        self.processor = rounds.iter().map(|at| self.processor[*at]).collect();
    }

    fn median<T: PartialOrd>(&self, of: impl Fn(&Round) -> T) -> T {
        let mut values: Vec<T> = self.rounds.iter().map(of).collect();
        values.sort_by(|a, b| a.partial_cmp(b).unwrap());
        values.swap_remove(values.len() / 2)
    }

    fn rate(&self) -> f64 {
        self.median(|round| round.rate)
    }

    fn p99(&self) -> Duration {
        self.median(|round| round.p99)
    }

    fn calls(&self) -> usize {
        self.rounds.iter().map(|round| round.count).sum()
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)
    };
    if let [serve, kind, port, folder] = &arguments[..]
        && serve == "--serve"
    {
        served::run(kind, port.parse().unwrap(), Path::new(folder));
        return ExitCode::SUCCESS;
    }
    // `cargo test` runs benches too, for a look that they start
    if arguments.iter().any(|argument| argument == "--test") {
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(measure(after("--program").map(Path::new)))
}

async fn measure(program: Option<&Path>) -> ExitCode {
    let folder = tempfile::tempdir().unwrap();
    let tokens = mint(folder.path());
    let mut missing = Vec::new();
    let mut rows = vec![
        ours("kit", "seaworthy (this)", folder.path(), &tokens[0]),
        ours("bare", "hyper alone, no MCP", folder.path(), &tokens[0]),
    ];
    for (language, peer) in [
        ("Python", peers::python as fn(u16) -> _),
        ("TypeScript", peers::typescript),
    ] {
        match compared(peer, folder.path(), &tokens[0]) {
            Ok(row) => rows.push(row),
            Err(reason) => missing.push(format!("not measured: the {language} SDK: {reason}")),
        }
    }
    if let Some(program) = program {
        rows.extend(built(program, folder.path(), &tokens[0]));
    }
    for row in &rows {
        round(row.process.port, &row.question, WARM_UP).await;
    }
    ask_in_turns(&mut rows).await;
    print(&rows);
    for line in missing {
        println!("{line}");
    }
    let ours = rows.swap_remove(0);
    let took = come_and_go(ours.process.port, &tokens).await;
    let memory = ours.process.resident();
    println!(
        "\n{SESSIONS} sessions of 2025-11-25 came and went in {:.1} s: RSS {} MB, at most {} MB until then",
        took.as_secs_f64(),
        megabytes(memory),
        megabytes(ours.process.peak())
    );
    let (rate, p99) = (ours.rate(), ours.p99());
    println!(
        "records of calls that a full queue dropped, in all: {}",
        ours.process.end().trim()
    );
    promises(rate, p99, memory)
}

/// Asks all servers in turns until there are [`ROUNDS`] quiet rounds, or [`MOST_ROUNDS`] of any kind;
/// keeps the quietest. What is kept is chosen by what other programs did, not by how it went.
async fn ask_in_turns(rows: &mut [Row]) {
    let usage = |rows: &[Row]| Usage::now(rows.iter().map(|row| &row.process));
    let mut others: Vec<f64> = Vec::new();
    while others.len() < MOST_ROUNDS
        && others.iter().filter(|percent| **percent <= QUIET).count() < ROUNDS
    {
        let before = usage(rows);
        for row in &mut *rows {
            row.round().await;
        }
        let used = usage(rows).zip(before);
        others.push(used.map_or(0.0, |(after, before)| after.of_others(&before)));
    }
    let mut kept: Vec<usize> = (0..others.len()).collect();
    kept.sort_by(|a, b| others[*a].total_cmp(&others[*b]));
    kept.truncate(ROUNDS);
    for row in rows {
        row.keep(&kept);
    }
    let mean = kept.iter().map(|at| others[*at]).sum::<f64>() / kept.len() as f64;
    println!(
        "the quietest {ROUNDS} of {} rounds: other programs used {mean:.0}% of the processors meanwhile",
        others.len()
    );
}

/// Tokens, and the file that servers read them from.
fn mint(folder: &Path) -> Vec<String> {
    let mut list = String::new();
    let mut secrets = Vec::new();
    for number in 0..PRINCIPALS {
        let scopes = Scopes::parse("read").unwrap();
        let minted = tokens::mint(&format!("load-{number}"), scopes, None).unwrap();
        list.push_str(&minted.line);
        list.push('\n');
        secrets.push(minted.token.expose().to_owned());
    }
    std::fs::write(folder.join("tokens"), list).unwrap();
    secrets
}

/// This program as a server.
fn ours(kind: &str, name: &str, folder: &Path, token: &str) -> Row {
    let port = free_port();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--serve", kind, &port.to_string()])
        .arg(folder);
    let process = Process::start(command, port, folder).unwrap();
    Row::new(name, process, Question::echo(port, token))
}

fn compared(
    peer: fn(u16) -> Result<peers::Peer, String>,
    folder: &Path,
    token: &str,
) -> Result<Row, String> {
    let port = free_port();
    let mut peer = peer(port)?;
    peer.command.env("PEER_TOKEN", token);
    let process = Process::start(peer.command, port, folder)?;
    Ok(Row::new(peer.name, process, Question::echo(port, token)))
}

/// The GitHub server of a binary, over its sample.
fn built(program: &Path, folder: &Path, token: &str) -> [Row; 2] {
    ["tools/list", "get_context"].map(|what| {
        let port = free_port();
        let mut command = Command::new(program);
        command
            .args(["serve", "github", "--sample", "--http"])
            .arg(format!("127.0.0.1:{port}"))
            .arg("--token-file")
            .arg(folder.join("tokens"))
            .env_clear()
            .env("HOME", folder);
        let process = Process::start(command, port, folder).unwrap();
        let question = match what {
            "tools/list" => Question::list(port, token),
            tool => Question::tool(port, token, tool),
        };
        Row::new(format!("serve github --sample: {what}"), process, question)
    })
}

fn megabytes(bytes: Option<u64>) -> String {
    bytes.map_or("-".to_owned(), |bytes| format!("{:.1}", bytes as f64 / 1e6))
}

fn print(rows: &[Row]) {
    println!(
        "{IN_FLIGHT} in flight, medians of {ROUNDS} rounds of {} s; client and server share {} processors\n",
        ROUND.as_secs(),
        std::thread::available_parallelism().map_or(0, usize::from)
    );
    let ours = rows[0].rate();
    println!(
        "{:<50}{:>11}{:>8}{:>8}{:>8}{:>8}{:>13}{:>8}",
        "server", "requests/s", "ratio", "p50 ms", "p99 ms", "max ms", "CPU us each", "RSS MB"
    );
    for row in rows {
        let ms = |duration: Duration| duration.as_secs_f64() * 1e3;
        let seconds: Option<f64> = row.processor.iter().copied().sum();
        let each = seconds.map_or("-".to_owned(), |seconds| {
            format!("{:.0}", seconds * 1e6 / row.calls() as f64)
        });
        println!(
            "{:<50}{:>11.0}{:>8.2}{:>8.2}{:>8.2}{:>8.1}{each:>13}{:>8}",
            row.name,
            row.rate(),
            row.rate() / ours,
            ms(row.median(|round| round.p50)),
            ms(row.p99()),
            ms(row.rounds.iter().map(|round| round.max).max().unwrap()),
            megabytes(row.process.resident()),
        );
    }
}

/// Says which promises hold.
fn promises(rate: f64, p99: Duration, memory: Option<u64>) -> ExitCode {
    let mut all = ExitCode::SUCCESS;
    println!();
    for (holds, what) in [
        (
            rate >= LEAST_RATE,
            format!("at least {LEAST_RATE} authenticated requests/s at {IN_FLIGHT} in flight"),
        ),
        (
            p99 <= MOST_P99,
            format!("p99 at most {} ms", MOST_P99.as_millis()),
        ),
        (
            memory.is_some_and(|memory| memory <= MOST_MEMORY),
            format!(
                "RSS at most {} MB after {SESSIONS} sessions",
                MOST_MEMORY / 1_000_000
            ),
        ),
    ] {
        println!("{} {what}", if holds { "ok  " } else { "MISS" });
        if !holds {
            all = ExitCode::FAILURE;
        }
    }
    all
}
