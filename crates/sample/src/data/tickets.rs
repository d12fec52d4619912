//! Issues made from topics: who opened them, who answered, and when.
//!
//! Of the open ones a third has been quiet for more than 30 days, some from the very beginning.

use std::collections::HashSet;

use super::accounts::{MAINTAINERS, REPORTERS};
use super::build::item;
use super::random::Random;
use super::replies::Voices;
use super::topics::{AGENCIES, MONTHS, STATIONS, SYSTEMS, TOPICS, Topic, VERSIONS};
use super::{LAST_NUMBER, opened, pull_table, replies, special};
use crate::items::{Comment, Item, What};
use crate::state::{Clock, Repo};
use crate::time::{NOW, days, hours};

/// How many issues are open, and how many of those are quiet.
const OPEN: usize = 240;
const QUIET: usize = 80;
/// Younger issues are neither closed nor quiet.
const YOUNG: i64 = days(45);

/// How an issue is to look today.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Closed,
    Quiet,
    Alive,
}

/// Fills in every number that no pull request has; `special` rewrites some of them later.
pub(super) fn fill(repo: &mut Repo, clock: &mut Clock) {
    let numbers: Vec<u64> = (1..=LAST_NUMBER)
        .filter(|n| !pull_table::is_pull(*n))
        .collect();
    let fates = fates(&numbers);
    let mut titles = HashSet::new();
    for (at, (number, fate)) in numbers.into_iter().zip(fates).enumerate() {
        let mut writer = Writer::new(number, 0);
        // A step that shares no factor with the number of topics visits all of them.
        let first = at * 37 + at / TOPICS.len() * 5;
        let mut topic = TOPICS[first % TOPICS.len()];
        let mut title = writer.fill(topic.2);
        let mut attempt = 0;
        while !titles.insert(title.clone()) {
            attempt += 1;
            // After some attempts the words of this topic are used up.
            topic = TOPICS[(first + attempt / 16) % TOPICS.len()];
            writer = Writer::new(number, attempt);
            title = writer.fill(topic.2);
        }
        let found = writer.issue(&topic, &title, fate, clock);
        repo.items.insert(number, found);
    }
}

/// Deals out fates: old issues only are closed or quiet, and none that `special` needs open.
fn fates(numbers: &[u64]) -> Vec<Fate> {
    let mut random = Random::new(4_711);
    let mut fates = vec![Fate::Alive; numbers.len()];
    let old = |at: &usize| opened(numbers[*at]) < NOW - YOUNG && !special::is_special(numbers[*at]);
    let mut free: Vec<usize> = (0..numbers.len()).filter(old).collect();
    let closed = numbers.len() - OPEN;
    for (count, fate) in [(closed, Fate::Closed), (QUIET, Fate::Quiet)] {
        for _ in 0..count.min(free.len()) {
            let at = free.swap_remove(random.below(free.len()));
            fates[at] = fate;
        }
    }
    fates
}

/// Writes one issue; its words are the same each time for the same number.
struct Writer {
    random: Random,
    number: u64,
    station: &'static str,
    other: &'static str,
    version: &'static str,
    author: &'static str,
}

impl Writer {
    /// A further attempt has other words.
    fn new(number: u64, attempt: usize) -> Self {
        let mut random = Random::new(number * 7_368_787 + attempt as u64 * 1_000_003);
        let at = random.below(STATIONS.len());
        let other = STATIONS[(at + 1 + random.below(STATIONS.len() - 1)) % STATIONS.len()];
        // Nobody can report a release that is not out yet.
        let version = match number {
            ..137 => "0.6.2",
            137..239 => "0.7.0",
            239..272 => "0.8.0",
            _ => VERSIONS[3 + random.below(2)],
        };
        let author = if random.chance(14) {
            random.pick(&MAINTAINERS)
        } else {
            random.pick(&REPORTERS)
        };
        Self {
            random,
            number,
            station: STATIONS[at],
            other,
            version,
            author,
        }
    }

    fn fill(&mut self, text: &str) -> String {
        let random = &mut self.random;
        let id = self.station.to_lowercase().replace(' ', "-");
        let below = usize::try_from(self.number).unwrap_or(1);
        let values = [
            ("{station}", self.station.to_owned()),
            ("{other}", self.other.to_owned()),
            ("{version}", self.version.to_owned()),
            ("{author}", self.author.to_owned()),
            ("{id}", id),
            ("{n}", (11 + random.below(48)).to_string()),
            ("{small}", (2 + random.below(8)).to_string()),
            ("{digit}", (1 + random.below(8)).to_string()),
            ("{agency}", (*random.pick(&AGENCIES)).to_owned()),
            ("{month}", (*random.pick(&MONTHS)).to_owned()),
            ("{system}", (*random.pick(&SYSTEMS)).to_owned()),
            ("{ref}", (1 + random.below(below)).to_string()),
        ];
        values.iter().fold(text.to_owned(), |text, (name, value)| {
            text.replace(name, value)
        })
    }

