//! Page sizes and budgets that would cost less, and why.
//!
//! [`recommend`] replays each tool's recorded tasks (`simulate.rs`) under every candidate, and
//! takes the cheapest where that is worth a change. What "worth" means are the constants below.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    record::Record,
    settings::{PAGE_SIZE, Settings, TOKENS},
    simulate::{CALL_TOKENS, Cost, Plan, Workload, floor},
};

/// Fewer tasks than this say nothing.
pub const MIN_TASKS: usize = 30;
/// A saving below this share of all tokens is not worth a change.
pub const MIN_SAVING: f64 = 0.05;
/// Pages are made smaller only where at most this share of the cut ones were followed...
pub const SMALLER_FOLLOWED_MAX: f64 = 0.25;
/// ...and where it makes at most this share of further calls.
pub const SMALLER_FURTHER_CALLS_MAX: f64 = 0.25;
/// Among candidates that differ by less than this share of the present tokens, the one that
/// changes least is taken.
pub const AS_GOOD: f64 = 0.01;
/// Page sizes that are tried, in items.
pub const PAGE_SIZES: [u32; 10] = [5, 10, 15, 20, 25, 30, 35, 40, 45, 50];
/// Budgets that are tried, in tokens, besides those that let a page's items fit.
pub const BUDGETS: [u32; 10] = [
    500, 1_000, 1_500, 2_000, 3_000, 4_000, 5_000, 6_000, 8_000, 10_000,
];
/// Budgets are tried that let a full page fit for these shares of the tasks.
pub const FITS: [f64; 3] = [0.5, 0.8, 0.95];
/// Budgets are recommended in multiples of this, in tokens.
pub const BUDGET_STEP: u32 = 100;

/// What holds for a tool that the settings do not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToolDefaults {
    /// Items on a page; `None` where the tool has no pages.
    pub page_size: Option<u32>,
    /// The budget of an answer, in tokens.
    pub tokens: u32,
    /// The largest page that the tool gives, in items.
    pub max_page_size: u32,
}

/// A number that should change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What is in force.
    pub from: u32,
    /// What is recommended.
    pub to: u32,
}

/// What came out for a tool.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Other settings cost less.
    Change,
    /// The present ones are as good as any.
    #[default]
    Keep,
    /// Too few tasks were recorded.
    NotEnoughData,
}

/// What the recorded tasks cost, by the simulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Saving {
    /// Under the present settings.
    pub now: Spent,
    /// Under the recommended ones.
    pub then: Spent,
}

/// What tasks cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Spent {
    /// Calls.
    pub calls: u64,
    /// Tokens of the answers.
    pub tokens: u64,
    /// Tokens of the answers and of the calls themselves, at [`CALL_TOKENS`] each.
    pub total: u64,
}

impl From<Cost> for Spent {
    fn from(cost: Cost) -> Self {
        Self {
            calls: floor(cost.calls.round()),
            tokens: floor(cost.tokens.round()),
            total: floor(cost.total().round()),
        }
    }
}

/// What is recommended for one tool.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Recommendation {
    /// The tool.
    pub tool: String,
    /// Whether to change anything.
    pub verdict: Verdict,
    /// Another page size, in items.
    pub page_size: Option<Step>,
    /// Another budget, in tokens.
    pub tokens: Option<Step>,
    /// The whole sentence, for people; it begins with the tool's name.
    pub reason: String,
    /// What it saves.
    pub saving: Option<Saving>,
    /// How many tasks it rests on.
    pub tasks: usize,
}

/// What to change for each tool of `defaults` that was called, sorted by name. `current` and
/// `defaults` say what is in force now, whatever was when a call was recorded.
pub fn recommend(
    records: &[Record],
    current: &Settings,
    defaults: &BTreeMap<String, ToolDefaults>,
) -> Vec<Recommendation> {
    Workload::by_tool(records)
        .iter()
        .filter_map(|(tool, workload)| {
            let defaults = defaults.get(tool)?;
            let set = current.tool(tool);
            let present = Present {
                page_size: defaults.page_size.map(|size| set.page_size.unwrap_or(size)),
                tokens: set.tokens.unwrap_or(defaults.tokens),
                largest: defaults.max_page_size.min(*PAGE_SIZE.end()),
            };
            Some(present.advise(tool, workload))
        })
        .collect()
}

/// What is in force for a tool.
struct Present {
    page_size: Option<u32>,
    tokens: u32,
    largest: u32,
}

impl Present {
    fn plan(&self) -> Plan {
        Plan {
            page_size: self.page_size,
            tokens: Some(self.tokens),
        }
    }

    fn advise(&self, tool: &str, workload: &Workload) -> Recommendation {
        let tasks = workload.tasks();
        let without = |verdict, why: String| Recommendation {
            tool: tool.to_owned(),
            verdict,
            reason: format!("{tool}: {why}"),
            tasks,
            ..Recommendation::default()
        };
        if tasks < MIN_TASKS {
            return without(
                Verdict::NotEnoughData,
                format!("not enough data: {tasks} of {MIN_TASKS} tasks"),
            );
        }
        let now = workload.replay(self.plan());
        let Some((plan, then)) = self.best(workload, now) else {
            let least = percent(MIN_SAVING);
            return without(
                Verdict::Keep,
                format!("keep the settings: no others save {least} of the tokens"),
            );
        };
        let step = |from, to| (from != to).then_some(Step { from, to });
        let page_size = self.page_size.zip(plan.page_size);
        let page_size = page_size.and_then(|(from, to)| step(from, to));
        let tokens = plan.tokens.and_then(|to| step(self.tokens, to));
        Recommendation {
            tool: tool.to_owned(),
            verdict: Verdict::Change,
            page_size,
            tokens,
            reason: reason(tool, workload, [page_size, tokens], [now, then]),
            saving: Some(Saving {
                now: now.into(),
                then: then.into(),
            }),
            tasks,
        }
    }

