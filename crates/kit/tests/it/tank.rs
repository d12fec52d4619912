//! A small product for tests: one tool for each way in which a call can go.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::future::BoxFuture;
use schemars::JsonSchema;
use seaworthy_kit::{
    Answer, Call, Description, Hints, Product, Reply, Server, Tool, ToolError,
    audit::AuditLog,
    auth::Scope,
    call::Safeguards,
    confirm::{Change, Consent, Decision},
    model::{
        GetPromptResult, Implementation, JsonObject, Prompt, Reference, Resource, ResourceContents,
        ResourceTemplate,
    },
    schema,
    seal::Sealer,
    spent::Spent,
    telemetry::Settings,
};
use serde::Deserialize;
use tokio::sync::Semaphore;

/// What the tests look at from outside.
pub struct Gauge {
    /// Calls of `slow` and `wait` that are running.
    pub running: AtomicUsize,
    /// How often `drain` drained.
    pub drained: AtomicUsize,
    /// The object that `drain` destroys; changes when set.
    pub level: AtomicUsize,
    /// How often `drain` was called at all.
    pub touched: AtomicUsize,
    /// Calls of `wait` that may end.
    pub may_end: Semaphore,
}

impl Default for Gauge {
    fn default() -> Self {
        Self {
            running: AtomicUsize::default(),
            drained: AtomicUsize::default(),
            level: AtomicUsize::default(),
            touched: AtomicUsize::default(),
            may_end: Semaphore::new(0),
        }
    }
}

/// A call that runs, as long as it does.
struct Running<'a>(&'a AtomicUsize);

