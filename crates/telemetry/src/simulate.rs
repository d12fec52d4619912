//! Replays recorded tasks under other settings: how many calls and tokens they would have cost.
//!
//! # The model
//!
//! - **An answer** costs a fixed part and a part per item. Both are estimated from the records: the
//!   fixed part per tool by least squares, the rest per task so that its recorded tokens come out
//!   exactly. Where answers have no items, the unit is a token and there is no fixed part.
//! - **A page** holds as many items as its page size and its budget allow, at least one.
//! - **What a task needed**: all pages but its last, and of the last all where the list ended there.
//!   Where it was cut and nobody went on, the need ended somewhere within it: a constant chance of
//!   being done after each item, which the tool's share of followed cuts fixes, spread over
//!   [`QUANTILES`] equally likely cases.
//! - **Calls** are the pages that the need takes. **Tokens**: a list read to its end costs its items
//!   once, however it is paged; one left before its end costs full pages, their surplus included.
//! - **A call** costs [`CALL_TOKENS`] besides its answer. Rereading of the conversation, which
//!   providers cache and bill in different ways, is left out: it would favour fewer calls further.
//! - A page size that the caller asked for, and failed calls, stay as they were.

use std::collections::BTreeMap;

use crate::{
    record::Record,
    task::{followed, tasks},
};

/// What a call costs an agent besides the answer, in tokens: writing the request, and the framing
/// of request and result in the conversation. Our estimate: a tool name, three or four arguments,
/// a cursor and the wrapping of both come to some 100 to 200.
pub const CALL_TOKENS: u32 = 150;
/// The fixed part of an answer where the records do not tell (all pages hold equally many items),
/// in tokens: a heading and a closing line.
pub const FIXED_TOKENS: u32 = 60;
/// Equally likely cases of where within a page a need ended.
pub const QUANTILES: u32 = 8;

/// Settings to replay under; `None` is as it was recorded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Plan {
    /// Items on a page, where the caller did not ask for a size.
    pub page_size: Option<u32>,
    /// The budget of an answer, in tokens.
    pub tokens: Option<u32>,
}

/// What tasks cost.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cost {
    /// Calls; not whole, as an expected value.
    pub calls: f64,
    /// Tokens of the answers.
    pub tokens: f64,
}

impl Cost {
    /// Tokens of the answers and of the calls themselves, at [`CALL_TOKENS`] each.
    pub fn total(self) -> f64 {
        self.calls.mul_add(f64::from(CALL_TOKENS), self.tokens)
    }
}

/// The recorded tasks of one tool.
#[derive(Debug, Clone, Default)]
pub struct Workload {
    needs: Vec<Need>,
    /// Cut answers that gave out a cursor.
    cuts: u64,
    /// Those of them whose cursor came back.
    followed: u64,
    /// Where within a page needs end, as parts of it.
    ends: Vec<f64>,
    fixed: f64,
}

/// What one task needed and cost.
#[derive(Debug, Clone)]
struct Need {
    /// Calls that succeeded.
    calls: u64,
    /// What they answered, in tokens.
    tokens: f64,
    /// Calls that failed, and what they answered.
    failed: Cost,
    fixed: f64,
    per_item: f64,
    page_size: Option<u32>,
    budget: Option<u32>,
    asked: bool,
    end: End,
}

/// How a task ended.
#[derive(Debug, Clone, Copy)]
enum End {
    /// At the end of the list, which filled this part of the last page.
    Exhausted(f64),
    /// Before it, though there was a cursor to go on.
    Stopped,
    /// Cut without a cursor: nothing says whether more was wanted.
    Unknown,
}

impl Workload {
    /// The tasks of each tool.
    pub fn by_tool(records: &[Record]) -> BTreeMap<String, Self> {
        let followed = followed(records);
        let mut workloads: BTreeMap<String, Self> = BTreeMap::new();
        let mut lines: BTreeMap<&str, Line> = BTreeMap::new();
        for (record, followed) in records.iter().zip(followed) {
            let workload = workloads.entry(record.tool.clone()).or_default();
            if record.cut && record.next.is_some() {
                workload.cuts += 1;
                workload.followed += u64::from(followed);
            }
            if let (Some(items), None) = (record.items, &record.error) {
                lines
                    .entry(&record.tool)
                    .or_default()
                    .add(f64::from(items), f64::from(record.tokens));
            }
        }
        for (tool, workload) in &mut workloads {
            workload.fixed = lines.get(tool.as_str()).map_or(0.0, Line::intercept);
            workload.ends = ends(workload.cuts, workload.followed);
        }
        for task in tasks(records) {
            let calls: Vec<&Record> = task.into_iter().map(|index| &records[index]).collect();
            if let Some(workload) = calls
                .first()
                .and_then(|first| workloads.get_mut(&first.tool))
            {
                let need = Need::of(&calls, workload.fixed);
                workload.needs.push(need);
            }
        }
        workloads
    }

