//! HTTP/1.1 by hand: what is sent is what was written, and answers are read to their last byte.

use std::{fmt::Write, io, net::SocketAddr, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// How long anything may take that should happen at once, on a machine with other work.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// A stream of bytes to a server.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// A client's end of a connection.
pub struct Wire {
    stream: Box<dyn Stream>,
    read: Vec<u8>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Wire {
    pub async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self::over(stream)
    }

    pub fn over(stream: impl Stream + 'static) -> Self {
        Self {
            stream: Box::new(stream),
            read: Vec::new(),
        }
    }

    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.try_send(bytes).await.unwrap();
    }

    /// Sends to a server that may have hung up.
    pub async fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        let sending = async {
            self.stream.write_all(bytes.as_ref()).await?;
            self.stream.flush().await
        };
        timeout(PATIENCE, sending).await.unwrap()
    }

    /// Says that nothing more will be sent, to a server that may have hung up.
    pub async fn finish(&mut self) {
        let _ = self.stream.shutdown().await;
    }

    /// Reads more; false at the end of the stream, whether orderly or not.
    async fn more(&mut self) -> bool {
        let reading = self.stream.read_buf(&mut self.read);
        let read = timeout(PATIENCE, reading).await;
        matches!(read.expect("bytes or an end in time"), Ok(1..))
    }

    /// Whether the server closed the connection without another byte.
    pub async fn ended(&mut self) -> bool {
        let more = self.more().await;
        !more && self.read.is_empty()
    }

    /// The head of the next answer, if one comes.
    pub async fn head(&mut self) -> Option<Answer> {
        let end = loop {
            if let Some(at) = find(&self.read, b"\r\n\r\n") {
                break at;
            }
            if !self.more().await {
                assert!(self.read.is_empty(), "{:?}", self.read);
                return None;
            }
        };
        let head: Vec<u8> = self.read.drain(..end + 4).collect();
        let head = String::from_utf8(head).unwrap();
        let mut lines = head.trim_end().split("\r\n");
        let status = lines.next().unwrap();
        let status = status.strip_prefix("HTTP/1.").unwrap()[2..5].parse();
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_ascii_lowercase(), value.trim().to_owned())
        });
        Some(Answer {
            status: status.unwrap(),
            headers: headers.collect(),
            body: Vec::new(),
        })
    }

    async fn take(&mut self, bytes: usize) -> Vec<u8> {
        while self.read.len() < bytes {
            assert!(self.more().await, "the body broke off");
        }
        self.read.drain(..bytes).collect()
    }

    /// The next chunk of a chunked body; empty at its end.
    pub async fn chunk(&mut self) -> Vec<u8> {
        let end = loop {
            if let Some(at) = find(&self.read, b"\r\n") {
                break at;
            }
            assert!(self.more().await, "the body broke off");
        };
        let size: Vec<u8> = self.read.drain(..end + 2).collect();
        let size = std::str::from_utf8(&size).unwrap().trim();
        let size = usize::from_str_radix(size, 16).unwrap();
        let mut chunk = self.take(size + 2).await;
        chunk.truncate(size);
        chunk
    }

    /// The next answer, if one comes before the connection ends.
    pub async fn next(&mut self) -> Option<Answer> {
        let mut answer = self.head().await?;
        if answer.header("transfer-encoding") == Some("chunked") {
            loop {
                let chunk = self.chunk().await;
                if chunk.is_empty() {
                    break;
                }
                answer.body.extend(chunk);
            }
        } else if let Some(length) = answer.header("content-length") {
            let length = length.parse().unwrap();
            answer.body = self.take(length).await;
        }
        Some(answer)
    }

    pub async fn answer(&mut self) -> Answer {
        self.next().await.expect("an answer")
    }

    /// Reads to the end of the connection; gives the number of bytes.
    pub async fn rest(&mut self) -> usize {
        let mut bytes = self.read.len();
        self.read.clear();
        while self.more().await {
            bytes += self.read.len();
            self.read.clear();
        }
        bytes
    }

    /// Sends a request and reads its answer.
    pub async fn ask(&mut self, request: impl AsRef<[u8]>) -> Answer {
        self.send(request).await;
        self.answer().await
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut named = self.headers.iter().filter(|(given, _)| given == name);
        let found = named.next().map(|(_, value)| value.as_str());
        assert!(named.next().is_none(), "{name} twice");
        found
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The JSON-RPC reply: the body, or the last message of its stream.
    pub fn reply(&self) -> Value {
        let text = self.text();
        let json = text
            .lines()
            .filter_map(|line| line.strip_prefix("data:"))
            .map(str::trim)
            .rfind(|data| !data.is_empty());
        serde_json::from_str(json.unwrap_or(&text)).unwrap_or_else(|_| panic!("{self:?}"))
    }

    /// The text of the tool's answer.
    pub fn said(&self) -> String {
        crate::session::text(&self.reply())
    }

    /// The message of a JSON-RPC error.
    pub fn refusal(&self) -> String {
        let reply = self.reply();
        let message = reply["error"]["message"].as_str();
        message.unwrap_or_else(|| panic!("{self:?}")).to_owned()
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// A request, with `Host: localhost` unless `headers` say another.
pub fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> String {
    let mut text = format!("{method} {target} HTTP/1.1\r\n");
    let has = |name: &str| headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name));
    if !has("host") {
        text.push_str("Host: localhost\r\n");
    }
    for (name, value) in headers {
        write!(text, "{name}: {value}\r\n").unwrap();
    }
    if !body.is_empty() && !has("content-length") && !has("transfer-encoding") {
        write!(text, "Content-Length: {}\r\n", body.len()).unwrap();
    }
    text + "\r\n" + body
}
