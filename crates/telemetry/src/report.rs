//! What was recorded, summed up per tool: a plain value that every format in `render/` reads.
//!
//! The names of the fields are those of `seaworthy budget --json`: they stay. A new figure is a
//! field here, its line in `Sums::of`, and a place in the formats.

use std::collections::BTreeMap;

use chrono::DateTime;
use serde::Serialize;

use crate::{
    record::Record,
    simulate::as_f64,
    task::{followed, tasks},
};

/// Bounds of the token histogram: an answer belongs to the first that it does not exceed, or to a
/// last class beyond them all.
pub const HISTOGRAM_TOKENS: [u32; 6] = [250, 500, 1_000, 2_000, 4_000, 8_000];
/// So many of the last days are told one by one.
pub const DAYS: usize = 92;

const DAY_MS: u64 = 86_400_000;

/// The time that a report is about, in milliseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Window {
    /// Its begin, included.
    pub since_ms: u64,
    /// Its end, not included.
    pub until_ms: u64,
}

impl Window {
    /// The `days` before `now_ms`.
    pub fn last_days(days: u32, now_ms: u64) -> Self {
        Self {
            since_ms: now_ms.saturating_sub(u64::from(days) * DAY_MS),
            until_ms: now_ms.saturating_add(1),
        }
    }

    fn contains(self, time_ms: u64) -> bool {
        (self.since_ms..self.until_ms).contains(&time_ms)
    }
}

/// What was recorded in a window.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The time that it is about.
    pub window: Window,
    /// All tools together.
    pub totals: ToolReport,
    /// Each tool, the one with the most tokens first.
    pub tools: Vec<ToolReport>,
    /// The days of the window (UTC) from the first call on, at most the last [`DAYS`].
    pub days: Vec<Day>,
    /// Records that were lost: the figures leave them out.
    pub dropped: u64,
}

/// One tool's figures. Shares are between 0 and 1; `None` is a share of nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ToolReport {
    /// The tool; empty for all of them.
    pub tool: String,
    /// Calls.
    pub calls: u64,
    /// Tokens of all answers, estimated.
    pub tokens: u64,
    /// Tokens of an answer.
    pub tokens_per_call: Spread,
    /// Answers by tokens: one count for each bound of [`HISTOGRAM_TOKENS`], one for those beyond.
    pub histogram: [u64; HISTOGRAM_TOKENS.len() + 1],
    /// The share of answers that were cut.
    pub cut_share: Option<f64>,
    /// The share of cut answers that a call went on from.
    pub followed_share: Option<f64>,
    /// Chains of calls, each of which went on from the one before.
    pub tasks: u64,
    /// Tokens of a task's answers, on average.
    pub tokens_per_task: Option<f64>,
    /// Failed calls by the class of their error, the most frequent first.
    pub errors: Vec<ErrorCount>,
    /// How long a call took, in microseconds.
    pub latency_us: Spread,
    /// Requests that a call sent upstream, on average.
    pub upstream_requests_per_call: Option<f64>,
    /// The share of requests that the cache answered.
    pub cache_hit_share: Option<f64>,
    /// Calls that sandboxed code made.
    pub bridged_calls: u64,
    /// Exact tokens for each estimated one, over the answers that were counted exactly.
    pub exact_per_estimated: Option<f64>,
}

/// Percentiles by nearest rank; all 0 where there was nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// Half are at most this.
    pub p50: u64,
    /// 95 of 100 are at most this.
    pub p95: u64,
    /// 99 of 100 are at most this.
    pub p99: u64,
    /// None is more.
    pub max: u64,
}

/// How often calls failed for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorCount {
    /// The class of the error.
    pub class: String,
    /// Calls that ended in it.
    pub calls: u64,
}

/// One day's figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Day {
    /// The day in UTC, `2026-11-09`.
    pub date: String,
    /// Calls of all tools.
    pub calls: u64,
    /// Tokens of their answers.
    pub tokens: u64,
}

