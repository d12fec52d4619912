//! JSON Web Tokens of one issuer (`OpenID` Connect discovery; RFC 7519, RFC 7517, RFC 8725).
//!
//! A token is accepted only with: a signature by one of the issuer's keys under an algorithm of
//! [`ALGORITHMS`] (public-key ones, so neither `none` nor a key taken for a shared secret works),
//! this issuer, this server as an audience, a subject, and an expiry that is not over. Its rights
//! are those words of its `scope` or `scp` claim that are [`Scopes`] here.
//!
//! The keys are fetched at the first token, again every [`KEYS_FRESH`], and early when a token
//! names a key that is not known (rotation), at most every [`KEYS_PAUSE`].

use std::{
    sync::{Arc, OnceLock, PoisonError, RwLock},
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header,
    errors::ErrorKind,
    jwk::{AlgorithmParameters, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse},
};
use moka::sync::Cache;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;
use url::Url;

use super::{Principal, Refusal, Scopes};
use crate::{audit, loopback::is_loopback, untrusted};

/// The algorithms that a token may be signed with.
pub const ALGORITHMS: [Algorithm; 6] = [
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
    Algorithm::PS256,
    Algorithm::RS256,
    Algorithm::RS512,
];
/// How long fetched keys are used before they are fetched again.
pub const KEYS_FRESH: Duration = Duration::from_secs(600);
/// How long keys are used that could not be fetched again.
const KEYS_STALE: Duration = Duration::from_secs(3_600);
/// How long after one fetch the next may begin.
pub const KEYS_PAUSE: Duration = Duration::from_secs(15);
/// How long a checked token is taken for good without checking it again.
const CHECKED: Duration = Duration::from_secs(60);
/// Tokens that are remembered as checked.
const CHECKED_TOKENS: u64 = 4_096;
/// By how much clocks may differ, in seconds.
const LEEWAY: u64 = 30;
/// The longest subject, in characters.
const MAX_SUBJECT: usize = 255;
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a request waits for newer keys where older ones would do.
const MOMENT: Duration = Duration::from_millis(300);
/// The length of a public Ed25519 key (RFC 8032, section 5.1.5), in bytes.
const ED25519_POINT: usize = 32;
/// The longest document that is read from an issuer, in bytes.
const MAX_DOCUMENT: usize = 512 * 1024;

/// Why an issuer cannot be used at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// The issuer is not an address that keys may be fetched from.
    #[error("the issuer is not an https address (plain http is for loopback only)")]
    Issuer,
    /// Without an audience a token for any other service would open this one.
    #[error("an issuer needs an audience")]
    Audience,
}

struct Keys {
    set: JwkSet,
    fetched: Instant,
}

/// Judges the tokens of one issuer for one audience.
pub struct Oidc {
    issuer: String,
    validation: Validation,
    keys: RwLock<Option<Arc<Keys>>>,
    /// When keys were last asked for, whether it worked or not. Held while they are.
    asked: Mutex<Option<Instant>>,
    checked: OnceLock<Cache<[u8; 32], Checked>>,
    client: OnceLock<Option<reqwest::Client>>,
    fresh: Duration,
    pause: Duration,
}

#[derive(Clone)]
struct Checked {
    principal: Principal,
    expires: u64,
}

impl std::fmt::Debug for Oidc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Oidc({})", self.issuer)
    }
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

/// A set of keys as an issuer publishes it (RFC 7517, section 5).
#[derive(Deserialize)]
struct Published {
    keys: Vec<Value>,
}

impl Published {
    /// Those keys that can be read: one of a new kind must not take the others along.
    fn usable(self) -> JwkSet {
        let keys = self.keys.into_iter().map(serde_json::from_value::<Jwk>);
        JwkSet {
            keys: keys.filter_map(Result::ok).collect(),
        }
    }
}

#[derive(Deserialize)]
struct Claims {
    #[expect(dead_code, reason = "the library would take a list of issuers, too")]
    iss: String,
    sub: String,
    exp: u64,
    #[serde(default)]
    scope: Value,
    #[serde(default)]
    scp: Value,
}

impl Claims {
    /// A string of words (RFC 8693, section 4.2) or, as some issuers have it, a list.
    fn scopes(&self) -> Scopes {
        let words = |claim: &Value| match claim {
            Value::String(words) => words.clone(),
            Value::Array(words) => {
                let words: Vec<_> = words.iter().filter_map(Value::as_str).collect();
                words.join(" ")
            }
            _ => String::new(),
        };
        Scopes::known(&format!("{} {}", words(&self.scope), words(&self.scp)))
    }
}

