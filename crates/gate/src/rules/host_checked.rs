//! A name that an attacker owns can be made to point at its victim's machine; the Host gives it away.

use futures::future::BoxFuture;

use crate::{
    finding::Finding,
    live::Live,
    probe::{self, Reception},
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    wire::http::{self, Endpoint},
};

pub(super) static RULE: Rule = Rule {
    id: "H02",
    name: "host-checked",
    summary: "a server on this machine refuses a foreign Host (DNS rebinding)",
    level: Level::Error,
    basis: Basis::Must,
    reach: Reach::Reads,
    docs: Docs {
        what: "Where the address is this machine's or a private network's, the handshake of each era and a \
               later request are sent with the Host of a foreign site, and with names that only look like \
               this machine. Each must be refused with 4xx. Another port of the same host is not tried: \
               proxies change it. For public addresses the rule does not apply.",
        why: "In DNS rebinding, a page on evil.example lets its own name point at 127.0.0.1 and then asks \
              \"itself\". For the browser that is one origin: it needs no permission, and a GET carries no \
              Origin at all. The Host header still says evil.example.",
        source: "MCP 2025-11-25 and 2026-07-28, Transports, Security (DNS rebinding); the official \
                 conformance suite's dns-rebinding-protection; advisory GHSA-w48q-cv73-mx4w of the \
                 TypeScript SDK. The Python SDK answers 421, rmcp 403.",
        bad: "server = HTTPServer((\"127.0.0.1\", 8000), Handler)  # any Host is served",
        good: "if host_of(request) not in {\"localhost\", \"127.0.0.1\", \"[::1]\"}:\n    return respond(421)",
        fix: "Compare the Host header, without its port, with the names under which the server is meant \
              to be reached, before anything else is done, and answer 421 or 403. The SDKs have it: \
              allowed_hosts in Python's TransportSecuritySettings, hostHeaderValidation in TypeScript, \
              with_allowed_hosts in rmcp.",
    },
    checks: &[Check::Live(check)],
};

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let Some(endpoint) = live.http() else {
            return Outcome::not_applicable("the server is reached over stdio");
        };
        if http::reach(&endpoint.url) == http::Reach::World {
            return Outcome::not_applicable(
                "the address is public: rebinding gives an attacker nothing that he cannot reach himself",
            );
        }
        if probe::eras(live).is_empty() {
            return Outcome::unverified(probe::mute(live));
        }
        let port = endpoint
            .url
            .port()
            .map(|port| format!(":{port}"))
            .unwrap_or_default();
        let foreign = format!("evil.example{port}");
        let begins = format!("localhost.evil.example{port}");
        let number = format!("127.0.0.1.evil.example{port}");
        let ends = format!("evil-localhost{port}");
        let receptions = probe::receive(
            live,
            "Host",
            ("foreign", &foreign),
            &[
                ("lookalike", &begins),
                ("lookalike", &number),
                ("lookalike", &ends),
            ],
        )
        .await;
        judge(endpoint, &receptions)
    })
}

fn judge(endpoint: &Endpoint, receptions: &[Reception]) -> Outcome {
    let mut outcome = Outcome::pass();
    let mut findings: Vec<Finding> = Vec::new();
    for reception in receptions {
        let (value, method) = (&reception.value, &reception.method);
        let answer = match &reception.answer {
            Ok(answer) => answer,
            // the connection was cut: a refusal too
            Err(crate::wire::Lost::Network(_)) => continue,
            Err(lost) => {
                outcome.unknown(format!("Host {value} with {method}: {lost}"));
                continue;
            }
        };
        let (level, message, key) = match answer.status {
            401 | 429 => {
                outcome.unknown(format!(
                    "Host {value} with {method}: HTTP {} comes first",
                    answer.status
                ));
                continue;
            }
            400..500 => continue,
            _ if probe::is_served(answer) => (
                RULE.level,
                format!(
                    "{method} with Host: {value} is answered like any other ({})",
                    probe::shown(answer)
                ),
                if method == "initialize" || method == "server/discover" {
                    reception.kind.to_owned()
                } else {
                    format!("{} later", reception.kind)
                },
            ),
            _ => (
                Level::Warning,
                format!(
                    "Host: {value} is not refused with 4xx but answered with {}",
                    probe::shown(answer)
                ),
                "status".to_owned(),
            ),
        };
        if let Some(known) = findings.iter_mut().find(|known| known.key == key) {
            known.exchanges.push(answer.exchange);
            continue;
        }
        let fix = if reception.kind == "lookalike" {
            "Compare the whole host name with each allowed one; a prefix, suffix or substring matches \
             names that others own."
        } else {
            "Answer 421 or 403 to every request whose Host, without its port, is not localhost, 127.0.0.1, \
             [::1] or a name that the server was told to serve."
        };
        findings.push(
            RULE.finding(probe::place(endpoint), message, fix)
                .level(level)
                .exchange(answer.exchange)
                .key(key),
        );
    }
    outcome.findings = findings;
    outcome
}
