//! A product behind the SDK: lists, calls, resources, prompts and completions of both protocol
//! eras, with the guard and the safeguards around every call.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::future::BoxFuture;
use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, CompleteRequestParams,
        CompleteResult, CompletionInfo, ContentBlock, CustomRequest, CustomResult, ErrorCode,
        GetPromptRequestParams, GetPromptResponse, GetPromptResult, Implementation, JsonObject,
        ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult, ListToolsResult,
        PaginatedRequestParams, Prompt, ReadResourceRequestParams, ReadResourceResponse,
        ReadResourceResult, Reference, Resource, ResourceContents, ResourceTemplate,
        ServerCapabilities, ServerConfig,
    },
    service::RequestContext,
};
use serde_json::Value;

use crate::{
    Call, ErrorKind, Reply, Tool, ToolError,
    auth::{Principal, Scope},
    call::{Safeguards, acting_as, may},
    guard::Guard,
    telemetry::{Began, Came, Telemetry},
    transport::http::Required,
};

/// How long a client may keep a list, in milliseconds: the lists do not change while a server runs.
const LIST_TTL_MS: u64 = 300_000;

/// What a server offers. Everything else is [`Server`]'s work.
pub trait Product: Send + Sync + Sized + 'static {
    /// Name, title and version.
    fn identity(&self) -> Implementation;
    /// How to use the server as a whole, for the model.
    fn instructions(&self) -> &str;
    /// The tools to offer, sorted by name.
    fn tools(&self) -> &[&'static Tool<Self>];
    /// Who acts, as in `github:mira`; confirm tokens are bound to it and writes recorded under it.
    fn principal(&self) -> BoxFuture<'_, String>;
    /// The resources with a fixed address.
    fn resources(&self) -> Vec<Resource>;
    /// The resources with parameters in their address.
    fn resource_templates(&self) -> Vec<ResourceTemplate>;
    /// Reads one resource.
    fn read_resource<'a>(
        &'a self,
        uri: &'a str,
    ) -> BoxFuture<'a, Result<ResourceContents, ToolError>>;
    /// The prompts.
    fn prompts(&self) -> Vec<Prompt>;
    /// Fills in one prompt.
    fn get_prompt(&self, name: &str, arguments: &JsonObject) -> Result<GetPromptResult, ToolError>;
    /// Values that `argument` of `reference` could have, best first; `known` are the other
    /// arguments that are already filled in.
    fn complete<'a>(
        &'a self,
        reference: &'a Reference,
        argument: &'a str,
        value: &'a str,
        known: &'a HashMap<String, String>,
    ) -> BoxFuture<'a, Vec<String>>;
}

/// A product as an MCP server.
pub struct Server<P: Product> {
    product: Arc<P>,
    /// Those that act with a principal's own credentials, where each has their own.
    own: Option<HashMap<String, Arc<P>>>,
    safeguards: Arc<Safeguards>,
    guard: Guard,
    /// Whether every request must say who asks.
    behind_auth: bool,
    telemetry: Telemetry,
}

impl<P: Product> Server<P> {
    /// The server for `product`.
    pub fn new(product: P, safeguards: Safeguards) -> Self {
        Self {
            product: Arc::new(product),
            own: None,
            safeguards: Arc::new(safeguards),
            guard: Guard::default(),
            behind_auth: false,
            telemetry: Telemetry::default(),
        }
    }

    /// The same server with a record kept of each call.
    #[must_use]
    pub fn with_telemetry(mut self, telemetry: Telemetry) -> Self {
        self.telemetry = telemetry;
        self
    }

    /// The same server for a transport that says who asks: a request without a principal is
    /// refused, and what is outside a principal's scopes is neither listed nor done.
    #[must_use]
    pub fn behind_auth(mut self) -> Self {
        self.behind_auth = true;
        self
    }

    /// The same server with products of their own for some principals, by name. Any other
    /// principal is served by none.
    #[must_use]
    pub fn with_own(mut self, own: HashMap<String, P>) -> Self {
        let own = own
            .into_iter()
            .map(|(name, product)| (name, Arc::new(product)));
        self.own = Some(own.collect());
        self
    }

    /// The same server with another number of calls that run at once; the others wait.
    #[must_use]
    pub fn with_concurrency(mut self, calls: usize) -> Self {
        self.guard = Guard::new(calls);
        self
    }

    /// The scope that each request needs, for the transport.
    pub fn required(&self) -> Required {
        let tools = self.product.tools().iter();
        let scopes: HashMap<_, _> = tools.map(|tool| (tool.name, tool.scope)).collect();
        Arc::new(move |method, tool| match method {
            "tools/call" => scopes.get(tool?).copied(),
            "completion/complete" | "resources/read" => Some(Scope::Read),
            _ => None,
        })
    }

    /// Who asks; nobody in particular on a transport of one caller.
    fn asker(&self, context: &RequestContext<RoleServer>) -> Result<Option<Principal>, ErrorData> {
        if !self.behind_auth {
            return Ok(None);
        }
        let head = context.extensions.get::<http::request::Parts>();
        let principal = head.and_then(|head| head.extensions.get::<Principal>());
        match principal {
            Some(principal) => Ok(Some(principal.clone())),
            None => Err(ErrorData::internal_error(
                "the request has no principal",
                None,
            )),
        }
    }

