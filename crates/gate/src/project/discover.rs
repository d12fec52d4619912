//! The command that starts a project's server, as the project's own files say it.
//!
//! Looked at in turn: what names the server outright (`.mcp.json`, `mcp.json`, the `manifest.json` of a
//! bundle), then the manifests of languages, then `server.json`, whose packages are what was published
//! and not what lies here; of it the arguments are taken wherever the rest was found. To add a source:
//! write its function and its line in [`SOURCES`].

use std::{
    collections::BTreeMap,
    path::{Component, Path},
};

use serde_json::Value;

use super::Project;
use crate::options::Command;

/// A command that a project's own files name.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Discovered {
    /// The command; a program of the project has its whole path.
    pub command: Command,
    /// Variables that the same file sets for it; those that it takes from the user are left out.
    pub env: BTreeMap<String, String>,
    /// The file that says so.
    pub source: String,
}

/// What came of the search for a command.
#[derive(Clone, Debug, Default)]
pub struct Discovery {
    /// The command, where one is named.
    pub found: Option<Discovered>,
    /// What was looked at in vain, and why it gives none: `package.json: dist/index.js is not built`.
    pub reasons: Vec<String>,
}

type Source = fn(&Project, &str) -> Result<Discovered, String>;

/// Files that may name a command, in the order in which they are asked.
const SOURCES: [(&str, Source); 9] = [
    (".mcp.json", client_configuration),
    ("mcp.json", client_configuration),
    ("manifest.json", bundle),
    ("package.json", node),
    ("pyproject.toml", python),
    ("Cargo.toml", rust),
    ("go.mod", go),
    ("server.py", script),
    ("server.json", registry),
];

pub(super) fn discover(project: &Project) -> Discovery {
    let mut discovery = Discovery::default();
    for (file, source) in SOURCES {
        if project.inside(file).is_none() {
            continue;
        }
        match source(project, file).and_then(|found| checked(project, found)) {
            Ok(mut found) => {
                file.clone_into(&mut found.source);
                discovery.found = Some(found);
                break;
            }
            Err(why) => discovery.reasons.push(format!("{file}: {why}")),
        }
    }
    discovery
}

/// A file of the project may not name a program elsewhere by climbing out of it.
fn checked(project: &Project, mut found: Discovered) -> Result<Discovered, String> {
    let program = Path::new(&found.command.program);
    let climbs = program
        .components()
        .any(|part| matches!(part, Component::ParentDir));
    if climbs && !lies_inside(project, &found.command.program) {
        return Err(format!(
            "{} is outside of the project",
            found.command.program
        ));
    }
    found.command = project.resolved(found.command);
    Ok(found)
}

fn lies_inside(project: &Project, path: &str) -> bool {
    project
        .root
        .join(path)
        .canonicalize()
        .is_ok_and(|path| path.starts_with(&project.root))
}

fn command(words: impl IntoIterator<Item = String>) -> Result<Discovered, String> {
    let command = Command::new(words).ok_or("the command is empty")?;
    Ok(Discovered {
        command,
        ..Discovered::default()
    })
}

fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}

/// `${workspaceFolder}`, `${__dirname}` and their like are the project; `${VAR:-x}` is x; what else
/// the user would fill in makes none.
fn expand(project: &Project, text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}')?;
        out.push_str(before);
        match name {
            "workspaceFolder" | "__dirname" | "CLAUDE_PLUGIN_ROOT" | "CLAUDE_PROJECT_DIR"
            | "PWD" => out.push_str(&project.root.to_string_lossy()),
            "/" | "pathSeparator" => out.push('/'),
            name => out.push_str(name.split_once(":-")?.1),
        }
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

