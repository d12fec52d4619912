//! Issues: filters, writes, the timeline.

use serde_json::{Value, json};

use crate::client::Client;

#[test]
fn filters_narrow_the_list() {
    let client = Client::new();
    let bugs = client.all("issues?labels=bug,area/time&per_page=100");
    assert!(!bugs.is_empty());
    let has = |item: &Value, name: &str| {
        item["labels"]
            .as_array()
            .unwrap()
            .iter()
            .any(|label| label["name"] == name)
    };
    assert!(
        bugs.iter()
            .all(|item| has(item, "bug") && has(item, "area/time"))
    );
    let mine = client.all("issues?assignee=mira-okafor&per_page=100");
    assert!(
        mine.iter()
            .all(|item| item["assignees"].to_string().contains("mira-okafor"))
    );
    let since = client.all("issues?since=2026-11-01T00:00:00Z&sort=updated&per_page=100");
    assert!(
        since.len() < 245
            && since
                .iter()
                .all(|item| item["updated_at"].as_str() >= Some("2026-11-01"))
    );
    assert!(
        client
            .all("issues?milestone=none")
            .iter()
            .all(|item| item["milestone"].is_null())
    );
    assert_eq!(client.try_get("issues?state=gone").status, 422);
}

#[test]
fn an_issue_lives_from_opening_to_closing() {
    let client = Client::new();
    let body = json!({"title": "Tide is late", "body": "Like #297.", "labels": ["bug"], "assignees": ["Priya-Raman"]});
    let opened = client.write("POST", "issues", body);
    assert_eq!(opened.status, 201);
    assert_eq!(
        (&opened.json["number"], &opened.json["created_at"]),
        (&json!(316), &json!("2026-11-20T12:00:01Z"))
    );
    assert_eq!(opened.json["assignees"][0]["login"], "priya-raman");
    let labels = client.write(
        "POST",
        "issues/316/labels",
        json!({"labels": ["regression"]}),
    );
    assert_eq!(labels.json.as_array().unwrap().len(), 2);
    let labels = client.write("DELETE", "issues/316/labels/bug", Value::Null);
    assert_eq!(
        (labels.status.as_u16(), labels.json[0]["name"].as_str()),
        (400, None)
    );
    let labels = client.send(
        "DELETE",
        "/repos/tidewatch/harbor/issues/316/labels/bug",
        "",
        None,
    );
    assert_eq!(labels.json[0]["name"], "regression");
    let closed = client.write(
        "PATCH",
        "issues/316",
        json!({"state": "closed", "state_reason": "not_planned"}),
    );
    assert_eq!(
        (&closed.json["state"], &closed.json["state_reason"]),
        (&json!("closed"), &json!("not_planned"))
    );
    assert_eq!(closed.json["closed_by"]["login"], "mira-okafor");
    let events: Vec<String> = client
        .all("issues/316/timeline")
        .iter()
        .map(|event| event["event"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        events,
        ["labeled", "assigned", "labeled", "unlabeled", "closed"]
    );
    let referenced = client.all("issues/297/timeline");
    assert!(
        referenced
            .iter()
            .any(|event| event["event"] == "cross-referenced"
                && event["source"]["issue"]["number"] == 316)
    );
}

#[test]
fn bad_writes_name_the_field() {
    let client = Client::new();
    for (body, field) in [
        (json!({"body": "no title"}), "title"),
        (
            json!({"title": "x", "assignees": ["nobody-here"]}),
            "assignees",
        ),
        (json!({"title": "x", "milestone": 99}), "milestone"),
    ] {
        let answer = client.write("POST", "issues", body);
        assert_eq!(answer.status, 422);
        assert_eq!(answer.json["errors"][0]["field"], field);
        assert_eq!(answer.json["status"], "422");
    }
    assert_eq!(
        client
            .write("POST", "issues/9999/comments", json!({"body": "x"}))
            .status,
        404
    );
    assert_eq!(
        client
            .write("POST", "issues/297/comments", json!({"body": " "}))
            .status,
        422
    );
    assert_eq!(
        client.get("/search/issues?q=is:issue+is:open+repo:tidewatch/harbor")["total_count"],
        240
    );
}
