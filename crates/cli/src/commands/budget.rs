//! `seaworthy budget`: what calls cost, and better page sizes and budgets.

use std::{
    collections::BTreeMap,
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
};

use clap::Args;
use seaworthy_github::tools::PAGING;
use seaworthy_kit::{input::PageSize, telemetry::Settings};
use seaworthy_telemetry::{
    Recommendation, Store, StoreError,
    advice::{ToolDefaults, Verdict, recommend},
    now_ms, render,
    report::{Report, Window},
};

use crate::{configuration, environment, failure::Failure};

/// The width of the report where the terminal does not say its own, in columns.
const WIDTH: usize = 100;

/// Tells what calls cost, and recommends page sizes and budgets
///
/// A server keeps a record of each call: sizes, times and counts, never what was asked or
/// answered. This reads them, shows a table and a chart, and replays the recorded tasks under other
/// settings to recommend better ones.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// Look at this many days back
    #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=3_650))]
    days: u32,
    /// Read this file of records
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Write what is recommended into the configuration, which servers read at their start
    #[arg(long)]
    apply: bool,
    /// The configuration
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Tell everything as one JSON object
    #[arg(long, conflicts_with = "html")]
    json: bool,
    /// Write one page with plots to this file; it needs nothing else
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

const HELP: &str = "\
Environment:
  SEAWORTHY_STATE   the folder of telemetry.db (default: the user's state folder)
  SEAWORTHY_CONFIG  the configuration (default: config.toml in the user's configuration folder)

Examples:
  seaworthy budget
  seaworthy budget --days 30 --html budget.html
  seaworthy budget --apply
  seaworthy budget --json | jq '.recommendations[] | select(.verdict == \"change\")'";

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let file = match &arguments.file {
        Some(file) => file.clone(),
        None => environment::state()?.join("telemetry.db"),
    };
    let settings = configuration::load_or_default(arguments.config.as_deref())?;
    let window = Window::last_days(arguments.days, now_ms());
    let wrong = |error: StoreError| Failure::usage(&error, error.hint());
    let store = Store::open_read_only(&file).map_err(wrong)?;
    let records = store.records(window.since_ms).map_err(wrong)?;
    let dropped = store.dropped(window.since_ms).map_err(wrong)?;
    let report = Report::of(&records, window).with_dropped(dropped);
    let recommendations = recommend(&records, &settings, &defaults());
    if let Some(page) = &arguments.html {
        write_page(page, &render::html(&report, &recommendations))?;
    } else {
        let text = if arguments.json {
            render::json(&report, &recommendations)
        } else {
            on_terminal(&report, &recommendations)
        };
        // a reader that has seen enough is no failure
        let _ = std::io::stdout().write_all(text.as_bytes());
    }
    if arguments.apply {
        apply(arguments.config.as_deref(), &recommendations)?;
    }
    Ok(())
}

/// What is in force where the configuration says nothing.
fn defaults() -> BTreeMap<String, ToolDefaults> {
    let small = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let tools = PAGING.iter().map(|paging| {
        let defaults = ToolDefaults {
            page_size: paging.page_size.map(small),
            tokens: small(paging.tokens),
            max_page_size: small(PageSize::CAP),
        };
        (paging.tool.to_owned(), defaults)
    });
    tools.collect()
}

fn on_terminal(report: &Report, recommendations: &[Recommendation]) -> String {
    let (width, colour) = if std::io::stdout().is_terminal() {
        let choice = anstream::AutoStream::choice(&std::io::stdout());
        let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        (
            width.unwrap_or(WIDTH),
            choice != anstream::ColorChoice::Never,
        )
    } else {
        (WIDTH, false)
    };
    render::text(report, recommendations, width, colour)
}

fn write_page(file: &Path, page: &str) -> Result<(), Failure> {
    std::fs::write(file, page).map_err(|error| {
        Failure::usage(
            format_args!("{} could not be written: {error}", file.display()),
            "choose another file",
        )
    })?;
    anstream::eprintln!("seaworthy: wrote {}", file.display());
    Ok(())
}

fn apply(given: Option<&Path>, recommendations: &[Recommendation]) -> Result<(), Failure> {
    let file = configuration::file(given).ok_or_else(|| {
        Failure::usage(
            "there is no home folder to write the configuration to",
            "name a file with --config or SEAWORTHY_CONFIG",
        )
    })?;
    let wanted: Vec<_> = recommendations
        .iter()
        .filter(|recommendation| recommendation.verdict == Verdict::Change)
        .cloned()
        .collect();
    let changes = Settings::apply(&file, &wanted).map_err(|error| configuration::wrong(&error))?;
    if changes.is_empty() {
        anstream::eprintln!("seaworthy: nothing to change in {}", file.display());
        return Ok(());
    }
    for change in &changes {
        let before = change
            .from
            .map_or_else(|| "default".to_owned(), |from| from.to_string());
        anstream::eprintln!(
            "seaworthy: {}: {} {before} -> {}",
            change.tool,
            change.key,
            change.to
        );
    }
    anstream::eprintln!(
        "seaworthy: wrote {}; servers that start from now on read it",
        file.display()
    );
    Ok(())
}
