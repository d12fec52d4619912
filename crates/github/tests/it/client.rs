//! The client: what it sends, where the token goes, what it caches, retries and stops.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use futures::future::join_all;
use http::Method;
use seaworthy_github::{
    Client, Token,
    client::API_VERSION,
    endpoint::{DIFF, Endpoint, JSON, RAW},
    input::Repo,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::{Barrier, Notify},
};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{any, header, method, path},
};

use crate::{stage::TOKEN, wire::Wire};

fn client(api: &str) -> Client {
    Client::new(api, Some(Token::parse(TOKEN).unwrap())).unwrap()
}

fn issues() -> Endpoint {
    let repo = Repo::parse("o/r").unwrap();
    Endpoint::repo(&repo, "the issues of o/r", ["issues"])
}

async fn get(client: &Client, endpoint: &Endpoint) -> Value {
    client.get::<Value>(endpoint).await.unwrap().data
}

async fn requests(api: &MockServer) -> Vec<Request> {
    api.received_requests().await.unwrap()
}

fn sent<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request
        .headers
        .get(name)
        .map(|value| value.to_str().unwrap())
}

async fn api(answer: ResponseTemplate) -> MockServer {
    let api = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&api).await;
    api
}

fn ok() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!([]))
}

// ---- what is sent

#[tokio::test]
async fn every_request_says_who_asks_and_for_which_version() {
    let api = api(ok()).await;
    let client = client(&format!("{}/api/v3/", api.uri()));
    get(&client, &issues()).await;
    client.get_bytes(&issues().accept(DIFF)).await.unwrap();
    for change in [Method::POST, Method::PATCH, Method::PUT, Method::DELETE] {
        let body = json!({"title": "x"});
        client
            .send::<Value>(change, &issues(), Some(&body))
            .await
            .unwrap();
    }
    let requests = requests(&api).await;
    assert_eq!(requests.len(), 6);
    for request in &requests {
        assert_eq!(
            request.url.path(),
            "/api/v3/repos/o/r/issues",
            "a base address may have a path"
        );
        assert!(
            sent(request, "user-agent")
                .unwrap()
                .starts_with("seaworthy/")
        );
        assert_eq!(sent(request, "x-github-api-version"), Some(API_VERSION));
        assert_eq!(
            sent(request, "authorization").unwrap(),
            format!("token {TOKEN}")
        );
        let is_write = request.method != Method::GET;
        assert_eq!(
            sent(request, "content-type"),
            is_write.then_some("application/json")
        );
        assert_eq!(request.body.is_empty(), !is_write);
    }
    assert_eq!(sent(&requests[0], "accept"), Some(JSON));
    assert_eq!(sent(&requests[1], "accept"), Some(DIFF));
}

#[tokio::test]
async fn an_empty_answer_to_a_change_is_null() {
    let api = api(ResponseTemplate::new(204)).await;
    let answer = client(&api.uri())
        .send::<Value>(Method::DELETE, &issues(), None)
        .await
        .unwrap();
    assert_eq!(answer, Value::Null);
}

// ---- where the token goes

#[test]
fn a_text_that_is_no_token_is_refused_without_repeating_it() {
    let long = "x".repeat(2_049);
    for bad in [
        "",
        "short",
        "with blank 0123",
        "\"ghp_0123456789\"",
        "ghp_01234567\n",
        "${GITHUB_TOKEN}",
        "ghp_ünïcode01",
        &long,
    ] {
        let reason = Token::parse(bad).unwrap_err();
        assert!(bad.is_empty() || !reason.contains(bad), "{reason}");
    }
    assert!(
        Token::parse("${GITHUB_TOKEN}")
            .unwrap_err()
            .contains("unfilled")
    );
}

#[tokio::test]
async fn long_tokens_are_tokens_and_web_tokens_have_their_scheme() {
    let part = "eyJhbGciOiJSUzI1NiJ9-_".repeat(8);
    let web = format!("{part}.{part}.{part}");
    let installation = format!("ghs_1234_{web}");
    for (token, scheme, kind) in [
        (TOKEN, "token", "classic personal access token"),
        (
            "github_pat_11AAAAAAA0",
            "token",
            "fine-grained personal access token",
        ),
        (
            &installation,
            "Bearer",
            "installation token of a GitHub App",
        ),
        (&web, "Bearer", "JSON Web Token of a GitHub App"),
    ] {
        let api = api(ok()).await;
        let client = Client::new(&api.uri(), Some(Token::parse(token).unwrap())).unwrap();
        assert_eq!(client.token_kind(), kind);
        get(&client, &issues()).await;
        let authorization = format!("{scheme} {token}");
        assert_eq!(
            sent(&requests(&api).await[0], "authorization"),
            Some(authorization.as_str())
        );
    }
}

