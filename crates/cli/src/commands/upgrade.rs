//! `seaworthy upgrade`: a newer template in a project made by `seaworthy new`.

use std::{
    io::IsTerminal,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use clap::Args;
use dialoguer::Confirm;
use seaworthy_scaffold::{
    Answers, Feature, openapi, record, render,
    template::Template,
    upgrade::{self, Change, Kind, Plan, UpgradeError},
};
use similar::TextDiff;

use crate::{commands::new::Part, failure::Failure};

/// Brings a project made by `seaworthy new` to the newest template
///
/// Renders the template that made the project and the newest one, and merges the difference into what
/// you made of it, line by line. Where both changed the same lines, conflict markers show both; nothing
/// of yours is dropped. The diff is shown first.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment, after_help = HELP)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(crate) struct Arguments {
    /// The project's folder
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Only show what would change
    #[arg(long, conflicts_with_all = ["undo", "yes"])]
    diff: bool,
    /// Write without asking
    #[arg(long, short)]
    yes: bool,
    /// Work in a folder with uncommitted changes, or one that git does not know
    #[arg(long)]
    force: bool,
    /// Add a part that the project was made without; may be repeated
    #[arg(long = "with", value_name = "PART", conflicts_with = "undo")]
    with: Vec<Part>,
    /// Put everything back as it was before the last upgrade
    #[arg(long)]
    undo: bool,
    /// Print what changes as JSON
    #[arg(long)]
    json: bool,
}

const HELP: &str = "\
Exit status: 0 done, or nothing to do; 1 done, and conflict markers wait for you; 2 used wrongly, or
refused: uncommitted changes, or nobody to ask and no --yes.

Examples:
  seaworthy upgrade --diff
  seaworthy upgrade ./weekly-notes --yes
  seaworthy upgrade --with sandbox
  seaworthy upgrade --undo";

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let project = &arguments.path;
    if arguments.undo {
        let files = upgrade::undo(project, arguments.force).map_err(|error| undo_failed(&error))?;
        anstream::println!("Put back {files} files as they were before the upgrade.");
        return Ok(ExitCode::SUCCESS);
    }
    let (version, answers) = recorded(project)?;
    let template = Template::of(answers.language);
    let mut wanted = answers.clone();
    if arguments.with.contains(&Part::Sandbox) {
        wanted.features.insert(Feature::Sandbox);
    }
    let rendered = |version, answers| {
        render(template, version, answers)
            .map_err(|error| Failure::usage(error, "install the newest seaworthy"))
    };
    let base = rendered(version, &answers)?;
    let newest = rendered(template.version, &wanted)?;
    let label = format!("template {}", template.version);
    let plan = upgrade::plan(project, &base, &newest, &label).map_err(|error| failed(&error))?;
    if arguments.json {
        anstream::println!("{:#}", as_json(version, template.version, &plan));
    } else {
        show(version, template.version, &plan);
    }
    if plan.is_empty() || arguments.diff {
        return Ok(ExitCode::SUCCESS);
    }
    if !arguments.force {
        check_clean(project)?;
    }
    if !arguments.yes && !agreed()? {
        return Ok(ExitCode::SUCCESS);
    }
    upgrade::apply(project, &plan).map_err(|error| failed(&error))?;
    Ok(done(arguments, &plan))
}

fn recorded(project: &Path) -> Result<(u32, Answers), Failure> {
    let file = project.join(record::FILE);
    let text = std::fs::read_to_string(&file).map_err(|error| {
        Failure::usage(
            format_args!("{} could not be read: {error}", file.display()),
            "give the folder of a project that seaworthy new made",
        )
    })?;
    // a project without tools of an API has no document; the record tells whether one is missing
    let document = std::fs::read_to_string(project.join(openapi::FILE)).ok();
    record::read(&text)
        .and_then(|(version, answers)| {
            let api = record::source(&text, document)?;
            Ok((version, Answers { api, ..answers }))
        })
        .map_err(|error| Failure::usage(error, "restore the file from the project's history"))
}

/// Refuses a folder whose present state git could not bring back.
#[expect(
    clippy::disallowed_methods,
    reason = "only git knows what is committed"
)]
fn check_clean(project: &Path) -> Result<(), Failure> {
    let hint = "commit first, so that you can compare and go back; --force goes on without";
    let output = Command::new("git")
        .args(["status", "--porcelain", "--", "."])
        .current_dir(project)
        .output();
    match output {
        Ok(output) if output.status.success() && !is_committed(project) => {
            Err(Failure::usage("the project has no commit yet", hint))
        }
        Ok(output) if output.status.success() && output.stdout.is_empty() => Ok(()),
        Ok(output) if output.status.success() => {
            let changed = String::from_utf8_lossy(&output.stdout).lines().count();
            let what = if changed == 1 {
                "file has"
            } else {
                "files have"
            };
            Err(Failure::usage(
                format_args!("{changed} {what} uncommitted changes"),
                hint,
            ))
        }
        _ => Err(Failure::usage(
            "the project is not in a git repository",
            hint,
        )),
    }
}

