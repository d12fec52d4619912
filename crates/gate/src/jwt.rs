//! JSON Web Tokens (RFC 7519), as far as a client needs them that must not be let in with one.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// The claims of a token, unverified; none where it is no JSON Web Token.
pub(crate) fn claims(token: &str) -> Option<Value> {
    let part = token.split('.').nth(1)?;
    let bytes = BASE64_URL_SAFE_NO_PAD
        .decode(part.trim_end_matches('='))
        .ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// A token that nobody issued: its signature is none, or no HMAC of anything.
pub(crate) fn invented(algorithm: &str, issuer: &str, audience: &str, expires: u64) -> String {
    let part = |value: Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let header = part(json!({"alg": algorithm, "typ": "JWT"}));
    let claims = part(json!({
        "iss": issuer,
        "aud": audience,
        "sub": "seaworthy-check",
        "scope": "mcp",
        "iat": expires.saturating_sub(7_200),
        "exp": expires,
    }));
    let signature = if algorithm == "none" {
        String::new()
    } else {
        BASE64_URL_SAFE_NO_PAD.encode([0x5a; 32])
    };
    format!("{header}.{claims}.{signature}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invented_token_is_well_formed() {
        let token = invented("HS256", "https://a.example", "https://b.example/mcp", 9_000);
        let parts: Vec<_> = token.split('.').collect();
        assert_eq!(parts.len(), 3);
        let claims = claims(&token).unwrap();
        assert_eq!(
            (&claims["exp"], &claims["iat"]),
            (&json!(9_000), &json!(1_800))
        );
    }
}
