//! `seaworthy install`: each client's own file, with all else in it kept, and no secret.

use std::path::Path;

use seaworthy_clients::{CLIENTS, Client, Format, Scope};
use serde_json::{Value, json};

use crate::{
    child::BINARY,
    machine::{Machine, TOKEN},
};

const WITH_TOKEN: [(&str, &str); 1] = [("GITHUB_TOKEN", TOKEN)];

/// What a user may have had in such a file before.
fn earlier(client: &Client) -> &'static str {
    match (client.format, client.name) {
        (Format::Toml, _) => {
            "# mine\nmodel = \"x\"  # why\n\n[mcp_servers.other]\ncommand = \"/bin/o\" # this one\nargs = [ \"a\" ]\n\n[tui]\ntheme = 'dark'\n"
        }
        (Format::Json, _) => {
            "{\n    \"theme\" : \"dark\",\n    \"mcpServers\": {\n        \"other\": {\"command\": \"/bin/o\",\"args\":[ \"a\" ]}\n    },\n    \"n\": 1.0\n}\n"
        }
        (Format::Jsonc, "gemini") => {
            "// mine\n{\n\t\"theme\": \"dark\", /* why */\n\t\"mcpServers\": {\n\t\t\"other\": { \"command\": \"/bin/o\" } // this one\n\t}\n}\n"
        }
        (Format::Jsonc, "zed") => {
            "// mine\n{\n\t\"theme\": \"dark\", /* why */\n\t\"context_servers\": {\n\t\t\"other\": { \"command\": \"/bin/o\", }, // this one\n\t},\n}\n"
        }
        (Format::Jsonc, _) => {
            "// mine\n{\n\t\"inputs\": [], /* why */\n\t\"servers\": {\n\t\t\"other\": { \"command\": \"/bin/o\", }, // this one\n\t},\n}\n"
        }
    }
}

/// The entry of that name, as the client's own file has it.
fn entry(client: &Client, scope: Scope, machine: &Machine, file: &Path, name: &str) -> Value {
    let section = match (client.name, scope) {
        ("claude-code", Scope::Local) => vec![
            "projects".to_owned(),
            machine.project().to_string_lossy().into_owned(),
            "mcpServers".to_owned(),
        ],
        ("codex", _) => vec!["mcp_servers".to_owned()],
        ("vscode", _) => vec!["servers".to_owned()],
        ("zed", _) => vec!["context_servers".to_owned()],
        _ => vec!["mcpServers".to_owned()],
    };
    let text = std::fs::read_to_string(file).unwrap();
    let entries = client.format.entries(&text, &section).unwrap();
    entries.get(name).cloned().unwrap_or_default()
}

#[tokio::test]
async fn each_client_and_scope_goes_there_and_back_to_the_byte() {
    for client in CLIENTS {
        for scope in client.scopes {
            for had in [None, Some(earlier(client))] {
                let machine = Machine::new();
                let at = |verb| [verb, client.name, "--scope", scope.as_str(), "--json"];
                let shown = machine
                    .run_with(
                        &["install", client.name, "--scope", scope.as_str(), "--print"],
                        &WITH_TOKEN,
                    )
                    .await;
                assert_eq!(shown.code, Some(0), "{}", shown.err);
                assert!(shown.out.contains(BINARY), "{}", shown.out);
                assert_eq!(machine.files(), [], "{client:?}: --print wrote something");
                let file = shown.err.trim_end().trim_end_matches(':').to_owned();
                if let Some(had) = had {
                    machine.write(&file, had);
                }

                let done = machine.run_with(&at("install"), &WITH_TOKEN).await;
                assert_eq!(done.code, Some(0), "{}", done.err);
                let done = done.json();
                assert_eq!(done["file"], file, "{client:?}");
                assert_eq!(done["changed"], true);
                assert_eq!(done["backup"].is_string(), had.is_some(), "{done}");
                let file = Path::new(&file);
                let now = entry(client, *scope, &machine, file, "github");
                assert_eq!(now["command"], BINARY, "{client:?}");
                assert_eq!(now["args"], json!(["serve", "github"]));
                if had.is_some() && !(client.name == "claude-code" && *scope == Scope::Local) {
                    let other = entry(client, *scope, &machine, file, "other");
                    assert_eq!(other["command"], "/bin/o", "{client:?}");
                }
                let text = std::fs::read_to_string(file).unwrap();
                let comments = had
                    .unwrap_or_default()
                    .lines()
                    .filter_map(|line| line.find(['#', '/']).map(|at| line[at..].to_owned()));
                for comment in comments.filter(|text| !text.starts_with("/bin")) {
                    assert!(text.contains(&comment), "{client:?} lost {comment}: {text}");
                }

                let again = machine.run_with(&at("install"), &WITH_TOKEN).await;
                assert_eq!(again.json()["changed"], false, "{client:?}");
                assert_eq!(std::fs::read_to_string(file).unwrap(), text);

                let gone = machine.run(&at("uninstall")).await;
                assert_eq!(gone.code, Some(0), "{}", gone.err);
                assert_eq!(gone.json()["removed"][0]["scope"], scope.as_str());
                let left = std::fs::read_to_string(file).ok();
                assert_eq!(left.as_deref(), had, "{client:?} {scope:?}");
            }
        }
    }
}

