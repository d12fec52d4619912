//! Static bearer tokens: a list of names and digests, one a line.
//!
//! ```text
//! # name:sha256-of-token[:scopes][:expiry]
//! ci:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
//! mira:60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752:read,write:2027-01-31
//! ```
//!
//! The list holds no token: who reads it cannot use it. Scopes are `read` unless the line says
//! otherwise; an expiry is a day (its end, UTC) or a time (RFC 3339, UTC).

use std::{
    collections::HashSet,
    fmt::Write,
    sync::{Arc, PoisonError, RwLock},
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{Principal, Refusal, Scopes, Secret};
use crate::{audit, seal};

/// What every token begins with, so that secret scanners and people know one.
pub const PREFIX: &str = "seaworthy_";
/// The longest name, in characters.
const MAX_NAME: usize = 64;

/// A line of the list that cannot be used. Never holds the line's digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokensError {
    /// A line is wrong.
    #[error("line {line} {problem}")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// There is no line at all.
    #[error("no token is listed")]
    Empty,
}

#[derive(Clone)]
struct Entry {
    name: Arc<str>,
    digest: [u8; 32],
    scopes: Scopes,
    /// Seconds since the Unix epoch.
    expires: Option<u64>,
}

/// The list. It can be replaced while requests are served.
pub struct Tokens(RwLock<Arc<[Entry]>>);

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tokens({})", self.entries().len())
    }
}

impl Tokens {
    /// Reads a list.
    ///
    /// # Errors
    /// A line is wrong, a name or a token stands there twice, or there is none.
    pub fn parse(text: &str) -> Result<Self, TokensError> {
        let entries = entries(text)?;
        if entries.is_empty() {
            return Err(TokensError::Empty);
        }
        Ok(Self(RwLock::new(entries)))
    }

    /// Replaces the list; the old one stays where the new one is wrong. An empty one is not: it
    /// revokes the last token.
    ///
    /// # Errors
    /// As [`Self::parse`], but for [`TokensError::Empty`].
    pub fn replace(&self, text: &str) -> Result<usize, TokensError> {
        let entries = entries(text)?;
        let count = entries.len();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = entries;
        Ok(count)
    }

    /// The names on the list.
    pub fn names(&self) -> Vec<Arc<str>> {
        self.entries()
            .iter()
            .map(|entry| entry.name.clone())
            .collect()
    }

    fn entries(&self) -> Arc<[Entry]> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The principal of `token`. Every entry is compared in full, whichever matches.
    pub(super) fn principal(&self, token: &str) -> Result<Principal, Refusal> {
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let entries = self.entries();
        let mut found = None;
        for entry in entries.iter() {
            if bool::from(entry.digest.ct_eq(&digest)) {
                found = Some(entry);
            }
        }
        let entry = found.ok_or(Refusal::Invalid)?;
        if entry.expires.is_some_and(|expires| expires <= audit::now()) {
            return Err(Refusal::Expired);
        }
        Ok(Principal {
            name: entry.name.clone(),
            scopes: entry.scopes,
        })
    }
}

fn entries(text: &str) -> Result<Arc<[Entry]>, TokensError> {
    let mut entries = Vec::new();
    let (mut names, mut digests) = (HashSet::new(), HashSet::new());
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = |problem: String| TokensError::Line {
            line: at + 1,
            problem,
        };
        let entry = entry(line).map_err(wrong)?;
        if !names.insert(entry.name.clone()) {
            return Err(wrong(format!("names {} a second time", entry.name)));
        }
        if !digests.insert(entry.digest) {
            return Err(wrong("has the token of an earlier line".to_owned()));
        }
        entries.push(entry);
    }
    Ok(entries.into())
}

fn entry(line: &str) -> Result<Entry, String> {
    let mut fields = line.splitn(3, ':');
    let name = fields.next().unwrap_or_default();
    check_name(name)?;
    let digest = fields
        .next()
        .and_then(unhex)
        .ok_or("has no SHA-256 of a token (64 hex digits) after the name")?;
    let rest = fields.next().unwrap_or_default();
    // scopes are words, an expiry begins with a digit
    let (scopes, expiry) = match rest.split_once(':') {
        _ if rest.starts_with(|c: char| c.is_ascii_digit()) => ("", rest),
        Some(both) => both,
        None => (rest, ""),
    };
    let scopes = match scopes.trim() {
        "" => "read",
        scopes => scopes,
    };
    let scopes = Scopes::parse(scopes).map_err(|name| {
        format!("has an unknown scope {name:?}; there are destructive, read, sandbox and write")
    })?;
    let expires = match expiry.trim() {
        "" => None,
        expiry => Some(parse_expiry(expiry).ok_or(
            "has an expiry that is neither a day (2027-01-31) nor a time (2027-01-31T12:00:00Z)",
        )?),
    };
    Ok(Entry {
        name: name.into(),
        digest,
        scopes,
        expires,
    })
}

/// Checks the name of a token.
///
/// # Errors
/// What is wrong with it.
pub fn check_name(name: &str) -> Result<(), String> {
    let permitted = |b: u8| b.is_ascii_alphanumeric() || b"._@-".contains(&b);
    if name.is_empty() || name.len() > MAX_NAME || !name.bytes().all(permitted) {
        return Err(format!(
            "has no name of 1 to {MAX_NAME} letters, digits, `.`, `_`, `@`, `-`"
        ));
    }
    Ok(())
}