    /// The product that serves `asker`.
    fn product_of(&self, asker: Option<&Principal>) -> Result<&Arc<P>, ErrorData> {
        let (Some(own), Some(asker)) = (&self.own, asker) else {
            return Ok(&self.product);
        };
        own.get(&*asker.name).ok_or_else(|| {
            let what = format!(
                "{} has no credentials of their own here; the operator adds them to the file given by --credentials",
                asker.name
            );
            ErrorData::invalid_request(what, None)
        })
    }

    /// The product that reads for whoever asks.
    fn reader(&self, context: &RequestContext<RoleServer>) -> Result<&Arc<P>, ErrorData> {
        let asker = self.asker(context)?;
        if !may(asker.as_ref(), Scope::Read) {
            return Err(out_of_scope("this", Scope::Read));
        }
        self.product_of(asker.as_ref())
    }

    async fn call(
        &self,
        tool: &'static Tool<P>,
        product: &Arc<P>,
        asker: Option<Principal>,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> CallToolResponse {
        let cancel = context.ct.clone();
        let began = Instant::now();
        let arguments = request.arguments.unwrap_or_default();
        let record = self.telemetry.is_kept().then(|| {
            let cursor = arguments.get("cursor").and_then(Value::as_str);
            let transport = if self.behind_auth { "http" } else { "stdio" };
            Began::new(tool.name, cursor, &context, transport)
        });
        let meter = record.as_ref().map(|record| record.meter.clone());
        let meter = meter.unwrap_or_default();
        let counted = meter.clone();
        let head = context.extensions.get::<http::request::Parts>();
        let place = head.map(|head| head.extensions.clone());
        let running = async {
            let call = Call {
                tool: tool.name,
                arguments,
                principal: if tool.hints.read_only {
                    String::new()
                } else {
                    acting_as(asker.as_ref(), product.principal().await)
                },
                asker,
                context: Some(context),
                input_responses: request.input_responses,
                request_state: request.request_state,
                safeguards: self.safeguards.clone(),
                client: None,
                wants_data: false,
                meter,
            };
            (tool.run)(product, call).await
        };
        let writes = !tool.hints.read_only;
        let running = async {
            let reply = running.await;
            // what the transport keeps as long as the call lasts, whatever the tool does with it
            drop(place);
            reply
        };
        let running = self
            .guard
            .run(tool.name, writes, tool.timeout, &cancel, running);
        let result = match &record {
            Some(_) => counted.measure(running).await,
            None => running.await,
        };
        if tracing::enabled!(tracing::Level::INFO) {
            log(tool.name, &result, began.elapsed());
        }
        self.answered(result, record)
    }

    /// What the client gets of a call, and the record of it.
    fn answered(
        &self,
        result: Result<Reply, ToolError>,
        record: Option<Began>,
    ) -> CallToolResponse {
        let keep = |came: Came<'_>| {
            if let Some(record) = record {
                record.end(&self.telemetry, &came);
            }
        };
        let (answer, failed) = match result {
            Ok(Reply::Answer(answer)) => (answer, false),
            Ok(Reply::Failed(answer)) => (answer, true),
            Ok(Reply::Data(data)) => {
                let text = data.to_string();
                keep(Came::of(&text));
                return said(text, false);
            }
            Ok(Reply::AskHuman(question)) => {
                keep(Came::default());
                return (*question).into();
            }
            Err(error) => {
                let text = error.text();
                keep(Came {
                    error: Some(error.kind.to_string()),
                    ..Came::of(&text)
                });
                return said(text, true);
            }
        };
        let (items, cut) = (answer.items(), answer.is_cut());
        let cursor = answer.cursor().map(str::to_owned);
        let text = answer.into_text();
        keep(Came {
            items,
            cut,
            cursor: cursor.as_deref(),
            error: failed.then(|| "failed".to_owned()),
            ..Came::of(&text)
        });
        said(text, failed)
    }
}

fn said(text: String, failed: bool) -> CallToolResponse {
    let content = vec![ContentBlock::text(text)];
    if failed {
        CallToolResult::error(content).into()
    } else {
        CallToolResult::success(content).into()
    }
}

/// Logs how a call went; what was asked and answered is nobody's business but the client's.
fn log(tool: &str, result: &Result<Reply, ToolError>, took: Duration) {
    let outcome = match result {
        Ok(Reply::Answer(_) | Reply::Data(_)) => "ok".to_owned(),
        Ok(Reply::Failed(_)) => "failed".to_owned(),
        Ok(Reply::AskHuman(_)) => "asks the user".to_owned(),
        Err(error) => error.kind.to_string(),
    };
    tracing::info!(tool, %outcome, ms = took.as_millis(), "call");
}

fn out_of_scope(what: &str, scope: Scope) -> ErrorData {
    let message = format!("{what} needs the scope {scope}, which the token does not have");
    ErrorData::invalid_request(message, None)
}

