//! Two-phase confirm: a destructive tool first previews, then acts on a token that is good for
//! exactly that preview.
//!
//! The token is sealed over tool, arguments, principal, expiry and the state of the object, and
//! works once. It is what a client without a human gets. Where the client can elicit, the human
//! is asked as well: by `elicitation/create` before 2026-07-28, by an `input_required` result
//! after. What the human says is final: a cancelled or declined token is spent.

use std::{collections::BTreeMap, time::Duration};

use rmcp::model::{
    ElicitRequest, ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationSchema,
    InputRequest, InputRequiredResult,
};

use crate::{Answer, Call, ErrorKind, Reply, ToolError, audit::now, seal, spent::Use};

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
const AGAIN: &str = "nothing was done; call with confirm=false for a fresh preview and token";

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
                if !self.client().elicits {
                    // a client is asked only what it declared that it can answer (MCP 2026-07-28)
                    return Err(not_asked());
                }
                // the human was not asked yet: ask again, the same question stays open
                return Ok(Decision::Reply(self.ask(&change, claims)?));
            };
            self.spend(claims).await?;
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
        self.spend(claims).await?;
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

    /// Whether [`Self::confirm`] waits for the human inside this call. The object may change
    /// meanwhile, so a tool looks again then and compares by [`Self::unchanged`].
    pub fn asked_in_session(&self) -> bool {
        let client = self.client();
        self.context.is_some() && client.elicits && !client.modern
    }

    /// Holds the state that was confirmed against the present one.
    ///
    /// # Errors
    /// They differ.
    pub fn unchanged(confirmed: &str, now: &str) -> Result<(), ToolError> {
        if confirmed == now {
            return Ok(());
        }
        Err(changed())
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
        Ok(Claims {
            nonce: seal::nonce()?,
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
        let refuse = |what: &str| ToolError::new(ErrorKind::Refused, what, AGAIN);
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
            return Err(changed());
        }
        Ok(claims)
    }

    async fn spend(&self, claims: Claims) -> Result<(), ToolError> {
        let spent = &self.safeguards.spent;
        match spent.spend(&claims.nonce, claims.expires).await {
            Use::First => Ok(()),
            Use::Again => Err(ToolError::new(
                ErrorKind::Refused,
                "the confirm token was used before",
                "nothing was done now; look whether the first call did it, else preview again",
            )
            .because("a token works once")),
            Use::Unknown => Err(ToolError::new(
                ErrorKind::Unavailable,
                "nothing was done: the store that replicas share does not answer",
                "ask the operator to mend the server given by --shared, then preview again",
            )
            .because("without it a confirm token could be used once on each replica")),
        }
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
            .map_err(|_| not_asked())?;
        approved(&answer)
    }
}

fn not_asked() -> ToolError {
    ToolError::new(
        ErrorKind::Refused,
        "nothing was done: the human could not be asked",
        "preview again when the user is there to answer",
    )
    .because("the client declared that it can ask its user, then did not answer")
}

