//! `propose_change` makes one commit and one pull request, or says how far it came.

use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{body_partial_json, method, path, query_param},
};

use crate::stage::{Stage, token_of};

const MAIN: &str = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d";
const TREE: &str = "7ee0000000000000000000000000000000007ee0";
const NEW_TREE: &str = "7ee1000000000000000000000000000000007ee1";
const COMMIT: &str = "c0de00000000000000000000000000000000c0de";

async fn get(api: &MockServer, at: &str, body: Value) {
    Mock::given(method("GET"))
        .and(path(format!("/repos/o/r{at}")))
        .respond_with(ResponseTemplate::new(200).set_body_json(body))
        .mount(api)
        .await;
}

async fn answer(api: &MockServer, verb: &str, at: &str, status: u16, body: Value) {
    Mock::given(method(verb))
        .and(path(format!("/repos/o/r{at}")))
        .respond_with(ResponseTemplate::new(status).set_body_json(body))
        .expect(1)
        .mount(api)
        .await;
}

/// A repository whose `main` is at `tip`; `branch` is there too when asked for.
async fn serve_repository(api: &MockServer, tip: &str, branch: Option<&str>, pulls: Value) {
    get(
        api,
        "",
        json!({"full_name": "o/r", "default_branch": "main"}),
    )
    .await;
    get(
        api,
        "/git/ref/heads/main",
        json!({"ref": "refs/heads/main", "object": {"sha": tip}}),
    )
    .await;
    if let Some(branch) = branch {
        get(
            api,
            &format!("/git/ref/heads/{branch}"),
            json!({"ref": format!("refs/heads/{branch}"), "object": {"sha": tip}}),
        )
        .await;
    }
    get(api, "/pulls", pulls).await;
    get(
        api,
        &format!("/git/commits/{tip}"),
        json!({"sha": tip, "tree": {"sha": TREE}}),
    )
    .await;
    let entry =
        |path: &str, mode: &str, size: u64| json!({"path": path, "mode": mode, "size": size});
    Mock::given(path(format!("/repos/o/r/git/trees/{tip}")))
        .and(query_param("recursive", "1"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"sha": TREE, "truncated": false, "tree": [
            entry("src", "040000", 0), entry("src/tide.rs", "100644", 812), entry("run.sh", "100755", 40),
            entry("old.md", "100644", 9), entry("latest", "120000", 6), entry("vendor", "160000", 0),
        ]})))
        .mount(api)
        .await;
}

/// Answers the requests that make the tree and the commit.
async fn take_objects(api: &MockServer) {
    answer(api, "POST", "/git/trees", 201, json!({"sha": NEW_TREE})).await;
    answer(api, "POST", "/git/commits", 201, json!({"sha": COMMIT})).await;
}

async fn writes(api: &MockServer) -> Vec<(String, Value)> {
    let requests = api.received_requests().await.unwrap();
    let is_write = |request: &&Request| request.method.as_str() != "GET";
    requests
        .iter()
        .filter(is_write)
        .map(|r| {
            (
                format!("{} {}", r.method, r.url.path()),
                serde_json::from_slice(&r.body).unwrap(),
            )
        })
        .collect()
}

fn change(branch: &str) -> Value {
    json!({
        "repo": "o/r", "branch": branch, "message": "Interpolate across the clock change\n\nFixes #3.",
        "files": [
            {"path": "src/tide.rs", "content": "fn ebb() {}\n"},
            {"path": "run.sh", "content": "#!/bin/sh\n"},
            {"path": "docs/new.md", "content": "ünï\n"},
            {"path": "old.md", "delete": true},
        ],
    })
}

async fn call(stage: &Stage, arguments: &Value) -> Result<String, String> {
    stage.call("propose_change", arguments.clone()).await
}