impl<'a> Running<'a> {
    fn new(running: &'a AtomicUsize) -> Self {
        running.fetch_add(1, Ordering::SeqCst);
        Self(running)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

pub struct Tank(pub Arc<Gauge>);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Drain {
    #[serde(default)]
    confirm: bool,
    confirm_token: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Pages {
    cursor: Option<String>,
    #[serde(default)]
    #[expect(dead_code, reason = "tells one list from another")]
    of: String,
}

pub const DESCRIPTION: Description = Description {
    purpose: "For tests.",
    arguments: "None.",
    returns: "text.",
    effects: "None.",
    not_for: "anything else.",
};

pub const fn tool(name: &'static str, run: seaworthy_kit::tool::Run<Tank>) -> Tool<Tank> {
    Tool {
        name,
        title: name,
        description: DESCRIPTION,
        hints: Hints::READ,
        scope: Scope::Read,
        input: schema::input::<Nothing>,
        output: None,
        timeout: Duration::from_secs(30),
        run,
    }
}

static BIG: Tool<Tank> = tool("big", |_, _| {
    Box::pin(async {
        let mut answer = Answer::with_tokens(10_000);
        answer.line("x".repeat(30_000));
        Ok(answer.into())
    })
});

static DRAIN: Tool<Tank> = Tool {
    hints: Hints::DESTRUCTIVE,
    scope: Scope::Destructive,
    input: schema::input::<Drain>,
    output: None,
    ..tool("drain", |tank, call| Box::pin(drain(tank, call)))
};

static NOOP: Tool<Tank> = tool("noop", |_, _| {
    Box::pin(async {
        let mut answer = Answer::new();
        answer.line("ok");
        Ok(answer.into())
    })
});

static PANIC: Tool<Tank> = tool("panic", |_, _| Box::pin(async { panic!("at the disco") }));

static SLOW: Tool<Tank> = tool("slow", |tank, call| {
    Box::pin(async move {
        let _running = Running::new(&tank.0.running);
        call.progress(1, 2, "half").await;
        tokio::time::sleep(Duration::from_secs(20)).await;
        Ok(Answer::new().into())
    })
});

/// A list of 3 items, one a page.
static PAGES: Tool<Tank> = Tool {
    input: schema::input::<Pages>,
    ..tool("pages", |_, call| {
        Box::pin(async move {
            let arguments: Pages = call.parse()?;
            let at: usize = match &arguments.cursor {
                Some(cursor) => call.open_cursor(cursor)?,
                None => 0,
            };
            let mut answer = Answer::new();
            answer.line(format!("item {at}"));
            if at < 2 {
                answer.line(format!("cursor={}", call.seal_cursor(&(at + 1))?));
            }
            Ok(answer.into())
        })
    })
};

/// Ends when the test lets it; says nothing before.
static WAIT: Tool<Tank> = tool("wait", |tank, call| {
    Box::pin(async move {
        let _call = call;
        let _running = Running::new(&tank.0.running);
        tank.0.may_end.acquire().await.unwrap().forget();
        let mut answer = Answer::new();
        answer.line("waited");
        Ok(answer.into())
    })
});

async fn drain(tank: &Tank, call: Call) -> Result<Reply, ToolError> {
    tank.0.touched.fetch_add(1, Ordering::SeqCst);
    let arguments: Drain = call.parse()?;
    let level = tank.0.level.load(Ordering::SeqCst).to_string();
    let mut details = Answer::new();
    details.line(format!("level {level}"));
    let consent = Consent {
        confirm: arguments.confirm,
        token: arguments.confirm_token.as_deref(),
    };
    let change = Change {
        what: "drain the tank",
        state: &level,
        details,
    };
    match call.confirm(consent, change).await? {
        Decision::Reply(reply) => Ok(reply),
        Decision::Go => {
            let drained = &tank.0.drained;
            call.audited("drain the tank", async {
                drained.fetch_add(1, Ordering::SeqCst);
                Ok(())
            })
            .await?;
            let mut answer = Answer::new();
            answer.line("drained");
            Ok(answer.into())
        }
    }
}

/// A server over a new tank, its gauge, and the folder of its audit log.
pub fn server() -> (Server<Tank>, Arc<Gauge>, tempfile::TempDir) {
    server_with(Sealer::random().unwrap(), Spent::default())
}

/// The same with a seal and a store of used tokens that another server may share.
pub fn server_with(sealer: Sealer, spent: Spent) -> (Server<Tank>, Arc<Gauge>, tempfile::TempDir) {
    let gauge = Arc::new(Gauge::default());
    let folder = tempfile::tempdir().unwrap();
    let safeguards = Safeguards {
        sealer,
        spent,
        audit: AuditLog::at(folder.path().join("audit.jsonl")),
        settings: Settings::default(),
    };
    (Server::new(Tank(gauge.clone()), safeguards), gauge, folder)
}

impl Product for Tank {
    fn identity(&self) -> Implementation {
        Implementation::new("tank", "1.0.0")
    }
    fn instructions(&self) -> &'static str {
        "A tank."
    }
    fn tools(&self) -> &[&'static Tool<Self>] {
        static TOOLS: [&Tool<Tank>; 7] = [&BIG, &DRAIN, &NOOP, &PAGES, &PANIC, &SLOW, &WAIT];
        &TOOLS
    }
    fn principal(&self) -> BoxFuture<'_, String> {
        Box::pin(async { "tester".to_owned() })
    }
    fn resources(&self) -> Vec<Resource> {
        Vec::new()
    }
    fn resource_templates(&self) -> Vec<ResourceTemplate> {
        Vec::new()
    }
    fn read_resource<'a>(
        &'a self,
        uri: &'a str,
    ) -> BoxFuture<'a, Result<ResourceContents, ToolError>> {
        Box::pin(async move {
            Err(ToolError::new(
                seaworthy_kit::ErrorKind::NotFound,
                format!("no {uri}"),
                "none",
            ))
        })
    }
    fn prompts(&self) -> Vec<Prompt> {
        Vec::new()
    }
    fn get_prompt(&self, name: &str, _: &JsonObject) -> Result<GetPromptResult, ToolError> {
        Err(ToolError::invalid(format!("no prompt {name}"), "none"))
    }
    fn complete<'a>(
        &'a self,
        _: &'a Reference,
        _: &'a str,
        _: &'a str,
        _: &'a HashMap<String, String>,
    ) -> BoxFuture<'a, Vec<String>> {
        Box::pin(async { vec!["a".to_owned(); 250] })
    }
}
