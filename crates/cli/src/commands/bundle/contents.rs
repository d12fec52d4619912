//! Which files of a project go into its bundle: what the server needs, and no secret.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use ignore::{
    Match, WalkBuilder,
    gitignore::{Gitignore, GitignoreBuilder},
};
use serde_json::Value;

use super::{
    failed,
    manifest::{FILE, FOLDER, Manifest},
};
use crate::{environment, failure::Failure};

/// The files of a bundle.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// Where each comes from, by its path in the bundle, with `/`.
    pub(super) files: BTreeMap<String, PathBuf>,
    /// What may hold secrets, and was left out.
    pub(super) left_out: Vec<String>,
    /// Whether the server is a program that was built for one system.
    pub(super) is_built: bool,
}

/// Names of files and folders that no server needs. Sorted.
const NEVER: [&str; 12] = [
    "*.log",
    "*.mcpb",
    "*.pyc",
    "*.tsbuildinfo",
    "/coverage/",
    "/htmlcov/",
    "/package-lock.json",
    "/venv/",
    "/yarn.lock",
    "Thumbs.db",
    "__pycache__/",
    "node_modules/.*",
];

/// The same in projects of Python, whose parts are installed where they run. Sorted.
const NEVER_OF_PYTHON: [&str; 6] = [
    "/Dockerfile",
    "/build/",
    "/check",
    "/dist/",
    "/test/",
    "/tests/",
];

/// Ends of names that databases have. Sorted.
const DATABASES: [&str; 5] = [".db", ".kdbx", ".sqlite", ".sqlite-wal", ".sqlite3"];

/// Files up to this length are looked into for a private key, in bytes.
const KEY_BYTES: u64 = 64 * 1024;

pub(super) fn choose(root: &Path, manifest: &Manifest) -> Result<Contents, Failure> {
    if manifest.sort == "binary" && root.join("Cargo.toml").exists() {
        return built(root, manifest);
    }
    walked(root, manifest)
}

/// A program that Cargo built, with what the manifest names beside it.
fn built(root: &Path, manifest: &Manifest) -> Result<Contents, Failure> {
    let suffix = std::env::consts::EXE_SUFFIX;
    let entry_point = manifest.entry_point.trim_end_matches(".exe");
    let name = entry_point.rsplit('/').next().unwrap_or(entry_point);
    let target = environment::named("CARGO_TARGET_DIR")?.unwrap_or_else(|| "target".to_owned());
    let program = [
        root.join(format!("{entry_point}{suffix}")),
        root.join(target)
            .join("release")
            .join(format!("{name}{suffix}")),
    ];
    let [named, built] = &program;
    let program = if named.is_file() { named } else { built };
    if !program.is_file() {
        return Err(Failure::failed(
            format_args!("{} is not there", program.display()),
            "run cargo build --release --locked in the project first",
        ));
    }
    let mut contents = Contents {
        is_built: true,
        ..Contents::default()
    };
    contents
        .files
        .insert(format!("{entry_point}{suffix}"), program.clone());
    let launch = manifest.launch.arguments.iter().filter_map(|argument| {
        let (_, path) = argument.split_once(FOLDER)?;
        Some(path.trim_start_matches('/').to_owned())
    });
    let named = manifest.pictures.iter().cloned().chain(launch);
    let beside = [
        "CHANGELOG.md",
        "LICENSE",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        FILE,
        "README.md",
    ];
    for path in named.chain(beside.map(str::to_owned)) {
        let file = root.join(&path);
        if file.is_file() {
            contents.files.insert(path, inside(root, &file)?);
        }
    }
    refuse_secrets(&contents, &BTreeSet::new())?;
    Ok(contents)
}

