//! The backends side by side with what people use instead: `docker run` and plain `python3`, at 1,
//! 8 and 32 runs in flight.
//!
//! ```sh
//! eval "$(tests/real/engine)"     # for the docker rows
//! cargo bench -p seaworthy-sandbox --bench backends
//! ```
//!
//! Prints a table and what the project promises of it; exits with 1 where a promise does not hold.
//! What cannot run here is named, and its promises are not counted as kept.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark speaks to whoever runs it"
)]

use std::{
    env,
    future::Future,
    path::Path,
    process::{ExitCode, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use seaworthy_sandbox::{
    Backend, Ending, Job, Policy, Sandbox,
    backend::{docker, wasm},
};
use tokio::process::Command;

/// The trivial run: what starting costs.
const TRIVIAL: &str = "pass";
/// A small real one.
const JSON: &str = "import json, re, math\n\
    rows = [json.loads('{\"n\": %d}' % n) for n in range(100)]\n\
    print(sum(math.sqrt(row['n']) for row in rows), len(re.findall('a+', 'baab' * 10)))";

/// How many runs are in flight.
const FLIGHTS: [usize; 3] = [1, 8, 32];

/// One row of the table: median and throughput for each of [`FLIGHTS`].
struct Row {
    name: &'static str,
    cells: Vec<(Duration, f64)>,
}

impl Row {
    fn median(&self) -> Duration {
        self.cells[0].0
    }

    fn rate(&self, flight: usize) -> f64 {
        self.cells[flight].1
    }
}

/// Runs `one` for some seconds with so many in flight; gives the median time and runs a second.
async fn measure<F, R>(flight: usize, seconds: f64, one: F) -> (Duration, f64)
where
    F: Fn() -> R + Send + Sync + 'static,
    R: Future<Output = ()> + Send,
{
    let one = Arc::new(one);
    // the first runs start workers and fill caches
    for _ in 0..flight.min(8) {
        one().await;
    }
    let began = Instant::now();
    let until = began + Duration::from_secs_f64(seconds);
    let tasks: Vec<_> = (0..flight)
        .map(|_| {
            let one = one.clone();
            tokio::spawn(async move {
                let mut times = Vec::new();
                while Instant::now() < until {
                    let start = Instant::now();
                    one().await;
                    times.push(start.elapsed());
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.expect("a run"));
    }
    let took = began.elapsed().as_secs_f64();
    times.sort();
    #[expect(clippy::cast_precision_loss, reason = "a count of runs")]
    let rate = times.len() as f64 / took;
    (times[times.len() / 2], rate)
}

/// Measures `one` at each of [`FLIGHTS`].
async fn row<F, R>(name: &'static str, one: F) -> Row
where
    F: Fn() -> R + Clone + Send + Sync + 'static,
    R: Future<Output = ()> + Send,
{
    let mut cells = Vec::new();
    for flight in FLIGHTS {
        cells.push(measure(flight, 4.0, one.clone()).await);
    }
    Row { name, cells }
}

async fn of_backend(name: &'static str, backend: Arc<dyn Backend>, code: &'static str) -> Row {
    let sandbox = Arc::new(Sandbox::new(backend));
    let one = move || {
        let sandbox = sandbox.clone();
        async move {
            let outcome = sandbox.run(&Job::new(code), &Policy::default(), None).await;
            assert_eq!(outcome.expect("an outcome").ending, Ending::Exit);
        }
    };
    row(name, one).await
}

async fn of_program(name: &'static str, program: Vec<String>, code: &'static str) -> Row {
    let program = Arc::new(program);
    let one = move || {
        let program = program.clone();
        async move {
            #[expect(clippy::disallowed_methods, reason = "what is compared with")]
            let mut command = Command::new(&program[0]);
            let status = command
                .args(&program[1..])
                .arg(code)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            assert!(status.await.expect("a status").success());
        }
    };
    row(name, one).await
}

#[expect(clippy::disallowed_methods, reason = "the benchmark's own settings")]
fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

/// `docker run` with the flags that the docker backend sets.
fn docker_run(image: &str) -> Vec<String> {
    let flags = "docker run --rm --network none --memory 512m --memory-swap 512m --cpus 1 \
        --pids-limit 128 --read-only --user 65534:65534 --cap-drop ALL --security-opt \
        no-new-privileges --tmpfs /tmp";
    let words = flags.split_whitespace().map(str::to_owned);
    let rest = [image, "python3", "-I", "-S", "-c"].map(str::to_owned);
    words.chain(rest).collect()
}

/// The interpreter itself: what is called `python3` may be a script that looks for it.
async fn python() -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "what is compared with")]
    let mut command = Command::new("python3");
    let told = command
        .args(["-c", "import sys; print(sys.executable)"])
        .output();
    let told = told.await.ok().filter(|told| told.status.success())?;
    Some(String::from_utf8(told.stdout).ok()?.trim().to_owned())
}

async fn rows(code: &'static str) -> Vec<Row> {
    let mut rows = Vec::new();
    let settings = wasm::Settings {
        worker: env!("CARGO_BIN_EXE_sandbox-worker").into(),
        worker_args: Vec::new(),
        folder: Path::new(env!("CARGO_TARGET_TMPDIR")).join("sandbox"),
        shipped: None,
        workers: wasm::Settings::default_workers(),
        listener: None,
    };
    match wasm::set_up(&settings, &|step| eprintln!("{}", step.text)).await {
        Ok(_) => {
            rows.push(of_backend("wasm", Arc::new(wasm::Wasm::new(settings)), code).await);
        }
        Err(why) => println!("NOT MEASURED: wasm: {why}; {}", why.remedy),
    }
    match python().await {
        Some(python) => {
            let program = [&python, "-I", "-S", "-c"].map(str::to_owned).to_vec();
            rows.push(of_program("python3 -I -S -c (no sandbox)", program, code).await);
        }
        None => println!("NOT MEASURED: python3: it is not there"),
    }
    match (variable("DOCKER_HOST"), variable("SEAWORTHY_TEST_IMAGE")) {
        (Some(host), Some(image)) => {
            let settings = docker::Settings {
                host: Some(host),
                image: image.clone(),
                ..docker::Settings::default()
            };
            rows.push(of_backend("docker", Arc::new(docker::Docker::new(settings)), code).await);
            rows.push(of_program("docker run (the CLI)", docker_run(&image), code).await);
        }
        _ => println!("NOT MEASURED: docker, docker run: eval \"$(tests/real/engine)\" first"),
    }
    rows
}

fn print(title: &str, rows: &[Row]) {
    println!("\n{title}");
    println!(
        "{:<30} {:>12} {:>10} {:>14} {:>14}",
        "", "median, 1", "runs/s, 1", "runs/s, 8", "runs/s, 32"
    );
    for row in rows {
        println!(
            "{:<30} {:>9.2} ms {:>10.1} {:>14.1} {:>14.1}",
            row.name,
            row.median().as_secs_f64() * 1e3,
            row.rate(0),
            row.rate(1),
            row.rate(2),
        );
    }
}

/// What the project promises of the trivial run; false where it does not hold.
fn promises(rows: &[Row]) -> bool {
    let row = |name: &str| rows.iter().find(|row| row.name.starts_with(name));
    let mut kept = true;
    let mut promise = |what: &str, holds: bool| {
        kept &= holds;
        println!("{} {what}", if holds { "ok  " } else { "MISS" });
    };
    println!();
    if let Some(wasm) = row("wasm") {
        promise(
            "wasm: a trivial run in at most 2 ms",
            wasm.median() <= Duration::from_millis(2),
        );
        promise(
            "wasm: at least 1,000 runs/s at 8 in flight",
            wasm.rate(1) >= 1_000.0,
        );
        if let Some(python) = row("python3") {
            promise(
                "wasm: faster than starting python3",
                wasm.median() < python.median(),
            );
        }
        if let Some(cli) = row("docker run") {
            promise(
                "wasm: at least 100 times faster than docker run",
                wasm.median() * 100 <= cli.median(),
            );
        }
    }
    if let (Some(docker), Some(cli)) = (
        rows.iter().find(|row| row.name == "docker"),
        row("docker run"),
    ) {
        promise(
            "docker: no slower than docker run",
            docker.median() <= cli.median(),
        );
    }
    kept
}

fn main() -> ExitCode {
    // `cargo test` runs benches too, for a look that they start
    if env::args().any(|argument| argument == "--test") {
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let trivial = runtime.block_on(rows(TRIVIAL));
    print("`pass`", &trivial);
    let json = runtime.block_on(rows(JSON));
    print(
        "100 lines of JSON, a sum of roots, a regular expression",
        &json,
    );
    if promises(&trivial) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
