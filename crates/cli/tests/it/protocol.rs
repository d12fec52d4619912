//! The protocol, end to end: the program on its sample data behind the SDK's client in both eras,
//! and behind raw lines where the wire itself is what matters.

use std::time::{Duration, Instant};

use rmcp::model::{
    CallToolRequestParams, CompletionContext, ElicitationAction, GetPromptRequestParams,
    ReadResourceRequestParams, ResourceContents,
};
use seaworthy_sample::{FAILING_PR, INJECTION_ISSUE, LONG_ISSUE, READY_PR, REPO};
use serde_json::{Value, json};
use tokio::{io::AsyncReadExt, net::TcpListener, time::timeout};

use crate::{
    child::{Era, Session, after, serve},
    programs::command,
    wire::{Wire, call, modern, text},
};

/// One sensible call of each tool, and what its answer holds.
fn examples() -> Vec<(&'static str, Value, &'static str)> {
    let repo = REPO;
    vec![
        (
            "delete_resource",
            json!({"repo": repo, "kind": "branch", "name": "perf/station-cache"}),
            "PREVIEW - no action taken. Would delete branch perf/station-cache",
        ),
        (
            "diagnose_ci",
            json!({"repo": repo, "number": FAILING_PR}),
            "fail",
        ),
        (
            "find_items",
            json!({"repo": repo, "kind": "issue", "page_size": 3}),
            "MORE AVAILABLE: ",
        ),
        ("get_context", json!({"repo": repo}), "user: @mira-okafor"),
        (
            "history",
            json!({"repo": repo, "page_size": 3}),
            "Commits of tidewatch/harbor, newest first:\ncommit ",
        ),
        (
            "merge_pull_request",
            json!({"repo": repo, "number": READY_PR}),
            "PREVIEW - no action taken. Would merge tidewatch/harbor#312",
        ),
        (
            "propose_change",
            json!({"repo": repo, "branch": "docs/pier", "message": "Say where the pier is",
                "files": [{"path": "docs/pier.md", "content": "North of the lock.\n"}]}),
            "Opened: pull request #",
        ),
        (
            "read_code",
            json!({"repo": repo, "path": "Cargo.toml"}),
            "2| name = \"tide-core\"",
        ),
        (
            "read_issue",
            json!({"repo": repo, "number": LONG_ISSUE}),
            "predictions for Cuxhaven drift",
        ),
        (
            "read_pull_request",
            json!({"repo": repo, "number": READY_PR}),
            "Cache station metadata between predictions",
        ),
        (
            "repo_overview",
            json!({"repo": repo}),
            "default branch main",
        ),
        (
            "review_pull_request",
            json!({"repo": repo, "number": READY_PR, "body": "Which lifetime has an entry?"}),
            "Sent: review ",
        ),
        (
            "run_python",
            json!({"code": "import tools\nprint(tools.get_context()[\"login\"])"}),
            "| mira-okafor",
        ),
        (
            "search_code",
            json!({"repo": repo, "query": "tide"}),
            "matches in code for: tide repo:tidewatch/harbor",
        ),
        (
            "write_issue",
            json!({"repo": repo, "action": "comment", "number": INJECTION_ISSUE, "body": "Seen."}),
            "omment",
        ),
    ]
}

#[tokio::test]
async fn each_tool_answers_in_both_eras() {
    for era in [Era::Handshake, Era::Modern] {
        let session = Session::start(&["--sample"], &[], era, None).await;
        let examples = examples();
        let names: Vec<_> = examples.iter().map(|(name, ..)| *name).collect();
        assert_eq!(session.tools().await, names, "an example for each tool");
        for (tool, arguments, sign) in examples {
            let answer = session.good(tool, arguments).await;
            assert!(answer.contains(sign), "{tool}: {answer}");
        }
    }
}