fn changed() -> ToolError {
    ToolError::new(
        ErrorKind::Conflict,
        "the object changed since the preview",
        AGAIN,
    )
    .because("somebody pushed to it or edited it in between; what was previewed is no longer what would be done")
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use seaworthy_telemetry::Settings;
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        audit::AuditLog,
        call::{Client, Safeguards},
        seal::Sealer,
        spent::Spent,
    };

    /// A server with one deletable thing, called as a client would call its tool.
    struct Fake {
        safeguards: Arc<Safeguards>,
        client: Client,
        state: &'static str,
    }

    impl Fake {
        fn new() -> Self {
            let safeguards = Safeguards {
                sealer: Sealer::random().unwrap(),
                spent: Spent::default(),
                audit: AuditLog::at("/nonexistent/audit.jsonl"),
                settings: Settings::default(),
            };
            Self {
                safeguards: Arc::new(safeguards),
                client: Client::default(),
                state: "sha-1",
            }
        }

        fn call(&self, arguments: Value, principal: &str) -> Call {
            let Value::Object(arguments) = arguments else {
                panic!("an object")
            };
            let mut call =
                Call::detached("delete", arguments, principal, Arc::clone(&self.safeguards));
            call.client = Some(self.client.clone());
            call
        }

        /// The tool: `Ok(None)` when it acted.
        async fn run(&self, call: Call) -> Result<Option<Reply>, ToolError> {
            let confirm = call.arguments.get("confirm") == Some(&Value::Bool(true));
            let token = call.arguments.get("confirm_token").and_then(Value::as_str);
            let mut details = Answer::new();
            details.line("size: 3 files");
            let change = Change {
                what: "delete thing",
                state: self.state,
                details,
            };
            match call.confirm(Consent { confirm, token }, change).await? {
                Decision::Go => Ok(None),
                Decision::Reply(reply) => Ok(Some(reply)),
            }
        }

        async fn preview(&self) -> String {
            let call = self.call(json!({"name": "thing"}), "mira");
            match self.run(call).await.unwrap() {
                Some(Reply::Answer(answer)) => answer.into_text(),
                other => panic!("{other:?}"),
            }
        }

        async fn token(&self) -> String {
            let preview = self.preview().await;
            let (_, rest) = preview.split_once("confirm_token=").unwrap();
            rest.split_whitespace().next().unwrap().to_owned()
        }

        async fn confirm(&self, token: &str) -> Result<Option<Reply>, ToolError> {
            self.run(self.call(confirmed(token), "mira")).await
        }

        /// What the refusal says; panics when the tool acted or asked.
        async fn refusal(&self, arguments: Value, principal: &str) -> String {
            self.run(self.call(arguments, principal))
                .await
                .unwrap_err()
                .text()
        }
    }

    fn confirmed(token: &str) -> Value {
        json!({"name": "thing", "confirm": true, "confirm_token": token})
    }

    #[tokio::test]
    async fn a_preview_acts_on_nothing_and_its_token_acts_once() {
        let fake = Fake::new();
        let preview = fake.preview().await;
        assert!(
            preview.starts_with("PREVIEW - no action taken. Would delete thing.\nsize: 3 files\n"),
            "{preview}"
        );
        let token = fake.token().await;
        assert!(fake.confirm(&token).await.unwrap().is_none());
        for _ in 0..2 {
            let said = fake.refusal(confirmed(&token), "mira").await;
            assert!(said.contains("was used before"), "{said}");
        }
        // another preview has another token
        assert!(fake.confirm(&fake.token().await).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn confirm_without_a_token_is_refused() {
        let fake = Fake::new();
        let arguments = json!({"name": "thing", "confirm": true});
        let said = fake.refusal(arguments, "mira").await;
        assert!(
            said.contains("needs the confirm_token of a preview"),
            "{said}"
        );
        // a token alone is no consent
        let arguments = json!({"name": "thing", "confirm_token": fake.token().await});
        let reply = fake.run(fake.call(arguments, "mira")).await.unwrap();
        assert!(matches!(reply, Some(Reply::Answer(_))));
    }

    #[tokio::test]
    async fn a_token_that_was_changed_or_made_elsewhere_is_refused() {
        let fake = Fake::new();
        let token = fake.token().await;
        let mut forged = token.clone().into_bytes();
        forged[3] = if forged[3] == b'A' { b'B' } else { b'A' };
        let elsewhere = Fake::new().token().await;
        let longer = format!("{token}AAAA");
        for bad in [
            std::str::from_utf8(&forged).unwrap(),
            &token[..token.len() - 1],
            &token[..8],
            &longer,
            "",
            "yes",
            &elsewhere,
        ] {
            let said = fake.refusal(confirmed(bad), "mira").await;
            assert!(said.contains("is not one of this server's"), "{said}");
        }
        assert!(fake.confirm(&token).await.unwrap().is_none(), "still good");
    }

    #[tokio::test]
    async fn a_text_sealed_for_another_purpose_is_no_token() {
        let fake = Fake::new();
        let call = fake.call(json!({"name": "thing"}), "mira");
        let claims = call.claims(seal::digest(&[b"sha-1"]), 60).unwrap();
        for purpose in [STATE, "cursor"] {
            let sealed = fake.safeguards.sealer.seal(purpose, &claims.bytes());
            let said = fake.refusal(confirmed(&sealed), "mira").await;
            assert!(said.contains("is not one of this server's"), "{said}");
        }
    }

    #[tokio::test]
    async fn a_token_is_for_its_arguments_and_its_principal_only() {
        let fake = Fake::new();
        let token = fake.token().await;
        for (arguments, principal) in [
            (json!({"name": "other"}), "mira"),
            (json!({"name": "thing", "force": true}), "mira"),
            (json!({}), "mira"),
            (json!({"name": "thing"}), "eve"),
        ] {
            let mut arguments = arguments;
            arguments["confirm"] = true.into();
            arguments["confirm_token"] = token.clone().into();
            let said = fake.refusal(arguments, principal).await;
            assert!(said.contains("for other arguments"), "{said}");
        }
        let mut other_tool = fake.call(confirmed(&token), "mira");
        other_tool.tool = "merge";
        let said = fake.run(other_tool).await.unwrap_err().text();
        assert!(said.contains("for other arguments"), "{said}");
        assert!(fake.confirm(&token).await.unwrap().is_none(), "still good");
    }

    #[tokio::test]
    async fn a_token_expires() {
        let fake = Fake::new();
        let call = fake.call(json!({"name": "thing"}), "mira");
        let mut claims = call.claims(seal::digest(&[b"sha-1"]), 0).unwrap();
        for (age, good) in [(0, true), (5, false), (1_000_000, false)] {
            claims.nonce[0] ^= 1;
            claims.expires = now() - age + if good { 60 } else { 0 };
            let token = fake.safeguards.sealer.seal(TOKEN, &claims.bytes());
            match fake.confirm(&token).await {
                Ok(reply) => assert!(good && reply.is_none()),
                Err(error) => assert!(!good && error.what.contains("expired"), "{error}"),
            }
        }
        assert_eq!(TOKEN_SECONDS, 600, "the refusal says ten minutes");
    }

    #[tokio::test]
    async fn a_changed_object_undoes_the_confirmation_without_spending_it() {
        let mut fake = Fake::new();
        let token = fake.token().await;
        fake.state = "sha-2";
        let error = fake.confirm(&token).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Conflict);
        assert!(error.text().contains("changed since the preview"));
        fake.state = "sha-1";
        assert!(fake.confirm(&token).await.unwrap().is_none());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn of_many_uses_at_once_exactly_one_wins() {
        let fake = Arc::new(Fake::new());
        for _ in 0..20 {
            let token = fake.token().await;
            let uses: Vec<_> = (0..16)
                .map(|_| {
                    let (fake, token) = (Arc::clone(&fake), token.clone());
                    tokio::spawn(async move { fake.confirm(&token).await.is_ok() })
                })
                .collect();
            let mut won = 0;
            for one in uses {
                won += u32::from(one.await.unwrap());
            }
            assert_eq!(won, 1);
        }
    }

    #[test]
    fn claims_survive_the_seal() {
        let claims = Claims {
            nonce: [7; NONCE],
            expires: 1_795_176_671,
            call: [8; 12],
            state: [9; 12],
        };
        assert_eq!(Claims::from_bytes(&claims.bytes()), Some(claims));
        assert_eq!(Claims::from_bytes(&claims.bytes()[1..]), None);
    }

    /// A client of 2026-07-28 that can ask its human, and what the server asked it.
    async fn asked() -> (Fake, String, String) {
        let mut fake = Fake::new();
        fake.client = Client {
            modern: true,
            elicits: true,
            ..Client::default()
        };
        let token = fake.token().await;
        let Some(Reply::AskHuman(question)) = fake.confirm(&token).await.unwrap() else {
            panic!("it must ask")
        };
        let question = serde_json::to_value(*question).unwrap();
        assert!(
            question
                .to_string()
                .contains("Approve this change? delete thing")
        );
        let state = question["requestState"].as_str().unwrap().to_owned();
        (fake, token, state)
    }

    async fn answered(
        fake: &Fake,
        token: &str,
        state: &str,
        answer: Value,
    ) -> Result<Option<Reply>, ToolError> {
        let mut call = fake.call(confirmed(token), "mira");
        call.request_state = Some(state.to_owned());
        let responses = json!({ QUESTION: answer });
        call.input_responses = Some(serde_json::from_value(responses).unwrap());
        fake.run(call).await
    }

    #[tokio::test]
    async fn a_human_who_approves_lets_it_happen_once() {
        let (fake, token, state) = asked().await;
        let yes = json!({"action": "accept", "content": {QUESTION: true}});
        let went = answered(&fake, &token, &state, yes.clone()).await.unwrap();
        assert!(went.is_none());
        let error = answered(&fake, &token, &state, yes).await.unwrap_err();
        assert!(error.what.contains("used before"), "{error}");
    }

    #[tokio::test]
    async fn what_a_human_refuses_stays_refused() {
        for (answer, said) in [
            (json!({"action": "decline"}), "declined"),
            (json!({"action": "cancel"}), "cancelled"),
            (
                json!({"action": "accept", "content": {QUESTION: false}}),
                "did not approve",
            ),
            (json!({"action": "accept"}), "did not approve"),
        ] {
            let (fake, token, state) = asked().await;
            let error = answered(&fake, &token, &state, answer).await.unwrap_err();
            assert!(error.what.contains(said), "{error}");
            assert_eq!(error.kind, ErrorKind::Refused);
            let yes = json!({"action": "accept", "content": {QUESTION: true}});
            let error = answered(&fake, &token, &state, yes).await.unwrap_err();
            assert!(error.what.contains("used before"), "{error}");
            // nor does the token open a second question
            let error = fake.confirm(&token).await.unwrap_err();
            assert!(error.what.contains("used before"), "{error}");
        }
    }

    #[tokio::test]
    async fn an_approval_without_a_question_is_refused() {
        let (fake, token, _) = asked().await;
        let yes = json!({"action": "accept", "content": {QUESTION: true}});
        for state in ["", "forged", &token] {
            let error = answered(&fake, &token, state, yes.clone())
                .await
                .unwrap_err();
            assert!(error.what.contains("not one of this server's"), "{error}");
        }
    }

    #[tokio::test]
    async fn an_approval_does_not_outlive_a_change_of_the_object() {
        let (mut fake, token, state) = asked().await;
        fake.state = "sha-2";
        let yes = json!({"action": "accept", "content": {QUESTION: true}});
        let error = answered(&fake, &token, &state, yes).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Conflict);
    }
}
