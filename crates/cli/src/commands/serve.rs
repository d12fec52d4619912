//! `seaworthy serve github`: the GitHub server on stdio, or over HTTP.

use std::{collections::HashMap, io::IsTerminal, path::PathBuf, sync::Arc};

use clap::{Args, Subcommand};
use seaworthy_github::{Client, Github, Selection, Token, client::InProcess};
use seaworthy_kit::{
    Server,
    audit::AuditLog,
    call::Safeguards,
    seal::Sealer,
    spent::Spent,
    telemetry::Settings,
    transport::{http::Limits, serve_stdio},
};
use seaworthy_sample::{Fault, Sample};
use seaworthy_sandbox::Sandbox;
use tokio_util::sync::CancellationToken;
use url::Host;

use crate::{
    backend, credentials, environment,
    failure::Failure,
    http::{self, HttpArguments},
    logging,
};

/// Runs an MCP server
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    product: Product,
}

const ENVIRONMENT: &str = "\
Environment:
  GITHUB_TOKEN, GH_TOKEN   the token (the first that is set)
  GITHUB_API_URL           the API's address (default: the public one; GitHub Enterprise works)
  SEAWORTHY_STATE          the folder of what is kept (default: the user's state folder)
  SEAWORTHY_AUDIT_LOG      where writes are recorded (default: audit.jsonl in the state folder)
  SEAWORTHY_SANDBOX        where run_python runs code, as --sandbox (see `seaworthy run --help` for each one's own)
  SEAWORTHY_HTTP_TOKENS    over HTTP: the lines of --token-file, separated by `;`
  SEAWORTHY_SEAL_KEY       64 hex digits that all replicas share, to seal cursors and confirm tokens;
                           several, the newest first, while a key is rotated (default: a random one)
  SEAWORTHY_SHARED         as --shared
  SEAWORTHY_LOG            off, error, warn (default), info, debug or trace; logs go to stderr

Examples:
  GITHUB_TOKEN=... seaworthy serve github --read-only
  seaworthy serve github --sample
  TOKEN=$(seaworthy token new me --token-file tokens)
  seaworthy serve github --http 127.0.0.1:8080 --token-file tokens
  GITHUB_API_URL=https://github.example.com/api/v3 GITHUB_TOKEN=... seaworthy serve github";

#[derive(Debug, Subcommand)]
enum Product {
    Github(GithubArguments),
}

/// Runs the GitHub server, on stdio or over HTTP
#[derive(Debug, Args)]
#[command(after_help = ENVIRONMENT)]
struct GithubArguments {
    /// Offer only tools that change nothing
    #[arg(long)]
    read_only: bool,
    /// Offer only these tools
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    tools: Vec<String>,
    /// Do not offer these tools
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    exclude_tools: Vec<String>,
    /// Where `run_python` runs code: wasm (default), docker or e2b
    #[arg(long, value_name = "NAME")]
    sandbox: Option<String>,
    /// Serve built-in sample data instead of GitHub; needs no token
    #[arg(long, conflicts_with = "anonymous")]
    sample: bool,
    /// Let the sample fail: expired-token or rate-limit
    #[arg(long, value_name = "FAULT", requires = "sample")]
    sample_fault: Option<Fault>,
    /// Run without a token (60 requests an hour)
    #[arg(long)]
    anonymous: bool,
    #[command(flatten)]
    http: HttpArguments,
}

pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let Product::Github(arguments) = arguments.product;
    logging::to_stderr()?;
    arguments.http.check()?;
    let selection = Selection {
        read_only: arguments.read_only,
        only: names(&arguments.tools),
        except: names(&arguments.exclude_tools),
    };
    // chosen now, so that a wrong name is seen; started by the first run
    let sandbox = backend::select(arguments.sandbox.as_deref())?;
    let sandbox = Arc::new(Sandbox::new(sandbox));
    let product = |client: Client| {
        let github = Github::new(client, &selection).map_err(|error| {
            Failure::usage(error, "correct --tools, --exclude-tools or --read-only")
        })?;
        Ok(github.with_sandbox(sandbox.clone()))
    };
    let (client, audit) = upstream(&arguments)?;
    let mut server = Server::new(product(client)?, safeguards(&arguments, audit)?);
    if let Some(file) = &arguments.http.credentials {
        let base = environment::github_api_url()?;
        let mut own = HashMap::new();
        for (principal, token) in credentials::read(file)? {
            check_address(&base, Some(&token))?;
            let client = Client::new(&base, Some(token)).map_err(bad_address)?;
            own.insert(principal, product(client)?);
        }
        server = server.with_own(own);
    }
    serve(server, &arguments.http)
}

fn safeguards(arguments: &GithubArguments, audit: PathBuf) -> Result<Safeguards, Failure> {
    let random =
        || Sealer::random().map_err(|error| Failure::failed("the system has no randomness", error));
    let sealer = match environment::seal_keys()?.and_then(Sealer::with_keys) {
        Some(sealer) => sealer,
        None => random()?,
    };
    let shared = match &arguments.http.shared {
        Some(address) => Some(address.clone()),
        None => environment::shared()?,
    };
    let spent = match shared {
        None => Spent::default(),
        Some(address) => Spent::shared(&address).map_err(|error| {
            Failure::usage(
                format_args!("the address of --shared {error}"),
                "correct it",
            )
        })?,
    };
    Ok(Safeguards {
        sealer,
        spent,
        audit: AuditLog::at(audit),
        settings: Settings::default(),
    })
}

/// Names of tools as people write them: `a, b`.
fn names(given: &[String]) -> Vec<String> {
    given.iter().map(|name| name.trim().to_owned()).collect()
}

/// The API to talk to, and where writes to it are recorded.
fn upstream(arguments: &GithubArguments) -> Result<(Client, PathBuf), Failure> {
    if arguments.sample {
        return sample(arguments.sample_fault);
    }
    // where each principal has their own, the server needs none
    let token = if arguments.anonymous || arguments.http.credentials.is_some() {
        None
    } else {
        let missing = || {
            Failure::usage(
                "GITHUB_TOKEN is not set",
                "make a token on GitHub (Settings > Developer settings > Personal access tokens) and set it in the client's configuration, or start with --anonymous (60 requests/h) or --sample",
            )
        };
        Some(environment::github_token()?.ok_or_else(missing)?)
    };
    let base = environment::github_api_url()?;
    check_address(&base, token.as_ref())?;
    let client = Client::new(&base, token).map_err(bad_address)?;
    Ok((client, environment::audit_log("audit.jsonl")?))
}

fn bad_address(reason: &str) -> Failure {
    Failure::usage(
        format_args!("GITHUB_API_URL {reason}"),
        "set it to the API's address, as in https://github.example.com/api/v3, or unset it for github.com",
    )
}

/// A token goes to an API, and over plain http only inside this machine.
fn check_address(base: &str, token: Option<&Token>) -> Result<(), Failure> {
    let Ok(url) = url::Url::parse(base) else {
        return Err(bad_address("is not a URL"));
    };
    if matches!(url.host_str(), Some("github.com" | "www.github.com")) {
        return Err(bad_address("is the website, not the API"));
    }
    let local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if url.scheme() == "http" && !local && token.is_some() {
        return Err(Failure::usage(
            "GITHUB_API_URL is plain http, and the token would cross the network in the clear",
            "use https",
        ));
    }
    Ok(())
}

fn sample(fault: Option<Fault>) -> Result<(Client, PathBuf), Failure> {
    let sample = match fault {
        Some(fault) => Sample::with_fault(fault),
        None => Sample::new(),
    };
    let answer: InProcess = Arc::new(move |request| sample.respond(request));
    let token = Token::parse("sample-token").ok();
    let client =
        Client::in_process(seaworthy_sample::ORIGIN, token, answer).map_err(bad_address)?;
    // writes to the sample are play: they do not belong into the real log
    let audit = environment::audit_log("sample-audit.jsonl")?;
    Ok((client, audit))
}

/// Serves until the client hangs up or a signal comes.
fn serve(server: Server<Github>, http: &HttpArguments) -> Result<(), Failure> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if http.http.is_none() {
        runtime.worker_threads(2);
    }
    let runtime = runtime
        .enable_all()
        .build()
        .map_err(|error| Failure::failed("the runtime could not start", error))?;
    let stop = CancellationToken::new();
    let patience = match http.http {
        None => PATIENCE,
        Some(_) => Limits::default().drain + PATIENCE_AFTER_DRAIN,
    };
    end_on_signal(stop.clone(), patience)
        .map_err(|error| Failure::failed("the signal thread could not start", error))?;
    let ended = runtime.block_on(async {
        if let Some(address) = http.http {
            return http::serve(server, http, address, None, stop).await;
        }
        if std::io::stdin().is_terminal() {
            anstream::eprintln!(
                "seaworthy: waiting for an MCP client on stdin; the README says how to connect one (Ctrl-C ends)"
            );
        }
        let ended = serve_stdio(server, stop).await;
        ended
            .map(|_| ())
            .map_err(|error| Failure::failed("the connection could not be opened", error))
    });
    // a blocked read of stdin must not keep the process alive
    runtime.shutdown_background();
    ended
}

