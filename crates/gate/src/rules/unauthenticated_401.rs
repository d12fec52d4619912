//! A client learns from the 401 that it needs a token, and where to get one.

use std::collections::BTreeSet;

use futures::future::{BoxFuture, join_all};
use serde_json::Value;
use url::Url;

use crate::{
    access::{self, Credential, Found, Metadata},
    finding::{Finding, Place},
    live::Live,
    probe::{self, Probe},
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    verbs::{self, Judgement},
    wire::{
        Era, Lost,
        http::{self, Endpoint, HttpAnswer},
    },
};

pub(super) static RULE: Rule = Rule {
    id: "H05",
    name: "unauthenticated-401",
    summary: "without a token: 401 with WWW-Authenticate and the metadata of RFC 9728",
    level: Level::Error,
    basis: Basis::Must,
    reach: Reach::Reads,
    docs: Docs {
        what: "The handshake of each era, and a list within the shared session, are sent without the \
               credentials that the user gave: each must be answered with 401 and WWW-Authenticate. The \
               protected resource metadata (RFC 9728), named by resource_metadata there or served at its \
               well-known path, must be JSON without a token, with resource and authorization_servers \
               (a note where tokens are static and bearer_methods_supported is there). A server that \
               asks for no token at all is a note on this machine, a warning there if it has tools that \
               act, and elsewhere a warning and an error.",
        why: "401 with its challenge is what makes a client start the login; any other answer is shown to \
              people as a broken server. And a session id is no credential: whoever learns it would have \
              the session's tools.",
        source: "MCP 2025-11-25 and 2026-07-28, Authorization: \"MCP servers MUST implement OAuth 2.0 \
                 Protected Resource Metadata\", \"authorization MUST be included in every HTTP request\"; \
                 RFC 9110, section 11.6.1 (WWW-Authenticate); Transports, Security: \"Servers SHOULD \
                 implement proper authentication for all connections.\"",
        bad: "HTTP/1.1 403 Forbidden",
        good: "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer \
               resource_metadata=\"https://mcp.example/.well-known/oauth-protected-resource/mcp\"",
        fix: "Check the token in front of every request, the session's too; answer 401 with \
              WWW-Authenticate: Bearer resource_metadata=\"...\", and serve that document without a token.",
    },
    checks: &[Check::Live(check)],
};

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let Some(endpoint) = live.http() else {
            return Outcome::not_applicable("the server is reached over stdio");
        };
        if probe::is_silent(live) {
            return Outcome::unverified(probe::mute(live));
        }
        let credential = access::credential(live);
        let mut outcome = Outcome::pass();
        let sent = unauthenticated(live).await;
        let served =
            |answer: &Result<HttpAnswer, Lost>| answer.as_ref().is_ok_and(probe::is_served);
        if credential.is_none() && sent.iter().any(|(_, answer)| served(answer)) {
            // who refuses some requests means to ask, and forgets to
            let asks = sent
                .iter()
                .any(|(_, answer)| answer.as_ref().is_ok_and(asks));
            outcome.find(open(live, endpoint, asks));
            return outcome;
        }
        let spoken = !probe::eras(live).is_empty();
        let mut refusal = None;
        for (probe, answer) in &sent {
            match answer {
                Ok(answer) if answer.status == 401 => {
                    refusal.get_or_insert(answer);
                }
                Ok(answer) if spoken || probe::is_served(answer) => {
                    if let Some(finding) = not_401(endpoint, probe, answer) {
                        outcome.find(finding);
                    }
                }
                Ok(_) => {}
                Err(lost) => outcome.unknown(format!("{} without a token: {lost}", probe.method())),
            }
        }
        match refusal {
            Some(refusal) => judge_refusal(live, endpoint, refusal, &mut outcome).await,
            None if outcome.findings.is_empty() && outcome.unverified.is_empty() => {
                outcome.unknown(probe::mute(live));
            }
            None => {}
        }
        // the same in both eras, or in two requests, is one finding
        let mut seen = BTreeSet::new();
        outcome
            .findings
            .retain(|finding| seen.insert(finding.fingerprint()));
        outcome
    })
}

