//! JSON Web Tokens: what is accepted, and what only looks like it.

use std::{sync::Arc, time::Duration};

use jsonwebtoken::Algorithm;
use seaworthy_kit::auth::{Authenticator, Oidc, Tokens};
use serde_json::{Value, json};

use super::{
    issuer::{AUDIENCE, Issuer, Key, now, unsigned},
    logs::Logs,
    served::{Served, call, people, posted, serve, until},
    wire::Answer,
};

/// A server that accepts this issuer's tokens; asks it for keys again after `pause`.
pub async fn accepting(issuer: &Issuer, pause: Duration) -> Served {
    by(Oidc::new(&issuer.url, AUDIENCE).unwrap().with_pause(pause)).await
}

/// A server that accepts what `oidc` does.
pub async fn by(oidc: Oidc) -> Served {
    let authenticator = Arc::new(Authenticator::new(None, Some(oidc)).unwrap());
    again(&authenticator).await
}

/// Another server with the same keys, which has not seen a wrong token yet.
pub async fn again(authenticator: &Arc<Authenticator>) -> Served {
    serve(|config| config.authenticator = authenticator.clone()).await
}

pub async fn tried(served: &Served, token: &str) -> Answer {
    let asked = posted(&format!("Bearer {token}"), &call("noop", json!({})));
    served.ask(asked).await
}

/// `what` must be no token, in the same words as any other that is none.
pub async fn assert_refused(served: &Served, token: &str, what: &str) {
    let answer = tried(&again(&served.authenticator).await, token).await;
    assert_eq!(answer.status, 401, "{what}: {answer:?}");
    let challenge = answer.header("www-authenticate").unwrap();
    assert!(challenge.contains("error=\"invalid_token\""), "{what}");
    assert!(
        answer.refusal().contains("not valid here"),
        "{what}: {answer:?}"
    );
}

#[tokio::test]
async fn a_good_token_of_each_kind_of_key_is_accepted() {
    for algorithm in [
        Algorithm::EdDSA,
        Algorithm::ES256,
        Algorithm::ES384,
        Algorithm::RS256,
    ] {
        let key = Key::new("k", algorithm);
        let issuer = Issuer::new(&[&key]).await;
        let served = accepting(&issuer, Duration::from_secs(60)).await;
        let token = key.token(&key.header(), &issuer.claims());
        for _ in 0..3 {
            assert_eq!(tried(&served, &token).await.said(), "ok", "{algorithm:?}");
        }
        assert_eq!(issuer.fetches(), 1, "{algorithm:?}");
        // one character of the signature
        let at = token.rfind('.').unwrap() + 5;
        let other = if &token[at..=at] == "A" { "B" } else { "A" };
        let changed = format!("{}{other}{}", &token[..at], &token[at + 1..]);
        assert_refused(&served, &changed, "signature").await;
        let none = &token[..=token.rfind('.').unwrap()];
        assert_refused(&served, none, "no signature").await;
    }
}

