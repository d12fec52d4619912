//! What a running job writes and asks, captured within bounds: the backend's way back to `run.rs`.

use std::{
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{Artifact, Ending, Job, Policy, Refusal, Stream, bridge::Bridge};

/// The end of an endless stream of bytes.
#[derive(Debug, Default)]
struct Tail {
    kept: Vec<u8>,
    cap: usize,
    written: u64,
}

impl Tail {
    /// Room for the last `chars` characters, whatever their width.
    fn new(chars: usize) -> Self {
        Self {
            cap: chars * 4 + 4,
            ..Self::default()
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        self.written += bytes.len() as u64;
        self.kept
            .extend_from_slice(&bytes[bytes.len().saturating_sub(self.cap)..]);
        // trimmed seldom: each byte is moved at most once more
        if self.kept.len() > self.cap * 2 {
            self.kept.drain(..self.kept.len() - self.cap);
        }
    }

    /// The last `chars` characters. What is no UTF-8 becomes U+FFFD; a character that the bound of
    /// the capture cut in two is left out.
    fn finish(&self, chars: usize) -> Stream {
        let start = self.kept.len().saturating_sub(self.cap);
        let mut kept = &self.kept[start..];
        if self.written > kept.len() as u64 {
            let halves = kept.iter().take(3).take_while(|byte| **byte & 0xC0 == 0x80);
            kept = &kept[halves.count()..];
        }
        // each character with the number of bytes that it stands for
        let mut decoded: Vec<(char, usize)> = Vec::with_capacity(kept.len());
        for chunk in kept.utf8_chunks() {
            decoded.extend(chunk.valid().chars().map(|c| (c, c.len_utf8())));
            if !chunk.invalid().is_empty() {
                decoded.push((char::REPLACEMENT_CHARACTER, chunk.invalid().len()));
            }
        }
        let shown = &decoded[decoded.len().saturating_sub(chars)..];
        let bytes: usize = shown.iter().map(|(_, length)| length).sum();
        Stream {
            text: shown.iter().map(|(c, _)| c).collect(),
            cut_bytes: self.written - bytes as u64,
        }
    }
}

/// What a backend saw of a run, once it is over.
#[derive(Debug)]
pub(crate) struct Captured {
    pub(crate) stdout: Stream,
    pub(crate) stderr: Stream,
    pub(crate) artifacts: Vec<Artifact>,
    pub(crate) artifacts_left: u32,
    pub(crate) calls: u32,
}

#[derive(Debug, Default)]
struct Kept {
    stdout: Tail,
    stderr: Tail,
    artifacts: Vec<Artifact>,
    artifact_bytes: u64,
    artifacts_left: u32,
}

/// The way back from a running job to the host. A backend calls [`Io::started`] when the code
/// begins, hands over what the code writes, and ends the run when [`Io::stopped`] resolves.
pub struct Io {
    kept: Mutex<Kept>,
    bridge: Option<Bridge>,
    policy: Policy,
    stop: CancellationToken,
    why: OnceLock<Ending>,
    started: OnceLock<Instant>,
    start: Notify,
}

impl Io {
    pub(crate) fn new(policy: &Policy, bridge: Option<Bridge>) -> Self {
        Self {
            kept: Mutex::new(Kept {
                stdout: Tail::new(policy.stdout_chars),
                stderr: Tail::new(policy.stderr_chars),
                ..Kept::default()
            }),
            bridge,
            policy: policy.clone(),
            stop: CancellationToken::new(),
            why: OnceLock::new(),
            started: OnceLock::new(),
            start: Notify::new(),
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The code begins to run: the wall clock starts. Further calls change nothing.
    pub fn started(&self) {
        let _ = self.started.set(Instant::now());
        self.start.notify_one();
    }

    /// Whether the code began.
    pub fn has_started(&self) -> bool {
        self.started.get().is_some()
    }

    /// How long the code has run.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.get().map_or(Duration::ZERO, Instant::elapsed)
    }

    /// Resolves when the code has begun.
    pub(crate) async fn begun(&self) {
        if self.started.get().is_none() {
            self.start.notified().await;
        }
    }

    /// The code wrote to stdout.
    pub fn stdout(&self, bytes: &[u8]) {
        let mut kept = self.kept();
        kept.stdout.push(bytes);
        self.check_flood(&kept);
    }

    /// The code wrote to stderr.
    pub fn stderr(&self, bytes: &[u8]) {
        let mut kept = self.kept();
        kept.stderr.push(bytes);
        self.check_flood(&kept);
    }

    fn check_flood(&self, kept: &Kept) {
        if kept.stdout.written + kept.stderr.written > self.policy.flood {
            self.end(Ending::Output);
        }
    }

    /// The code left a file in `/tmp/out`. Kept if its name is plain and there is room.
    pub fn artifact(&self, name: &str, bytes: Vec<u8>) {
        let mut kept = self.kept();
        let size = bytes.len() as u64;
        let fits = kept.artifacts.len() < self.policy.artifact_files
            && kept.artifact_bytes.saturating_add(size) <= self.policy.artifacts;
        let known = kept.artifacts.iter().any(|artifact| artifact.name == name);
        if fits && !known && Job::new("").with_file(name, "").validate().is_ok() {
            kept.artifact_bytes += size;
            kept.artifacts.push(Artifact {
                name: name.to_owned(),
                bytes,
            });
        } else {
            kept.artifacts_left = kept.artifacts_left.saturating_add(1);
        }
    }

    /// So many files in `/tmp/out` were not even sent.
    pub fn artifacts_left(&self, files: u32) {
        let mut kept = self.kept();
        kept.artifacts_left = kept.artifacts_left.saturating_add(files);
    }

    /// The Python source of the module `tools`, where there is one.
    pub fn tools_module(&self) -> Option<&str> {
        self.bridge.as_ref().map(Bridge::module)
    }

    /// Answers a call from the code; the answer is JSON text.
    ///
    /// # Errors
    /// Why not, for the code to read.
    pub async fn call(&self, tool: String, arguments: Value) -> Result<String, Refusal> {
        match &self.bridge {
            Some(bridge) => bridge.call(tool, arguments).await,
            None => Err(Refusal::new(
                "not_found",
                "this run has no tools",
                "use what was passed in as code, stdin and files",
            )),
        }
    }

    /// Ends the run for this reason; the first reason stays.
    pub(crate) fn end(&self, why: Ending) {
        let _ = self.why.set(why);
        self.stop.cancel();
    }

    /// Why the host ended the run, if it did.
    pub(crate) fn why_ended(&self) -> Option<Ending> {
        self.why.get().copied()
    }

    /// Resolves when the run must end: kill it, clean up, and return.
    pub async fn stopped(&self) {
        self.stop.cancelled().await;
    }

    pub(crate) fn finish(&self) -> Captured {
        let mut kept = self.kept();
        Captured {
            stdout: kept.stdout.finish(self.policy.stdout_chars),
            stderr: kept.stderr.finish(self.policy.stderr_chars),
            artifacts: std::mem::take(&mut kept.artifacts),
            artifacts_left: kept.artifacts_left,
            calls: self.bridge.as_ref().map_or(0, Bridge::calls),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tail(chars: usize, pieces: &[&[u8]]) -> Stream {
        let mut tail = Tail::new(chars);
        for piece in pieces {
            tail.push(piece);
        }
        tail.finish(chars)
    }

    #[test]
    fn the_tail_is_cut_at_a_character() {
        let euros = "€".repeat(100);
        let cut = tail(10, &[b"head ", euros.as_bytes()]);
        assert_eq!(cut.text, "€".repeat(10));
        assert_eq!(cut.cut_bytes, 5 + 90 * 3);
        assert_eq!(
            tail(5, &[b"abc"]),
            Stream {
                text: "abc".into(),
                cut_bytes: 0
            }
        );
        assert_eq!(
            tail(0, &[b"abc"]),
            Stream {
                text: String::new(),
                cut_bytes: 3
            }
        );
    }

    #[test]
    fn a_character_that_arrives_in_pieces_stays_whole() {
        let whole = tail(10, &[b"a\xe2", b"\x82", b"\xac"]);
        assert_eq!(whole.text, "a€");
    }

    #[test]
    fn bytes_that_are_no_text_become_visible() {
        let odd = tail(10, &[b"a\xff\xfeb"]);
        assert_eq!(
            (odd.text.as_str(), odd.cut_bytes),
            ("a\u{fffd}\u{fffd}b", 0)
        );
    }

    #[test]
    fn an_endless_stream_needs_little_memory() {
        let mut tail = Tail::new(100);
        for _ in 0..1_000 {
            tail.push(&[b'x'; 10_000]);
        }
        assert!(tail.kept.capacity() < 10_000, "{}", tail.kept.capacity());
        let end = tail.finish(100);
        assert_eq!((end.text.len(), end.cut_bytes), (100, 10_000_000 - 100));
    }

    #[test]
    fn artifacts_are_bounded_and_plainly_named() {
        let policy = Policy {
            artifacts: 10,
            artifact_files: 2,
            ..Policy::default()
        };
        let io = Io::new(&policy, None);
        io.artifact("a", vec![0; 5]);
        io.artifact("a", vec![0; 1]);
        io.artifact("../b", vec![0; 1]);
        io.artifact("c", vec![0; 6]);
        io.artifact("d", vec![0; 5]);
        io.artifact("e", vec![]);
        let captured = io.finish();
        let names: Vec<_> = captured.artifacts.iter().map(|a| a.name.as_str()).collect();
        assert_eq!((names, captured.artifacts_left), (vec!["a", "d"], 4));
    }
}
