//! Against GitHub's own words: traffic that octokit recorded, replayed by its fixtures server.
//!
//! A scenario replays its requests in order and knows no others (404). Where a tool makes the
//! recorded request, the program is driven; where none does (renaming a repository, making a
//! label), the client that all tools share is driven directly.

use rmcp::model::CompletionContext;
use seaworthy_github::{
    Client, Token,
    client::Fetched,
    endpoint::{self, Endpoint},
    input::Repo,
    model,
};
use serde_json::{Value, json};

use crate::{
    child::Session,
    programs::{Listening, command, free_port, node, npm, ours, request},
};

/// The token of the recordings.
const TOKEN: &str = "0000000000000000000000000000000000000001";

async fn recordings() -> Listening {
    let port = free_port().await;
    let mut command = command(node());
    let script = std::fs::read_to_string(ours("tests/real/fixtures.mjs")).unwrap();
    npm("@octokit/fixtures-server");
    // the script finds packages from its working folder
    command.current_dir(ours("target/npm")).args([
        "--no-deprecation",
        "--input-type=module",
        "--eval",
        &script,
        &port.to_string(),
    ]);
    Listening::start(command, port, "/ping").await
}

/// The API's address for one replay of a scenario.
async fn scenario(recordings: &Listening, name: &str) -> String {
    let url = format!("{}/fixtures", recordings.url);
    let wanted = json!({"scenario": name});
    let (status, replay) = request("POST", &url, None, Some(&wanted)).await;
    assert_eq!(status, 201, "{name}: {replay}");
    replay["url"].as_str().unwrap().to_owned()
}

async fn client(recordings: &Listening, name: &str) -> Client {
    let url = scenario(recordings, name).await;
    Client::new(&url, Some(Token::parse(TOKEN).unwrap())).unwrap()
}

fn at(repo: &str, path: &str) -> Endpoint {
    let repo = Repo::parse(&format!("octokit-fixture-org/{repo}")).unwrap();
    Endpoint::repo(&repo, format!("{path} of {repo}"), [""; 0]).join(path)
}

#[tokio::test]
async fn pages_are_followed_by_links_that_name_another_path() {
    let recordings = recordings().await;
    let url = scenario(&recordings, "paginate-issues").await;
    let session = Session::on(&url, TOKEN).await;
    // five pages, from the second on at /repositories/1000
    let found = json!({"repo": "octokit-fixture-org/paginate-issues", "page_size": 50});
    let found = session.good("find_items", found).await;
    let items: Vec<_> = found.lines().filter(|line| line.starts_with('#')).collect();
    assert_eq!(items.len(), 13, "{found}");
    assert!(
        items[0].contains("#13 open: Test issue 13 @octokit-fixture-user-a"),
        "{found}"
    );
    assert!(!found.contains("MORE AVAILABLE"), "{found}");
}