/// `command`, `args` and `env` of an entry, as all clients write them.
fn entry(project: &Project, entry: &Value) -> Result<Discovered, String> {
    let program = entry["command"].as_str().ok_or("it has no command")?;
    let mut all = vec![program];
    all.extend(texts(&entry["args"]));
    let expanded = all
        .into_iter()
        .map(|word| expand(project, word).ok_or_else(|| format!("{word} is the user's to fill in")))
        .collect::<Result<Vec<_>, _>>()?;
    let mut found = command(expanded)?;
    for (name, value) in entry["env"].as_object().into_iter().flatten() {
        if let Some(value) = value.as_str().and_then(|value| expand(project, value)) {
            found.env.insert(name.clone(), value);
        }
    }
    Ok(found)
}

/// Programs that run what the project itself says.
const RUNNERS: [&str; 12] = [
    "bun", "cargo", "deno", "go", "hatch", "just", "make", "npm", "pdm", "pnpm", "poetry", "yarn",
];

/// Whether an entry starts what lies in the project, and not something that it merely uses.
fn points_inside(project: &Project, found: &Discovered) -> bool {
    let Command { program, arguments } = &found.command;
    let name = Path::new(program).file_name().unwrap_or_default();
    let name = name.to_string_lossy();
    RUNNERS.contains(&name.as_ref())
        || (name == "uv" && !arguments.iter().any(|word| word == "tool"))
        || (program.contains('/') && lies_inside(project, program))
        || arguments
            .iter()
            .any(|word| !word.starts_with('-') && !word.is_empty() && lies_inside(project, word))
}

/// `mcpServers`: the one entry that starts what lies in the project.
fn client_configuration(project: &Project, file: &str) -> Result<Discovered, String> {
    let json = project.json(file).ok_or("it is no JSON")?;
    let servers = json["mcpServers"]
        .as_object()
        .or(json["servers"].as_object())
        .ok_or("it has no mcpServers")?;
    let mut inside: Vec<_> = servers
        .values()
        .filter_map(|value| entry(project, value).ok())
        .filter(|found| points_inside(project, found))
        .collect();
    match inside.len() {
        1 => Ok(inside.remove(0)),
        0 => Err("none of its servers starts what lies in the project".to_owned()),
        many => Err(format!("{many} of its servers lie in the project")),
    }
}

/// The manifest of an MCP bundle.
fn bundle(project: &Project, file: &str) -> Result<Discovered, String> {
    let json = project.json(file).ok_or("it is no JSON")?;
    let server = &json["server"];
    if server["mcp_config"].is_null() {
        return Err("it has no server.mcp_config".to_owned());
    }
    if let Some(point) = server["entry_point"].as_str()
        && project.inside(point).is_none()
    {
        return Err(format!("{point} is not built"));
    }
    entry(project, &server["mcp_config"])
}

fn node(project: &Project, file: &str) -> Result<Discovered, String> {
    let json = project.json(file).ok_or("it is no JSON")?;
    let name = json["name"].as_str().unwrap_or_default();
    let short = name.rsplit('/').next().unwrap_or_default();
    let bin = match &json["bin"] {
        Value::Object(bins) => bins
            .get(short)
            .or_else(|| {
                let mcp = bins.iter().find(|(name, _)| name.contains("mcp"));
                mcp.map(|(_, path)| path)
            })
            .or_else(|| bins.values().next())
            .and_then(Value::as_str),
        bin => bin.as_str(),
    };
    let mut why = "it has neither bin nor scripts.start".to_owned();
    if let Some(bin) = bin {
        if project.inside(bin).is_some() {
            return started(project, runtime(project, bin));
        }
        why = format!("{bin} is not built");
    }
    if let Some(start) = json["scripts"]["start"].as_str() {
        let plain: Vec<_> = start.split_whitespace().map(str::to_owned).collect();
        // npm itself prints to stdout, so what is simple is started without it
        let simple = !start.contains(['&', '|', ';', '$', '"', '\'', '`', '>', '<', '=', '*', '(']);
        let script = plain.iter().skip(1).find(|word| !word.starts_with('-'));
        return match (plain.first().map(String::as_str), script) {
            (Some("node"), Some(script)) if simple && project.inside(script).is_none() => {
                Err(format!("{script} is not built"))
            }
            (Some("node"), Some(_)) if simple => started(project, plain),
            _ => started(project, words(["npm", "run", "--silent", "start"])),
        };
    }
    if bin.is_none()
        && let Some(main) = json["main"].as_str()
    {
        if project.inside(main).is_some() {
            return started(project, words(["node", main]));
        }
        why = format!("{main} is not built");
    }
    Err(why)
}

