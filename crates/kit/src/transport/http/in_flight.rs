//! How many calls, or streams, are open at once: for each principal, and for all together.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Counts the calls in flight.
pub(super) struct InFlight {
    counts: Mutex<Counts>,
    all: usize,
    each: usize,
}

#[derive(Default)]
struct Counts {
    all: usize,
    /// Only principals that have a call open: it cannot grow past `all`.
    each: HashMap<Arc<str>, usize>,
}

/// Which bound is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// The principal's own.
    Principal,
    /// The server's.
    Server,
}

/// One call; it is over when this is dropped.
pub(super) struct Permit {
    of: Arc<InFlight>,
    principal: Arc<str>,
}

impl InFlight {
    pub(super) fn new(all: usize, each: usize) -> Arc<Self> {
        Arc::new(Self {
            counts: Mutex::default(),
            all,
            each,
        })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.counts().all
    }

    /// Begins a call of `principal`.
    pub(super) fn begin(self: &Arc<Self>, principal: &Arc<str>) -> Result<Permit, Full> {
        let mut counts = self.counts();
        let own = counts.each.get(principal).copied().unwrap_or_default();
        if own >= self.each {
            return Err(Full::Principal);
        }
        if counts.all >= self.all {
            return Err(Full::Server);
        }
        counts.all += 1;
        counts.each.insert(principal.clone(), own + 1);
        Ok(Permit {
            of: self.clone(),
            principal: principal.clone(),
        })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut counts = self.of.counts();
        counts.all = counts.all.saturating_sub(1);
        if let Some(own) = counts.each.get_mut(&self.principal) {
            *own -= 1;
            if *own == 0 {
                counts.each.remove(&self.principal);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_its_share_and_all_together_theirs() {
        let in_flight = InFlight::new(3, 2);
        let (a, b): (Arc<str>, Arc<str>) = ("a".into(), "b".into());
        let first = in_flight.begin(&a).ok().unwrap();
        let _second = in_flight.begin(&a).ok().unwrap();
        assert_eq!(in_flight.begin(&a).err(), Some(Full::Principal));
        let third = in_flight.begin(&b).ok().unwrap();
        assert_eq!(in_flight.begin(&b).err(), Some(Full::Server));
        drop(first);
        assert!(in_flight.begin(&b).is_ok(), "it came and went");
        drop(third);
        assert_eq!(in_flight.count(), 1);
        assert_eq!(in_flight.counts().each.len(), 1);
    }
}