#[tokio::test]
async fn lists_resources_and_prompts_are_the_same_in_both_eras() {
    let mut seen = Vec::new();
    for era in [Era::Handshake, Era::Modern] {
        let session = Session::start(&["--sample"], &[], era, None).await;
        let client = &session.client;
        let resources = client.list_all_resources().await.unwrap();
        let templates = client.list_all_resource_templates().await.unwrap();
        let prompts = client.list_all_prompts().await.unwrap();
        let tools = client.list_all_tools().await.unwrap();
        seen.push(json!([resources, templates, prompts, tools]));
    }
    assert_eq!(seen[0], seen[1]);
    let uris: Vec<_> = seen[0][0]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| &r["uri"])
        .collect();
    assert!(uris.contains(&&json!("github://limits")), "{uris:?}");
    assert!(
        uris.contains(&&json!("github://reference/statuses")),
        "{uris:?}"
    );
    assert_eq!(
        seen[0][1][1]["uriTemplate"],
        "github://{owner}/{repo}/readme"
    );
    let prompts: Vec<_> = seen[0][2]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| &p["name"])
        .collect();
    assert_eq!(prompts, ["investigate", "review", "triage"]);
}

#[tokio::test]
async fn wrong_calls_are_answered_with_instructions() {
    let session = Session::sample().await;
    for (tool, arguments, what, next) in [
        (
            "merge_pull_request",
            json!({"repo": REPO, "number": 99_999}),
            "pull request tidewatch/harbor#99999 was not found",
            "find_items kind=pull",
        ),
        (
            "find_items",
            json!({"repo": REPO, "colour": "red"}),
            "unknown field `colour`",
            "correct the argument",
        ),
        (
            "find_items",
            json!({"repo": REPO, "page_size": "many"}),
            "invalid argument page_size",
            "correct the argument",
        ),
        (
            "find_items",
            json!({"repo": "nonsense"}),
            "must be owner/name",
            "correct the argument",
        ),
        (
            "find_items",
            json!({"repo": REPO, "cursor": "made-up"}),
            "cursor",
            "",
        ),
        ("repo_overview", json!({}), "missing field `repo`", ""),
        (
            "repo_overview",
            json!({"repo": "tidewatch/nowhere"}),
            "was not found",
            "check owner and name",
        ),
    ] {
        let error = session.bad(tool, arguments).await;
        assert!(error.contains(what), "{error}");
        let (_, said) = error.split_once("NEXT: ").unwrap();
        assert!(said.contains(next), "{error}");
    }
}

#[tokio::test]
async fn a_list_is_paged_to_its_end_without_gap_or_repeat() {
    let session = Session::sample().await;
    let mut arguments = json!({"repo": REPO, "kind": "issue", "page_size": 500});
    let mut numbers = Vec::new();
    loop {
        let page = session.good("find_items", arguments.clone()).await;
        let items = page.lines().filter(|line| line.starts_with('#'));
        let before = numbers.len();
        numbers.extend(items.map(|line| line.split(' ').next().unwrap().to_owned()));
        assert!(numbers.len() - before <= 50, "{page}");
        if !page.contains("MORE AVAILABLE: ") {
            break;
        }
        arguments["cursor"] = after(&page, "cursor=").into();
    }
    assert_eq!(numbers.len(), 240);
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 240);
}

#[tokio::test]
async fn resources_are_read() {
    let session = Session::sample().await;
    for (uri, sign) in [
        ("github://limits".to_owned(), "limit core: "),
        (
            "github://reference/search-qualifiers".to_owned(),
            "is:issue",
        ),
        ("github://reference/statuses".to_owned(), "not_planned"),
        (format!("github://{REPO}/readme"), "\n| # harbor\n"),
        (format!("github://{REPO}/file/src/main.rs"), "\n1| "),
    ] {
        let request = ReadResourceRequestParams::new(&uri);
        let read = session.client.read_resource(request).await.unwrap();
        let ResourceContents::TextResourceContents { text, .. } = &read.contents[0] else {
            panic!("{uri} is text");
        };
        assert!(text.contains(sign), "{uri}: {text}");
    }
    let folder = ReadResourceRequestParams::new(format!("github://{REPO}/file/docs"));
    let error = session.client.read_resource(folder).await.unwrap_err();
    assert!(error.to_string().contains("is a folder"), "{error}");
    let nowhere = ReadResourceRequestParams::new("github://x/y/z");
    let error = session.client.read_resource(nowhere).await.unwrap_err();
    assert!(
        error.to_string().contains("there is no resource"),
        "{error}"
    );
}

