//! Node.js and its packages, bound to loopback.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::Duration,
};

use tokio::{process::Command, time::timeout};

/// How long a program may run; the suite takes some three seconds.
const RUNS_WITHIN: Duration = Duration::from_secs(200);

/// A file of this repository.
fn ours(path: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().unwrap().join(path)
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

/// The Node.js that was installed with the packages: the suite needs a newer one than Debian's.
fn node() -> PathBuf {
    let system = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "aarch64") => "linux-arm64",
        ("macos", _) => "darwin-arm64",
        _ => "linux-x64",
    };
    npm(&format!("node-{system}/bin/node"))
}

/// How a program ended.
pub struct Ended {
    /// Its exit code and what it wrote.
    pub output: Output,
    /// The hosts beyond loopback that it tried to reach, one a line.
    pub refused: String,
}

/// Runs a program to its end: at home in `home`, with nothing of this process's environment.
#[expect(clippy::disallowed_methods, reason = "tests start programs")]
pub async fn run(home: &Path, arguments: &[&OsStr]) -> Ended {
    let refused = home.join("refused");
    let mut command = Command::new(node());
    command
        .env_clear()
        .env("HOME", home)
        .env("LOOPBACK_REFUSED", &refused)
        .current_dir(home)
        .arg("--require")
        .arg(ours("tests/real/only_loopback.cjs"))
        .args(arguments)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = timeout(RUNS_WITHIN, command.output()).await;
    let output = output.unwrap_or_else(|_| panic!("no end after {RUNS_WITHIN:?}: {arguments:?}"));
    Ended {
        output: output.unwrap(),
        refused: std::fs::read_to_string(refused).unwrap_or_default(),
    }
}
