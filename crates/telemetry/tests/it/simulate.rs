//! Laws of the replay, on records of any kind.

use std::collections::BTreeMap;

use proptest::prelude::*;
use seaworthy_telemetry::{
    Record, Settings,
    advice::{ToolDefaults, Verdict, recommend},
    simulate::{Cost, Plan, Workload},
    task::tasks,
};

use crate::week::{tool_defaults, week};

/// Anything that a file may hold, however absurd; few tools and cursors, so that they collide.
fn hostile() -> impl Strategy<Value = Vec<Record>> {
    let number = || prop_oneof![Just(0), Just(1), 0..60_u32, any::<u32>(), Just(u32::MAX)];
    let maybe = move || prop::option::weighted(0.8, number());
    let cursor = || prop::option::weighted(0.7, 0..12_i64);
    let record = (
        (any::<u64>(), 0..2_u8, number(), maybe(), maybe(), maybe()),
        (any::<bool>(), any::<bool>(), cursor(), cursor(), 0..8_u8),
    );
    let record = record.prop_map(
        |((time_ms, tool, tokens, items, page_size, budget), rest)| {
            let (page_size_asked, cut, next, follows, error) = rest;
            Record {
                time_ms,
                tool: format!("tool {tool}"),
                tokens,
                items,
                page_size,
                page_size_asked,
                budget,
                cut,
                next,
                follows,
                error: (error == 0).then(|| "limit".to_owned()),
                ..Record::default()
            }
        },
    );
    prop::collection::vec(record, 0..120)
}

fn plan() -> impl Strategy<Value = Plan> {
    let number = || prop::option::of(prop_oneof![1..60_u32, 0..12_000_u32, any::<u32>()]);
    (number(), number()).prop_map(|(page_size, tokens)| Plan { page_size, tokens })
}

/// Whether two sums of floating-point numbers are the same but for rounding.
fn same(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-6 * one.abs().max(other.abs()).max(1.0)
}

/// No more, but for rounding.
fn no_more(one: f64, other: f64) -> bool {
    one <= other || same(one, other)
}

fn recorded(records: &[Record], tool: &str) -> Cost {
    let of_tool = || records.iter().filter(|record| record.tool == tool);
    Cost {
        calls: of_tool().map(|_| 1.0).sum(),
        tokens: of_tool().map(|record| f64::from(record.tokens)).sum(),
    }
}

proptest! {
    #[test]
    fn the_present_settings_reproduce_what_was_recorded(records in hostile()) {
        for (tool, workload) in Workload::by_tool(&records) {
            let expected = recorded(&records, &tool);
            for cost in [workload.recorded(), workload.replay(Plan::default())] {
                prop_assert!(same(cost.calls, expected.calls), "{cost:?} {expected:?}");
                prop_assert!(same(cost.tokens, expected.tokens), "{cost:?} {expected:?}");
            }
        }
    }

    #[test]
    fn larger_pages_and_budgets_never_make_more_calls(
        records in hostile(), plan in plan(), more in any::<u32>(),
    ) {
        for workload in Workload::by_tool(&records).values() {
            let calls = |plan| workload.replay(plan).calls;
            let larger = |size: Option<u32>| size.map(|size| size.saturating_add(more));
            let wide = Plan { page_size: larger(plan.page_size), ..plan };
            let rich = Plan { tokens: larger(plan.tokens), ..plan };
            prop_assert!(no_more(calls(wide), calls(plan)));
            prop_assert!(no_more(calls(rich), calls(plan)));
        }
    }

    #[test]
    fn lists_read_to_their_end_never_cost_more_on_larger_pages(
        mut records in hostile(), plan in plan(), more in any::<u32>(),
    ) {
        for record in &mut records {
            record.cut = false;
        }
        for workload in Workload::by_tool(&records).values() {
            let larger = |size: Option<u32>| size.map(|size| size.saturating_add(more));
            let wide = Plan { page_size: larger(plan.page_size), tokens: larger(plan.tokens) };
            let (wide, plan) = (workload.replay(wide), workload.replay(plan));
            prop_assert!(no_more(wide.tokens, plan.tokens), "{wide:?} {plan:?}");
        }
    }

    #[test]
    fn costs_are_numbers_and_at_least_a_call_each(records in hostile(), plan in plan()) {
        for workload in Workload::by_tool(&records).values() {
            let cost = workload.replay(plan);
            prop_assert!(cost.calls.is_finite() && cost.tokens.is_finite() && cost.tokens >= 0.0);
            prop_assert!(cost.calls + 1e-6 >= f64::from(u32::try_from(workload.tasks()).unwrap()));
        }
    }

    #[test]
    fn each_record_is_in_one_task(records in hostile()) {
        let mut all: Vec<usize> = tasks(&records).into_iter().flatten().collect();
        all.sort_unstable();
        prop_assert!(all.into_iter().eq(0..records.len()));
    }
}

proptest! {
    // each case is thousands of replays
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn advice_never_raises_the_total(
        seed in any::<u64>(), sizes in prop::collection::vec(1..=50_u32, 5),
        budgets in prop::collection::vec(500..=10_000_u32, 5),
    ) {
        let defaults: BTreeMap<String, ToolDefaults> = tool_defaults()
            .into_iter()
            .zip(sizes.into_iter().zip(budgets))
            .map(|((tool, defaults), (size, tokens))| {
                let page_size = defaults.page_size.map(|_| size);
                (tool, ToolDefaults { page_size, tokens, max_page_size: 50 })
            })
            .collect();
        judge(&week(seed, &Settings::default()), &defaults)?;
    }

    #[test]
    fn advice_on_hostile_records_is_sound(records in hostile(), size in 0..60_u32, tokens in any::<u32>()) {
        // one list of ten copies, so that there are tasks enough
        let records: Vec<Record> = (0..10_i64)
            .flat_map(|copy| records.iter().map(move |record| Record {
                next: record.next.map(|next| next + 100 * copy),
                follows: record.follows.map(|follows| follows + 100 * copy),
                ..record.clone()
            }))
            .collect();
        let defaults = ToolDefaults { page_size: Some(size), tokens, max_page_size: size };
        judge(&records, &[("tool 0".to_owned(), defaults)].into())?;
    }
}

fn judge(
    records: &[Record],
    defaults: &BTreeMap<String, ToolDefaults>,
) -> Result<(), TestCaseError> {
    let workloads = Workload::by_tool(records);
    for advice in recommend(records, &Settings::default(), defaults) {
        let defaults = &defaults[&advice.tool];
        let now = Plan {
            page_size: defaults.page_size,
            tokens: Some(defaults.tokens),
        };
        let then = Plan {
            page_size: advice.page_size.map(|step| step.to).or(now.page_size),
            tokens: advice.tokens.map(|step| step.to).or(now.tokens),
        };
        let replay = |plan| workloads[&advice.tool].replay(plan).total();
        prop_assert!(no_more(replay(then), replay(now)), "{advice:?}");
        let changes = advice.page_size.is_some() || advice.tokens.is_some();
        prop_assert_eq!(changes, advice.verdict == Verdict::Change);
        if let Some(step) = advice.page_size {
            prop_assert!((1..=defaults.max_page_size.min(50)).contains(&step.to));
        }
        if let Some(step) = advice.tokens {
            prop_assert!((500..=10_000).contains(&step.to));
        }
    }
    Ok(())
}
