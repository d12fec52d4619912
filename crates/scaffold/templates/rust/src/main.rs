//! The command: reads the settings, then serves over stdio or HTTP.

use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

use lexopt::Arg;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    prelude::*,
};

use acme_notes::{
    NAME, VERSION,
    kit::transport::{http, stdio},
    server::{Server, State},
    settings::{DATABASE, HTTP_TOKEN, Secret, Settings},
    store::Store,
};

const HELP: &str = "An MCP server over stdio.

Options:
      --http ADDR:PORT  serve streamable HTTP on /mcp instead; needs a bearer token
      --version         print the version
  -h, --help            print this help

The environment variables are in README.md and .env.example.
";

/// What the command line asks for.
enum Task {
    Say(String),
    Serve { http: Option<String> },
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            // nobody is left to tell where stderr is closed
            let _ = writeln!(io::stderr(), "{NAME}: {problem}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), String> {
    let http = match arguments().map_err(|error| format!("{error}; see --help"))? {
        Task::Say(text) => {
            let _ = io::stdout().write_all(text.as_bytes());
            return Ok(());
        }
        Task::Serve { http } => http,
    };
    let settings = Settings::from_process().map_err(|error| error.to_string())?;
    let http = match http {
        None => None,
        Some(address) => {
            let token = settings.require_http_token();
            let token = token.map_err(|error| error.to_string())?.clone();
            let address = http::parse_address(&address);
            Some((address.map_err(|error| format!("--http: {error}"))?, token))
        }
    };
    log_to_stderr(settings.log_level);
    let store = Store::at(&settings.database).map_err(|error| {
        let path = settings.database.display();
        let remedy = "set it to a file in a folder that can be written";
        format!("{DATABASE}: {path} cannot be opened ({error}); {remedy}")
    })?;
    let state = State::new(settings, store).map_err(|error| error.to_string())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let served = runtime.block_on(serve(Server::new(state), http));
    // a call that blocks must not hold up the end
    runtime.shutdown_background();
    served
}

async fn serve(server: Server, http: Option<(std::net::SocketAddr, Secret)>) -> Result<(), String> {
    let stop = CancellationToken::new();
    tokio::spawn(stop_on_signal(stop.clone()));
    let Some((address, token)) = http else {
        if io::stdin().is_terminal() {
            let _ = writeln!(
                io::stderr(),
                "{NAME} waits for a client on stdin; see --help"
            );
        }
        let ended = stdio::serve(server, stop).await;
        return ended.map_err(|error| error.to_string());
    };
    let cannot = |error: io::Error| format!("--http: cannot listen on {address}: {error}");
    let listener = TcpListener::bind(address).await.map_err(cannot)?;
    let own = listener.local_addr().map_err(cannot)?;
    let _ = writeln!(io::stderr(), "{NAME} listens on http://{own}{}", http::PATH);
    let remedy = format!("with the token that {HTTP_TOKEN} holds on the server");
    let served = http::serve(server, token.expose(), &remedy, listener, stop).await;
    served.map_err(cannot)
}

fn arguments() -> Result<Task, lexopt::Error> {
    let mut parser = lexopt::Parser::from_env();
    let mut http = None;
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("http") => http = Some(parser.value()?.to_string_lossy().into_owned()),
            Arg::Long("version") => return Ok(Task::Say(format!("{NAME} {VERSION}\n"))),
            Arg::Long("help") | Arg::Short('h') => {
                let about = env!("CARGO_PKG_DESCRIPTION");
                let usage = format!("{about}.\n{HELP}\nUsage: {NAME} [--http ADDR:PORT]\n");
                return Ok(Task::Say(usage));
            }
            other => return Err(other.unexpected()),
        }
    }
    Ok(Task::Serve { http })
}

/// stdout carries MCP only.
fn log_to_stderr(level: LevelFilter) {
    // what libraries log below an error may hold arguments and answers
    let libraries = level.min(LevelFilter::ERROR);
    let own = env!("CARGO_CRATE_NAME");
    let targets = Targets::new()
        .with_default(libraries)
        .with_target(own, level);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(false)
        .without_time();
    tracing_subscriber::registry()
        .with(lines.with_filter(targets))
        .init();
    // the text of a panic may hold arguments, so only its place is told
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "the server is at fault");
    }));
}

/// Cancels `stop` on SIGTERM or SIGINT.
async fn stop_on_signal(stop: CancellationToken) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return stop.cancel();
        }
    }
    if tokio::signal::ctrl_c().await.is_ok() {
        stop.cancel();
    }
}
