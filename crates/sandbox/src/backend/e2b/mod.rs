//! Hosted sandboxes of E2B, or of any service that speaks its protocol: a machine of its own for
//! each run.
//!
//! - `service.rs`: the REST part: a sandbox is asked for and deleted; refusals become instructions;
//! - `process.rs`: the process in it: `guest/runner.py`, its stdin and its stdout.
//!
//! The service isolates the machine; the network is asked to be off, the code runs as a user who
//! may nothing, and what it may use in there is limited by the guest. A sandbox that nobody
//! deletes, because this process was killed, ends by its own time limit.

mod process;
mod service;

use std::{fmt, time::Duration};

use futures::{FutureExt, future::BoxFuture};
use reqwest::{Url, header::HeaderValue};
use tokio::sync::OnceCell;

use crate::{
    Backend, Io, Job, Policy, Why,
    session::{self, Broken, Ended},
};
use process::Process;
use service::{Machine, Service};

/// The backend's public name.
pub const NAME: &str = "e2b";
/// The public service.
pub const PUBLIC_API: &str = "https://api.e2b.app";
/// The template of the public service that has a full Python.
pub const DEFAULT_TEMPLATE: &str = "code-interpreter-v1";

/// What a sandbox gets besides the run's wall time: its start, the sending of files both ways.
const MARGIN: Duration = Duration::from_secs(90);

/// The key of an account. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// Checks that the text can be a key: 8 to 2,048 visible ASCII characters.
    ///
    /// # Errors
    /// What is wrong, without the text itself.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if !(8..=2_048).contains(&text.len()) {
            return Err("is not 8 to 2,048 characters long");
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("has characters that no key has (blanks, line breaks)");
        }
        Ok(Self(text.to_owned()))
    }

    fn header(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::from_str(&self.0).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// Other people's text without the key, whatever they echo.
    fn hidden_in(&self, text: &str) -> String {
        text.replace(&self.0, "(the key)")
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(...)")
    }
}

/// Which service, and as whom.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The API's URL.
    pub api: String,
    /// The URL under which every sandbox is reached, for services behind one gateway; else it
    /// follows from the sandbox's id and the domain that the service tells.
    pub sandbox_url: Option<String>,
    /// The account's key.
    pub key: Key,
    /// The template of the sandboxes; it needs bash, and Python 3.9 or newer as python3.
    pub template: String,
    /// Runs at one time; the account has a limit of its own.
    pub concurrent: usize,
}

impl Settings {
    /// The public service with this key.
    pub fn new(key: Key) -> Self {
        Self {
            api: PUBLIC_API.to_owned(),
            sandbox_url: None,
            key,
            template: DEFAULT_TEMPLATE.to_owned(),
            concurrent: 8,
        }
    }
}

/// The backend.
#[derive(Debug)]
pub struct E2b {
    settings: Settings,
    service: OnceCell<Service>,
}

impl E2b {
    /// A backend of this kind. Nothing is asked of the service yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            service: OnceCell::new(),
        }
    }

    async fn service(&self) -> Result<&Service, Why> {
        self.service
            .get_or_try_init(async || Service::new(&self.settings))
            .await
    }

    async fn run_in_sandbox(&self, job: &Job, policy: &Policy, io: &Io) -> Result<Ended, Why> {
        let service = self.service().await?;
        let wall = job.timeout.unwrap_or(policy.wall).min(policy.wall);
        let machine = tokio::select! {
            machine = Machine::create(service, wall + MARGIN) => machine?,
            () = io.stopped() => return Ok(Ended::killed("it was stopped before it began")),
        };
        let ended = tokio::select! {
            ended = converse(&machine, wall + MARGIN, job, policy, io) => ended,
            () = io.stopped() => Ok(Ended::killed("it was stopped")),
        };
        machine.delete().await?;
        ended
    }
}

