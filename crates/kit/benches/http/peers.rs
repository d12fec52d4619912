//! The same tool on the official SDKs, each as its documentation has it for production: installed
//! once from the public registries into the build's folder, and started.
//!
//! To compare another: a function here that installs it and answers the command that serves
//! `echo` on a port, with the token of `PEER_TOKEN`.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// A peer that is installed.
pub struct Peer {
    pub name: String,
    /// Serves on a port of loopback.
    pub command: Command,
}

const PYTHON: &str = include_str!("requirements.txt");
const TYPESCRIPT: &str = include_str!("package.json");

/// The Python SDK behind one process of uvicorn.
///
/// # Errors
/// Why it is not there.
pub fn python(port: u16) -> Result<Peer, String> {
    let folder = folder("python");
    let program = folder.join("bin/python");
    install(&folder, "requirements.txt", PYTHON, |list| {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        run(Command::new(&program)
            .args(["-m", "pip", "install", "--quiet"])
            .args(["--disable-pip-version-check", "-r"])
            .arg(list))
    })?;
    let mut command = Command::new(&program);
    command.arg(ours("peer.py")).arg(port.to_string());
    let version = |package: &str| {
        let pin = PYTHON.lines().find_map(|line| line.strip_prefix(package));
        pin.and_then(|pin| pin.strip_prefix("==")).unwrap_or("?")
    };
    let name = format!(
        "Python SDK {}, uvicorn {}, {}",
        version("mcp"),
        version("uvicorn"),
        run(Command::new(&program).arg("--version"))?.trim()
    );
    Ok(Peer { name, command })
}

/// The TypeScript SDK behind one process of Node.js.
///
/// # Errors
/// Why it is not there.
pub fn typescript(port: u16) -> Result<Peer, String> {
    let folder = folder("typescript");
    install(&folder, "package.json", TYPESCRIPT, |_| {
        run(Command::new("npm")
            .args(["install", "--no-audit", "--no-fund", "--no-package-lock"])
            .args(["--ignore-scripts", "--loglevel=error", "--prefix"])
            .arg(&folder))
    })?;
    let arch = match std::env::consts::ARCH {
        "aarch64" => "arm64",
        _ => "x64",
    };
    let own = folder.join(format!("node_modules/node-linux-{arch}/bin/node"));
    let node = if own.exists() { own } else { "node".into() };
    let mut command = Command::new(&node);
    command
        .arg(ours("peer.mjs"))
        .arg(&folder)
        .arg(port.to_string());
    let package: serde_json::Value = serde_json::from_str(TYPESCRIPT).unwrap();
    let name = format!(
        "TypeScript SDK {}, Node.js {}",
        package["dependencies"]["@modelcontextprotocol/server"]
            .as_str()
            .unwrap_or("?"),
        run(Command::new(&node).arg("--version"))?.trim()
    );
    Ok(Peer { name, command })
}

fn ours(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("benches/http")
        .join(file)
}

fn folder(of: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("http-peers")
        .join(of)
}

/// Installs what `list` says, unless it was the same the last time.
fn install(
    folder: &Path,
    file: &str,
    list: &str,
    install: impl FnOnce(&Path) -> Result<String, String>,
) -> Result<(), String> {
    let done = folder.join("installed");
    if std::fs::read_to_string(&done).is_ok_and(|installed| installed == list) {
        return Ok(());
    }
    println!("installing {}", folder.display());
    let wanted = folder.join(file);
    let keep = |path: &Path| std::fs::write(path, list).map_err(|error| error.to_string());
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    keep(&wanted)?;
    install(&wanted)?;
    keep(&done)
}

/// Runs a program to its end; its output, or why there is none.
fn run(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().display().to_string();
    let output = command
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{program}: {}\n{said}", output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