/// A program of the project by its first line, or Node.js.
fn runtime(project: &Project, bin: &str) -> Vec<String> {
    let text = project.text(bin).unwrap_or_default();
    let first = text.lines().next().unwrap_or_default();
    let runtime = ["bun", "deno", "tsx"]
        .into_iter()
        .find(|name| first.starts_with("#!") && first.contains(name));
    match runtime {
        Some("deno") => words(["deno", "run", "-A", bin]),
        Some(other) => words([other, bin]),
        None => words(["node", bin]),
    }
}

fn is_python_name(text: &str) -> bool {
    !text.is_empty()
        && text.split('.').all(|part| {
            !part.is_empty()
                && part
                    .chars()
                    .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        })
}

fn python(project: &Project, file: &str) -> Result<Discovered, String> {
    let toml = project.toml(file).ok_or("it is no TOML")?;
    let table = |path: &[&str]| {
        let mut at = Some(&toml);
        for name in path {
            at = at?.get(*name)?.as_table();
        }
        at
    };
    let scripts = table(&["project", "scripts"]).or(table(&["tool", "poetry", "scripts"]));
    let name = table(&["project"])
        .or(table(&["tool", "poetry"]))
        .and_then(|table| table.get("name")?.as_str())
        .unwrap_or_default();
    let Some((script, target)) = scripts.and_then(|scripts| {
        scripts
            .get_key_value(name)
            .or_else(|| scripts.iter().find(|(name, _)| name.contains("mcp")))
            .or_else(|| scripts.iter().next())
    }) else {
        return ["server.py", "main.py"]
            .into_iter()
            .find_map(|file| script_of(project, file))
            .ok_or("it has no [project.scripts]".to_owned());
    };
    for installed in [".venv/bin", "venv/bin"] {
        let program = format!("{installed}/{script}");
        // a link to the system's Python leads out, so only its presence is asked for
        if project.root.join(&program).is_file() {
            return started(project, vec![program]);
        }
    }
    if project.has("uv.lock") {
        return started(project, words(["uv", "run", "--frozen", script]));
    }
    let target = target.as_str().unwrap_or_default();
    let (module, function) = target.split_once(':').unwrap_or((target, "main"));
    if !is_python_name(module) || !is_python_name(function) {
        return Err(format!("the script {script} names no function"));
    }
    let package = module.split('.').next().unwrap_or(module);
    let source = if project.files.iter().any(|file| {
        file.strip_prefix("src/").is_some_and(|file| {
            file == format!("{package}.py") || file.starts_with(&format!("{package}/"))
        })
    }) {
        "src"
    } else {
        ""
    };
    let folder = if source.is_empty() {
        String::new()
    } else {
        format!("{source}/")
    };
    if source.is_empty() && project.has(&format!("{folder}{package}/__main__.py")) {
        return started(project, words(["python3", "-m", package]));
    }
    let code = format!(
        "import sys; sys.path.insert(0, {source:?}); import {module}; sys.exit({module}.{function}())"
    );
    started(project, words(["python3", "-c", &code]))
}

/// A single script at the top that speaks of MCP.
fn script(project: &Project, file: &str) -> Result<Discovered, String> {
    script_of(project, file).ok_or("it does not speak of MCP".to_owned())
}

fn script_of(project: &Project, file: &str) -> Option<Discovered> {
    let text = project.text(file)?.to_lowercase();
    if !text.contains("mcp") && !text.contains("jsonrpc") {
        return None;
    }
    let program = if text.contains("# /// script") {
        words(["uv", "run", file])
    } else if project.has("uv.lock") {
        words(["uv", "run", "--frozen", file])
    } else {
        words(["python3", file])
    };
    started(project, program).ok()
}

