//! The issuer's keys: fetched when needed, seldom, and from nowhere else.

use std::{io::Write, sync::atomic::Ordering, time::Duration};

use axum::http::{StatusCode, header};
use flate2::{Compression, write::GzEncoder};
use jsonwebtoken::Algorithm;
use seaworthy_kit::auth::Oidc;
use serde_json::{Value, json};

use super::{
    issuer::{AUDIENCE, Document, Issuer, Key},
    logs::Logs,
    oidc::{accepting, by, tried},
};

const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_new_key_is_fetched_once_the_pause_is_over() {
    let (old, new) = (
        Key::new("old", Algorithm::EdDSA),
        Key::new("new", Algorithm::EdDSA),
    );
    let issuer = Issuer::new(&[&old]).await;
    let [first, second] = [&old, &new].map(|key| key.token(&key.header(), &issuer.claims()));
    let (hasty, patient) = (
        accepting(&issuer, Duration::ZERO).await,
        accepting(&issuer, LONG).await,
    );
    for served in [&hasty, &patient] {
        assert_eq!(tried(served, &first).await.said(), "ok");
        assert_eq!(
            tried(served, &second).await.status,
            401,
            "not published yet"
        );
    }
    issuer.publish(&[&new]);
    let fetched = issuer.fetches();
    assert_eq!(
        tried(&patient, &second).await.status,
        401,
        "within the pause"
    );
    assert_eq!(issuer.fetches(), fetched);
    assert_eq!(tried(&hasty, &second).await.said(), "ok");
    // a token that was judged is good for a while; another by the old key is not
    let mut claims = issuer.claims();
    claims["jti"] = json!("another");
    let late = old.token(&old.header(), &claims);
    assert_eq!(
        tried(&hasty, &late).await.status,
        401,
        "the old key is gone"
    );
    assert_eq!(
        tried(&patient, &late).await.said(),
        "ok",
        "not known there yet"
    );
}

#[tokio::test]
async fn an_issuer_that_is_down_closes_the_door_and_says_so() {
    let key = Key::new("k", Algorithm::EdDSA);
    let issuer = Issuer::new(&[&key]).await;
    let address = issuer.address;
    let served = accepting(&issuer, Duration::ZERO).await;
    let token = key.token(&key.header(), &issuer.claims());
    let claims = issuer.claims();
    drop(issuer);
    tokio::task::yield_now().await;
    let closed = tried(&served, &token).await;
    assert_eq!(closed.status, 503, "{closed:?}");
    assert!(closed.header("retry-after").is_some());
    assert!(
        closed.header("www-authenticate").is_none(),
        "a new token would not help"
    );

    let issuer = Issuer::at(address, &[&key]).await;
    assert_eq!(tried(&served, &token).await.said(), "ok", "it is back");
    drop(issuer);
    tokio::task::yield_now().await;
    for at in 0..3 {
        let mut claims = claims.clone();
        claims["jti"] = json!(at);
        let token = key.token(&key.header(), &claims);
        assert_eq!(
            tried(&served, &token).await.said(),
            "ok",
            "known keys go on"
        );
    }
    let unknown = Key::new("unknown", Algorithm::EdDSA);
    let token = unknown.token(&unknown.header(), &claims);
    assert_eq!(tried(&served, &token).await.status, 401);
}

#[tokio::test]
async fn an_issuer_that_hangs_holds_nobody_up_whose_key_is_known() {
    let key = Key::new("k", Algorithm::EdDSA);
    let issuer = Issuer::new(&[&key]).await;
    // keys that are old at once, and may be asked for at once
    let oidc = Oidc::new(&issuer.url, AUDIENCE).unwrap();
    let served = by(oidc.with_fresh(Duration::ZERO).with_pause(Duration::ZERO)).await;
    let mut claims = issuer.claims();
    let mut token = |jti: u32| {
        claims["jti"] = json!(jti);
        key.token(&key.header(), &claims)
    };
    assert_eq!(tried(&served, &token(0)).await.said(), "ok");
    issuer.published.discovery.lock().unwrap().after = LONG;
    let asked = || issuer.published.discoveries.load(Ordering::SeqCst);
    let before = asked();
    for jti in 1..4 {
        // well before the request to the issuer would be given up, which takes five seconds
        let answer = tokio::time::timeout(Duration::from_secs(4), async {
            let token = token(jti);
            tried(&served, &token).await
        });
        assert_eq!(answer.await.unwrap().said(), "ok");
    }
    assert!(asked() > before, "and it was asked");
}

