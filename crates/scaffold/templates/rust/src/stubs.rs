//! A stand-in for the API, on a port of this machine, and what every tool of the API must do.

#![expect(clippy::missing_panics_doc, reason = "a test that fails panics")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{
    kit::{ErrorKind, Tool, ToolError},
    server::{State, tests::state},
};

/// The key that must not show up anywhere.
pub const KEY: &str = "an-invented-key-that-stays-secret";

/// A request that arrived.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Such as `GET /things`, decoded.
    pub call: String,
    /// The query, as it was sent.
    pub query: String,
    /// All headers.
    pub head: String,
    /// The body; null where there was none.
    pub body: Value,
}

impl Asked {
    /// The values of a parameter of the query.
    pub fn parameter(&self, name: &str) -> Vec<String> {
        let decoded = |text: &str| percent_decode_str(text).decode_utf8().unwrap().into_owned();
        let pairs = self
            .query
            .split('&')
            .filter_map(|pair| pair.split_once('='));
        pairs
            .filter(|(key, _)| decoded(key) == name)
            .map(|(_, value)| decoded(value))
            .collect()
    }
}

/// The answers: by call, or always the same bytes after a while.
enum Answers {
    Replies(Value),
    Always(String, Duration),
}

/// The stand-in.
pub struct Stub {
    /// A server's state that asks it.
    pub state: Arc<State>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Stub {
    /// Answers calls such as `GET /things` with JSON; anything else is not found.
    pub async fn serving(replies: Value) -> Self {
        Self::new(Answers::Replies(replies)).await
    }

    /// Answers everything with the same bytes.
    pub async fn answering(answer: String, delay: Duration) -> Self {
        Self::new(Answers::Always(answer, delay)).await
    }

    async fn new(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut state = state();
        state.settings.api_url = format!("http://{}", listener.local_addr().unwrap());
        // seaworthy:begin key
        state.settings.api_key = crate::settings::Secret::new(KEY);
        // seaworthy:end key
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let (answers, seen) = (Arc::new(answers), asked.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answers, seen) = (answers.clone(), seen.clone());
                tokio::spawn(async move { serve(stream, &answers, &seen).await });
            }
        });
        Self {
            state: Arc::new(state),
            asked,
        }
    }

    /// What arrived.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// How often a call arrived.
    pub fn count(&self, call: &str) -> usize {
        self.asked().iter().filter(|one| one.call == call).count()
    }

    /// Calls a tool, with further arguments than the first ones.
    async fn call(
        &self,
        tool: &Tool<State>,
        arguments: &Value,
        further: Value,
    ) -> Result<String, ToolError> {
        let mut all = arguments.as_object().unwrap().clone();
        all.extend(further.as_object().unwrap().clone());
        tool.call(self.state.clone(), all).await
    }
}

/// What a tool is tried with, and what must come of it; in JSON.
#[derive(Debug, Deserialize)]
pub struct Case {
    /// What the API answers, by call.
    replies: Value,
    /// What the tool is called with.
    arguments: Value,
    /// For a tool that reads: what it finds, and further arguments by which it reads.
    #[serde(default)]
    noun: String,
    #[serde(default)]
    reads_by: Option<Value>,
    /// The calls that it must make: all of those that read, or the last one that acts.
    #[serde(default)]
    calls: Vec<String>,
    /// The body of the last call.
    #[serde(default)]
    body: Value,
    /// For a tool that lists: the parameter that goes on in the second call, and its value. Without
    /// it the API gives all at once.
    #[serde(default)]
    next: Option<(String, String)>,
}

impl Case {
    async fn begin(case: &str) -> (Self, Stub) {
        let case: Self = serde_json::from_str(case).unwrap();
        let stub = Stub::serving(case.replies.clone()).await;
        (case, stub)
    }

    /// The last call was the one that was to be, with its body.
    fn acted(&self, stub: &Stub) {
        let last = stub.asked().pop().unwrap();
        assert_eq!(Some(&last.call), self.calls.last());
        assert_eq!(last.body, self.body);
    }
}

