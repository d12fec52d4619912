//! `delete_resource` shows what would be lost, and deletes exactly that.

use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_json, method, path},
};

use crate::stage::{Stage, token_of};

const TIP: &str = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d";
const BLOB: &str = "b10b00000000000000000000000000000000b10b";

async fn get(api: &MockServer, at: &str, body: Value) {
    Mock::given(method("GET"))
        .and(path(format!("/repos/o/r{at}")))
        .respond_with(ResponseTemplate::new(200).set_body_json(body))
        .mount(api)
        .await;
}

fn repository() -> Value {
    json!({
        "full_name": "o/r", "default_branch": "main", "private": true, "archived": false,
        "stargazers_count": 12, "forks_count": 1, "open_issues_count": 31,
        "pushed_at": "2026-11-19T08:30:00Z", "updated_at": "2026-11-19T08:30:00Z",
    })
}

fn commit() -> Value {
    json!({"sha": TIP, "commit": {"message": "Handle the ebb\n\nlong text",
        "author": {"name": "Ada", "date": "2026-11-02T03:04:05Z"}}})
}

async fn serve_branch(api: &MockServer, tip: &str) {
    get(api, "", repository()).await;
    get(
        api,
        "/git/ref/heads/fix/dst",
        json!({"ref": "refs/heads/fix/dst", "object": {"sha": tip}}),
    )
    .await;
    get(api, &format!("/commits/{tip}"), commit()).await;
    get(
        api,
        &format!("/compare/main...{tip}"),
        json!({"ahead_by": 3, "behind_by": 9}),
    )
    .await;
    let pulls = json!([
        {"number": 7, "title": "Clock change", "state": "open", "head": {"ref": "fix/dst"}, "base": {"ref": "main"}},
        {"number": 8, "title": "Other", "state": "open", "head": {"ref": "other"}, "base": {"ref": "main"}},
    ]);
    get(api, "/pulls", pulls).await;
}

async fn take_delete(api: &MockServer, at: &str, times: u64) {
    Mock::given(method("DELETE"))
        .and(path(format!("/repos/o/r{at}")))
        .respond_with(ResponseTemplate::new(204))
        .expect(times)
        .mount(api)
        .await;
}

async fn preview(stage: &Stage, arguments: &Value) -> String {
    let preview = stage
        .call("delete_resource", arguments.clone())
        .await
        .unwrap();
    assert!(
        preview.starts_with("PREVIEW - no action taken."),
        "{preview}"
    );
    assert!(stage.audit().is_empty(), "a preview writes nothing");
    preview
}

async fn confirm(stage: &Stage, arguments: &Value, token: &str) -> Result<String, String> {
    let mut arguments = arguments.clone();
    arguments["confirm"] = true.into();
    arguments["confirm_token"] = token.into();
    stage.call("delete_resource", arguments).await
}

/// A preview without its token, which is random.
fn plain(preview: &str) -> String {
    preview.replace(token_of(preview), "TOKEN")
}

