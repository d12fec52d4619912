//! What one call costs, counted while it runs: requests upstream, items, pages.
//!
//! Code far below a call, such as an HTTP client, counts with [`upstream`] and [`cache_hit`]: they
//! find the call's meter by the task that runs it, and do nothing where there is none. What the
//! call itself knows is counted on [`crate::Call`].

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

tokio::task_local! {
    static CURRENT: Arc<Meter>;
}

/// What stands for "not known" in a count that may be absent.
const ABSENT: u32 = u32::MAX;

/// The counts of one call.
#[derive(Debug)]
pub struct Meter {
    upstream: AtomicU32,
    cached: AtomicU32,
    left: AtomicU32,
    bridged: AtomicU32,
    page_size: AtomicU32,
    /// Whether the caller gave the page size.
    asked: std::sync::atomic::AtomicBool,
    budget: AtomicU32,
}

impl Default for Meter {
    fn default() -> Self {
        Self {
            upstream: AtomicU32::new(0),
            cached: AtomicU32::new(0),
            left: AtomicU32::new(ABSENT),
            bridged: AtomicU32::new(0),
            page_size: AtomicU32::new(ABSENT),
            asked: false.into(),
            budget: AtomicU32::new(ABSENT),
        }
    }
}

fn count(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(ABSENT - 1)
}

fn known(count: &AtomicU32) -> Option<u32> {
    Some(count.load(Ordering::Relaxed)).filter(|count| *count != ABSENT)
}

impl Meter {
    /// Runs `work` with this meter as the one that is counted on.
    pub async fn measure<T>(self: &Arc<Self>, work: impl Future<Output = T>) -> T {
        CURRENT.scope(self.clone(), work).await
    }

    pub(crate) fn page(&self, size: usize, asked: bool) {
        self.page_size.store(count(size), Ordering::Relaxed);
        self.asked.store(asked, Ordering::Relaxed);
    }

    pub(crate) fn budget(&self, tokens: usize) {
        self.budget.store(count(tokens), Ordering::Relaxed);
    }

    pub(crate) fn bridged(&self) {
        self.bridged.fetch_add(1, Ordering::Relaxed);
    }

    /// Writes the counts into a record.
    pub(crate) fn read_into(&self, record: &mut seaworthy_telemetry::Record) {
        record.upstream_requests = self.upstream.load(Ordering::Relaxed);
        record.cache_hits = self.cached.load(Ordering::Relaxed);
        record.upstream_left = known(&self.left);
        record.bridged_calls = self.bridged.load(Ordering::Relaxed);
        record.page_size = known(&self.page_size);
        record.page_size_asked = self.asked.load(Ordering::Relaxed);
        record.budget = known(&self.budget);
    }
}

/// Counts a request that went upstream; `left` is how many more are allowed, where it says so.
pub fn upstream(left: Option<u32>) {
    // outside a call nobody counts
    let _ = CURRENT.try_with(|meter| {
        meter.upstream.fetch_add(1, Ordering::Relaxed);
        if let Some(left) = left {
            meter.left.store(left, Ordering::Relaxed);
        }
    });
}

/// Counts an answer that the cache had.
pub fn cache_hit() {
    // outside a call nobody counts
    let _ = CURRENT.try_with(|meter| meter.cached.fetch_add(1, Ordering::Relaxed));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_runs_inside_is_counted_and_nothing_else() {
        let meter = Arc::new(Meter::default());
        upstream(Some(1));
        meter
            .measure(async {
                upstream(None);
                upstream(Some(41));
                cache_hit();
                tokio::task::yield_now().await;
                upstream(Some(40));
            })
            .await;
        cache_hit();
        let mut record = seaworthy_telemetry::Record::default();
        meter.read_into(&mut record);
        assert_eq!(record.upstream_requests, 3);
        assert_eq!(record.cache_hits, 1);
        assert_eq!(record.upstream_left, Some(40));
        assert_eq!((record.page_size, record.budget), (None, None));
        meter.page(50, true);
        meter.budget(2_000);
        meter.read_into(&mut record);
        assert_eq!((record.page_size, record.page_size_asked), (Some(50), true));
        assert_eq!(record.budget, Some(2_000));
    }
}
