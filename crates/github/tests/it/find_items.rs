//! `find_items` lists, searches, pages and says what is left.

use std::collections::HashMap;

use serde_json::{Value, json};
use url::Url;
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{header, method, path},
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
    assert_eq!(answer, "No matching items in o/r, open.");
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
async fn a_cursor_survives_another_page_size() {
    for kind in [None, Some("issue")] {
        let (api, stage) = Stage::scripted().await;
        serve_issues(&api, 300).await;
        let mut arguments = json!({"repo": "o/r", "kind": kind});
        let mut seen = Vec::new();
        for size in [7, 50, 1, 33].into_iter().cycle() {
            arguments["page_size"] = size.into();
            let answer = stage.call("find_items", arguments.clone()).await.unwrap();
            seen.extend(numbers(&answer));
            if !answer.contains("MORE AVAILABLE") {
                break;
            }
            arguments["cursor"] = cursor_of(&answer).into();
        }
        let wanted: Vec<_> = (1..=300).filter(|n| kind.is_none() || n % 3 != 0).collect();
        assert_eq!(seen, wanted, "{kind:?}");
    }
}

#[tokio::test]
async fn a_kind_that_is_rare_is_looked_for_further_on() {
    let (api, stage) = Stage::scripted().await;
    // 700 issues, and one pull request behind them
    let origin = api.uri();
    let answer = move |request: &Request| {
        let mut pairs = request.url.query_pairs();
        let page = pairs.find(|(name, _)| name == "page");
        let page: u64 = page.map_or(1, |(_, page)| page.parse().unwrap());
        let mut items: Vec<_> = (1..=100)
            .map(|n| issue((page - 1) * 100 + n, "plain"))
            .collect();
        if page == 8 {
            items.truncate(1);
            items[0]["pull_request"] = json!({"merged_at": null});
            return ResponseTemplate::new(200).set_body_json(items);
        }
        let next = format!(
            "<{origin}/repos/o/r/issues?page={}>; rel=\"next\"",
            page + 1
        );
        ResponseTemplate::new(200)
            .set_body_json(items)
            .insert_header("link", next)
    };
    Mock::given(path("/repos/o/r/issues"))
        .respond_with(answer)
        .mount(&api)
        .await;
    let mut arguments = json!({"repo": "o/r", "kind": "pull"});
    let first = stage.call("find_items", arguments.clone()).await.unwrap();
    assert!(
        first.starts_with(
            "No matching items in this part of o/r's list.\nMORE AVAILABLE: further items"
        ),
        "{first}"
    );
    arguments["cursor"] = cursor_of(&first).into();
    let second = stage.call("find_items", arguments).await.unwrap();
    assert_eq!(numbers(&second), [701]);
    assert!(!second.contains("MORE AVAILABLE"), "{second}");
}

/// Serves a search of `total` matches as GitHub does: pages of what is asked for, 1,000 at most,
/// links that repeat the query in GitHub's own spelling.
async fn serve_search(api: &MockServer, total: u64, incomplete: bool) {
    let origin = api.uri();
    let answer = move |request: &Request| {
        let asked: HashMap<_, _> = request.url.query_pairs().into_owned().collect();
        let number = |name: &str| asked.get(name).map(|value| value.parse::<u64>().unwrap());
        let (page, per_page) = (number("page").unwrap_or(1), number("per_page").unwrap());
        assert!(
            page * per_page <= 1_000,
            "GitHub answers 422 past 1,000 results"
        );
        let reachable = total.min(1_000);
        let numbers = (page - 1) * per_page + 1..=reachable.min(page * per_page);
        let items: Vec<_> = numbers.map(|n| issue(n, "pump")).collect();
        let body = json!({"total_count": total, "incomplete_results": incomplete, "items": items});
        let response = ResponseTemplate::new(200).set_body_json(body);
        if page * per_page >= reachable {
            return response;
        }
        let mut next = Url::parse(&format!("{origin}/search/issues")).unwrap();
        next.query_pairs_mut()
            .append_pair("per_page", &per_page.to_string())
            .append_pair("q", &asked["q"])
            .append_pair("page", &(page + 1).to_string());
        response.insert_header("link", format!("<{next}>; rel=\"next\""))
    };
    Mock::given(path("/search/issues"))
        .respond_with(answer)
        .mount(api)
        .await;
}

#[tokio::test]
async fn a_search_past_its_ceiling_says_how_to_refine() {
    let (api, stage) = Stage::scripted().await;
    serve_search(&api, 1_730, false).await;
    let mut arguments = json!({"query": "pump", "page_size": 50});
    let mut seen = Vec::new();
    let last = loop {
        let answer = stage.call("find_items", arguments.clone()).await.unwrap();
        assert!(
            answer.starts_with("1,730 matches for: pump state:open\n"),
            "{answer}"
        );
        seen.extend(numbers(&answer));
        if !answer.contains("cursor=") {
            break answer;
        }
        let left = 1_730 - seen.len();
        assert!(
            answer.contains(&format!("MORE AVAILABLE: {left} further - call again")),
            "{answer}"
        );
        arguments["cursor"] = cursor_of(&answer).into();
    };
    assert_eq!(seen, (1..=1_000).collect::<Vec<_>>());
    assert_eq!(api.received_requests().await.unwrap().len(), 20);
    let refine = "\nMORE AVAILABLE: 730 further - search gives 1,000 results at most; \
        refine the query, as in created:>=2026-01-01";
    assert!(last.ends_with(refine), "{last}");
}

#[tokio::test]
async fn the_longest_query_has_further_pages_too() {
    let (api, stage) = Stage::scripted().await;
    serve_search(&api, 120, false).await;
    let query = "潮".repeat(245);
    let first = stage
        .call("find_items", json!({"query": query}))
        .await
        .unwrap();
    assert!(cursor_of(&first).len() < 200, "{first}");
    let second = json!({"query": query, "cursor": cursor_of(&first)});
    let second = stage.call("find_items", second).await.unwrap();
    assert_eq!(numbers(&second), (31..=60).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_incomplete_search_says_so() {
    let (api, stage) = Stage::scripted().await;
    serve_search(&api, 2, true).await;
    let answer = stage
        .call("find_items", json!({"query": "pump"}))
        .await
        .unwrap();
    insta::assert_snapshot!(answer, @"
    2 matches for: pump state:open
    incomplete: GitHub gave up before it had looked everywhere; narrow the query (repo, words, created:) and search again
    #1 open: pump @ada [bug] 3c 2026-11-02
    #2 open: pump @ada [bug] 3c 2026-11-02
    ");
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

#[tokio::test]
async fn thirty_open_issues_cost_at_most_1_500_tokens() {
    let stage = Stage::sample();
    let arguments = json!({"repo": seaworthy_sample::REPO, "kind": "issue"});
    let answer = stage.call("find_items", arguments).await.unwrap();
    assert_eq!(numbers(&answer).len(), 30);
    let cost = seaworthy_kit::answer::tokens(&answer);
    assert!(cost <= 1_500, "{cost} tokens");
}
