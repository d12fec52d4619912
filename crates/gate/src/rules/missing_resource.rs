//! Empty content for what does not exist tells a model that it exists and is empty.

use std::collections::BTreeSet;

use futures::future::BoxFuture;
use serde_json::{Value, json};

use crate::{
    finding::Place,
    live::Live,
    requests,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::Surface,
    thresholds,
    wire::{Answer, Era, Lost},
};

pub(super) static RULE: Rule = Rule {
    id: "P07",
    name: "missing-resource",
    summary: "a missing resource is an error (-32602), never empty content",
    level: Level::Error,
    basis: Basis::Must,
    reach: Reach::Reads,
    docs: Docs {
        what: "resources/read is sent for URIs that do not exist: siblings of the resources that the server \
               lists, its templates with a made-up value, and a foreign scheme. Each must be an error: -32602 \
               in 2026-07-28; -32002 or -32602 before (another code is a warning there). Empty content, and \
               content that says \"not found\", are errors.",
        why: "A client cannot tell empty content from a resource that is empty, so a model goes on with \
              nothing, or quotes the text of an error as the resource.",
        source: "MCP 2026-07-28, Resources, Error Handling: \"servers MUST return a JSON-RPC error with code \
                 -32602\", \"MUST NOT return an empty contents array for a non-existent resource\". MCP \
                 2025-11-25, Resources, Error Handling: -32002.",
        bad: "return {\"contents\": []}",
        good: "raise McpError(-32602, f\"There is no resource {uri}\")",
        fix: "Look the URI up first; where there is nothing, return error -32602 (to clients of 2025-11-25 \
              and older, -32002 will do) with the URI in its message.",
    },
    checks: &[Check::Live(check)],
};

/// What stands in the place of an id.
const MISSING: &str = "seaworthy-no-such-resource";

/// What stands in the place of a number.
const MISSING_NUMBER: &str = "999999999";

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        if live.surfaces.is_empty() {
            return Outcome::unverified("it speaks neither era");
        }
        let mut outcome = Outcome::pass();
        let mut asked = false;
        for (era, surface) in &live.surfaces {
            if surface.capabilities["resources"].is_null() {
                continue;
            }
            asked = true;
            for missing in missing(surface) {
                let session = match live.scratch(*era).await {
                    Ok(session) => session,
                    Err(lost) => {
                        outcome.unknown(lost.to_string());
                        break;
                    }
                };
                let silent = outcome.findings.iter().any(|finding| finding.key == "lost");
                let patience = live.patience().min(if silent {
                    thresholds::AFTER_SILENCE
                } else {
                    thresholds::VERSION_ANSWER
                });
                let params = json!({"uri": missing.uri});
                match session
                    .request_within("resources/read", params, patience)
                    .await
                {
                    Ok(answer) => judge(*era, &missing, &answer, &mut outcome),
                    Err(lost) => unanswered(&missing, &lost, &mut outcome),
                }
            }
        }
        if !asked {
            return Outcome::not_applicable("it declares no resources");
        }
        // the same in both eras, or for several URIs, is one finding
        let mut seen = BTreeSet::new();
        outcome
            .findings
            .retain(|finding| seen.insert(finding.fingerprint()));
        outcome
    })
}

/// A URI that should not exist.
struct Missing {
    uri: String,
    /// Whether a template of the server may know it all the same, so that content is no fault.
    may_exist: bool,
    /// Whether it was made from a template: what is refused may be the made-up value.
    made_up: bool,
}

fn missing(surface: &Surface) -> Vec<Missing> {
    let templates: Vec<_> = surface
        .templates
        .iter()
        .filter_map(|template| template["uriTemplate"].as_str())
        .collect();
    let known: BTreeSet<_> = surface
        .resources
        .iter()
        .take(thresholds::TOOLS_JUDGED)
        .filter_map(|resource| resource["uri"].as_str())
        .collect();
    let mut found: Vec<Missing> = Vec::new();
    let mut schemes = BTreeSet::new();
    for uri in &known {
        let scheme = uri.split(':').next().unwrap_or_default();
        // the network is not the server's
        if matches!(scheme, "http" | "https") || schemes.len() >= 2 || !schemes.insert(scheme) {
            continue;
        }
        if let Some(uri) = sibling(uri) {
            let may_exist = templates.iter().any(|template| {
                let prefix = template.split('{').next().unwrap_or_default();
                uri.starts_with(prefix)
            });
            found.push(Missing {
                uri,
                may_exist,
                made_up: false,
            });
        }
    }
    for template in templates.iter().take(thresholds::MISSING_TEMPLATES) {
        found.push(Missing {
            uri: requests::expand(template, MISSING),
            may_exist: true,
            made_up: true,
        });
    }
    found.push(Missing {
        uri: format!("seaworthy-missing://{MISSING}"),
        may_exist: false,
        made_up: false,
    });
    found.retain(|missing| !known.contains(missing.uri.as_str()));
    found
}

