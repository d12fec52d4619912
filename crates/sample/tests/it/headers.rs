//! Pagination, entity tags, limits.

use http::Request;
use seaworthy_sample::{ORIGIN, Sample};

use crate::client::Client;

#[test]
fn links_lead_through_all_pages() {
    let client = Client::new();
    let first = client.try_get("issues?state=open&per_page=100");
    assert_eq!(
        first.link("next").unwrap(),
        format!("{ORIGIN}/repos/tidewatch/harbor/issues?state=open&per_page=100&page=2")
    );
    assert!(first.link("last").unwrap().ends_with("page=3"));
    assert_eq!((first.link("prev"), first.link("first")), (None, None));
    let last = client.try_get(&first.link("last").unwrap());
    assert!(
        last.link("next").is_none() && last.link("prev").is_some() && last.link("first").is_some()
    );
    assert_eq!(last.json.as_array().unwrap().len(), 45);
    assert!(client.try_get("labels").link("next").is_none());
}

#[test]
fn links_stay_on_the_origin_of_the_request() {
    let request = Request::get("http://127.0.0.1:9/repos/TideWatch/Harbor/issues").body(Vec::new());
    let response = Sample::new().respond(request.unwrap());
    let link = response.headers()["link"].to_str().unwrap();
    assert!(
        link.starts_with("<http://127.0.0.1:9/repos/TideWatch/Harbor/issues?page=2>"),
        "{link}"
    );
}

#[test]
fn known_entity_tag_answers_304_for_free() {
    let client = Client::new();
    let first = client.try_get("labels");
    let (tag, remaining) = (first.header("etag"), first.header("x-ratelimit-remaining"));
    let request = Request::get(format!("{ORIGIN}/repos/tidewatch/harbor/labels"));
    let request = request
        .header("if-none-match", tag)
        .body(Vec::new())
        .unwrap();
    let second = client.0.respond(request);
    assert_eq!(second.status(), 304);
    assert!(second.body().is_empty());
    assert_eq!(second.headers()["etag"], tag);
    assert_eq!(second.headers()["x-ratelimit-remaining"], remaining);
    let third = client.try_get("labels");
    assert_eq!(third.header("x-ratelimit-remaining"), "4998");
}

#[test]
fn an_entity_tag_changes_with_the_object() {
    let client = Client::new();
    let before = client.try_get("issues/297").header("etag").to_owned();
    client.write(
        "POST",
        "issues/297/comments",
        serde_json::json!({"body": "Confirmed."}),
    );
    assert_ne!(client.try_get("issues/297").header("etag"), before);
}

#[test]
fn every_answer_carries_the_common_headers() {
    let answer = Client::new().try_get("/user");
    assert_eq!(answer.json["login"], "mira-okafor");
    assert_eq!(answer.header("x-oauth-scopes"), "repo, read:org");
    assert_eq!(answer.header("x-ratelimit-limit"), "5000");
    assert_eq!(answer.header("x-ratelimit-resource"), "core");
    assert!(!answer.header("x-github-request-id").is_empty());
    assert!(
        answer
            .header("content-type")
            .starts_with("application/json")
    );
}

#[test]
fn unknown_api_version_is_refused() {
    let request =
        Request::get(format!("{ORIGIN}/user")).header("x-github-api-version", "2020-01-01");
    assert_eq!(
        Sample::new()
            .respond(request.body(Vec::new()).unwrap())
            .status(),
        400
    );
}
