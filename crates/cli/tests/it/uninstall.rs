//! `seaworthy uninstall`: one entry, wherever it is, and nothing else.

use crate::machine::Machine;

#[tokio::test]
async fn what_the_user_changed_meanwhile_stays() {
    let machine = Machine::new();
    let file = machine.write("home/.codex/config.toml", "model = \"x\"\n");
    let ran = machine.run(&["install", "codex"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let text = std::fs::read_to_string(&file).unwrap();
    let edited = format!("# mine\n{text}\n[mcp_servers.later]\ncommand = \"/bin/l\"\n");
    std::fs::write(&file, &edited).unwrap();
    let ran = machine.run(&["uninstall", "codex"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let left = std::fs::read_to_string(&file).unwrap();
    assert!(left.starts_with("# mine\nmodel = \"x\"\n"), "{left}");
    assert!(
        left.contains("[mcp_servers.later]\ncommand = \"/bin/l\"\n"),
        "{left}"
    );
    assert!(!left.contains("github"), "{left}");
    let backup = file.with_file_name("config.toml.seaworthy-backup");
    assert_eq!(std::fs::read_to_string(backup).unwrap(), edited);
}

#[tokio::test]
async fn it_is_taken_out_of_every_scope_or_of_the_one_that_is_named() {
    let machine = Machine::new();
    for scope in ["local", "project", "user"] {
        let ran = machine
            .run(&["install", "claude-code", "--scope", scope])
            .await;
        assert_eq!(ran.code, Some(0), "{}", ran.err);
    }
    let ran = machine
        .run(&["uninstall", "claude-code", "--scope", "project"])
        .await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("project scope"), "{}", ran.out);
    assert!(!machine.project().join(".mcp.json").exists());
    let ran = machine.run(&["uninstall", "claude-code", "--json"]).await;
    let scopes: Vec<_> = ran.json()["removed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["scope"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(scopes, ["local", "user"]);
    let ran = machine.run(&["uninstall", "claude-code"]).await;
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    assert!(ran.err.contains("no server called github"), "{}", ran.err);
}

#[tokio::test]
async fn another_name_is_another_server() {
    let machine = Machine::new();
    for name in ["one", "two"] {
        let ran = machine.run(&["install", "vscode", "--name", name]).await;
        assert_eq!(ran.code, Some(0), "{}", ran.err);
    }
    let ran = machine.run(&["uninstall", "vscode", "--name", "one"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let file = machine.home().join(".config/Code/User/mcp.json");
    let text = std::fs::read_to_string(file).unwrap();
    assert!(
        text.contains("\"two\"") && !text.contains("\"one\""),
        "{text}"
    );
}
