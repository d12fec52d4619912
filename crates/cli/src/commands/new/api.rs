//! `seaworthy new --api`: which tools are made from a document.

use std::path::Path;

use dialoguer::MultiSelect;
use seaworthy_scaffold::{
    Name,
    openapi::{self, Api, ApiError, Proposal, Source},
};

use crate::failure::Failure;

/// How many operations that no tool can be made from are named.
const SHOWN: usize = 10;

/// The tools that every project has: of notes, and `run_python` where it is wanted.
fn own_tools(sandbox: bool) -> usize {
    4 + usize::from(sandbox)
}

/// Reads the document.
pub(super) fn read(path: &Path) -> Result<Api, Failure> {
    let refused = |error: std::io::Error| {
        Failure::usage(
            format_args!("{} could not be read: {error}", path.display()),
            "give --api the path of an OpenAPI document in JSON",
        )
    };
    let size = std::fs::metadata(path).map_err(refused)?.len();
    if size > openapi::LONGEST as u64 {
        return Err(Failure::usage(
            format_args!(
                "{} has {} MiB; {} are the most",
                path.display(),
                size >> 20,
                openapi::LONGEST >> 20
            ),
            "leave out the paths that no tool is made from",
        ));
    }
    let text = std::fs::read_to_string(path).map_err(refused)?;
    Api::read(&text).map_err(|error| failed(&error))
}

pub(super) fn failed(error: &ApiError) -> Failure {
    Failure::usage(error, &error.hint)
}

/// The tools that are wanted: those named, or those marked on a terminal, or the best.
pub(super) fn choose(
    api: &Api,
    groups: &[String],
    sandbox: bool,
    asks: bool,
) -> Result<Source, Failure> {
    let own = own_tools(sandbox);
    let names = if !groups.is_empty() {
        groups.to_vec()
    } else if asks {
        marked(api, &api.best(own))?
    } else {
        api.best(own)
    };
    api.choose(&names, own).map_err(|error| failed(&error))
}

fn marked(api: &Api, best: &[String]) -> Result<Vec<String>, Failure> {
    let proposals: Vec<&Proposal> = api.proposals().collect();
    let items: Vec<_> = proposals
        .iter()
        .map(|proposal| {
            let mirror = if proposal.mirrors() {
                " (mirrors an endpoint)"
            } else {
                ""
            };
            let item = format!("{}: {}{mirror}", proposal.tool, proposal.calls.join(", "));
            (item, best.contains(&proposal.tool))
        })
        .collect();
    let chosen = super::asked(
        MultiSelect::new()
            .with_prompt("Tools (blank marks, return ends)")
            .items_checked(items)
            .report(false)
            .interact(),
    )?;
    Ok(chosen
        .into_iter()
        .filter_map(|at| proposals.get(at))
        .map(|proposal| proposal.tool.clone())
        .collect())
}

/// Shows what a document allows.
pub(super) fn list(api: &Api, json: bool) {
    let best = api.best(own_tools(false));
    if json {
        let groups: Vec<_> = api
            .groups
            .iter()
            .map(|group| {
                let tools: Vec<_> = group
                    .proposals
                    .iter()
                    .map(|proposal| {
                        serde_json::json!({
                            "tool": proposal.tool,
                            "title": proposal.title,
                            "description": proposal.description,
                            "operations": proposal.calls,
                            "reads": proposal.reads,
                            "default": best.contains(&proposal.tool),
                            "warning": proposal.warning(),
                        })
                    })
                    .collect();
                serde_json::json!({ "group": group.name, "tools": tools })
            })
            .collect();
        let shown = serde_json::json!({
            "title": api.title(),
            "groups": groups,
            "notes": api.notes(),
            "left_out": left_out(api),
        });
        anstream::println!("{shown:#}");
        return;
    }
    anstream::println!(
        "{}. Marked with * is what is made without --group.",
        api.title()
    );
    for group in &api.groups {
        anstream::println!("\n{}", group.name);
        for proposal in &group.proposals {
            let mark = if best.contains(&proposal.tool) {
                '*'
            } else {
                ' '
            };
            anstream::println!("{mark} {}: {}", proposal.tool, proposal.calls.join(", "));
            if let Some(warning) = proposal.warning() {
                anstream::println!("    warning: {warning}");
            }
        }
    }
    tell_notes(api);
}

/// Says what was made, and what to look at.
pub(super) fn tell(api: &Api, source: &Source, name: &Name) {
    anstream::println!("Tools of {}: {}", api.title(), source.tools.join(", "));
    for warning in api.mirrors(&source.tools) {
        anstream::println!("warning: {warning}");
    }
    tell_notes(api);
    let name = name.screaming();
    match (api.key().is_some(), api.base().is_some()) {
        (true, true) => {
            anstream::println!("Its server needs {name}_API_KEY; .env.example says more.");
        }
        (true, false) => anstream::println!(
            "Its server needs {name}_API_KEY and {name}_API_URL; .env.example says more."
        ),
        (false, true) => {}
        (false, false) => {
            anstream::println!("Its server needs {name}_API_URL; .env.example says more.");
        }
    }
}

fn tell_notes(api: &Api) {
    for note in api.notes() {
        anstream::println!("note: {note}");
    }
    for (operation, why) in api.left_out().iter().take(SHOWN) {
        anstream::println!("left out: {operation}: {why}");
    }
    if let Some(more) = api
        .left_out()
        .len()
        .checked_sub(SHOWN)
        .filter(|more| *more > 0)
    {
        anstream::println!("left out: {more} further operations; --list-groups --json shows them");
    }
}

fn left_out(api: &Api) -> Vec<serde_json::Value> {
    api.left_out()
        .iter()
        .map(|(operation, why)| serde_json::json!({ "operation": operation, "why": why }))
        .collect()
}

pub(super) fn as_json(api: &Api, source: &Source) -> serde_json::Value {
    serde_json::json!({
        "tools": source.tools,
        "warnings": api.mirrors(&source.tools),
        "notes": api.notes(),
        "left_out": left_out(api),
    })
}
