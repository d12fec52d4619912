//! `seaworthy new --api` as its users meet it, and what it makes through the project's own pipeline.

use std::{fs, path::Path, process::Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    new::{Ran, new},
    programs::command,
    toolchain::{kept, registries, tools},
};

const DOCUMENTS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../scaffold/src/openapi/documents"
);

fn document(name: &str) -> String {
    format!("{DOCUMENTS}/{name}.json")
}

fn read(project: &Path, file: &str) -> String {
    fs::read_to_string(project.join(file)).unwrap()
}

async fn run(program: &str, words: &[&str], project: &Path, variables: &[(&str, &str)]) -> Ran {
    let output = command(program)
        .args(words)
        .current_dir(project)
        .envs(variables.iter().copied())
        .envs(registries())
        .env("HOME", std::env::var_os("HOME").unwrap())
        .env("PATH", tools())
        .env("UV_CACHE_DIR", kept("uv-cache"))
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    Ran {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[tokio::test]
async fn groups_are_listed_and_nothing_is_made() {
    let root = TempDir::new().unwrap();
    let shop = document("shop");
    let ran = new(&["--api", &shop, "--list-groups"], root.path()).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(
        ran.out
            .contains("* find_pets: GET /pets, GET /pets/{}, GET /pets/{}/photos\n"),
        "{}",
        ran.out
    );
    assert!(
        ran.out
            .contains("create_pet mirrors POST /pets: join it with find_pets"),
        "{}",
        ran.out
    );
    let ran = new(&["--api", &shop, "--list-groups", "--json"], root.path()).await;
    let listed: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(listed["groups"][1]["group"], "pets");
    assert_eq!(listed["groups"][1]["tools"][0]["tool"], "find_pets");
    assert_eq!(
        listed["left_out"][0]["operation"],
        "POST /pets/{petId}/photos"
    );
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn chosen_groups_become_tools_and_mirrors_are_warned_about() {
    let root = TempDir::new().unwrap();
    let words = [
        "pet-shop",
        "--yes",
        "--json",
        "--api",
        &document("shop"),
        "--group",
        "pets",
        "--group",
        "find_orders",
    ];
    let ran = new(&words, root.path()).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let made: Value = serde_json::from_str(&ran.out).unwrap();
    let tools = [
        "create_pet",
        "delete_pet",
        "find_orders",
        "find_pets",
        "replace_pet",
        "update_pet",
    ];
    assert_eq!(made["api"]["tools"], serde_json::json!(tools));
    assert_eq!(made["features"], serde_json::json!(["key", "openapi"]));
    assert_eq!(made["api"]["warnings"].as_array().unwrap().len(), 2);
    let project = root.path().join("pet-shop");
    for tool in tools {
        assert!(
            project
                .join(format!("src/pet_shop/tools/{tool}.py"))
                .exists(),
            "{tool}"
        );
        assert!(
            read(&project, "mcp.lock").contains(&format!("name = \"{tool}\"")),
            "{tool}"
        );
    }
    assert!(!project.join("src/pet_shop/tools/import_issue.py").exists());
    assert!(read(&project, "README.md").contains("## Tools from the API"));
    assert_eq!(
        read(&project, "openapi.json"),
        fs::read_to_string(document("shop")).unwrap()
    );
    assert!(read(&project, "src/pet_shop/settings.py").contains("https://eu.petshop.example/v2"));
}

#[tokio::test]
async fn an_upgrade_renders_the_tools_again_and_wants_their_document() {
    let root = TempDir::new().unwrap();
    let ran = new(
        &["fleet-tools", "--yes", "--api", &document("fleet")],
        root.path(),
    )
    .await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(
        ran.out
            .contains("FLEET_TOOLS_API_KEY and FLEET_TOOLS_API_URL"),
        "{}",
        ran.out
    );
    let project = root.path().join("fleet-tools");
    let program = env!("CARGO_BIN_EXE_seaworthy");
    let ran = run(program, &["upgrade", "--diff"], &project, &[]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.starts_with("Nothing to do"), "{}", ran.out);
    fs::write(project.join("openapi.json"), "{}").unwrap();
    let ran = run(program, &["upgrade", "--diff"], &project, &[]).await;
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.err.contains("openapi.json is not the document"),
        "{}",
        ran.err
    );
    fs::remove_file(project.join("openapi.json")).unwrap();
    let ran = run(program, &["upgrade", "--diff"], &project, &[]).await;
    assert!(ran.err.contains("openapi.json is missing"), "{}", ran.err);
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_nothing_is_left() {
    let root = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(root.path().join(name), text).unwrap();
    write("api.yaml", "openapi: 3.0.0\n");
    write("swagger.json", r#"{"swagger": "2.0"}"#);
    write("binary.json", "\u{0}");
    let shop = document("shop");
    for (words, reason) in [
        (
            &["a-shop", "--api", "none.json"] as &[&str],
            "could not be read",
        ),
        (&["a-shop", "--api", "api.yaml"], "yq -o json"),
        (&["a-shop", "--api", "swagger.json"], "swagger2openapi"),
        (&["a-shop", "--api", "binary.json"], "cannot be used"),
        (
            &["a-shop", "--api", &shop, "--group", "cats"],
            "no group or tool \"cats\"",
        ),
        (&["a-shop", "--group", "pets"], "--api"),
        (&["a-shop", "--list-groups"], "--api"),
    ] {
        let ran = new(words, root.path()).await;
        assert_eq!(ran.code, Some(2), "{words:?}: {}", ran.out);
        assert!(ran.err.contains(reason), "{words:?}: {}", ran.err);
        assert!(!root.path().join("a-shop").exists(), "{words:?}");
    }
}

/// Needs uv, and its packages from the registry or the cache.
#[tokio::test]
async fn the_pipeline_of_a_project_passes_and_the_gate_finds_nothing() {
    let root = TempDir::new().unwrap();
    for (name, api) in [("fleet-tools", "fleet"), ("evil-tools", "hostile")] {
        let ran = new(&[name, "--yes", "--api", &document(api)], root.path()).await;
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let project = root.path().join(name);
        let ran = run("sh", &["check", "--fast"], &project, &[]).await;
        assert_eq!(ran.code, Some(0), "{name}: {}{}", ran.out, ran.err);
    }
    let project = root.path().join("fleet-tools");
    let database = project.join(".venv/notes.sqlite3");
    let variables = [
        ("FLEET_TOOLS_API_KEY", "none"),
        ("FLEET_TOOLS_API_URL", "http://127.0.0.1:9"),
        ("FLEET_TOOLS_DATABASE", database.to_str().unwrap()),
    ];
    let words = ["check", ".", "--active", "--fail-on", "warning"];
    let ran = run(
        env!("CARGO_BIN_EXE_seaworthy"),
        &words,
        &project,
        &variables,
    )
    .await;
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("0 errors, 0 warnings"), "{}", ran.out);
}

/// Needs cargo, and its crates from the registry or the cache. What was built stays below
/// `target/tmp`, so that only the first run is slow.
#[tokio::test]
async fn the_pipeline_of_a_project_in_rust_passes_and_the_gate_finds_nothing() {
    let root = TempDir::new().unwrap();
    let target = kept("project-rust");
    let own = [("CARGO_TARGET_DIR", target.to_str().unwrap())];
    // the last one, whose program the gate starts, is the one without harm
    for (name, api) in [("evil-tools", "hostile"), ("fleet-tools", "fleet")] {
        let words = [name, "--lang", "rust", "--yes", "--api", &document(api)];
        let ran = new(&words, root.path()).await;
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let project = root.path().join(name);
        std::os::unix::fs::symlink(&target, project.join("target")).unwrap();
        let ran = run("sh", &["check", "--fast"], &project, &own).await;
        assert_eq!(ran.code, Some(0), "{name}: {}{}", ran.out, ran.err);
    }
    let project = root.path().join("fleet-tools");
    let built = run("cargo", &["build", "--locked", "--quiet"], &project, &own).await;
    assert_eq!(built.code, Some(0), "{}", built.err);
    let database = root.path().join("notes.sqlite3");
    let variables = [
        own[0],
        ("FLEET_TOOLS_API_KEY", "none"),
        ("FLEET_TOOLS_API_URL", "http://127.0.0.1:9"),
        ("FLEET_TOOLS_DATABASE", database.to_str().unwrap()),
    ];
    let words = ["check", ".", "--active", "--fail-on", "warning"];
    let program = env!("CARGO_BIN_EXE_seaworthy");
    let ran = run(program, &words, &project, &variables).await;
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("0 errors, 0 warnings"), "{}", ran.out);
}

#[tokio::test]
async fn both_languages_offer_the_same_tools() {
    let root = TempDir::new().unwrap();
    let mut locks = Vec::new();
    for language in ["python", "rust"] {
        let words = [
            language,
            "--lang",
            language,
            "--yes",
            "--api",
            &document("shop"),
        ];
        let ran = new(&words, root.path()).await;
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let lock = read(&root.path().join(language), "mcp.lock");
        let names: Vec<_> = lock
            .lines()
            .filter(|line| line.starts_with("name = ") || line.starts_with("description = "))
            .map(str::to_owned)
            .collect();
        locks.push(names);
    }
    assert_eq!(locks[0], locks[1]);
}
