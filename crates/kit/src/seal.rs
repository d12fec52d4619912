//! Seals what a client must hand back unchanged: cursors, confirm tokens, request state.
//!
//! A sealed text is `base64url(payload || HMAC-SHA256(key, purpose || 0 || payload)[..16])`. It is
//! readable but not forgeable (RFC 2104; 128 bits of tag), and a text sealed for one purpose
//! does not open for another. Several keys may be given: the first seals, all open, so that
//! a key can be rotated while texts sealed with the old one are still about.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::ToolError;

const TAG: usize = 16;

/// A text that this sealer did not make, or that was changed since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not sealed by this server")]
pub struct NotSealed;

/// The keys. `Debug` shows none of them.
pub struct Sealer {
    keys: Vec<[u8; 32]>,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealer({} keys)", self.keys.len())
    }
}

impl Sealer {
    /// A sealer with a random key of its own: what it seals opens in this process only.
    ///
    /// # Errors
    /// The operating system has no randomness.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut key = [0; 32];
        random(&mut key)?;
        Ok(Self { keys: vec![key] })
    }

    /// A sealer with the given keys, the newest first; `None` without any.
    pub fn with_keys(keys: Vec<[u8; 32]>) -> Option<Self> {
        (!keys.is_empty()).then_some(Self { keys })
    }

    /// Seals `payload` for `purpose`.
    pub fn seal(&self, purpose: &str, payload: &[u8]) -> String {
        let tag = mac(&self.keys[0], purpose, payload).finalize().into_bytes();
        let mut sealed = Vec::with_capacity(payload.len() + TAG);
        sealed.extend_from_slice(payload);
        sealed.extend_from_slice(&tag[..TAG]);
        BASE64_URL_SAFE_NO_PAD.encode(sealed)
    }

    /// Opens what [`Self::seal`] made for the same `purpose`. The comparison takes constant time.
    ///
    /// # Errors
    /// [`NotSealed`] for everything else.
    pub fn open(&self, purpose: &str, sealed: &str) -> Result<Vec<u8>, NotSealed> {
        let mut bytes = BASE64_URL_SAFE_NO_PAD
            .decode(sealed)
            .map_err(|_| NotSealed)?;
        let split = bytes.len().checked_sub(TAG).ok_or(NotSealed)?;
        let tag = bytes.split_off(split);
        self.keys
            .iter()
            .any(|key| {
                mac(key, purpose, &bytes)
                    .verify_truncated_left(&tag)
                    .is_ok()
            })
            .then_some(bytes)
            .ok_or(NotSealed)
    }
}

fn mac(key: &[u8; 32], purpose: &str, payload: &[u8]) -> Hmac<Sha256> {
    // a key shorter than the block is padded with zeros (RFC 2104, section 2)
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac.update(payload);
    mac
}

/// Fills `bytes` from the operating system's randomness.
///
/// # Errors
/// It has none.
pub fn random(bytes: &mut [u8]) -> Result<(), getrandom::Error> {
    getrandom::fill(bytes)
}

/// `N` random bytes, for an id or a token that is used once.
///
/// # Errors
/// The system has no randomness, told as a tool's error.
pub(crate) fn nonce<const N: usize>() -> Result<[u8; N], ToolError> {
    let mut nonce = [0; N];
    random(&mut nonce).map_err(|_| ToolError::internal("the system has no randomness"))?;
    Ok(nonce)
}

/// The first `N` bytes of the SHA-256 of the parts, each preceded by its length.
pub fn digest<const N: usize>(parts: &[&[u8]]) -> [u8; N] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    let full = hasher.finalize();
    let mut short = [0; N];
    short.copy_from_slice(&full[..N]);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_what_it_sealed_for_that_purpose() {
        let sealer = Sealer::random().unwrap();
        let sealed = sealer.seal("cursor", b"page 2");
        assert_eq!(sealer.open("cursor", &sealed).unwrap(), b"page 2");
        assert_eq!(sealer.open("confirm", &sealed), Err(NotSealed));
        assert_eq!(
            Sealer::random().unwrap().open("cursor", &sealed),
            Err(NotSealed)
        );
        for at in 0..sealed.len() {
            let mut forged = sealed.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(sealer.open("cursor", &forged), Err(NotSealed), "{at}");
        }
        for nonsense in ["", "A", "====", "é", &"A".repeat(100_000)] {
            assert_eq!(sealer.open("cursor", nonsense), Err(NotSealed));
        }
    }

    #[test]
    fn an_old_key_still_opens() {
        let old = Sealer::with_keys(vec![[1; 32]]).unwrap();
        let rotated = Sealer::with_keys(vec![[2; 32], [1; 32]]).unwrap();
        assert!(rotated.open("x", &old.seal("x", b"p")).is_ok());
        assert!(old.open("x", &rotated.seal("x", b"p")).is_err());
    }

    #[test]
    fn a_digest_knows_where_its_parts_end() {
        assert_ne!(digest::<8>(&[b"ab", b"c"]), digest::<8>(&[b"a", b"bc"]));
    }
}
