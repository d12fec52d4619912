//! `seaworthy bundle`: what is packed, what never is, and that the bundle starts. Python's `zipfile` unpacks.

#![cfg(unix)]

use std::{collections::BTreeMap, path::Path};

use serde_json::{Value, json};

use crate::{
    child::BINARY,
    machine::{Machine, Ran, TOKEN},
    programs::command,
};

/// The sound manifest of a server that a program in the bundle starts.
pub fn manifest(entry_point: &str, sort: &str) -> Value {
    json!({
        "manifest_version": "0.4", "name": "notes", "version": "1.2.3", "description": "Notes",
        "author": {"name": "Ada Byron"},
        "server": {"type": sort, "entry_point": entry_point, "mcp_config": {
            "command": format!("${{__dirname}}/{entry_point}"), "args": ["${user_config.folder}", "${user_config.tags}"],
            "env": {"NOTES_API_KEY": "${user_config.api_key}", "NOTES_HOME": "${HOME}/notes"},
        }},
        "user_config": {
            "api_key": {"type": "string", "title": "Key", "description": "Key", "sensitive": true, "required": true},
            "folder": {"type": "directory", "title": "Folder", "description": "Folder", "required": true},
            "tags": {"type": "string", "title": "Tags", "description": "Tags", "multiple": true, "default": ["a", "b c"]},
        },
    })
}

/// A server that checks what it was given, and is the sample's.
fn server() -> String {
    let checks = [
        "[ -d \"$1\" ] || { echo no folder >&2; exit 1; }",
        "[ \"$2,$3\" = 'a,b c' ] || { echo \"tags: $2,$3\" >&2; exit 1; }",
        "[ \"$NOTES_API_KEY\" = placeholder ] || { echo no key >&2; exit 1; }",
        "[ -z \"$GITHUB_TOKEN\" ] || { echo too much >&2; exit 1; }",
        "case \"$NOTES_HOME\" in */notes) ;; *) exit 1 ;; esac",
    ];
    format!(
        "{}\nexec '{BINARY}' serve github --sample",
        checks.join("\n")
    )
}

/// A project whose server is one script.
fn project(machine: &Machine) {
    machine.write(
        "project/manifest.json",
        &manifest("server/notes", "binary").to_string(),
    );
    machine.script("project/server/notes", &server());
}

async fn bundle(machine: &Machine, words: &[&str]) -> Ran {
    let words: Vec<_> = ["bundle", "--json"].iter().chain(words).copied().collect();
    machine.run_with(&words, &[("GITHUB_TOKEN", TOKEN)]).await
}

/// Names, rights and times, as Python's own library reads them.
async fn contents(file: &Path) -> BTreeMap<String, String> {
    const LIST: &str = "import sys, zipfile\narchive = zipfile.ZipFile(sys.argv[1])\nassert archive.testzip() is None\nfor one in archive.infolist():\n    print(one.filename, oct(one.external_attr >> 16 & 0o777), one.date_time[0])";
    let output = command("python3")
        .args(["-c", LIST])
        .arg(file)
        .output()
        .await
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| line.split_once(' ').unwrap())
        .map(|(name, rest)| (name.to_owned(), rest.to_owned()))
        .collect()
}

