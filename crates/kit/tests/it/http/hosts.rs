//! Where a request says that it goes to and comes from: `Host`, absolute targets, `Origin`, paths.

use serde_json::json;

use super::{
    admission::with,
    served::{call, posted, serve},
    wire::request,
};

#[tokio::test]
async fn a_request_for_another_host_is_refused() {
    let served = serve(|config| config.allowed_hosts = vec!["mcp.example.com".to_owned()]).await;
    let bearer = served.bearer("mira");
    let port = served.address.port();
    for host in ["localhost", "127.0.0.1:1", "[::1]", "MCP.EXAMPLE.COM:8443"] {
        let answer = with(&served, &[("Host", host), ("Authorization", &bearer)]).await;
        assert_eq!(answer.status, 200, "{host}");
    }
    for host in [
        "evil.example",
        &format!("evil.example:{port}"),
        "localhost.evil.example",
        "evil.example@localhost",
        "localhost@evil.example",
        "mcp.example.com.evil.example",
        "localhost/evil.example",
        "localhost evil.example",
        "10.0.0.1",
        "0.0.0.0",
        "",
        "null",
    ] {
        let answer = with(&served, &[("Host", host), ("Authorization", &bearer)]).await;
        assert_eq!(answer.status, 403, "{host}");
    }
    let hosts = [("Host", "localhost"), ("Host", "evil.example")];
    for (first, second) in [(0, 1), (1, 0), (0, 0)] {
        let headers = [
            hosts[first],
            hosts[second],
            ("Authorization", bearer.as_str()),
        ];
        assert_eq!(with(&served, &headers).await.status, 403, "two");
    }
    let none = posted(&bearer, &call("noop", json!({}))).replace("Host: localhost\r\n", "");
    assert_eq!(served.ask(&none).await.status, 403);
    assert_eq!(
        served
            .ask(none.replace("HTTP/1.1", "HTTP/1.0"))
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn an_absolute_target_counts_as_a_host() {
    let served = serve(|_| {}).await;
    let ask = |target: &str, host: &str| {
        let asked = posted(&served.bearer("mira"), &call("noop", json!({})));
        let asked = asked.replace("POST /mcp ", &format!("POST {target} "));
        served.ask(asked.replace("Host: localhost", &format!("Host: {host}")))
    };
    assert_eq!(ask("http://localhost/mcp", "localhost").await.status, 200);
    assert_eq!(
        ask("http://evil.example/mcp", "localhost").await.status,
        403
    );
    assert_eq!(
        ask("http://localhost/mcp", "evil.example").await.status,
        403
    );
    assert_eq!(
        ask("http://localhost@evil.example/mcp", "localhost")
            .await
            .status,
        403
    );
    for target in [
        "evil.example:443",
        "//evil.example/mcp",
        "*",
        "mcp",
        "http:///mcp",
    ] {
        let status = ask(target, "localhost").await.status;
        assert!((400..500).contains(&status), "{target}: {status}");
    }
}

#[tokio::test]
async fn a_foreign_page_is_refused() {
    let served = serve(|config| {
        config.allowed_origins = vec!["https://app.example.com".to_owned()];
    })
    .await;
    let bearer = served.bearer("mira");
    let from = |origins: &'static [&'static str]| {
        let mut headers = vec![("Authorization", bearer.as_str())];
        headers.extend(origins.iter().map(|origin| ("Origin", *origin)));
        let served = &served;
        async move { with(served, &headers).await.status }
    };
    assert_eq!(from(&[]).await, 200, "no browser sent it");
    assert_eq!(from(&["https://app.example.com"]).await, 200);
    for foreign in [
        &["https://evil.example"][..],
        &["null"],
        &[""],
        &["https://app.example.com:444"],
        &["http://app.example.com"],
        &["https://app.example.com.evil.example"],
        &["https://app.example.com@evil.example"],
        &["http://localhost"],
        &["file:///x"],
        &["https://app.example.com", "https://evil.example"],
        &["https://app.example.com https://evil.example"],
    ] {
        assert_eq!(from(foreign).await, 403, "{foreign:?}");
    }
    // a page of this very server is no exception
    let own = format!("http://{}", served.address);
    let headers = [("Authorization", bearer.as_str()), ("Origin", own.as_str())];
    assert_eq!(with(&served, &headers).await.status, 403);
}

#[tokio::test]
async fn a_path_that_is_none_tells_nothing() {
    let served = serve(|_| {}).await;
    let bearer = served.bearer("mira");
    for path in [
        "/",
        "/mcp/",
        "/MCP",
        "/mcp/x",
        "//mcp",
        "/mcp%2f",
        "/./mcp",
        "/.well-known/",
        "/admin",
    ] {
        let without = served.ask(request("GET", path, &[], "")).await;
        let headers = [("Authorization", bearer.as_str())];
        let with = served.ask(request("GET", path, &headers, "")).await;
        for answer in [&without, &with] {
            assert_eq!(answer.status, 404, "{path}");
            assert!(answer.body.is_empty(), "{path}: {answer:?}");
            assert!(
                answer.header("www-authenticate").is_none() && answer.header("server").is_none()
            );
        }
    }
}
