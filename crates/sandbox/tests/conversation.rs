//! A guest that says anything at all: the host's half of the conversation ends, and stays small.
//!
//! The guest here is the bytes that it sends, over a pipe in memory; no sandbox is involved.

use std::{sync::Arc, time::Duration};

use futures::future::BoxFuture;
use proptest::prelude::*;
use seaworthy_sandbox::{
    Backend, Ending, Io, Job, Outcome, Policy, Refusal, RunError, Sandbox, ToolCall, Tools, Why,
    frame::{Kind, encode, named},
    session::{self, Broken, Ended},
};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

/// Sends these bytes to the host and goes away, having read everything or nothing.
struct Hostile {
    bytes: Vec<u8>,
    reads: bool,
    /// Whether it keeps its end open after it has sent all.
    stays: bool,
}

impl Hostile {
    fn new(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            reads: true,
            stays: false,
        }
    }

    async fn speak(&self, guest: DuplexStream) {
        let (mut from, mut to) = tokio::io::split(guest);
        let read = async {
            let mut buffer = vec![0; 64 * 1024];
            while self.reads && matches!(from.read(&mut buffer).await, Ok(1..)) {}
        };
        let write = async {
            let _ = to.write_all(&self.bytes).await;
            if !self.stays {
                let _ = to.shutdown().await;
            }
            // the host has the last word; while it waits, so does this end
            std::future::pending::<()>().await;
        };
        tokio::join!(read, write);
    }
}

impl Backend for Hostile {
    fn name(&self) -> &'static str {
        "hostile"
    }

    fn available(&self) -> BoxFuture<'_, Result<(), Why>> {
        Box::pin(async { Ok(()) })
    }

    fn capacity(&self) -> usize {
        4
    }

    fn run<'a>(
        &'a self,
        job: &'a Job,
        policy: &'a Policy,
        io: &'a Io,
    ) -> BoxFuture<'a, Result<Ended, Why>> {
        Box::pin(async move {
            let (host, guest) = duplex(64 * 1024);
            let (from, to) = tokio::io::split(host);
            let conversation = session::converse(from, to, job, policy, io);
            tokio::select! {
                ended = conversation => match ended {
                    Ok(ended) => Ok(ended),
                    Err(Broken::Gone(_)) => Ok(Ended::killed("gone")),
                    Err(Broken::Frame(error)) => Ok(Ended::killed(error.to_string())),
                },
                () = self.speak(guest) => Err(Why::new("the guest stopped", "")),
                () = io.stopped() => Ok(Ended::killed("stopped")),
            }
        })
    }
}

struct Echo;

impl Tools for Echo {
    fn module(&self) -> &'static str {
        ""
    }

    fn call(&self, call: ToolCall) -> BoxFuture<'_, Result<Value, Refusal>> {
        Box::pin(async move {
            if call.tool == "wait" {
                tokio::time::sleep(Duration::from_secs(60)).await;
            }
            Ok(Value::Object(call.arguments))
        })
    }
}

async fn run(guest: Hostile, wall: Duration) -> Result<Outcome, RunError> {
    let sandbox = Sandbox::new(Arc::new(guest));
    let (job, policy) = (Job::new("").within(wall), Policy::default());
    let running = sandbox.run(&job, &policy, Some(Arc::new(Echo)));
    tokio::time::timeout(Duration::from_secs(30), running)
        .await
        .expect("it hangs")
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

/// What a guest may send, as it should be.
fn good() -> Vec<Vec<u8>> {
    let call = json!({"id": 1, "tool": "echo", "arguments": {"a": [1, "x"]}}).to_string();
    let ended = json!({"cause": "exit", "status": 0}).to_string();
    vec![
        encode(Kind::Started, b""),
        encode(Kind::Stdout, b"out"),
        encode(Kind::Stderr, b"err"),
        encode(Kind::Call, call.as_bytes()),
        encode(Kind::Artifact, &named("a.txt", b"artifact")),
        encode(Kind::Ended, ended.as_bytes()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_end_it(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = block_on(run(Hostile::new(bytes), Duration::from_secs(2)));
    }

    #[test]
    fn a_changed_conversation_ends(
        order in prop::collection::vec(0usize..6, 0..12),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        whole in any::<bool>(),
    ) {
        let good = good();
        let mut bytes: Vec<u8> = order.iter().flat_map(|which| good[*which].clone()).collect();
        for (at, to) in changes {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = to;
            }
        }
        if !whole && !bytes.is_empty() {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(outcome) = block_on(run(Hostile::new(bytes), Duration::from_secs(2))) {
            prop_assert!(outcome.artifacts.len() <= 12 && outcome.stdout.text.len() <= 4_000);
        }
    }
}

#[test]
fn a_good_conversation_is_understood() {
    let outcome = block_on(run(Hostile::new(good().concat()), Duration::from_secs(5))).unwrap();
    assert_eq!((outcome.ending, outcome.status), (Ending::Exit, Some(0)));
    assert_eq!(
        (outcome.stdout.text.as_str(), outcome.stderr.text.as_str()),
        ("out", "err")
    );
    assert_eq!(outcome.artifacts[0].bytes, b"artifact");
}

/// A guest that says nothing more is ended by its time.
#[test]
fn silence_is_ended() {
    let guest = Hostile {
        bytes: encode(Kind::Started, b""),
        reads: true,
        stays: true,
    };
    let outcome = block_on(run(guest, Duration::from_millis(300))).unwrap();
    assert_eq!(outcome.ending, Ending::Timeout);
}

/// The memory of this process, in KiB.
#[cfg(target_os = "linux")]
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("its status");
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .expect("its memory");
    line.trim()
        .trim_end_matches(" kB")
        .parse()
        .expect("a number")
}

/// The most that this process grew by while it listened to this guest.
#[cfg(target_os = "linux")]
fn growth(bytes: Vec<u8>) -> u64 {
    let before = resident();
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let watcher = {
        let stop = stop.clone();
        std::thread::spawn(move || {
            let mut most = 0;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                most = most.max(resident());
                std::thread::sleep(Duration::from_millis(2));
            }
            most
        })
    };
    let guest = Hostile {
        bytes,
        reads: false,
        stays: true,
    };
    let _ = block_on(run(guest, Duration::from_secs(5)));
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    watcher.join().expect("the watcher").saturating_sub(before) / 1024
}

/// Calls past the budget whose answers nobody reads do not pile up in the host.
#[cfg(target_os = "linux")]
#[test]
fn a_flood_of_calls_does_not_pile_up() {
    let call = encode(Kind::Call, br#"{"id":1,"tool":"echo","arguments":{}}"#);
    let mut bytes = encode(Kind::Started, b"");
    for _ in 0..600_000 {
        bytes.extend_from_slice(&call);
    }
    let grown = growth(bytes);
    assert!(grown < 64, "the host grew by {grown} MiB");
}

/// Large arguments of calls that wait for their turn do not pile up in the host.
#[cfg(target_os = "linux")]
#[test]
fn large_arguments_do_not_pile_up() {
    let list = vec!["0"; 2_000_000].join(",");
    let call = format!(r#"{{"id":1,"tool":"wait","arguments":{{"x":[{list}]}}}}"#);
    let call = encode(Kind::Call, call.as_bytes());
    let mut bytes = encode(Kind::Started, b"");
    for _ in 0..40 {
        bytes.extend_from_slice(&call);
    }
    let grown = growth(bytes);
    assert!(grown < 400, "the host grew by {grown} MiB");
}
