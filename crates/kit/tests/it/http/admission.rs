//! Who gets in: bearer tokens, where they may stand, and how often one may be wrong.

use std::sync::Arc;

use seaworthy_kit::auth::{Authenticator, Oidc, Tokens};
use serde_json::json;

use super::{
    logs::Logs,
    served::{Served, call, people, posted, serve},
    wire::{Answer, request},
};
use crate::session::initialize;

const METADATA: &str = "/.well-known/oauth-protected-resource/mcp";

/// A call of `noop` with these headers, `Authorization` and `Host` among them.
pub async fn with(served: &Served, headers: &[(&str, &str)]) -> Answer {
    let body = call("noop", json!({})).to_string();
    let mut all = vec![
        ("Accept", "application/json, text/event-stream"),
        ("Content-Type", "application/json"),
        ("Mcp-Protocol-Version", "2026-07-28"),
        ("Mcp-Method", "tools/call"),
        ("Mcp-Name", "noop"),
    ];
    all.extend(headers);
    served.ask(request("POST", "/mcp", &all, &body)).await
}

#[tokio::test]
async fn without_a_token_one_is_told_where_to_get_one() {
    let served = serve(|_| {}).await;
    let host = served.address.to_string();
    for (method, target) in [
        ("POST", "/mcp"),
        ("GET", "/mcp"),
        ("DELETE", "/mcp"),
        ("PUT", "/mcp"),
        ("OPTIONS", "/mcp"),
        ("GET", "/metrics"),
    ] {
        let answer = served
            .ask(request(method, target, &[("Host", &host)], ""))
            .await;
        assert_eq!(answer.status, 401, "{method} {target}");
        assert_eq!(
            answer.header("www-authenticate").unwrap(),
            format!("Bearer resource_metadata=\"http://{host}{METADATA}\""),
            "{method} {target}"
        );
    }
}

#[tokio::test]
async fn the_metadata_says_what_the_resource_is() {
    let served = serve(|_| {}).await;
    let host = served.address.to_string();
    let document = served
        .ask(request("GET", METADATA, &[("Host", &host)], ""))
        .await;
    assert_eq!(document.status, 200);
    let document = document.reply();
    assert_eq!(document["resource"], format!("http://{host}/mcp"));
    assert_eq!(document["bearer_methods_supported"], json!(["header"]));
    assert!(document.get("authorization_servers").is_none());
    let foreign = served
        .ask(request("GET", METADATA, &[("Host", "evil.example")], ""))
        .await;
    assert_eq!(foreign.status, 403);
    assert!(!foreign.text().contains("evil.example"));

    let (list, _) = people();
    let issuer = "http://127.0.0.1:9";
    let oidc = Oidc::new(issuer, "us").unwrap();
    let served = serve(|config| {
        let tokens = Tokens::parse(&list).unwrap();
        config.authenticator = Arc::new(Authenticator::new(Some(tokens), Some(oidc)).unwrap());
        config.public_url = Some("https://mcp.example.com/mcp".to_owned());
    })
    .await;
    let document = served.ask(request("GET", METADATA, &[], "")).await.reply();
    assert_eq!(document["resource"], "https://mcp.example.com/mcp");
    assert_eq!(document["authorization_servers"], json!([issuer]));
    let challenged = served.ask(request("GET", "/mcp", &[], "")).await;
    let challenge = challenged.header("www-authenticate").unwrap();
    assert!(challenge.contains(&format!("\"https://mcp.example.com{METADATA}\"")));
}

#[tokio::test]
async fn only_one_bearer_token_is_one() {
    let served = serve(|_| {}).await;
    let token = served.token("mira").to_owned();
    let good = with(&served, &[("Authorization", &format!("bearer  {token}"))]).await;
    assert_eq!(good.said(), "ok");
    let long = "a".repeat(9_000);
    for (value, status, error) in [
        (format!("Basic {token}"), 401, None),
        (token.clone(), 401, None),
        ("Bearer".to_owned(), 400, Some("invalid_request")),
        (
            format!("Bearer {token} {token}"),
            400,
            Some("invalid_request"),
        ),
        (
            format!("Bearer {token},{token}"),
            400,
            Some("invalid_request"),
        ),
        (format!("Bearer \"{token}\""), 400, Some("invalid_request")),
        (
            format!("Bearer {token}\u{e9}"),
            400,
            Some("invalid_request"),
        ),
        (format!("Bearer {long}"), 400, Some("invalid_request")),
        (format!("Bearer {token}x"), 401, Some("invalid_token")),
        (
            format!("Bearer {}", &token[1..]),
            401,
            Some("invalid_token"),
        ),
        (
            format!("Bearer {}", token.to_uppercase()),
            401,
            Some("invalid_token"),
        ),
    ] {
        let answer = with(&served, &[("Authorization", &value)]).await;
        assert_eq!(answer.status, status, "{value}");
        let challenge = answer.header("www-authenticate").unwrap();
        assert_eq!(
            challenge.split("error=").nth(1),
            error.map(|e| format!("\"{e}\"")).as_deref()
        );
        assert!(!answer.text().contains(&token[10..]), "{value}");
    }
    let bearer = format!("Bearer {token}");
    let twice = with(
        &served,
        &[("Authorization", &bearer), ("authorization", &bearer)],
    )
    .await;
    assert_eq!(twice.status, 400);
    let cookie = with(&served, &[("Cookie", &format!("access_token={token}"))]).await;
    assert_eq!(cookie.status, 401);
}

