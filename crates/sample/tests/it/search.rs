//! Search: qualifiers, ceilings, matches.

use serde_json::json;

use crate::client::Client;

fn total(client: &Client, query: &str) -> u64 {
    client.get(&format!("/search/issues?q={query}"))["total_count"]
        .as_u64()
        .unwrap()
}

#[test]
fn search_ends_at_a_thousand_results() {
    let client = Client::new();
    assert_eq!(
        client
            .try_get("/search/issues?q=is:open&per_page=100&page=10")
            .status,
        200
    );
    let beyond = client.try_get("/search/issues?q=is:open&per_page=100&page=11");
    assert_eq!(beyond.status, 422);
    assert_eq!(
        beyond.json["message"],
        "Only the first 1000 search results are available"
    );
}

#[test]
fn qualifiers_split_the_whole() {
    let client = Client::new();
    let open = total(&client, "repo:tidewatch/harbor+is:open");
    let parts = ["is:issue", "is:pr"]
        .map(|kind| total(&client, &format!("repo:tidewatch/harbor+is:open+{kind}")));
    assert_eq!((open, parts), (245, [240, 5]));
    let bugs = total(&client, "repo:tidewatch/harbor+is:issue+is:open+label:bug");
    let rest = total(&client, "repo:tidewatch/harbor+is:issue+is:open+-label:bug");
    assert_eq!(bugs + rest, 240);
    assert_eq!(total(&client, "is:pr+is:merged+org:tidewatch"), 8);
    assert_eq!(total(&client, "is:pr+draft:true"), 1);
    let none = total(&client, "repo:tidewatch/harbor+is:issue+is:open+comments:0");
    let some = total(
        &client,
        "repo:tidewatch/harbor+is:issue+is:open+comments:%3E0",
    );
    assert_eq!(none + some, 240);
    let old = total(
        &client,
        "repo:tidewatch/harbor+is:open+updated:%3C2026-01-01",
    );
    let new = total(
        &client,
        "repo:tidewatch/harbor+is:open+updated:%3E=2026-01-01",
    );
    assert_eq!(old + new, 245);
    assert_eq!(total(&client, "clocks+forward+in:title"), 1);
}

#[test]
fn what_cannot_be_searched_is_said() {
    let client = Client::new();
    let answer = client.try_get("/search/issues?q=repo:tidewatch/none+tide");
    assert_eq!(
        (answer.status.as_u16(), &answer.json["errors"][0]["field"]),
        (422, &json!("q"))
    );
    assert_eq!(client.try_get("/search/issues").status, 422);
    assert_eq!(
        client
            .try_get(&format!("/search/issues?q={}", "a".repeat(300)))
            .status,
        422
    );
}

#[test]
fn code_is_found_with_its_surroundings() {
    let client = Client::new();
    let found = client
        .get_as(
            "/search/code?q=node_factor+repo:tidewatch/harbor+language:rust",
            "text-match+json",
        )
        .json;
    assert_eq!(found["total_count"], 2);
    let matched = &found["items"][0]["text_matches"][0];
    assert!(
        matched["fragment"]
            .as_str()
            .unwrap()
            .contains("node_factor")
    );
    assert_eq!(matched["matches"][0]["text"], "node_factor");
    assert_eq!(
        client.get("/search/repositories?q=tide")["items"][0]["full_name"],
        "tidewatch/harbor"
    );
    assert_eq!(
        client.get("/search/commits?q=release+repo:tidewatch/harbor")["total_count"],
        4
    );
    assert_eq!(
        client.get("/search/users?q=haugen")["items"][0]["login"],
        "elin-haugen"
    );
}
