//! Ten thousand malformed, oversize, duplicate and hostile messages to the real program: every
//! later valid call is answered, and its memory stays bounded.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use serde_json::{Value, json};

const MESSAGES: usize = 10_000;
/// What the program may take at its peak, the sample's data and a 4 MiB line included.
#[cfg(target_os = "linux")]
const PEAK_KIB: u64 = 96 * 1024;

/// A fixed linear congruential generator: the same messages in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

struct Server {
    child: Child,
    input: ChildStdin,
    output: Receiver<Value>,
    _folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_seaworthy"))
            .args(["serve", "github", "--sample"])
            .env("SEAWORTHY_AUDIT_LOG", folder.path().join("audit.jsonl"))
            .env("SEAWORTHY_LOG", "off")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (sender, output) = channel();
        std::thread::spawn(move || {
            for line in lines {
                let message =
                    serde_json::from_str(&line.unwrap()).expect("stdout carries JSON alone");
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        Self {
            child,
            input,
            output,
            _folder: folder,
        }
    }

    fn send(&mut self, line: &[u8]) {
        self.input.write_all(line).unwrap();
        self.input.write_all(b"\n").unwrap();
    }

    /// The reply to `id`; others are read and dropped.
    fn reply(&self, id: &str) -> Value {
        loop {
            let message = self
                .output
                .recv_timeout(Duration::from_secs(60))
                .expect("a reply");
            if message["id"] == id {
                return message;
            }
        }
    }

    fn ask(&mut self, id: &str, method: &str, params: Value) -> Value {
        let request = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        self.send(request.to_string().as_bytes());
        self.reply(id)
    }

    #[cfg(target_os = "linux")]
    fn peak_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmHWM:"))
            .unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

/// A value that no argument expects.
fn hostile_value(random: &mut Random) -> Value {
    match random.below(12) {
        0 => Value::Null,
        1 => json!(-1),
        2 => json!(1e300),
        3 => json!(u64::MAX),
        4 => json!("../../../etc/passwd"),
        5 => json!("tidewatch/harbor\u{0}"),
        6 => json!("\u{202e}\u{200b}x".repeat(100)),
        7 => json!([[[[[[]]]]]]),
        8 => json!({"$ref": "http://127.0.0.1/"}),
        9 => json!("x".repeat(random.below(20_000))),
        10 => json!("'; DROP TABLE issues; --"),
        _ => json!(true),
    }
}

fn hostile_call(random: &mut Random, tools: &[Value]) -> Value {
    let tool = random.pick(tools);
    let mut arguments = json!({});
    let properties = tool["inputSchema"]["properties"].as_object().unwrap();
    for name in properties.keys() {
        if random.below(3) > 0 {
            arguments[name] = if random.below(2) == 0 {
                json!("tidewatch/harbor")
            } else {
                hostile_value(random)
            };
        }
    }
    if random.below(5) == 0 {
        arguments["unknown\n"] = hostile_value(random);
    }
    json!({"jsonrpc": "2.0", "id": random.below(50), "method": "tools/call",
        "params": {"name": tool["name"], "arguments": arguments}})
}

fn hostile_line(random: &mut Random, tools: &[Value]) -> Vec<u8> {
    let call = hostile_call(random, tools);
    let mut line = match random.below(10) {
        // the same id again and again
        0..=3 => call.to_string().into_bytes(),
        4 => json!({"jsonrpc": "2.0", "id": hostile_value(random), "method": "tools/list"}).to_string().into_bytes(),
        5 => json!({"jsonrpc": "2.0", "method": "notifications/cancelled",
            "params": {"requestId": random.below(50)}}).to_string().into_bytes(),
        6 => json!([call]).to_string().into_bytes(),
        7 => json!({"jsonrpc": "2.0", "id": 3, "method": "initialize", "params": hostile_value(random)}).to_string().into_bytes(),
        8 => (0..random.below(2_000)).map(|_| u8::try_from(random.below(256)).unwrap()).collect(),
        _ => {
            let mut bytes = call.to_string().into_bytes();
            let at = random.below(bytes.len());
            bytes[at] = u8::try_from(random.below(256)).unwrap();
            bytes.truncate(random.below(bytes.len()) + 1);
            bytes
        }
    };
    line.retain(|byte| *byte != b'\n');
    line
}

#[test]
fn hostile_messages_cost_no_later_call_and_no_memory() {
    let mut server = Server::start();
    server.ask(
        "i",
        "initialize",
        json!({"protocolVersion": "2025-11-25", "capabilities": {},
        "clientInfo": {"name": "fuzz", "version": "1"}}),
    );
    let listed = server.ask("l", "tools/list", json!({}));
    let tools = listed["result"]["tools"].as_array().unwrap().clone();
    let mut random = Random(0x05EA_0012);
    let oversize = vec![b'['; 5 * 1024 * 1024];
    for round in 0..MESSAGES {
        if round % 2_500 == 0 {
            server.send(&oversize);
        }
        let line = hostile_line(&mut random, &tools);
        server.send(&line);
        if round % 500 == 499 {
            let id = format!("valid {round}");
            let call = json!({"name": "find_items", "arguments": {"repo": "tidewatch/harbor", "page_size": 3}});
            let reply = server.ask(&id, "tools/call", call);
            let text = reply["result"]["content"][0]["text"].as_str().unwrap();
            assert!(text.starts_with("Items of tidewatch/harbor"), "{text}");
        }
    }
    assert!(server.child.try_wait().unwrap().is_none(), "it still runs");
    #[cfg(target_os = "linux")]
    {
        let peak = server.peak_kib();
        assert!(peak < PEAK_KIB, "{peak} KiB at its peak");
        println!("peak memory {peak} KiB");
    }
}