#[tokio::test]
async fn the_client_follows_links_page_by_page() {
    let recordings = recordings().await;
    let client = client(&recordings, "paginate-issues").await;
    let issues = at("paginate-issues", "issues").query("per_page", "3");
    let mut page: Fetched<Vec<model::Issue>> = client.get(&issues).await.unwrap();
    assert_eq!(page.last_page, Some(5));
    let mut numbers = Vec::new();
    loop {
        numbers.extend(page.data.iter().map(|issue| issue.number));
        let Some(next) = page.next else { break };
        assert!(
            next.contains("/repositories/1000/issues?per_page=3&page="),
            "{next}"
        );
        page = client.get_link(&next, &issues).await.unwrap();
    }
    assert_eq!(numbers, (1..=13).rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn search_results_are_read() {
    let recordings = recordings().await;
    let url = scenario(&recordings, "search-issues").await;
    let session = Session::on(&url, TOKEN).await;
    let found = json!({"repo": "octokit-fixture-org/search-issues", "query": "sesame",
        "state": "all"});
    let found = session.good("find_items", found).await;
    assert!(found.starts_with("2 matches for: sesame repo:"), "{found}");
    assert_eq!(found.matches("\n#").count(), 2, "{found}");
}

#[tokio::test]
async fn a_repository_and_a_folder_are_read_and_what_is_missing_is_named() {
    let recordings = recordings().await;
    let url = scenario(&recordings, "get-repository").await;
    let session = Session::on(&url, TOKEN).await;
    let repo = json!({"repo": "octokit-fixture-org/hello-world"});
    let overview = session.good("repo_overview", repo.clone()).await;
    assert!(
        overview.starts_with("repository octokit-fixture-org/hello-world: public"),
        "{overview}"
    );
    // the scenario knows nothing but the repository
    assert!(
        overview.contains("languages: could not be read"),
        "{overview}"
    );

    let url = scenario(&recordings, "get-content").await;
    let session = Session::on(&url, TOKEN).await;
    let folder = session.good("read_code", repo).await;
    assert!(folder.contains("file README.md"), "{folder}");
}

#[tokio::test]
async fn an_issue_is_created_and_labelled() {
    let recordings = recordings().await;
    let url = scenario(&recordings, "add-labels-to-issue").await;
    let session = Session::on(&url, TOKEN).await;
    let repo = "octokit-fixture-org/add-labels-to-issue";
    let issue = json!({"repo": repo, "action": "create", "title": "Issue without a label"});
    let created = session.good("write_issue", issue).await;
    assert!(created.contains("add-labels-to-issue#1"), "{created}");
    let labels = json!({"repo": repo, "action": "label", "number": 1,
        "labels": ["Foo", "bAr", "baZ"]});
    let labelled = session.good("write_issue", labels).await;
    assert!(labelled.contains("Labels now: "), "{labelled}");
    for label in ["Foo", "bAr", "baZ"] {
        assert!(labelled.contains(label), "{labelled}");
    }
}

#[tokio::test]
async fn labels_complete_an_argument() {
    let recordings = recordings().await;
    let url = scenario(&recordings, "labels").await;
    let session = Session::on(&url, TOKEN).await;
    let known = [("repo".to_owned(), "octokit-fixture-org/labels".to_owned())].into();
    let context = Some(CompletionContext::with_arguments(known));
    let client = &session.client;
    let completed = client.complete_prompt_argument("triage", "label", "b", context);
    let values = completed.await.unwrap().values;
    assert_eq!(
        values.first().map(String::as_str),
        Some("bug"),
        "{values:?}"
    );
}

#[tokio::test]
async fn a_renamed_repository_is_followed_when_reading_and_when_writing() {
    let recordings = recordings().await;
    let client = client(&recordings, "rename-repository").await;
    let repo = at("rename-repository", "");
    let patch = http::Method::PATCH;
    let name = json!({"name": "rename-repository-newname"});
    let renamed: Value = client
        .send(patch.clone(), &repo, Some(&name))
        .await
        .unwrap();
    assert_eq!(renamed["name"], "rename-repository-newname");
    // 301 to /repositories/1000
    let read: Fetched<model::Repository> = client.get(&repo).await.unwrap();
    assert_eq!(
        read.data.full_name,
        "octokit-fixture-org/rename-repository-newname"
    );
    // 307, with the body again
    let change = json!({"name": "rename-repository-newname", "description": "test description"});
    let changed: Value = client.send(patch, &repo, Some(&change)).await.unwrap();
    assert_eq!(changed["description"], "test description");
}

#[tokio::test]
async fn a_refused_value_is_named_field_by_field() {
    let recordings = recordings().await;
    let client = client(&recordings, "errors").await;
    let label = json!({"name": "foo", "color": "invalid"});
    let labels = at("errors", "labels");
    let refused = client
        .send::<Value>(http::Method::POST, &labels, Some(&label))
        .await;
    let error = refused.unwrap_err().text();
    assert!(error.contains("color"), "{error}");
    assert!(error.contains("422"), "{error}");
    assert!(error.contains("\nNEXT: "), "{error}");
}

#[tokio::test]
async fn refs_are_listed_made_moved_and_deleted() {
    let recordings = recordings().await;
    let client = client(&recordings, "git-refs").await;
    // the recorded list ends with a slash, which no path of ours can
    let one = "0000000000000000000000000000000000000001";
    let two = "0000000000000000000000000000000000000002";
    let listed: Fetched<Value> = client.get(&at("git-refs", "git/refs")).await.unwrap();
    assert!(
        listed.data.to_string().contains("refs/heads/main"),
        "{}",
        listed.data
    );
    let new = json!({"ref": "refs/heads/test", "sha": two});
    let made: Value = client
        .send(http::Method::POST, &at("git-refs", "git/refs"), Some(&new))
        .await
        .unwrap();
    assert_eq!(made["object"]["sha"], two);
    let test = at("git-refs", "git/refs/heads/test");
    let sha = json!({"sha": one});
    let moved: Value = client
        .send(http::Method::PATCH, &test, Some(&sha))
        .await
        .unwrap();
    assert_eq!(moved["object"]["sha"], one);
}

#[tokio::test]
async fn an_empty_answer_is_no_failure() {
    let recordings = recordings().await;
    let client = client(&recordings, "lock-issue").await;
    let lock = at("lock-issue", "issues/1/lock");
    for method in [http::Method::PUT, http::Method::DELETE] {
        let answer: Value = client.send(method, &lock, None).await.unwrap();
        assert_eq!(answer, Value::Null);
    }
}

#[tokio::test]
async fn raw_files_and_archives_are_bytes() {
    let recordings = recordings().await;
    let client = client(&recordings, "get-archive").await;
    let archive = at("get-archive", "tarball/main").leaves_origin();
    let archive = client.get_bytes(&archive).await.unwrap();
    assert!(archive.starts_with(&[0x1f, 0x8b]), "gzip: {archive:?}");

    let client = self::client(&recordings, "get-content").await;
    let folder: Fetched<Vec<model::Content>> =
        client.get(&at("hello-world", "contents")).await.unwrap();
    assert_eq!(folder.data[0].name, "README.md");
    let readme = at("hello-world", "contents/README.md").accept(endpoint::RAW);
    let readme = client.get_bytes(&readme).await.unwrap();
    assert_eq!(&readme[..], b"# hello-world");
}

#[tokio::test]
async fn a_release_is_previewed_before_its_deletion() {
    let recordings = recordings().await;
    let url = scenario(&recordings, "release-assets").await;
    let session = Session::on(&url, TOKEN).await;
    let release = json!({"repo": "octokit-fixture-org/release-assets", "kind": "release",
        "name": "v1.0.0"});
    let (preview, _) = session.preview("delete_resource", release).await;
    assert!(preview.contains("v1.0.0"), "{preview}");
}
