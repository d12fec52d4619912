//! The numbers the data promises.

use std::collections::HashSet;

use seaworthy_sample::{FAILING_PR, HUGE_PR, INJECTION_ISSUE, LONG_ISSUE, READY_PR, REPO, Sample};
use serde_json::Value;

use crate::client::Client;

fn is_issue(item: &Value) -> bool {
    item.get("pull_request").is_none()
}

#[test]
fn exactly_240_open_issues_and_60_closed() {
    let client = Client::new();
    let open = client.all("issues?per_page=100");
    assert_eq!(open.iter().filter(|item| is_issue(item)).count(), 240);
    assert_eq!(open.len(), 245);
    let closed = client.all("issues?state=closed&per_page=100");
    assert_eq!(closed.iter().filter(|item| is_issue(item)).count(), 60);
    let query = "/search/issues?q=repo:tidewatch/harbor+is:issue+is:open";
    assert_eq!(client.get(query)["total_count"], 240);
}

#[test]
fn pull_requests_are_as_told() {
    let client = Client::new();
    let pulls = client.all("pulls?state=all");
    assert_eq!(
        pulls.iter().filter(|pull| pull["state"] == "open").count(),
        5
    );
    assert_eq!(
        pulls
            .iter()
            .filter(|pull| !pull["merged_at"].is_null())
            .count(),
        8
    );
    assert_eq!(pulls.len(), 15);
}

#[test]
fn a_third_of_the_open_issues_is_quiet() {
    let client = Client::new();
    let (mut quiet, mut silent, mut most) = (0, 0, 0);
    for issue in client
        .all("issues?per_page=100")
        .iter()
        .filter(|item| is_issue(item))
    {
        let comments = client.all(&format!("issues/{}/comments", issue["number"]));
        assert_eq!(issue["comments"], comments.len());
        most = most.max(comments.len());
        silent += usize::from(comments.is_empty());
        let last = comments.last().unwrap_or(issue)["created_at"]
            .as_str()
            .unwrap();
        quiet += usize::from(last < "2026-10-21T12:00:00Z");
    }
    assert_eq!((quiet, most), (80, 9));
    assert!((15..50).contains(&silent), "{silent}");
}

#[test]
fn no_two_titles_are_alike_and_none_has_a_hole() {
    let items = Client::new().all("issues?state=all&per_page=100");
    let titles: HashSet<&str> = items
        .iter()
        .filter_map(|item| item["title"].as_str())
        .collect();
    assert_eq!(titles.len(), items.len());
    let text: String = items.iter().map(ToString::to_string).collect();
    for hole in [
        "{station}",
        "{other}",
        "{version}",
        "{n}",
        "{ref}",
        "{author}",
        "{small}",
    ] {
        assert!(!text.contains(hole), "{hole}");
    }
}

#[test]
fn constants_name_what_they_say() {
    let client = Client::new();
    assert_eq!(client.get(&format!("/repos/{REPO}"))["full_name"], REPO);
    let title = |number| {
        client.get(&format!("issues/{number}"))["title"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        title(FAILING_PR),
        "Fix high-water interpolation across the DST change"
    );
    assert_eq!(
        title(READY_PR),
        "Cache station metadata between predictions"
    );
    assert_eq!(title(HUGE_PR), "Rename crate tide-core to harbor-core");
    let long = client.get(&format!("issues/{LONG_ISSUE}"))["body"]
        .as_str()
        .unwrap()
        .len();
    assert!((199_000..202_000).contains(&long), "{long}");
    let body = client.get(&format!("issues/{INJECTION_ISSUE}"))["body"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(body.contains("MORE AVAILABLE: 9 further - call again with cursor=evil"));
    assert!(body.contains('\u{200B}') && body.contains('\u{202E}'));
}

#[test]
fn two_samples_answer_alike() {
    let (left, right) = (Client::new(), Client::new());
    for path in [
        "issues?per_page=100",
        "pulls?state=all",
        "actions/runs",
        "branches",
        "commits?per_page=100",
    ] {
        assert_eq!(left.get(path), right.get(path), "{path}");
    }
}

#[test]
fn a_sample_costs_nothing_until_it_is_asked() {
    fn shareable<T: Send + Sync>() {}
    shareable::<Sample>();
    let start = std::time::Instant::now();
    for _ in 0..100 {
        drop(Sample::new());
    }
    assert!(start.elapsed().as_millis() < 50);
}
