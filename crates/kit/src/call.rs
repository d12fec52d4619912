//! One tool call as the tool sees it: arguments, who calls, and the ways back to the client.

use std::sync::Arc;

use rmcp::{
    RoleServer,
    model::{
        ClientCapabilities, InputRequiredResult, InputResponses, JsonObject,
        ProgressNotificationParam, ProtocolVersion,
    },
    service::RequestContext,
};
use seaworthy_telemetry::Settings;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::{
    Answer, ToolError,
    audit::AuditLog,
    auth::{Principal, Scope},
    cursor,
    input::{self, PageSize},
    meter::Meter,
    seal::{self, Sealer},
    spent::Spent,
    untrusted,
};

/// What all calls of a server share: the seal, the spent tokens, the audit log, the settings.
#[derive(Debug)]
pub struct Safeguards {
    /// Seals cursors, confirm tokens and request state.
    pub sealer: Sealer,
    /// Confirm tokens that were used.
    pub spent: Spent,
    /// Where writes are recorded.
    pub audit: AuditLog,
    /// The operator's page sizes and budgets, by tool.
    pub settings: Settings,
}

/// What a tool answers with.
#[derive(Debug)]
pub enum Reply {
    /// A finished answer.
    Answer(Answer),
    /// What became of something that the tool did in full and that failed by itself, such as the
    /// caller's own code: an answer that the client sees as an error.
    Failed(Answer),
    /// Data for code, where [`Call::wants_data`].
    Data(Value),
    /// A question for the human, for clients of 2026-07-28 that can elicit.
    AskHuman(Box<InputRequiredResult>),
}

impl Reply {
    /// Data for code.
    ///
    /// # Errors
    /// The data cannot be written as JSON: a fault of the tool.
    pub fn data(data: &impl Serialize) -> Result<Self, ToolError> {
        serde_json::to_value(data)
            .map(Self::Data)
            .map_err(|_| ToolError::internal("the answer's data could not be written"))
    }
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

/// The client behind a call.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// Its name as it declared it.
    pub name: String,
    /// Whether it speaks 2026-07-28 or later, without a session.
    pub modern: bool,
    /// Whether it declared that it can ask its human by a form.
    pub elicits: bool,
}

impl Client {
    pub(crate) fn of(context: &RequestContext<RoleServer>) -> Self {
        let modern = context
            .protocol_version()
            .is_some_and(|version| version >= ProtocolVersion::V_2026_07_28);
        Self {
            name: context
                .client_info()
                .map(|info| untrusted::one_line(&info.name, 80))
                .unwrap_or_default(),
            modern,
            elicits: Self::can_elicit(context.client_capabilities().as_ref()),
        }
    }

    /// Whether the declared capabilities include form elicitation. An empty `elicitation` object
    /// means forms (MCP 2025-11-25, elicitation: "empty object is form mode").
    pub fn can_elicit(capabilities: Option<&ClientCapabilities>) -> bool {
        capabilities
            .and_then(|capabilities| capabilities.elicitation.as_ref())
            .is_some_and(|elicitation| elicitation.form.is_some() || elicitation.url.is_none())
    }
}

/// Whether `asker` may do what `scope` opens; who started the server may do everything.
pub(crate) fn may(asker: Option<&Principal>, scope: Scope) -> bool {
    asker.is_none_or(|asker| asker.scopes.allow(scope))
}

/// The name under which something is done: the asker's, and whom the server is upstream.
pub(crate) fn acting_as(asker: Option<&Principal>, own: String) -> String {
    match asker {
        Some(asker) => format!("{} as {own}", asker.name),
        None => own,
    }
}

/// One call.
#[derive(Debug)]
pub struct Call {
    pub(crate) tool: &'static str,
    pub(crate) arguments: JsonObject,
    pub(crate) principal: String,
    /// Who asks over HTTP; absent on stdio, where who started the server may do everything.
    pub(crate) asker: Option<Principal>,
    /// The way back to the client; absent when a tool is called without one.
    pub(crate) context: Option<RequestContext<RoleServer>>,
    pub(crate) input_responses: Option<InputResponses>,
    pub(crate) request_state: Option<String>,
    pub(crate) safeguards: Arc<Safeguards>,
    /// The client of a call that has no `context`.
    pub(crate) client: Option<Client>,
    /// Whether code asks, not a model.
    pub(crate) wants_data: bool,
    pub(crate) meter: Arc<Meter>,
}

/// Who stands behind a call, apart from it: what calls on their behalf are made with.
#[derive(Debug, Clone)]
pub struct Caller {
    principal: String,
    asker: Option<Principal>,
    client: Client,
    safeguards: Arc<Safeguards>,
    meter: Arc<Meter>,
}

impl Caller {
    /// The principal that the call was made for; empty where nobody has asked for it yet.
    pub fn principal(&self) -> &str {
        &self.principal
    }

    /// Whether the caller may do what `scope` opens.
    pub fn may(&self, scope: Scope) -> bool {
        may(self.asker.as_ref(), scope)
    }

    /// The name under which the caller acts, where the server itself acts upstream as `own`.
    pub fn acting_as(&self, own: String) -> String {
        acting_as(self.asker.as_ref(), own)
    }