/// A URI with another last segment: a number for a number.
fn sibling(uri: &str) -> Option<String> {
    let end = uri.rfind(['/', ':'])? + 1;
    let last = uri.get(end..)?;
    let other = if !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()) {
        MISSING_NUMBER
    } else {
        MISSING
    };
    Some(format!("{}{other}", uri.get(..end)?))
}

fn judge(era: Era, missing: &Missing, answer: &Answer, outcome: &mut Outcome) {
    let uri = &missing.uri;
    let wanted = match era {
        Era::Legacy => "-32002 or -32602",
        Era::Modern => "-32602",
    };
    let fix = format!(
        "Return the error {{\"code\": {}, \"message\": \"There is no resource {uri}\"}}.",
        if era == Era::Modern { -32602 } else { -32002 }
    );
    let (message, key, level) = match &answer.reply {
        Err(error) if error.code == -32602 => return,
        Err(error) if era == Era::Legacy && error.code == -32002 => return,
        Err(error) => (
            format!(
                "reading {uri}, which does not exist, is refused with {}, not with {wanted}",
                error.code
            ),
            "code",
            if era == Era::Legacy || missing.made_up {
                Level::Warning
            } else {
                Level::Error
            },
        ),
        Ok(result) => {
            let Some(why) = content(result, missing.may_exist) else {
                return;
            };
            (
                format!("reading {uri}, which does not exist, {why}"),
                "content",
                Level::Error,
            )
        }
    };
    outcome.find(
        RULE.finding(Place::Method("resources/read".to_owned()), message, fix)
            .level(level)
            .text("answer", &answer.message.to_string())
            .exchange(answer.exchange)
            // a code is judged by era
            .key(if key == "code" { era.name() } else { key }),
    );
}

/// What is wrong with a result for a URI that does not exist.
fn content(result: &Value, may_exist: bool) -> Option<String> {
    if result["resultType"] == "input_required" {
        return None;
    }
    let Some(contents) = result["contents"].as_array() else {
        return Some("succeeds without contents".to_owned());
    };
    if contents.is_empty() {
        return Some("succeeds with empty contents".to_owned());
    }
    let texts: Vec<&str> = contents
        .iter()
        .map(|item| {
            item["text"]
                .as_str()
                .or(item["blob"].as_str())
                .unwrap_or_default()
                .trim()
        })
        .collect();
    if texts
        .iter()
        .all(|text| matches!(*text, "" | "null" | "{}" | "[]" | "None" | "undefined"))
    {
        return Some("succeeds with content that is empty".to_owned());
    }
    if texts.iter().any(|text| says_missing(text)) {
        return Some("succeeds, and the text is that of an error".to_owned());
    }
    (!may_exist).then(|| "succeeds with content".to_owned())
}

/// Whether a text is an error's.
fn says_missing(text: &str) -> bool {
    if text.chars().count() > thresholds::DISGUISED_ERROR {
        return false;
    }
    let lower = text.to_lowercase();
    let error = serde_json::from_str::<Value>(text).is_ok_and(|json| !json["error"].is_null());
    error
        || lower.starts_with("error")
        || [
            "not found",
            "no such",
            "does not exist",
            "doesn't exist",
            "do not exist",
            "unknown resource",
            "no resource",
            "could not find",
            "couldn't find",
            "cannot find",
            "can't find",
            "unable to find",
            "nothing found",
            "not available",
            "not exist",
        ]
        .iter()
        .any(|phrase| lower.contains(phrase))
}

fn unanswered(missing: &Missing, lost: &Lost, outcome: &mut Outcome) {
    let message = match lost {
        Lost::Silent(patience) => format!(
            "reading {}, which does not exist, is not answered within {} s",
            missing.uri,
            patience.as_secs()
        ),
        lost if lost.is_death() => format!(
            "the server ends when {}, which does not exist, is read ({lost})",
            missing.uri
        ),
        lost => return outcome.unknown(lost.to_string()),
    };
    outcome.find(
        RULE.finding(
            Place::Method("resources/read".to_owned()),
            message,
            "Return the error {\"code\": -32602, \"message\": \"There is no resource ...\"}.",
        )
        .key("lost"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn siblings_keep_the_place() {
        assert_eq!(
            sibling("notes://about").unwrap(),
            format!("notes://{MISSING}")
        );
        assert_eq!(
            sibling("a://b/7").unwrap(),
            format!("a://b/{MISSING_NUMBER}")
        );
        assert_eq!(
            sibling("urn:isbn:x").unwrap(),
            format!("urn:isbn:{MISSING}")
        );
        assert_eq!(sibling("none"), None);
    }

    #[test]
    fn errors_in_disguise_are_told_from_content() {
        for text in ["Resource not found: x", "{\"error\": \"x\"}", "Error: x"] {
            assert!(says_missing(text), "{text}");
        }
        assert!(!says_missing("Hello, seaworthy-no-such-resource!"));
        assert!(!says_missing("{\"name\": \"x\"}"));
    }
}
