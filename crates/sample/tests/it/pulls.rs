//! Pull requests: diffs, reviews, merging.

use seaworthy_sample::{FAILING_PR, HUGE_PR, READY_PR};
use serde_json::json;

use crate::client::Client;

#[test]
fn the_failing_pull_request_has_all_its_parts() {
    let client = Client::new();
    let pull = client.get(&format!("pulls/{FAILING_PR}"));
    assert_eq!(pull["head"]["ref"], "fix/dst-interpolation");
    assert_eq!(
        (
            &pull["changed_files"],
            &pull["commits"],
            &pull["review_comments"]
        ),
        (&json!(4), &json!(3), &json!(5))
    );
    assert_eq!(
        (&pull["mergeable"], &pull["mergeable_state"]),
        (&json!(true), &json!("blocked"))
    );
    let files = client.all(&format!("pulls/{FAILING_PR}/files"));
    assert!(files.iter().all(|file| {
        file["patch"]
            .as_str()
            .is_some_and(|patch| patch.starts_with("@@"))
    }));
    let reviews = client.all(&format!("pulls/{FAILING_PR}/reviews"));
    assert_eq!(
        (reviews.len(), &reviews[0]["state"]),
        (2, &json!("CHANGES_REQUESTED"))
    );
    let comments = client.all(&format!("pulls/{FAILING_PR}/comments"));
    assert_eq!(comments[4]["in_reply_to_id"], comments[0]["id"]);
    let one = client.get(&format!("pulls/comments/{}", comments[4]["id"]));
    assert_eq!(one, comments[4]);
    assert!(comments.iter().all(|said| {
        said["diff_hunk"]
            .as_str()
            .is_some_and(|hunk| hunk.contains("\n+"))
    }));
    let diff = client.get_as(&format!("pulls/{FAILING_PR}"), "diff");
    assert_eq!(diff.text().matches("diff --git").count(), 4);
}

#[test]
fn the_huge_one_changes_300_files_over_several_pages() {
    let client = Client::new();
    assert_eq!(
        client.get(&format!("pulls/{HUGE_PR}"))["changed_files"],
        300
    );
    assert_eq!(
        client
            .all(&format!("pulls/{HUGE_PR}/files?per_page=100"))
            .len(),
        300
    );
}

#[test]
fn a_merge_with_a_stale_sha_changes_nothing() {
    let client = Client::new();
    let path = format!("pulls/{READY_PR}/merge");
    let answer = client.write("PUT", &path, json!({"sha": "0".repeat(40)}));
    assert_eq!(answer.status, 409);
    assert_eq!(client.get(&format!("pulls/{READY_PR}"))["state"], "open");
}

#[test]
fn each_way_of_merging_moves_the_base_branch() {
    for (method, parents, title) in [
        (
            "squash",
            1,
            "Cache station metadata between predictions (#312)",
        ),
        (
            "merge",
            2,
            "Merge pull request #312 from tidewatch/perf/station-cache",
        ),
        ("rebase", 1, "Cache station metadata between predictions"),
    ] {
        let client = Client::new();
        let pull = client.get(&format!("pulls/{READY_PR}"));
        assert_eq!(
            (&pull["mergeable"], &pull["mergeable_state"]),
            (&json!(true), &json!("clean"))
        );
        let body = json!({"sha": pull["head"]["sha"], "merge_method": method});
        let merged = client.write("PUT", &format!("pulls/{READY_PR}/merge"), body);
        assert_eq!(
            (merged.status.as_u16(), &merged.json["merged"]),
            (200, &json!(true))
        );
        let head = client.get("commits/main");
        assert_eq!(head["sha"], merged.json["sha"]);
        assert_eq!(
            head["parents"].as_array().unwrap().len(),
            parents,
            "{method}"
        );
        assert!(
            head["commit"]["message"]
                .as_str()
                .unwrap()
                .starts_with(title),
            "{method}"
        );
        let pull = client.get(&format!("pulls/{READY_PR}"));
        assert_eq!(
            (&pull["state"], &pull["merged"]),
            (&json!("closed"), &json!(true))
        );
        assert_eq!(pull["changed_files"], 3);
        assert_eq!(
            client
                .write("PUT", &format!("pulls/{READY_PR}/merge"), json!({}))
                .status,
            405
        );
    }
}

#[test]
fn what_is_not_ready_is_not_merged() {
    let client = Client::new();
    for (number, reason) in [(FAILING_PR, "Changes have been requested"), (296, "draft")] {
        let answer = client.write("PUT", &format!("pulls/{number}/merge"), json!({}));
        assert_eq!(answer.status, 405);
        assert!(answer.json["message"].as_str().unwrap().contains(reason));
    }
}

#[test]
fn reviews_sit_on_lines_of_the_diff() {
    let client = Client::new();
    let path = format!("pulls/{READY_PR}/reviews");
    let on = |line: usize| json!({"event": "COMMENT", "body": "", "comments": [{"path": "src/cache.rs", "line": line, "side": "RIGHT", "body": "Why?"}]});
    assert_eq!(client.write("POST", &path, on(900)).status, 422);
    assert_eq!(client.write("POST", &path, on(20)).status, 200);
    assert_eq!(
        client.all(&format!("pulls/{READY_PR}/comments"))[0]["path"],
        "src/cache.rs"
    );
    let approved = client.write("POST", &path, json!({"event": "APPROVE"}));
    assert_eq!(approved.json["state"], "APPROVED");
    let own = client.write("POST", "pulls/296/reviews", json!({"event": "APPROVE"}));
    assert_eq!(own.status, 422);
    assert_eq!(
        own.json["errors"][0]["message"],
        "Review Can not approve your own pull request"
    );
}

#[test]
fn a_pull_request_needs_commits_and_comes_once() {
    let client = Client::new();
    let main = client.get("git/ref/heads/main")["object"]["sha"].clone();
    client.write(
        "POST",
        "git/refs",
        json!({"ref": "refs/heads/docs/typo", "sha": main}),
    );
    let body = json!({"title": "Fix a typo", "head": "docs/typo", "base": "main"});
    let none = client.write("POST", "pulls", body.clone());
    assert_eq!(
        none.json["errors"][0]["message"],
        "No commits between main and docs/typo"
    );
    let put = json!({"message": "Typo", "content": "SGVsbG8K", "branch": "docs/typo"});
    assert_eq!(
        client.write("PUT", "contents/docs/typo.md", put).status,
        201
    );
    let opened = client.write("POST", "pulls", body.clone());
    assert_eq!(
        (opened.status.as_u16(), &opened.json["mergeable_state"]),
        (201, &json!("clean"))
    );
    assert_eq!(client.write("POST", "pulls", body).status, 422);
    let before = opened.json["head"]["sha"].clone();
    let put = json!({"message": "More", "content": "SGVsbG8h", "branch": "docs/typo"});
    client.write("PUT", "contents/docs/more.md", put);
    let after = client.get(&format!("pulls/{}", opened.json["number"]));
    assert_ne!(after["head"]["sha"], before);
    assert!(after["updated_at"].as_str() > opened.json["updated_at"].as_str());
}
