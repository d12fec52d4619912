//! What /proc tells of this process and its children.

use std::{collections::BTreeMap, fs, time::Duration};

/// The numbers of all processes below this one, with the time at which each began.
pub(crate) fn descendants(of: u32) -> BTreeMap<u32, u64> {
    let mut parents = BTreeMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        if let Some(stat) = Stat::of(pid) {
            parents.insert(pid, stat);
        }
    }
    let mut found = BTreeMap::new();
    loop {
        let before = found.len();
        for (pid, stat) in &parents {
            if stat.parent == of || found.contains_key(&stat.parent) {
                found.insert(*pid, stat.began);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// Those of these processes that are still there and are no zombies.
pub(crate) fn alive(processes: &BTreeMap<u32, u64>) -> Vec<u32> {
    let same = |(pid, began): &(&u32, &u64)| {
        Stat::of(**pid).is_some_and(|stat| stat.began == **began && stat.state != 'Z')
    };
    processes.iter().filter(same).map(|(pid, _)| *pid).collect()
}

/// Processor time of these processes until now.
pub(crate) fn busy(processes: &BTreeMap<u32, u64>) -> Duration {
    let ticks: u64 = processes
        .keys()
        .filter_map(|pid| Stat::of(*pid))
        .map(|stat| stat.ticks)
        .sum();
    // a tick is 10 ms wherever Linux runs
    Duration::from_millis(ticks * 10)
}

/// What this process and those below it hold.
#[derive(Debug, Clone, Copy, serde::Serialize, serde::Deserialize)]
pub(crate) struct Held {
    /// Resident memory of all, in KiB.
    pub(crate) rss: u64,
    /// Open descriptors of this process.
    pub(crate) descriptors: usize,
    /// Processes below this one.
    pub(crate) children: usize,
    /// Files in the folder for temporary ones.
    pub(crate) files: usize,
}

impl Held {
    pub(crate) fn now() -> Self {
        let below = descendants(std::process::id());
        let own = status(std::process::id(), "VmRSS:");
        let rss = own + below.keys().map(|pid| status(*pid, "VmRSS:")).sum::<u64>();
        let count = |folder: &std::path::Path| fs::read_dir(folder).map_or(0, Iterator::count);
        Self {
            rss,
            descriptors: count("/proc/self/fd".as_ref()),
            children: below.len(),
            files: count(&std::env::temp_dir()),
        }
    }
}

/// The most memory that this process ever had, in KiB.
pub(crate) fn own_peak() -> u64 {
    status(std::process::id(), "VmHWM:")
}

fn status(pid: u32, name: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or(0)
}

struct Stat {
    state: char,
    parent: u32,
    ticks: u64,
    began: u64,
}

impl Stat {
    fn of(pid: u32) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // the name stands in parentheses and may hold anything
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
        Some(Self {
            state: fields.first()?.chars().next()?,
            parent: u32::try_from(number(1)?).ok()?,
            ticks: number(11)? + number(12)?,
            began: number(19)?,
        })
    }
}
