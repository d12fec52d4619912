//! One page of HTML that needs nothing else: styles and plots are in it, there is no script, and
//! a policy in its head forbids to load anything.
//!
//! `maud` escapes whatever is put in. The plots (`plot.rs`) are SVG bars without text; their
//! labels are HTML beside them, so that they stay readable on a narrow screen.

use maud::{DOCTYPE, Markup, PreEscaped, html as markup};

use super::{
    EMPTY, dates,
    figure::{average, count, errors, latency, name, percent, plain, rounded},
    plot,
};
use crate::{
    advice::{Recommendation, Verdict},
    report::{Report, ToolReport},
};

const STYLE: &str = include_str!("page.css");
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The report and the recommendations as one self-contained page.
pub fn html(report: &Report, recommendations: &[Recommendation]) -> String {
    let title = format!("Tool calls, {}", dates(report));
    let page = markup! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { "What tool calls cost" }
                    p.soft { (dates(report)) }
                    @if report.dropped > 0 {
                        p.warn { (count(report.dropped)) " records were lost; the figures leave them out." }
                    }
                    @if report.tools.is_empty() {
                        @for line in EMPTY { p { (line) } }
                    } @else {
                        (sums(report))
                        (advice(recommendations))
                        (plot::plots(report))
                        (tables(report))
                    }
                }
            }
        }
    };
    page.into_string()
}

fn sums(report: &Report) -> Markup {
    let totals = &report.totals;
    let sums = [
        ("Calls", count(totals.calls)),
        ("Tokens", count(totals.tokens)),
        ("Tasks", count(totals.tasks)),
        ("Answers cut", percent(totals.cut_share)),
        ("Cuts followed", percent(totals.followed_share)),
        ("Failed calls", count(totals.failed())),
    ];
    markup! {
        dl.sums {
            @for (what, figure) in sums {
                div { dt { (what) } dd { (figure) } }
            }
        }
    }
}

fn advice(recommendations: &[Recommendation]) -> Markup {
    markup! {
        @if !recommendations.is_empty() {
            h2 { "Recommendations" }
            ul.advice {
                @for recommendation in recommendations {
                    li.change[recommendation.verdict == Verdict::Change]
                        .keep[recommendation.verdict != Verdict::Change]
                    { bdi { (sentence(&recommendation.reason)) } }
                }
            }
        }
    }
}

/// With an arrow that no line breaks within.
fn sentence(reason: &str) -> String {
    plain(reason).replace("->", "\u{2192}")
}

type Cells = fn(&ToolReport) -> Vec<String>;

fn tables(report: &Report) -> Markup {
    let costs: Cells = |tool| {
        let tokens = tool.tokens_per_call;
        vec![
            count(tool.calls),
            count(tokens.p50),
            count(tokens.p95),
            count(tokens.p99),
            count(tokens.max),
            percent(tool.cut_share),
            percent(tool.followed_share),
            rounded(tool.tokens_per_task),
            percent(tool.exact_per_estimated),
        ]
    };
    let service: Cells = |tool| {
        vec![
            latency(tool.latency_us.p50),
            latency(tool.latency_us.p95),
            average(tool.upstream_requests_per_call),
            percent(tool.cache_hit_share),
            count(tool.bridged_calls),
            count(tool.failed()),
            errors(tool),
        ]
    };
    let costs_head = [
        "Calls", "p50", "p95", "p99", "Max", "Cut", "Followed", "Per task", "Exact",
    ];
    let service_head = [
        "p50", "p95", "Upstream", "Cached", "Bridged", "Failed", "Errors",
    ];
    markup! {
        h2 { "Tokens of an answer, and how lists were read" }
        p.soft {
            "Followed: of the answers that were cut, those that a call went on from. Per task: tokens of a chain of \
             such calls. Exact: tokens by the tokenizer, where it was asked for, for each estimated one."
        }
        (table("Tokens by tool", &costs_head, report, costs, false))
        h2 { "Latency, upstream requests and errors" }
        p.soft { "Upstream: requests for each call. Cached: the share of requests that the cache answered." }
        (table("Service by tool", &service_head, report, service, true))
    }
}

fn table(label: &str, head: &[&str], report: &Report, cells: Cells, last_is_text: bool) -> Markup {
    let is_text = |index: usize| last_is_text && index + 1 == head.len();
    let row = |tool: &ToolReport| {
        markup! {
            @for (index, cell) in cells(tool).iter().enumerate() {
                td.text[is_text(index)] { (cell) }
            }
        }
    };
    markup! {
        // reachable by the keyboard, since it scrolls on narrow screens
        div.scroll role="region" aria-label=(label) tabindex="0" {
            table {
                thead {
                    tr {
                        th scope="col" { "Tool" }
                        @for (index, heading) in head.iter().enumerate() {
                            th.text[is_text(index)] scope="col" { (heading) }
                        }
                    }
                }
                tbody {
                    @for tool in &report.tools {
                        tr { th scope="row" { bdi { (name(&tool.tool)) } } (row(tool)) }
                    }
                    @if report.tools.len() > 1 {
                        tr.all { th scope="row" { "All" } (row(&report.totals)) }
                    }
                }
            }
        }
    }
}
