//! Text for a terminal: a table of costs, one of service, a chart, and the recommendations.

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use super::{
    EMPTY, PLOTTED,
    columns::{Column, cut, lay_out, pad},
    dates,
    figure::{average, count, errors, latency, name, percent, plain, rounded},
};
use crate::{
    advice::{Recommendation, Verdict},
    report::{HISTOGRAM_TOKENS, Report, ToolReport},
};

const COSTS: [Column; 10] = [
    Column {
        heading: "tool",
        rank: 0,
    },
    Column {
        heading: "calls",
        rank: 0,
    },
    Column {
        heading: "p50",
        rank: 2,
    },
    Column {
        heading: "p95",
        rank: 1,
    },
    Column {
        heading: "p99",
        rank: 4,
    },
    Column {
        heading: "max",
        rank: 5,
    },
    Column {
        heading: "cut",
        rank: 2,
    },
    Column {
        heading: "followed",
        rank: 2,
    },
    Column {
        heading: "per task",
        rank: 3,
    },
    Column {
        heading: "failed",
        rank: 3,
    },
];

const SERVICE: [Column; 8] = [
    Column {
        heading: "tool",
        rank: 0,
    },
    Column {
        heading: "p50",
        rank: 1,
    },
    Column {
        heading: "p95",
        rank: 0,
    },
    Column {
        heading: "upstream",
        rank: 2,
    },
    Column {
        heading: "cached",
        rank: 2,
    },
    Column {
        heading: "bridged",
        rank: 4,
    },
    Column {
        heading: "exact",
        rank: 5,
    },
    Column {
        heading: "errors",
        rank: 3,
    },
];

/// What a bar is made of, by eighths.
const EIGHTHS: [&str; 9] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"];
/// Of the chart's width, what is left for bars at most, in columns.
const BAR: usize = 50;

/// No text is set narrower: some letters are two columns wide.
const NARROWEST: usize = 2;

/// The report and the recommendations, no line wider than `width` columns (2 at least); `colour`
/// adds ANSI styles, which take no width.
pub fn text(
    report: &Report,
    recommendations: &[Recommendation],
    width: usize,
    colour: bool,
) -> String {
    let mut page = Page {
        text: String::new(),
        width: width.max(NARROWEST),
        colour,
    };
    page.head(report);
    if report.tools.is_empty() {
        for line in EMPTY {
            page.paragraph(line, "");
        }
        return page.text;
    }
    page.costs(report);
    page.service(report);
    page.chart(report);
    page.recommendations(recommendations);
    page.text
}

struct Page {
    text: String,
    width: usize,
    colour: bool,
}

