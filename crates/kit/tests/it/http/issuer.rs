//! An issuer of JSON Web Tokens on loopback, with keys made for the test. Its documents can be
//! anything, slow, or not there.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{StatusCode, header},
    response::Response,
    routing::get,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto::sign, jwk::Jwk};
use rsa::{RsaPrivateKey, pkcs1::EncodeRsaPrivateKey, rand_core::OsRng};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

/// Who tokens are for.
pub const AUDIENCE: &str = "https://mcp.example.com/mcp";

/// A signing key and what the issuer publishes of it.
pub struct Key {
    pub algorithm: Algorithm,
    pub secret: EncodingKey,
    pub public: Jwk,
}

impl Key {
    pub fn new(kid: &str, algorithm: Algorithm) -> Self {
        let secret = match algorithm {
            Algorithm::EdDSA => EncodingKey::from_ed_der(&ed25519()),
            Algorithm::ES256 => EncodingKey::from_ec_der(&ec(&rcgen::PKCS_ECDSA_P256_SHA256)),
            Algorithm::ES384 => EncodingKey::from_ec_der(&ec(&rcgen::PKCS_ECDSA_P384_SHA384)),
            _ => EncodingKey::from_rsa_der(&rsa()),
        };
        let mut public = Jwk::from_encoding_key(&secret, algorithm).unwrap();
        public.common.key_id = Some(kid.to_owned());
        Self {
            algorithm,
            secret,
            public,
        }
    }

    /// The key as its issuer publishes it.
    pub fn published(&self) -> Value {
        serde_json::to_value(&self.public).unwrap()
    }

    /// A token with exactly this header and these claims.
    pub fn token(&self, header: &Value, claims: &Value) -> String {
        let signed = unsigned(header, claims);
        let signature = sign(signed.as_bytes(), &self.secret, self.algorithm).unwrap();
        format!("{signed}.{signature}")
    }

    /// The header that belongs to this key.
    pub fn header(&self) -> Value {
        json!({"typ": "JWT", "alg": self.algorithm, "kid": self.public.common.key_id})
    }
}

/// Header and claims of a token, up to its signature.
pub fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |json: &Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
    format!("{}.{}", part(header), part(claims))
}

fn ec(kind: &'static rcgen::SignatureAlgorithm) -> Vec<u8> {
    rcgen::KeyPair::generate_for(kind).unwrap().serialize_der()
}

/// PKCS #8 without the public half (RFC 8410, section 7).
fn ed25519() -> Vec<u8> {
    let mut der = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20".to_vec();
    let mut seed = [0; 32];
    rsa::rand_core::RngCore::fill_bytes(&mut OsRng, &mut seed);
    der.extend(seed);
    der
}

fn rsa() -> Vec<u8> {
    let key = RsaPrivateKey::new(&mut OsRng, 2_048).unwrap();
    key.to_pkcs1_der().unwrap().as_bytes().to_vec()
}

pub fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    now.as_secs()
}

/// A document as the issuer hands it out.
#[derive(Clone)]
pub struct Document {
    pub status: StatusCode,
    pub headers: Vec<(header::HeaderName, String)>,
    pub body: Vec<u8>,
    pub after: Duration,
}

impl Document {
    pub fn json(value: &Value) -> Self {
        Self::bytes(value.to_string())
    }

    pub fn bytes(body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: StatusCode::OK,
            headers: Vec::new(),
            body: body.into(),
            after: Duration::ZERO,
        }
    }
}

/// What the issuer publishes.
pub struct Published {
    pub discovery: Mutex<Document>,
    pub keys: Mutex<Document>,
    /// How often either was asked for.
    pub discoveries: AtomicUsize,
    pub fetches: AtomicUsize,
}

/// A running issuer; it ends when this is dropped.
pub struct Issuer {
    pub url: String,
    pub address: SocketAddr,
    pub published: Arc<Published>,
    running: JoinHandle<()>,
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl Issuer {
    /// One that publishes these keys.
    pub async fn new(keys: &[&Key]) -> Self {
        Self::at("127.0.0.1:0".parse().unwrap(), keys).await
    }

    pub async fn at(address: SocketAddr, keys: &[&Key]) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let url = format!("http://{address}");
        let discovery = json!({"issuer": url, "jwks_uri": format!("{url}/keys")});
        let published = Arc::new(Published {
            discovery: Mutex::new(Document::json(&discovery)),
            keys: Mutex::new(Document::json(&set(keys))),
            discoveries: AtomicUsize::default(),
            fetches: AtomicUsize::default(),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discover))
            .route("/keys", get(fetch))
            .with_state(published.clone());
        let running = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            url,
            address,
            published,
            running,
        }
    }

    /// From now on publishes these keys.
    pub fn publish(&self, keys: &[&Key]) {
        *self.published.keys.lock().unwrap() = Document::json(&set(keys));
    }

    /// How often its keys were asked for.
    pub fn fetches(&self) -> usize {
        self.published.fetches.load(Ordering::SeqCst)
    }

    /// Claims of a good token.
    pub fn claims(&self) -> Value {
        json!({
            "iss": self.url, "aud": AUDIENCE, "sub": "mira", "scope": "openid read",
            "iat": now(), "nbf": now(), "exp": now() + 300,
        })
    }
}

fn set(keys: &[&Key]) -> Value {
    let keys: Vec<_> = keys.iter().map(|key| key.published()).collect();
    json!({"keys": keys})
}

async fn discover(State(published): State<Arc<Published>>) -> Response {
    published.discoveries.fetch_add(1, Ordering::SeqCst);
    let document = published.discovery.lock().unwrap().clone();
    hand_out(document).await
}

async fn fetch(State(published): State<Arc<Published>>) -> Response {
    published.fetches.fetch_add(1, Ordering::SeqCst);
    let document = published.keys.lock().unwrap().clone();
    hand_out(document).await
}

async fn hand_out(document: Document) -> Response {
    tokio::time::sleep(document.after).await;
    let mut response = Response::new(Body::from(document.body));
    *response.status_mut() = document.status;
    for (name, value) in document.headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}
