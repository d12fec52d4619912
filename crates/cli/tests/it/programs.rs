//! Programs as child processes: ours, those out of `target/npm`, and plain HTTP to them.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    time::{Instant, sleep, timeout},
};

const STARTS_WITHIN: Duration = Duration::from_secs(30);
const ANSWERS_WITHIN: Duration = Duration::from_secs(20);

/// `program` with nothing of this process's environment but the path.
#[expect(clippy::disallowed_methods, reason = "tests start programs")]
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().kill_on_drop(true);
    // one guest of the sandbox for all tests of this checkout
    command.env("SEAWORTHY_CACHE", env!("CARGO_TARGET_TMPDIR"));
    command.env(
        "SEAWORTHY_STATE",
        Path::new(env!("CARGO_TARGET_TMPDIR")).join("state"),
    );
    // nor a configuration that is not a test's own
    command.env("SEAWORTHY_CONFIG", "/nonexistent/config.toml");
    for name in ["PATH", "SystemRoot", "LLVM_PROFILE_FILE"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

/// A file of this repository.
pub fn ours(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
        .join(path)
}

/// A file below `target/npm/node_modules`.
pub fn npm(path: &str) -> PathBuf {
    let path = ours("target/npm/node_modules").join(path);
    assert!(
        path.exists(),
        "{} is not there: run ./test, which installs the npm packages of tests/real/package.json (this test cannot do without)",
        path.display()
    );
    path
}

/// The Node.js that was installed with the packages: the Inspector needs a newer one than Debian's.
pub fn node() -> PathBuf {
    let system = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "aarch64") => "linux-arm64",
        ("macos", _) => "darwin-arm64",
        _ => "linux-x64",
    };
    npm(&format!("node-{system}/bin/node"))
}

/// A port of loopback that nobody listens on.
pub async fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

/// A program that listens. It is killed when this is dropped.
pub struct Listening {
    /// Where.
    pub url: String,
    _child: Child,
}

impl Listening {
    /// Starts `command`, which was told to listen on `port`, and waits until it answers `path`.
    pub async fn start(mut command: Command, port: u16, path: &str) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let url = format!("http://127.0.0.1:{port}");
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            let ended = child.try_wait().unwrap();
            assert!(ended.is_none(), "{command:?} ended: {ended:?}");
            assert!(began.elapsed() < STARTS_WITHIN, "{command:?} is mute");
            sleep(Duration::from_millis(20)).await;
        }
        request("GET", &format!("{url}{path}"), None, None).await;
        Self { url, _child: child }
    }
}

/// One HTTP request, the whole of it: status and JSON (null where there is none).
pub async fn request(
    method: &str,
    url: &str,
    token: Option<&str>,
    body: Option<&Value>,
) -> (u16, Value) {
    let exchange = exchange(method, url, token, body);
    let answer = timeout(ANSWERS_WITHIN, exchange).await;
    let answer = answer.unwrap_or_else(|_| panic!("{method} {url}: no answer"));
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or_default())
}

/// HTTP/1.0, so that the answer is not chunked and ends with the connection.
async fn exchange(method: &str, url: &str, token: Option<&str>, body: Option<&Value>) -> String {
    let (host, path) = url
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let body = body.map(Value::to_string).unwrap_or_default();
    let token = token.map_or_else(String::new, |token| {
        format!("Authorization: token {token}\r\n")
    });
    let head = format!(
        "{method} /{path} HTTP/1.0\r\nHost: {host}\r\nAccept: application/json\r\n\
         Content-Type: application/json\r\n{token}Content-Length: {}\r\n\r\n",
        body.len()
    );
    let mut connection = TcpStream::connect(host).await.unwrap();
    let whole = format!("{head}{body}");
    connection.write_all(whole.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}
