//! What is to be installed: the GitHub server of this program, or a project's server.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use seaworthy_clients::{Client, Environment, Server, client::files_for};
use seaworthy_gate::project::Project;
use seaworthy_scaffold::{Language, record};
use serde_json::Value;

use crate::{environment, failure::Failure};

/// A server that can be installed.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) command: PathBuf,
    pub(crate) arguments: Vec<String>,
    /// Variables that it cannot do without.
    pub(crate) needs: Vec<String>,
    /// Variables that it reads where they are set.
    pub(crate) reads: Vec<String>,
}

/// Variables of `serve github` that are passed on where they are set.
const GITHUB_READS: [&str; 7] = [
    "GITHUB_API_URL",
    "SEAWORTHY_AUDIT_LOG",
    "SEAWORTHY_CACHE",
    "SEAWORTHY_CONFIG",
    "SEAWORTHY_LOG",
    "SEAWORTHY_SANDBOX",
    "SEAWORTHY_STATE",
];

/// The name that a server is known by, whether it can be started or not.
pub(crate) fn name_of(server: &str) -> String {
    if server == "github" {
        return server.to_owned();
    }
    let folder = Path::new(server);
    if let Ok(text) = std::fs::read_to_string(folder.join(record::FILE))
        && let Ok((_, answers)) = record::read(&text)
    {
        return answers.name.kebab().to_owned();
    }
    if folder.is_dir()
        && let Ok(folder) = folder.canonicalize()
        && let Some(name) = folder.file_name()
    {
        return simple(&name.to_string_lossy());
    }
    server.to_owned()
}

