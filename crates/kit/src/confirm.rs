//! Two-phase confirm: a destructive tool first previews, then acts on a token that is good for
//! exactly that preview.
//!
//! The token is sealed over tool, arguments, principal, expiry and the state of the object, and
//! works once. It is what a client without a human gets. Where the client can elicit, the human
//! is asked as well: by `elicitation/create` before 2026-07-28, by an `input_required` result
//! after. What the human says is final: a cancelled or declined token is spent.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use rmcp::model::{
    ElicitRequest, ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationSchema,
    InputRequest, InputRequiredResult,
};

use crate::{Answer, Call, ErrorKind, Reply, ToolError, audit::now, seal};

/// How long a confirm token is good, in seconds.
pub const TOKEN_SECONDS: u64 = 600;
/// How long a human may think, in seconds; also how long a request state is good.
pub const HUMAN_SECONDS: u64 = 300;
/// The arguments that carry the confirmation itself, and so are not what is confirmed.
const CONSENT_ARGUMENTS: [&str; 2] = ["confirm", "confirm_token"];
const TOKEN: &str = "confirm-token";
const STATE: &str = "confirm-state";
const QUESTION: &str = "approve";
const NONCE: usize = 9;

/// What the caller said about confirming.
#[derive(Debug, Clone, Copy)]
pub struct Consent<'a> {
    /// The argument `confirm`.
    pub confirm: bool,
    /// The argument `confirm_token`.
    pub token: Option<&'a str>,
}

/// A change that needs a confirmation.
#[derive(Debug)]
pub struct Change<'a> {
    /// What would be done, one line in the server's words.
    pub what: &'a str,
    /// What identifies the state of the object (head sha, `updated_at`): when it differs from the
    /// previewed one, the confirmation no longer holds.
    pub state: &'a str,
    /// What the caller should know before confirming; the budget is the preview's.
    pub details: Answer,
}

/// What to do after [`Call::confirm`].
#[derive(Debug)]
pub enum Decision {
    /// The change is confirmed: do it.
    Go,
    /// It is not (yet): answer with this.
    Reply(Reply),
}

/// Confirm tokens that were used, kept until they would have expired.
#[derive(Debug, Default)]
pub struct Spent(Mutex<HashMap<[u8; NONCE], u64>>);

impl Spent {
    /// Uses a token up; false when it was used before.
    fn spend(&self, nonce: [u8; NONCE], expires: u64) -> bool {
        let mut spent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now();
        spent.retain(|_, expires| *expires >= now);
        spent.insert(nonce, expires).is_none()
    }
}

/// What a token or a request state says, all fixed width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Claims {
    nonce: [u8; NONCE],
    expires: u64,
    call: [u8; 12],
    state: [u8; 12],
}

impl Claims {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.nonce.to_vec();
        bytes.extend_from_slice(&self.expires.to_be_bytes()[3..]);
        bytes.extend_from_slice(&self.call);
        bytes.extend_from_slice(&self.state);
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (nonce, rest) = bytes.split_first_chunk::<NONCE>()?;
        let (expires, rest) = rest.split_first_chunk::<5>()?;
        let (call, rest) = rest.split_first_chunk::<12>()?;
        let state = rest.try_into().ok()?;
        let mut wide = [0; 8];
        wide[3..].copy_from_slice(expires);
        Some(Self {
            nonce: *nonce,
            expires: u64::from_be_bytes(wide),
            call: *call,
            state,
        })
    }
}

impl Call {
    /// Decides whether `change` may be done now.
    ///
    /// # Errors
    /// The token is missing, forged, expired, used, for other arguments or for another state of
    /// the object; or the human declined. The error says which, and what to do.
    pub async fn confirm(
        &self,
        consent: Consent<'_>,
        change: Change<'_>,
    ) -> Result<Decision, ToolError> {
        if !consent.confirm {
            return self.preview(change).map(Decision::Reply);
        }
        let state = seal::digest(&[change.state.as_bytes()]);
        if let Some(request_state) = &self.request_state {
            let claims = self.check(STATE, request_state, state)?;
            let answer = self.input_responses.as_ref().and_then(|r| r.get(QUESTION));
            let Some(answer) = answer else {
                // the human was not asked yet: ask again, the same question stays open
                return Ok(Decision::Reply(self.ask(&change, claims)?));
            };
            self.spend(claims)?;
            let answer: ElicitResult = serde_json::from_value(answer.clone()).map_err(|_| {
                ToolError::invalid(
                    "the human's answer is malformed",
                    "preview again and ask again",
                )
            })?;
            return approved(&answer).map(|()| Decision::Go);
        }
        let Some(token) = consent.token else {
            return Err(ToolError::invalid(
                "nothing was done: confirm=true needs the confirm_token of a preview",
                "call with confirm=false first, show the preview to the user, then confirm with its token",
            ));
        };
        let claims = self.check(TOKEN, token, state)?;
        self.spend(claims)?;
        let client = self.client();
        if !client.elicits {
            return Ok(Decision::Go);
        }
        if client.modern {
            let claims = self.claims(state, HUMAN_SECONDS)?;
            return Ok(Decision::Reply(self.ask(&change, claims)?));
        }
        self.ask_in_session(&change).await?;
        Ok(Decision::Go)
    }

