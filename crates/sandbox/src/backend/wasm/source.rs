//! The guest's source, as it is built into this program.

use sha2::{Digest, Sha256};

use super::compiled;

/// The tool that makes a component of the guest, from PyPI.
pub const COMPONENTIZE: &str = "componentize-py";
/// Its version. A change here also changes `requirements.txt` and its digests.
pub const COMPONENTIZE_VERSION: &str = "0.25.1";
/// What pip installs, with the digest of every platform's wheel.
pub(super) const REQUIREMENTS: &str = include_str!("../../../guest/wasm/requirements.txt");

/// The guest's files by name. `sandbox.wit` says what guest and host are to each other.
pub(super) const FILES: [(&str, &str); 5] = [
    ("app.py", include_str!("../../../guest/wasm/app.py")),
    ("execute.py", include_str!("../../../guest/execute.py")),
    ("library.py", include_str!("../../../guest/wasm/library.py")),
    ("missing.py", include_str!("../../../guest/wasm/missing.py")),
    (
        "sandbox.wit",
        include_str!("../../../guest/wasm/sandbox.wit"),
    ),
];

/// A name for this version of the guest: a component made of other sources has another one.
pub fn key() -> String {
    let mut hasher = Sha256::new();
    for (name, text) in FILES {
        hasher.update(name);
        hasher.update([0]);
        hasher.update(text);
        hasher.update([0]);
    }
    hasher.update(REQUIREMENTS);
    compiled::hex(&hasher.finalize()[..6])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_requirements_pin_the_version_by_digest() {
        let first = REQUIREMENTS
            .lines()
            .find(|line| !line.starts_with('#'))
            .unwrap();
        let pin = format!("{COMPONENTIZE}=={COMPONENTIZE_VERSION} ");
        assert!(first.starts_with(&pin), "{first}");
        let digests = REQUIREMENTS.matches("--hash=sha256:").count();
        assert!(digests >= 4, "{digests}");
    }
}
