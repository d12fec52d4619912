//! This program: which one is it, and is it the one that a shell would start?

use std::{path::Path, time::Duration};

use tokio::time::timeout;

use super::Line;
use crate::environment;

const SECTION: &str = "binary";

/// This program's version.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(super) async fn examine(patience: Duration) -> Vec<Line> {
    let this = match std::env::current_exe() {
        Ok(path) => path,
        Err(error) => {
            return vec![Line::problem(
                SECTION,
                "seaworthy",
                &format!("this program does not find itself: {error}"),
                "start it by its whole path",
            )];
        }
    };
    let mut lines = vec![
        Line::good(
            SECTION,
            "seaworthy",
            &format!("{VERSION}, {}", this.display()),
        )
        .with("version", VERSION)
        .with("path", this.to_string_lossy().into_owned()),
    ];
    lines.push(match environment::on_path("seaworthy") {
        None => Line::note(
            SECTION,
            "PATH",
            "no seaworthy is on it; entries that install writes have the whole path and work without",
            &format!(
                "add {} to PATH, if you want to type seaworthy alone",
                this.parent().unwrap_or(&this).display()
            ),
        ),
        Some(other) if is_same(&this, &other) => {
            Line::good(SECTION, "PATH", &format!("{} is this one", other.display()))
        }
        Some(other) => match version_of(&other, patience).await {
            Some(version) if version == VERSION => Line::note(
                SECTION,
                "PATH",
                &format!("{} is another file of the same version", other.display()),
                "",
            ),
            Some(version) => Line::problem(
                SECTION,
                "PATH",
                &format!(
                    "{} is another one, version {version}, and this one is {VERSION}",
                    other.display()
                ),
                "remove the older one, or put the folder of the newer one first on PATH",
            ),
            None => Line::problem(
                SECTION,
                "PATH",
                &format!("{} does not tell its version", other.display()),
                "remove it, or install seaworthy there anew",
            ),
        },
    });
    lines
}

/// Whether both paths lead to one file.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "another file of this very program is asked for its version"
)]
async fn version_of(program: &Path, patience: Duration) -> Option<String> {
    let asked = tokio::process::Command::new(program)
        .arg("--version")
        .stdin(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .kill_on_drop(true)
        .output();
    let said = timeout(patience, asked).await.ok()?.ok()?;
    let said = String::from_utf8(said.stdout).ok()?;
    let version = said.trim().strip_prefix("seaworthy ")?;
    (said.lines().count() == 1).then(|| version.to_owned())
}
