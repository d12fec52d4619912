//! Repositories, releases and what else hangs on them.

use serde_json::json;

use crate::client::Client;

#[test]
fn names_are_not_case_sensitive() {
    let client = Client::new();
    assert_eq!(
        client.get("/repos/TideWatch/HARBOR")["full_name"],
        "tidewatch/harbor"
    );
    assert_eq!(client.get("/repos/mira-okafor/scratch")["private"], true);
    let missing = client.try_get("/repos/tidewatch/nothing");
    assert_eq!(
        (missing.status.as_u16(), &missing.json["message"]),
        (404, &json!("Not Found"))
    );
    assert_eq!(missing.json["status"], "404");
}

#[test]
fn lists_that_belong_to_a_repository() {
    let client = Client::new();
    assert_eq!(client.get("releases/latest")["tag_name"], "v0.8.1");
    assert_eq!(client.all("releases").len(), 3);
    assert_eq!(client.all("tags").len(), 3);
    assert_eq!(client.get("milestones")[0]["title"], "0.9");
    assert!(client.get("languages")["Rust"].is_u64());
    assert_eq!(client.get("contributors")[0]["login"], "mira-okafor");
    assert_eq!(client.get("/user/repos").as_array().unwrap().len(), 3);
    assert_eq!(
        client
            .get("/orgs/tidewatch/repos")
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert!(
        client
            .get_as("readme", "raw+json")
            .text()
            .starts_with("# harbor")
    );
    assert_eq!(client.get("readme")["encoding"], "base64");
}

#[test]
fn what_is_deleted_is_gone() {
    let client = Client::new();
    let release = format!("releases/{}", client.get("releases/tags/v0.7.0")["id"]);
    let delete = |path: &str| client.send("DELETE", path, "", None).status.as_u16();
    assert_eq!(delete(&format!("/repos/tidewatch/harbor/{release}")), 204);
    assert_eq!(client.try_get(&release).status, 404);
    assert_eq!(delete("/repos/tidewatch/almanac"), 204);
    assert_eq!(client.try_get("/repos/tidewatch/almanac").status, 404);
    assert_eq!(delete("/repos/tidewatch/almanac"), 404);
}