#[tokio::test]
async fn claims_that_do_not_fit_are_refused() {
    let key = Key::new("k", Algorithm::EdDSA);
    let issuer = Issuer::new(&[&key]).await;
    let served = accepting(&issuer, Duration::from_secs(60)).await;
    let with = |name: &str, value: Value| {
        let mut claims = issuer.claims();
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value,
        }
        key.token(&key.header(), &claims)
    };
    for (name, value) in [
        ("aud", Value::Null),
        ("aud", json!("https://other.example.com/mcp")),
        ("aud", json!(format!("{AUDIENCE}/"))),
        ("aud", json!(["https://other.example.com"])),
        ("aud", json!([])),
        ("aud", json!({"x": AUDIENCE})),
        ("iss", Value::Null),
        ("iss", json!("http://127.0.0.1:9")),
        ("iss", json!(format!("{}.evil.example", issuer.url))),
        ("iss", json!([issuer.url])),
        ("nbf", json!(now() + 3_600)),
        ("nbf", json!("soon")),
        ("exp", Value::Null),
        ("exp", json!("never")),
        ("exp", json!(-1)),
        ("exp", json!(true)),
        ("sub", Value::Null),
        ("sub", json!("")),
        ("sub", json!(7)),
        ("sub", json!("\u{200b}\n")),
    ] {
        assert_refused(
            &served,
            &with(name, value.clone()),
            &format!("{name}: {value}"),
        )
        .await;
    }
    for past in [now() - 3_600, 0] {
        let answer = tried(
            &again(&served.authenticator).await,
            &with("exp", json!(past)),
        )
        .await;
        assert_eq!(answer.status, 401);
        assert!(answer.refusal().contains("expired"), "{answer:?}");
    }
    for (name, value) in [
        ("aud", json!(["https://other.example.com", AUDIENCE])),
        ("iss", json!(format!("{}/", issuer.url))),
        ("nbf", Value::Null),
        ("exp", json!(u64::MAX)),
        ("exp", json!(now() - 5)),
    ] {
        for _ in 0..2 {
            let answer = tried(&served, &with(name, value.clone())).await;
            assert_eq!(answer.said(), "ok", "{name}: {value}");
        }
    }
}

#[tokio::test]
async fn a_token_ends_though_it_was_good() {
    let key = Key::new("k", Algorithm::EdDSA);
    let issuer = Issuer::new(&[&key]).await;
    let served = accepting(&issuer, Duration::from_secs(60)).await;
    let mut claims = issuer.claims();
    // clocks may differ by 30 s
    let end = now() + 2;
    claims["exp"] = json!(end - 30);
    let token = key.token(&key.header(), &claims);
    let answer = tried(&served, &token).await;
    assert!(answer.status == 200 || now() >= end, "{answer:?}");
    until("the token runs out", || now() > end).await;
    let answer = tried(&served, &token).await;
    assert_eq!(answer.status, 401);
    assert!(answer.refusal().contains("expired"));
}

#[tokio::test]
async fn scopes_are_those_words_that_are_scopes_here() {
    let key = Key::new("k", Algorithm::EdDSA);
    let issuer = Issuer::new(&[&key]).await;
    let served = accepting(&issuer, Duration::from_secs(60)).await;
    for (scope, scp, reads) in [
        (json!("openid read email"), Value::Null, true),
        (Value::Null, json!(["read", 7]), true),
        (Value::Null, json!("read"), true),
        (json!(["read"]), Value::Null, true),
        (json!("write"), json!(["read"]), true),
        (json!("write"), Value::Null, false),
        (Value::Null, Value::Null, false),
        (json!(""), json!([]), false),
        (
            json!("READ Read read2 mcp:read reading"),
            Value::Null,
            false,
        ),
        (json!({"read": true}), json!(true), false),
    ] {
        let mut claims = issuer.claims();
        claims["scope"] = scope.clone();
        claims["scp"] = scp.clone();
        let answer = tried(&served, &key.token(&key.header(), &claims)).await;
        let expected = if reads { 200 } else { 403 };
        assert_eq!(answer.status, expected, "{scope} {scp}: {answer:?}");
    }
}

#[tokio::test]
async fn garbage_of_all_sizes_is_refused_without_a_fetch() {
    let key = Key::new("k", Algorithm::EdDSA);
    let issuer = Issuer::new(&[&key]).await;
    let served = accepting(&issuer, Duration::ZERO).await;
    let header = unsigned(&key.header(), &json!({}));
    let (header, _) = header.split_once('.').unwrap();
    let deep = unsigned(&Value::Null, &Value::Null).replace("bnVsbA", &"W1tb".repeat(900));
    for garbage in [
        "a".to_owned(),
        ".".to_owned(),
        "..".to_owned(),
        "...".to_owned(),
        "a.b.c".to_owned(),
        "=.=.=".to_owned(),
        "e30.e30.e30".to_owned(),
        "eyJhbGciOjF9.e30.AA".to_owned(),
        format!("{header}x.e30.AA"),
        ".".repeat(8_000),
        "e30.".repeat(2_000),
        "A".repeat(8_190),
        deep + ".AA",
    ] {
        assert_refused(&served, &garbage, &garbage[..garbage.len().min(60)]).await;
    }
    assert_eq!(issuer.fetches(), 0);
    let too_long = tried(&served, &"A".repeat(8_193)).await;
    assert_eq!(too_long.status, 400);
}