/// The files of the folder, without what no server needs.
fn walked(root: &Path, manifest: &Manifest) -> Result<Contents, Failure> {
    let is_of_python = matches!(manifest.sort.as_str(), "python" | "uv");
    let mut never = NEVER.to_vec();
    if is_of_python {
        never.extend(NEVER_OF_PYTHON);
    }
    if root.join("Cargo.toml").exists() {
        never.push("/target/");
    }
    let development = development_packages(root);
    never.extend(development.iter().map(String::as_str));
    let never = rules(root, &never)?;
    let own = file_of_rules(root, ".mcpbignore")?;
    // what is built is not in git, but uv builds where it runs
    let git = if manifest.sort == "uv" {
        file_of_rules(root, ".gitignore")?
    } else {
        Gitignore::empty()
    };
    let keep = {
        let own = own.clone();
        move |path: &Path, is_folder: bool| match own.matched(path, is_folder) {
            Match::Ignore(_) => false,
            Match::Whitelist(_) => true,
            Match::None => {
                let hidden = path
                    .file_name()
                    .is_some_and(|name| name.to_string_lossy().starts_with('.'));
                !hidden
                    && !never.matched(path, is_folder).is_ignore()
                    && !git.matched(path, is_folder).is_ignore()
            }
        }
    };
    let mut contents = Contents::default();
    let mut asked_for = BTreeSet::new();
    let walk = WalkBuilder::new(root)
        .standard_filters(false)
        .follow_links(true)
        .filter_entry({
            let root = root.to_owned();
            move |entry| {
                let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
                let path = entry.path();
                path == root || is_environment(path) || keep(path, is_folder)
            }
        })
        .build();
    for entry in walk {
        let entry = entry
            .map_err(|error| failed(root, &error, "make it readable, or name it in .mcpbignore"))?;
        if !entry.file_type().is_some_and(|kind| kind.is_file()) {
            continue;
        }
        let path = inside(root, entry.path())?;
        let within = entry.path().strip_prefix(root).unwrap_or(entry.path());
        let parts: Option<Vec<_>> = within.iter().map(|part| part.to_str()).collect();
        let name = parts
            .ok_or_else(|| failed(within, &"the name is no UTF-8", "rename it"))?
            .join("/");
        if is_environment(entry.path()) {
            contents.left_out.push(name);
            continue;
        }
        if own.matched(entry.path(), false).is_whitelist() {
            asked_for.insert(name.clone());
        }
        contents.files.insert(name, path);
    }
    contents.left_out.sort();
    refuse_secrets(&contents, &asked_for)?;
    Ok(contents)
}

/// Whether it is a file of variables, which hold secrets; an example holds none, and is hidden.
fn is_environment(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_named = *name == *".env" || name.starts_with(".env.");
    is_named && !name.ends_with(".example") && path.is_file()
}

/// The real path of a file, which must be in the project.
fn inside(root: &Path, path: &Path) -> Result<PathBuf, Failure> {
    let real = path
        .canonicalize()
        .map_err(|error| failed(path, &error, "make it readable"))?;
    if real.starts_with(root) {
        return Ok(real);
    }
    Err(failed(
        path,
        &"it is a link that leads out of the project",
        "copy what it leads to, or name it in .mcpbignore",
    ))
}

fn rules(root: &Path, lines: &[&str]) -> Result<Gitignore, Failure> {
    let mut builder = GitignoreBuilder::new(root);
    for line in lines {
        builder
            .add_line(None, line)
            .map_err(|error| failed(root, &error, "rename the folder"))?;
    }
    builder
        .build()
        .map_err(|error| failed(root, &error, "rename the folder"))
}

fn file_of_rules(root: &Path, name: &str) -> Result<Gitignore, Failure> {
    let path = root.join(name);
    if !path.exists() {
        return Ok(Gitignore::empty());
    }
    let mut builder = GitignoreBuilder::new(root);
    if let Some(error) = builder.add(&path) {
        return Err(failed(&path, &error, "correct it"));
    }
    builder
        .build()
        .map_err(|error| failed(&path, &error, "correct it"))
}

/// Packages that npm installed for development alone, as it noted them itself.
fn development_packages(root: &Path) -> Vec<String> {
    let path = root.join("node_modules/.package-lock.json");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let json: Value = serde_json::from_str(&text).unwrap_or_default();
    let packages = json["packages"].as_object().into_iter().flatten();
    packages
        .filter(|(_, package)| package["dev"] == Value::Bool(true))
        .map(|(path, _)| format!("/{path}/"))
        .collect()
}

/// Refuses databases and private keys; a `!` line of `.mcpbignore` asks for a file all the same.
fn refuse_secrets(contents: &Contents, asked_for: &BTreeSet<String>) -> Result<(), Failure> {
    let secrets: Vec<_> = contents
        .files
        .iter()
        .filter(|(name, _)| !asked_for.contains(*name) && !name.starts_with("node_modules/"))
        .filter(|(name, path)| DATABASES.iter().any(|end| name.ends_with(end)) || holds_key(path))
        .map(|(name, _)| name.as_str())
        .collect();
    if secrets.is_empty() {
        return Ok(());
    }
    Err(Failure::failed(
        format_args!(
            "{} may hold secrets (databases, private keys)",
            secrets.join(", ")
        ),
        "name them in .mcpbignore; a line !PATH there packs a file all the same",
    ))
}

/// Whether a file holds a private key in PEM (RFC 7468), or OpenSSH's form of it.
fn holds_key(path: &Path) -> bool {
    let is_short = path.metadata().is_ok_and(|file| file.len() <= KEY_BYTES);
    let text = || std::fs::read(path).unwrap_or_default();
    is_short
        && String::from_utf8_lossy(&text()).lines().any(|line| {
            let line = line.trim();
            line.starts_with("-----BEGIN ") && line.ends_with("PRIVATE KEY-----")
        })
}