/// 32 bytes from 64 hex digits.
pub fn unhex(text: &str) -> Option<[u8; 32]> {
    let text = text.trim();
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// The second at which something ends that is good until a day or a time; seconds since the epoch.
pub fn parse_expiry(text: &str) -> Option<u64> {
    let end = match text.parse::<jiff::civil::Date>() {
        Ok(day) if !text.contains('T') => day
            .tomorrow()
            .ok()?
            .to_zoned(jiff::tz::TimeZone::UTC)
            .ok()?
            .timestamp(),
        _ => text.parse::<jiff::Timestamp>().ok()?,
    };
    u64::try_from(end.as_second()).ok()
}

/// A new token and its line for the list.
#[derive(Debug)]
pub struct Minted {
    /// The token: shown once, kept nowhere.
    pub token: Secret,
    /// The line.
    pub line: String,
}

/// Makes a token of 256 random bits. `expires` is in seconds since the epoch.
///
/// # Errors
/// The name is not one, or the system has no randomness.
pub fn mint(name: &str, scopes: Scopes, expires: Option<u64>) -> Result<Minted, String> {
    check_name(name)?;
    let mut bytes = [0; 32];
    seal::random(&mut bytes).map_err(|error| error.to_string())?;
    let token = format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes));
    let mut line = format!(
        "{name}:{}:{scopes}",
        audit::hex(&Sha256::digest(token.as_bytes()))
    );
    if let Some(expires) = expires {
        let _ = write!(line, ":{}", audit::rfc3339(expires));
    }
    Ok(Minted {
        token: Secret::new(token),
        line,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    #[test]
    fn a_minted_token_opens_what_its_line_says() {
        let later = audit::now() + 60;
        let minted = mint("ci", Scopes::parse("read,write").unwrap(), Some(later)).unwrap();
        let tokens = Tokens::parse(&format!("# people\n\n{}\n", minted.line)).unwrap();
        let principal = tokens.principal(minted.token.expose()).unwrap();
        assert_eq!(&*principal.name, "ci");
        assert_eq!(principal.scopes.to_string(), "read,write");
        assert!(minted.token.expose().starts_with(PREFIX));
        assert!(!minted.line.contains(minted.token.expose()));
        assert!(!format!("{minted:?}").contains(minted.token.expose()));
        for wrong in ["", "test2", DIGEST, &minted.token.expose()[1..]] {
            assert_eq!(tokens.principal(wrong), Err(Refusal::Invalid));
        }
    }

    #[test]
    fn scopes_and_expiry_may_be_left_out() {
        // DIGEST is of the word test
        let tokens = |rest: &str| Tokens::parse(&format!("a:{DIGEST}{rest}")).unwrap();
        for (rest, scopes) in [
            ("", "read"),
            (":", "read"),
            (":write", "write"),
            (":sandbox,destructive:", "destructive,sandbox"),
            (":2999-12-31", "read"),
            (":write:2999-12-31T23:59:59Z", "write"),
            ("::2999-12-31", "read"),
        ] {
            let principal = tokens(rest).principal("test").unwrap();
            assert_eq!(principal.scopes.to_string(), scopes, "{rest}");
        }
        for past in [":2020-01-01", ":read:2020-01-01T00:00:00Z"] {
            assert_eq!(tokens(past).principal("test"), Err(Refusal::Expired));
        }
    }

    #[test]
    fn a_day_ends_at_its_end() {
        assert_eq!(parse_expiry("1970-01-01"), Some(86_400));
        assert_eq!(parse_expiry("2026-11-21T00:00:01Z"), Some(1_795_219_201));
        assert_eq!(audit::rfc3339(1_795_219_201), "2026-11-21T00:00:01Z");
        for wrong in [
            "2026-13-01",
            "2026-02-30",
            "26-01-01",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00",
            "never",
        ] {
            assert_eq!(parse_expiry(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_wrong_line_is_named_by_number_without_its_digest() {
        let cases = [
            (format!("a b:{DIGEST}"), "has no name"),
            (format!(":{DIGEST}"), "has no name"),
            ("a:plain-token".to_owned(), "has no SHA-256"),
            (format!("a:{DIGEST}:admin"), "unknown scope \"admin\""),
            (format!("a:{DIGEST}:read:soon"), "has an expiry"),
            (
                format!("a:{DIGEST}\na:{}", "0".repeat(64)),
                "names a a second time",
            ),
            (
                format!("a:{DIGEST}\nb:{DIGEST}"),
                "has the token of an earlier line",
            ),
        ];
        for (text, said) in cases {
            let error = Tokens::parse(&text).unwrap_err().to_string();
            assert!(
                error.contains(said) && error.starts_with("line "),
                "{error}"
            );
            assert!(!error.contains("9f86d081"), "{error}");
        }
        assert_eq!(Tokens::parse("# nobody\n").unwrap_err(), TokensError::Empty);
    }

    #[test]
    fn a_wrong_new_list_keeps_the_old_one() {
        let tokens = Tokens::parse(&format!("a:{DIGEST}")).unwrap();
        assert!(tokens.replace("nonsense").is_err());
        assert!(tokens.principal("test").is_ok());
        let other = mint("b", Scopes::ALL, None).unwrap();
        assert_eq!(tokens.replace(&other.line), Ok(1));
        assert_eq!(tokens.principal("test"), Err(Refusal::Invalid));
        assert!(tokens.principal(other.token.expose()).is_ok());
        assert_eq!(tokens.replace("# nobody any more\n"), Ok(0));
        assert_eq!(
            tokens.principal(other.token.expose()),
            Err(Refusal::Invalid)
        );
    }
}