#[tokio::test]
async fn no_secret_reaches_a_file() {
    let machine = Machine::new();
    for client in CLIENTS {
        let ran = machine
            .run_with(&["install", client.name], &WITH_TOKEN)
            .await;
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert!(!ran.out.contains(TOKEN));
        // nor by the command line
        for setting in ["GITHUB_TOKEN", "HARMLESS"] {
            let setting = format!("{setting}={TOKEN}");
            let refused = machine
                .run(&["install", client.name, "--name", "again", "--env", &setting])
                .await;
            assert_eq!(refused.code, Some(2), "{}", refused.out);
            assert!(
                refused.err.contains("looks like a secret"),
                "{}",
                refused.err
            );
            assert!(!refused.err.contains(TOKEN));
        }
    }
    let files = machine.files();
    assert!(files.len() >= CLIENTS.len());
    for (path, text) in files {
        assert!(!text.contains(TOKEN), "{}", path.display());
    }
}

#[tokio::test]
async fn a_broken_file_is_left_alone() {
    for (client, file, text) in [
        (
            "claude-code",
            ".claude.json",
            "{\"mcpServers\": {\"a\": {\"command\": \"x\"}},}",
        ),
        (
            "codex",
            ".codex/config.toml",
            "[mcp_servers.a\ncommand = \"x\"\n",
        ),
        (
            "gemini",
            ".gemini/settings.json",
            "{\"mcpServers\": [1, 2]}",
        ),
        ("cursor", ".cursor/mcp.json", "// mine\n{}\n"),
    ] {
        let machine = Machine::new();
        let path = machine.write(Path::new("home").join(file), text);
        for words in [
            ["install", client, "--scope", "user"],
            ["uninstall", client, "--scope", "user"],
        ] {
            let ran = machine.run_with(&words, &WITH_TOKEN).await;
            assert_eq!(ran.code, Some(1), "{client}: {}", ran.out);
            assert!(ran.err.contains(file), "{}", ran.err);
            assert!(ran.err.contains("nothing was written"), "{}", ran.err);
        }
        assert_eq!(std::fs::read_to_string(path).unwrap(), text);
        assert_eq!(machine.files().len(), 1);
    }
}

#[tokio::test]
async fn another_server_of_that_name_is_replaced_when_that_is_asked_for() {
    let machine = Machine::new();
    let text = "{\"mcpServers\": {\"github\": {\"command\": \"/bin/other\"}}}\n";
    let file = machine.write("home/.cursor/mcp.json", text);
    let ran = machine.run(&["install", "cursor"]).await;
    assert_eq!(ran.code, Some(2), "{}", ran.out);
    assert!(ran.err.contains("--force"), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    let ran = machine
        .run(&["install", "cursor", "--force", "--json"])
        .await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let backup = ran.json()["backup"].as_str().unwrap().to_owned();
    assert_eq!(std::fs::read_to_string(backup).unwrap(), text);
    assert!(std::fs::read_to_string(&file).unwrap().contains(BINARY));
    // what comes back is no server, and not the other one
    let ran = machine.run(&["uninstall", "cursor"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(
        !std::fs::read_to_string(&file)
            .unwrap_or_default()
            .contains("github")
    );
}

#[tokio::test]
async fn a_name_or_scope_that_cannot_be_is_refused() {
    let machine = Machine::new();
    for (words, said) in [
        (
            &["install", "codex", "--scope", "local"][..],
            "no scope local",
        ),
        (
            &["install", "gemini", "--name", "a_b"],
            "letters, digits and hyphens",
        ),
        (
            &["install", "claude-code", "--name", "workspace"],
            "reserved",
        ),
        (&["install", "emacs"], "invalid value"),
        (&["install", "codex", "--server", "./nowhere"], "nowhere"),
    ] {
        let ran = machine.run(words).await;
        assert_eq!(ran.code, Some(2), "{words:?}: {}", ran.out);
        assert!(ran.err.contains(said), "{words:?}: {}", ran.err);
    }
    assert_eq!(machine.files(), []);
}

#[tokio::test]
async fn a_client_without_an_environment_gets_the_path_of_a_file() {
    let machine = Machine::new();
    let ran = machine
        .run_with(&["install", "claude-desktop", "--json"], &WITH_TOKEN)
        .await;
    let missing = &ran.json()["missing_files"]["GITHUB_TOKEN_FILE"];
    let missing = missing.as_str().unwrap().to_owned();
    assert!(
        missing.starts_with(machine.home().to_str().unwrap()),
        "{missing}"
    );
    let said = machine.run(&["install", "zed", "--scope", "user"]).await;
    assert!(said.out.contains("Put the secret into"), "{}", said.out);
}
