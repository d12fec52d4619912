//! The report and the advice as text for a terminal, as JSON, and as one page of HTML.
//!
//! A format is a file here with one function from [`Report`] and recommendations to a `String`;
//! what they share is how figures read (`figure.rs`) and lie in columns (`columns.rs`). Names of
//! tools, clients and errors come from outside: each passes through `figure::plain`.

mod columns;
mod figure;
mod html;
mod json;
mod plot;
mod text;

pub use html::html;
pub use json::json;
pub use text::text;

use crate::report::{Report, date};

/// How many tools have plots of their own: those with the most tokens. Tables have all.
const PLOTTED: usize = 12;
/// What is said where there is nothing to report.
const EMPTY: [&str; 2] = [
    "No calls were recorded in this time.",
    "Use a server with telemetry switched on for a while, or choose a longer time.",
];

/// For example `2026-11-09 to 2026-11-15 (UTC)`.
fn dates(report: &Report) -> String {
    let window = report.window;
    let last = window.until_ms.saturating_sub(1).max(window.since_ms);
    format!("{} to {} (UTC)", date(window.since_ms), date(last))
}
