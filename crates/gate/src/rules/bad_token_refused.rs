//! A server that looks at a token's presence, or at half of it, lets in whoever writes one.

use base64::{Engine, prelude::BASE64_STANDARD};
use futures::future::{BoxFuture, join_all};
use serde_json::Value;
use url::Url;

use crate::{
    access::{self, Credential, Metadata},
    finding::Finding,
    jwt,
    live::Live,
    options::Permission,
    probe::{self, Probe},
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    wire::{
        Era, Lost,
        http::{self, Endpoint, HttpAnswer},
    },
};

pub(super) static RULE: Rule = Rule {
    id: "H06",
    name: "bad-token-refused",
    summary: "wrong, expired, wrong-audience and query-string tokens are refused with 401",
    level: Level::Error,
    basis: Basis::Must,
    reach: Reach::Reads,
    docs: Docs {
        what: "The handshake is sent with an invented token, with JSON Web Tokens of an invented \
               signature (expired, for another audience, unsigned, and right in all but the signature), \
               with an empty token and with the right one changed (a character more, another scheme): each \
               must be refused with 401. The right token in the query, without the header, must be \
               refused too; it is put into an address only on this machine, elsewhere with --active, as \
               logs keep addresses. If the user's token is a JSON Web Token that has expired or is for \
               another audience, its acceptance is a finding.",
        why: "A token is worth what is checked of it: signature, expiry, audience. A token of another \
              service that is accepted makes the server its confused deputy. A token in an address ends \
              in logs, histories and Referer headers.",
        source: "MCP 2025-11-25 and 2026-07-28, Authorization, Token Handling: \"MCP servers MUST \
                 validate that access tokens were issued specifically for them as the intended audience\", \
                 \"Invalid or expired tokens MUST receive a HTTP 401 response\", \"Access tokens MUST NOT be \
                 included in the URI query string\"; OWASP MCP Top 10.",
        bad: "claims = jwt.decode(token, options={\"verify_signature\": False})",
        good: "claims = jwt.decode(token, key, algorithms=[\"RS256\"], audience=RESOURCE, issuer=ISSUER)",
        fix: "Verify signature with a fixed list of algorithms, issuer, expiry and audience, or compare a \
              static token as a whole in constant time; take it from the Authorization header alone, with \
              the scheme Bearer; answer 401 to everything else.",
    },
    checks: &[Check::Live(check)],
};

/// A token that nobody issued.
const INVENTED: &str = "seaworthy-check-invented-token-5f1c9a7be2";

/// A bad way to ask.
struct Try {
    kind: Kind,
    probe: Probe,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Invented,
    InventedInSession,
    Forged,
    Unsigned,
    Expired,
    Audience,
    Empty,
    Longer,
    OtherScheme,
    NoScheme,
    LowerCase,
    Query,
}

