//! The manifest of a bundle (`manifest.json`, MCPB 0.1 to 0.4), as far as a bundle depends on it.

use std::{collections::BTreeMap, path::Path};

use serde_json::Value;

use super::{contents::Contents, failed};
use crate::failure::Failure;

/// Its name in a project and in a bundle.
pub(super) const FILE: &str = "manifest.json";

/// Versions of the format that are known. Sorted.
const VERSIONS: [&str; 4] = ["0.1", "0.2", "0.3", "0.4"];

/// Sorts of servers (0.4). Sorted.
const TYPES: [&str; 4] = ["binary", "node", "python", "uv"];

/// What the bundle's own folder is called in it.
pub(super) const FOLDER: &str = "${__dirname}";

const HINT: &str =
    "correct manifest.json; the format: https://github.com/anthropics/mcpb/blob/main/MANIFEST.md";

/// How a server is started, for this system.
#[derive(Clone, Debug, Default)]
pub(super) struct Launch {
    pub(super) command: String,
    pub(super) arguments: Vec<String>,
    pub(super) environment: BTreeMap<String, String>,
}

/// A manifest.
#[derive(Clone, Debug)]
pub(super) struct Manifest {
    pub(super) name: String,
    pub(super) version: String,
    /// One of [`TYPES`].
    pub(super) sort: String,
    pub(super) entry_point: String,
    pub(super) launch: Launch,
    /// What the user configures: the whole of each entry.
    pub(super) asks: BTreeMap<String, Value>,
    /// Pictures that it names.
    pub(super) pictures: Vec<String>,
}

fn bad(what: impl std::fmt::Display) -> Failure {
    Failure::failed(format_args!("{FILE}: {what}"), HINT)
}

/// Reads and judges a project's manifest.
pub(super) fn read(root: &Path) -> Result<Manifest, Failure> {
    let path = root.join(FILE);
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Failure::usage(
            format_args!("{}: {error}", path.display()),
            "a bundle is made of a project with a manifest.json; npx @anthropic-ai/mcpb init writes one",
        )
    })?;
    let json: Value = serde_json::from_str(&text).map_err(bad)?;
    let manifest = understand(&json)?;
    for (file, version) in versions(root)? {
        if version != manifest.version {
            return Err(Failure::failed(
                format_args!(
                    "{FILE} says version {}, and {file} says {version}",
                    manifest.version
                ),
                "give both the same version",
            ));
        }
    }
    Ok(manifest)
}

fn understand(json: &Value) -> Result<Manifest, Failure> {
    let text = |at: &str| {
        json.pointer(at)
            .and_then(Value::as_str)
            .filter(|text| !text.trim().is_empty())
            .map(str::to_owned)
            .ok_or_else(|| {
                bad(format_args!(
                    "{} is missing or no text",
                    at[1..].replace('/', ".")
                ))
            })
    };
    // the format's first version called it dxt_version
    let format =
        text("/manifest_version").or_else(|error| text("/dxt_version").map_err(|_| error))?;
    if !VERSIONS.contains(&format.as_str()) {
        return Err(bad(format_args!(
            "manifest_version {format} is not known; {} are",
            VERSIONS.join(", ")
        )));
    }
    let name = text("/name")?;
    if name.contains(['/', '\\']) || name.starts_with('.') {
        return Err(bad("name cannot be the name of a file"));
    }
    let version = text("/version")?;
    if version.contains(['/', '\\']) {
        return Err(bad("version cannot be part of a file's name"));
    }
    text("/description")?;
    text("/author/name")?;
    let sort = text("/server/type")?;
    if !TYPES.contains(&sort.as_str()) || sort == "uv" && format != "0.4" {
        return Err(bad(format_args!(
            "server.type {sort} is not known in {format}; {} are, uv since 0.4",
            TYPES.join(", ")
        )));
    }
    let entry_point = text("/server/entry_point")?;
    let config = &json["server"]["mcp_config"];
    let launch = launch(config)?;
    let refers = std::iter::once(&launch.command)
        .chain(&launch.arguments)
        .any(|text| text.contains(FOLDER));
    if !refers {
        return Err(bad(format_args!(
            "server.mcp_config starts nothing in the bundle: its command or args must name {FOLDER}"
        )));
    }
    if Path::new(&launch.command).is_absolute() {
        return Err(bad(format_args!(
            "server.mcp_config.command is a path of this machine; write {FOLDER}/..."
        )));
    }
    let asks = json["user_config"].as_object().cloned().unwrap_or_default();
    let icons = json["icons"].as_array().into_iter().flatten();
    let pictures = std::iter::once(&json["icon"])
        .chain(icons.map(|icon| &icon["src"]))
        .chain(json["screenshots"].as_array().into_iter().flatten())
        .filter_map(Value::as_str)
        .filter(|picture| !picture.contains("://"))
        .map(str::to_owned)
        .collect();
    Ok(Manifest {
        name,
        version,
        sort,
        entry_point,
        launch,
        asks: asks.into_iter().collect(),
        pictures,
    })
}

