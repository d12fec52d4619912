//! The attacks themselves under test: on a Python without a sandbox those that do no harm must get
//! through. An attack that is blocked there shows nothing elsewhere.

use std::process::{Command, Stdio};

use crate::{attack::Attack, bait::Bait};

/// Whether there is a Python to try them on.
#[expect(
    clippy::disallowed_methods,
    reason = "the Python of the machine, as a yardstick"
)]
pub(crate) fn available() -> Result<(), String> {
    let asked = Command::new("python3")
        .args(["-I", "--version"])
        .stdin(Stdio::null())
        .output();
    match asked {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!("python3 --version: {}", output.status)),
        Err(error) => Err(format!("python3: {error}")),
    }
}

/// Whether this attack gets through.
#[expect(
    clippy::disallowed_methods,
    reason = "the Python of the machine, as a yardstick"
)]
pub(crate) fn opens(attack: &Attack) -> Result<(), String> {
    let bait = Bait::set()?;
    let output = Command::new("python3")
        .args(["-I", "-c", &attack.text(&bait)])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("python3: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    if text.lines().any(|line| line.starts_with("OPEN ")) || bait.untouched().is_err() {
        return Ok(());
    }
    Err(format!(
        "nothing was open:\n{text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    ))
}