impl Page {
    fn line(&mut self, line: &str, style: Style) {
        if self.colour && !line.is_empty() {
            self.text.push_str(&format!("{style}{line}{style:#}\n"));
        } else {
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    fn heading(&mut self, heading: &str) {
        let heading = cut(heading, self.width);
        self.text.push('\n');
        self.line(&heading, Style::new().bold());
    }

    /// A text broken at blanks; lines after the first begin with `indent`.
    fn paragraph(&mut self, text: &str, indent: &str) {
        let options = textwrap::Options::new(self.width).subsequent_indent(indent);
        // an indent that leaves no room would be ignored
        let options = if indent.width() + 1 < self.width {
            options
        } else {
            textwrap::Options::new(self.width)
        };
        for line in textwrap::wrap(text, options) {
            self.line(&line, Style::new());
        }
    }

    fn table(&mut self, columns: &[Column], rows: &[Vec<String>], last_is_text: bool) {
        let lines = lay_out(columns, rows, self.width, last_is_text);
        for (index, line) in lines.iter().enumerate() {
            let style = if index == 0 {
                Style::new().underline()
            } else {
                Style::new()
            };
            self.line(line, style);
        }
    }

    fn head(&mut self, report: &Report) {
        let totals = &report.totals;
        self.line(
            &cut(&format!("Tool calls, {}", dates(report)), self.width),
            Style::new().bold(),
        );
        if totals.calls > 0 {
            let sum = format!(
                "{} calls of {} tools in {} tasks; {} tokens in answers",
                count(totals.calls),
                count(report.tools.len() as u64),
                count(totals.tasks),
                count(totals.tokens)
            );
            self.paragraph(&sum, "");
        }
        if report.dropped > 0 {
            let dropped = format!(
                "{} records were lost; the figures leave them out.",
                count(report.dropped)
            );
            for line in textwrap::wrap(&dropped, self.width) {
                self.line(&line, AnsiColor::Yellow.on_default());
            }
        }
    }

    fn costs(&mut self, report: &Report) {
        self.heading("Tokens of an answer, and how lists were read");
        let row = |name: String, tool: &ToolReport| {
            let tokens = tool.tokens_per_call;
            vec![
                name,
                count(tool.calls),
                count(tokens.p50),
                count(tokens.p95),
                count(tokens.p99),
                count(tokens.max),
                percent(tool.cut_share),
                percent(tool.followed_share),
                rounded(tool.tokens_per_task),
                count(tool.failed()),
            ]
        };
        self.table(&COSTS, &rows(report, row), false);
    }

    fn service(&mut self, report: &Report) {
        self.heading("Latency, upstream requests and errors");
        let row = |name: String, tool: &ToolReport| {
            vec![
                name,
                latency(tool.latency_us.p50),
                latency(tool.latency_us.p95),
                average(tool.upstream_requests_per_call),
                percent(tool.cache_hit_share),
                count(tool.bridged_calls),
                percent(tool.exact_per_estimated),
                errors(tool),
            ]
        };
        self.table(&SERVICE, &rows(report, row), true);
    }

    fn chart(&mut self, report: &Report) {
        self.heading("Calls by tokens of the answer");
        for tool in report.tools.iter().take(PLOTTED) {
            self.line(&cut(&name(&tool.tool), self.width), Style::new().bold());
            let used = |count: &u64| *count > 0;
            let first = tool.histogram.iter().position(used).unwrap_or(0);
            let last = tool.histogram.iter().rposition(used).unwrap_or(0);
            let most = tool.histogram.iter().copied().max().unwrap_or(0);
            for (class, calls) in tool.histogram.iter().enumerate().take(last + 1).skip(first) {
                let label = HISTOGRAM_TOKENS.get(class).map_or_else(
                    || {
                        format!(
                            "over {}",
                            count(u64::from(HISTOGRAM_TOKENS[HISTOGRAM_TOKENS.len() - 1]))
                        )
                    },
                    |bound| format!("to {}", count(u64::from(*bound))),
                );
                self.bar(&label, *calls, most);
            }
        }
        let left = report.tools.len().saturating_sub(PLOTTED);
        if left > 0 {
            self.paragraph(&format!("and {} further tools", count(left as u64)), "");
        }
    }

    /// A label, a bar, a count; where it gets narrow, the bar goes.
    fn bar(&mut self, label: &str, value: u64, most: u64) {
        let label = format!("  {}", pad(label, "over 8,000".len(), false));
        let value_text = count(value);
        let room = self
            .width
            .saturating_sub(label.width() + 2 + count(most).width())
            .min(BAR);
        let eighths = (u128::from(value) * room as u128 * 8).div_ceil(u128::from(most.max(1)));
        let eighths = usize::try_from(eighths).unwrap_or(0).min(room * 8);
        let bar = format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8]);
        if !self.colour || bar.is_empty() || room == 0 {
            let gap = if bar.is_empty() { "" } else { " " };
            let line = format!("{label} {bar}{gap}{value_text}");
            self.line(&cut(&line, self.width), Style::new());
            return;
        }
        let style = AnsiColor::Cyan.on_default();
        self.text
            .push_str(&format!("{label} {style}{bar}{style:#} {value_text}\n"));
    }

    fn recommendations(&mut self, recommendations: &[Recommendation]) {
        if recommendations.is_empty() {
            return;
        }
        self.heading("Recommendations");
        for recommendation in recommendations {
            let changes = recommendation.verdict == Verdict::Change;
            let mark = if changes { "*" } else { "-" };
            let text = format!("{mark} {}", plain(&recommendation.reason));
            let start = self.text.len();
            self.paragraph(&text, "  ");
            if changes && self.colour {
                let style = AnsiColor::Green.on_default();
                self.text
                    .replace_range(start..=start, &format!("{style}{mark}{style:#}"));
            }
        }
    }
}

/// The tools' rows, and one for all where there are several.
fn rows(report: &Report, row: impl Fn(String, &ToolReport) -> Vec<String>) -> Vec<Vec<String>> {
    let all = (report.tools.len() > 1).then(|| row("all".to_owned(), &report.totals));
    let tools = report.tools.iter().map(|tool| row(name(&tool.tool), tool));
    tools.chain(all).collect()
}