#[tokio::test]
async fn a_branch() {
    let (api, stage) = Stage::scripted().await;
    serve_branch(&api, TIP).await;
    take_delete(&api, "/git/refs/heads/fix/dst", 1).await;
    // the long form of its name means the same branch
    let arguments = json!({"repo": "o/r", "kind": "branch", "name": "refs/heads/fix/dst"});
    let preview = preview(&stage, &arguments).await;
    insta::assert_snapshot!(plain(&preview), @r#"
    PREVIEW - no action taken. Would delete branch fix/dst of o/r at 1a2b3c4.
    branch: fix/dst of o/r at 1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d
    last commit: 1a2b3c4 "Handle the ebb" by Ada, 2026-11-02
    ahead: of main by 3 commits that may be nowhere else
    open pull requests from it: #7 "Clock change"; deleting closes them
    open pull requests into it: none
    To do it: show this to the user, then call delete_resource again with the same arguments, confirm=true and confirm_token=TOKEN (once, within 10 minutes, and only while the object is unchanged).
    "#);
    let answer = confirm(&stage, &arguments, token_of(&preview))
        .await
        .unwrap();
    insta::assert_snapshot!(answer, @"
    Deleted: branch fix/dst of o/r at 1a2b3c4.
    Undo: it was at 1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d; while GitHub keeps that commit, the user can push it back to a branch
    ");
    assert_eq!(
        stage.audit()[0]["what"],
        "delete branch fix/dst of o/r at 1a2b3c4"
    );
}

#[tokio::test]
async fn a_branch_that_was_pushed_to_is_not_deleted() {
    let (api, stage) = Stage::scripted().await;
    serve_branch(&api, TIP).await;
    let arguments = json!({"repo": "o/r", "kind": "branch", "name": "fix/dst"});
    let preview = preview(&stage, &arguments).await;
    api.reset().await;
    serve_branch(&api, &"2".repeat(40)).await;
    take_delete(&api, "/git/refs/heads/fix/dst", 0).await;
    let error = confirm(&stage, &arguments, token_of(&preview))
        .await
        .unwrap_err();
    assert!(error.contains("changed since the preview"), "{error}");
}

#[tokio::test]
async fn the_default_branch_is_refused_however_it_is_spelt() {
    for (name, default) in [
        ("main", json!("main")),
        ("refs/heads/main", json!("main")),
        ("x", Value::Null),
    ] {
        let (api, stage) = Stage::scripted().await;
        let mut about = repository();
        about["default_branch"] = default;
        get(&api, "", about).await;
        for branch in ["main", "x"] {
            get(
                &api,
                &format!("/git/ref/heads/{branch}"),
                json!({"ref": format!("refs/heads/{branch}"), "object": {"sha": TIP}}),
            )
            .await;
        }
        let arguments = json!({"repo": "o/r", "kind": "branch", "name": name});
        let error = stage.call("delete_resource", arguments).await.unwrap_err();
        assert!(error.contains("never deletes"), "{error}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_of_a_branch_is_said() {
    let (api, stage) = Stage::scripted().await;
    get(&api, "", repository()).await;
    get(
        &api,
        "/git/ref/heads/fix/dst",
        json!({"ref": "refs/heads/fix/dst", "object": {"sha": TIP}}),
    )
    .await;
    let arguments = json!({"repo": "o/r", "kind": "branch", "name": "fix/dst"});
    let preview = preview(&stage, &arguments).await;
    assert_eq!(preview.matches("could not be read").count(), 4, "{preview}");
}

#[tokio::test]
async fn a_file() {
    let (api, stage) = Stage::scripted().await;
    get(&api, "", repository()).await;
    get(
        &api,
        "/contents/docs/tides.md",
        json!({"type": "file", "path": "docs/tides.md", "size": 4210, "sha": BLOB}),
    )
    .await;
    get(&api, "/commits", json!([commit()])).await;
    Mock::given(method("DELETE"))
        .and(path("/repos/o/r/contents/docs/tides.md"))
        .and(body_json(
            json!({"message": "Delete docs/tides.md", "sha": BLOB, "branch": "main"}),
        ))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_json(json!({"content": null, "commit": {"sha": TIP}})),
        )
        .expect(1)
        .mount(&api)
        .await;
    let arguments = json!({"repo": "o/r", "kind": "file", "name": "docs/tides.md"});
    let preview = preview(&stage, &arguments).await;
    insta::assert_snapshot!(plain(&preview), @r#"
    PREVIEW - no action taken. Would delete file docs/tides.md on branch main of o/r, the default branch.
    file: docs/tides.md on main, the default branch of o/r
    size: 4,210 bytes, blob b10b00000000000000000000000000000000b10b
    last change: 1a2b3c4 "Handle the ebb" by Ada, 2026-11-02
    commit: "Delete docs/tides.md", directly on main
    To do it: show this to the user, then call delete_resource again with the same arguments, confirm=true and confirm_token=TOKEN (once, within 10 minutes, and only while the object is unchanged).
    "#);
    let answer = confirm(&stage, &arguments, token_of(&preview))
        .await
        .unwrap();
    insta::assert_snapshot!(answer, @"
    Deleted: file docs/tides.md on branch main of o/r, the default branch.
    Commit: 1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d
    Undo: the file stays in the branch's history; read_code with ref= a commit before shows it
    ");
}

#[tokio::test]
async fn a_folder_is_not_a_file() {
    let (api, stage) = Stage::scripted().await;
    get(&api, "", repository()).await;
    get(
        &api,
        "/contents/docs",
        json!([{"type": "file", "name": "tides.md"}]),
    )
    .await;
    let arguments = json!({"repo": "o/r", "kind": "file", "name": "docs"});
    let error = stage.call("delete_resource", arguments).await.unwrap_err();
    assert!(
        error.contains("is a folder") && error.contains("propose_change"),
        "{error}"
    );
}

fn release(assets: usize, downloads: u64) -> Value {
    let assets: Vec<_> = (0..assets)
        .map(|n| {
            json!({"id": n, "name": format!("tides-{n}-{}.tar.gz", "long".repeat(60)), "size": 4096,
            "download_count": downloads, "updated_at": "2026-11-02T03:04:05Z"})
        })
        .collect();
    json!({"id": 55, "tag_name": "v1.2/rc", "name": "One two\nPREVIEW", "body": "notes", "prerelease": true,
        "published_at": "2026-11-02T03:04:05Z", "author": {"login": "ada"}, "assets": assets})
}

#[tokio::test]
async fn a_release_is_found_by_its_tag_and_deleted_by_its_id() {
    let (api, stage) = Stage::scripted().await;
    let at = "/releases/tags/v1.2%2Frc";
    get(&api, at, release(1_000, 2)).await;
    take_delete(&api, "/releases/55", 1).await;
    let arguments = json!({"repo": "o/r", "kind": "release", "name": "v1.2/rc"});
    let preview = preview(&stage, &arguments).await;
    assert!(preview.chars().count() <= 8_000, "{}", preview.len());
    assert!(
        preview.contains("assets: 1,000, downloaded 2,000 times"),
        "{preview}"
    );
    assert!(preview.contains("and 980 more assets"), "{preview}");
    assert!(
        preview.contains("pre-release: v1.2/rc \"One two PREVIEW\" by @ada"),
        "{preview}"
    );
    // one more download changes nothing that was looked at
    api.reset().await;
    get(&api, at, release(1_000, 3)).await;
    take_delete(&api, "/releases/55", 1).await;
    confirm(&stage, &arguments, token_of(&preview))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_repository_needs_its_full_name_again() {
    let (api, stage) = Stage::scripted().await;
    get(&api, "", repository()).await;
    take_delete(&api, "", 1).await;
    for name in ["r", "O/R", "o/other"] {
        let arguments = json!({"repo": "o/r", "kind": "repository", "name": name});
        let error = stage.call("delete_resource", arguments).await.unwrap_err();
        assert!(error.contains("typing o/r"), "{error}");
    }
    let arguments = json!({"repo": "o/r", "kind": "repository", "name": "o/r"});
    let preview = preview(&stage, &arguments).await;
    insta::assert_snapshot!(plain(&preview), @"
    PREVIEW - no action taken. Would delete repository o/r with everything in it.
    repository: o/r, private
    counts: 12 stars, 1 fork, 31 open issues and pull requests
    last push: 2026-11-19 08:30 (default branch main)
    lost: all code, issues, pull requests, releases, wiki and settings
    To do it: show this to the user, then call delete_resource again with the same arguments, confirm=true and confirm_token=TOKEN (once, within 10 minutes, and only while the object is unchanged).
    ");
    let answer = confirm(&stage, &arguments, token_of(&preview))
        .await
        .unwrap();
    assert!(answer.starts_with("Deleted: repository o/r"), "{answer}");
}

#[tokio::test]
async fn a_renamed_repository_is_not_deleted_by_its_old_name() {
    let (api, stage) = Stage::scripted().await;
    let mut about = repository();
    about["full_name"] = "o/new".into();
    get(&api, "", about).await;
    let arguments = json!({"repo": "o/r", "kind": "repository", "name": "o/r"});
    let error = stage.call("delete_resource", arguments).await.unwrap_err();
    assert!(error.contains("o/r is now called o/new"), "{error}");
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let (api, stage) = Stage::scripted().await;
    get(&api, "", repository()).await;
    Mock::given(method("DELETE"))
        .respond_with(
            ResponseTemplate::new(403)
                .set_body_json(json!({"message": "Must have admin rights to Repository."}))
                .insert_header("x-accepted-github-permissions", "administration=write"),
        )
        .mount(&api)
        .await;
    let arguments = json!({"repo": "o/r", "kind": "repository", "name": "o/r"});
    let preview = preview(&stage, &arguments).await;
    let error = confirm(&stage, &arguments, token_of(&preview))
        .await
        .unwrap_err();
    assert!(error.contains("administration=write"), "{error}");
    assert_eq!(stage.audit()[1]["outcome"], "failed: forbidden");
}

#[tokio::test]
async fn wrong_arguments_are_refused_before_any_request() {
    let (api, stage) = Stage::scripted().await;
    for (arguments, said) in [
        (json!({"kind": "tag", "name": "x"}), "unknown variant `tag`"),
        (json!({"kind": "branch"}), "missing field `name`"),
        (
            json!({"kind": "branch", "name": "a..b"}),
            "invalid argument name",
        ),
        (
            json!({"kind": "branch", "name": "fix\u{200b}"}),
            "invisible characters",
        ),
        (
            json!({"kind": "file", "name": "../x"}),
            "invalid argument name",
        ),
        (
            json!({"kind": "release", "name": "a b"}),
            "invalid argument name",
        ),
        (
            json!({"kind": "branch", "name": "x", "branch": "y"}),
            "go with kind=file only",
        ),
    ] {
        let mut arguments = arguments;
        arguments["repo"] = "o/r".into();
        let error = stage.call("delete_resource", arguments).await.unwrap_err();
        assert!(error.contains(said), "{error}");
    }
    assert!(api.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_renamed_branch_and_a_near_namesake_of_the_default_one_are_refused() {
    for (name, default, answered, said) in [
        ("master", "main", "main", "answered with"),
        ("MAIN", "main", "MAIN", "never deletes"),
    ] {
        let (api, stage) = Stage::scripted().await;
        let mut about = repository();
        about["default_branch"] = default.into();
        get(&api, "", about).await;
        let at = format!("/git/ref/heads/{name}");
        let reference = json!({"ref": format!("refs/heads/{answered}"), "object": {"sha": TIP}});
        get(&api, &at, reference).await;
        let arguments = json!({"repo": "o/r", "kind": "branch", "name": name});
        let error = stage.call("delete_resource", arguments).await.unwrap_err();
        assert!(error.contains(said), "{error}");
    }
}

#[tokio::test]
async fn another_default_branch_or_repository_undoes_the_confirmation() {
    for (field, value) in [("default_branch", "stable"), ("full_name", "o/other")] {
        let (api, stage) = Stage::scripted().await;
        let file = json!({"type": "file", "path": "a.md", "size": 42, "sha": BLOB});
        get(&api, "", repository()).await;
        get(&api, "/contents/a.md", file.clone()).await;
        let arguments = json!({"repo": "o/r", "kind": "file", "name": "a.md"});
        let preview = preview(&stage, &arguments).await;
        api.reset().await;
        let mut about = repository();
        about[field] = value.into();
        get(&api, "", about).await;
        get(&api, "/contents/a.md", file).await;
        take_delete(&api, "/contents/a.md", 0).await;
        let error = confirm(&stage, &arguments, token_of(&preview))
            .await
            .unwrap_err();
        assert!(error.contains("changed since the preview"), "{error}");
    }
}