#[tokio::test]
async fn prompts_are_filled_in() {
    let session = Session::sample().await;
    for (name, arguments) in [
        ("investigate", json!({"repo": REPO, "number": "309"})),
        ("review", json!({"repo": REPO, "number": "309"})),
        ("triage", json!({"repo": REPO, "label": "bug"})),
    ] {
        let arguments = serde_json::from_value(arguments).unwrap();
        let request = GetPromptRequestParams::new(name).with_arguments(arguments);
        let prompt = session.client.get_prompt(request).await.unwrap();
        let prompt = serde_json::to_string(&prompt.messages).unwrap();
        assert!(prompt.contains(REPO), "{name}: {prompt}");
        let tools = session.tools().await;
        for (before, _) in prompt.match_indices(" repo=") {
            let tool = prompt[..before].rsplit([' ', '`', '(']).next().unwrap();
            assert!(tools.iter().any(|name| name == tool), "{tool} of {name}");
        }
    }
    let request = GetPromptRequestParams::new("review");
    let error = session.client.get_prompt(request).await.unwrap_err();
    assert!(error.to_string().contains("repo: is missing"), "{error}");
}

#[tokio::test]
async fn arguments_are_completed() {
    let session = Session::sample().await;
    let client = &session.client;
    let known = |name: &str, value: &str| {
        let known = [(name.to_owned(), value.to_owned())].into();
        Some(CompletionContext::with_arguments(known))
    };
    for (argument, typed, context, expected) in [
        ("repo", "har", None, "tidewatch/harbor"),
        ("state", "cl", None, "closed"),
        ("label", "bu", known("repo", REPO), "bug"),
    ] {
        let completed = client.complete_prompt_argument("triage", argument, typed, context);
        let values = completed.await.unwrap().values;
        assert_eq!(values.first().unwrap(), expected, "{values:?}");
    }
    for (argument, typed, context, expected) in [
        ("owner", "ti", None, "tidewatch"),
        ("repo", "har", known("owner", "tidewatch"), "harbor"),
    ] {
        let uri = "github://{owner}/{repo}/readme";
        let completed = client.complete_resource_argument(uri, argument, typed, context);
        let values = completed.await.unwrap().values;
        assert_eq!(values.first().unwrap(), expected, "{values:?}");
    }
}

#[tokio::test]
async fn a_human_at_the_client_has_the_last_word_in_both_eras() {
    for era in [Era::Handshake, Era::Modern] {
        for human in [
            ElicitationAction::Accept,
            ElicitationAction::Decline,
            ElicitationAction::Cancel,
        ] {
            let approves = human == ElicitationAction::Accept;
            let session = Session::start(&["--sample"], &[], era, Some(human)).await;
            let arguments = json!({"repo": REPO, "number": READY_PR});
            let (_, confirming) = session.preview("merge_pull_request", arguments).await;
            assert!(session.asked().is_empty(), "a preview asks nobody");
            let outcome = session.call("merge_pull_request", confirming.clone()).await;
            assert_eq!(outcome.is_error, !approves, "{era:?}: {}", outcome.text);
            assert_eq!(session.asked().len(), 1);
            assert!(session.asked()[0].contains("tidewatch/harbor#312"));
            let written = session.audit();
            assert_eq!(
                written.contains("\"outcome\":\"ok\""),
                approves,
                "{written}"
            );
            session.bad("merge_pull_request", confirming).await;
        }
    }
}

#[tokio::test]
async fn writes_are_recorded_without_their_content() {
    let session = Session::sample().await;
    let change = json!({"repo": REPO, "branch": "docs/pier", "message": "Say where the pier is",
        "files": [{"path": "docs/pier.md", "content": "the-content-itself\n"}]});
    session.good("propose_change", change).await;
    session.good("find_items", json!({"repo": REPO})).await;
    let audit = session.audit();
    let lines: Vec<Value> = audit
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(lines.len() >= 4, "two lines a write: {audit}");
    for pair in lines.chunks(2) {
        assert_eq!(pair[0]["phase"], "before", "{audit}");
        assert_eq!(pair[0]["tool"], "propose_change", "{audit}");
        assert_eq!(pair[1]["id"], pair[0]["id"], "{audit}");
        assert_eq!(pair[1]["outcome"], "ok", "{audit}");
    }
    assert!(!audit.contains("the-content-itself"), "{audit}");
}