/// A good discovery document.
fn discovery(issuer: &Issuer) -> Value {
    pointing(issuer, &format!("{}/keys", issuer.url))
}

/// One whose keys are somewhere else.
fn pointing(issuer: &Issuer, keys: &str) -> Value {
    json!({"issuer": issuer.url, "jwks_uri": keys})
}

fn redirect(to: String) -> Document {
    Document {
        status: StatusCode::FOUND,
        headers: vec![(header::LOCATION, to)],
        ..Document::bytes("")
    }
}

/// A document that is good but for its length, and the same as a server sends it that packs.
fn too_long(good: &Value) -> [Document; 2] {
    let long = " ".repeat(10_000_000) + &good.to_string();
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(long.as_bytes()).unwrap();
    let packed = Document {
        headers: vec![(header::CONTENT_ENCODING, "gzip".to_owned())],
        ..Document::bytes(packed.finish().unwrap())
    };
    [Document::bytes(long), packed]
}

/// The keys cannot be had, for this reason.
async fn assert_unusable(issuer: &Issuer, key: &Key, reason: &str) {
    let logs = Logs::capture();
    let served = accepting(issuer, LONG).await;
    let token = key.token(&key.header(), &issuer.claims());
    let answer = tried(&served, &token).await;
    assert_eq!(answer.status, 503, "{reason}");
    let text = logs.text();
    assert!(text.contains(reason), "{reason}: {text}");
}

#[tokio::test]
async fn a_discovery_document_that_cannot_be_trusted_is_not_used() {
    let key = Key::new("k", Algorithm::EdDSA);
    let issuer = Issuer::new(&[&key]).await;
    let elsewhere = Issuer::new(&[&key]).await;
    let good = discovery(&issuer);
    let place = |keys: &str| Document::json(&pointing(&issuer, keys));
    let [long, packed] = too_long(&good);
    let failing = Document {
        status: StatusCode::INTERNAL_SERVER_ERROR,
        ..Document::json(&good)
    };
    let late = Document {
        after: LONG,
        ..Document::json(&good)
    };
    for (reason, document) in [
        (
            "names another issuer",
            Document::json(&discovery(&elsewhere)),
        ),
        (
            "not what it should be",
            Document::json(&json!({"jwks_uri": "https://x"})),
        ),
        ("not at an https address", place("http://keys.example/keys")),
        (
            "not at an https address",
            place("http://169.254.169.254/keys"),
        ),
        (
            "not at an https address",
            place("http://127.0.0.1.keys.example/keys"),
        ),
        ("not at an https address", place("file:///etc/passwd")),
        ("not at an https address", place("keys")),
        (
            "did not answer 200",
            redirect(format!("{}/keys", elsewhere.url)),
        ),
        ("did not answer 200", failing),
        ("not what it should be", Document::bytes("")),
        ("not what it should be", Document::bytes("<html>")),
        ("is too long", long),
        ("is too long", packed),
        ("does not answer", late),
    ] {
        *issuer.published.discovery.lock().unwrap() = document;
        assert_unusable(&issuer, &key, reason).await;
    }
    assert_eq!(issuer.fetches() + elsewhere.fetches(), 0);
}

