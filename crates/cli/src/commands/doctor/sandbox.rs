//! The sandboxes for Python: which can run here, and what the others need.

use seaworthy_sandbox::{
    Why,
    backend::{NAMES, e2b, wasm},
};

use super::Line;
use crate::{backend::select, environment, failure::Failure};

const SECTION: &str = "sandbox";

pub(super) async fn examine(offline: bool) -> Result<Vec<Line>, Failure> {
    let asked = environment::sandbox()?;
    let chosen = asked.as_deref().unwrap_or(wasm::NAME);
    let mut lines = Vec::new();
    if !NAMES.contains(&chosen) {
        lines.push(Line::problem(
            SECTION,
            "SEAWORTHY_SANDBOX",
            &format!("there is no sandbox {chosen:?}"),
            &format!("set it to one of {}", NAMES.join(", ")),
        ));
    }
    for name in NAMES {
        if offline && name == e2b::NAME {
            let what = "not asked: it is on another machine (--offline)";
            lines.push(Line::note(SECTION, name, what, ""));
            continue;
        }
        let available = match select(Some(name)) {
            Ok(backend) => backend.available().await,
            Err(failure) => Err(Why::new(failure.what(), failure.hint())),
        };
        lines.push(match available {
            Ok(()) => Line::good(SECTION, name, "ready"),
            // what was asked for and is not there keeps run_python from running
            Err(why) if asked.as_deref() == Some(name) => {
                Line::problem(SECTION, name, &why.problem, &why.remedy)
            }
            Err(why) => Line::note(SECTION, name, &why.problem, &why.remedy),
        });
    }
    Ok(lines)
}