/// A tool that lists gives two pages of one item.
pub async fn lists(tool: &Tool<State>, case: &str) {
    let (case, stub) = Case::begin(case).await;
    let one = json!({"page_size": 1});
    let first = stub.call(tool, &case.arguments, one).await.unwrap();
    assert!(first.starts_with("| ") && first.contains("one"), "{first}");
    let (_, cursor) = first.rsplit_once("cursor=").unwrap();
    let further = json!({"page_size": 1, "cursor": cursor});
    let second = stub.call(tool, &case.arguments, further).await.unwrap();
    assert!(second.starts_with("| "), "{second}");
    let asked = stub.asked();
    assert_eq!(asked.len(), 2);
    if let Some((name, value)) = case.next {
        assert_eq!(asked[1].parameter(&name), [value]);
    } else {
        assert!(second.contains("two"), "{second}");
        assert!(!second.contains("MORE AVAILABLE"), "{second}");
    }
}

/// A tool that reads makes its calls, and shows what came behind the fence.
pub async fn reads(tool: &Tool<State>, case: &str) {
    let (case, stub) = Case::begin(case).await;
    let by = case.reads_by.unwrap_or_else(|| json!({}));
    let answer = stub.call(tool, &case.arguments, by).await.unwrap();
    let made: Vec<_> = stub.asked().into_iter().map(|one| one.call).collect();
    assert_eq!(made, case.calls);
    let begin = format!("FOUND {}.", case.noun);
    assert!(answer.starts_with(&begin), "{answer}");
    let mut others = answer.lines().skip(1);
    assert!(others.all(|line| line.starts_with("| ")), "{answer}");
}

/// A tool that acts makes its call at once.
pub async fn acts(tool: &Tool<State>, case: &str) {
    let (case, stub) = Case::begin(case).await;
    let answer = stub.call(tool, &case.arguments, json!({})).await.unwrap();
    let done = format!("Done: {}.", tool.name);
    assert!(answer.starts_with(&done), "{answer}");
    case.acted(&stub);
}

/// A tool that previews makes its call with the token of the preview, and once.
pub async fn confirms(tool: &Tool<State>, case: &str) {
    let (case, stub) = Case::begin(case).await;
    let call = case.calls.last().unwrap();
    let preview = stub.call(tool, &case.arguments, json!({})).await.unwrap();
    assert!(preview.starts_with("PREVIEW - no action taken."));
    assert_eq!(stub.count(call), 0, "the preview did it");
    let (_, rest) = preview.split_once("confirm_token=").unwrap();
    let token = rest.split_whitespace().next().unwrap();
    let bare = json!({"confirm": true});
    let error = stub.call(tool, &case.arguments, bare).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Refused);
    let again = json!({"confirm": true, "confirm_token": token});
    let answer = stub.call(tool, &case.arguments, again.clone()).await;
    let done = format!("Done: {}.", tool.name);
    assert!(answer.unwrap().starts_with(&done));
    case.acted(&stub);
    let error = stub.call(tool, &case.arguments, again).await.unwrap_err();
    assert!(error.what.contains("used before"), "{error}");
    assert_eq!(stub.count(call), 1);
}

async fn serve(mut stream: TcpStream, answers: &Answers, seen: &Mutex<Vec<Asked>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let head = String::from_utf8(head).unwrap();
    let mut words = head.split(' ');
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let path = percent_decode_str(path).decode_utf8().unwrap();
    let call = format!("{method} {path}");
    let length = head
        .split("\r\n")
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    if stream.read_exact(&mut body).await.is_err() {
        return;
    }
    seen.lock().unwrap().push(Asked {
        call: call.clone(),
        query: query.to_owned(),
        head: head.clone(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    });
    let answer = match answers {
        Answers::Always(answer, delay) => {
            tokio::time::sleep(*delay).await;
            answer.clone()
        }
        Answers::Replies(replies) => match replies.get(&call) {
            Some(found) => reply("200 OK", &found.to_string(), ""),
            None => reply("404 Not Found", "{}", ""),
        },
    };
    // the client may have gone, as it should
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// An answer as HTTP writes it.
pub fn reply(status: &str, body: &str, headers: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"
    )
}
