//! `find_items` lists, searches, pages and says what is left.

use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{header, method, path, query_param},
};

use crate::stage::{Stage, TOKEN, cursor_of, issue};

/// Serves `count` issues as GitHub pages them; every third is a pull request.
async fn serve_issues(api: &MockServer, count: u64) {
    let origin = api.uri();
    let answer = move |request: &Request| {
        let number = |name: &str, default: u64| {
            let mut pairs = request.url.query_pairs();
            let found = pairs.find(|(key, _)| key == name);
            found.map_or(default, |(_, value)| value.parse().unwrap())
        };
        let (page, per_page) = (number("page", 1), number("per_page", 30));
        let first = (page - 1) * per_page;
        let items: Vec<Value> = (first..count.min(first + per_page))
            .map(|index| {
                let mut item = issue(index + 1, &format!("Pump {index} stops at low tide"));
                if index % 3 == 2 {
                    item["pull_request"] = json!({"merged_at": null});
                }
                item
            })
            .collect();
        let response = ResponseTemplate::new(200).set_body_json(items);
        if first + per_page < count {
            let next = format!(
                "{origin}/repositories/7/issues?per_page={per_page}&page={}",
                page + 1
            );
            response.insert_header("link", format!("<{next}>; rel=\"next\""))
        } else {
            response
        }
    };
    for at in ["/repos/o/r/issues", "/repositories/7/issues"] {
        Mock::given(method("GET"))
            .and(path(at))
            .and(header("authorization", format!("token {TOKEN}")))
            .respond_with(answer.clone())
            .mount(api)
            .await;
    }
}

/// The item numbers of an answer.
fn numbers(answer: &str) -> Vec<u64> {
    let lines = answer.lines().filter_map(|line| line.strip_prefix('#'));
    lines
        .map(|line| line.split_whitespace().next().unwrap().parse().unwrap())
        .collect()
}

#[tokio::test]
async fn no_items_is_an_answer() {
    let (api, stage) = Stage::scripted().await;
    serve_issues(&api, 0).await;
    let answer = stage
        .call("find_items", json!({"repo": "o/r"}))
        .await
        .unwrap();
    assert_eq!(answer, "No matching items in o/r.");
}

#[tokio::test]
async fn every_item_comes_once_whatever_the_count() {
    for count in [1, 50, 51, 1_000] {
        let (api, stage) = Stage::scripted().await;
        serve_issues(&api, count).await;
        let mut arguments = json!({"repo": "o/r", "page_size": 1_000_000});
        let mut seen = Vec::new();
        loop {
            let answer = stage.call("find_items", arguments.clone()).await.unwrap();
            assert!(numbers(&answer).len() <= 50, "page_size is capped at 50");
            assert!(answer.len() <= 8_000, "2,000 tokens a page");
            seen.extend(numbers(&answer));
            if !answer.contains("MORE AVAILABLE") {
                break;
            }
            arguments["cursor"] = cursor_of(&answer).into();
        }
        assert_eq!(seen, (1..=count).collect::<Vec<_>>(), "{count} items");
    }
}

#[tokio::test]
async fn one_kind_alone_pages_through_both() {
    let (api, stage) = Stage::scripted().await;
    serve_issues(&api, 250).await;
    let mut arguments = json!({"repo": "o/r", "kind": "pull", "page_size": 20});
    let mut seen = Vec::new();
    for _ in 0..5 {
        let answer = stage.call("find_items", arguments.clone()).await.unwrap();
        seen.extend(numbers(&answer));
        if answer.contains("MORE AVAILABLE") {
            arguments["cursor"] = cursor_of(&answer).into();
        }
    }
    assert_eq!(seen, (1..=250).filter(|n| n % 3 == 0).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    let (api, stage) = Stage::scripted().await;
    serve_issues(&api, 100).await;
    let answer = stage
        .call("find_items", json!({"repo": "o/r"}))
        .await
        .unwrap();
    let other = json!({"repo": "o/r", "state": "closed", "cursor": cursor_of(&answer)});
    let error = stage.call("find_items", other).await.unwrap_err();
    assert!(error.contains("belongs to other arguments"), "{error}");
    assert!(error.contains("NEXT:"), "{error}");
}

#[tokio::test]
async fn a_search_past_its_ceiling_says_how_to_refine() {
    let (api, stage) = Stage::scripted().await;
    let page: Vec<_> = (951..=1000).map(|n| issue(n, "late")).collect();
    Mock::given(path("/search/issues"))
        .and(query_param("q", "pump state:open"))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_json(
                    json!({"total_count": 1730, "incomplete_results": false, "items": page}),
                )
                .insert_header(
                    "link",
                    format!("<{}/search/issues?page=20>; rel=\"last\"", api.uri()).as_str(),
                ),
        )
        .mount(&api)
        .await;
    let answer = stage
        .call("find_items", json!({"query": "pump", "page_size": 50}))
        .await
        .unwrap();
    assert!(
        answer.starts_with("1730 matches for: pump state:open"),
        "{answer}"
    );
}

#[tokio::test]
async fn bad_arguments_name_the_argument() {
    let (_api, stage) = Stage::scripted().await;
    for (arguments, said) in [
        (json!({}), "neither repo nor query"),
        (
            json!({"repo": "o"}),
            "invalid argument repo: must be owner/name",
        ),
        (json!({"repo": "../../etc"}), "invalid argument repo"),
        (
            json!({"repo": "o/r", "state": "opne"}),
            "unknown variant `opne`",
        ),
        (
            json!({"repo": "o/r", "colour": 1}),
            "unknown field `colour`",
        ),
        (json!({"repo": "o/r", "labels": ["a\nb"]}), "labels[0]"),
    ] {
        let error = stage.call("find_items", arguments).await.unwrap_err();
        assert!(error.contains(said), "{error}");
    }
}
