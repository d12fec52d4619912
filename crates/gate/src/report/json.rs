//! For programs. The layout is a contract: `format` names its version, and fields are only ever added.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Report, score};
use crate::{
    finding::{Finding, Place},
    rule::{Area, Level},
};

/// The name and version of the layout.
pub const FORMAT: &str = "seaworthy.check/1";

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    target: &'a str,
    server: Server<'a>,
    summary: Summary,
    scores: BTreeMap<&'static str, Option<u32>>,
    findings: Vec<Item<'a>>,
    rules: Vec<Rule<'a>>,
    exchanges: BTreeMap<usize, Exchange<'a>>,
    did: Deeds<'a>,
    baseline: Baseline<'a>,
    seed: u64,
    took_ms: u128,
    stderr: &'a str,
}

#[derive(Serialize)]
struct Server<'a> {
    name: &'a str,
    version: &'a str,
    transport: &'a str,
    protocols: &'a [String],
    tools: usize,
    resources: usize,
    templates: usize,
    prompts: usize,
    definition_tokens: usize,
}

#[derive(Serialize)]
struct Summary {
    errors: usize,
    warnings: usize,
    notes: usize,
}

#[derive(Serialize)]
pub(super) struct Item<'a> {
    rule: &'a str,
    name: &'a str,
    level: Level,
    basis: &'static str,
    area: &'static str,
    place: PlaceItem<'a>,
    message: &'a str,
    fix: &'a str,
    quotes: Vec<QuoteItem<'a>>,
    exchanges: &'a [usize],
    fingerprint: String,
}

#[derive(Default, Serialize)]
struct PlaceItem<'a> {
    kind: &'static str,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
}

#[derive(Serialize)]
struct QuoteItem<'a> {
    label: &'a str,
    text: &'a str,
    /// The part that matters, in bytes of `text`; absent for all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    mark: Option<[usize; 2]>,
}

#[derive(Serialize)]
struct Rule<'a> {
    id: &'a str,
    name: &'a str,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    unverified: &'a [String],
    findings: usize,
}

#[derive(Serialize)]
struct Exchange<'a> {
    sent: &'a str,
    received: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    lost: &'a str,
    took_ms: u128,
}

#[derive(Serialize)]
struct Deeds<'a> {
    connections: usize,
    requests: &'a BTreeMap<String, usize>,
    calls: &'a BTreeMap<String, BTreeMap<String, usize>>,
    malformed: usize,
}

#[derive(Serialize)]
struct Baseline<'a> {
    known: Vec<String>,
    stale: &'a [String],
}

/// The report as JSON, indented, with a line end.
pub fn render(report: &Report) -> String {
    let server = &report.server;
    let document = Document {
        format: FORMAT,
        target: &report.target,
        server: Server {
            name: &server.name,
            version: &server.version,
            transport: &server.transport,
            protocols: &server.protocols,
            tools: server.tools,
            resources: server.resources,
            templates: server.templates,
            prompts: server.prompts,
            definition_tokens: server.definition_tokens,
        },
        summary: Summary {
            errors: report.count(Level::Error),
            warnings: report.count(Level::Warning),
            notes: report.count(Level::Note),
        },
        scores: Area::ALL
            .into_iter()
            .map(|area| (area.name(), score::of(report, area)))
            .collect(),
        findings: report.findings().map(item).collect(),
        rules: report.judged.iter().map(rule).collect(),
        exchanges: report
            .exchanges
            .iter()
            .map(|(id, exchange)| {
                let exchange = Exchange {
                    sent: &exchange.sent,
                    received: &exchange.received,
                    lost: &exchange.lost,
                    took_ms: exchange.took.as_millis(),
                };
                (*id, exchange)
            })
            .collect(),
        did: Deeds {
            connections: report.deeds.connections,
            requests: &report.deeds.requests,
            calls: &report.deeds.calls,
            malformed: report.deeds.malformed,
        },
        baseline: Baseline {
            known: report.known.iter().map(Finding::fingerprint).collect(),
            stale: &report.stale,
        },
        seed: report.seed,
        took_ms: report.took.as_millis(),
        stderr: &report.stderr,
    };
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn rule(judged: &super::Judged) -> Rule<'_> {
    Rule {
        id: judged.rule.id,
        name: judged.rule.name,
        verdict: judged.verdict.name(),
        reason: match &judged.verdict {
            super::Verdict::NotApplicable(why) | super::Verdict::Off(why) => Some(why),
            _ => None,
        },
        unverified: &judged.unverified,
        findings: judged.findings.len() + judged.further.values().sum::<usize>(),
    }
}

fn item(finding: &Finding) -> Item<'_> {
    Item {
        rule: finding.rule.id,
        name: finding.rule.name,
        level: finding.level,
        basis: finding.rule.basis.name(),
        area: finding.rule.area().name(),
        place: place(&finding.place),
        message: &finding.message,
        fix: &finding.fix,
        quotes: finding
            .quotes
            .iter()
            .map(|quote| QuoteItem {
                label: &quote.label,
                text: &quote.text,
                mark: (!quote.mark.is_empty()).then_some([quote.mark.start, quote.mark.end]),
            })
            .collect(),
        exchanges: &finding.exchanges,
        fingerprint: finding.fingerprint(),
    }
}

fn place(place: &Place) -> PlaceItem<'_> {
    let mut item = PlaceItem {
        text: place.to_string(),
        tool: place.tool(),
        ..PlaceItem::default()
    };
    item.kind = match place {
        Place::Server => "server",
        Place::Instructions => "instructions",
        Place::Method(name) => {
            item.name = Some(name);
            "method"
        }
        Place::Tool(_) => "tool",
        Place::Parameter(_, path) => {
            item.parameter = Some(path);
            "parameter"
        }
        Place::Prompt(name) => {
            item.name = Some(name);
            "prompt"
        }
        Place::Resource(uri) => {
            item.name = Some(uri);
            "resource"
        }
        Place::Endpoint(path) => {
            item.name = Some(path);
            "endpoint"
        }
        Place::File(path, line) => {
            item.file = Some(path);
            item.line = *line;
            "file"
        }
    };
    item
}
