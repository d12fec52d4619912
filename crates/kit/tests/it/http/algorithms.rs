//! Tokens that choose how they are checked: another algorithm, another key, a key of their own.

use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey};
use rsa::{
    pkcs1::{DecodeRsaPrivateKey, EncodeRsaPublicKey},
    pkcs8::{EncodePublicKey, LineEnding},
};
use serde_json::json;

use super::{
    issuer::{Document, Issuer, Key, unsigned},
    oidc::{accepting, again, assert_refused, tried},
    served::Served,
};

/// The PKCS #1 form of an RSA key.
fn secret_der(key: &Key) -> &[u8] {
    key.secret.as_bytes()
}

/// A token of three parts is judged; anything else may be malformed.
async fn assert_refused_or_malformed(served: &Served, token: &str, what: &str) {
    let answer = tried(&again(&served.authenticator).await, token).await;
    assert!([400, 401].contains(&answer.status), "{what}: {answer:?}");
}

#[tokio::test]
async fn no_algorithm_but_the_keys_own_is_taken() {
    let key = Key::new("k", Algorithm::RS256);
    let other = Key::new("e", Algorithm::EdDSA);
    let issuer = Issuer::new(&[&key, &other]).await;
    let served = accepting(&issuer, Duration::ZERO).await;
    let claims = issuer.claims();
    let good = key.token(&key.header(), &claims);
    assert_eq!(tried(&served, &good).await.said(), "ok");
    let signature = good.rsplit('.').next().unwrap();
    for alg in [
        "none", "None", "NONE", "nOnE", "", "RS256 ", "rs256", "HS256", "RS1",
    ] {
        let header = json!({"alg": alg, "kid": "k"});
        let unsigned = unsigned(&header, &claims);
        for token in [
            format!("{unsigned}."),
            unsigned.clone(),
            format!("{unsigned}.{signature}"),
        ] {
            assert_refused_or_malformed(&served, &token, alg).await;
        }
    }
    // the public key in each form that an attacker may guess, as a shared secret
    let public = rsa::RsaPrivateKey::from_pkcs1_der(secret_der(&key))
        .unwrap()
        .to_public_key();
    let jwk = key.published();
    for secret in [
        public.to_pkcs1_der().unwrap().as_bytes().to_vec(),
        public.to_pkcs1_pem(LineEnding::LF).unwrap().into_bytes(),
        public.to_public_key_der().unwrap().as_bytes().to_vec(),
        public
            .to_public_key_pem(LineEnding::LF)
            .unwrap()
            .into_bytes(),
        jwk["n"].as_str().unwrap().as_bytes().to_vec(),
        jwk.to_string().into_bytes(),
        Vec::new(),
    ] {
        for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
            let confused = Key {
                algorithm,
                secret: EncodingKey::from_secret(&secret),
                public: key.public.clone(),
            };
            let token = confused.token(&confused.header(), &claims);
            assert_refused(&served, &token, "a public key as a secret").await;
        }
    }
    // each key named for the other's signature, and an algorithm of its family that it is not for
    for (signs, kid, alg) in [
        (&key, "e", "RS256"),
        (&other, "k", "EdDSA"),
        (&key, "k", "RS512"),
        (&key, "k", "PS256"),
    ] {
        let token = signs.token(&json!({"alg": alg, "kid": kid}), &claims);
        assert_refused(&served, &token, &format!("{kid} with {alg}")).await;
    }
}

#[tokio::test]
async fn a_token_brings_no_key_of_its_own() {
    let key = Key::new("k", Algorithm::EdDSA);
    let attacker = Key::new("k", Algorithm::EdDSA);
    let issuer = Issuer::new(&[&key]).await;
    let elsewhere = Issuer::new(&[&attacker]).await;
    let served = accepting(&issuer, Duration::ZERO).await;
    let claims = issuer.claims();
    let keys = format!("{}/keys", elsewhere.url);
    for extra in [
        json!({}),
        json!({"kid": null}),
        json!({"jwk": attacker.published()}),
        json!({"jku": keys}),
        json!({"x5u": keys}),
        json!({"kid": keys}),
        json!({"kid": "../../etc/passwd"}),
        json!({"kid": "' OR 1=1 --"}),
        json!({"kid": "x".repeat(4_000)}),
        json!({"kid": 7}),
        json!({"kid": ["k"]}),
    ] {
        let mut header = attacker.header();
        header
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        assert_refused(
            &served,
            &attacker.token(&header, &claims),
            &extra.to_string(),
        )
        .await;
    }
    assert_eq!(elsewhere.fetches(), 0, "nobody is sent for keys by a token");
    // an extension that must be understood is not (RFC 7515, section 4.1.11)
    let mut header = key.header();
    header["crit"] = json!(["x"]);
    header["x"] = json!(true);
    assert_refused(&served, &key.token(&header, &claims), "crit").await;
    let mut header = key.header();
    header.as_object_mut().unwrap().remove("kid");
    let anonymous = key.token(&header, &claims);
    assert_eq!(
        tried(&served, &anonymous).await.said(),
        "ok",
        "the only key needs no name"
    );
    let second = Key::new("l", Algorithm::EdDSA);
    issuer.publish(&[&key, &second]);
    let served = accepting(&issuer, Duration::ZERO).await;
    assert_refused(&served, &anonymous, "no name where there are two keys").await;
}

#[tokio::test]
async fn keys_that_are_not_for_signing_sign_nothing() {
    let key = Key::new("k", Algorithm::EdDSA);
    let issuer = Issuer::new(&[&key]).await;
    let token = key.token(&key.header(), &issuer.claims());
    for (name, value) in [
        ("use", json!("enc")),
        ("alg", json!("ES256")),
        ("kty", json!("oct")),
        ("crv", json!("X25519")),
        ("x", json!("AAAA")),
        ("x", json!("")),
    ] {
        let mut published = key.published();
        published[name] = value.clone();
        let document = Document::json(&json!({"keys": [published]}));
        *issuer.published.keys.lock().unwrap() = document;
        let served = accepting(&issuer, Duration::ZERO).await;
        let answer = tried(&served, &token).await;
        // a set that cannot be read is no set
        assert!(
            [401, 503].contains(&answer.status),
            "{name}: {value}: {answer:?}"
        );
    }
}