#[tokio::test]
async fn progress_is_told_to_who_asked() {
    let mut wire = Wire::session(&["--sample"], &[]).await;
    let mut request = call(
        1,
        "propose_change",
        json!({"repo": REPO, "branch": "docs/pier", "message": "Say where the pier is",
            "files": [{"path": "docs/pier.md", "content": "North of the lock.\n"}]}),
    );
    request["params"]["_meta"] = json!({"progressToken": "pier"});
    wire.send(&request).await;
    let mut told = Vec::new();
    loop {
        let message = wire.next().await.unwrap();
        if message["id"] == 1 {
            break;
        }
        assert_eq!(message["method"], "notifications/progress", "{message}");
        assert_eq!(message["params"]["progressToken"], "pier");
        told.push(message["params"]["progress"].as_f64().unwrap());
    }
    assert_eq!(told, [1.0, 2.0]);
}

#[tokio::test]
async fn a_cancelled_call_drops_its_request_and_says_nothing_more() {
    // an API that takes requests and never answers
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let environment = [
        ("GITHUB_API_URL", &*url),
        ("GITHUB_TOKEN", "cancelled-token"),
    ];
    let mut wire = Wire::session(&[], &environment).await;
    wire.send(&call(1, "repo_overview", json!({"repo": "o/r"})))
        .await;
    let (mut connection, _) = listener.accept().await.unwrap();
    let mut request = [0; 4096];
    assert!(connection.read(&mut request).await.unwrap() > 0);
    wire.send(
        &json!({"jsonrpc": "2.0", "method": "notifications/cancelled",
        "params": {"requestId": 1, "reason": "no longer wanted"}}),
    )
    .await;
    let closed = timeout(Duration::from_secs(5), connection.read(&mut request)).await;
    assert_eq!(closed.expect("the request is dropped").unwrap(), 0);
    wire.send(&json!({"jsonrpc": "2.0", "id": 2, "method": "ping"}))
        .await;
    let next = wire.next().await.unwrap();
    assert_eq!(next["id"], 2, "nothing is said of the cancelled call");
}