impl Oidc {
    /// For tokens that `issuer` made for `audience`. Nothing is fetched before the first token.
    ///
    /// # Errors
    /// The issuer is no https address, or there is no audience.
    pub fn new(issuer: &str, audience: &str) -> Result<Self, OidcError> {
        let issuer = issuer.trim_end_matches('/');
        if !Url::parse(issuer).is_ok_and(|url| is_trustworthy(&url)) {
            return Err(OidcError::Issuer);
        }
        if audience.trim().is_empty() {
            return Err(OidcError::Audience);
        }
        let mut validation = Validation::new(Algorithm::RS256);
        validation.algorithms = ALGORITHMS.to_vec();
        // issuers differ in whether they end with a slash; both name the same one
        validation.set_issuer(&[issuer.to_owned(), format!("{issuer}/")]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_nbf = true;
        validation.leeway = LEEWAY;
        Ok(Self {
            issuer: issuer.to_owned(),
            validation,
            keys: RwLock::default(),
            asked: Mutex::default(),
            checked: OnceLock::new(),
            client: OnceLock::new(),
            fresh: KEYS_FRESH,
            pause: KEYS_PAUSE,
        })
    }

    /// The same with another pause between two fetches of the keys.
    #[must_use]
    pub fn with_pause(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// The same with keys that are fetched again after another time.
    #[must_use]
    pub fn with_fresh(mut self, fresh: Duration) -> Self {
        self.fresh = fresh;
        self
    }

    /// The issuer's address.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The principal of `token`.
    pub(super) async fn principal(&self, token: &str) -> Result<Principal, Refusal> {
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let checked = self.checked.get_or_init(|| {
            Cache::builder()
                .max_capacity(CHECKED_TOKENS)
                .time_to_live(CHECKED)
                .build()
        });
        if let Some(known) = checked.get(&digest) {
            if known.expires.saturating_add(LEEWAY) <= audit::now() {
                return Err(Refusal::Expired);
            }
            return Ok(known.principal);
        }
        let header = decode_header(token).map_err(|_| Refusal::Invalid)?;
        // what must be understood is not (RFC 7515, section 4.1.11)
        if !ALGORITHMS.contains(&header.alg) || header.crit.is_some() {
            return Err(Refusal::Invalid);
        }
        let key = self.key(header.kid.as_deref(), header.alg).await?;
        let mut validation = self.validation.clone();
        // the library refuses a key whose family is not that of each algorithm that is allowed
        validation.algorithms = vec![header.alg];
        let claims = decode::<Claims>(token, &key, &validation)
            .map_err(|error| match error.kind() {
                ErrorKind::ExpiredSignature => Refusal::Expired,
                _ => Refusal::Invalid,
            })?
            .claims;
        let subject = claims.sub.as_str();
        // a name that had to be cut or cleaned might be another one's
        if subject.is_empty() || untrusted::one_line(subject, MAX_SUBJECT) != subject {
            return Err(Refusal::Invalid);
        }
        let principal = Principal {
            name: format!("oidc:{subject}").into(),
            scopes: claims.scopes(),
        };
        let known = Checked {
            principal: principal.clone(),
            expires: claims.exp,
        };
        checked.insert(digest, known);
        Ok(principal)
    }

    fn keys(&self) -> Option<Arc<Keys>> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.clone()
            .filter(|keys| keys.fetched.elapsed() < KEYS_STALE)
    }

    /// The key that a token names.
    async fn key(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<DecodingKey, Refusal> {
        let known = |keys: &Arc<Keys>| find(&keys.set, kid, algorithm).is_some();
        let current = |keys: &Arc<Keys>| keys.fetched.elapsed() < self.fresh && known(keys);
        match self.keys() {
            // a token whose key is at hand waits for nobody
            Some(keys) if current(&keys) => {}
            // one whose key is a little old waits for a moment, and only where nobody else does
            Some(keys) if known(&keys) => {
                if let Ok(mut asked) = self.asked.try_lock()
                    && self.may_ask(*asked)
                {
                    *asked = Some(Instant::now());
                    // the old keys do where the issuer takes longer
                    let _ = tokio::time::timeout(MOMENT, self.renew()).await;
                }
            }
            _ => {
                let mut asked = self.asked.lock().await;
                if self.may_ask(*asked) && !self.keys().as_ref().is_some_and(current) {
                    self.renew().await;
                    *asked = Some(Instant::now());
                }
            }
        }
        let keys = self.keys().ok_or(Refusal::Unavailable)?;
        let key = find(&keys.set, kid, algorithm).ok_or(Refusal::Invalid)?;
        DecodingKey::from_jwk(key).map_err(|_| Refusal::Invalid)
    }

    /// Whether the issuer may be asked again.
    fn may_ask(&self, asked: Option<Instant>) -> bool {
        asked.is_none_or(|asked| asked.elapsed() >= self.pause)
    }

    async fn renew(&self) {
        match self.fetch().await {
            Ok(set) => {
                let fetched = Instant::now();
                let keys = Some(Arc::new(Keys { set, fetched }));
                *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
            }
            Err(problem) => {
                let issuer = &self.issuer;
                tracing::warn!(issuer, problem, "the issuer's keys could not be fetched");
            }
        }
    }

    async fn fetch(&self) -> Result<JwkSet, &'static str> {
        let discovery = format!("{}/.well-known/openid-configuration", self.issuer);
        let discovery: Discovery = self.get(&discovery).await?;
        if discovery.issuer.trim_end_matches('/') != self.issuer {
            return Err("the discovery document names another issuer");
        }
        if !Url::parse(&discovery.jwks_uri).is_ok_and(|url| is_trustworthy(&url)) {
            return Err("the keys are not at an https address");
        }
        let published: Published = self.get(&discovery.jwks_uri).await?;
        Ok(published.usable())
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, url: &str) -> Result<T, &'static str> {
        let client = self.client.get_or_init(client);
        let client = client.as_ref().ok_or("TLS could not be set up")?;
        let mut response = client
            .get(url)
            .header(http::header::ACCEPT, "application/json")
            .send()
            .await
            .map_err(|_| "the issuer does not answer")?;
        if response.status() != http::StatusCode::OK {
            return Err("the issuer did not answer 200");
        }
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|_| "the issuer's answer broke off")?
        {
            if body.len() + chunk.len() > MAX_DOCUMENT {
                return Err("the issuer's answer is too long");
            }
            body.extend_from_slice(&chunk);
        }
        serde_json::from_slice(&body).map_err(|_| "the issuer's answer is not what it should be")
    }
}

