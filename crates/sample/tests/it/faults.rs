//! What is wrong with every request at once.

use std::time::{SystemTime, UNIX_EPOCH};

use seaworthy_sample::{Fault, Sample};

use crate::client::Client;

#[test]
fn an_expired_token_is_refused_everywhere() {
    let client = Client(Sample::with_fault("expired-token".parse().unwrap()));
    for path in ["/user", "/rate_limit", "issues"] {
        let answer = client.try_get(path);
        assert_eq!(
            (answer.status.as_u16(), answer.json["message"].as_str()),
            (401, Some("Bad credentials"))
        );
    }
}

#[test]
fn an_exhausted_limit_says_when_it_ends() {
    let client = Client(Sample::with_fault(Fault::RateLimit));
    let answer = client.try_get("issues");
    assert_eq!(answer.status, 403);
    assert_eq!(
        answer.json["message"],
        "API rate limit exceeded for user ID 1."
    );
    assert_eq!(answer.header("x-ratelimit-remaining"), "0");
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let reset: u64 = answer.header("x-ratelimit-reset").parse().unwrap();
    assert!((now + 1_190..=now + 1_201).contains(&reset));
    let limits = client.try_get("/rate_limit");
    assert_eq!(
        (
            limits.status.as_u16(),
            limits.json["resources"]["core"]["remaining"].as_u64()
        ),
        (200, Some(0))
    );
}

#[test]
fn unknown_faults_are_named() {
    let error = "flood".parse::<Fault>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "unknown fault \"flood\"; known: expired-token, rate-limit"
    );
}
