//! Which GitHub a server talks to, and as whom.

use std::{path::PathBuf, sync::Arc};

use seaworthy_github::{Client, Token, client::InProcess};
use seaworthy_kit::loopback::is_loopback;
use seaworthy_sample::{Fault, Sample};

use crate::{environment, failure::Failure};

/// The API to talk to, and where writes to it are recorded.
pub(crate) fn api(anonymous: bool) -> Result<(Client, PathBuf), Failure> {
    let token = if anonymous {
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
    let local = url.host().is_some_and(|host| is_loopback(&host));
    if url.scheme() == "http" && !local && token.is_some() {
        return Err(Failure::usage(
            "GITHUB_API_URL is plain http, and the token would cross the network in the clear",
            "use https",
        ));
    }
    Ok(())
}

/// The sample in place of the API.
pub(crate) fn sample(fault: Option<Fault>) -> Result<(Client, PathBuf), Failure> {
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

/// The API as somebody else than the server itself.
pub(crate) fn api_as(token: Token) -> Result<Client, Failure> {
    let base = environment::github_api_url()?;
    check_address(&base, Some(&token))?;
    Client::new(&base, Some(token)).map_err(bad_address)
}
