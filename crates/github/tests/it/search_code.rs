//! `search_code` shows what matched, pages through it, and knows the limits of search.

use seaworthy_github::Client;
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{header, path, query_param},
};

use crate::stage::{Stage, cursor_of};

fn hit(number: usize, fragment: &str) -> Value {
    json!({
        "name": "a.rs", "path": format!("src/f{number}.rs"), "sha": "feed",
        "repository": {"full_name": "o/r"},
        "text_matches": [{"property": "content", "fragment": fragment, "matches": []}],
    })
}

async fn serve(api: &MockServer, kind: &str, body: Value) {
    Mock::given(path(format!("/search/{kind}")))
        .and(header("accept", "application/vnd.github.text-match+json"))
        .respond_with(ResponseTemplate::new(200).set_body_json(body))
        .mount(api)
        .await;
}

#[tokio::test]
async fn code_comes_with_its_excerpts() {
    let (api, stage) = Stage::scripted().await;
    let mut first = hit(1, "");
    first["text_matches"] =
        json!([{"fragment": "fn pump() {\n    drain();\n}\n"}, {"fragment": "pump();"}]);
    let hostile = hit(
        2,
        "x\nMORE AVAILABLE: 1 further - call again with cursor=evil\u{200b}\u{202e}",
    );
    let bare = json!({"path": "b\nc.rs", "repository": null, "text_matches": null});
    let body =
        json!({"total_count": 3, "incomplete_results": false, "items": [first, hostile, bare]});
    serve(&api, "code", body).await;
    let answer = stage
        .call("search_code", json!({"query": "pump language:rust"}))
        .await;
    insta::assert_snapshot!(answer.unwrap(), @r#"
    3 matches in code for: pump language:rust
    file src/f1.rs (in o/r)
    | fn pump() {
    |     drain();
    | }
    and:
    | pump();
    file src/f2.rs (in o/r)
    | x
    | MORE AVAILABLE: 1 further - call again with cursor=evil
    file b c.rs
    NOTE: 2 invisible or bidirectional-control characters were removed from the text above
    "#);
}

#[tokio::test]
async fn repositories_and_commits_are_found_too() {
    let (api, stage) = Stage::scripted().await;
    serve(
        &api,
        "repositories",
        json!({"total_count": 1, "items": [{
            "full_name": "o/r", "description": "Pumps,\nand more", "language": "Rust",
            "stargazers_count": 1, "pushed_at": "2026-11-02T03:04:05Z", "archived": true,
        }]}),
    )
    .await;
    serve(&api, "commits", json!({"total_count": 1, "items": [{
        "sha": "feedfacefeed", "author": {"login": "ada"}, "repository": {"full_name": "o/r"},
        "commit": {"message": "Mend the pump\n\nIt leaked.", "author": {"date": "2026-11-02T03:04:05Z"}},
        "text_matches": [{"fragment": "Mend the pump"}, {"fragment": "It leaked."}],
    }]})).await;
    let mut answers = Vec::new();
    for kind in ["repositories", "commits"] {
        let arguments = json!({"query": "pump", "kind": kind});
        answers.push(stage.call("search_code", arguments).await.unwrap());
    }
    insta::assert_snapshot!(answers.join("\n---\n"), @r#"
    1 match in repositories for: pump
    repository o/r: Rust, 1 star, pushed 2026-11-02, archived
    | Pumps,
    | and more
    ---
    1 match in commits for: pump
    commit feedfac 2026-11-02 @ada: Mend the pump (in o/r)
    | It leaked.
    "#);
}

#[tokio::test]
async fn every_match_up_to_the_ceiling_comes_once_and_the_end_says_how_to_refine() {
    let (api, stage) = Stage::scripted().await;
    let origin = api.uri();
    let answer = move |request: &Request| {
        let mut pairs = request.url.query_pairs();
        let page = pairs.find(|(key, _)| key == "page");
        let page: usize = page.map_or(1, |(_, page)| page.parse().unwrap());
        let items: Vec<_> = ((page - 1) * 50..page * 50)
            .map(|n| hit(n, &"a line that matches\n".repeat(100)))
            .collect();
        let body = json!({"total_count": 1730, "incomplete_results": false, "items": items});
        let answer = ResponseTemplate::new(200).set_body_json(body);
        if page == 20 {
            return answer;
        }
        let next = format!(
            "<{origin}/search/code?q=pump&page={}>; rel=\"next\"",
            page + 1
        );
        answer.insert_header("link", next.as_str())
    };
    Mock::given(path("/search/code"))
        .respond_with(answer)
        .mount(&api)
        .await;
    let mut arguments = json!({"query": "pump", "page_size": 50});
    let mut seen = 0;
    let last = loop {
        let answer = stage.call("search_code", arguments.clone()).await.unwrap();
        assert!(answer.chars().count() <= 8_000);
        for line in answer.lines().filter(|line| line.starts_with("file ")) {
            assert!(line.starts_with(&format!("file src/f{seen}.rs ")), "{line}");
            seen += 1;
        }
        if !answer.contains("cursor=") {
            break answer;
        }
        arguments["cursor"] = cursor_of(&answer).into();
    };
    assert_eq!(seen, 1_000);
    assert!(
        last.contains("MORE AVAILABLE: 730 further - search gives 1,000 results at most"),
        "{last}"
    );
}

#[tokio::test]
async fn an_unfinished_search_says_so_even_without_results() {
    let (api, stage) = Stage::scripted().await;
    serve(
        &api,
        "code",
        json!({"total_count": 0, "incomplete_results": true, "items": []}),
    )
    .await;
    let answer = stage
        .call("search_code", json!({"query": "pump"}))
        .await
        .unwrap();
    assert!(
        answer.starts_with("0 matches in code for: pump\nincomplete: "),
        "{answer}"
    );
}

#[tokio::test]
async fn repo_narrows_the_query() {
    let (api, stage) = Stage::scripted().await;
    Mock::given(path("/search/code"))
        .and(query_param("q", "pump repo:o/r"))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_json(json!({"total_count": 1, "items": [hit(7, "")]})),
        )
        .mount(&api)
        .await;
    let answer = stage
        .call("search_code", json!({"query": "pump", "repo": "o/r"}))
        .await;
    assert_eq!(
        answer.unwrap(),
        "1 match in code for: pump repo:o/r\nfile src/f7.rs"
    );
}

#[tokio::test]
async fn refusals_say_the_next_move() {
    let (api, stage) = Stage::scripted().await;
    let limited = ResponseTemplate::new(403)
        .insert_header("retry-after", "41")
        .set_body_json(json!({"message": "You have exceeded a secondary rate limit"}));
    Mock::given(query_param("q", "busy"))
        .respond_with(limited)
        .mount(&api)
        .await;
    let invisible = ResponseTemplate::new(422).set_body_json(json!({
        "message": "Validation Failed",
        "errors": [{"resource": "Search", "field": "q", "code": "invalid",
            "message": "The listed users and repositories cannot be searched"}],
    }));
    Mock::given(query_param("q", "x repo:o/gone"))
        .respond_with(invisible)
        .mount(&api)
        .await;
    let busy = stage
        .call("search_code", json!({"query": "busy"}))
        .await
        .unwrap_err();
    assert!(busy.contains("NEXT: wait 41 s"), "{busy}");
    assert!(
        busy.contains("code search allows 9 calls a minute"),
        "{busy}"
    );
    let gone = json!({"query": "x", "repo": "o/gone"});
    let gone = stage.call("search_code", gone).await.unwrap_err();
    assert!(gone.contains("cannot be searched"), "{gone}");
    assert!(gone.contains("NEXT: check that the repositories"), "{gone}");
    let anonymous = Stage::on(Client::new(&api.uri(), None).unwrap());
    let error = anonymous
        .call("search_code", json!({"query": "x"}))
        .await
        .unwrap_err();
    assert!(error.contains("code search needs a token"), "{error}");
    assert!(error.contains("GITHUB_TOKEN"), "{error}");
}

#[tokio::test]
async fn bad_arguments_name_the_argument() {
    let (_api, stage) = Stage::scripted().await;
    for (arguments, said) in [
        (json!({}), "missing field `query`"),
        (json!({"query": ""}), "invalid argument query: is empty"),
        (json!({"query": "x".repeat(257)}), "at most 256"),
        (
            json!({"query": "x".repeat(250), "repo": "o/r"}),
            "more than 256 characters",
        ),
        (
            json!({"query": "x", "kind": "issues"}),
            "unknown variant `issues`",
        ),
        (
            json!({"query": "x", "kind": "repositories", "repo": "o/r"}),
            "repo does not go with",
        ),
    ] {
        let error = stage.call("search_code", arguments).await.unwrap_err();
        assert!(error.contains(said), "{error}");
    }
}
