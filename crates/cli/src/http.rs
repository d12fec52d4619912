//! `serve ... --http`: the flags, and the server from its bind to its orderly end.

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use seaworthy_kit::{
    Product, Server,
    auth::{Authenticator, Oidc, Tokens},
    transport::http::{self, App, Config, Limits, PATH, Tls},
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{environment, failure::Failure, logging};

/// File descriptors that are kept for everything but clients' connections.
const OTHER_FILES: u64 = 192;

#[derive(Debug, Args)]
#[command(next_help_heading = "Over HTTP")]
pub(crate) struct HttpArguments {
    /// Serve streamable HTTP at this address and port, path /mcp, behind bearer tokens
    #[arg(long, value_name = "ADDR")]
    pub(crate) http: Option<SocketAddr>,
    /// Accept the tokens of this list (`seaworthy token new` makes one); reread on SIGHUP
    #[arg(long, value_name = "FILE", requires = "http")]
    token_file: Option<PathBuf>,
    /// Accept JSON Web Tokens of this issuer
    #[arg(long, value_name = "URL", requires = "http", requires = "audience")]
    oidc_issuer: Option<String>,
    /// ... that were made for this audience
    #[arg(long, value_name = "URI", requires = "oidc_issuer")]
    audience: Option<String>,
    /// The certificate chain, PEM; reread on SIGHUP
    #[arg(long, value_name = "FILE", requires = "http", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Its private key, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Serve other machines without TLS: tokens cross the network in the clear, unless a proxy in
    /// front ends TLS
    #[arg(long, requires = "http")]
    insecure_plain_http: bool,
    /// Be known under this name, with or without a port; may be repeated
    #[arg(long = "allowed-host", value_name = "HOST", requires = "http")]
    allowed_hosts: Vec<String>,
    /// Let pages of this origin ask, as in `https://app.example.com`; may be repeated
    #[arg(long = "allowed-origin", value_name = "ORIGIN", requires = "http")]
    allowed_origins: Vec<String>,
    /// The address of the endpoint as clients know it, where a proxy stands in front
    #[arg(long, value_name = "URL", requires = "http")]
    public_url: Option<String>,
    /// Keep this many sessions of clients before 2026-07-28, about 100 KB each, half of them for one
    /// principal at most; past it the one that rested longest is closed
    #[arg(long, value_name = "COUNT", requires = "http", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    max_sessions: Option<u32>,
    /// Act upstream with each principal's own token, by this file: lines `PRINCIPAL=VARIABLE` or
    /// `PRINCIPAL=file:PATH`
    #[arg(
        long,
        value_name = "FILE",
        requires = "http",
        conflicts_with = "sample"
    )]
    pub(crate) credentials: Option<PathBuf>,
    /// Let replicas share which confirm tokens were used, as in `redis://HOST:6379`
    #[arg(long, value_name = "URL")]
    pub(crate) shared: Option<String>,
}

impl HttpArguments {
    /// What can be known to be wrong before anything is started.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let Some(address) = self.http else {
            return Ok(());
        };
        let plain = self.tls_cert.is_none() && !self.insecure_plain_http;
        if plain && !address.ip().to_canonical().is_loopback() {
            return Err(Failure::usage(
                format_args!(
                    "{address} is reached by other machines, and without TLS every token crosses the network in the clear"
                ),
                "give --tls-cert and --tls-key, or bind to 127.0.0.1; where a proxy in front ends TLS, say so with --insecure-plain-http",
            ));
        }
        for origin in &self.allowed_origins {
            let is_origin = url::Url::parse(origin).is_ok_and(|url| url.origin().is_tuple());
            if !is_origin {
                return Err(Failure::usage(
                    format_args!("--allowed-origin {origin} is no origin"),
                    "give scheme, host and port, as in https://app.example.com",
                ));
            }
        }
        let bad_url = |url: &&String| !url::Url::parse(url).is_ok_and(|url| url.has_host());
        if let Some(url) = self.public_url.as_ref().filter(bad_url) {
            return Err(Failure::usage(
                format_args!("--public-url {url} is no URL"),
                "give the address that clients use, as in https://mcp.example.com/mcp",
            ));
        }
        Ok(())
    }

    fn authenticator(&self) -> Result<Authenticator, Failure> {
        let tokens = match &self.token_file {
            Some(file) => Some(listed(file)?),
            None => environment::http_tokens()?
                .map(|lines| {
                    // a variable has one line as a rule
                    Tokens::parse(&lines.replace(';', "\n"))
                })
                .transpose()
                .map_err(|error| {
                    let hint = "correct it; `seaworthy token new NAME` prints a line";
                    Failure::usage(format_args!("SEAWORTHY_HTTP_TOKENS: {error}"), hint)
                })?,
        };
        let oidc = match (&self.oidc_issuer, &self.audience) {
            (Some(issuer), Some(audience)) => {
                Some(Oidc::new(issuer, audience).map_err(|error| {
                    Failure::usage(error, "correct --oidc-issuer or --audience")
                })?)
            }
            _ => None,
        };
        Authenticator::new(tokens, oidc).ok_or_else(|| {
            Failure::usage(
                "there is no server over HTTP without authentication",
                "make a token with `seaworthy token new NAME --token-file FILE` and give --token-file FILE; or set SEAWORTHY_HTTP_TOKENS, or --oidc-issuer and --audience",
            )
        })
    }

    fn limits(&self) -> Limits {
        let default = Limits::default();
        let sessions = self.max_sessions.map(|count| count as usize);
        let each = |sessions: usize| sessions.div_ceil(2);
        Limits {
            connections: connections(),
            sessions: sessions.unwrap_or(default.sessions),
            sessions_per_principal: sessions.map_or(default.sessions_per_principal, each),
            ..default
        }
    }

    fn tls(&self) -> Result<Option<Arc<Tls>>, Failure> {
        let (Some(certificate), Some(key)) = (&self.tls_cert, &self.tls_key) else {
            return Ok(None);
        };
        let tls = Tls::new(certificate.clone(), key.clone());
        tls.map(|tls| Some(Arc::new(tls)))
            .map_err(|error| Failure::usage(error, "correct --tls-cert or --tls-key"))
    }
}

