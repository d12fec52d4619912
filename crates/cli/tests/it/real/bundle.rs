//! Our bundles in the hands of the format's own program (`@anthropic-ai/mcpb`).

use std::path::Path;

use crate::{
    bundle::manifest,
    child::BINARY,
    machine::Machine,
    programs::{command, node, npm},
};

async fn mcpb(words: &[&str], path: &Path, further: &[&Path]) -> String {
    let output = command(node())
        .arg(npm("@anthropic-ai/mcpb/dist/cli/cli.js"))
        .args(words)
        .arg(path)
        .args(further)
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {said}{complained}");
    said
}

#[tokio::test]
async fn the_official_program_reads_and_unpacks_a_bundle() {
    let machine = Machine::new();
    let json = manifest("server/notes", "binary");
    let file = machine.write("project/manifest.json", &json.to_string());
    mcpb(&["validate"], &file, &[]).await;
    let script = machine.script(
        "project/server/notes",
        &format!("exec '{BINARY}' serve github --sample"),
    );
    let ran = machine.run(&["bundle", "--json"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let bundle = machine.project().join("notes-1.2.3.mcpb");
    let info = mcpb(&["info"], &bundle, &[]).await;
    assert!(info.contains("notes-1.2.3.mcpb"), "{info}");
    let folder = machine.folder("bin").join("unpacked");
    mcpb(&["unpack"], &bundle, &[&folder]).await;
    mcpb(&["validate"], &folder.join("manifest.json"), &[]).await;
    let unpacked = folder.join("server/notes");
    assert_eq!(
        std::fs::read(&unpacked).unwrap(),
        std::fs::read(script).unwrap()
    );
    // and it can be run
    let output = command(unpacked).arg("--version").output().await;
    assert!(output.is_ok(), "{output:?}");
}
