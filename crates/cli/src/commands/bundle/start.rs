//! A bundle's server, started out of the bundle as a desktop client starts it.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use seaworthy_clients::start::is_passed_by_few;
use seaworthy_gate::{
    Command,
    handshake::{Met, NotMet, Start, greet},
};
use serde_json::Value;

use super::{archive, failed, manifest::Manifest};
use crate::{environment, failure::Failure, signal::signalled};

/// Values of `--env` that are at least so long may be secrets, and are not repeated, in bytes.
const SECRET_BYTES: usize = 8;

/// Unpacks the bundle and greets its server, which gets further variables than a client would give it.
pub(super) fn try_out(
    bundle: &Path,
    manifest: &Manifest,
    further: &BTreeMap<String, String>,
    patience: Duration,
) -> Result<Met, Failure> {
    let folder = tempfile::Builder::new()
        .prefix("seaworthy-bundle-")
        .tempdir()
        .map_err(|error| failed(&std::env::temp_dir(), &error, "make room there"))?;
    let unpacked = folder.path().join("bundle");
    archive::unpack(bundle, &unpacked)?;
    let values = values(manifest, &unpacked, folder.path())?;
    let fill = |text: &str| fill(text, &values);
    let launch = &manifest.launch;
    let mut variables: BTreeMap<_, _> = environment::all()
        .into_iter()
        .filter(|(name, _)| is_passed_by_few(name))
        .collect();
    for (name, value) in &launch.environment {
        variables.insert(name.clone(), fill(value).join(","));
    }
    variables.extend(further.clone());
    let start = Start::Stdio {
        command: Command {
            program: fill(&launch.command).concat(),
            arguments: launch
                .arguments
                .iter()
                .flat_map(|text| fill(text))
                .collect(),
        },
        environment: variables,
        folder: Some(PathBuf::from(std::path::MAIN_SEPARATOR_STR)),
    };
    if let Err(error) = seaworthy_gate::adopt_orphans() {
        tracing::warn!(%error, "orphans of servers cannot be adopted");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::failed("the runtime could not start", error))?;
    let met = runtime.block_on(async {
        tokio::select! {
            met = greet(&start, patience) => Some(met),
            true = signalled() => None,
        }
    });
    runtime.block_on(seaworthy_gate::end_adopted());
    let met = met.ok_or_else(|| Failure::failed("interrupted", "no bundle was written"))?;
    met.map_err(|NotMet { why, stderr }| {
        let said = if stderr.is_empty() {
            stderr
        } else {
            let shown = further
                .values()
                .filter(|value| value.len() >= SECRET_BYTES)
                .fold(stderr, |text, value| text.replace(value, "(hidden)"));
            format!("; it said: {}", shown.replace('\n', " | "))
        };
        Failure::failed(
            format_args!("the server does not start out of its bundle: {why}{said}"),
            "no bundle was written; it was started in another folder, with the variables of a desktop client alone, and may miss a file or a variable (--env adds one)",
        )
    })
}

/// What stands for each name in braces: one text, or several.
fn values(
    manifest: &Manifest,
    unpacked: &Path,
    folder: &Path,
) -> Result<BTreeMap<String, Vec<String>>, Failure> {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let separator = std::path::MAIN_SEPARATOR.to_string();
    // the user's own folders are nobody's business here
    let home = folder.join("home");
    let mut folders = vec![home.clone()];
    let mut values: BTreeMap<String, Vec<String>> = [
        ("__dirname", text(unpacked)),
        ("/", separator.clone()),
        ("pathSeparator", separator),
        ("HOME", text(&home)),
    ]
    .map(|(name, value)| (name.to_owned(), vec![value]))
    .into();
    for (variable, name) in [
        ("DESKTOP", "Desktop"),
        ("DOCUMENTS", "Documents"),
        ("DOWNLOADS", "Downloads"),
    ] {
        folders.push(home.join(name));
        values.insert(variable.to_owned(), vec![text(&home.join(name))]);
    }
    for (name, asked) in &manifest.asks {
        let one = |value: &Value| match value {
            Value::String(text) => fill(text, &values).concat(),
            other => other.to_string(),
        };
        let value = match (&asked["default"], asked["type"].as_str()) {
            (Value::Array(all), _) => all.iter().map(one).collect(),
            (Value::Null, Some("boolean")) => vec!["false".to_owned()],
            (Value::Null, Some("number")) => vec![asked["min"].as_f64().unwrap_or(1.0).to_string()],
            (Value::Null, Some("directory")) => {
                folders.push(folder.join(name));
                vec![text(&folder.join(name))]
            }
            (Value::Null, Some("file")) => {
                let file = folder.join(format!("{name}.placeholder"));
                std::fs::write(&file, "placeholder\n")
                    .map_err(|error| failed(&file, &error, "make room there"))?;
                vec![text(&file)]
            }
            (Value::Null, _) => vec!["placeholder".to_owned()],
            (value, _) => vec![one(value)],
        };
        values.insert(format!("user_config.{name}"), value);
    }
    for folder in folders {
        std::fs::create_dir_all(&folder)
            .map_err(|error| failed(&folder, &error, "make room there"))?;
    }
    Ok(values)
}

/// A text with its names in braces filled in; one that is a name and nothing else may become several.
fn fill(text: &str, values: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let whole = text
        .strip_prefix("${")
        .and_then(|text| text.strip_suffix('}'));
    if let Some(all) = whole.and_then(|name| values.get(name)) {
        return all.clone();
    }
    let filled = values.iter().fold(text.to_owned(), |text, (name, all)| {
        text.replace(&format!("${{{name}}}"), &all.join(","))
    });
    vec![filled]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_becomes_several_arguments() {
        let values = [
            ("user_config.folders", vec!["/a", "/b"]),
            ("__dirname", vec!["/bundle"]),
        ]
        .map(|(name, all)| {
            let all = all.into_iter().map(str::to_owned).collect();
            (name.to_owned(), all)
        })
        .into();
        assert_eq!(fill("${user_config.folders}", &values), ["/a", "/b"]);
        assert_eq!(fill("${__dirname}/x.js", &values), ["/bundle/x.js"]);
        assert_eq!(fill("${other}", &values), ["${other}"]);
    }
}