/// Whether git has the project's record: a folder that git ignores is clean too.
#[expect(
    clippy::disallowed_methods,
    reason = "only git knows what is committed"
)]
fn is_committed(project: &Path) -> bool {
    Command::new("git")
        .args(["cat-file", "-e", &format!("HEAD:./{}", record::FILE)])
        .current_dir(project)
        .output()
        .is_ok_and(|output| output.status.success())
}

fn agreed() -> Result<bool, Failure> {
    if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
        return Err(Failure::usage(
            "nothing was written: there is nobody to ask",
            "read the diff, then pass --yes; --diff alone only shows it",
        ));
    }
    Confirm::new()
        .with_prompt("Write this")
        .default(false)
        .interact()
        .map_err(|error| {
            Failure::failed(
                format_args!("nothing was written: {error}"),
                "pass --yes to write without being asked",
            )
        })
}

fn failed(error: &UpgradeError) -> Failure {
    Failure::failed(error, "the project is as it was; mend that and try again")
}

fn undo_failed(error: &UpgradeError) -> Failure {
    let hint = match error {
        UpgradeError::ChangedSince(_) => {
            "nothing was put back; --force puts all back and loses those changes"
        }
        UpgradeError::NothingToUndo | UpgradeError::BadUndo(_) => {
            "git has what was committed before"
        }
        UpgradeError::Io { .. } => "mend that and try again",
    };
    Failure::failed(error, hint)
}

fn show(from: u32, to: u32, plan: &Plan) {
    if plan.changes.is_empty() {
        anstream::println!("Nothing to do: the project has template {to} already.");
        return;
    }
    for change in &plan.changes {
        print_diff(change);
    }
    if from == to {
        anstream::println!("Template {to}:");
    } else {
        anstream::println!("Template {from} to {to}:");
    }
    for change in &plan.changes {
        anstream::println!(
            "  {:<9} {}{}",
            word(change.kind),
            change.path,
            why(change.kind)
        );
    }
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Added => "new",
        Kind::Updated => "changed",
        Kind::Merged => "merged",
        Kind::Conflict(_) => "CONFLICT",
        Kind::Removed => "removed",
        Kind::Kept(_) => "kept",
    }
}

fn why(kind: Kind) -> String {
    match kind {
        Kind::Conflict(1) => " (1 place changed by both)".to_owned(),
        Kind::Conflict(places) => format!(" ({places} places changed by both)"),
        Kind::Kept(why) => format!(" ({why})"),
        _ => String::new(),
    }
}

fn print_diff(change: &Change) {
    if !change.writes() {
        return;
    }
    let (before, after) = (
        change.before.as_deref().unwrap_or_default(),
        change.after.as_deref().unwrap_or_default(),
    );
    if seaworthy_scaffold::lockfile::is_lockfile(&change.path) {
        anstream::println!(
            "{}: {} lines change\n",
            change.path,
            changed_lines(before, after)
        );
        return;
    }
    let diff = TextDiff::from_lines(before, after);
    let (old, new) = match change.kind {
        Kind::Added => ("/dev/null", change.path.as_str()),
        Kind::Removed => (change.path.as_str(), "/dev/null"),
        _ => (change.path.as_str(), change.path.as_str()),
    };
    let text = diff.unified_diff().header(old, new).to_string();
    for line in text.lines() {
        let colour = match line.as_bytes().first() {
            _ if line.starts_with("+++") || line.starts_with("---") => None,
            Some(b'+') => Some(anstyle::AnsiColor::Green),
            Some(b'-') => Some(anstyle::AnsiColor::Red),
            Some(b'@') => Some(anstyle::AnsiColor::Cyan),
            _ => None,
        };
        let style = anstyle::Style::new().fg_color(colour.map(Into::into));
        anstream::println!("{style}{line}{style:#}");
    }
    anstream::println!();
}

fn changed_lines(before: &str, after: &str) -> usize {
    TextDiff::from_lines(before, after)
        .iter_all_changes()
        .filter(|change| change.tag() != similar::ChangeTag::Equal)
        .count()
}

fn as_json(from: u32, to: u32, plan: &Plan) -> serde_json::Value {
    let files: Vec<_> = plan
        .changes
        .iter()
        .map(|change| {
            serde_json::json!({
                "path": change.path,
                "change": word(change.kind).to_lowercase(),
                "conflicts": if let Kind::Conflict(places) = change.kind { places } else { 0 },
                "why": if let Kind::Kept(why) = change.kind { Some(why) } else { None },
            })
        })
        .collect();
    serde_json::json!({ "from": from, "to": to, "files": files, "conflicts": plan.conflicts() })
}

fn done(arguments: &Arguments, plan: &Plan) -> ExitCode {
    let written = plan.changes.iter().filter(|change| change.writes()).count();
    let conflicts = plan.conflicts();
    if !arguments.json {
        anstream::println!("Wrote {written} files; seaworthy upgrade --undo puts them back.");
        if conflicts > 0 {
            anstream::println!(
                "{conflicts} places wait for you: look for <<<<<<< in the files marked CONFLICT."
            );
        }
    }
    ExitCode::from(u8::from(conflicts > 0))
}
