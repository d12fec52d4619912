//! A made-up but believable week: agents with needs of their own, which the records do not show.
//!
//! The same agents can be let loose under other settings, so that what the simulation foretells
//! can be held against what happens.

use std::collections::BTreeMap;

use seaworthy_telemetry::{Record, Settings, advice::ToolDefaults, report::Window};

/// Monday, 2026-11-09 00:00 UTC.
pub const MONDAY_MS: u64 = 1_794_182_400_000;
const DAY_MS: u64 = 86_400_000;

pub const WINDOW: Window = Window {
    since_ms: MONDAY_MS,
    until_ms: MONDAY_MS + 7 * DAY_MS,
};

/// How agents use one tool.
struct Habit {
    tool: &'static str,
    tasks: u32,
    defaults: ToolDefaults,
    /// Items in the list: from, to.
    list: (u64, u64),
    /// Items that the agent goes through before it has what it came for: from, to.
    need: (u64, u64),
    /// Tokens of an item: from, to.
    item: (u64, u64),
    fixed: u32,
    /// Lists nothing: "items" are tokens of one text.
    text: bool,
    micros: (u64, u64),
    /// Of 100 calls, so many fail.
    failing: u64,
}

const fn defaults(page_size: Option<u32>) -> ToolDefaults {
    ToolDefaults {
        page_size,
        tokens: 2_000,
        max_page_size: 50,
    }
}

const HABITS: &[Habit] = &[
    // everything is looked through, page after page
    Habit {
        tool: "find_items",
        tasks: 220,
        defaults: ToolDefaults {
            tokens: 1_000,
            ..defaults(Some(20))
        },
        list: (15, 200),
        need: (20, 260),
        item: (28, 40),
        fixed: 70,
        text: false,
        micros: (90_000, 400_000),
        failing: 3,
    },
    // the answer is among the first few
    Habit {
        tool: "list_runs",
        tasks: 160,
        defaults: defaults(Some(30)),
        list: (40, 400),
        need: (1, 12),
        item: (40, 60),
        fixed: 40,
        text: false,
        micros: (60_000, 200_000),
        failing: 1,
    },
    // short lists: nothing to gain
    Habit {
        tool: "list_labels",
        tasks: 90,
        defaults: defaults(Some(20)),
        list: (2, 18),
        need: (50, 60),
        item: (8, 14),
        fixed: 30,
        text: false,
        micros: (40_000, 90_000),
        failing: 0,
    },
    // long texts, read on to their end
    Habit {
        tool: "read_log",
        tasks: 80,
        defaults: defaults(None),
        list: (600, 9_000),
        need: (4_000, 12_000),
        item: (1, 1),
        fixed: 0,
        text: true,
        micros: (120_000, 900_000),
        failing: 5,
    },
    // hardly used
    Habit {
        tool: "search_code",
        tasks: 9,
        defaults: defaults(Some(20)),
        list: (5, 60),
        need: (10, 60),
        item: (50, 90),
        fixed: 50,
        text: false,
        micros: (300_000, 900_000),
        failing: 20,
    },
];

/// What holds for the week's tools without settings.
pub fn tool_defaults() -> BTreeMap<String, ToolDefaults> {
    HABITS
        .iter()
        .map(|habit| (habit.tool.to_owned(), habit.defaults))
        .collect()
}

/// The week of the agents that `seed` stands for, under `settings`.
pub fn week(seed: u64, settings: &Settings) -> Vec<Record> {
    let mut records = Vec::new();
    for (number, habit) in HABITS.iter().enumerate() {
        for task in 0..habit.tasks {
            // chance is per task: the same need whatever the settings
            let mut chance = Chance(seed ^ ((number as u64) << 40) ^ (u64::from(task) << 8));
            habit.task(&mut chance, settings, &mut records);
        }
    }
    records.sort_by_key(|record| record.time_ms);
    records
}

impl Habit {
    fn task(&self, chance: &mut Chance, settings: &Settings, records: &mut Vec<Record>) {
        let set = settings.tool(self.tool);
        let (list, need) = (chance.within(self.list), chance.within(self.need));
        let item = chance.within(self.item);
        // nights and the weekend are quiet
        let day = chance.within((0, 39)) / 8 + u64::from(chance.within((0, 19)) == 0);
        let mut time_ms = MONDAY_MS + day * DAY_MS + chance.within((8 * 3_600_000, 18 * 3_600_000));
        let asked = !self.text && chance.within((0, 9)) == 0;
        let page_size = match self.defaults.page_size {
            Some(_) if asked => Some(10),
            other => set.page_size.or(other),
        };
        let budget = set.tokens.unwrap_or(self.defaults.tokens);
        let by_budget = u64::from(budget - self.fixed) / item;
        let page = by_budget.min(page_size.map_or(u64::MAX, u64::from));
        let cursor = i64::from_ne_bytes(chance.next().to_ne_bytes());
        let (mut seen, mut follows, mut number) = (0, None, 0);
        loop {
            time_ms += chance.within((4_000, 20_000));
            let shown = page.min(list - seen);
            let cut = seen + shown < list;
            let tokens = u32::try_from(shown * item).unwrap() + self.fixed;
            let mut record = Record {
                time_ms,
                tool: self.tool.to_owned(),
                era: "2026-07-28".to_owned(),
                client: "claude-code".to_owned(),
                tokens,
                exact_tokens: (number == 0).then_some(tokens - tokens / 10),
                bytes: tokens * 4,
                items: (!self.text).then(|| u32::try_from(shown).unwrap()),
                page_size,
                page_size_asked: asked,
                budget: Some(budget),
                cut,
                next: cut.then_some(cursor.wrapping_add(number + 1)),
                follows,
                micros: chance.within(self.micros),
                upstream_requests: u32::from(chance.within((0, 3)) > 0),
                upstream_left: Some(4_000),
                transport: "stdio".to_owned(),
                ..Record::default()
            };
            record.cache_hits = 1 - record.upstream_requests;
            if chance.within((1, 100)) <= self.failing {
                record = failed(record);
                records.push(record);
                continue;
            }
            records.push(record);
            (seen, follows, number) = (
                seen + shown,
                Some(cursor.wrapping_add(number + 1)),
                number + 1,
            );
            if !cut || seen >= need {
                return;
            }
        }
    }
}

fn failed(record: Record) -> Record {
    Record {
        tokens: 40,
        exact_tokens: None,
        bytes: 160,
        items: None,
        cut: false,
        next: None,
        error: Some(
            if record.micros.is_multiple_of(3) {
                "limit"
            } else {
                "timeout"
            }
            .to_owned(),
        ),
        ..record
    }
}

/// Sebastiano Vigna's `SplitMix64`.
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn within(&mut self, (from, to): (u64, u64)) -> u64 {
        from + self.next() % (to - from + 1)
    }
}