#[test]
fn nothing_shows_the_token() {
    let token = Token::parse(TOKEN).unwrap();
    let client = client("https://api.github.com");
    for shown in [
        format!("{token:?}"),
        format!("{client:?}"),
        format!("{client:#?}"),
    ] {
        assert!(!shown.contains(TOKEN) && !shown.contains("ghp_"), "{shown}");
    }
}

#[test]
fn an_address_with_credentials_or_without_a_host_is_refused() {
    for bad in [
        "",
        "api.github.com",
        "file:///etc",
        "https://u:p@ghe.example/",
        "https://u@ghe.example",
        "data:,x",
    ] {
        let refused = Client::new(bad, None).unwrap_err();
        assert!(!refused.contains("ghe.example"), "{refused}");
    }
}

#[tokio::test]
async fn a_log_is_fetched_from_its_host_without_the_token() {
    let store = api(ResponseTemplate::new(200)
        .set_body_string("line 1\n")
        .insert_header("etag", "\"of-the-store\""))
    .await;
    let address = format!("{}/blob?sig=s3cret", store.uri());
    let api = api(ResponseTemplate::new(302).insert_header("location", address)).await;
    let client = client(&api.uri());
    let log = issues().accept(RAW).leaves_origin();
    for _ in 0..2 {
        assert_eq!(client.get_bytes(&log).await.unwrap(), "line 1\n");
    }
    for request in requests(&store).await {
        assert_eq!(sent(&request, "authorization"), None);
        assert_eq!(sent(&request, "x-github-api-version"), None);
        assert_eq!(sent(&request, "if-none-match"), None);
    }
    for request in requests(&api).await {
        assert_eq!(
            sent(&request, "if-none-match"),
            None,
            "the store's ETag is not the API's"
        );
    }
}

#[tokio::test]
async fn another_host_cannot_send_the_token_to_a_place_of_its_choice() {
    let api = MockServer::start().await;
    let back = ResponseTemplate::new(302).insert_header("location", format!("{}/user", api.uri()));
    let store = self::api(back).await;
    let away = ResponseTemplate::new(302).insert_header("location", store.uri());
    Mock::given(path("/repos/o/r/issues"))
        .respond_with(away)
        .mount(&api)
        .await;
    Mock::given(path("/user"))
        .respond_with(ok())
        .expect(0)
        .mount(&api)
        .await;
    let error = client(&api.uri())
        .get_bytes(&issues().leaves_origin())
        .await
        .unwrap_err();
    assert!(error.what.contains("another host"), "{error}");
}

#[tokio::test]
async fn a_change_is_never_sent_to_another_host() {
    let elsewhere = api(ok()).await;
    let api = api(ResponseTemplate::new(307).insert_header("location", elsewhere.uri())).await;
    for change in [Method::POST, Method::PATCH, Method::PUT, Method::DELETE] {
        let endpoint = issues().leaves_origin();
        let error = client(&api.uri())
            .send::<Value>(change, &endpoint, Some(&json!({})))
            .await
            .unwrap_err();
        assert!(error.what.contains("another host"), "{error}");
    }
    assert!(requests(&elsewhere).await.is_empty());
}

#[tokio::test]
async fn a_renamed_repository_is_followed() {
    for status in [301, 302, 307, 308] {
        let api = MockServer::start().await;
        let moved =
            ResponseTemplate::new(status).insert_header("location", "/repositories/7/issues");
        Mock::given(path("/repos/o/r/issues"))
            .respond_with(moved)
            .mount(&api)
            .await;
        Mock::given(path("/repositories/7/issues"))
            .and(header("authorization", format!("token {TOKEN}")))
            .respond_with(|request: &Request| {
                let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
                ResponseTemplate::new(200).set_body_json(json!([request.method.as_str(), body]))
            })
            .mount(&api)
            .await;
        let client = client(&api.uri());
        assert_eq!(get(&client, &issues()).await, json!(["GET", null]));
        let body = json!({"state": "closed"});
        let answer = client
            .send::<Value>(Method::PATCH, &issues(), Some(&body))
            .await
            .unwrap();
        assert_eq!(
            answer,
            json!(["PATCH", {"state": "closed"}]),
            "{status} repeats the request verbatim"
        );
    }
}

