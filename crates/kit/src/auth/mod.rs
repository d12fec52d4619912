//! Who asks over HTTP, and what they may do.
//!
//! Every request carries a bearer token: one of a list ([`tokens`], compared in constant time) or
//! a JSON Web Token ([`oidc`]: signature, issuer, audience, times, algorithm). There is no server
//! without either. What a token opens are [`Scopes`]; a tool says by [`crate::Tool::scope`] which
//! one it needs.
//!
//! To add a way to authenticate: a file here that turns a bearer token into a [`Principal`] or a
//! [`Refusal`], and a field in [`Authenticator`].

use std::{fmt, sync::Arc};

pub mod oidc;
pub mod scope;
pub mod tokens;

pub use oidc::{Oidc, OidcError};
pub use scope::{Scope, Scopes};
pub use tokens::{Tokens, TokensError};

/// The longest bearer token that is looked at, in bytes.
const MAX_TOKEN: usize = 8 * 1024;

/// Who stands behind a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// `NAME` of a static token, `oidc:SUBJECT` of a JSON Web Token.
    pub name: Arc<str>,
    /// What they may do.
    pub scopes: Scopes,
}

/// Why a request has no principal. Says nothing of the token itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no `Authorization` header of the scheme `Bearer`.
    #[error("no bearer token was sent")]
    Missing,
    /// There are several, or what follows `Bearer` is no token.
    #[error("the Authorization header is not one `Bearer TOKEN`")]
    Malformed,
    /// No valid token of anybody: unknown, changed, or for another service.
    #[error("the token is not valid here")]
    Invalid,
    /// It was valid once.
    #[error("the token has expired")]
    Expired,
    /// The keys to judge a JSON Web Token could not be had.
    #[error("the issuer's keys could not be fetched, so no JSON Web Token can be checked now")]
    Unavailable,
}

/// Judges bearer tokens.
#[derive(Debug, Default)]
pub struct Authenticator {
    tokens: Option<Tokens>,
    oidc: Option<Oidc>,
}

impl Authenticator {
    /// With a list of tokens, an issuer of JSON Web Tokens, or both; `None` without any: there is
    /// no server without authentication.
    pub fn new(tokens: Option<Tokens>, oidc: Option<Oidc>) -> Option<Self> {
        (tokens.is_some() || oidc.is_some()).then_some(Self { tokens, oidc })
    }

    /// The issuer whose tokens are accepted, if any.
    pub fn issuer(&self) -> Option<&str> {
        self.oidc.as_ref().map(Oidc::issuer)
    }

    /// The list of tokens, if there is one.
    pub fn tokens(&self) -> Option<&Tokens> {
        self.tokens.as_ref()
    }

    /// The principal behind the `Authorization` headers of a request.
    ///
    /// # Errors
    /// There is none.
    pub async fn authenticate(&self, headers: &http::HeaderMap) -> Result<Principal, Refusal> {
        let token = bearer(headers)?;
        let Some(oidc) = &self.oidc else {
            let tokens = self.tokens.as_ref().ok_or(Refusal::Invalid)?;
            return tokens.principal(token);
        };
        if let Some(tokens) = &self.tokens {
            match tokens.principal(token) {
                Err(Refusal::Invalid) => {}
                known => return known,
            }
        }
        oidc.principal(token).await
    }
}

/// The token of the one `Authorization: Bearer TOKEN` (RFC 6750, section 2.1).
fn bearer(headers: &http::HeaderMap) -> Result<&str, Refusal> {
    let mut values = headers.get_all(http::header::AUTHORIZATION).iter();
    let value = values.next().ok_or(Refusal::Missing)?;
    if values.next().is_some() {
        return Err(Refusal::Malformed);
    }
    let value = value.to_str().map_err(|_| Refusal::Malformed)?;
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    let token = token.trim_start_matches(' ');
    if !scheme.eq_ignore_ascii_case("bearer") {
        // another scheme's credentials are no bearer token, not a malformed one
        return Err(Refusal::Missing);
    }
    let permitted = |b: u8| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b);
    if token.is_empty() || token.len() > MAX_TOKEN || !token.bytes().all(permitted) {
        return Err(Refusal::Malformed);
    }
    Ok(token)
}

/// Text that must never be shown: its `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(...)")
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};

    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn one_bearer_token_and_nothing_else() {
        assert_eq!(
            bearer(&headers(&["Bearer abc.d-e_f~1+/="])),
            Ok("abc.d-e_f~1+/=")
        );
        assert_eq!(bearer(&headers(&["bearer  abc"])), Ok("abc"));
        assert_eq!(bearer(&headers(&[])), Err(Refusal::Missing));
        let long = format!("Bearer {}", "a".repeat(MAX_TOKEN + 1));
        for other in ["", "Basic abc", "abc"] {
            assert_eq!(bearer(&headers(&[other])), Err(Refusal::Missing), "{other}");
        }
        for wrong in ["Bearer", "Bearer ", "Bearer a b", "Bearer a,b", &long] {
            assert_eq!(
                bearer(&headers(&[wrong])),
                Err(Refusal::Malformed),
                "{wrong}"
            );
        }
        assert_eq!(
            bearer(&headers(&["Bearer abc", "Bearer abc"])),
            Err(Refusal::Malformed)
        );
    }

    #[test]
    fn there_is_no_authenticator_of_nothing() {
        assert!(Authenticator::new(None, None).is_none());
    }

    #[test]
    fn a_secret_is_not_shown() {
        let secret = Secret::new("hunter2");
        assert!(!format!("{secret:?}").contains("hunter2"));
        assert_eq!(secret.expose(), "hunter2");
    }
}
