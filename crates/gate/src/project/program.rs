//! Runs a program to its end, bounded in time and output; nothing of it is left behind.

use std::{collections::BTreeMap, path::Path, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    process::Child,
};

use crate::{
    options::Command,
    thresholds,
    wire::{Exit, Lost, process},
};

/// How a program went.
#[derive(Debug)]
pub(crate) struct Ran {
    /// How it ended; none where it did not in time.
    pub(crate) exit: Option<Exit>,
    /// The end of what it wrote: first to stdout, then to stderr.
    pub(crate) output: String,
}

/// A started program; when it goes, whatever it started goes with it.
pub(crate) struct Program {
    pub(crate) child: Child,
    mark: String,
}

impl Program {
    /// Starts a program in a folder, with that much of an environment.
    ///
    /// # Errors
    /// Why it cannot be started.
    pub(crate) fn start(
        command: &Command,
        cwd: &Path,
        env: &BTreeMap<String, String>,
    ) -> Result<Self, Lost> {
        let mark = process::random();
        let child = process::spawn(command, Some(cwd), env, &mark)?;
        Ok(Self { child, mark })
    }

    /// Kills it and all that it started.
    pub(crate) async fn end(mut self) {
        process::kill_group(self.child.id());
        // gone already, or killed now
        let _ = self.child.start_kill();
        process::reap(&self.mark).await;
        let _ = tokio::time::timeout(Duration::from_secs(1), self.child.wait()).await;
    }
}

/// Runs a program to its end, with nothing on its stdin.
///
/// # Errors
/// Why it cannot be started.
pub(crate) async fn run(
    command: &Command,
    cwd: &Path,
    env: &BTreeMap<String, String>,
    limit: Duration,
) -> Result<Ran, Lost> {
    let mut program = Program::start(command, cwd, env)?;
    drop(program.child.stdin.take());
    let mut output = Tail::default();
    let mut errors = Tail::default();
    let stdout = program.child.stdout.take();
    let stderr = program.child.stderr.take();
    let exit = {
        // a grandchild may hold the pipes open for ever, so their ends are waited for a moment only
        let ended = tokio::sync::Notify::new();
        let moment = async {
            ended.notified().await;
            tokio::time::sleep(thresholds::PIPE_GRACE).await;
        };
        let wait = async {
            let exit = tokio::time::timeout(limit, program.child.wait()).await;
            ended.notify_one();
            exit
        };
        let read = async {
            tokio::select! {
                () = async { tokio::join!(output.read(stdout), errors.read(stderr)); } => {}
                () = moment => {}
            }
        };
        let (exit, ()) = tokio::join!(wait, read);
        exit.ok().and_then(Result::ok).map(Exit::from)
    };
    program.end().await;
    let mut output = output.text();
    output.push_str(&errors.text());
    Ok(Ran { exit, output })
}

/// The end of an output, bounded.
#[derive(Default)]
pub(crate) struct Tail(Vec<u8>);

impl Tail {
    /// Reads to the end, and keeps the last part. It may be dropped at any time.
    pub(crate) async fn read(&mut self, from: Option<impl AsyncRead + Unpin>) {
        let Some(mut from) = from else { return };
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = from.read(&mut buffer).await {
            self.0.extend_from_slice(&buffer[..read]);
            let over = self.0.len().saturating_sub(thresholds::STDERR_BYTES);
            self.0.drain(..over);
        }
    }

    /// The text so far.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        Command::new(["sh", "-c", script]).unwrap()
    }

    async fn ran(script: &str, limit: Duration) -> Ran {
        run(&shell(script), Path::new("/"), &BTreeMap::new(), limit)
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn its_exit_and_the_end_of_its_output_are_told() {
        let ran = ran(
            "echo one; echo two >&2; read x; exit 3",
            Duration::from_secs(20),
        )
        .await;
        assert_eq!(ran.exit.and_then(|exit| exit.code), Some(3));
        assert_eq!(ran.output, "one\ntwo\n");
    }

    #[tokio::test]
    async fn neither_a_hang_nor_a_child_that_holds_the_pipe_nor_a_flood_lasts() {
        let hung = ran("sleep 600", Duration::from_millis(200)).await;
        assert_eq!(hung.exit, None);
        let held = ran("sleep 600 & exit 0", Duration::from_secs(20)).await;
        assert_eq!(held.exit.and_then(|exit| exit.code), Some(0));
        let flood = ran("yes", Duration::from_millis(300)).await;
        assert!(flood.exit.is_none() && flood.output.len() <= thresholds::STDERR_BYTES);
    }
}