/// How long a server that was told to stop may take before it is ended.
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(900);

/// What a server over HTTP gets on top of the time that its calls have to finish.
const PATIENCE_AFTER_DRAIN: std::time::Duration = std::time::Duration::from_secs(4);

/// Stops the server on SIGTERM and Ctrl-C, and ends the process if it does not stop in time. A
/// thread of its own: a call that never yields must not keep the signal from being seen.
fn end_on_signal(stop: CancellationToken, patience: std::time::Duration) -> std::io::Result<()> {
    let watch = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build();
        // without a handler the signal ends the process by itself, which is as good
        let Ok(runtime) = runtime else { return };
        if runtime.block_on(signalled()) {
            stop.cancel();
            // a second signal means now
            let _ = runtime.block_on(async { tokio::time::timeout(patience, signalled()).await });
            #[expect(clippy::exit, reason = "the server did not stop when it was told to")]
            std::process::exit(1);
        }
    };
    std::thread::Builder::new()
        .name("signals".to_owned())
        .stack_size(64 * 1024)
        .spawn(watch)
        .map(drop)
}

/// Waits for a signal to stop; false when none can be waited for.
async fn signalled() -> bool {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut terminate), Ok(mut interrupt)) = (
            signal(SignalKind::terminate()),
            signal(SignalKind::interrupt()),
        ) else {
            return false;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        true
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.is_ok()
}