impl Kind {
    /// What was sent.
    fn what(self) -> &'static str {
        match self {
            Self::Invented => "an invented token",
            Self::InventedInSession => "an invented token within a session",
            Self::Forged => "a JSON Web Token with an invented signature",
            Self::Unsigned => "an unsigned JSON Web Token (alg none)",
            Self::Expired => "an expired JSON Web Token",
            Self::Audience => "a JSON Web Token for another audience",
            Self::Empty => "an empty token",
            Self::Longer => "the right token with a character more",
            Self::OtherScheme => "the right token with the scheme Basic",
            Self::NoScheme => "the right token without a scheme",
            Self::LowerCase => "the right token with the scheme in lower case",
            Self::Query => "the right token in the query, without the header",
        }
    }

    fn fix(self) -> &'static str {
        match self {
            Self::Invented | Self::Empty => {
                "Compare the token with those that were issued, as a whole, and answer 401 to all others."
            }
            Self::InventedInSession => {
                "Check the token of every request; the id of a session is no credential."
            }
            Self::Forged => "Verify the signature with the issuer's keys before any claim is read.",
            Self::Unsigned => "Fix the list of allowed algorithms, without none.",
            Self::Expired => "Refuse tokens whose exp is over.",
            Self::Audience => "Refuse tokens whose aud is not this server's address.",
            Self::Longer => "Compare whole tokens, not beginnings.",
            Self::OtherScheme | Self::NoScheme => {
                "Take the token only after the scheme Bearer, whatever the case of its letters."
            }
            Self::LowerCase => {
                "Compare the scheme without regard to case (RFC 9110, section 11.1)."
            }
            Self::Query => "Read the token from the Authorization header alone.",
        }
    }

    /// Whether another status says it as well: 400 where there is no bearer token to speak of
    /// (RFC 6750, section 3.1: `invalid_request`), and any refusal of an address that is not the server's.
    fn may_be_refused_with(self, status: u16) -> bool {
        match self {
            Self::Empty | Self::OtherScheme | Self::NoScheme => status == 400,
            Self::Query => (400..500).contains(&status),
            _ => false,
        }
    }
}

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let Some(endpoint) = live.http() else {
            return Outcome::not_applicable("the server is reached over stdio");
        };
        if probe::is_silent(live) {
            return Outcome::unverified(probe::mute(live));
        }
        let credential = access::credential(live);
        let (base, refusal) = match guarded(live).await {
            Ok(Some(found)) => found,
            Ok(None) => {
                return Outcome::not_applicable("it asks for no token (see H05)");
            }
            Err(why) => return Outcome::unverified(why),
        };
        let named = access::challenges(&refusal)
            .iter()
            .find_map(|challenge| access::parameter(challenge, "resource_metadata"));
        let (issuer, audience) = claims(live, endpoint, named.as_deref()).await;
        let mut outcome = Outcome::pass();
        let mut tries = invented(&base, credential.as_ref(), &issuer, &audience);
        if let Some(credential) = &credential {
            right(live, endpoint, &base, credential, &mut tries, &mut outcome);
            if let Ok(later) = Probe::later(live, live.main_era()).await
                && later
                    .headers
                    .iter()
                    .any(|(name, _)| name == "Mcp-Session-Id")
            {
                let (name, value) = wrong(Some(credential), INVENTED);
                tries.push(Try {
                    kind: Kind::InventedInSession,
                    probe: later.bare().with(&name, &value),
                });
            }
        } else {
            outcome.unknown(
                "whether changed tokens are refused: no right one was given with --header",
            );
        }
        let answers = join_all(tries.iter().map(|one| one.probe.send(live))).await;
        let kinds = tries.iter().map(|one| one.kind);
        judge(endpoint, kinds.zip(answers).collect(), &mut outcome);
        if let Some(Credential::Bearer(token)) = credential
            && outcome.findings.is_empty()
            && !probe::eras(live).is_empty()
        {
            outcome.findings.extend(own(endpoint, token, &audience));
        }
        outcome
    })
}

/// A request that is refused with 401 without credentials, and the refusal: the handshake of the main
/// era, else a later request. None where everything is answered.
async fn guarded(live: &Live) -> Result<Option<(Probe, HttpAnswer)>, String> {
    let mut eras = probe::eras(live);
    let spoken = !eras.is_empty();
    if !spoken {
        eras = vec![Era::Modern, Era::Legacy];
    }
    let mut probes: Vec<_> = eras.iter().map(|era| Probe::hello(*era).bare()).collect();
    if spoken {
        for era in eras {
            if let Ok(later) = Probe::later(live, era).await {
                probes.push(later.bare());
            }
        }
    }
    let mut why = None;
    for probe in probes {
        match probe.send(live).await {
            Ok(answer) if probe::is_served(&answer) => {}
            // any refusal is a guard; whether it is the right one, H05 says
            Ok(answer) if answer.status == 401 || (spoken && answer.status != 429) => {
                return Ok(Some((probe, answer)));
            }
            Ok(answer) => why = Some(format!("it answers {}", probe::shown(&answer))),
            Err(lost) => why = Some(lost.to_string()),
        }
    }
    if spoken && why.is_none() {
        return Ok(None);
    }
    Err(why.unwrap_or_else(|| probe::mute(live)))
}