fn client() -> Option<reqwest::Client> {
    // an error means that a provider is installed already, which is as good
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(FETCH_TIMEOUT)
        .build()
        .ok()
}

/// https, or http inside this machine.
fn is_trustworthy(url: &Url) -> bool {
    url.host().is_some_and(|host| {
        url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&host))
    })
}

/// The key for a token: by its id; without one, the only key that fits.
fn find<'a>(set: &'a JwkSet, kid: Option<&str>, algorithm: Algorithm) -> Option<&'a Jwk> {
    let mut fitting = set.keys.iter().filter(|key| {
        fits(key, algorithm) && kid.is_none_or(|kid| key.common.key_id.as_deref() == Some(kid))
    });
    let key = fitting.next()?;
    (kid.is_some() || fitting.next().is_none()).then_some(key)
}

/// Whether a key is a public one for signatures of this algorithm.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let family = match &key.algorithm {
        AlgorithmParameters::RSA(_) => matches!(
            algorithm,
            Algorithm::RS256 | Algorithm::RS512 | Algorithm::PS256
        ),
        AlgorithmParameters::EllipticCurve(_) => {
            matches!(algorithm, Algorithm::ES256 | Algorithm::ES384)
        }
        AlgorithmParameters::OctetKeyPair(key) => {
            // the library takes the length for granted
            let point = BASE64_URL_SAFE_NO_PAD.decode(&key.x);
            algorithm == Algorithm::EdDSA && point.is_ok_and(|point| point.len() == ED25519_POINT)
        }
        _ => false,
    };
    let common = &key.common;
    family
        && common
            .key_algorithm
            .is_none_or(|named| named == KeyAlgorithm::from(algorithm))
        && matches!(common.public_key_use, None | Some(PublicKeyUse::Signature))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_reached_by_tls_and_has_an_audience() {
        for good in [
            "https://id.example.com",
            "https://id.example.com/realms/x/",
            "http://127.0.0.1:9",
            "http://localhost:9",
        ] {
            assert!(Oidc::new(good, "us").is_ok(), "{good}");
        }
        for bad in [
            "http://id.example.com",
            "id.example.com",
            "",
            "file:///etc/keys",
        ] {
            assert_eq!(
                Oidc::new(bad, "us").unwrap_err(),
                OidcError::Issuer,
                "{bad}"
            );
        }
        assert_eq!(
            Oidc::new("https://id.example.com", " ").unwrap_err(),
            OidcError::Audience
        );
    }

    #[test]
    fn no_algorithm_works_with_a_shared_secret() {
        for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
            assert!(!ALGORITHMS.contains(&algorithm));
        }
        let secret: Jwk =
            serde_json::from_str(r#"{"kty":"oct","k":"c2VjcmV0","kid":"1"}"#).unwrap();
        for algorithm in ALGORITHMS {
            assert!(!fits(&secret, algorithm), "{algorithm:?}");
        }
    }

    #[test]
    fn scopes_come_as_words_or_as_a_list() {
        let claims = |scope: Value, scp: Value| Claims {
            iss: "y".into(),
            sub: "x".into(),
            exp: 0,
            scope,
            scp,
        };
        assert_eq!(
            claims("openid read".into(), Value::Null)
                .scopes()
                .to_string(),
            "read"
        );
        let list = serde_json::json!(["write", "sandbox", 7]);
        assert_eq!(
            claims(Value::Null, list).scopes().to_string(),
            "sandbox,write"
        );
        assert_eq!(claims(7.into(), Value::Null).scopes(), Scopes::NONE);
    }
}