    fn preview(&self, change: Change<'_>) -> Result<Reply, ToolError> {
        let state = seal::digest(&[change.state.as_bytes()]);
        let claims = self.claims(state, TOKEN_SECONDS)?;
        let token = self.safeguards.sealer.seal(TOKEN, &claims.bytes());
        let mut answer = Answer::with_tokens(crate::answer::HARD_TOKENS);
        answer.line(format!("PREVIEW - no action taken. Would {}.", change.what));
        answer.append(change.details);
        answer.line(format!(
            "To do it: show this to the user, then call {} again with the same arguments, confirm=true and confirm_token={token} (once, within {} minutes, and only while the object is unchanged).",
            self.tool,
            TOKEN_SECONDS / 60
        ));
        Ok(answer.into())
    }

    fn claims(&self, state: [u8; 12], seconds: u64) -> Result<Claims, ToolError> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce)
            .map_err(|_| ToolError::internal("the system has no randomness"))?;
        Ok(Claims {
            nonce,
            expires: now() + seconds,
            call: self.call_binding(),
            state,
        })
    }

    /// Tool, arguments and principal.
    fn call_binding(&self) -> [u8; 12] {
        let arguments: [u8; 32] = self.fingerprint(&CONSENT_ARGUMENTS);
        seal::digest(&[&arguments, self.principal.as_bytes()])
    }

    fn check(&self, purpose: &str, sealed: &str, state: [u8; 12]) -> Result<Claims, ToolError> {
        let again = "nothing was done; call with confirm=false for a fresh preview and token";
        let refuse = |what: &str| ToolError::new(ErrorKind::Refused, what, again);
        let claims = self
            .safeguards
            .sealer
            .open(purpose, sealed)
            .ok()
            .and_then(|bytes| Claims::from_bytes(&bytes))
            .ok_or_else(|| {
                refuse("the confirm token is not one of this server's")
                    .because("it was changed, cut short, or made by an earlier run of the server")
            })?;
        if claims.call != self.call_binding() {
            return Err(refuse("the confirm token is for other arguments")
                .because("confirm needs exactly the previewed arguments, by the same user"));
        }
        if claims.expires < now() {
            return Err(
                refuse("the confirm token has expired").because("a token is good for ten minutes")
            );
        }
        if claims.state != state {
            return Err(ToolError::new(
                ErrorKind::Conflict,
                "the object changed since the preview",
                again,
            )
            .because("somebody pushed to it or edited it in between; what was previewed is no longer what would be done"));
        }
        Ok(claims)
    }

    fn spend(&self, claims: Claims) -> Result<(), ToolError> {
        if self.safeguards.spent.spend(claims.nonce, claims.expires) {
            return Ok(());
        }
        Err(ToolError::new(
            ErrorKind::Refused,
            "the confirm token was used before",
            "nothing was done now; look whether the first call did it, else preview again",
        )
        .because("a token works once"))
    }

    fn ask(&self, change: &Change<'_>, claims: Claims) -> Result<Reply, ToolError> {
        let request = InputRequest::Elicitation(ElicitRequest::new(question(change.what)?));
        let state = self.safeguards.sealer.seal(STATE, &claims.bytes());
        let requests = BTreeMap::from([(QUESTION.to_owned(), request)]);
        Ok(Reply::AskHuman(Box::new(InputRequiredResult::new(
            Some(requests),
            Some(state),
        ))))
    }

    async fn ask_in_session(&self, change: &Change<'_>) -> Result<(), ToolError> {
        let Some(context) = &self.context else {
            return Ok(());
        };
        let patience = Duration::from_secs(HUMAN_SECONDS);
        let answer = context
            .peer
            .create_elicitation_with_timeout(question(change.what)?, Some(patience))
            .await
            .map_err(|_| {
                ToolError::new(
                    ErrorKind::Refused,
                    "nothing was done: the human could not be asked",
                    "preview again when the user is there to answer",
                )
                .because("the client declared that it can ask its user, then did not answer")
            })?;
        approved(&answer)
    }
}

fn question(what: &str) -> Result<ElicitRequestParams, ToolError> {
    let schema = ElicitationSchema::builder()
        .required_bool_with(QUESTION, |schema| {
            schema
                .title("Approve")
                .description("Tick to let the change happen")
        })
        .build()
        .map_err(|_| ToolError::internal("the question could not be built"))?;
    Ok(ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: crate::untrusted::one_line(&format!("Approve this change? {what}"), 500),
        requested_schema: schema,
    })
}

fn approved(answer: &ElicitResult) -> Result<(), ToolError> {
    let ticked = answer
        .content
        .as_ref()
        .and_then(|content| content.get(QUESTION))
        == Some(&serde_json::Value::Bool(true));
    let said = match answer.action {
        ElicitationAction::Accept if ticked => return Ok(()),
        ElicitationAction::Accept => "did not approve it",
        ElicitationAction::Decline => "declined it",
        _ => "cancelled the question",
    };
    Err(ToolError::new(
        ErrorKind::Refused,
        format!("nothing was done: the user {said}"),
        "do not try again unless the user asks for it",
    )
    .because("the human's answer is final"))
}