/// Letters, digits and hyphens.
fn simple(text: &str) -> String {
    let words = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// The server that `--server` names: `github`, or a project's folder. A project that was made this
/// moment (`is_new`) may be built later.
pub(crate) fn resolve(server: &str, is_new: bool) -> Result<Target, Failure> {
    if server == "github" {
        return github();
    }
    let folder = Path::new(server).canonicalize().map_err(|error| {
        Failure::usage(
            format_args!("{server}: {error}"),
            "give --server github, or a project's folder",
        )
    })?;
    let (command, arguments) = match recorded(&folder)? {
        Some((language, name)) => start_of(language, &folder, &name, is_new)?,
        None => discovered(&folder)?,
    };
    let (needs, reads) = variables(&folder);
    Ok(Target {
        name: name_of(server),
        command,
        arguments,
        needs,
        reads,
    })
}

fn github() -> Result<Target, Failure> {
    let command = std::env::current_exe()
        .map_err(|error| Failure::failed("this program does not find itself", error))?;
    Ok(Target {
        name: "github".to_owned(),
        command,
        arguments: vec!["serve".to_owned(), "github".to_owned()],
        needs: vec!["GITHUB_TOKEN".to_owned()],
        reads: GITHUB_READS.map(str::to_owned).to_vec(),
    })
}

/// Language and name of a project that `seaworthy new` made.
fn recorded(folder: &Path) -> Result<Option<(Language, String)>, Failure> {
    let Ok(text) = std::fs::read_to_string(folder.join(record::FILE)) else {
        return Ok(None);
    };
    let (_, answers) = record::read(&text)
        .map_err(|error| Failure::usage(error, "restore the file from the project's history"))?;
    Ok(Some((answers.language, answers.name.kebab().to_owned())))
}

/// How the server of such a project starts: what was built, else the tool that builds it.
fn start_of(
    language: Language,
    folder: &Path,
    name: &str,
    is_new: bool,
) -> Result<(PathBuf, Vec<String>), Failure> {
    match language {
        Language::Python => {
            let scripts = if cfg!(windows) { "Scripts" } else { "bin" };
            let script = program(&folder.join(".venv").join(scripts), name);
            if script.exists() {
                return Ok((script, Vec::new()));
            }
            let uv = environment::on_path("uv").ok_or_else(|| {
                Failure::usage(
                    "the project is not installed, and uv is not on PATH",
                    "install uv (https://docs.astral.sh/uv), then run uv sync in the project",
                )
            })?;
            let words = ["run", "--directory", &folder.to_string_lossy(), name];
            Ok((uv, words.map(str::to_owned).to_vec()))
        }
        Language::Rust => ["release", "debug"]
            .into_iter()
            .map(|profile| program(&folder.join("target").join(profile), name))
            .find(|path| is_new || path.exists())
            .map(|path| (path, Vec::new()))
            .ok_or_else(|| {
                Failure::usage(
                    "the project is not built",
                    "run cargo build --release in it first",
                )
            }),
    }
}

fn program(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// How any other project's server starts, by its own files.
fn discovered(folder: &Path) -> Result<(PathBuf, Vec<String>), Failure> {
    let discovery = tokio::runtime::Builder::new_current_thread()
        .build()
        .and_then(|runtime| runtime.block_on(Project::discover_command(folder)))
        .map_err(|error| {
            Failure::usage(
                format_args!("{}: {error}", folder.display()),
                "give a project's folder",
            )
        })?;
    let Some(found) = discovery.found else {
        let mut reasons = discovery.reasons.join("; ");
        if reasons.is_empty() {
            "no file of it names a command".clone_into(&mut reasons);
        }
        return Err(Failure::usage(
            format_args!("it is not known how the project starts its server: {reasons}"),
            "name the command in its .mcp.json, or build it",
        ));
    };
    let program = PathBuf::from(&found.command.program);
    let command = if program.is_absolute() {
        program
    } else {
        environment::on_path(&found.command.program).ok_or_else(|| {
            Failure::usage(
                format_args!("{} is not on PATH", found.command.program),
                "install it first",
            )
        })?
    };
    Ok((command, found.command.arguments))
}

/// The variables that a project's `server.json` declares: those that it needs, and the others.
fn variables(folder: &Path) -> (Vec<String>, Vec<String>) {
    let Ok(text) = std::fs::read_to_string(folder.join("server.json")) else {
        return Default::default();
    };
    let json: Value = serde_json::from_str(&text).unwrap_or_default();
    let declared = json["packages"][0]["environmentVariables"].as_array();
    let (mut needs, mut reads) = (Vec::new(), Vec::new());
    for variable in declared.into_iter().flatten() {
        let Some(name) = variable["name"].as_str() else {
            continue;
        };
        if variable["isRequired"] == Value::Bool(true) {
            needs.push(name.to_owned());
        } else {
            reads.push(name.to_owned());
        }
    }
    (needs, reads)
}

impl Target {
    /// The server as one client shall start it; `values` are the user's own `NAME=VALUE`.
    pub(crate) fn for_client(
        &self,
        client: &Client,
        name: Option<&str>,
        values: &[(String, String)],
    ) -> Result<Server, Failure> {
        let given = |name: &str| values.iter().any(|(given, _)| given == name);
        let mut inherits: Vec<_> = self
            .needs
            .iter()
            .filter(|name| !given(name) && !given(&format!("{name}_FILE")))
            .cloned()
            .collect();
        let set = self
            .reads
            .iter()
            .filter(|name| !given(name) && environment::raw(name).is_some());
        inherits.extend(set.cloned());
        let mut server = Server {
            name: name.unwrap_or(&self.name).to_owned(),
            command: self.command.to_string_lossy().into_owned(),
            arguments: self.arguments.clone(),
            inherits,
            values: values.iter().cloned().collect(),
        };
        if client.environment == Environment::None {
            without_environment(&mut server)?;
        }
        server.check().map_err(|error| {
            Failure::usage(
                error,
                "give another --name; a secret goes into a file: --env NAME_FILE=PATH",
            )
        })?;
        Ok(server)
    }
}

/// Writes what a client would not pass on: settings as they are, secrets as the paths of files.
fn without_environment(server: &mut Server) -> Result<(), Failure> {
    let mut values = BTreeMap::new();
    for variable in files_for(server) {
        values.insert(variable.clone(), secret_file(&variable)?);
    }
    for name in &server.inherits {
        if !values.contains_key(&format!("{name}_FILE"))
            && let Some(value) = environment::named(name)?
        {
            values.insert(name.clone(), value);
        }
    }
    server.inherits.clear();
    for (name, value) in values {
        server.values.entry(name).or_insert(value);
    }
    Ok(())
}

/// Where the file of a secret is: where the variable says, else in this program's configuration folder.
fn secret_file(variable: &str) -> Result<String, Failure> {
    if let Some(path) = environment::named(variable)? {
        return Ok(path);
    }
    let folder = environment::config_folder().ok_or_else(|| {
        Failure::usage(
            "there is no home folder to keep a token's file in",
            format_args!("give --env {variable}=PATH"),
        )
    })?;
    let name = variable.trim_end_matches("_FILE").to_ascii_lowercase();
    let path = folder.join(name.replace('_', "-"));
    Ok(path.to_string_lossy().into_owned())
}