impl Backend for E2b {
    fn name(&self) -> &'static str {
        NAME
    }

    fn available(&self) -> BoxFuture<'_, Result<(), Why>> {
        async { self.service().await?.ready().await }.boxed()
    }

    fn prepare(&self) -> BoxFuture<'_, Result<(), Why>> {
        // what else may be wrong is told as well by the request for a sandbox
        async { self.service().await.map(drop) }.boxed()
    }

    fn capacity(&self) -> usize {
        self.settings.concurrent
    }

    fn run<'a>(
        &'a self,
        job: &'a Job,
        policy: &'a Policy,
        io: &'a Io,
    ) -> BoxFuture<'a, Result<Ended, Why>> {
        self.run_in_sandbox(job, policy, io).boxed()
    }
}

/// Starts the guest and serves it until the code has ended.
async fn converse(
    machine: &Machine,
    longest: Duration,
    job: &Job,
    policy: &Policy,
    io: &Io,
) -> Result<Ended, Why> {
    let mut process = Process::start(machine, longest).await?;
    let (from, to) = process.streams();
    let broken = tokio::select! {
        ended = session::converse(from, to, job, policy, io) => match ended {
            Ok(ended) => return Ok(ended),
            Err(broken) => broken,
        },
        why = process.feed() => return Err(why),
    };
    let said = process.last_words();
    match broken {
        Broken::Frame(error) => Ok(Ended::killed(format!("the guest sent {error}"))),
        Broken::Gone(_) if io.has_started() => Ok(Ended::killed(format!(
            "the sandbox's process ended: {said}"
        ))),
        Broken::Gone(error) => Err(Why::new(
            format!("the sandbox ended before the code began: {error}; {said}"),
            "use a template that has bash, and Python 3.9 or newer as python3",
        )),
    }
}

/// A URL that is encrypted, or does not leave this machine.
fn acceptable_url(text: &str) -> Result<Url, Why> {
    let wrong = |problem: &str| {
        Why::new(
            format!("{text:?} {problem}"),
            "give the service's URL, such as https://api.e2b.app",
        )
    };
    // a user and a password in a URL would be shown in errors
    let url = Url::parse(text).map_err(|_| {
        Why::new(
            "the service's URL is none",
            "give one such as https://api.e2b.app",
        )
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Why::new(
            "the service's URL holds a user or a password",
            "give the URL without them; the key is a setting of its own",
        ));
    }
    let here = match url.host_str() {
        Some("localhost" | "[::1]") => true,
        Some(host) => host
            .parse::<std::net::Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback()),
        None => return Err(wrong("has no host")),
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if here => Ok(url),
        "http" => Err(wrong(
            "is not encrypted: code and key would travel in the open",
        )),
        _ => Err(wrong("is no https URL")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_never_shown() {
        let key = Key::parse("e2b_0123456789abcdef").unwrap();
        let settings = Settings::new(key.clone());
        assert!(!format!("{key:?} {settings:?} {:?}", E2b::new(settings.clone())).contains("0123"));
        assert!(key.header().unwrap().is_sensitive());
        assert_eq!(key.hidden_in("no e2b_0123456789abcdef!"), "no (the key)!");
        for bad in [
            "",
            "short",
            "with blank in it",
            "line\nbreak_",
            "ümlaut_12345",
        ] {
            let error = Key::parse(bad).unwrap_err();
            assert!(bad.is_empty() || !error.contains(bad));
        }
    }

    #[test]
    fn nothing_travels_in_the_open() {
        for good in [
            PUBLIC_API,
            "https://e2b.example.com:8443/base",
            "http://127.0.0.1:1",
            "http://localhost:3000",
            "http://[::1]:3000/",
        ] {
            assert!(acceptable_url(good).is_ok(), "{good}");
        }
        for bad in [
            "http://api.e2b.app",
            "http://127.0.0.1.evil.test",
            "http://10.0.0.1",
            "ftp://127.0.0.1",
            "api.e2b.app",
            "",
        ] {
            assert!(acceptable_url(bad).is_err(), "{bad}");
        }
        let why = acceptable_url("https://me:secret@api.e2b.app").unwrap_err();
        assert!(!format!("{why:?}").contains("secret"));
    }
}