/// The lists fit one page, so every cursor is a wrong one.
fn no_cursor(request: Option<PaginatedRequestParams>) -> Result<(), ErrorData> {
    match request.and_then(|request| request.cursor) {
        None => Ok(()),
        Some(_) => Err(ErrorData::invalid_params(
            "unknown cursor: this list has one page; leave cursor out",
            None,
        )),
    }
}

fn protocol_error(error: &ToolError) -> ErrorData {
    match error.kind {
        ErrorKind::NotFound => ErrorData::resource_not_found(error.text(), None),
        ErrorKind::InvalidInput => ErrorData::invalid_params(error.text(), None),
        _ => ErrorData::internal_error(error.text(), None),
    }
}

impl<P: Product> ServerHandler for Server<P> {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(
            ServerCapabilities::builder()
                .enable_tools()
                .enable_resources()
                .enable_prompts()
                .enable_completions()
                .build(),
        )
        .with_server_info(self.product.identity())
        .with_instructions(self.product.instructions())
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        no_cursor(request)?;
        let asker = self.asker(&context)?;
        let tools = self.product.tools().iter();
        let tools = tools
            .filter(|tool| may(asker.as_ref(), tool.scope))
            .map(|tool| tool.definition());
        Ok(ListToolsResult::with_all_items(tools.collect())
            .with_ttl_ms(LIST_TTL_MS)
            .with_cache_scope(CacheScope::Private))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let asker = self.asker(&context)?;
        let product = self.product_of(asker.as_ref())?;
        let tools = product.tools();
        let Some(tool) = tools.iter().find(|tool| tool.name == request.name) else {
            let name = crate::untrusted::one_line(&request.name, 64);
            return Err(ErrorData::invalid_params(
                format!("unknown tool: {name}; tools/list names the ones there are"),
                None,
            ));
        };
        if !may(asker.as_ref(), tool.scope) {
            return Err(out_of_scope(tool.name, tool.scope));
        }
        Ok(self.call(tool, product, asker, request, context).await)
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        no_cursor(request)?;
        Ok(
            ListResourcesResult::with_all_items(self.product.resources())
                .with_ttl_ms(LIST_TTL_MS)
                .with_cache_scope(CacheScope::Private),
        )
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        no_cursor(request)?;
        let templates = self.product.resource_templates();
        Ok(ListResourceTemplatesResult::with_all_items(templates)
            .with_ttl_ms(LIST_TTL_MS)
            .with_cache_scope(CacheScope::Private))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let read = self.reader(&context)?.read_resource(&request.uri);
        let contents = self
            .guard
            .run_any("resources/read", crate::tool::TIMEOUT, &context.ct, read)
            .await
            .map_err(|error| protocol_error(&error))?;
        Ok(ReadResourceResult::new(vec![contents])
            .with_ttl_ms(0)
            .with_cache_scope(CacheScope::Private)
            .into())
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        no_cursor(request)?;
        Ok(ListPromptsResult::with_all_items(self.product.prompts())
            .with_ttl_ms(LIST_TTL_MS)
            .with_cache_scope(CacheScope::Private))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        let prompt = self.product.get_prompt(&request.name, &arguments);
        // an unknown prompt is a wrong parameter, not a missing resource (MCP 2026-07-28, prompts)
        prompt
            .map(Into::into)
            .map_err(|error| ErrorData::invalid_params(error.text(), None))
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let known = request
            .context
            .and_then(|context| context.arguments)
            .unwrap_or_default();
        let argument = request.argument;
        let complete = self.reader(&context)?.complete(
            &request.r#ref,
            &argument.name,
            &argument.value,
            &known,
        );
        let timeout = std::time::Duration::from_secs(5);
        let wrapped = async { Ok(complete.await) };
        // a completion is a convenience: one that fails offers nothing
        let mut values = self
            .guard
            .run_any("completion/complete", timeout, &context.ct, wrapped)
            .await
            .unwrap_or_default();
        let total = values.len();
        values.truncate(CompletionInfo::MAX_VALUES);
        let more = total > values.len();
        let total = u32::try_from(total).ok();
        CompletionInfo::with_pagination(values, total, more)
            .map(CompleteResult::new)
            .map_err(|reason| ErrorData::internal_error(reason, None))
    }

    /// The SDK hands a known method with malformed parameters over as an unknown one.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        let method = crate::untrusted::one_line(&request.method, 64);
        Err(if KNOWN_METHODS.contains(&request.method.as_str()) {
            ErrorData::invalid_params(format!("the parameters of {method} are malformed"), None)
        } else {
            ErrorData::new(
                ErrorCode::METHOD_NOT_FOUND,
                format!("unknown method: {method}"),
                None,
            )
        })
    }
}

/// The methods that this server answers (MCP 2024-11-05 to 2026-07-28).
const KNOWN_METHODS: [&str; 11] = [
    "completion/complete",
    "initialize",
    "ping",
    "prompts/get",
    "prompts/list",
    "resources/list",
    "resources/read",
    "resources/templates/list",
    "server/discover",
    "tools/call",
    "tools/list",
];