fn rust(project: &Project, _: &str) -> Result<Discovered, String> {
    let mut binaries = Vec::new();
    for manifest in project
        .files
        .iter()
        .filter(|file| *file == "Cargo.toml" || (file.ends_with("/Cargo.toml") && !is_aside(file)))
    {
        let Some(toml) = project.toml(manifest) else {
            continue;
        };
        let Some(name) = toml
            .get("package")
            .and_then(|package| package.get("name")?.as_str())
        else {
            continue;
        };
        let folder = manifest.strip_suffix("Cargo.toml").unwrap_or_default();
        let named: Vec<_> = toml
            .get("bin")
            .and_then(toml::Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|bin| bin.get("name")?.as_str())
            .map(str::to_owned)
            .collect();
        if !named.is_empty() {
            binaries.extend(named);
        } else if project.has(&format!("{folder}src/main.rs")) {
            binaries.push(name.to_owned());
        }
        if manifest == "Cargo.toml" && !binaries.is_empty() {
            break;
        }
    }
    let binary = match binaries.as_slice() {
        [one] => one,
        [] => return Err("it has no binary".to_owned()),
        many => many
            .iter()
            .find(|name| name.contains("mcp"))
            .ok_or(format!("it has {} binaries", many.len()))?,
    };
    // the newer one: a release of last year is not what lies here
    let built = ["target/release", "target/debug"]
        .into_iter()
        .filter_map(|folder| {
            let path = project.root.join(folder).join(binary);
            let made = path.metadata().ok()?.modified().ok()?;
            Some((made, path))
        })
        .max();
    let all = match built {
        Some((_, path)) => vec![path.to_string_lossy().into_owned()],
        None => words([
            "cargo",
            "run",
            "--quiet",
            "--release",
            "--bin",
            binary,
            "--",
        ]),
    };
    started(project, all)
}

fn is_aside(file: &str) -> bool {
    file.split('/').any(|part| {
        matches!(
            part,
            "benches"
                | "examples"
                | "example"
                | "fixtures"
                | "fuzz"
                | "testdata"
                | "tests"
                | "vendor"
        )
    })
}

fn go(project: &Project, file: &str) -> Result<Discovered, String> {
    let mains: Vec<_> = project
        .files
        .iter()
        .filter_map(|file| {
            let folder = file.strip_suffix("main.go")?;
            (folder.is_empty() || folder.starts_with("cmd/")).then_some(folder)
        })
        .collect();
    let module = project
        .text(file)
        .and_then(|text| {
            let line = text
                .lines()
                .find_map(|line| line.trim().strip_prefix("module "))?;
            Some(line.trim().rsplit('/').next()?.to_owned())
        })
        .unwrap_or_default();
    let named = mains
        .iter()
        .find(|folder| **folder == format!("cmd/{module}/"));
    let folder = match (mains.as_slice(), named) {
        (["", ..], _) => ".".to_owned(),
        ([one], _) | (_, Some(one)) => format!("./{}", one.trim_end_matches('/')),
        ([], _) => return Err("there is neither main.go nor cmd/NAME/main.go".to_owned()),
        (many, _) => return Err(format!("there are {} programs below cmd", many.len())),
    };
    started(project, words(["go", "run", &folder]))
}

/// With the arguments that `server.json` gives to the package, where it is there: `stdio`, say.
fn started(project: &Project, words: Vec<String>) -> Result<Discovered, String> {
    let mut found = command(words)?;
    if let Some(json) = project.json("server.json")
        && let Some(package) = package(&json)
    {
        found
            .command
            .arguments
            .extend(fixed_arguments(&package["packageArguments"]));
    }
    Ok(found)
}

/// The package of the MCP registry's format that speaks over stdio.
fn package(json: &Value) -> Option<&Value> {
    json["packages"].as_array()?.iter().find(|package| {
        let transport = &package["transport"]["type"];
        transport.is_null() || transport == "stdio"
    })
}

