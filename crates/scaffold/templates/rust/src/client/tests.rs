//! An API that fails in every way, on a port of this machine.

use serde_json::json;

use super::*;
use crate::stubs::{KEY, Stub, reply};

const PATIENCE: Duration = Duration::from_secs(10);

fn things() -> Request {
    Request::new(Method::GET, "/things")
}

async fn refused(stub: &Stub, timeout: Duration) -> String {
    let error = ask(&stub.state.settings, things(), timeout).await;
    let text = error.unwrap_err().text();
    assert!(text.contains("; next: ") && !text.contains(KEY), "{text}");
    text
}

#[tokio::test]
async fn what_is_asked_arrives() {
    let stub = Stub::serving(json!({"POST /things/a b": {"id": 7}})).await;
    let mut request = Request::new(Method::POST, "/things/{}");
    request.segment("a b").unwrap();
    request.query("q", &"a b&c=d");
    request.query("none", &None::<i64>);
    request.query("several", &[1, 2]);
    request.header("X-Trace", &7);
    request.field("name", &"n");
    request.field("nothing", &Value::Null);
    let got = ask(&stub.state.settings, request, PATIENCE).await;
    assert_eq!(got.unwrap(), json!({"id": 7}));
    let asked = &stub.asked()[0];
    assert_eq!(asked.call, "POST /things/a b");
    assert_eq!(asked.parameter("q"), ["a b&c=d"]);
    assert_eq!(asked.parameter("several"), ["1", "2"]);
    assert!(asked.parameter("none").is_empty());
    assert!(asked.head.contains("\r\nx-trace: 7\r\n"), "{}", asked.head);
    assert_eq!(asked.body, json!({"name": "n"}));
}

// seaworthy:begin key
#[tokio::test]
async fn the_key_goes_along() {
    let stub = Stub::serving(json!({"GET /things": null})).await;
    let got = ask(&stub.state.settings, things(), PATIENCE).await;
    assert_eq!(got.unwrap(), Value::Null);
    let signed = SCHEME.sign(things(), KEY);
    let asked = &stub.asked()[0];
    assert_eq!(signed.headers.len() + signed.query.len(), 1);
    for (name, value) in &signed.headers {
        let line = format!("\r\n{}: {value}\r\n", name.to_lowercase());
        assert!(asked.head.contains(&line), "{}", asked.head);
    }
    for (name, value) in &signed.query {
        assert_eq!(asked.parameter(name), [value.as_str()]);
    }
}

#[test]
fn each_scheme_shows_the_key_in_its_place() {
    for (scheme, header, query) in [
        (Scheme::Bearer, "Bearer ada:key", ""),
        (Scheme::Basic, "Basic YWRhOmtleQ==", ""),
        (Scheme::Header("X-Key"), "ada:key", ""),
        (Scheme::Query("key"), "", "?key=ada%3Akey"),
    ] {
        let signed = scheme.sign(things(), "ada:key");
        let shown = signed.headers.first().map_or("", |(_, value)| value);
        assert_eq!(shown, header);
        assert_eq!(signed.url(""), format!("/things{query}"));
    }
}

// seaworthy:end key
#[tokio::test]
async fn each_failure_has_its_next_move() {
    let deep = "[".repeat(100_000);
    let large = " ".repeat(BODY_LIMIT + 1);
    // seaworthy:begin key
    let key = format!(r#"{{"error": "{KEY}"}}"#);
    // seaworthy:end key
    let bare = |status| reply(status, "{}", "");
    for (answer, expected) in [
        (
            reply("400 Bad", r#"{"error": {"message": "no colour"}}"#, ""),
            "'no colour'",
        ),
        (bare("401 Unauthorized"), "refused access (status 401)"),
        (bare("403 Forbidden"), "refused access (status 403)"),
        (
            reply("403 Forbidden", "{}", "X-RateLimit-Remaining: 0\r\n"),
            "rate limit",
        ),
        (bare("404 Not Found"), "nothing of that kind"),
        (bare("409 Conflict"), "refused the change"),
        // seaworthy:begin key
        (reply("422 No", &key, ""), "refused the arguments"),
        // seaworthy:end key
        (
            reply("429 Many", "{}", "Retry-After: 30\r\n"),
            "wait 30 seconds",
        ),
        (
            reply("429 Many", "{}", "Retry-After: evil\r\n"),
            "wait some minutes",
        ),
        (bare("500 Internal Server Error"), "status 500"),
        (reply("200 OK", "<html>", ""), "malformed"),
        (reply("200 OK", &deep, ""), "malformed"),
        (reply("200 OK", &large, ""), "too large"),
        ("nonsense\r\n\r\n".to_owned(), "cannot be reached"),
        (String::new(), "cannot be reached"),
    ] {
        let stub = Stub::answering(answer, Duration::ZERO).await;
        let text = refused(&stub, PATIENCE).await;
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = Stub::serving(json!({})).await;
    let location = format!("Location: {}/things\r\n", other.state.settings.api_url);
    let answer = reply("301 Moved Permanently", "", &location);
    let stub = Stub::answering(answer, Duration::ZERO).await;
    let text = refused(&stub, PATIENCE).await;
    assert!(text.contains("redirects are not followed"), "{text}");
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn a_slow_api_is_given_up() {
    let answer = reply("200 OK", "{}", "");
    let stub = Stub::answering(answer, Duration::from_secs(30)).await;
    let text = refused(&stub, Duration::from_millis(200)).await;
    assert!(text.contains("did not answer in time"), "{text}");
}

#[test]
fn a_segment_stays_one_and_cannot_lead_away() {
    let mut request = Request::new(Method::GET, "/things/{}/x/{}");
    for wrong in ["", ".", ".."] {
        let error = request.segment(wrong).unwrap_err();
        assert!(error.what.contains("part of an address"), "{error}");
    }
    request.segment("a/../b?c#d%2f{}").unwrap();
    request.segment("...").unwrap();
    let expected = "/things/a%2F..%2Fb%3Fc%23d%252f%7B%7D/x/...";
    assert_eq!(request.url(""), expected);
}