async fn names(machine: &Machine) -> Vec<String> {
    let ran = bundle(machine, &[]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let file = ran.json()["file"].as_str().unwrap().to_owned();
    contents(Path::new(&file)).await.into_keys().collect()
}

#[tokio::test]
async fn a_bundle_starts_and_is_the_same_for_the_same_files() {
    let machine = Machine::new();
    project(&machine);
    machine.write("project/README.md", "# Notes\n");
    let ran = bundle(&machine, &[]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let first = ran.json();
    assert!(first["tools"].as_u64().unwrap() > 10, "{first}");
    let file = machine.project().join("notes-1.2.3.mcpb");
    assert_eq!(first["file"], file.to_str().unwrap());
    let packed = contents(&file).await;
    let expected = [
        ("README.md", "0o644 1980"),
        ("manifest.json", "0o644 1980"),
        ("server/notes", "0o755 1980"),
    ];
    let packed: Vec<_> = packed
        .iter()
        .map(|(name, rest)| (name.as_str(), rest.as_str()))
        .collect();
    assert_eq!(packed, expected);
    // other times, another order, another place
    let readme = machine.project().join("README.md");
    std::fs::remove_file(&readme).unwrap();
    std::fs::write(&readme, "# Notes\n").unwrap();
    let other = machine.folder("bin").join("other.mcpb");
    let ran = bundle(&machine, &["--output", other.to_str().unwrap()]).await;
    assert_eq!(ran.json()["sha256"], first["sha256"], "{}", ran.err);
    assert_eq!(std::fs::read(other).unwrap(), std::fs::read(file).unwrap());
    // what the trial is given beside
    for (given, code) in [("GITHUB_TOKEN", 1), ("GITHUB_TOKEN=", 0), ("=x", 2)] {
        let ran = bundle(&machine, &["--env", given]).await;
        assert_eq!(ran.code, Some(code), "{given}: {}", ran.err);
        assert!(!ran.err.contains(TOKEN), "{}", ran.err);
    }
    // for people
    let ran = machine.run(&["bundle"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.starts_with("notes 1.2.3 in "), "{}", ran.out);
}

#[tokio::test]
async fn a_rust_project_is_its_program() {
    let machine = Machine::new();
    let entry_point = "target/release/notes";
    machine.write(
        "project/manifest.json",
        &manifest(entry_point, "binary").to_string(),
    );
    machine.write(
        "project/Cargo.toml",
        "[package]\nname = \"notes\"\nversion = \"1.2.3\"\n",
    );
    machine.write("project/src/main.rs", "fn main() {}\n");
    machine.write("project/LICENSE", "MIT\n");
    let ran = bundle(&machine, &[]).await;
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    assert!(ran.err.contains("cargo build --release"), "{}", ran.err);
    machine.script("project/target/release/notes", &server());
    assert_eq!(
        names(&machine).await,
        ["LICENSE", "manifest.json", entry_point]
    );
}

#[tokio::test]
async fn a_python_project_is_its_sources() {
    let machine = Machine::new();
    let mut manifest = manifest("src/notes/__main__.py", "uv");
    manifest["server"]["mcp_config"]["command"] = json!("uv");
    manifest["server"]["mcp_config"]["args"] =
        json!(["run", "--directory", "${__dirname}", "notes"]);
    machine.write("project/manifest.json", &manifest.to_string());
    machine.script(
        "bin/uv",
        &format!("[ -f \"$3/uv.lock\" ] || exit 1\nexec '{BINARY}' serve github --sample"),
    );
    machine.write(
        "project/pyproject.toml",
        "[project]\nname = \"notes\"\nversion = \"1.2.3\"\n",
    );
    for file in [
        ".env",
        ".env.example",
        ".git/HEAD",
        ".github/workflows/ci.yml",
        ".gitignore",
        ".mypy_cache/x",
        ".venv/bin/python",
        "dist/notes.whl",
        "local.db",
        "src/notes/__init__.py",
        "src/notes/__main__.py",
        "src/notes/__pycache__/a.pyc",
        "tests/test_notes.py",
        "uv.lock",
    ] {
        machine.write(Path::new("project").join(file), "x\n");
    }
    machine.write("project/.gitignore", "*.db\n");
    let ran = bundle(&machine, &[]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(ran.json()["left_out"], json!([".env"]));
    assert_eq!(
        names(&machine).await,
        [
            "manifest.json",
            "pyproject.toml",
            "src/notes/__init__.py",
            "src/notes/__main__.py",
            "uv.lock"
        ]
    );
}

#[tokio::test]
async fn a_node_project_has_its_packages_but_those_for_development() {
    let machine = Machine::new();
    let mut manifest = manifest("dist/server.js", "node");
    manifest["server"]["mcp_config"]["command"] = json!("node");
    manifest["server"]["mcp_config"]["args"] = json!(["${__dirname}/dist/server.js"]);
    machine.write("project/manifest.json", &manifest.to_string());
    machine.script(
        "bin/node",
        &format!("[ -f \"$1\" ] || exit 1\nexec '{BINARY}' serve github --sample"),
    );
    machine.write(
        "project/package.json",
        "{\"name\": \"notes\", \"version\": \"1.2.3\"}",
    );
    let lock =
        json!({"packages": {"node_modules/used": {}, "node_modules/@types/dev": {"dev": true}}});
    machine.write("project/node_modules/.package-lock.json", &lock.to_string());
    for file in [
        "node_modules/used/index.js",
        "node_modules/used/data.db",
        "node_modules/@types/dev/index.js",
        "node_modules/.bin/tsc",
        "dist/server.js",
        "docs/long.md",
        "package-lock.json",
    ] {
        machine.write(Path::new("project").join(file), "x\n");
    }
    machine.write("project/.mcpbignore", "docs/\n");
    assert_eq!(
        names(&machine).await,
        [
            "dist/server.js",
            "manifest.json",
            "node_modules/used/data.db",
            "node_modules/used/index.js",
            "package.json"
        ]
    );
}

#[tokio::test]
async fn secrets_are_refused_unless_they_are_asked_for_by_name() {
    let machine = Machine::new();
    project(&machine);
    let key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\n";
    for (file, text) in [("server/notes.db", "x"), ("server/id", key)] {
        machine.write(Path::new("project").join(file), text);
        let ran = bundle(&machine, &[]).await;
        assert_eq!(ran.code, Some(1), "{}", ran.out);
        assert!(
            ran.err.contains(file) && ran.err.contains(".mcpbignore"),
            "{}",
            ran.err
        );
        std::fs::remove_file(machine.project().join(file)).unwrap();
    }
    machine.write("project/server/notes.db", "x");
    machine.write("project/.mcpbignore", "server/*.db\n");
    assert_eq!(names(&machine).await, ["manifest.json", "server/notes"]);
    machine.write("project/.mcpbignore", "!server/notes.db\n");
    assert_eq!(
        names(&machine).await,
        ["manifest.json", "server/notes", "server/notes.db"]
    );
    let outside = machine.write("outside.txt", "not ours\n");
    std::os::unix::fs::symlink(outside, machine.project().join("server/link.txt")).unwrap();
    let ran = bundle(&machine, &[]).await;
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    assert!(ran.err.contains("leads out of the project"), "{}", ran.err);
}

#[tokio::test]
async fn what_does_not_fit_or_start_gives_no_bundle() {
    let machine = Machine::new();
    let ran = bundle(&machine, &[]).await;
    assert_eq!(ran.code, Some(2), "{}", ran.out);
    assert!(ran.err.contains("manifest.json"), "{}", ran.err);
    project(&machine);
    let sound = manifest("server/notes", "binary");
    for (at, value, said) in [
        (
            "/server/entry_point",
            json!("server/other"),
            "server/other, which is not in the bundle",
        ),
        (
            "/server/entry_point",
            json!("../notes"),
            "leads out of its folder",
        ),
        ("/version", json!("1.2.4"), "package.json says 1.2.3"),
        ("/server/mcp_config/args", json!([]), "it said: no folder"),
    ] {
        let mut json = sound.clone();
        *json.pointer_mut(at).unwrap() = value;
        machine.write("project/manifest.json", &json.to_string());
        machine.write("project/package.json", "{\"version\": \"1.2.3\"}");
        let ran = bundle(&machine, &[]).await;
        assert_eq!(ran.code, Some(1), "{}", ran.out);
        assert!(ran.err.contains(said), "{at}: {}", ran.err);
    }
    // nor does a half-written one stay
    let left: Vec<_> = machine
        .files()
        .into_iter()
        .map(|(path, _)| path.file_name().unwrap().to_string_lossy().into_owned())
        .filter(|name| name.contains(".mcpb") || name.starts_with(".tmp"))
        .collect();
    assert_eq!(left, [""; 0]);
}