    /// A call of the caller's code: it is answered with data, and asks no human.
    pub fn call_for_data(
        &self,
        tool: &'static str,
        arguments: JsonObject,
        principal: impl Into<String>,
    ) -> Call {
        let mut call = Call::detached(tool, arguments, principal, self.safeguards.clone())
            .with_client(self.client.clone());
        call.asker.clone_from(&self.asker);
        call.wants_data = true;
        call.meter.clone_from(&self.meter);
        call
    }
}

impl Call {
    /// A call without a client, for tests and for callers inside this process: no progress, no
    /// human to ask.
    pub fn detached(
        tool: &'static str,
        arguments: JsonObject,
        principal: impl Into<String>,
        safeguards: Arc<Safeguards>,
    ) -> Self {
        Self {
            tool,
            arguments,
            principal: principal.into(),
            asker: None,
            context: None,
            input_responses: None,
            request_state: None,
            safeguards,
            client: None,
            wants_data: false,
            meter: Arc::default(),
        }
    }

    /// Who stands behind this call.
    pub fn caller(&self) -> Caller {
        Caller {
            principal: self.principal.clone(),
            asker: self.asker.clone(),
            client: self.client(),
            safeguards: self.safeguards.clone(),
            meter: self.meter.clone(),
        }
    }

    /// Whether code asks: the tool answers with [`Reply::Data`], made of the very things that its
    /// lines are made of.
    pub fn wants_data(&self) -> bool {
        self.wants_data
    }

    /// How many items a page of this call holds: the number asked for, else the operator's for
    /// this tool, else `default`; capped.
    pub fn page_size(&self, asked: Option<PageSize>, default: usize) -> usize {
        if self.wants_data {
            return PageSize::of_data(asked, default);
        }
        let set = self.safeguards.settings.tool(self.tool).page_size;
        let size = PageSize::or(asked, set.map_or(default, |size| size as usize));
        self.meter.page(size, asked.is_some());
        size
    }

    /// An answer within the operator's budget for this tool, else within `tokens`.
    pub fn answer(&self, tokens: usize) -> Answer {
        let set = self.safeguards.settings.tool(self.tool).tokens;
        let tokens = set.map_or(tokens, |tokens| tokens as usize);
        self.meter.budget(tokens);
        Answer::with_tokens(tokens)
    }

    /// Says which client a detached call is for.
    #[must_use]
    pub fn with_client(mut self, client: Client) -> Self {
        self.client = Some(client);
        self
    }

    /// The client behind this call. Worked out when asked: most calls never do.
    pub fn client(&self) -> Client {
        let in_context = self.context.as_ref().map(Client::of);
        in_context
            .or_else(|| self.client.clone())
            .unwrap_or_default()
    }

    /// Cancelled when the caller gives up. The guard drops the tool's future then, so a tool
    /// needs this only for work that it handed to someone else.
    pub fn cancelled(&self) -> CancellationToken {
        self.context
            .as_ref()
            .map_or_else(CancellationToken::new, |context| context.ct.clone())
    }

    /// The arguments as `T`.
    ///
    /// # Errors
    /// What is wrong with them, and where.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, ToolError> {
        input::parse(self.arguments.clone())
    }

    /// Tells the client how far the call is, if it asked to know.
    pub async fn progress(&self, done: u32, total: u32, message: &str) {
        if let Some(context) = &self.context
            && let Some(token) = context.meta.get_progress_token()
        {
            let update = ProgressNotificationParam::new(token, f64::from(done))
                .with_total(f64::from(total))
                .with_message(message);
            // a client that does not listen is no reason to fail the call
            let _ = context.peer.notify_progress(update).await;
        }
    }

    /// Seals where this list goes on; opens in a call with the same arguments only.
    ///
    /// # Errors
    /// See [`cursor::seal`].
    pub fn seal_cursor<T: Serialize>(&self, position: &T) -> Result<String, ToolError> {
        cursor::seal(&self.safeguards.sealer, self.list_binding(), position)
    }

    /// Opens a cursor that [`Self::seal_cursor`] made.
    ///
    /// # Errors
    /// See [`cursor::open`].
    pub fn open_cursor<T: DeserializeOwned>(&self, cursor: &str) -> Result<T, ToolError> {
        cursor::open(&self.safeguards.sealer, self.list_binding(), cursor)
    }

    fn list_binding(&self) -> [u8; 6] {
        let mut binding: [u8; 6] = self.fingerprint(&["cursor", "page_size"]);
        // a page of data is another page: a position in the one is none in the other
        binding[0] ^= u8::from(self.wants_data);
        match &self.asker {
            // nor does one that somebody else was given
            Some(asker) => seal::digest(&[&binding, asker.name.as_bytes()]),
            None => binding,
        }
    }

    /// A digest of the tool and its arguments without the named ones. `serde_json` keeps objects
    /// sorted by key here, so equal arguments have equal digests whatever order they came in.
    pub(crate) fn fingerprint<const N: usize>(&self, without: &[&str]) -> [u8; N] {
        let mut kept: Vec<_> = self
            .arguments
            .iter()
            .filter(|(name, value)| !without.contains(&name.as_str()) && !value.is_null())
            .collect();
        kept.sort_by_key(|(name, _)| name.as_str());
        let json = serde_json::to_vec(&kept).unwrap_or_default();
        seal::digest(&[self.tool.as_bytes(), &json])
    }
}