#[tokio::test]
async fn a_change_does_not_follow_a_thing_to_its_new_place() {
    // a transferred issue, a renamed branch, something else altogether
    for to in [
        "/repositories/8/issues/3",
        "/repos/o/r/git/refs/heads/main",
        "/user/issues",
    ] {
        let api = MockServer::start().await;
        Mock::given(path("/repos/o/r/issues"))
            .respond_with(ResponseTemplate::new(307).insert_header("location", to))
            .mount(&api)
            .await;
        for change in [Method::POST, Method::PATCH, Method::PUT, Method::DELETE] {
            let error = client(&api.uri())
                .send::<Value>(change, &issues(), Some(&json!({})))
                .await
                .unwrap_err();
            assert!(error.what.contains("has moved"), "{error}");
        }
        let asked = requests(&api).await;
        assert!(asked.iter().all(|r| r.url.path() == "/repos/o/r/issues"));
    }
}

#[tokio::test]
async fn redirects_end() {
    let api = api(ResponseTemplate::new(301).insert_header("location", "/again")).await;
    client(&api.uri())
        .get::<Value>(&issues())
        .await
        .unwrap_err();
    assert_eq!(requests(&api).await.len(), 4);
}

// ---- links

#[tokio::test]
async fn a_list_goes_on_where_its_link_says_and_nowhere_else() {
    let api = MockServer::start().await;
    let next = format!(
        "{}/api/v3/repositories/7/issues?after=Y3Vyc29y%3D%3D&per_page=2",
        api.uri()
    );
    let last = format!(
        "{}/api/v3/repositories/7/issues?per_page=2&page=9",
        api.uri()
    );
    let links = format!("<{last}>; rel=\"last\", <{next}>; rel=\"next\"");
    Mock::given(path("/api/v3/repos/o/r/issues"))
        .respond_with(ok().insert_header("link", links))
        .mount(&api)
        .await;
    Mock::given(path("/api/v3/repositories/7/issues"))
        .respond_with(ok())
        .mount(&api)
        .await;
    let client = client(&format!("{}/api/v3", api.uri()));
    let first = client.get::<Value>(&issues()).await.unwrap();
    assert_eq!(first.last_page, Some(9));
    let next = first.next.unwrap();
    assert_eq!(
        next,
        "/api/v3/repositories/7/issues?after=Y3Vyc29y%3D%3D&per_page=2"
    );
    let second = client.get_link::<Value>(&next, &issues()).await.unwrap();
    assert_eq!(second.next, None);
    let asked = requests(&api).await[1].url.query().unwrap().to_owned();
    assert_eq!(asked, "after=Y3Vyc29y%3D%3D&per_page=2", "verbatim");
    let host = api.uri().replace("http://", "");
    for evil in [
        "https://evil.example/x",
        "//evil.example/x",
        "/\\evil.example/x",
        "\\\\evil.example",
        "relative",
        "",
        &format!("//u:p@{host}.evil.example/"),
        "http://[",
        "file:///etc/passwd",
    ] {
        let error = client.get_link::<Value>(evil, &issues()).await.unwrap_err();
        assert!(error.what.contains("another host"), "{evil}: {error}");
    }
    assert_eq!(requests(&api).await.len(), 2);
}

// ---- the cache

/// An API that knows one version of everything, tells it by `ETag`, and links to a next page.
async fn versioned(size: usize) -> MockServer {
    let api = MockServer::start().await;
    let not_modified = ResponseTemplate::new(304)
        .insert_header("x-ratelimit-remaining", "41")
        .insert_header("link", "</repositories/7/issues?page=2>; rel=\"next\"");
    Mock::given(header("if-none-match", "\"v1\""))
        .respond_with(not_modified)
        .mount(&api)
        .await;
    let full = ResponseTemplate::new(200)
        .set_body_json(json!(["x".repeat(size)]))
        .insert_header("etag", "\"v1\"")
        .insert_header("x-ratelimit-remaining", "40")
        .insert_header("x-oauth-scopes", "repo")
        .insert_header("link", "</repositories/7/issues?page=1>; rel=\"next\"");
    Mock::given(any()).respond_with(full).mount(&api).await;
    api
}