#[tokio::test]
async fn a_set_of_keys_that_cannot_be_trusted_is_not_used() {
    let key = Key::new("k", Algorithm::EdDSA);
    let issuer = Issuer::new(&[&key]).await;
    let elsewhere = Issuer::new(&[&key]).await;
    let good = json!({"keys": [key.published()]});
    let [long, packed] = too_long(&good);
    for (reason, document) in [
        (
            "did not answer 200",
            redirect(format!("{}/keys", elsewhere.url)),
        ),
        ("not what it should be", Document::bytes("")),
        (
            "not what it should be",
            Document::json(&json!([key.published()])),
        ),
        ("is too long", long),
        ("is too long", packed),
    ] {
        *issuer.published.keys.lock().unwrap() = document;
        assert_unusable(&issuer, &key, reason).await;
    }
    assert_eq!(elsewhere.fetches(), 0, "no redirect is followed");
    *issuer.published.keys.lock().unwrap() = Document::json(&good);
    let served = accepting(&issuer, LONG).await;
    let token = key.token(&key.header(), &issuer.claims());
    assert_eq!(tried(&served, &token).await.said(), "ok");
}

#[tokio::test]
async fn a_key_of_an_unknown_kind_hides_no_other() {
    let key = Key::new("k", Algorithm::EdDSA);
    let issuer = Issuer::new(&[&key]).await;
    let token = key.token(&key.header(), &issuer.claims());
    let odd = [
        json!({"kty": "AKP", "alg": "ML-DSA-65", "kid": "pq", "pub": "AAAA"}),
        json!({"kty": "EC", "crv": "secp256k1", "kid": "b", "x": "AAAA", "y": "AAAA"}),
        json!({"kty": "RSA", "alg": "RSA-OAEP-256", "use": "enc", "kid": "e", "n": "AQAB", "e": "AQAB"}),
        json!({"kty": "RSA", "alg": "X", "kid": "x", "n": "AQAB", "e": "AQAB"}),
        json!({}),
        json!(7),
    ];
    for odd in odd {
        let keys = json!({"keys": [odd, key.published()]});
        *issuer.published.keys.lock().unwrap() = Document::json(&keys);
        let served = accepting(&issuer, LONG).await;
        assert_eq!(tried(&served, &token).await.status, 200, "{odd}");
    }
}

#[tokio::test]
async fn a_flood_of_unknown_keys_causes_few_fetches() {
    let key = Key::new("k", Algorithm::EdDSA);
    let issuer = Issuer::new(&[&key]).await;
    let served = accepting(&issuer, LONG).await;
    let unknown = Key::new("unknown", Algorithm::EdDSA);
    let tokens = (0..200).map(|at| {
        let header = json!({"alg": "EdDSA", "kid": format!("k{at}")});
        unknown.token(&header, &issuer.claims())
    });
    let tokens: Vec<_> = tokens.collect();
    let flood = tokens.iter().map(|token| tried(&served, token));
    let answers = futures::future::join_all(flood).await;
    assert!(
        answers
            .iter()
            .all(|answer| [401, 429].contains(&answer.status))
    );
    assert_eq!(issuer.fetches(), 1);
    let good = key.token(&key.header(), &issuer.claims());
    assert_eq!(tried(&served, &good).await.said(), "ok");
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn a_token_whose_key_is_known_waits_for_no_fetch() {
    let key = Key::new("k", Algorithm::EdDSA);
    let issuer = Issuer::new(&[&key]).await;
    let served = accepting(&issuer, Duration::ZERO).await;
    let token = |at: usize| {
        let mut claims = issuer.claims();
        claims["jti"] = json!(at);
        key.token(&key.header(), &claims)
    };
    assert_eq!(tried(&served, &token(0)).await.said(), "ok");
    issuer.published.discovery.lock().unwrap().after = LONG;
    let unknown = Key::new("unknown", Algorithm::EdDSA);
    let unknown = unknown.token(&unknown.header(), &issuer.claims());
    let waiting = tried(&served, &unknown);
    tokio::pin!(waiting);
    for at in 1..4 {
        let fresh = token(at);
        tokio::select! {
            biased;
            answer = tried(&served, &fresh) => assert_eq!(answer.said(), "ok"),
            answer = &mut waiting => panic!("the fetch cannot have ended: {answer:?}"),
        }
    }
    assert_eq!(waiting.await.status, 401, "and the fetch ends");
}