    /// The plan to change to, where one is worth it.
    fn best(&self, workload: &Workload, now: Cost) -> Option<(Plan, Cost)> {
        let enough = now.total() * (1.0 - MIN_SAVING);
        let smaller_will_do = workload
            .followed_share()
            .is_some_and(|share| share <= SMALLER_FOLLOWED_MAX);
        let calls = if smaller_will_do {
            now.calls * (1.0 + SMALLER_FURTHER_CALLS_MAX)
        } else {
            now.calls
        };
        let worth: Vec<(Plan, Cost)> = self
            .candidates(workload)
            .into_iter()
            .map(|plan| (plan, workload.replay(plan)))
            .filter(|(_, cost)| cost.total() <= enough && cost.calls <= calls)
            .collect();
        let least = worth
            .iter()
            .map(|(_, cost)| cost.total())
            .min_by(f64::total_cmp)?;
        worth
            .into_iter()
            .filter(|(_, cost)| cost.total() <= least + now.total() * AS_GOOD)
            .min_by_key(|(plan, _)| self.distance(*plan))
    }

    /// The plans to try, without the present one.
    fn candidates(&self, workload: &Workload) -> Vec<Plan> {
        let ours = workload.tasks_with_our_page_size() >= MIN_TASKS;
        let mut sizes = vec![self.page_size];
        if ours && self.page_size.is_some() {
            sizes.extend(
                PAGE_SIZES
                    .into_iter()
                    .filter(|size| *size <= self.largest)
                    .map(Some),
            );
        }
        let mut plans = Vec::new();
        for page_size in sizes {
            let fitting = page_size.into_iter().flat_map(|size| {
                FITS.into_iter()
                    .filter_map(move |share| workload.budget_for(size, share))
                    .map(|tokens| tokens.div_ceil(BUDGET_STEP).saturating_mul(BUDGET_STEP))
                    .filter(|tokens| TOKENS.contains(tokens))
            });
            plans.extend(
                std::iter::once(self.tokens)
                    .chain(BUDGETS)
                    .chain(fitting)
                    .map(|tokens| Plan {
                        page_size,
                        tokens: Some(tokens),
                    }),
            );
        }
        plans.retain(|plan| *plan != self.plan());
        plans
    }

    /// How much a plan changes: keys, then items, then tokens.
    fn distance(&self, plan: Plan) -> (u32, u32, u32) {
        let items = plan
            .page_size
            .unwrap_or(0)
            .abs_diff(self.page_size.unwrap_or(0));
        let tokens = plan.tokens.unwrap_or(self.tokens).abs_diff(self.tokens);
        (u32::from(items > 0) + u32::from(tokens > 0), items, tokens)
    }
}

/// For example `find_items: 83% of cut pages were followed; page_size 20 -> 35 saves 1 call in 2
/// for +12% tokens (8% less in all, at 150 tokens a call)`.
fn reason(tool: &str, workload: &Workload, steps: [Option<Step>; 2], costs: [Cost; 2]) -> String {
    let [now, then] = costs;
    let steps: Vec<String> = ["page_size", "tokens"]
        .iter()
        .zip(steps)
        .filter_map(|(key, step)| step.map(|step| format!("{key} {} -> {}", step.from, step.to)))
        .collect();
    let followed = workload.followed_share().map_or_else(String::new, |share| {
        format!("{} of cut pages were followed; ", percent(share))
    });
    let fewer = 1.0 - then.calls / now.calls;
    let tokens = then.tokens / now.tokens.max(1.0) - 1.0;
    let effect = if fewer >= 0.005 {
        let calls = calls_in(fewer);
        if tokens < -0.005 {
            format!("saves {calls} and {} of the tokens", percent(-tokens))
        } else {
            format!("saves {calls} for +{} tokens", percent(tokens.max(0.0)))
        }
    } else if fewer <= -0.005 {
        format!(
            "saves {} of the tokens for {} more",
            percent(-tokens),
            calls_in(-fewer)
        )
    } else {
        format!("saves {} of the tokens", percent(-tokens))
    };
    let all = percent(1.0 - then.total() / now.total());
    format!(
        "{tool}: {followed}{} {effect} ({all} less in all, at {CALL_TOKENS} tokens a call)",
        steps.join(", ")
    )
}

/// A share of calls as a fraction; a small denominator is worth some inexactness.
fn calls_in(share: f64) -> String {
    let inexact = |(calls, of): (u32, u32)| {
        let off = (f64::from(calls) / f64::from(of) - share).abs();
        (off <= 0.02).then_some(((off + f64::from(of) * 0.002), calls, of))
    };
    let near = (2..=10_u32)
        .flat_map(|of| (1..of).map(move |calls| (calls, of)))
        .filter_map(inexact)
        .min_by(|one, other| one.0.total_cmp(&other.0));
    match near {
        Some((_, 1, of)) => format!("1 call in {of}"),
        Some((_, calls, of)) => format!("{calls} calls in {of}"),
        None => format!("{} of the calls", percent(share)),
    }
}

fn percent(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_calls_read_well() {
        let said = [0.5, 0.34, 0.66, 0.1, 0.03, 0.98, 0.805].map(calls_in);
        assert_eq!(
            said,
            [
                "1 call in 2",
                "1 call in 3",
                "2 calls in 3",
                "1 call in 10",
                "3% of the calls",
                "98% of the calls",
                "4 calls in 5"
            ]
        );
    }
}