/// The issuer and audience that the metadata names; what stands in for them where there is none.
async fn claims(live: &Live, endpoint: &Endpoint, named: Option<&str>) -> (String, String) {
    let mut url = endpoint.url.clone();
    url.set_query(None);
    let _ = url.set_username("");
    let _ = url.set_password(None);
    let mut issuer = url.origin().ascii_serialization();
    let mut audience = url.to_string();
    if let Metadata::Found(found) = access::metadata(live, endpoint, named).await
        && let Some(document) = found.document()
    {
        if let Some(named) = document["authorization_servers"][0].as_str() {
            named.clone_into(&mut issuer);
        }
        if let Some(named) = document["resource"].as_str() {
            named.clone_into(&mut audience);
        }
    }
    (issuer, audience)
}

/// The header that carries a value where the user's credential stands.
fn wrong(credential: Option<&Credential<'_>>, token: &str) -> (String, String) {
    match credential {
        Some(Credential::Header(name, value)) => {
            let value = match value.split_once(' ') {
                Some((scheme, _)) if scheme.eq_ignore_ascii_case("basic") => {
                    format!(
                        "{scheme} {}",
                        BASE64_STANDARD.encode(format!("seaworthy:{token}"))
                    )
                }
                Some((scheme, _)) if name.eq_ignore_ascii_case("authorization") => {
                    format!("{scheme} {token}")
                }
                _ => token.to_owned(),
            };
            ((*name).to_owned(), value)
        }
        _ => ("Authorization".to_owned(), format!("Bearer {token}")),
    }
}

fn invented(
    base: &Probe,
    credential: Option<&Credential<'_>>,
    issuer: &str,
    audience: &str,
) -> Vec<Try> {
    let with = |kind, token: &str| {
        let (name, value) = wrong(credential, token);
        Try {
            kind,
            probe: base.clone().with(&name, value.trim_end()),
        }
    };
    let mut tries = vec![with(Kind::Invented, INVENTED), with(Kind::Empty, "")];
    if !matches!(credential, Some(Credential::Header(..))) {
        let hour = 3_600;
        let now = jwt::now();
        let other = "https://other.example/mcp";
        tries.extend([
            with(
                Kind::Forged,
                &jwt::invented("HS256", issuer, audience, now + hour),
            ),
            with(
                Kind::Unsigned,
                &jwt::invented("none", issuer, audience, now + hour),
            ),
            with(
                Kind::Expired,
                &jwt::invented("HS256", issuer, audience, now - hour),
            ),
            with(
                Kind::Audience,
                &jwt::invented("HS256", issuer, other, now + hour),
            ),
        ]);
    }
    tries
}

