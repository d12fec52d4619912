//! A stateful GitHub by somebody else: the npm package `emulate`.
//!
//! Where it is not like GitHub, and what the tests do about it:
//! * a push does not move the head of an open pull request (only `update-branch` does);
//! * `pulls/N/files` is empty, so that no line can be commented on; diffs come from `compare`;
//! * commit statuses are 404: a gate that could not be read, and is named as such;
//! * who proposed a change may approve it;
//! * a refused merge is 422, where GitHub says 405 or 409;
//! * an unknown token is the first user: a refused token cannot be shown here;
//! * neither `ETag` nor scope, permission or `Retry-After` headers;
//! * links name the host that it was started with, so it is started with ours.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::programs::{Listening, command, free_port, node, npm, ours, request};

/// The owner of [`REPO`].
pub const OWNER: &str = "ghp_harbourmaster0001";
/// Who may write to it as well.
pub const MATE: &str = "ghp_firstmate00000001";
/// A repository with a readme.
pub const REPO: &str = "harbourmaster/quay";

const SEED: &str = "
github:
  users:
    - {login: harbourmaster, name: Harbour Master, email: harbourmaster@example.com}
    - {login: firstmate, name: First Mate, email: firstmate@example.com}
  repos:
    - {owner: harbourmaster, name: quay, description: Berths and tides, language: Rust, topics: [tides]}
tokens:
  ghp_harbourmaster0001: {login: harbourmaster, scopes: [repo, user]}
  ghp_firstmate00000001: {login: firstmate, scopes: [repo, user]}
";

/// A running emulator.
pub struct Emulator {
    program: Listening,
    _folder: TempDir,
}

impl Emulator {
    /// Starts one.
    pub async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let seed = folder.path().join("seed.yaml");
        std::fs::write(&seed, SEED).unwrap();
        let port = free_port().await;
        let mut command = command(node());
        command
            .arg("--require")
            .arg(ours("tests/real/loopback.cjs"))
            .arg(npm("emulate/dist/index.js"))
            .args(["start", "--service", "github", "--port", &port.to_string()])
            .args(["--base-url", &format!("http://127.0.0.1:{port}")])
            .arg("--seed")
            .arg(&seed)
            .current_dir(folder.path());
        let program = Listening::start(command, port, "/meta").await;
        let emulator = Self {
            program,
            _folder: folder,
        };
        let invitation = format!("/repos/{REPO}/collaborators/firstmate");
        let permission = json!({"permission": "push"});
        emulator.api("PUT", &invitation, &permission).await;
        emulator
    }

    /// Where its API is.
    pub fn url(&self) -> &str {
        &self.program.url
    }

    /// A request of the owner's past our server, which must succeed.
    pub async fn api(&self, method: &str, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.url());
        let body = (!body.is_null()).then_some(body);
        let (status, answer) = request(method, &url, Some(OWNER), body).await;
        assert!(
            (200..300).contains(&status),
            "{method} {path}: {status} {answer}"
        );
        answer
    }
}
