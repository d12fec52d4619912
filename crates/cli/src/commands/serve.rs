//! `seaworthy serve github`: the GitHub server on stdio, or over HTTP.

use std::{collections::HashMap, io::IsTerminal, path::PathBuf, sync::Arc};

use clap::{Args, Subcommand};
use seaworthy_github::{Client, Github, Selection};
use seaworthy_kit::{
    Server,
    audit::AuditLog,
    call::Safeguards,
    seal::Sealer,
    spent::Spent,
    transport::{
        http::{Limits, Metrics},
        serve_stdio,
    },
};
use seaworthy_sample::Fault;
use seaworthy_sandbox::Sandbox;
use tokio_util::sync::CancellationToken;

use crate::{
    backend, configuration, credentials, environment,
    failure::Failure,
    http::{self, HttpArguments},
    logging::{self, LogArguments},
    records::{RecordArguments, Records},
    signal::{PATIENCE, PATIENCE_AFTER_DRAIN, end_on_signal},
    upstream,
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
  SEAWORTHY_CACHE          where the wasm sandbox keeps its guest (default: the user's cache folder)
  SEAWORTHY_CONFIG         as --config (default: config.toml in the user's configuration folder)
  SEAWORTHY_LOG            as --log-level
  OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS, OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES
                           an OpenTelemetry collector (OTLP over HTTP) for traces and metrics
  Secrets may come from files: GITHUB_TOKEN_FILE, SEAWORTHY_HTTP_TOKENS_FILE,
  SEAWORTHY_SEAL_KEY_FILE and SEAWORTHY_SHARED_FILE name them.

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
    /// Read page sizes and budgets of tools from this file (`seaworthy budget --apply` writes it)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    records: RecordArguments,
    #[command(flatten)]
    log: LogArguments,
    #[command(flatten)]
    http: HttpArguments,
}

pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let Product::Github(arguments) = arguments.product;
    logging::to_stderr(&arguments.log)?;
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
    let credentials = arguments.http.credentials.as_deref();
    let (client, audit) = if arguments.sample {
        upstream::sample(arguments.sample_fault)?
    } else {
        // where each principal has their own token, the server needs none
        upstream::api(arguments.anonymous || credentials.is_some())?
    };
    let file = if arguments.sample {
        // what the sample costs says nothing of real work
        "sample-telemetry.db"
    } else {
        "telemetry.db"
    };
    let has_metrics = arguments.http.http.is_some();
    let records = Records::open(&arguments.records, file, has_metrics)?;
    let mut server = Server::new(product(client)?, safeguards(&arguments, audit)?)
        .with_telemetry(records.telemetry());
    if let Some(file) = credentials {
        let mut own = HashMap::new();
        for (principal, token) in credentials::read(file)? {
            own.insert(principal, product(upstream::api_as(token)?)?);
        }
        server = server.with_own(own);
    }
    let ended = serve(server, &arguments.http, records.metrics());
    records.close();
    ended
}

fn safeguards(arguments: &GithubArguments, audit: PathBuf) -> Result<Safeguards, Failure> {
    let random =
        || Sealer::random().map_err(|error| Failure::failed("the system has no randomness", error));
    let keys = environment::seal_keys()?;
    let sealed_for_many = keys.is_some();
    let sealer = match keys.and_then(Sealer::with_keys) {
        Some(sealer) => sealer,
        None => random()?,
    };
    let shared = match &arguments.http.shared {
        Some(address) => Some(address.clone()),
        None => environment::shared()?,
    };
    let spent = match shared {
        None => {
            if sealed_for_many {
                logging::tell(
                    "warning: SEAWORTHY_SEAL_KEY without --shared: a confirm token works once on each replica, and once more after a restart",
                );
            }
            Spent::default()
        }
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
        settings: configuration::load(arguments.config.as_deref())?,
    })
}

/// Names of tools as people write them: `a, b`.
fn names(given: &[String]) -> Vec<String> {
    given.iter().map(|name| name.trim().to_owned()).collect()
}

/// Serves until the client hangs up or a signal comes.
fn serve(
    server: Server<Github>,
    http: &HttpArguments,
    metrics: Option<Metrics>,
) -> Result<(), Failure> {
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
            return http::serve(server, http, address, metrics, stop).await;
        }
        if std::io::stdin().is_terminal() {
            logging::tell("waiting for an MCP client on stdin; the README says how to connect one (Ctrl-C ends)");
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