/// What is tried with the right token.
fn right(
    live: &Live,
    endpoint: &Endpoint,
    base: &Probe,
    credential: &Credential<'_>,
    tries: &mut Vec<Try>,
    outcome: &mut Outcome,
) {
    let mut push = |kind, name: &str, value: &str| {
        tries.push(Try {
            kind,
            probe: base.clone().with(name, value),
        });
    };
    let token = match credential {
        Credential::Bearer(token) => {
            push(Kind::Longer, "Authorization", &format!("Bearer {token}x"));
            push(
                Kind::OtherScheme,
                "Authorization",
                &format!("Basic {token}"),
            );
            push(Kind::NoScheme, "Authorization", token);
            push(Kind::LowerCase, "Authorization", &format!("bearer {token}"));
            token
        }
        Credential::Header(name, value) => {
            push(Kind::Longer, name, &format!("{value}x"));
            value.rsplit(' ').next().unwrap_or(value)
        }
        // the user's address shows that it is taken from there
        Credential::Address => {
            if endpoint.url.password().is_none() {
                outcome.find(
                    RULE.finding(
                        probe::place(endpoint),
                        "it takes the credential from the address's query",
                        Kind::Query.fix(),
                    )
                    .key("query"),
                );
            }
            return;
        }
    };
    let here = http::reach(&endpoint.url) == http::Reach::Machine;
    if !here && live.options.permission < Permission::Active {
        outcome.unknown(
            "whether a token in the query is refused: yours is put into no other host's address, whose \
             logs would keep it, without --active",
        );
        return;
    }
    for names in [
        &["access_token"][..],
        &["token", "api_key", "apiKey", "key", "auth", "authorization"][..],
    ] {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(endpoint.url.query_pairs());
        for name in names {
            query.append_pair(name, token);
        }
        let mut probe = base.clone();
        probe.path = Some(format!("{}?{}", endpoint.url.path(), query.finish()));
        tries.push(Try {
            kind: Kind::Query,
            probe,
        });
    }
}

fn judge(
    endpoint: &Endpoint,
    answers: Vec<(Kind, Result<HttpAnswer, Lost>)>,
    outcome: &mut Outcome,
) {
    let served: Vec<Kind> = answers
        .iter()
        .filter(|(_, answer)| answer.as_ref().is_ok_and(probe::is_served))
        .map(|(kind, _)| *kind)
        .collect();
    let has = |kind| served.contains(&kind);
    for (kind, answer) in answers {
        let answer = match answer {
            Ok(answer) => answer,
            Err(Lost::Network(_)) => continue,
            Err(lost) => {
                outcome.unknown(format!("{}: {lost}", kind.what()));
                continue;
            }
        };
        // a wider hole has the narrower ones in it
        let covered = match kind {
            Kind::InventedInSession | Kind::Forged | Kind::Empty | Kind::Longer => {
                has(Kind::Invented)
            }
            Kind::Unsigned | Kind::Expired | Kind::Audience => {
                has(Kind::Invented) || has(Kind::Forged)
            }
            Kind::Invented | Kind::OtherScheme | Kind::NoScheme | Kind::LowerCase | Kind::Query => {
                false
            }
        };
        if covered {
            continue;
        }
        if let Some(finding) = finding(endpoint, kind, &answer, &served)
            && !outcome
                .findings
                .iter()
                .any(|known| known.key == finding.key)
        {
            outcome.find(finding);
        }
        if answer.status == 429 {
            outcome.unknown(format!("{}: HTTP 429, too many requests", kind.what()));
        }
    }
}

fn finding(
    endpoint: &Endpoint,
    kind: Kind,
    answer: &HttpAnswer,
    served: &[Kind],
) -> Option<Finding> {
    let is_served = probe::is_served(answer);
    let shown = probe::shown(answer);
    let what = kind.what();
    let right = match kind {
        Kind::LowerCase => is_served,
        _ => answer.status == 401 && !is_served,
    };
    if right || answer.status == 429 {
        return None;
    }
    let (level, message, key) = match (kind, is_served, answer.status) {
        (Kind::LowerCase, ..) => (
            Level::Note,
            format!("{what} is refused ({shown})"),
            format!("{kind:?}"),
        ),
        (Kind::Forged, true, _) => {
            let also: Vec<_> = [Kind::Expired, Kind::Audience, Kind::Unsigned]
                .into_iter()
                .filter(|kind| served.contains(kind))
                .map(Kind::what)
                .collect();
            let also = if also.is_empty() {
                String::new()
            } else {
                format!("; so is {}", also.join(", "))
            };
            (
                Level::Error,
                format!("{what} is accepted ({shown}){also}"),
                format!("{kind:?}"),
            )
        }
        (Kind::OtherScheme | Kind::NoScheme, true, _) => (
            Level::Warning,
            format!("{what} is accepted ({shown})"),
            format!("{kind:?}"),
        ),
        (_, true, _) => (
            Level::Error,
            format!("{what} is accepted ({shown})"),
            format!("{kind:?}"),
        ),
        (_, false, status) if kind.may_be_refused_with(status) => return None,
        // the redirection to a page for logging in, a failure, another status
        (_, false, _) => (
            Level::Warning,
            format!("{what} is refused with {shown} instead of 401"),
            "status".to_owned(),
        ),
    };
    let fix = if key == "status" {
        "Answer 401 with WWW-Authenticate to every token that is not valid: clients get a new one then."
    } else {
        kind.fix()
    };
    Some(
        RULE.finding(probe::place(endpoint), message, fix)
            .level(level)
            .exchange(answer.exchange)
            .key(key),
    )
}