fn listed(file: &Path) -> Result<Tokens, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        Failure::usage(
            format_args!("{} could not be read: {error}", file.display()),
            "correct --token-file; `seaworthy token new NAME --token-file FILE` makes the file",
        )
    })?;
    Tokens::parse(&text).map_err(|error| {
        Failure::usage(
            format_args!("{}: {error}", file.display()),
            "correct the line; `seaworthy token new NAME` prints a right one",
        )
    })
}

/// Serves until `stop` is cancelled.
pub(crate) async fn serve<P: Product>(
    server: Server<P>,
    arguments: &HttpArguments,
    address: SocketAddr,
    metrics: Option<http::Metrics>,
    stop: CancellationToken,
) -> Result<(), Failure> {
    let authenticator = Arc::new(arguments.authenticator()?);
    let tls = arguments.tls()?;
    // the transport bounds calls, for each principal too: none of theirs waits in line for another's
    let concurrency = Limits::default().in_flight;
    let server = Arc::new(server.behind_auth().with_concurrency(concurrency));
    let config = Config {
        required: server.required(),
        allowed_hosts: arguments.allowed_hosts.clone(),
        allowed_origins: arguments.allowed_origins.clone(),
        public_url: arguments.public_url.clone(),
        tls: tls.is_some(),
        limits: arguments.limits(),
        metrics,
        ..Config::new(authenticator.clone())
    };
    let listener = TcpListener::bind(address).await.map_err(|error| {
        Failure::failed(
            format_args!("{address} could not be bound: {error}"),
            "choose another address or port",
        )
    })?;
    let address = listener.local_addr().unwrap_or(address);
    announce(address, tls.is_some(), &authenticator);
    reread_on_hangup(authenticator, arguments.token_file.clone(), tls.clone());
    http::serve(listener, tls, App::new(server, config), stop)
        .await
        .map_err(|error| Failure::failed("the server failed", error))
}

fn announce(address: SocketAddr, tls: bool, authenticator: &Authenticator) {
    let scheme = if tls { "https" } else { "http" };
    let whose = match (authenticator.tokens(), authenticator.issuer()) {
        (Some(tokens), None) => format!("tokens of {}", tokens.names().join(", ")),
        (None, Some(issuer)) => format!("tokens of {issuer}"),
        (Some(tokens), Some(issuer)) => {
            format!("tokens of {} and of {issuer}", tokens.names().join(", "))
        }
        (None, None) => String::new(),
    };
    logging::tell(format_args!(
        "serving {scheme}://{address}{PATH} for {whose}"
    ));
    if scheme == "http" && !is_loopback(address.ip()) {
        logging::tell(
            "warning: plain http to other machines; only a proxy that ends TLS may reach this port",
        );
    }
}

fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// As many connections as there are file descriptors for; the soft limit is raised to the hard one.
fn connections() -> usize {
    let wished = Limits::default().connections;
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Nofile);
        let raised = Rlimit {
            current: limit.maximum,
            maximum: limit.maximum,
        };
        // where it may not be raised, what there is must do
        let _ = setrlimit(Resource::Nofile, raised);
        if let Some(files) = getrlimit(Resource::Nofile).current {
            let room = files.saturating_sub(OTHER_FILES).max(16);
            return wished.min(usize::try_from(room).unwrap_or(wished));
        }
    }
    wished
}

/// Reads tokens and certificate again when SIGHUP comes. What is wrong then stays as it was.
#[cfg(unix)]
fn reread_on_hangup(
    authenticator: Arc<Authenticator>,
    file: Option<PathBuf>,
    tls: Option<Arc<Tls>>,
) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut hangup) = signal(SignalKind::hangup()) else {
        return;
    };
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            if let (Some(file), Some(tokens)) = (&file, authenticator.tokens()) {
                let replaced = std::fs::read_to_string(file)
                    .map_err(|error| error.to_string())
                    .and_then(|text| tokens.replace(&text).map_err(|error| error.to_string()));
                match replaced {
                    Ok(count) => logging::tell(format_args!("{count} tokens are valid now")),
                    Err(error) => logging::tell(format_args!(
                        "the tokens stay as they were: {}: {error}",
                        file.display()
                    )),
                }
            }
            if let Some(Err(error)) = tls.as_ref().map(|tls| tls.reload()) {
                logging::tell(format_args!("the certificate stays as it was: {error}"));
            }
        }
    });
}

#[cfg(not(unix))]
fn reread_on_hangup(_: Arc<Authenticator>, _: Option<PathBuf>, _: Option<Arc<Tls>>) {}