impl Report {
    /// Sums up the records in `window`; others are left out.
    pub fn of(records: &[Record], window: Window) -> Self {
        let inside: Vec<Record> = records
            .iter()
            .filter(|record| window.contains(record.time_ms))
            .cloned()
            .collect();
        let followed = followed(&inside);
        let tasks = tasks(&inside);
        let mut members: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, record) in inside.iter().enumerate() {
            members.entry(&record.tool).or_default().push(index);
        }
        let mut tasks_of: BTreeMap<&str, u64> = BTreeMap::new();
        for task in &tasks {
            *tasks_of.entry(&inside[task[0]].tool).or_default() += 1;
        }
        let all: Vec<usize> = (0..inside.len()).collect();
        let sums = Sums {
            records: &inside,
            followed: &followed,
        };
        let mut tools: Vec<ToolReport> = members
            .iter()
            .map(|(tool, members)| sums.of(tool, members, tasks_of[tool]))
            .collect();
        tools.sort_by(|one, other| {
            let key = |tool: &ToolReport| (std::cmp::Reverse(tool.tokens), tool.tool.clone());
            key(one).cmp(&key(other))
        });
        Self {
            window,
            totals: sums.of("", &all, tasks.len() as u64),
            tools,
            days: days(&inside, window),
            dropped: 0,
        }
    }

    /// With the number of records that were lost in the window
    /// ([`Store::dropped`](crate::Store::dropped)).
    #[must_use]
    pub fn with_dropped(mut self, dropped: u64) -> Self {
        self.dropped = dropped;
        self
    }
}

/// What figures are made from.
struct Sums<'a> {
    records: &'a [Record],
    followed: &'a [bool],
}

impl Sums<'_> {
    fn of(&self, tool: &str, members: &[usize], tasks: u64) -> ToolReport {
        let calls = members.len() as u64;
        let records = || members.iter().map(|index| &self.records[*index]);
        let sum = |figure: fn(&Record) -> u64| records().map(figure).fold(0, u64::saturating_add);
        let cut = members.iter().filter(|index| self.records[**index].cut);
        let (cut, followed) = cut.fold((0, 0), |(cut, followed), index| {
            (cut + 1, followed + u64::from(self.followed[*index]))
        });
        let tokens = sum(|record| u64::from(record.tokens));
        let upstream = sum(|record| u64::from(record.upstream_requests));
        let hits = sum(|record| u64::from(record.cache_hits));
        let counted: Vec<(u32, u32)> = records()
            .filter_map(|record| Some((record.exact_tokens?, record.tokens)))
            .collect();
        let exact = counted.iter().map(|(exact, _)| u64::from(*exact)).sum();
        let estimated = counted.iter().map(|(_, tokens)| u64::from(*tokens)).sum();
        ToolReport {
            tool: tool.to_owned(),
            calls,
            tokens,
            tokens_per_call: Spread::of(records().map(|record| u64::from(record.tokens))),
            histogram: histogram(records()),
            cut_share: ratio(cut, calls),
            followed_share: ratio(followed, cut),
            tasks,
            tokens_per_task: ratio(tokens, tasks),
            errors: errors(records()),
            latency_us: Spread::of(records().map(|record| record.micros)),
            upstream_requests_per_call: ratio(upstream, calls),
            cache_hit_share: ratio(hits, upstream.saturating_add(hits)),
            bridged_calls: sum(|record| u64::from(record.bridged_calls)),
            exact_per_estimated: ratio(exact, estimated),
        }
    }
}

impl ToolReport {
    /// Calls that failed.
    pub fn failed(&self) -> u64 {
        self.errors.iter().map(|error| error.calls).sum()
    }
}

impl Spread {
    fn of(values: impl Iterator<Item = u64>) -> Self {
        let mut values: Vec<u64> = values.collect();
        values.sort_unstable();
        let rank = |percent: usize| {
            let rank = (values.len() * percent).div_ceil(100);
            values.get(rank.saturating_sub(1)).copied().unwrap_or(0)
        };
        Self {
            p50: rank(50),
            p95: rank(95),
            p99: rank(99),
            max: rank(100),
        }
    }
}

fn histogram<'a>(records: impl Iterator<Item = &'a Record>) -> [u64; HISTOGRAM_TOKENS.len() + 1] {
    let mut counts = [0; HISTOGRAM_TOKENS.len() + 1];
    for record in records {
        counts[HISTOGRAM_TOKENS.partition_point(|bound| *bound < record.tokens)] += 1;
    }
    counts
}

fn errors<'a>(records: impl Iterator<Item = &'a Record>) -> Vec<ErrorCount> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for class in records.filter_map(|record| record.error.as_deref()) {
        *counts.entry(class).or_default() += 1;
    }
    let mut errors: Vec<ErrorCount> = counts
        .into_iter()
        .map(|(class, calls)| ErrorCount {
            class: class.to_owned(),
            calls,
        })
        .collect();
    // stable: classes that are equally frequent stay sorted by name
    errors.sort_by_key(|error| std::cmp::Reverse(error.calls));
    errors
}