    fn issue(&mut self, topic: &Topic, title: &str, fate: Fate, clock: &mut Clock) -> Item {
        let (kind, area, _, text) = *topic;
        let mut body = self.fill(text);
        let voices = replies::voices(kind, area);
        let more = voices.details;
        let first = self.random.below(more.len());
        for step in 0..=self.random.below(3) {
            body.push_str("\n\n");
            body.push_str(&self.fill(more[(first + step) % more.len()]));
        }
        let at = opened(self.number);
        let mut found = item(self.number, self.author, title, body, at);
        self.label(&mut found, kind, area, fate, clock);
        self.talk(&mut found, &voices, fate, clock);
        if fate == Fate::Closed {
            self.close(&mut found, clock);
        }
        found
    }

    fn label(&mut self, found: &mut Item, kind: &str, area: &str, fate: Fate, clock: &mut Clock) {
        let mut labels = vec![kind];
        // A few reports have not even been sorted by area yet.
        if self.random.chance(88) {
            labels.push(area);
        }
        if fate != Fate::Closed && self.random.chance(22) {
            labels.push("needs-triage");
        }
        if kind == "bug" && self.random.chance(14) {
            labels.push("regression");
        }
        if ["docs", "enhancement"].contains(&kind) && self.random.chance(25) {
            labels.push("good first issue");
        }
        let at = found.created_at + self.random.between(60, hours(9));
        let who = *self.random.pick(&MAINTAINERS);
        for label in labels {
            found.labels.push(label.to_owned());
            found.event(clock.id(), who, at, What::Labeled(label.to_owned()));
        }
        if self.random.chance(34) {
            let login = *self.random.pick(&MAINTAINERS);
            found.assignees.push(login.to_owned());
            found.event(clock.id(), who, at + 30, What::Assigned(login.to_owned()));
        }
        found.milestone = match self.random.below(10) {
            _ if fate == Fate::Closed => Some(1),
            0 | 1 => Some(2),
            2 => Some(3),
            _ => None,
        };
    }

    fn talk(&mut self, found: &mut Item, voices: &Voices, fate: Fate, clock: &mut Clock) {
        let from = found.created_at + hours(1);
        let month = NOW - days(30);
        let (count, last) = match fate {
            // The first third of the quiet ones never got an answer.
            Fate::Quiet if self.number.is_multiple_of(3) => return,
            Fate::Quiet => (
                1 + self.random.below(7),
                self.random.between(from, month - days(1)),
            ),
            Fate::Closed => {
                let end = (from + days(90)).min(NOW - days(3));
                (1 + self.random.below(6), self.random.between(from, end))
            }
            // Nobody has looked at the newest ones.
            Fate::Alive if from > NOW - days(2) => return,
            Fate::Alive => {
                let start = from.max(month + hours(6));
                (
                    1 + self.random.below(9),
                    self.random.between(start, NOW - hours(2)),
                )
            }
        };
        let mut dates: Vec<i64> = (1..count)
            .map(|_| self.random.between(from, last + 1))
            .collect();
        dates.push(last);
        dates.sort_unstable();
        let mut said: HashSet<&str> = HashSet::new();
        for (turn, at) in dates.into_iter().enumerate() {
            let maintainer = *self.random.pick(&MAINTAINERS);
            let user = if self.random.chance(55) {
                self.author
            } else {
                *self.random.pick(&REPORTERS)
            };
            let (author, texts) = match turn {
                0 => (maintainer, voices.asks),
                _ if turn % 3 == 2 => (maintainer, voices.follows),
                _ => (user, voices.adds),
            };
            let start = self.random.below(texts.len());
            let unsaid = (0..texts.len()).map(|step| texts[(start + step) % texts.len()]);
            let text = unsaid
                .into_iter()
                .find(|text| !said.contains(text))
                .unwrap_or(texts[start]);
            said.insert(text);
            let body = self.fill(text);
            found.comments.push(Comment {
                id: clock.id(),
                author: author.to_owned(),
                body,
                at,
            });
            found.updated_at = found.updated_at.max(at);
        }
    }

    fn close(&mut self, found: &mut Item, clock: &mut Clock) {
        let at = found.updated_at + self.random.between(600, days(2));
        let who = *self.random.pick(&MAINTAINERS);
        let end = self.random.below(replies::ENDS.len());
        let body = self.fill(replies::ENDS[end]);
        found.comments.push(Comment {
            id: clock.id(),
            author: who.to_owned(),
            body,
            at: at - 5,
        });
        let reason = match end {
            3 => "not_planned",
            4 => "duplicate",
            _ => "completed",
        };
        found.reason = Some(reason.to_owned());
        found.event(clock.id(), who, at, What::Closed);
        found.open = false;
        found.closed = Some((at, who.to_owned()));
    }
}