/// Requests without credentials: each era's handshake, and a list (in the session that was opened with
/// them). All of them where no era is known to be spoken.
async fn unauthenticated(live: &Live) -> Vec<(Probe, Result<HttpAnswer, Lost>)> {
    let mut eras = probe::eras(live);
    let spoken = !eras.is_empty();
    if !spoken {
        eras = match live.options.era {
            Some(era) => vec![era],
            None => vec![Era::Legacy, Era::Modern],
        };
    }
    let mut probes = Vec::new();
    for era in eras {
        probes.push(Probe::hello(era).bare());
        if spoken
            && let Ok(later) = Probe::later(live, era).await
            && later.method() != "server/discover"
        {
            probes.push(later.bare());
        }
    }
    let answers = join_all(probes.iter().map(|probe| probe.send(live))).await;
    probes.into_iter().zip(answers).collect()
}

/// Whether an answer asks for a token.
fn asks(answer: &HttpAnswer) -> bool {
    answer.status == 401 || !access::challenges(answer).is_empty()
}

/// A server that asks nobody: its good right (authorization is optional), where only this machine
/// reaches it and nothing acts.
fn open(live: &Live, endpoint: &Endpoint, asks: bool) -> Finding {
    let tools = &live.surface.tools;
    let acting = tools
        .iter()
        .find(|tool| matches!(verbs::judge(tool), Judgement::Acts(_)));
    let here = http::reach(&endpoint.url) == http::Reach::Machine;
    let who = if here {
        "every program and user of this machine"
    } else {
        "everybody who reaches it"
    };
    let what = match (tools.as_slice(), acting) {
        ([], _) => "use it".to_owned(),
        ([tool], _) => format!("call its tool {}", tool.name),
        (tools, Some(tool)) => format!("call its {} tools, {} among them", tools.len(), tool.name),
        (tools, None) => format!("call its {} tools", tools.len()),
    };
    RULE.finding(
        probe::place(endpoint),
        format!("it answers without any token: {who} can {what}"),
        "Ask for a bearer token on every request and answer 401 without one; on one machine, a random \
         token in a file that only its user can read is enough.",
    )
    .level(match (here, acting) {
        (true, None) if !asks => Level::Note,
        (false, Some(_)) => Level::Error,
        _ => Level::Warning,
    })
    .exchange(
        live.greetings
            .values()
            .find_map(|greeting| greeting.answer.as_ref().ok())
            .map(|answer| answer.exchange),
    )
    .key("open")
}

/// What should have been a 401.
fn not_401(endpoint: &Endpoint, probe: &Probe, answer: &HttpAnswer) -> Option<Finding> {
    let method = probe.method();
    let hello = matches!(method, "initialize" | "server/discover");
    let session = probe
        .headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("mcp-session-id"));
    let (level, message, key) = match answer.status {
        429 => return None,
        _ if probe::is_served(answer) => (
            // some let anybody ask who they are, and nothing else
            if hello { Level::Warning } else { Level::Error },
            format!(
                "{method} without a token is answered ({}){}",
                probe::shown(answer),
                if session {
                    ": the id of a session is taken for a credential"
                } else {
                    ""
                }
            ),
            if hello { "open handshake" } else { "open" },
        ),
        _ => (
            Level::Error,
            format!(
                "{method} without a token is refused with {} instead of 401",
                probe::shown(answer)
            ),
            "status",
        ),
    };
    Some(
        RULE.finding(
            probe::place(endpoint),
            message,
            "Check the token in front of every request, whatever its method and session, and answer 401 \
             with WWW-Authenticate where it is missing.",
        )
        .level(level)
        .exchange(answer.exchange)
        .key(key),
    )
}