#[tokio::test]
async fn a_new_branch_gets_one_commit_and_a_pull_request() {
    let (api, stage) = Stage::scripted().await;
    serve_repository(&api, MAIN, None, json!([])).await;
    take_objects(&api).await;
    answer(
        &api,
        "POST",
        "/git/refs",
        201,
        json!({"ref": "refs/heads/fix/dst"}),
    )
    .await;
    answer(&api, "POST", "/pulls", 201, json!({"number": 12})).await;
    let mut arguments = change("fix/dst");
    arguments["draft"] = true.into();
    arguments["body"] = "Why and how.".into();
    insta::assert_snapshot!(call(&stage, &arguments).await.unwrap(), @r#"
    Committed: 1 file added, 2 files edited, 1 file deleted on fix/dst of o/r, new from main at 1a2b3c4, as c0de00000000000000000000000000000000c0de.
    Opened: pull request #12 "Interpolate across the clock change" into main as a draft.
    Next: read_pull_request number=12 shows it and its checks.
    "#);
    let sent: Vec<_> = writes(&api)
        .await
        .into_iter()
        .map(|(request, body)| format!("{request} {body}"))
        .collect();
    insta::assert_snapshot!(sent.join("\n"), @r##"
    POST /repos/o/r/git/trees {"base_tree":"7ee0000000000000000000000000000000007ee0","tree":[{"content":"fn ebb() {}\n","mode":"100644","path":"src/tide.rs","type":"blob"},{"content":"#!/bin/sh\n","mode":"100755","path":"run.sh","type":"blob"},{"content":"ünï\n","mode":"100644","path":"docs/new.md","type":"blob"},{"mode":"100644","path":"old.md","sha":null,"type":"blob"}]}
    POST /repos/o/r/git/commits {"message":"Interpolate across the clock change\n\nFixes #3.","parents":["1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"],"tree":"7ee1000000000000000000000000000000007ee1"}
    POST /repos/o/r/git/refs {"ref":"refs/heads/fix/dst","sha":"c0de00000000000000000000000000000000c0de"}
    POST /repos/o/r/pulls {"base":"main","body":"Why and how.","draft":true,"head":"fix/dst","title":"Interpolate across the clock change"}
    "##);
    let what: Vec<_> = stage
        .audit()
        .iter()
        .filter_map(|entry| Some(entry["what"].as_str()?.to_owned()))
        .collect();
    insta::assert_snapshot!(what.join("\n"), @"
    make a tree in o/r: 1 file added, 2 files edited, 1 file deleted
    make a commit in o/r on top of 1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d
    make branch fix/dst of o/r at c0de00000000000000000000000000000000c0de
    open a pull request in o/r from fix/dst into main
    ");
}

#[tokio::test]
async fn an_existing_branch_with_a_pull_request_gets_a_commit_only() {
    let (api, stage) = Stage::scripted().await;
    let pulls = json!([
        {"number": 8, "state": "open", "title": "Fork's", "head": {"ref": "fix/dst", "repo": {"full_name": "x/r"}}, "base": {"ref": "main"}},
        {"number": 9, "state": "open", "title": "Clock\nPREVIEW", "head": {"ref": "fix/dst", "repo": {"full_name": "o/r"}}, "base": {"ref": "main"}},
    ]);
    serve_repository(&api, MAIN, Some("fix/dst"), pulls).await;
    take_objects(&api).await;
    Mock::given(method("PATCH"))
        .and(path("/repos/o/r/git/refs/heads/fix/dst"))
        .and(body_partial_json(json!({"sha": COMMIT, "force": false})))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({})))
        .expect(1)
        .mount(&api)
        .await;
    insta::assert_snapshot!(call(&stage, &change("fix/dst")).await.unwrap(), @r#"
    Committed: 1 file added, 2 files edited, 1 file deleted on fix/dst of o/r, as c0de00000000000000000000000000000000c0de.
    Pull request: #9 "Clock PREVIEW" into main was open already; its title and text stay as they are.
    Next: read_pull_request number=9 shows it.
    "#);
}

#[tokio::test]
async fn the_default_branch_needs_a_confirmation_and_gets_no_pull_request() {
    for name in ["main", "refs/heads/main"] {
        let (api, stage) = Stage::scripted().await;
        serve_repository(&api, MAIN, None, json!([])).await;
        let mut arguments = change(name);
        let preview = call(&stage, &arguments).await.unwrap();
        insta::allow_duplicates! {
            insta::assert_snapshot!(preview.replace(token_of(&preview), "TOKEN"), @r#"
            PREVIEW - no action taken. Would commit to main, the default branch of o/r, without a pull request: 1 file added, 2 files edited, 1 file deleted.
            branch: main, the default branch, at 1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d
            commit: "Interpolate across the clock change Fixes #3."
            edit: src/tide.rs, 812 -> 12 bytes
            edit: run.sh, 40 -> 10 bytes
            add: docs/new.md, 6 bytes
            delete: old.md
            note: no pull request is opened, so nobody reviews it; another branch name opens one
            To do it: show this to the user, then call propose_change again with the same arguments, confirm=true and confirm_token=TOKEN (once, within 10 minutes, and only while the object is unchanged).
            "#);
        }
        assert!(writes(&api).await.is_empty() && stage.audit().is_empty());
        arguments["confirm"] = true.into();
        let error = call(&stage, &arguments).await.unwrap_err();
        assert!(error.contains("needs the confirm_token"), "{error}");
        arguments["confirm_token"] = token_of(&preview).into();
        take_objects(&api).await;
        answer(&api, "PATCH", "/git/refs/heads/main", 200, json!({})).await;
        let answer = call(&stage, &arguments).await.unwrap();
        assert!(
            answer.starts_with("Committed: 1 file added, 2 files edited, 1 file deleted on main"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn a_push_or_other_files_undo_the_confirmation() {
    let (api, stage) = Stage::scripted().await;
    serve_repository(&api, MAIN, None, json!([])).await;
    let mut arguments = change("main");
    let preview = call(&stage, &arguments).await.unwrap();
    arguments["confirm"] = true.into();
    arguments["confirm_token"] = token_of(&preview).into();
    let mut other = arguments.clone();
    other["files"][0]["content"] = "evil".into();
    let error = call(&stage, &other).await.unwrap_err();
    assert!(error.contains("for other arguments"), "{error}");
    api.reset().await;
    serve_repository(&api, &"3".repeat(40), None, json!([])).await;
    let error = call(&stage, &arguments).await.unwrap_err();
    assert!(error.contains("changed since the preview"), "{error}");
    assert!(writes(&api).await.is_empty());
}

#[tokio::test]
async fn a_failed_pull_request_says_that_the_commit_is_there() {
    for (status, said, next) in [
        (
            422,
            "Draft pull requests are not supported in this repository.",
            "draft=false",
        ),
        (
            403,
            "Resource not accessible by personal access token",
            "files=[]",
        ),
    ] {
        let (api, stage) = Stage::scripted().await;
        serve_repository(&api, MAIN, Some("fix/dst"), json!([])).await;
        take_objects(&api).await;
        answer(&api, "PATCH", "/git/refs/heads/fix/dst", 200, json!({})).await;
        answer(&api, "POST", "/pulls", status, json!({"message": said})).await;
        let error = call(&stage, &change("fix/dst")).await.unwrap_err();
        let done = format!("commit {COMMIT} is on fix/dst, but the pull request was not opened");
        assert!(error.contains(&done), "{error}");
        assert!(
            error.contains(next) && error.contains("files=[], the same branch and a title"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn without_files_only_the_pull_request_is_opened() {
    let (api, stage) = Stage::scripted().await;
    serve_repository(&api, MAIN, Some("fix/dst"), json!([])).await;
    answer(&api, "POST", "/pulls", 201, json!({"number": 12})).await;
    let arguments =
        json!({"repo": "o/r", "branch": "fix/dst", "files": [], "title": "Clock change"});
    let answer = call(&stage, &arguments).await.unwrap();
    assert!(
        answer.starts_with("Opened: pull request #12 \"Clock change\" into main."),
        "{answer}"
    );
    assert_eq!(writes(&api).await.len(), 1);
    let missing = json!({"repo": "o/r", "branch": "nope", "files": [], "title": "x"});
    let error = call(&stage, &missing).await.unwrap_err();
    assert!(
        error.contains("branch nope of o/r was not found"),
        "{error}"
    );
}

#[tokio::test]
async fn a_branch_that_cannot_be_moved_stays_as_it_is() {
    for (said, next) in [
        (
            "Update is not a fast forward",
            "call again: the commit is then made on top",
        ),
        ("Protected branch update failed", "another branch name"),
        ("Repository rule violations found", "another branch name"),
    ] {
        let (api, stage) = Stage::scripted().await;
        serve_repository(&api, MAIN, Some("fix/dst"), json!([])).await;
        take_objects(&api).await;
        answer(
            &api,
            "PATCH",
            "/git/refs/heads/fix/dst",
            422,
            json!({"message": said}),
        )
        .await;
        let error = call(&stage, &change("fix/dst")).await.unwrap_err();
        assert!(
            error.contains("no branch was changed") && error.contains(next),
            "{error}"
        );
    }
}

#[tokio::test]
async fn content_that_is_there_already_makes_no_commit() {
    let (api, stage) = Stage::scripted().await;
    serve_repository(&api, MAIN, Some("fix/dst"), json!([])).await;
    answer(&api, "POST", "/git/trees", 201, json!({"sha": TREE})).await;
    let error = call(&stage, &change("fix/dst")).await.unwrap_err();
    assert!(error.contains("exactly this content already"), "{error}");
    assert_eq!(writes(&api).await.len(), 1);
    api.reset().await;
    serve_repository(&api, MAIN, None, json!([])).await;
    answer(&api, "POST", "/git/trees", 201, json!({"sha": TREE})).await;
    let error = call(&stage, &change("fix/dst")).await.unwrap_err();
    assert!(error.contains("no branch was made"), "{error}");
}

#[tokio::test]
async fn paths_are_held_against_the_tree_before_anything_is_written() {
    let (api, stage) = Stage::scripted().await;
    serve_repository(&api, MAIN, None, json!([])).await;
    for (file, said) in [
        (json!({"path": "src", "content": "x"}), "src is a folder"),
        (
            json!({"path": "vendor", "delete": true}),
            "vendor is a submodule",
        ),
        (
            json!({"path": "latest", "content": "x"}),
            "latest is a symbolic link",
        ),
        (
            json!({"path": "none.md", "delete": true}),
            "none.md is not there to be deleted",
        ),
        (
            json!({"path": "old.md/x", "content": "x"}),
            "old.md/x is below something that is a file",
        ),
    ] {
        let mut arguments = change("fix/dst");
        arguments["files"] = json!([file]);
        let error = call(&stage, &arguments).await.unwrap_err();
        assert!(error.contains(&format!("files[0]: {said}")), "{error}");
    }
    assert!(writes(&api).await.is_empty());
}

#[tokio::test]
async fn an_empty_repository_and_a_missing_base_say_what_to_do() {
    let (api, stage) = Stage::scripted().await;
    get(
        &api,
        "",
        json!({"full_name": "o/r", "default_branch": "main"}),
    )
    .await;
    get(&api, "/pulls", json!([])).await;
    Mock::given(path("/repos/o/r/git/ref/heads/fix"))
        .respond_with(
            ResponseTemplate::new(409)
                .set_body_json(json!({"message": "Git Repository is empty."})),
        )
        .mount(&api)
        .await;
    let error = call(&stage, &change("fix")).await.unwrap_err();
    assert!(error.contains("push a first commit"), "{error}");
    let mut arguments = change("other");
    arguments["base"] = "nope".into();
    let error = call(&stage, &arguments).await.unwrap_err();
    assert!(
        error.contains("branch nope of o/r was not found"),
        "{error}"
    );
}

#[tokio::test]
async fn the_largest_preview_fits() {
    let (api, stage) = Stage::scripted().await;
    serve_repository(&api, MAIN, None, json!([])).await;
    let files: Vec<_> = (0..50)
        .map(|n| json!({"path": format!("{n}{}", "/folder".repeat(140)), "content": "x".repeat(30_000)}))
        .collect();
    let mut arguments = change("main");
    arguments["files"] = files.into();
    arguments["message"] = "m".repeat(5_000).into();
    let preview = call(&stage, &arguments).await.unwrap();
    assert!(preview.chars().count() <= 8_000, "{}", preview.len());
    assert!(preview.contains(" more files"), "{preview}");
}

#[tokio::test]
async fn wrong_arguments_are_refused_before_any_request() {
    let (api, stage) = Stage::scripted().await;
    let file = |extra: Value| json!({"files": [extra]});
    let big = "x".repeat(190_000);
    let many: Vec<_> = (0..11)
        .map(|n| json!({"path": n.to_string(), "content": big}))
        .collect();
    for (change, said) in [
        (file(json!({"path": "a"})), "files[0]: has neither content"),
        (
            file(json!({"path": "a", "content": "x", "delete": true})),
            "files[0]: has both",
        ),
        (
            file(json!({"path": "", "content": "x"})),
            "files[0]: path must name a file",
        ),
        (
            file(json!({"path": "a/", "content": "x"})),
            "files[0]: path must name a file",
        ),
        (
            file(json!({"path": "../a", "content": "x"})),
            "files[0].path",
        ),
        (
            file(json!({"path": "a", "content": "\u{0}"})),
            "control character U+0000",
        ),
        (
            file(json!({"path": "a", "content": "x".repeat(200_001)})),
            "at most 200000",
        ),
        (
            json!({"files": [{"path": "a", "content": ""}, {"path": "a", "delete": true}]}),
            "files[1]: path is there twice",
        ),
        (json!({"files": many}), "2090000 characters together"),
        (json!({"files": []}), "neither files to commit nor a title"),
        (
            json!({"files": [{"path": "a", "content": ""}], "message": " "}),
            "a commit needs a message",
        ),
        (
            json!({"files": vec![json!({"path": "a", "content": ""}); 51]}),
            "at most 50",
        ),
    ] {
        let mut arguments = json!({"repo": "o/r", "branch": "fix", "message": "m"});
        arguments
            .as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        let error = call(&stage, &arguments).await.unwrap_err();
        assert!(error.contains(said), "{error}");
    }
    assert!(api.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn branches_that_make_no_sense_together_are_refused() {
    let (api, stage) = Stage::scripted().await;
    serve_repository(&api, MAIN, Some("fix"), json!([])).await;
    let mut same = change("fix");
    same["base"] = "fix".into();
    assert!(
        call(&stage, &same)
            .await
            .unwrap_err()
            .contains("base and branch are the same")
    );
    let mut titled = change("main");
    titled["title"] = "x".into();
    assert!(
        call(&stage, &titled)
            .await
            .unwrap_err()
            .contains("no pull request goes from it")
    );
    assert!(writes(&api).await.is_empty());
}

#[tokio::test]
async fn a_name_that_leads_to_the_default_branch_gets_no_commit() {
    for (name, answered, said) in [
        ("master", "main", "GitHub answered with \"main\""),
        ("Main", "Main", "in another case"),
    ] {
        let (api, stage) = Stage::scripted().await;
        serve_repository(&api, MAIN, None, json!([])).await;
        let reference = json!({"ref": format!("refs/heads/{answered}"), "object": {"sha": MAIN}});
        get(&api, &format!("/git/ref/heads/{name}"), reference).await;
        let error = call(&stage, &change(name)).await.unwrap_err();
        assert!(error.contains(said), "{error}");
        assert!(writes(&api).await.is_empty() && stage.audit().is_empty());
    }
}

#[tokio::test]
async fn another_default_branch_or_repository_undoes_the_confirmation() {
    for (field, value, said) in [
        ("default_branch", "stable", "is not the default branch"),
        ("full_name", "o/other", "changed since the preview"),
    ] {
        let (api, stage) = Stage::scripted().await;
        serve_repository(&api, MAIN, None, json!([])).await;
        let mut arguments = change("main");
        let preview = call(&stage, &arguments).await.unwrap();
        arguments["confirm"] = true.into();
        arguments["confirm_token"] = token_of(&preview).into();
        api.reset().await;
        let mut about = json!({"full_name": "o/r", "default_branch": "main"});
        about[field] = value.into();
        get(&api, "", about).await;
        serve_repository(&api, MAIN, None, json!([])).await;
        let error = call(&stage, &arguments).await.unwrap_err();
        assert!(error.contains(said), "{error}");
        assert!(writes(&api).await.is_empty());
    }
}

#[tokio::test]
async fn what_a_cut_list_leaves_out_is_looked_at() {
    let (api, stage) = Stage::scripted().await;
    let cut = json!({"sha": TREE, "truncated": true, "tree": []});
    get(&api, &format!("/git/trees/{MAIN}"), cut).await;
    serve_repository(&api, MAIN, None, json!([])).await;
    get(
        &api,
        "/contents/there.md",
        json!({"type": "file", "path": "there.md", "size": 812, "sha": TREE}),
    )
    .await;
    get(
        &api,
        "/contents/src",
        json!([{"type": "file", "path": "src/a"}]),
    )
    .await;
    let mut arguments = change("main");
    arguments["files"] = json!([
        {"path": "there.md", "content": "x"}, {"path": "new.md", "content": "x"},
    ]);
    let preview = call(&stage, &arguments).await.unwrap();
    for said in [
        "edit: there.md, 812 -> 1 byte\n",
        "add: new.md",
        "Note: GitHub lists only a part",
    ] {
        assert!(preview.contains(said), "{preview}");
    }
    arguments["files"] = json!([{"path": "src", "content": "x"}]);
    let error = call(&stage, &arguments).await.unwrap_err();
    assert!(error.contains("src is a folder"), "{error}");
    assert!(writes(&api).await.is_empty());
}

#[tokio::test]
async fn names_that_cannot_be_read_are_refused() {
    let (api, stage) = Stage::scripted().await;
    let mut arguments = change("fix/\u{200b}dst");
    let error = call(&stage, &arguments).await.unwrap_err();
    assert!(error.contains("invisible characters"), "{error}");
    arguments["branch"] = "fix/dst".into();
    arguments["files"][0]["path"] = "src/tide\u{2066}.rs".into();
    let error = call(&stage, &arguments).await.unwrap_err();
    assert!(error.contains("files[0]: path has invisible"), "{error}");
    assert!(api.received_requests().await.unwrap().is_empty());
}