#[tokio::test]
async fn what_did_not_change_is_not_sent_again() {
    let api = versioned(10).await;
    let client = client(&api.uri());
    let first = client.get::<Value>(&issues()).await.unwrap();
    for _ in 0..2 {
        let again = client.get::<Value>(&issues()).await.unwrap();
        assert_eq!(again.data, first.data);
        assert_eq!(
            again.headers["x-ratelimit-remaining"], "41",
            "limits are those of now"
        );
        assert_eq!(again.headers["x-oauth-scopes"], "repo");
        assert_eq!(
            again.next.as_deref(),
            Some("/repositories/7/issues?page=2"),
            "and so are links"
        );
    }
    let requests = requests(&api).await;
    let etags: Vec<_> = requests
        .iter()
        .map(|request| sent(request, "if-none-match"))
        .collect();
    assert_eq!(etags, [None, Some("\"v1\""), Some("\"v1\"")]);
}

#[tokio::test]
async fn a_304_without_links_keeps_those_of_the_cached_answer() {
    let api = MockServer::start().await;
    Mock::given(header("if-none-match", "\"v1\""))
        .respond_with(ResponseTemplate::new(304))
        .mount(&api)
        .await;
    let full = ok()
        .insert_header("etag", "\"v1\"")
        .insert_header("link", "</p?page=2>; rel=\"next\"");
    Mock::given(any()).respond_with(full).mount(&api).await;
    let client = client(&api.uri());
    for _ in 0..2 {
        let page = client.get::<Value>(&issues()).await.unwrap();
        assert_eq!(page.next.as_deref(), Some("/p?page=2"));
    }
}

#[tokio::test]
async fn the_cache_is_shared_by_nobody_and_nothing_else() {
    let api = versioned(10).await;
    let one = client(&api.uri());
    get(&one, &issues()).await;
    get(&one, &issues().accept(DIFF)).await;
    get(&one, &issues().query("page", "2")).await;
    let other = Client::new(
        &api.uri(),
        Some(Token::parse("ghp_another0123456").unwrap()),
    )
    .unwrap();
    get(&other, &issues()).await;
    get(&Client::new(&api.uri(), None).unwrap(), &issues()).await;
    one.send::<Value>(Method::PATCH, &issues(), None)
        .await
        .unwrap();
    assert!(
        requests(&api)
            .await
            .iter()
            .all(|request| sent(request, "if-none-match").is_none())
    );
}

#[tokio::test]
async fn large_answers_are_not_cached() {
    let api = versioned(1024 * 1024).await;
    let client = client(&api.uri());
    get(&client, &issues()).await;
    get(&client, &issues()).await;
    assert!(
        requests(&api)
            .await
            .iter()
            .all(|request| sent(request, "if-none-match").is_none())
    );
}

// ---- retries and limits

#[tokio::test]
async fn a_get_survives_two_bad_gateways() {
    let api = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(502))
        .up_to_n_times(2)
        .mount(&api)
        .await;
    Mock::given(any()).respond_with(ok()).mount(&api).await;
    assert_eq!(get(&client(&api.uri()), &issues()).await, json!([]));
    assert_eq!(requests(&api).await.len(), 3);
}

#[tokio::test]
async fn retries_stop_when_they_could_not_end_in_time() {
    let api = api(ResponseTemplate::new(502)).await;
    let client = client(&api.uri()).with_timeout(Duration::from_millis(150));
    client.get::<Value>(&issues()).await.unwrap_err();
    assert!(
        requests(&api).await.len() <= 1,
        "the first pause alone is longer"
    );
}

