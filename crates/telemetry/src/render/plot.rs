//! The plots of the page: bars in SVG, labels and values in HTML beside them.
//!
//! Each picture has a text of its own (`aria-label`), which says what the bars show.

use maud::{Markup, html as markup};

use super::{
    PLOTTED,
    figure::{count, latency, name, percent},
};
use crate::report::{Day, Report, Spread, ToolReport};

/// Units of a bar's full length; SVG stretches them to whatever room there is.
const FULL: u64 = 1_000;
/// Up to so many days have a label each.
const LABELLED_DAYS: usize = 10;

/// All plots.
pub(super) fn plots(report: &Report) -> Markup {
    let tools = &report.tools[..report.tools.len().min(PLOTTED)];
    let left = report.tools.len() - tools.len();
    let tokens: fn(&ToolReport) -> Spread = |tool| tool.tokens_per_call;
    let times: fn(&ToolReport) -> Spread = |tool| tool.latency_us;
    markup! {
        h2 { "Tokens of an answer" }
        figure {
            (key(&[("one", "half of the answers"), ("two", "95 of 100"), ("three", "largest")]))
            (spreads(tools, tokens, |spread| {
                format!("{} / {} / {}", count(spread.p50), count(spread.p95), count(spread.max))
            }))
        }
        h2 { "Calls per day" }
        figure { (days(&report.days)) }
        h2 { "Answers that were cut, and cuts that were followed" }
        figure {
            (key(&[("one", "cut, of all answers"), ("two", "followed, of those cut")]))
            div.rows { @for tool in tools { (shares(tool)) } }
        }
        h2 { "Latency" }
        figure {
            (key(&[("one", "half of the calls"), ("two", "95 of 100"), ("three", "slowest")]))
            (spreads(tools, times, |spread| {
                format!("{} / {} / {}", latency(spread.p50), latency(spread.p95), latency(spread.max))
            }))
        }
        @if left > 0 {
            p.soft { "The plots show the " (tools.len()) " tools with the most tokens; the tables below have all." }
        }
    }
}

fn key(entries: &[(&str, &str)]) -> Markup {
    markup! {
        ul.key {
            @for (class, meaning) in entries {
                li {
                    svg viewBox="0 0 10 10" aria-hidden="true" { rect class=(class) width="10" height="10" rx="2" {} }
                    (meaning)
                }
            }
        }
    }
}

/// Bars from nothing to the median, to the 95th percentile and to the largest, on one scale.
fn spreads(
    tools: &[ToolReport],
    spread: fn(&ToolReport) -> Spread,
    figures: impl Fn(Spread) -> String,
) -> Markup {
    let most = tools.iter().map(|tool| spread(tool).max).max().unwrap_or(0);
    let row = |tool: &ToolReport| {
        let spread = spread(tool);
        let figures = figures(spread);
        let parts = [
            ("three", spread.max),
            ("two", spread.p95),
            ("one", spread.p50),
        ];
        markup! {
            div.row {
                span.label { bdi { (name(&tool.tool)) } }
                div.bars {
                    (bar(&format!("{}: median, 95th percentile and maximum {figures}", name(&tool.tool)), &parts, most))
                }
                span.value { (figures) }
            }
        }
    };
    markup! { div.rows { @for tool in tools { (row(tool)) } } }
}

fn shares(tool: &ToolReport) -> Markup {
    let (cut, followed) = (percent(tool.cut_share), percent(tool.followed_share));
    let tool_name = name(&tool.tool);
    markup! {
        div.row.pair {
            span.label { bdi { (tool_name) } }
            div.bars {
                (bar(&format!("{tool_name}: {cut} of the answers were cut"), &[("one", parts(tool.cut_share))], FULL))
                (bar(&format!("{tool_name}: {followed} of the cuts were followed"), &[("two", parts(tool.followed_share))], FULL))
            }
            span.value { (cut) " / " (followed) }
        }
    }
}

fn parts(share: Option<f64>) -> u64 {
    crate::simulate::floor(share.unwrap_or(0.0) * crate::simulate::as_f64(FULL)).min(FULL)
}

/// A track and the bars on it, the longest first.
fn bar(text: &str, parts: &[(&str, u64)], most: u64) -> Markup {
    markup! {
        svg viewBox={ "0 0 " (FULL) " 10" } preserveAspectRatio="none" role="img" aria-label=(text) {
            rect.track width=(FULL) height="10" {}
            @for (class, value) in parts {
                rect class=(class) width=(scaled(*value, most)) height="10" {}
            }
        }
    }
}

fn days(days: &[Day]) -> Markup {
    let most = days.iter().map(|day| day.calls).max().unwrap_or(0);
    let labelled = days.len() <= LABELLED_DAYS;
    let column = |day: &Day| {
        let height = scaled(day.calls, most);
        let text = format!(
            "{}: {} calls, {} tokens",
            day.date,
            count(day.calls),
            count(day.tokens)
        );
        markup! {
            div {
                @if labelled { div.day { (count(day.calls)) } }
                svg viewBox={ "0 0 10 " (FULL) } preserveAspectRatio="none" role="img" aria-label=(text) {
                    title { (text) }
                    rect.track width="10" height=(FULL) {}
                    rect.one width="10" height=(height) y=(FULL - height) {}
                }
                // the year and month are in the heading of the page
                @if labelled { div.day { (day.date.get(5..).unwrap_or(&day.date)) } }
            }
        }
    };
    markup! {
        div.days.few[labelled] { @for day in days { (column(day)) } }
        @if !labelled {
            div.day.ends {
                span { (days.first().map_or("", |day| &day.date)) }
                span { "at most " (count(most)) " a day" }
                span { (days.last().map_or("", |day| &day.date)) }
            }
        }
    }
}

/// A value in units of a bar; what is not nothing can be seen.
fn scaled(value: u64, most: u64) -> u64 {
    let units = u128::from(value) * u128::from(FULL) / u128::from(most.max(1));
    let units = u64::try_from(units).unwrap_or(FULL).min(FULL);
    units.max(u64::from(value > 0) * 4)
}