async fn judge_refusal(
    live: &Live,
    endpoint: &Endpoint,
    refusal: &HttpAnswer,
    outcome: &mut Outcome,
) {
    let challenges = access::challenges(refusal);
    let bearer = challenges.iter().find(|challenge| {
        challenge
            .split(',')
            .any(|part| part.trim_start().to_ascii_lowercase().starts_with("bearer"))
    });
    if challenges.is_empty() {
        outcome.find(
            RULE.finding(
                probe::place(endpoint),
                "401 comes without WWW-Authenticate",
                "Send WWW-Authenticate: Bearer resource_metadata=\"ADDRESS OF THE METADATA\" with every 401.",
            )
            .exchange(refusal.exchange)
            .key("challenge"),
        );
    }
    let named = bearer.and_then(|challenge| access::parameter(challenge, "resource_metadata"));
    // who asks for keys of another kind does not follow the specification's way at all
    let other_kind = matches!(
        access::credential(live),
        Some(Credential::Header(..) | Credential::Address)
    ) || (bearer.is_none() && !challenges.is_empty());
    let missing = |message: String, key: &str| {
        RULE.finding(
            probe::place(endpoint),
            message,
            "Serve /.well-known/oauth-protected-resource (RFC 9728) without a token, and name its address \
             in WWW-Authenticate as resource_metadata.",
        )
        .level(if other_kind {
            Level::Warning
        } else {
            Level::Error
        })
        .exchange(refusal.exchange)
        .key(key)
    };
    match access::metadata(live, endpoint, named.as_deref()).await {
        Metadata::Found(found) => {
            if !found.named && !challenges.is_empty() {
                outcome.find(
                    RULE.finding(
                        probe::place(endpoint),
                        format!(
                            "WWW-Authenticate does not name the metadata, which is at {}",
                            found.path
                        ),
                        "Add resource_metadata=\"ADDRESS\" to WWW-Authenticate: clients look there first.",
                    )
                    .level(Level::Note)
                    .exchange(refusal.exchange)
                    .key("resource_metadata"),
                );
            }
            judge_metadata(endpoint, &found, outcome);
        }
        Metadata::Elsewhere(host) => outcome.unknown(format!(
            "the metadata is said to be at {host}, which is not asked"
        )),
        Metadata::Broken(path, why) => outcome.find(missing(
            format!("the metadata that WWW-Authenticate names ({path}) cannot be read: {why}"),
            "metadata",
        )),
        Metadata::Missing => outcome.find(missing(
            "there is no protected resource metadata: WWW-Authenticate names none, and the well-known \
             paths have none"
                .to_owned(),
            "metadata",
        )),
    }
}

fn judge_metadata(endpoint: &Endpoint, found: &Found, outcome: &mut Outcome) {
    let answer = &found.answer;
    let finding = |message: String, fix: &str, key: &str| {
        RULE.finding(Place::Endpoint(found.path.clone()), message, fix)
            .exchange(answer.exchange)
            .key(key)
    };
    let Some(document) = found.document().filter(|_| answer.status == 200) else {
        outcome.find(finding(
            format!(
                "the metadata is no JSON object but {}",
                if answer.status == 200 {
                    answer.gist()
                } else {
                    probe::shown(answer)
                }
            ),
            "Serve the metadata as JSON with HTTP 200, without asking for a token.",
            "document",
        ));
        return;
    };
    let kind = answer.header("content-type").to_ascii_lowercase();
    if !kind.starts_with("application/json") {
        outcome.find(
            finding(
                format!("the metadata's Content-Type is {kind:?}"),
                "Serve it as application/json (RFC 9728, section 3.2).",
                "type",
            )
            .level(Level::Warning),
        );
    }
    match document["resource"].as_str().map(Url::parse) {
        Some(Ok(resource)) => {
            if !is_resource_of(&resource, &endpoint.url) {
                // behind a proxy, the name of the outside is right
                let inside = http::reach(&endpoint.url) == http::Reach::Machine
                    && http::reach(&resource) != http::Reach::Machine;
                outcome.find(
                    finding(
                        format!("the metadata is about {resource}, not about this address"),
                        "Set resource to the address under which clients reach the server: they refuse \
                         metadata of another.",
                        "resource",
                    )
                    .level(if inside { Level::Note } else { Level::Warning }),
                );
            }
        }
        _ => outcome.find(finding(
            "the metadata has no resource that is an address".to_owned(),
            "Add \"resource\": \"ADDRESS OF THE ENDPOINT\" (RFC 9728, section 2: REQUIRED).",
            "resource",
        )),
    }
    judge_servers(document, &finding, outcome);
    let methods = document["bearer_methods_supported"].as_array();
    if methods.is_some_and(|methods| methods.iter().any(|method| method == "query")) {
        outcome.find(finding(
            "the metadata allows tokens in the query (bearer_methods_supported)".to_owned(),
            "Allow \"header\" alone: access tokens must not be in addresses, which logs keep.",
            "methods",
        ));
    }
}

