//! The git database, references and contents.

use serde_json::{Value, json};

use crate::client::Client;

fn head(client: &Client, branch: &str) -> String {
    client.get(&format!("git/ref/heads/{branch}"))["object"]["sha"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn a_commit_is_built_from_blobs_and_trees() {
    let client = Client::new();
    let main = head(&client, "main");
    let base = client.get(&format!("git/commits/{main}"))["tree"]["sha"].clone();
    let blob = client
        .write(
            "POST",
            "git/blobs",
            json!({"content": "aGVsbG8K", "encoding": "base64"}),
        )
        .json;
    assert_eq!(blob["sha"], "ce013625030ba8dba906f756967f9e9ca394464a");
    let tree = json!({"base_tree": base, "tree": [
        {"path": "docs/hello.md", "mode": "100644", "type": "blob", "sha": blob["sha"]},
        {"path": "docs/bye.md", "mode": "100644", "type": "blob", "content": "bye\n"},
        {"path": "SECURITY.md", "mode": "100644", "type": "blob", "sha": null},
    ]});
    let tree = client.write("POST", "git/trees", tree).json["sha"].clone();
    let commit = client.write(
        "POST",
        "git/commits",
        json!({"message": "Hello", "tree": tree, "parents": [main]}),
    );
    assert_eq!(commit.status, 201);
    let sha = commit.json["sha"].clone();
    let made = client.write(
        "POST",
        "git/refs",
        json!({"ref": "refs/heads/feature/hello", "sha": sha}),
    );
    assert_eq!(made.status, 201);
    let again = client.write(
        "POST",
        "git/refs",
        json!({"ref": "refs/heads/feature/hello", "sha": sha}),
    );
    assert_eq!(again.json["message"], "Reference already exists");
    let compare = client.get("compare/main...feature/hello");
    assert_eq!(
        (&compare["status"], &compare["ahead_by"]),
        (&json!("ahead"), &json!(1))
    );
    let files: Vec<_> = compare["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| &file["status"])
        .collect();
    assert_eq!(files, ["removed", "added", "added"]);
    assert_eq!(
        client
            .send(
                "DELETE",
                "/repos/tidewatch/harbor/git/refs/heads/feature/hello",
                "",
                None
            )
            .status,
        204
    );
    assert_eq!(client.try_get("branches/feature/hello").status, 404);
}

#[test]
fn a_branch_moves_forward_only() {
    let client = Client::new();
    let commits = client.get("commits?per_page=2");
    let path = "git/refs/heads/main";
    let back = client.write("PATCH", path, json!({"sha": commits[1]["sha"]}));
    assert_eq!(
        (back.status.as_u16(), back.json["message"].as_str()),
        (422, Some("Update is not a fast forward"))
    );
    assert_eq!(
        client
            .write(
                "PATCH",
                path,
                json!({"sha": commits[1]["sha"], "force": true})
            )
            .status,
        200
    );
    assert_eq!(
        client
            .write("PATCH", path, json!({"sha": commits[0]["sha"]}))
            .status,
        200
    );
}

#[test]
fn contents_need_the_sha_of_what_they_replace() {
    let client = Client::new();
    let file = client.get("contents/README.md");
    let put = |sha: Value| {
        client.write(
            "PUT",
            "contents/README.md",
            json!({"message": "m", "content": "eA==", "sha": sha}),
        )
    };
    assert_eq!(put(Value::Null).status, 422);
    assert_eq!(put(json!("0".repeat(40))).status, 409);
    assert_eq!(put(file["sha"].clone()).status, 200);
    assert_eq!(put(file["sha"].clone()).status, 409);
    let delete = |sha: &Value| {
        client.write(
            "DELETE",
            "contents/LICENSE",
            json!({"message": "m", "sha": sha}),
        )
    };
    assert_eq!(delete(&Value::Null).status, 422);
    assert_eq!(delete(&file["sha"]).status, 409);
    assert_eq!(delete(&client.get("contents/LICENSE")["sha"]).status, 200);
    assert_eq!(client.try_get("contents/LICENSE").status, 404);
}

#[test]
fn large_and_binary_files_are_told_apart() {
    let client = Client::new();
    let large = client.get("contents/data/harmonics.csv");
    assert!(large["size"].as_u64().unwrap() > 1_048_576);
    assert_eq!(
        (&large["content"], &large["encoding"]),
        (&json!(""), &json!("none"))
    );
    assert_eq!(
        client
            .get_as("contents/data/harmonics.csv", "raw+json")
            .text()
            .len() as u64,
        large["size"].as_u64().unwrap()
    );
    let picture = client.get_as("contents/docs/images/tide-curve.png", "raw");
    assert!(picture.response.body().starts_with(b"\x89PNG"));
    assert!(
        client
            .get("contents/src")
            .as_array()
            .unwrap()
            .iter()
            .any(|entry| entry["type"] == "dir")
    );
    let tree = client.get("git/trees/main?recursive=1");
    assert_eq!(tree["truncated"], false);
    let blobs = tree["tree"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["type"] == "blob")
        .count();
    assert_eq!(blobs, 38);
}

#[test]
fn history_can_be_asked_by_path_author_and_date() {
    let client = Client::new();
    assert_eq!(client.all("commits?per_page=100").len(), 61);
    let touched = client.all("commits?path=src/interpolate.rs");
    assert_eq!(touched.len(), 4);
    assert!(
        client
            .all("commits?author=elin-haugen")
            .iter()
            .all(|commit| commit["author"]["login"] == "elin-haugen")
    );
    assert!(
        client
            .all("commits?since=2026-10-01&until=2026-11-30")
            .len()
            < 6
    );
    let one = client.get(&format!("commits/{}", touched[0]["sha"].as_str().unwrap()));
    assert_eq!(one["stats"]["total"], one["files"][0]["changes"]);
    let compare = client.get("compare/v0.8.0...v0.8.1");
    assert_eq!(
        (&compare["status"], &compare["total_commits"]),
        (&json!("ahead"), &json!(6))
    );
    assert_eq!(client.get("compare/main...v0.8.1")["status"], "behind");
    assert_eq!(
        client.get("branches/fix/dst-interpolation")["name"],
        "fix/dst-interpolation"
    );
    assert_eq!(
        client.get("branches/fix%2Fdst-interpolation")["protected"],
        false
    );
}