#[tokio::test]
async fn a_subject_cannot_pass_for_a_listed_name() {
    let key = Key::new("k", Algorithm::EdDSA);
    let issuer = Issuer::new(&[&key]).await;
    let (list, tokens) = people();
    let oidc = Oidc::new(&issuer.url, AUDIENCE).unwrap();
    let both = Authenticator::new(Some(Tokens::parse(&list).unwrap()), Some(oidc)).unwrap();
    let served = again(&Arc::new(both)).await;
    let listed = posted(
        &format!("Bearer {}", tokens["mira"]),
        &crate::session::initialize("2025-11-25", json!({})),
    );
    let opened = served.ask(listed).await;
    let session = opened.header("mcp-session-id").unwrap();
    let token = key.token(&key.header(), &issuer.claims());
    assert_eq!(
        tried(&served, &token).await.said(),
        "ok",
        "both kinds are accepted"
    );
    let noop = crate::session::call(1, "noop", json!({}));
    let asked = posted(&format!("Bearer {token}"), &noop);
    let asked = asked.replace("Accept", &format!("Mcp-Session-Id: {session}\r\nAccept"));
    assert_eq!(served.ask(asked).await.status, 404, "mira is not oidc:mira");
}

#[tokio::test]
async fn a_subject_that_looks_like_another_is_refused() {
    let key = Key::new("k", Algorithm::EdDSA);
    let issuer = Issuer::new(&[&key]).await;
    let served = accepting(&issuer, Duration::ZERO).await;
    let of = |subject: &str| {
        let mut claims = issuer.claims();
        claims["sub"] = json!(subject);
        key.token(&key.header(), &claims)
    };
    for good in ["mira", "mira okafor", "auth0|5f7c8ec7", &"m".repeat(255)] {
        assert_eq!(tried(&served, &of(good)).await.said(), "ok", "{good}");
    }
    for other in [
        "mira\u{200b}",
        "mira ",
        " mira",
        "mira  okafor",
        "mira\n",
        "mi\u{202e}ra",
        "mira\0",
        &"m".repeat(256),
    ] {
        assert_refused(&served, &of(other), other).await;
    }
}

#[tokio::test]
async fn no_log_line_holds_a_token_or_a_claim() {
    let logs = Logs::capture();
    let key = Key::new("k", Algorithm::EdDSA);
    let issuer = Issuer::new(&[&key]).await;
    let served = accepting(&issuer, Duration::ZERO).await;
    let mut claims = issuer.claims();
    claims["email"] = json!("mira@secret.example");
    let good = key.token(&key.header(), &claims);
    assert_eq!(tried(&served, &good).await.said(), "ok");
    claims["exp"] = json!(1);
    let expired = key.token(&key.header(), &claims);
    assert_eq!(tried(&served, &expired).await.status, 401);
    claims["aud"] = json!("x");
    let foreign = key.token(&key.header(), &claims);
    assert_eq!(tried(&served, &foreign).await.status, 401);
    let text = logs.text();
    assert!(text.contains("refused"), "{text}");
    for token in [good, expired, foreign] {
        for part in token.split('.').skip(1) {
            assert!(!text.contains(part), "{part}");
        }
    }
    assert!(!text.contains("secret.example"), "{text}");
}