    /// How many tasks succeeded at least in part.
    pub fn tasks(&self) -> usize {
        self.succeeded().count()
    }

    /// How many of them left the page size to the server.
    pub fn tasks_with_our_page_size(&self) -> usize {
        self.succeeded().filter(|need| !need.asked).count()
    }

    /// The share of cut answers whose cursor came back, where any gave one out.
    pub fn followed_share(&self) -> Option<f64> {
        (self.cuts > 0).then(|| as_f64(self.followed) / as_f64(self.cuts))
    }

    /// What was recorded.
    pub fn recorded(&self) -> Cost {
        self.sum(|need| Cost {
            calls: as_f64(need.calls),
            tokens: need.tokens,
        })
    }

    /// What the tasks would have cost under `plan`. Under [`Plan::default`] that is what was
    /// recorded, but for rounding of floating-point numbers (one part in a million).
    pub fn replay(&self, plan: Plan) -> Cost {
        self.sum(|need| need.replay(plan, &self.ends))
    }

    /// The budget that an answer of `items` takes in `share` of the tasks (0 to 1), in tokens.
    pub fn budget_for(&self, items: u32, share: f64) -> Option<u32> {
        let mut costs: Vec<f64> = self
            .succeeded()
            .filter(|need| need.per_item > 0.0)
            .map(|need| need.per_item.mul_add(f64::from(items), need.fixed))
            .collect();
        costs.sort_by(f64::total_cmp);
        let last = costs.len().checked_sub(1)?;
        let at = usize::try_from(floor(share * as_f64(last as u64))).unwrap_or(last);
        let tokens = ceil(costs[at.min(last)]);
        Some(u32::try_from(tokens).unwrap_or(u32::MAX))
    }

    fn succeeded(&self) -> impl Iterator<Item = &Need> {
        self.needs.iter().filter(|need| need.calls > 0)
    }

    fn sum(&self, cost: impl Fn(&Need) -> Cost) -> Cost {
        self.needs.iter().fold(Cost::default(), |sum, need| {
            let cost = cost(need);
            Cost {
                calls: sum.calls + cost.calls + need.failed.calls,
                tokens: sum.tokens + cost.tokens + need.failed.tokens,
            }
        })
    }
}

impl Need {
    fn of(records: &[&Record], fixed: f64) -> Self {
        let (succeeded, failed): (Vec<&Record>, Vec<&Record>) =
            records.iter().partition(|record| record.error.is_none());
        let tokens = |records: &[&Record]| -> f64 {
            records.iter().map(|record| f64::from(record.tokens)).sum()
        };
        let calls = succeeded.len() as u64;
        let spent = tokens(&succeeded);
        let items: f64 = succeeded
            .iter()
            .filter_map(|record| record.items)
            .map(f64::from)
            .sum();
        let listed = succeeded.iter().any(|record| record.items.is_some());
        let fixed = if listed && calls > 0 {
            fixed.min(spent / as_f64(calls))
        } else {
            0.0
        };
        let variable = (spent - fixed * as_f64(calls)).max(0.0);
        let first = succeeded.first();
        let mut need = Self {
            calls,
            tokens: spent,
            failed: Cost {
                calls: as_f64(failed.len() as u64),
                tokens: tokens(&failed),
            },
            fixed,
            per_item: match (listed, items > 0.0) {
                (true, true) => variable / items,
                (true, false) => 0.0,
                (false, _) => 1.0,
            },
            page_size: first.and_then(|record| record.page_size).filter(|_| listed),
            budget: first.and_then(|record| record.budget),
            asked: first.is_some_and(|record| record.page_size_asked),
            end: End::Unknown,
        };
        need.end = need.end(&succeeded);
        need
    }

    fn end(&self, succeeded: &[&Record]) -> End {
        let Some((last, before)) = succeeded.split_last() else {
            return End::Unknown;
        };
        if last.cut {
            return if last.next.is_some() {
                End::Stopped
            } else {
                End::Unknown
            };
        }
        let size = |record: &Record| f64::from(record.items.unwrap_or(record.tokens));
        let full = if before.is_empty() {
            as_f64(self.capacity(self.page_size, self.budget))
        } else {
            // what filters upstream or the budget left of a page, in this task
            before.iter().map(|record| size(record)).sum::<f64>() / as_f64(before.len() as u64)
        };
        End::Exhausted(if full > 0.0 { size(last) / full } else { 1.0 })
    }