fn judge_servers(
    document: &Value,
    finding: &impl Fn(String, &str, &str) -> Finding,
    outcome: &mut Outcome,
) {
    let fix =
        "Add \"authorization_servers\": [\"ISSUER\"], the issuer whose tokens the server takes.";
    let servers = match &document["authorization_servers"] {
        Value::Array(servers) if !servers.is_empty() => servers,
        Value::Null | Value::Array(_) => {
            let fixed = document["bearer_methods_supported"]
                .as_array()
                .is_some_and(|methods| !methods.is_empty());
            let found = finding(
                "the metadata names no authorization server, so no client can get a token by itself"
                    .to_owned(),
                fix,
                "authorization_servers",
            );
            outcome.find(if fixed {
                found.level(Level::Note)
            } else {
                found
            });
            return;
        }
        other => {
            outcome.find(finding(
                format!("authorization_servers is {other}, no list of addresses"),
                fix,
                "authorization_servers",
            ));
            return;
        }
    };
    for server in servers {
        let url = server.as_str().and_then(|text| Url::parse(text).ok());
        match url {
            Some(url) if url.scheme() == "https" || http::reach(&url) == http::Reach::Machine => {}
            Some(url) => outcome.find(
                finding(
                    format!("the authorization server {url} is not reached over https"),
                    "Name the issuer's https address.",
                    "authorization_servers",
                )
                .level(Level::Warning),
            ),
            None => outcome.find(finding(
                format!("the authorization server {server} is no address"),
                fix,
                "authorization_servers",
            )),
        }
    }
}

/// Whether clients take metadata about a resource for an endpoint's: same origin, and its path or one
/// above it.
fn is_resource_of(resource: &Url, endpoint: &Url) -> bool {
    let above = resource.path().trim_end_matches('/');
    let path = endpoint.path().trim_end_matches('/');
    let names = |url: &Url| match url.host_str() {
        // three names of one place
        Some("localhost" | "127.0.0.1" | "[::1]") => Some("localhost".to_owned()),
        host => host.map(str::to_owned),
    };
    resource.scheme() == endpoint.scheme()
        && names(resource) == names(endpoint)
        && resource.port_or_known_default() == endpoint.port_or_known_default()
        && (path == above || path.starts_with(&format!("{above}/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_the_endpoint_or_above_it() {
        let is = |resource: &str, endpoint: &str| {
            is_resource_of(
                &Url::parse(resource).unwrap(),
                &Url::parse(endpoint).unwrap(),
            )
        };
        assert!(is("https://a.example/mcp", "https://a.example/mcp/"));
        assert!(is("https://a.example", "https://a.example:443/mcp"));
        assert!(is("http://localhost:1/mcp", "http://127.0.0.1:1/mcp"));
        assert!(!is("https://a.example/mc", "https://a.example/mcp"));
        assert!(!is("https://b.example/mcp", "https://a.example/mcp"));
        assert!(!is("http://localhost:2/mcp", "http://127.0.0.1:1/mcp"));
    }
}