#[tokio::test]
async fn a_token_in_the_address_is_refused_even_beside_a_good_one() {
    let served = serve(|_| {}).await;
    let token = served.token("mira");
    let bearer = served.bearer("mira");
    for query in [
        "?",
        "?x",
        &format!("?access_token={token}"),
        &format!("?{token}"),
    ] {
        for headers in [vec![], vec![("Authorization", bearer.as_str())]] {
            let target = format!("/mcp{query}");
            let answer = served.ask(request("POST", &target, &headers, "{}")).await;
            assert_eq!(answer.status, 400, "{query}");
            assert!(answer.refusal().contains("takes no query"));
            assert!(!answer.text().contains(token));
        }
    }
}

#[tokio::test]
async fn no_log_line_holds_a_token() {
    let logs = Logs::capture();
    let served = serve(|_| {}).await;
    let token = served.token("mira");
    let target = format!("/mcp?access_token={token}");
    served.ask(request("POST", &target, &[], "{}")).await;
    served
        .ask(request("GET", &format!("/nope?{token}"), &[], ""))
        .await;
    served
        .ask(request("GET", &format!("{METADATA}?{token}"), &[], ""))
        .await;
    let wrong = format!("Bearer {}x", served.token("noor"));
    with(&served, &[("Authorization", &wrong)]).await;
    with(&served, &[("Authorization", &format!("Basic {token}"))]).await;
    with(&served, &[("Authorization", &format!("Bearer {token} x"))]).await;
    assert_eq!(served.call("mira", "noop", json!({})).await.said(), "ok");
    assert_eq!(served.call("reader", "drain", json!({})).await.status, 403);
    let session = served.session("mira", json!({})).await;
    let message = crate::session::call(1, "noop", json!({}));
    let called = served
        .ask(served.in_session("mira", &session, &message))
        .await;
    assert_eq!(called.said(), "ok");
    served
        .ask(served.of_session("DELETE", "mira", &session))
        .await;
    // a request that is logged as malformed
    let mismatched = posted(&served.bearer("mira"), &initialize("2099-01-01", json!({})));
    served
        .ask(mismatched.replace("Accept", "Mcp-Protocol-Version: x\r\nAccept"))
        .await;
    let text = logs.text();
    assert!(
        text.contains("refused") && text.contains("insufficient scope") && text.contains("DEBUG"),
        "{text}"
    );
    for who in ["mira", "noor", "reader"] {
        let token = served.token(who);
        assert!(!text.contains(&token[10..]), "{who}'s token is logged");
    }
}

#[tokio::test]
async fn guessing_is_slowed_down_and_holds_up_nobody_else() {
    let served = serve(|_| {}).await;
    let mut statuses = Vec::new();
    for at in 0..60 {
        let guess = format!("Bearer seaworthy_{at}");
        let answer = with(&served, &[("Authorization", &guess)]).await;
        if answer.status == 429 {
            assert!(answer.header("retry-after").is_some());
            assert!(answer.header("www-authenticate").is_none());
        }
        statuses.push(answer.status);
    }
    let judged = statuses.iter().filter(|status| **status == 401).count();
    // 20 at once, and one for each second that passed
    assert!((20..50).contains(&judged), "{statuses:?}");
    assert!(statuses.iter().all(|status| [401, 429].contains(status)));
    assert!(statuses[..20].iter().all(|status| *status == 401));
    assert_eq!(served.call("mira", "noop", json!({})).await.said(), "ok");
    assert_eq!(with(&served, &[]).await.status, 401, "no token is no guess");
}

#[tokio::test]
async fn health_is_for_all_and_metrics_are_not() {
    let served = serve(|config| config.metrics = Some(Arc::new(|| "x 1\n".to_owned()))).await;
    for open in ["/healthz", "/readyz"] {
        let answer = served.ask(request("GET", open, &[], "")).await;
        assert_eq!(answer.status, 200, "{open}");
        // probes name whatever address they were given
        let named = served
            .ask(request("GET", open, &[("Host", "10.1.2.3")], ""))
            .await;
        assert_eq!(named.status, 200, "{open}");
    }
    let closed = served.ask(request("GET", "/metrics", &[], "")).await;
    assert_eq!(closed.status, 401);
    assert!(!closed.text().contains("x 1"));
    let bearer = served.bearer("reader");
    let headers = [("Authorization", bearer.as_str())];
    let metrics = served.ask(request("GET", "/metrics", &headers, "")).await;
    assert!(metrics.text().starts_with("x 1\n"), "{metrics:?}");
    let none = serve(|_| {}).await;
    let bearer = none.bearer("reader");
    let headers = [("Authorization", bearer.as_str())];
    assert_eq!(
        none.ask(request("GET", "/metrics", &headers, ""))
            .await
            .status,
        404
    );
}