#[tokio::test]
async fn the_modern_era_needs_no_handshake_on_the_wire() {
    let mut wire = Wire::fresh(&["--sample"], &[]);
    wire.send(&modern(
        json!({"jsonrpc": "2.0", "id": 1, "method": "server/discover"}),
    ))
    .await;
    let discovered = wire.reply(1).await;
    let versions = &discovered["result"]["supportedVersions"];
    assert!(versions.to_string().contains("2026-07-28"), "{discovered}");
    for (id, method) in [
        (2, "tools/list"),
        (3, "resources/list"),
        (4, "resources/templates/list"),
        (5, "prompts/list"),
    ] {
        wire.send(&modern(
            json!({"jsonrpc": "2.0", "id": id, "method": method, "params": {}}),
        ))
        .await;
        let listed = wire.reply(id).await;
        assert_eq!(listed["result"]["resultType"], "complete", "{listed}");
        assert_eq!(listed["result"]["cacheScope"], "private", "{listed}");
        assert!(listed["result"]["ttlMs"].as_u64().unwrap() > 0, "{listed}");
    }
    wire.send(&modern(call(6, "find_items", json!({"repo": REPO}))))
        .await;
    let found = wire.reply(6).await;
    assert!(text(&found).contains("\n#"), "{found}");
    assert_eq!(found["result"]["resultType"], "complete");
    wire.send(&modern(call(7, "find_items", json!({"repo": 7}))))
        .await;
    let wrong = wire.reply(7).await;
    assert_eq!(wrong["result"]["isError"], true, "{wrong}");
    let mut future = modern(call(8, "find_items", json!({"repo": REPO})));
    future["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2099-01-01".into();
    wire.send(&future).await;
    assert_eq!(wire.reply(8).await["error"]["code"], -32022);
    wire.send(&modern(call(9, "no_such_tool", json!({})))).await;
    assert_eq!(wire.reply(9).await["error"]["code"], -32602);
}

#[tokio::test]
async fn stdout_carries_messages_only_however_much_is_logged() {
    let environment = [("SEAWORTHY_LOG", "trace"), ("RUST_LOG", "trace")];
    let mut wire = Wire::session(&["--sample"], &environment).await;
    wire.bytes(b"not json\n\n\xff\xfe\n{\"jsonrpc\":\"2.0\"}\n[]\nnull\n")
        .await;
    for (id, (tool, arguments, _)) in (1..).zip(examples()) {
        wire.send(&call(id, tool, arguments)).await;
    }
    wire.send(&call(90, "find_items", json!({"repo": 7}))).await;
    wire.reply(90).await;
    // `next` parses each line that is left
    let (_, status) = wire.hang_up().await;
    assert_eq!(status.code(), Some(0));
    let log = wire.stderr().await;
    assert!(
        !log.contains("North of the lock"),
        "logs hold no content: {log}"
    );
}

#[tokio::test]
async fn the_end_of_input_answers_what_is_in_flight() {
    let mut wire = Wire::session(&["--sample"], &[]).await;
    for id in 1..=40 {
        wire.send(&call(
            id,
            "find_items",
            json!({"repo": REPO, "page_size": 1}),
        ))
        .await;
    }
    let (messages, status) = wire.hang_up().await;
    let mut ids: Vec<_> = messages.iter().filter_map(|m| m["id"].as_u64()).collect();
    ids.sort_unstable();
    assert_eq!(ids, (1..=40).collect::<Vec<_>>());
    assert_eq!(status.code(), Some(0));
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_ends_it_within_a_second_even_when_it_is_busy() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let environment = [("GITHUB_API_URL", &*url), ("GITHUB_TOKEN", "a-busy-token")];
    for signal in ["TERM", "INT"] {
        let mut wire = Wire::session(&[], &environment).await;
        wire.send(&call(1, "repo_overview", json!({"repo": "o/r"})))
            .await;
        let _connection = listener.accept().await.unwrap();
        let pid = wire.child.id().unwrap();
        let sent = Instant::now();
        let kill = command("sh")
            .args(["-c", &format!("kill -{signal} {pid}")])
            .status();
        assert!(kill.await.unwrap().success());
        let status = wire.ended().await;
        assert!(sent.elapsed() < Duration::from_secs(1), "{signal}");
        assert_eq!(status.code(), Some(0), "{signal}: {status}");
    }
}

#[tokio::test]
async fn flags_choose_the_tools() {
    let start = async |flags: &[&str]| Session::start(flags, &[], Era::Handshake, None).await;
    let all = Session::sample()
        .await
        .client
        .list_all_tools()
        .await
        .unwrap();
    let reading: Vec<String> = all
        .iter()
        .filter(|tool| tool.annotations.as_ref().unwrap().read_only_hint == Some(true))
        .map(|tool| tool.name.to_string())
        .collect();
    let session = start(&["--sample", "--read-only"]).await;
    assert_eq!(session.tools().await, reading);
    assert!(!reading.iter().any(|name| name == "merge_pull_request"));
    let refused = session
        .client
        .call_tool(CallToolRequestParams::new("merge_pull_request"))
        .await;
    assert!(refused.unwrap_err().to_string().contains("unknown tool"));

    let session = start(&["--sample", "--tools", "history, find_items"]).await;
    assert_eq!(session.tools().await, ["find_items", "history"]);
    let session = start(&["--sample", "--exclude-tools", "delete_resource"]).await;
    assert_eq!(session.tools().await.len(), all.len() - 1);
    let both = [
        "--sample",
        "--tools",
        "history,propose_change",
        "--read-only",
    ];
    assert_eq!(start(&both).await.tools().await, ["history"]);
}

#[tokio::test]
async fn an_unknown_tool_name_is_a_usage_error_that_names_the_tools() {
    for flag in ["--tools", "--exclude-tools"] {
        let folder = tempfile::TempDir::new().unwrap();
        let output = serve(&["--sample", flag, "find_itmes"], &folder).output();
        let output = output.await.unwrap();
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            said.contains("find_itmes") && said.contains("find_items"),
            "{said}"
        );
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(output.stdout.is_empty());
    }
}

#[tokio::test]
async fn a_selection_that_leaves_no_tool_is_a_usage_error() {
    let folder = tempfile::TempDir::new().unwrap();
    let flags = ["--sample", "--read-only", "--tools", "write_issue"];
    let output = serve(&flags, &folder).output().await.unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("leaves no tool"), "{said}");
}

#[tokio::test]
async fn a_failing_api_is_explained() {
    for (fault, signs) in [
        ("expired-token", ["GITHUB_TOKEN", "NEXT: "]),
        ("rate-limit", ["limit", "NEXT: wait"]),
    ] {
        let flags = ["--sample", "--sample-fault", fault];
        let session = Session::start(&flags, &[], Era::Handshake, None).await;
        let error = session.bad("find_items", json!({"repo": REPO})).await;
        for sign in signs {
            assert!(error.contains(sign), "{error}");
        }
        assert!(!error.contains("sample-token"), "{error}");
    }
}
