//! A server of its own: this binary once more, with a backend and one thing to do. What it does to
//! its memory, its files and its children is not mixed with what other trials do, and it can be
//! killed.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use seaworthy_sandbox::{Ending, Job, Policy};

use crate::{
    attack::show,
    backends::{Subject, runs_in_a_row},
    host_tools::HostTools,
    processes::{self, Held},
};

/// The first argument of such a process.
pub(crate) const ARGUMENT: &str = "--as-server";

const SPIN: &str = "
import tools
tools.mark()
while True:
    pass
";

/// A server process with a folder for its temporary files.
pub(crate) struct Server {
    pub(crate) process: Child,
    folder: tempfile::TempDir,
}

impl Server {
    /// Starts one.
    #[expect(clippy::disallowed_methods, reason = "the suite's own binary")]
    pub(crate) fn start(backend: &str, task: &str) -> Result<Self, String> {
        let folder = tempfile::Builder::new()
            .prefix("seaworthy-server-")
            .tempdir()
            .map_err(|e| e.to_string())?;
        let process = Command::new(std::env::current_exe().map_err(|e| e.to_string())?)
            .args([ARGUMENT, backend, task])
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| e.to_string())?;
        Ok(Self { process, folder })
    }

    /// Waits until it prints a line.
    pub(crate) fn line(&mut self) -> Result<String, String> {
        let stdout = self.process.stdout.as_mut().ok_or("no stdout")?;
        let mut line = String::new();
        BufReader::new(stdout)
            .read_line(&mut line)
            .map_err(|e| e.to_string())?;
        if line.is_empty() {
            return Err(format!("it said nothing: {}", self.complaint()));
        }
        Ok(line.trim_end().to_owned())
    }

    /// Kills it as `kill -9` does.
    pub(crate) fn kill(&mut self) -> Result<(), String> {
        self.process.kill().map_err(|e| e.to_string())?;
        self.process.wait().map_err(|e| e.to_string()).map(drop)
    }

    /// Waits for its end, which must be a good one, and for an empty folder of temporary files.
    pub(crate) fn finish(&mut self, patience: Duration) -> Result<(), String> {
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.process.try_wait().map_err(|e| e.to_string())? {
                break status;
            }
            if begun.elapsed() > patience {
                return Err(format!("it was not done after {patience:?}"));
            }
            std::thread::sleep(Duration::from_millis(50));
        };
        if !status.success() {
            return Err(format!("{status}: {}", self.complaint()));
        }
        self.no_files()
    }

    /// Whether it left no temporary file.
    pub(crate) fn no_files(&self) -> Result<(), String> {
        let left = std::fs::read_dir(self.folder.path()).map_err(|e| e.to_string())?;
        let left: Vec<_> = left.flatten().map(|entry| entry.file_name()).collect();
        if left.is_empty() {
            Ok(())
        } else {
            Err(format!("it left the files {left:?}"))
        }
    }

    fn complaint(&mut self) -> String {
        let mut text = String::new();
        if let Some(stderr) = &mut self.process.stderr {
            let _ = stderr.read_to_string(&mut text);
        }
        text
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// What the server process does.
pub(crate) async fn serve(backend: &str, task: &str) -> Result<(), String> {
    let subject = Subject::named(backend).await?;
    match task {
        "hold" => hold(&subject).await,
        "cancel" => cancel(&subject).await,
        "once" => once(&subject, 0).await,
        "row" => row(&subject).await,
        "excess" => excess(&subject).await,
        _ => Err(format!("no task {task}")),
    }
}

/// Runs something endless and says when it runs.
async fn hold(subject: &Subject) -> Result<(), String> {
    let tools = Arc::new(HostTools::default());
    let marked = async {
        tools.marked.notified().await;
        println!("RUNNING");
        std::future::pending::<()>().await;
    };
    let (job, policy) = (Job::new(SPIN), Policy::default());
    let running = subject.run_with(&job, &policy, Some(tools.clone()), Duration::from_secs(90));
    tokio::select! {
        outcome = running => Err(format!("it ended by itself: {}", show(&outcome?))),
        () = marked => Ok(()),
    }
}

/// Drops a run in the middle; a while later nothing of it uses the processor, and the next run
/// works.
async fn cancel(subject: &Subject) -> Result<(), String> {
    for _ in 0..=subject.backend.capacity().min(4) {
        let tools = Arc::new(HostTools::default());
        let (job, policy) = (Job::new(SPIN), Policy::default());
        let running = subject.run_with(&job, &policy, Some(tools.clone()), Duration::from_secs(60));
        tokio::select! {
            outcome = running => return Err(format!("it ended by itself: {}", show(&outcome?))),
            () = tools.marked.notified() => {}
        }
    }
    once(subject, 0).await?;
    let begun = Instant::now();
    loop {
        let below = processes::descendants(std::process::id());
        let before = processes::busy(&below);
        tokio::time::sleep(Duration::from_millis(500)).await;
        let spent = processes::busy(&below).saturating_sub(before);
        if spent < Duration::from_millis(200) {
            return Ok(());
        }
        if begun.elapsed() > Duration::from_secs(15) {
            return Err(format!(
                "{} processes below still spend {spent:?} in 500 ms",
                below.len()
            ));
        }
    }
}

/// One run, of a kind that depends on its number: ordinary ones, errors, files, and now and then
/// one that must be killed.
async fn once(subject: &Subject, number: usize) -> Result<(), String> {
    let (job, ending) = match number % 500 {
        99 => (
            Job::new("while True: pass").within(Duration::from_millis(100)),
            Ending::Timeout,
        ),
        98 => (Job::new("import os; os.abort()"), Ending::Killed),
        n if n % 10 == 7 => (Job::new("1 / 0"), Ending::Error),
        n if n % 10 == 3 => {
            let code = "import os\nos.makedirs('out', exist_ok=True)\nopen('out/a', 'w').write(open('in').read())";
            (
                Job::new(code).with_file("in", vec![b'x'; 10_000]),
                Ending::Exit,
            )
        }
        _ => (
            Job::new("import json\nprint(json.dumps({'a': [1, 2]}))"),
            Ending::Exit,
        ),
    };
    let job = if job.timeout.is_some() {
        job
    } else {
        job.within(Duration::from_secs(25))
    };
    let outcome = subject
        .run(&job, &Policy::default(), Duration::from_secs(60))
        .await?;
    if outcome.ending == ending {
        return Ok(());
    }
    Err(format!(
        "run {number} should end as {ending:?}\n{}",
        show(&outcome)
    ))
}

/// Many runs in a row, in two rows, after which this process holds what it held before.
async fn row(subject: &Subject) -> Result<(), String> {
    let count = runs_in_a_row(subject.name);
    // in this many each kind of run occurs, and each worker has started
    let warm = 600.min(count / 2);
    let rows = async |from: usize, to: usize| {
        let every_second = async |from: usize| {
            for number in (from..to).step_by(2) {
                once(subject, number).await?;
            }
            Ok::<_, String>(())
        };
        futures::try_join!(every_second(from), every_second(from + 1)).map(drop)
    };
    rows(0, warm).await?;
    let before = Held::now();
    rows(warm, warm + count).await?;
    let after = Held::now();
    println!("{count} runs: {before:?}, then {after:?}");
    // a leak of 4 KiB a run shows in 10,000 of them
    if after.rss > before.rss + 40 * 1024 {
        return Err(format!("memory grew: {before:?}, then {after:?}"));
    }
    if after.descriptors > before.descriptors + 4
        || after.children > before.children + 1
        || after.files > before.files
    {
        return Err(format!("something is left: {before:?}, then {after:?}"));
    }
    Ok(())
}

/// Code that sends as much as it can: this process stays small.
async fn excess(subject: &Subject) -> Result<(), String> {
    once(subject, 0).await?;
    let before = processes::own_peak();
    let floods = [
        "while True: print('x' * 100_000)",
        "import sys\nwhile True: sys.stderr.write('x' * 1_000_000)",
        "import sys\nsys.stdout.write('x' * (100 << 20))",
        "import os\nos.makedirs('out', exist_ok=True)\nfor n in range(40): open(f'out/{n}', 'wb').write(b'x' * (1 << 20))",
        "import tools\nfor n in range(40):\n  try: tools.echo(x='a' * 5_000_000)\n  except Exception as e: pass",
        "import tools\nfor n in range(40):\n  try: tools.echo(x=[0] * 500_000)\n  except Exception as e: pass",
        "import tools\nfor n in range(150):\n  try: tools.text(bytes=1_000_000)\n  except Exception as e: pass",
    ];
    for code in floods {
        let job = Job::new(code).within(Duration::from_secs(10));
        let tools = Arc::new(HostTools::default());
        subject
            .run_with(
                &job,
                &Policy::default(),
                Some(tools),
                Duration::from_secs(60),
            )
            .await?;
        let grown = processes::own_peak().saturating_sub(before);
        if grown > 192 * 1024 {
            return Err(format!(
                "this process grew by {} MiB while it served\n{code}",
                grown / 1024
            ));
        }
    }
    Ok(())
}