    /// How many items a page holds at most; at least one.
    fn capacity(&self, page_size: Option<u32>, budget: Option<u32>) -> u64 {
        let most = u64::from(u32::MAX);
        let by_size = page_size.map_or(most, u64::from);
        let by_budget = match budget {
            Some(budget) if self.per_item > 0.0 => {
                floor((f64::from(budget) - self.fixed) / self.per_item)
            }
            _ => most,
        };
        by_size.min(by_budget).clamp(1, most)
    }

    fn replay(&self, plan: Plan, ends: &[f64]) -> Cost {
        if self.calls == 0 {
            return Cost::default();
        }
        // a size that was asked for stays, and so does the absence of pages or of a budget
        let page_size = match (self.page_size, plan.page_size) {
            (Some(_), Some(other)) if !self.asked => Some(other),
            (recorded, _) => recorded,
        };
        let budget = self.budget.map(|recorded| plan.tokens.unwrap_or(recorded));
        let was = self.capacity(self.page_size, self.budget);
        let now = self.capacity(page_size, budget);
        let before_last = (self.calls - 1).saturating_mul(was);
        let calls_to = |part: f64| {
            let of_last = ceil(part * as_f64(was)).clamp(1, was);
            as_f64(before_last.saturating_add(of_last).div_ceil(now))
        };
        let variable = (self.tokens - self.fixed * as_f64(self.calls)).max(0.0);
        let left_early = |calls: f64| {
            let pages = calls / as_f64(self.calls) * (as_f64(now) / as_f64(was));
            self.fixed.mul_add(calls, variable * pages)
        };
        match self.end {
            End::Exhausted(part) => {
                let calls = calls_to(part);
                Cost {
                    calls,
                    tokens: self.fixed.mul_add(calls, variable),
                }
            }
            End::Stopped => {
                let cases = as_f64(ends.len() as u64);
                let calls = ends.iter().map(|part| calls_to(*part)).sum::<f64>() / cases;
                Cost {
                    calls,
                    tokens: left_early(calls),
                }
            }
            End::Unknown => {
                let calls = calls_to(1.0);
                Cost {
                    calls,
                    tokens: left_early(calls),
                }
            }
        }
    }
}

/// A straight line through points, by least squares.
#[derive(Debug, Default)]
struct Line {
    n: f64,
    x: f64,
    y: f64,
    xx: f64,
    xy: f64,
}

impl Line {
    fn add(&mut self, x: f64, y: f64) {
        self.n += 1.0;
        self.x += x;
        self.y += y;
        self.xx += x * x;
        self.xy += x * y;
    }

    /// Where it begins: what an answer without items costs.
    fn intercept(&self) -> f64 {
        let spread = self.n * self.xx - self.x * self.x;
        let mean = self.y / self.n;
        // less than one part in a million is rounding, or as good as
        let fixed = if spread > self.n * self.xx * 1e-6 {
            let slope = ((self.n * self.xy - self.x * self.y) / spread).max(0.0);
            (self.y - slope * self.x) / self.n
        } else {
            f64::from(FIXED_TOKENS)
        };
        fixed.clamp(0.0, mean)
    }
}

/// Where within a page the needs of those end who do not go on: with a constant chance of being
/// done after each item, a whole page leaves `followed / cuts` of them wanting more.
fn ends(cuts: u64, followed: u64) -> Vec<f64> {
    // one imagined case of either kind keeps it off 0 and 1 (Laplace's rule)
    let wanting = (as_f64(followed) + 1.0) / (as_f64(cuts) + 2.0);
    (0..QUANTILES)
        .map(|case| {
            let share = (f64::from(case) + 0.5) / f64::from(QUANTILES);
            (1.0 - share * (1.0 - wanting)).ln() / wanting.ln()
        })
        .collect()
}

/// Counts are far below 2^52.
#[expect(clippy::cast_precision_loss, reason = "a statistic")]
pub(crate) fn as_f64(count: u64) -> f64 {
    count as f64
}

/// Rounds down; what is no number or negative becomes 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates"
)]
pub(crate) fn floor(value: f64) -> u64 {
    value.floor() as u64
}

fn ceil(value: f64) -> u64 {
    floor(value.ceil())
}
