//! A backend that isolates nothing: a test says what the code does, or python3 itself runs it.

use std::{process::Stdio, sync::Arc};

use futures::future::BoxFuture;
use seaworthy_sandbox::{
    Backend, Io, Job, Policy, Sandbox, Why,
    session::{Cause, Ended},
};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

type Act =
    dyn for<'a> Fn(&'a Job, &'a Policy, &'a Io) -> BoxFuture<'a, Result<Ended, Why>> + Send + Sync;

pub struct Double(Box<Act>);

impl Double {
    /// A sandbox in which every run is this.
    pub fn sandbox(
        act: impl for<'a> Fn(&'a Job, &'a Policy, &'a Io) -> BoxFuture<'a, Result<Ended, Why>>
        + Send
        + Sync
        + 'static,
    ) -> Arc<Sandbox> {
        Arc::new(Sandbox::new(Arc::new(Self(Box::new(act)))))
    }
}

/// An end of this kind and status.
#[expect(clippy::unnecessary_wraps, reason = "what a run answers")]
pub fn ended(cause: Cause, status: Option<i32>) -> Result<Ended, Why> {
    Ok(Ended {
        status,
        ..Ended::by(cause, "")
    })
}

impl Backend for Double {
    fn name(&self) -> &'static str {
        "double"
    }

    fn available(&self) -> BoxFuture<'_, Result<(), Why>> {
        Box::pin(async { Ok(()) })
    }

    fn capacity(&self) -> usize {
        2
    }

    fn run<'a>(
        &'a self,
        job: &'a Job,
        policy: &'a Policy,
        io: &'a Io,
    ) -> BoxFuture<'a, Result<Ended, Why>> {
        (self.0)(job, policy, io)
    }
}

/// Runs code in python3 itself, with the guest's own `execute.py`; for code that the tests wrote.
pub struct Python;

/// The guest's side: one JSON line a message, in both directions.
const DRIVER: &str = r#"
import json, sys
there, back = sys.stdout, sys.stdin

def send(**message):
    there.write(json.dumps(message) + "\n")
    there.flush()

class Stream:
    def __init__(self, name):
        self.name = name
    def write(self, text):
        send(**{self.name: text})
        return len(text)
    def flush(self):
        pass

job = json.loads(back.readline())
sys.path.insert(0, job["guest"])
import execute

def call(name, arguments):
    send(call=name, arguments=arguments)
    answer = json.loads(back.readline())
    if "error" in answer:
        raise execute.ToolError(**answer["error"])
    return answer["ok"]

execute.offer_tools(job["tools"], call)
sys.stdout, sys.stderr = Stream("stdout"), Stream("stderr")
cause, status = execute.execute(job["code"])
send(cause=cause, status=status)
"#;

/// The folder of `execute.py`.
const GUEST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../sandbox/guest");

impl Python {
    pub fn sandbox() -> Arc<Sandbox> {
        Arc::new(Sandbox::new(Arc::new(Self)))
    }
}

impl Backend for Python {
    fn name(&self) -> &'static str {
        "python3"
    }

    fn available(&self) -> BoxFuture<'_, Result<(), Why>> {
        Box::pin(async { Ok(()) })
    }

    fn capacity(&self) -> usize {
        1
    }

    fn run<'a>(
        &'a self,
        job: &'a Job,
        _: &'a Policy,
        io: &'a Io,
    ) -> BoxFuture<'a, Result<Ended, Why>> {
        Box::pin(async {
            #[expect(clippy::disallowed_methods, reason = "a test double")]
            let mut child = tokio::process::Command::new("python3")
                .args(["-c", DRIVER])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .kill_on_drop(true)
                .spawn()
                .expect("python3 is needed");
            let mut to = child.stdin.take().unwrap();
            let mut from = BufReader::new(child.stdout.take().unwrap()).lines();
            let first = json!({"code": job.code, "tools": io.tools_module(), "guest": GUEST});
            to.write_all(format!("{first}\n").as_bytes()).await.unwrap();
            io.started();
            while let Some(line) = from.next_line().await.unwrap() {
                let message: Value = serde_json::from_str(&line).unwrap();
                if let Some(text) = message["stdout"].as_str() {
                    io.stdout(text.as_bytes());
                } else if let Some(text) = message["stderr"].as_str() {
                    io.stderr(text.as_bytes());
                } else if let Some(tool) = message["call"].as_str() {
                    let answer = match io.call(tool.to_owned(), message["arguments"].clone()).await
                    {
                        Ok(data) => format!("{{\"ok\": {data}}}\n"),
                        Err(refusal) => format!("{}\n", json!({"error": refusal})),
                    };
                    to.write_all(answer.as_bytes()).await.unwrap();
                } else {
                    let ended: Ended = serde_json::from_value(message).unwrap();
                    return Ok(ended);
                }
            }
            Ok(Ended::killed("python3 went away"))
        })
    }
}
