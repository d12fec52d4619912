//! Seals what a caller must hand back unchanged: cursors and confirm tokens.
//!
//! A sealed text is `base64url(payload || HMAC-SHA256(key, purpose || 0 || payload)[..16])`. It can
//! be read, but not forged; and a text that was sealed for one purpose does not open for another.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

const TAG: usize = 16;

/// Holds a random key of its own, so what it seals opens in this process only.
pub struct Sealer {
    key: [u8; 32],
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(...)")
    }
}

impl Sealer {
    /// A sealer with a key of its own.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(Self { key })
    }

    /// Seals a payload for a purpose.
    pub fn seal(&self, purpose: &str, payload: &[u8]) -> String {
        let tag = self.mac(purpose, payload).finalize().into_bytes();
        let mut sealed = payload.to_vec();
        sealed.extend_from_slice(&tag[..TAG]);
        BASE64_URL_SAFE_NO_PAD.encode(sealed)
    }

    /// Opens what was sealed for this purpose, in constant time; `None` for anything else.
    pub fn open(&self, purpose: &str, sealed: &str) -> Option<Vec<u8>> {
        let mut payload = BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let tag = payload.split_off(payload.len().checked_sub(TAG)?);
        let mac = self.mac(purpose, &payload);
        mac.verify_truncated_left(&tag).ok()?;
        Some(payload)
    }

    fn mac(&self, purpose: &str, payload: &[u8]) -> Hmac<Sha256> {
        // a key shorter than the block is padded with zeros (RFC 2104, section 2)
        let mut block = [0; 64];
        block[..self.key.len()].copy_from_slice(&self.key);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(payload);
        mac
    }
}

/// A fingerprint: the first `N` bytes of the SHA-256 of the parts, each behind its length.
pub fn digest<const N: usize>(parts: &[&str]) -> [u8; N] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    let mut digest = [0; N];
    digest.copy_from_slice(&hasher.finalize()[..N]);
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_for_its_purpose_only() {
        let sealer = Sealer::random().unwrap();
        let sealed = sealer.seal("cursor", b"position");
        assert_eq!(
            sealer.open("cursor", &sealed).as_deref(),
            Some(&b"position"[..])
        );
        assert_eq!(sealer.open("confirm", &sealed), None);
        assert_eq!(Sealer::random().unwrap().open("cursor", &sealed), None);
    }

    #[test]
    fn any_change_is_noticed() {
        let sealer = Sealer::random().unwrap();
        let sealed = sealer.seal("cursor", b"position");
        for at in 0..sealed.len() {
            let mut forged = sealed.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(sealer.open("cursor", &forged), None, "{at}");
        }
        for wrong in [
            "",
            "AAAA",
            "no base64!",
            &sealed[1..],
            &format!("{sealed}="),
        ] {
            assert_eq!(sealer.open("cursor", wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_fingerprint_knows_where_parts_end() {
        assert_ne!(digest::<12>(&["ab", "c"]), digest::<12>(&["a", "bc"]));
        assert_eq!(digest::<12>(&["ab", "c"]), digest::<12>(&["ab", "c"]));
    }

    #[test]
    fn the_key_is_not_shown() {
        assert_eq!(format!("{:?}", Sealer::random().unwrap()), "Sealer(...)");
    }
}
