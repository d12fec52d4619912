//! Two-phase confirm: a destructive tool previews first, then acts on a token for that preview.
//!
//! The token is sealed over tool, arguments, expiry and the state of the object, and works once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use super::{
    ErrorKind, ToolError,
    seal::{Sealer, digest},
};

/// How long a token is good for, in seconds.
pub const TOKEN_SECONDS: u64 = 600;
const PURPOSE: &str = "confirm";
const AGAIN: &str = "nothing was done; call with confirm=false for a fresh preview and token";
const NONCE: usize = 8;
const DIGEST: usize = 12;

/// What is about to be done: the tool, what it is called with, and the state of what it acts on.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    /// The tool's name.
    pub tool: &'a str,
    /// The arguments that matter.
    pub arguments: &'a str,
    /// What differs as soon as anybody changes the object.
    pub state: &'a str,
}

/// Issues tokens and takes each back once.
#[derive(Debug)]
pub struct Confirmations {
    sealer: Arc<Sealer>,
    /// Nonces of tokens that were used, with their expiry.
    spent: Mutex<HashMap<[u8; NONCE], u64>>,
}

impl Confirmations {
    /// None issued yet.
    pub fn new(sealer: Arc<Sealer>) -> Self {
        Self {
            sealer,
            spent: Mutex::default(),
        }
    }

    /// Makes the token for one preview.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn issue(&self, act: Act<'_>) -> Result<String, ToolError> {
        self.issue_at(act, now())
    }

    /// Takes a token back.
    ///
    /// # Errors
    /// Why it does not allow the call. Nothing is done then.
    pub fn redeem(&self, token: Option<&str>, act: Act<'_>) -> Result<(), ToolError> {
        self.redeem_at(token, act, now())
    }

    fn issue_at(&self, act: Act<'_>, now: u64) -> Result<String, ToolError> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce)
            .map_err(|_| ToolError::internal("the system has no randomness"))?;
        let claims = Claims {
            nonce,
            expires: now + TOKEN_SECONDS,
            call: digest(&[act.tool, act.arguments]),
            state: digest(&[act.state]),
        };
        Ok(self.sealer.seal(PURPOSE, &claims.bytes()))
    }

    fn redeem_at(&self, token: Option<&str>, act: Act<'_>, now: u64) -> Result<(), ToolError> {
        let Some(token) = token else {
            return Err(refused(
                "nothing was done: confirm=true needs the confirm_token of a preview",
                "no confirm_token was given",
                "call with confirm=false, show the preview to the user, then confirm with its token",
            ));
        };
        let opened = self.sealer.open(PURPOSE, token);
        let Some(claims) = opened.and_then(|payload| Claims::read(&payload)) else {
            return Err(refused(
                "confirm_token is not one of this server's",
                "it was changed, cut short, or made by an earlier run of the server",
                AGAIN,
            ));
        };
        if claims.call != digest::<DIGEST>(&[act.tool, act.arguments]) {
            return Err(refused(
                "confirm_token is for other arguments",
                "confirm=true needs exactly the arguments of the preview",
                AGAIN,
            ));
        }
        if claims.expires < now {
            let minutes = TOKEN_SECONDS / 60;
            return Err(refused(
                "confirm_token has expired",
                &format!("a token is good for {minutes} minutes"),
                AGAIN,
            ));
        }
        if claims.state != digest::<DIGEST>(&[act.state]) {
            return Err(changed());
        }
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        spent.retain(|_, expires| *expires >= now);
        if spent.insert(claims.nonce, claims.expires).is_some() {
            return Err(refused(
                "confirm_token was used before",
                "a token works once",
                "look whether the first call did it, else preview again",
            ));
        }
        Ok(())
    }
}

/// The object is not the previewed one any more.
pub fn changed() -> ToolError {
    ToolError::new(
        ErrorKind::Conflict,
        "what was previewed has changed since the preview",
        "somebody edited it in between, so it is no longer what the user saw",
        AGAIN,
    )
}

fn refused(what: &str, cause: &str, next: &str) -> ToolError {
    ToolError::new(ErrorKind::Refused, what, cause, next)
}

fn now() -> u64 {
    // a clock before 1970 makes tokens that expire at once
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |passed| passed.as_secs())
}

struct Claims {
    nonce: [u8; NONCE],
    /// Seconds since the Unix epoch.
    expires: u64,
    call: [u8; DIGEST],
    state: [u8; DIGEST],
}

impl Claims {
    fn bytes(&self) -> Vec<u8> {
        let expires = self.expires.to_le_bytes();
        [&self.nonce[..], &expires, &self.call, &self.state].concat()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (nonce, rest) = bytes.split_first_chunk()?;
        let (expires, rest) = rest.split_first_chunk()?;
        let (call, rest) = rest.split_first_chunk()?;
        Some(Self {
            nonce: *nonce,
            expires: u64::from_le_bytes(*expires),
            call: *call,
            state: rest.try_into().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACT: Act<'_> = Act {
        tool: "delete_note",
        arguments: "tea",
        state: "1.1",
    };

    fn confirmations() -> Confirmations {
        Confirmations::new(Arc::new(Sealer::random().unwrap()))
    }

    #[test]
    fn a_token_works_once() {
        let confirmations = confirmations();
        let token = confirmations.issue(ACT).unwrap();
        confirmations.redeem(Some(&token), ACT).unwrap();
        let error = confirmations.redeem(Some(&token), ACT).unwrap_err();
        assert!(error.what.contains("used before"), "{error}");
    }

    #[test]
    fn a_token_is_for_one_call_and_one_state() {
        let confirmations = confirmations();
        let token = confirmations.issue(ACT).unwrap();
        for (act, said) in [
            (
                Act {
                    tool: "drop",
                    ..ACT
                },
                "other arguments",
            ),
            (
                Act {
                    arguments: "coffee",
                    ..ACT
                },
                "other arguments",
            ),
            (
                Act {
                    state: "1.2",
                    ..ACT
                },
                "changed since",
            ),
        ] {
            let error = confirmations.redeem(Some(&token), act).unwrap_err();
            assert!(error.what.contains(said), "{error}");
        }
        // none of these used it up
        confirmations.redeem(Some(&token), ACT).unwrap();
    }

    #[test]
    fn a_token_expires() {
        let confirmations = confirmations();
        let token = confirmations.issue_at(ACT, 1_000).unwrap();
        let late = 1_001 + TOKEN_SECONDS;
        let error = confirmations
            .redeem_at(Some(&token), ACT, late)
            .unwrap_err();
        assert!(error.what.contains("expired"), "{error}");
        confirmations
            .redeem_at(Some(&token), ACT, 1_000 + TOKEN_SECONDS)
            .unwrap();
    }

    #[test]
    fn without_a_token_of_this_server_nothing_is_done() {
        let confirmations = confirmations();
        let foreign = self::confirmations().issue(ACT).unwrap();
        for (token, said) in [
            (None, "needs the confirm_token"),
            (Some(""), "not one of"),
            (Some("forged"), "not one of"),
            (Some(foreign.as_str()), "not one of"),
        ] {
            let error = confirmations.redeem(token, ACT).unwrap_err();
            assert!(error.what.contains(said), "{error}");
            assert_eq!(error.kind, ErrorKind::Refused);
        }
    }
}
