//! What this program is when it is started as a server: the kit with one tool, as it is run in
//! production, or hyper alone, for scale.

use std::{
    collections::HashMap, convert::Infallible, io::Read, path::Path, sync::Arc, time::Duration,
};

use bytes::Bytes;
use futures::future::BoxFuture;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use schemars::JsonSchema;
use seaworthy_kit::{
    Answer, Description, Hints, Product, Server, Tool, ToolError,
    audit::AuditLog,
    auth::{Authenticator, Scope, Tokens},
    call::Safeguards,
    model::{
        GetPromptResult, Implementation, JsonObject, Prompt, Reference, Resource, ResourceContents,
        ResourceTemplate,
    },
    schema,
    seal::Sealer,
    spent::Spent,
    telemetry::{Recorder, Settings, Telemetry},
    tool::TIMEOUT,
    transport::http::{App, Config, serve},
};
use seaworthy_telemetry::Retention;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Calls that run at once, as in `seaworthy serve --http`.
const CONCURRENCY: usize = 64;

/// Serves `kind` on `port` of loopback until this process's stdin ends. `folder` holds the file
/// `tokens` and gets the telemetry.
pub fn run(kind: &str, port: u16, folder: &Path) {
    // as `seaworthy serve --http` has it: a thread for each processor
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        match kind {
            "kit" => kit(listener, folder).await,
            "bare" => bare(listener).await,
            other => panic!("there is no server {other}"),
        }
    });
}

/// Cancelled when stdin ends: whoever started this is gone or has seen enough.
fn until_stdin_ends() -> CancellationToken {
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        stopped.cancel();
    });
    stop
}

async fn kit(listener: TcpListener, folder: &Path) {
    let recorder = Recorder::open(folder.join("telemetry.sqlite"), Retention::default());
    let safeguards = Safeguards {
        sealer: Sealer::random().unwrap(),
        spent: Spent::default(),
        audit: AuditLog::at(folder.join("audit.jsonl")),
        settings: Settings::default(),
    };
    let server = Server::new(Echo, safeguards)
        .behind_auth()
        .with_concurrency(CONCURRENCY)
        .with_telemetry(Telemetry::to(recorder.clone()));
    let tokens = std::fs::read_to_string(folder.join("tokens")).unwrap();
    let tokens = Tokens::parse(&tokens).unwrap();
    let authenticator = Authenticator::new(Some(tokens), None).unwrap();
    let config = Config {
        required: server.required(),
        ..Config::new(Arc::new(authenticator))
    };
    let app = App::new(Arc::new(server), config);
    serve(listener, None, app, until_stdin_ends())
        .await
        .unwrap();
    recorder.flush(Duration::from_secs(10));
    println!("{}", recorder.dropped());
}

struct Echo;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// What to answer.
    text: String,
}

static ECHO: Tool<Echo> = Tool {
    name: "echo",
    title: "Echo",
    description: Description {
        purpose: "Answers the text it is given.",
        arguments: "The text.",
        returns: "the text.",
        effects: "None.",
        not_for: "anything else.",
    },
    hints: Hints::READ,
    scope: Scope::Read,
    input: schema::input::<Arguments>,
    output: None,
    timeout: TIMEOUT,
    run: |_, call| {
        Box::pin(async move {
            let arguments: Arguments = call.parse()?;
            let mut answer = Answer::new();
            answer.line(arguments.text);
            Ok(answer.into())
        })
    },
};

impl Product for Echo {
    fn identity(&self) -> Implementation {
        Implementation::new("echo", "1.0.0")
    }
    fn instructions(&self) -> &'static str {
        "Echoes."
    }
    fn tools(&self) -> &[&'static Tool<Self>] {
        static TOOLS: [&Tool<Echo>; 1] = [&ECHO];
        &TOOLS
    }
    fn principal(&self) -> BoxFuture<'_, String> {
        Box::pin(async { "echo".to_owned() })
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
        Box::pin(async move { Err(ToolError::invalid(format!("no {uri}"), "none")) })
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
        Box::pin(async { Vec::new() })
    }
}

/// hyper and `serde_json`, and nothing of MCP: no token, no headers, no guard, no records.
async fn bare(listener: TcpListener) {
    let stop = until_stdin_ends();
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => accepted.unwrap().0,
            () = stop.cancelled() => return,
        };
        stream.set_nodelay(true).unwrap();
        tokio::spawn(
            http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(echo)),
        );
    }
}

#[derive(Deserialize)]
struct Asked {
    id: u32,
    params: Params,
}

#[derive(Deserialize)]
struct Params {
    arguments: Arguments,
}

#[derive(Serialize)]
struct Answered {
    id: u32,
    result: Outcome,
}

#[derive(Serialize)]
struct Outcome {
    content: [Content; 1],
}

#[derive(Serialize)]
struct Content {
    text: String,
}

async fn echo(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let asked: Asked = serde_json::from_slice(&body).unwrap();
    let text = asked.params.arguments.text;
    let answered = Answered {
        id: asked.id,
        result: Outcome {
            content: [Content { text }],
        },
    };
    let body = serde_json::to_vec(&answered).unwrap();
    Ok(Response::new(Full::new(body.into())))
}