fn fixed_arguments(arguments: &Value) -> Vec<String> {
    let mut words = Vec::new();
    for argument in arguments.as_array().into_iter().flatten() {
        let value = argument["value"].as_str().or(argument["default"].as_str());
        let Some(value) = value.filter(|value| !value.contains('{')) else {
            continue;
        };
        if argument["type"] == "named"
            && let Some(name) = argument["name"].as_str()
        {
            words.push(name.to_owned());
        }
        words.push(value.to_owned());
    }
    words
}

/// The MCP registry's `server.json`: the package as it was published.
fn registry(project: &Project, file: &str) -> Result<Discovered, String> {
    let json = project.json(file).ok_or("it is no JSON")?;
    let package = package(&json).ok_or("no package of it speaks over stdio")?;
    let text = |name: &str| package[name].as_str();
    let identifier = text("identifier")
        .or(text("name"))
        .ok_or("its package has no identifier")?;
    if identifier.contains("${") || text("version").is_some_and(|version| version.contains("${")) {
        return Err(format!("{identifier} is filled in when it is released"));
    }
    let kind = text("registryType")
        .or(text("registry_name"))
        .unwrap_or_default();
    let hint = text("runtimeHint").unwrap_or(match kind {
        "npm" => "npx",
        "pypi" => "uvx",
        "oci" => "docker",
        _ => return Err(format!("a package of the kind {kind:?} is not started")),
    });
    let version = text("version").unwrap_or("latest");
    let mut all = match hint {
        "npx" => vec!["npx".to_owned(), "-y".to_owned()],
        "docker" => words(["docker", "run", "-i", "--rm"]),
        other => vec![other.to_owned()],
    };
    all.extend(fixed_arguments(&package["runtimeArguments"]));
    all.push(match hint {
        "npx" | "uvx" | "bunx" => format!("{identifier}@{version}"),
        _ => identifier.to_owned(),
    });
    all.extend(fixed_arguments(&package["packageArguments"]));
    command(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn discovered(files: &[(&str, &str)]) -> (String, Discovery) {
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let discovery = Project::discover_command(folder.path()).await.unwrap();
        let root = folder.path().canonicalize().unwrap();
        let shown = discovery.found.as_ref().map_or_else(
            || discovery.reasons.join("; "),
            |found| format!("{}: {}", found.source, found.command),
        );
        (shown.replace(root.to_str().unwrap(), "ROOT"), discovery)
    }

    #[tokio::test]
    async fn of_a_clients_servers_the_projects_own_is_taken() {
        let mcp = r#"{"mcpServers": {
            "github": {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-github"]},
            "ours": {"command": "node", "args": ["${workspaceFolder}/dist/index.js"],
                     "env": {"MODE": "test", "TOKEN": "${TOKEN}", "PORT": "${PORT:-1}"}}}}"#;
        let (shown, discovery) = discovered(&[(".mcp.json", mcp), ("dist/index.js", "")]).await;
        assert_eq!(shown, ".mcp.json: node ROOT/dist/index.js");
        let env = discovery.found.unwrap().env;
        assert_eq!(
            env.into_iter().collect::<Vec<_>>(),
            [
                ("MODE".to_owned(), "test".to_owned()),
                ("PORT".to_owned(), "1".to_owned())
            ]
        );
        // what the project merely uses is not its server
        let used = r#"{"mcpServers": {"g": {"command": "npx", "args": ["-y", "some-server"]}}}"#;
        assert_eq!(
            discovered(&[(".mcp.json", used), ("server.py", "import mcp")])
                .await
                .0,
            "server.py: python3 server.py"
        );
    }

    #[tokio::test]
    async fn a_bundle_and_a_package_of_node() {
        let bundle = r#"{"server": {"entry_point": "server/index.js", "mcp_config":
            {"command": "node", "args": ["${__dirname}/server/index.js"], "env": {"KEY": "${user_config.key}"}}}}"#;
        assert_eq!(
            discovered(&[("manifest.json", bundle), ("server/index.js", "")])
                .await
                .0,
            "manifest.json: node ROOT/server/index.js"
        );
        let package = r#"{"name": "@a/notes", "bin": {"other": "x.js", "notes": "dist/cli.js"}}"#;
        assert_eq!(
            discovered(&[("package.json", package)]).await.0,
            "package.json: dist/cli.js is not built"
        );
        assert_eq!(
            discovered(&[
                ("package.json", package),
                ("dist/cli.js", "#!/usr/bin/env bun\n")
            ])
            .await
            .0,
            "package.json: bun dist/cli.js"
        );
        let start = r#"{"scripts": {"start": "node --no-warnings index.js"}}"#;
        assert_eq!(
            discovered(&[("package.json", start), ("index.js", "")])
                .await
                .0,
            "package.json: node --no-warnings index.js"
        );
        let shell = r#"{"scripts": {"start": "tsc && node dist/index.js"}}"#;
        assert_eq!(
            discovered(&[("package.json", shell)]).await.0,
            "package.json: npm run --silent start"
        );
    }

    #[tokio::test]
    async fn a_package_of_python() {
        let toml = "[project]\nname = \"notes-mcp\"\n[project.scripts]\nother = \"x:y\"\nnotes-mcp = \"notes.cli:run\"\n";
        assert_eq!(
            discovered(&[("pyproject.toml", toml), ("uv.lock", "")])
                .await
                .0,
            "pyproject.toml: uv run --frozen notes-mcp"
        );
        assert_eq!(
            discovered(&[("pyproject.toml", toml), ("notes/__main__.py", "")])
                .await
                .0,
            "pyproject.toml: python3 -m notes"
        );
        assert_eq!(
            discovered(&[("pyproject.toml", toml), ("src/notes/cli.py", "")])
                .await
                .0,
            "pyproject.toml: python3 -c import sys; sys.path.insert(0, \"src\"); import notes.cli; \
             sys.exit(notes.cli.run())"
        );
        let evil = "[project.scripts]\nx = \"os:system('rm')\"\n";
        assert_eq!(
            discovered(&[("pyproject.toml", evil)]).await.0,
            "pyproject.toml: the script x names no function"
        );
    }

    #[tokio::test]
    async fn a_crate_a_module_of_go_and_the_registries_arguments() {
        let cargo = "[package]\nname = \"notes\"\n";
        let server = r#"{"packages": [{"registryType": "oci", "identifier": "ghcr.io/a/notes:1",
            "packageArguments": [{"type": "positional", "value": "stdio"}]}]}"#;
        assert_eq!(
            discovered(&[("Cargo.toml", cargo), ("src/main.rs", "")])
                .await
                .0,
            "Cargo.toml: cargo run --quiet --release --bin notes --"
        );
        assert_eq!(
            discovered(&[
                ("Cargo.toml", cargo),
                ("src/main.rs", ""),
                ("target/debug/notes", ""),
                ("server.json", server)
            ])
            .await
            .0,
            "Cargo.toml: ROOT/target/debug/notes stdio"
        );
        assert_eq!(
            discovered(&[("go.mod", ""), ("cmd/notes/main.go", "")])
                .await
                .0,
            "go.mod: go run ./cmd/notes"
        );
        assert_eq!(
            discovered(&[
                ("go.mod", "module host/a/notes\n"),
                ("cmd/notes/main.go", ""),
                ("cmd/other/main.go", "")
            ])
            .await
            .0,
            "go.mod: go run ./cmd/notes"
        );
        let npm = r#"{"packages": [{"registryType": "npm", "identifier": "@a/notes", "version": "1.2.3",
            "packageArguments": [{"type": "named", "name": "--mode", "value": "stdio"}]}]}"#;
        assert_eq!(
            discovered(&[("server.json", npm)]).await.0,
            "server.json: npx -y @a/notes@1.2.3 --mode stdio"
        );
    }

    #[tokio::test]
    async fn no_file_names_a_program_above_the_project() {
        let mcp = r#"{"mcpServers": {"x": {"command": "../../bin/evil", "args": ["."]}}}"#;
        assert_eq!(
            discovered(&[(".mcp.json", mcp)]).await.0,
            ".mcp.json: ../../bin/evil is outside of the project"
        );
    }
}