/// What the user's own token tells, where it is a JSON Web Token: it was accepted.
fn own(endpoint: &Endpoint, token: &str, audience: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(claims) = jwt::claims(token) else {
        return findings;
    };
    // a minute of difference between clocks is allowed for
    if claims["exp"]
        .as_u64()
        .is_some_and(|exp| exp.saturating_add(60) < jwt::now())
    {
        findings.push(
            RULE.finding(
                probe::place(endpoint),
                "the given token is accepted, though its exp is over",
                Kind::Expired.fix(),
            )
            .key("Expired"),
        );
    }
    let audiences: Vec<&str> = match &claims["aud"] {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    // an audience that is no address is a name that only the server knows
    let addresses: Vec<Url> = audiences
        .iter()
        .filter_map(|audience| Url::parse(audience).ok())
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .collect();
    let ours = |url: &Url| {
        url.origin() == endpoint.url.origin()
            || Url::parse(audience).is_ok_and(|audience| audience.origin() == url.origin())
    };
    if !addresses.is_empty() && addresses.len() == audiences.len() && !addresses.iter().any(ours) {
        findings.push(
            RULE.finding(
                probe::place(endpoint),
                "the given token is accepted, though its aud is another server's address",
                Kind::Audience.fix(),
            )
            .level(Level::Warning)
            .key("Audience"),
        );
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_has_the_shape_of_what_is_right() {
        let of = |name, value| wrong(Some(&Credential::Header(name, value)), "t");
        assert_eq!(of("X-Api-Key", "secret"), ("X-Api-Key".into(), "t".into()));
        assert_eq!(of("Authorization", "Token abc").1, "Token t");
        assert_eq!(
            of("Authorization", "Basic YTpi").1,
            "Basic c2Vhd29ydGh5OnQ="
        );
        assert_eq!(wrong(None, "t").1, "Bearer t");
    }

    #[test]
    fn a_token_of_the_users_own_that_should_not_have_been_taken() {
        let url = Url::parse("https://a.example/mcp").unwrap();
        let endpoint = Endpoint::new(url, Vec::new(), std::sync::Arc::default()).unwrap();
        let keys = |audience: &str, expires| {
            let token = jwt::invented("RS256", "https://i.example", audience, expires);
            own(&endpoint, &token, "https://a.example/mcp")
                .into_iter()
                .map(|finding| finding.key)
                .collect::<Vec<_>>()
        };
        let later = jwt::now() + 600;
        assert_eq!(keys("https://a.example/mcp", later), Vec::<String>::new());
        assert_eq!(keys("https://b.example/mcp", 5), ["Expired", "Audience"]);
        // names of applications, as Entra ID has them
        assert_eq!(keys("api://notes", later), Vec::<String>::new());
        assert_eq!(keys("notes", later), Vec::<String>::new());
        assert_eq!(keys("https://b.example", later), ["Audience"]);
        assert!(own(&endpoint, "opaque.token", "https://a.example/mcp").is_empty());
    }
}