fn days(records: &[Record], window: Window) -> Vec<Day> {
    let day = |time_ms: u64| time_ms / DAY_MS;
    let mut days: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
    for record in records {
        let (calls, tokens) = days.entry(day(record.time_ms)).or_default();
        *calls += 1;
        *tokens += u64::from(record.tokens);
    }
    let Some((first, _)) = days.first_key_value() else {
        return Vec::new();
    };
    let last = day(window.until_ms.saturating_sub(1));
    let first = (*first).max(last.saturating_sub(DAYS as u64 - 1));
    (first..=last)
        .map(|number| {
            let (calls, tokens) = days.get(&number).copied().unwrap_or_default();
            Day {
                date: date(number.saturating_mul(DAY_MS)),
                calls,
                tokens,
            }
        })
        .collect()
}

/// The day of a time in UTC; `?` past the end of the calendar.
pub(crate) fn date(time_ms: u64) -> String {
    i64::try_from(time_ms)
        .ok()
        .and_then(DateTime::from_timestamp_millis)
        .map_or_else(|| "?".to_owned(), |time| time.date_naive().to_string())
}

/// Rounded to four digits, so that the same data gives the same text everywhere.
fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| (as_f64(part) / as_f64(whole) * 1e4).round() / 1e4)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Window = Window {
        since_ms: 0,
        until_ms: 10 * DAY_MS,
    };

    #[test]
    fn percentiles_are_nearest_ranks() {
        let spread = Spread::of(1..=200);
        let expected = Spread {
            p50: 100,
            p95: 190,
            p99: 198,
            max: 200,
        };
        assert_eq!(spread, expected);
        assert_eq!(Spread::of(std::iter::once(7)).p50, 7);
        assert_eq!(Spread::of(std::iter::empty()), Spread::default());
    }

    #[test]
    fn shares_and_chains_are_counted() {
        let page = |follows, next| Record {
            time_ms: DAY_MS,
            tool: "a".to_owned(),
            tokens: 100,
            follows,
            next,
            cut: next.is_some(),
            upstream_requests: 3,
            cache_hits: 1,
            ..Record::default()
        };
        let failed = Record {
            error: Some("limit".to_owned()),
            exact_tokens: Some(90),
            ..page(None, None)
        };
        let outside = Record {
            time_ms: 10 * DAY_MS,
            ..page(None, None)
        };
        let records = [page(None, Some(1)), page(Some(1), Some(2)), failed, outside];
        let report = Report::of(&records, WINDOW).with_dropped(4);
        let tool = &report.tools[0];
        assert_eq!((tool.calls, tool.tokens, tool.tasks), (3, 300, 2));
        assert_eq!(tool.cut_share, Some(0.6667));
        assert_eq!(tool.followed_share, Some(0.5));
        assert_eq!(tool.tokens_per_task, Some(150.0));
        assert_eq!(tool.cache_hit_share, Some(0.25));
        assert_eq!(tool.upstream_requests_per_call, Some(3.0));
        assert_eq!(tool.exact_per_estimated, Some(0.9));
        assert_eq!(tool.failed(), 1);
        assert_eq!(tool.histogram, [3, 0, 0, 0, 0, 0, 0]);
        assert_eq!(report.dropped, 4);
        let dates: Vec<_> = report.days.iter().map(|day| day.date.as_str()).collect();
        assert_eq!(dates.len(), 9, "from the first call to the window's end");
        assert_eq!((dates[0], report.days[0].calls), ("1970-01-02", 3));
    }

    #[test]
    fn nothing_is_a_report_too_and_absurd_times_do_no_harm() {
        let report = Report::of(&[], WINDOW);
        assert_eq!(report.totals.calls, 0);
        assert_eq!(report.totals.cut_share, None);
        assert!(report.tools.is_empty() && report.days.is_empty());
        let end_of_time = Record {
            time_ms: u64::MAX - 1,
            tokens: u32::MAX,
            micros: u64::MAX,
            ..Record::default()
        };
        let forever = Window {
            since_ms: 0,
            until_ms: u64::MAX,
        };
        let report = Report::of(&[end_of_time.clone(), end_of_time], forever);
        assert_eq!(report.days.len(), 1);
        assert_eq!(report.days[0].date, "?");
    }
}
