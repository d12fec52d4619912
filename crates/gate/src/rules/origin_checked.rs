//! Any web page can post to a server on its reader's machine; only the Origin tells it from a client.

use futures::future::BoxFuture;

use crate::{
    finding::Finding,
    live::Live,
    probe::{self, Reception},
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    wire::http::{self, Endpoint},
};

pub(super) static RULE: Rule = Rule {
    id: "H01",
    name: "origin-checked",
    summary: "a request with a foreign Origin is refused with 403",
    level: Level::Error,
    basis: Basis::Must,
    reach: Reach::Reads,
    docs: Docs {
        what: "The handshake of each era, and a later request, are sent with the Origin of a foreign \
               site, with \"null\" and with names that only look like this machine \
               (localhost.evil.example, evil-localhost). Each must be answered with 403. A server that \
               can be reached from anywhere is warned only: there, no browser is needed to reach it.",
        why: "A web page can make its reader's browser send requests to servers on that machine or \
              network, and by DNS rebinding read the answers. Browsers put the page's origin into the \
              request; a server that does not look at it lets any site use its tools.",
        source: "MCP 2025-11-25 and 2026-07-28, Transports, Streamable HTTP, Security: \"Servers MUST \
                 validate the Origin header on all incoming connections ... If the Origin header is \
                 present and invalid, servers MUST respond with HTTP 403 Forbidden.\"",
        bad: "app.use(cors())  // answers every origin",
        good: "const own = new Set([\"http://localhost:8000\", \"http://127.0.0.1:8000\"]);\n\
               if (req.headers.origin && !own.has(req.headers.origin)) return res.status(403).end();",
        fix: "Compare the whole Origin with a list of allowed ones before anything else is done, on every \
              method and path, and answer 403. Requests without Origin are no browser's and go on. The \
              SDKs have it: allowed_origins in Python's TransportSecuritySettings, originValidation in \
              TypeScript, enforce_origin_validation() in rmcp.",
    },
    checks: &[Check::Live(check)],
};

const FIX: &str = "Compare the whole Origin header with a list of allowed origins, in front of every \
                   request, and answer 403 to all others; let requests without Origin through.";

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let Some(endpoint) = live.http() else {
            return Outcome::not_applicable("the server is reached over stdio");
        };
        if probe::eras(live).is_empty() {
            return Outcome::unverified(probe::mute(live));
        }
        let host = endpoint.url.host_str().unwrap_or("localhost");
        let own = match http::reach(&endpoint.url) {
            http::Reach::Machine => "localhost",
            _ => host,
        };
        // an address in brackets is no part of a name
        let host = host.trim_matches(['[', ']']).replace(':', "-");
        let begins = format!("http://{host}.evil.example");
        let begins_own = format!("http://{own}.evil.example");
        let ends = format!("http://evil-{own}");
        let mut further = vec![
            ("null", "null"),
            ("beginning", begins.as_str()),
            ("end", ends.as_str()),
        ];
        if begins != begins_own && !own.contains('[') {
            further.push(("beginning", begins_own.as_str()));
        }
        let receptions = probe::receive(
            live,
            "Origin",
            ("foreign", "https://evil.example"),
            &further,
        )
        .await;
        judge(endpoint, &receptions)
    })
}

fn judge(endpoint: &Endpoint, receptions: &[Reception]) -> Outcome {
    let mut outcome = Outcome::pass();
    let mut findings: Vec<Finding> = Vec::new();
    for reception in receptions {
        let answer = match &reception.answer {
            Ok(answer) => answer,
            Err(lost) => {
                outcome.unknown(format!(
                    "Origin {} with {}: {lost}",
                    reception.value, reception.method
                ));
                continue;
            }
        };
        let served = probe::is_served(answer);
        let (level, message, key) = match (served, answer.status) {
            (_, 403) => continue,
            (false, 401 | 429) => {
                outcome.unknown(format!(
                    "Origin {} with {}: HTTP {} comes first",
                    reception.value, reception.method, answer.status
                ));
                continue;
            }
            (true, _) => (
                match http::reach(&endpoint.url) {
                    http::Reach::World => Level::Warning,
                    _ => Level::Error,
                },
                format!(
                    "{} with Origin: {} is answered like any other ({}){}",
                    reception.method,
                    reception.value,
                    probe::shown(answer),
                    match answer.header("access-control-allow-origin") {
                        "" => String::new(),
                        allowed => format!(
                            ", and lets the page read it (Access-Control-Allow-Origin: {allowed})"
                        ),
                    }
                ),
                if reception.method == "initialize" || reception.method == "server/discover" {
                    reception.kind.to_owned()
                } else {
                    format!("{} later", reception.kind)
                },
            ),
            (false, _) => (
                Level::Warning,
                format!(
                    "Origin: {} is refused with {} instead of 403",
                    reception.value,
                    probe::shown(answer)
                ),
                "status".to_owned(),
            ),
        };
        // the same in the other era is one finding
        if let Some(known) = findings.iter_mut().find(|known| known.key == key) {
            known.exchanges.push(answer.exchange);
            continue;
        }
        let fix = match reception.kind {
            "null" => {
                "Take null off the allowed origins and answer it with 403: any page has it in a sandboxed \
                 frame."
            }
            "beginning" | "end" => {
                "Compare the whole origin, scheme, host and port, with each allowed one; a prefix, suffix \
                 or substring matches hosts that others own."
            }
            _ => FIX,
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