#[tokio::test]
async fn a_change_is_sent_once_whatever_happens() {
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[";
    for answer in [
        "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n",
        cut,
        "",
    ] {
        for change in [Method::POST, Method::PATCH, Method::PUT, Method::DELETE] {
            let api = Wire::answering(answer).await;
            let body = json!({"title": "x"});
            let error = client(&api.uri)
                .send::<Value>(change.clone(), &issues(), Some(&body))
                .await
                .unwrap_err();
            assert!(
                error
                    .next
                    .contains("after a write, first look whether it was done"),
                "{}",
                error.text()
            );
            assert_eq!(api.requests().len(), 1, "{change}");
        }
    }
}

#[tokio::test]
async fn a_change_over_a_connection_that_went_stale_is_sent_once() {
    // answers the first request of a connection and closes it at the second
    let seen = Arc::new(AtomicUsize::new(0));
    let count = seen.clone();
    let api = Wire::new(move |mut stream| {
        let count = count.clone();
        async move {
            count.fetch_add(1, SeqCst);
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]")
                .await;
            let mut byte = [0];
            if stream.read(&mut byte).await.is_ok_and(|read| read == 1) {
                count.fetch_add(1, SeqCst);
            }
        }
    })
    .await;
    let client = client(&api.uri);
    get(&client, &issues()).await;
    client
        .send::<Value>(Method::POST, &issues(), Some(&json!({})))
        .await
        .unwrap_err();
    assert_eq!(seen.load(SeqCst), 2);
}

#[tokio::test]
async fn dropping_a_request_closes_its_connection() {
    let (arrived, closed) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (tell_arrived, tell_closed) = (arrived.clone(), closed.clone());
    let api = Wire::new(move |mut stream| {
        let (arrived, closed) = (tell_arrived.clone(), tell_closed.clone());
        async move {
            arrived.notify_one();
            let mut byte = [0];
            // the end of the stream, or a reset: either way the client has gone
            if !matches!(stream.read(&mut byte).await, Ok(1..)) {
                closed.notify_one();
            }
        }
    })
    .await;
    let client = client(&api.uri);
    let endpoint = issues();
    tokio::select! {
        answer = client.get::<Value>(&endpoint) => panic!("nothing answers: {answer:?}"),
        () = arrived.notified() => {}
    }
    tokio::time::timeout(Duration::from_secs(10), closed.notified())
        .await
        .unwrap();
    assert_eq!(api.requests().len(), 1);
}

#[tokio::test]
async fn eight_requests_are_open_at_once_and_no_more() {
    let (open, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (now_open, peak) = (open.clone(), most.clone());
    // nobody is answered before eight have asked
    let eight = Arc::new(Barrier::new(8));
    let api = Wire::new(move |mut stream| {
        let (open, most, eight) = (now_open.clone(), peak.clone(), eight.clone());
        async move {
            most.fetch_max(open.fetch_add(1, SeqCst) + 1, SeqCst);
            eight.wait().await;
            // a ninth would come now
            tokio::time::sleep(Duration::from_millis(100)).await;
            open.fetch_sub(1, SeqCst);
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n[]")
                .await;
        }
    })
    .await;
    let client = client(&api.uri);
    let endpoints: Vec<_> = (0..24)
        .map(|page| issues().query("page", page.to_string()))
        .collect();
    join_all(endpoints.iter().map(|endpoint| get(&client, endpoint))).await;
    assert_eq!(most.load(SeqCst), 8);
}

#[tokio::test]
async fn changes_are_paced_and_reads_are_not() {
    let api = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ok())
        .mount(&api)
        .await;
    Mock::given(method("GET"))
        .respond_with(ok())
        .mount(&api)
        .await;
    let client = client(&api.uri());
    let begun = Instant::now();
    for _ in 0..6 {
        client
            .send::<Value>(Method::POST, &issues(), None)
            .await
            .unwrap();
    }
    // five at once, then one a second: the sixth cannot have been earlier
    assert!(
        begun.elapsed() >= Duration::from_millis(950),
        "{:?}",
        begun.elapsed()
    );
    for _ in 0..20 {
        get(&client, &issues()).await;
    }
}

#[tokio::test]
async fn gzip_is_understood() {
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    let mut body = GzEncoder::new(Vec::new(), Compression::fast());
    body.write_all(b"[\"plain\"]").unwrap();
    let body = body.finish().unwrap();
    let api = api(ResponseTemplate::new(200)
        .set_body_bytes(body)
        .insert_header("content-encoding", "gzip"))
    .await;
    assert_eq!(get(&client(&api.uri()), &issues()).await, json!(["plain"]));
    assert_eq!(
        sent(&requests(&api).await[0], "accept-encoding"),
        Some("gzip")
    );
}