/// How the server is started on this system: a system's own values replace the common ones.
fn launch(config: &Value) -> Result<Launch, Failure> {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    };
    let own = &config["platform_overrides"][system];
    let of = |key: &str| {
        if own[key].is_null() {
            &config[key]
        } else {
            &own[key]
        }
    };
    let command = of("command")
        .as_str()
        .filter(|command| !command.is_empty())
        .ok_or_else(|| bad("server.mcp_config.command is missing or no text"))?;
    let texts = |value: &Value| value.as_str().map(str::to_owned);
    let arguments: Option<Vec<_>> = match of("args") {
        Value::Null => Some(Vec::new()),
        Value::Array(all) => all.iter().map(texts).collect(),
        _ => None,
    };
    let environment: Option<BTreeMap<_, _>> = match of("env") {
        Value::Null => Some(BTreeMap::new()),
        Value::Object(all) => all
            .iter()
            .map(|(name, value)| Some((name.clone(), texts(value)?)))
            .collect(),
        _ => None,
    };
    Ok(Launch {
        command: command.to_owned(),
        arguments: arguments.ok_or_else(|| bad("server.mcp_config.args is no list of texts"))?,
        environment: environment
            .ok_or_else(|| bad("server.mcp_config.env is no table of texts"))?,
    })
}

impl Manifest {
    /// Whether the files that it names are in the bundle.
    pub(super) fn fits(&self, contents: &Contents) -> Result<(), Failure> {
        let launch = std::iter::once(&self.launch.command)
            .chain(&self.launch.arguments)
            .filter_map(|text| text.split_once(FOLDER))
            .map(|(_, rest)| rest.trim_start_matches(['/', '\\']).replace('\\', "/"))
            .filter(|path| !path.is_empty());
        let named = std::iter::once(self.entry_point.clone())
            .chain(self.pictures.iter().cloned())
            .chain(launch);
        for path in named {
            let path = path.trim_start_matches("./").trim_end_matches('/');
            let folder = format!("{path}/");
            // `dist/../x` and what a user configures are nothing that can be looked up
            if path.contains("..") {
                return Err(bad(format_args!("{path} leads out of its folder")));
            }
            let is_there = path.contains("${")
                || contents.files.contains_key(path)
                || contents
                    .files
                    .contains_key(&format!("{path}{}", std::env::consts::EXE_SUFFIX))
                || contents.files.keys().any(|file| file.starts_with(&folder));
            if !is_there {
                return Err(Failure::failed(
                    format_args!("{FILE} names {path}, which is not in the bundle"),
                    "build the project first, correct the path, or take it off .mcpbignore",
                ));
            }
        }
        Ok(())
    }
}

/// The versions that the project's other files tell.
fn versions(root: &Path) -> Result<Vec<(&'static str, String)>, Failure> {
    let mut versions = Vec::new();
    for (file, tables) in [
        ("Cargo.toml", &["package", "workspace.package"][..]),
        ("pyproject.toml", &["project"]),
        ("package.json", &[""]),
    ] {
        let path = root.join(file);
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        let hint = "correct it";
        let json: Value = if file == "package.json" {
            serde_json::from_str(&text).map_err(|error| failed(&path, &error, hint))?
        } else {
            toml::from_str(&text).map_err(|error| failed(&path, &error.message(), hint))?
        };
        let version = tables.iter().find_map(|table| {
            let table = table
                .split('.')
                .filter(|part| !part.is_empty())
                .fold(&json, |json, part| &json[part]);
            table["version"].as_str()
        });
        // a version that is worked out elsewhere is not told here
        versions.extend(version.map(|version| (file, version.to_owned())));
    }
    Ok(versions)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sound() -> Value {
        json!({
            "manifest_version": "0.4", "name": "notes", "version": "1.0.0", "description": "Notes",
            "author": {"name": "Ada"},
            "server": {"type": "node", "entry_point": "server.js", "mcp_config": {
                "command": "node", "args": ["${__dirname}/server.js"],
                "platform_overrides": {"linux": {"env": {"A": "1"}}, "darwin": {"env": {"A": "1"}}, "win32": {"env": {"A": "1"}}},
            }},
        })
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let manifest = understand(&sound()).unwrap();
        assert_eq!(manifest.launch.environment["A"], "1");
        for (at, value, said) in [
            (
                "/manifest_version",
                json!("9"),
                "manifest_version 9 is not known",
            ),
            ("/name", json!(""), "name is missing"),
            ("/name", json!("../x"), "name of a file"),
            ("/version", json!(1), "version is missing or no text"),
            ("/author", json!({}), "author.name"),
            ("/server/type", json!("ruby"), "server.type ruby"),
            ("/server/entry_point", json!(null), "server.entry_point"),
            (
                "/server/mcp_config/command",
                json!(null),
                "mcp_config.command",
            ),
            (
                "/server/mcp_config/command",
                json!("/usr/bin/node"),
                "a path of this machine",
            ),
            (
                "/server/mcp_config/args",
                json!(["server.js"]),
                "starts nothing in the bundle",
            ),
            ("/server/mcp_config/args", json!("x"), "no list of texts"),
        ] {
            let mut json = sound();
            *json.pointer_mut(at).unwrap() = value;
            let failure = understand(&json).unwrap_err();
            assert!(failure.what().contains(said), "{at}: {}", failure.what());
        }
    }
}
