//! What browsers let pages do: ask first, without a token, and see what is exposed.

use serde_json::json;

use super::{
    served::{call, posted, serve},
    wire::request,
};

const APP: &str = "https://app.example.com";

fn preflight(origin: &str) -> String {
    let headers = [
        ("Host", "localhost"),
        ("Origin", origin),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "authorization,mcp-method"),
    ];
    request("OPTIONS", "/mcp", &headers, "")
}

#[tokio::test]
async fn a_page_of_an_allowed_origin_may_ask_and_see_its_session() {
    let served = serve(|config| config.allowed_origins = vec![APP.to_owned()]).await;
    let allowed = served.ask(preflight(APP)).await;
    assert_eq!(allowed.status, 200);
    assert_eq!(allowed.header("access-control-allow-origin"), Some(APP));
    let headers = allowed.header("access-control-allow-headers").unwrap();
    assert!(
        headers.contains("authorization") && headers.contains("mcp-method"),
        "{headers}"
    );
    assert_eq!(allowed.header("access-control-allow-credentials"), None);

    let message = posted(&served.bearer("mira"), &call("noop", json!({})));
    let from = |origin: &str| message.replace("Host:", &format!("Origin: {origin}\r\nHost:"));
    let answer = served.ask(from(APP)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), Some(APP));
    let exposed = answer.header("access-control-expose-headers").unwrap();
    assert!(exposed.contains("mcp-session-id"), "{exposed}");
    assert_eq!(served.ask(from("https://evil.example")).await.status, 403);
}

#[tokio::test]
async fn no_other_page_is_told_that_it_may() {
    let served = serve(|config| config.allowed_origins = vec![APP.to_owned()]).await;
    for foreign in ["https://evil.example", "null", "http://app.example.com"] {
        let answer = served.ask(preflight(foreign)).await;
        assert_eq!(
            answer.header("access-control-allow-origin"),
            None,
            "{foreign}"
        );
    }
    // and without any allowed origin nobody is
    let closed = serve(|_| {}).await;
    let answer = closed.ask(preflight(APP)).await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.header("access-control-allow-origin"), None);
}
