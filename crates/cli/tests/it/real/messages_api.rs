//! A model on loopback: just enough of Anthropic's Messages API for Claude Code to follow a script
//! of tool calls.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// One step: the results so far become a tool and its arguments.
pub type Step = fn(&[String]) -> (&'static str, Value);

/// What the model saw.
#[derive(Debug, Default)]
pub struct Seen {
    /// The tools that it was offered by MCP servers.
    pub tools: Vec<Value>,
    /// The results of the calls that it made.
    pub results: Vec<String>,
    /// Requests for anything but a message, connections through the proxy among them.
    pub strangers: Vec<String>,
}

/// A running model. It stops when this is dropped.
pub struct MessagesApi {
    pub url: String,
    seen: Arc<Mutex<Seen>>,
    serving: JoinHandle<()>,
}

impl Drop for MessagesApi {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl MessagesApi {
    /// A model that makes the calls of `script`, then says what the last one gave.
    pub async fn start(script: &'static [Step]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Seen::default()));
        let shared = seen.clone();
        let serving = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(answer(connection, script, shared.clone()));
            }
        });
        Self { url, seen, serving }
    }

    /// What it has seen.
    pub fn seen(&self) -> Seen {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

/// Answers the one request of a connection.
async fn answer(connection: TcpStream, script: &[Step], seen: Arc<Mutex<Seen>>) -> Option<()> {
    let mut connection = BufReader::new(connection);
    let mut request = String::new();
    connection.read_line(&mut request).await.ok()?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        connection.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim().split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).await.ok()?;
    let mut parts = request.split(' ');
    let (method, path) = (parts.next()?, parts.next()?);
    let path = path.split('?').next()?;
    let (status, kind, body) = match (method, path) {
        ("HEAD", "/") => ("200 OK", "application/json", String::new()),
        ("POST", "/v1/messages/count_tokens") => {
            let counted = json!({"input_tokens": 10});
            ("200 OK", "application/json", counted.to_string())
        }
        ("POST", "/v1/messages") => {
            let request: Value = serde_json::from_slice(&body).ok()?;
            let content = turn(&request, script, &seen);
            if request["stream"] == true {
                ("200 OK", "text/event-stream", events(&request, &content))
            } else {
                let message = message(&request, &json!([content]));
                ("200 OK", "application/json", message.to_string())
            }
        }
        _ => {
            seen.lock()
                .unwrap()
                .strangers
                .push(format!("{method} {path}"));
            ("404 Not Found", "application/json", "{}".to_owned())
        }
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let answer = format!("{head}{body}");
    connection.write_all(answer.as_bytes()).await.ok()?;
    connection.shutdown().await.ok()
}

/// What the model says next: a tool call, or a text.
fn turn(request: &Value, script: &[Step], seen: &Mutex<Seen>) -> Value {
    let none = Vec::new();
    let tools = request["tools"].as_array().unwrap_or(&none);
    let is_mcp = |tool: &&Value| {
        tool["name"]
            .as_str()
            .unwrap_or_default()
            .starts_with("mcp__")
    };
    let tools: Vec<Value> = tools.iter().filter(is_mcp).cloned().collect();
    if tools.is_empty() {
        return json!({"type": "text", "text": "a side question"});
    }
    let messages = request["messages"].as_array().unwrap_or(&none);
    let results: Vec<String> = messages
        .iter()
        .flat_map(|message| message["content"].as_array().unwrap_or(&none))
        .filter(|block| block["type"] == "tool_result")
        .map(result_text)
        .collect();
    let content = match script.get(results.len()) {
        Some(step) => {
            let (tool, arguments) = step(&results);
            let id = format!("toolu_{}", results.len());
            json!({"type": "tool_use", "id": id, "name": tool, "input": arguments})
        }
        None => json!({"type": "text", "text": results.last()}),
    };
    let mut seen = seen.lock().unwrap();
    (seen.tools, seen.results) = (tools, results);
    content
}

fn result_text(result: &Value) -> String {
    match &result["content"] {
        Value::Array(blocks) => blocks
            .iter()
            .filter_map(|block| block["text"].as_str())
            .collect(),
        content => content.as_str().unwrap_or_default().to_owned(),
    }
}

fn message(request: &Value, content: &Value) -> Value {
    let stop = match content[0]["type"].as_str() {
        Some("tool_use") => json!("tool_use"),
        Some(_) => json!("end_turn"),
        None => Value::Null,
    };
    json!({"id": "msg_1", "type": "message", "role": "assistant", "model": request["model"],
        "content": content, "stop_reason": stop, "stop_sequence": null,
        "usage": {"input_tokens": 1, "output_tokens": 1}})
}

/// The message as a stream of events.
fn events(request: &Value, content: &Value) -> String {
    let (mut start, delta) = (content.clone(), &content["input"]);
    let delta = if delta.is_null() {
        start["text"] = "".into();
        json!({"type": "text_delta", "text": content["text"]})
    } else {
        start["input"] = json!({});
        json!({"type": "input_json_delta", "partial_json": delta.to_string()})
    };
    let whole = message(request, &json!([content]));
    let events = [
        json!({"type": "message_start", "message": message(request, &json!([]))}),
        json!({"type": "content_block_start", "index": 0, "content_block": start}),
        json!({"type": "content_block_delta", "index": 0, "delta": delta}),
        json!({"type": "content_block_stop", "index": 0}),
        json!({"type": "message_delta", "usage": {"output_tokens": 1},
            "delta": {"stop_reason": whole["stop_reason"], "stop_sequence": null}}),
        json!({"type": "message_stop"}),
    ];
    let mut stream = String::new();
    for event in events {
        let kind = event["type"].as_str().unwrap_or_default();
        stream.push_str(&format!("event: {kind}\ndata: {event}\n\n"));
    }
    stream
}
