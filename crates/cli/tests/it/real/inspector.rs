//! Behind the MCP Inspector, the protocol's own client for people who develop servers.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    child::{BINARY, Session},
    over_http::{self, Serving},
    programs::{command, node, npm},
};

/// Runs the Inspector against the program on its sample data; gives the exit code and both outputs.
async fn inspect(arguments: &[&str]) -> (Option<i32>, String, String) {
    let home = TempDir::new().unwrap();
    let output = command(node())
        .env("HOME", home.path())
        .current_dir(home.path())
        .arg(npm(
            "@modelcontextprotocol/inspector/clients/launcher/build/index.js",
        ))
        .args(["--cli", BINARY, "serve", "github", "--sample"])
        .args(["--format", "json"])
        .args(arguments)
        .output()
        .await
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// The result of a request in this era.
async fn result(era: &str, arguments: &[&str]) -> Value {
    let arguments = [&["--protocol-era", era], arguments].concat();
    let (code, out, err) = inspect(&arguments).await;
    assert_eq!(code, Some(0), "{arguments:?}: {out}{err}");
    let answer: Value = serde_json::from_str(&out).unwrap();
    answer["result"].clone()
}

#[tokio::test]
async fn the_tools_are_listed_without_a_complaint_in_each_era() {
    let names = Session::sample().await.tools().await;
    for era in ["legacy", "auto", "modern"] {
        let listed = result(era, &["--method", "tools/list", "--strict"]).await;
        let tools = listed["tools"].as_array().unwrap();
        let listed: Vec<_> = tools.iter().map(|tool| &tool["name"]).collect();
        assert_eq!(listed, names.iter().collect::<Vec<_>>(), "{era}");
    }
    let (_, _, complaints) = inspect(&["--method", "tools/list", "--strict"]).await;
    assert_eq!(
        complaints, "",
        "the Inspector finds nothing wrong with the schemas"
    );
}

#[tokio::test]
async fn a_tool_is_called_in_each_era() {
    let call = [
        "--method",
        "tools/call",
        "--tool-name",
        "find_items",
        "--tool-args-json",
    ];
    for era in ["legacy", "modern"] {
        let found = [
            &call[..],
            &[r#"{"repo": "tidewatch/harbor", "page_size": 3}"#],
        ]
        .concat();
        let found = result(era, &found).await;
        let text = found["content"][0]["text"].as_str().unwrap();
        assert!(
            text.starts_with("Items of tidewatch/harbor, open:\n#"),
            "{text}"
        );
        assert_eq!(found["isError"], json!(false));
    }
    // the Inspector exits with an error when the tool's answer is one
    let wrong = [&call[..], &[r#"{"repo": "tidewatch/moat"}"#]].concat();
    let (code, out, err) = inspect(&wrong).await;
    assert!(
        code != Some(0) || out.contains("\"isError\":true"),
        "{out}{err}"
    );
    assert!(
        format!("{out}{err}").contains("was not found"),
        "{out}{err}"
    );
}

#[tokio::test]
async fn resources_and_prompts_are_read_in_each_era() {
    for era in ["legacy", "modern"] {
        let read = [
            "--method",
            "resources/read",
            "--uri",
            "github://tidewatch/harbor/readme",
        ];
        let read = result(era, &read).await;
        let text = read["contents"][0]["text"].as_str().unwrap();
        assert!(text.contains("| # harbor"), "{text}");
        let prompt = [
            "--method",
            "prompts/get",
            "--prompt-name",
            "triage",
            "--prompt-args",
            "repo=tidewatch/harbor",
        ];
        let prompt = result(era, &prompt).await;
        let text = prompt["messages"][0]["content"]["text"].as_str().unwrap();
        assert!(
            text.contains("Triage the issues of tidewatch/harbor"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn over_http_the_same_is_listed_with_a_token_and_nothing_without() {
    let folder = over_http::folder();
    let (server, token) = Serving::sample(folder.path()).await;
    let names = Session::sample().await.tools().await;
    let ask = async |era: &str, token: &str| {
        let header = format!("Authorization: Bearer {token}");
        let home = TempDir::new().unwrap();
        let output = command(node())
            .env("HOME", home.path())
            .current_dir(home.path())
            .arg(npm(
                "@modelcontextprotocol/inspector/clients/launcher/build/index.js",
            ))
            .args([
                "--cli",
                &server.url,
                "--transport",
                "http",
                "--header",
                &header,
            ])
            .args([
                "--format",
                "json",
                "--protocol-era",
                era,
                "--method",
                "tools/list",
            ])
            .output()
            .await
            .unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
        )
    };
    for era in ["legacy", "modern"] {
        let (code, out) = ask(era, &token).await;
        assert_eq!(code, Some(0), "{era}: {out}");
        let answer: Value = serde_json::from_str(&out).unwrap();
        let tools = answer["result"]["tools"].as_array().unwrap();
        let listed: Vec<_> = tools.iter().map(|tool| &tool["name"]).collect();
        assert_eq!(listed, names.iter().collect::<Vec<_>>(), "{era}");
        let (code, out) = ask(era, "seaworthy_wrong").await;
        assert_ne!(code, Some(0), "{era}: {out}");
    }
}
