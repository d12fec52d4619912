//! What is kept, and for how long.

use super::{Store, StoreError, failure, signed, unsigned};

/// How full the file is left when the size limit bites, in percent: not at every turn again.
const REFILL_PERCENT: u64 = 80;

/// How long and how much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Records older than this many days are removed.
    pub days: u32,
    /// The oldest records are removed while the file holds more than this, in MiB; 0 counts as 1.
    pub megabytes: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            days: 30,
            megabytes: 64,
        }
    }
}

impl Store {
    /// Removes what `retention` no longer keeps at `now_ms`, and shrinks the file; answers how
    /// many records went.
    ///
    /// # Errors
    /// The file cannot be written; what was removed before stays removed.
    pub fn retain(&mut self, retention: Retention, now_ms: u64) -> Result<usize, StoreError> {
        self.try_retain(retention, now_ms)
            .map_err(|source| failure(&self.path, source))
    }

    fn try_retain(&mut self, retention: Retention, now_ms: u64) -> Result<usize, rusqlite::Error> {
        let oldest = now_ms.saturating_sub(u64::from(retention.days) * 86_400_000);
        self.connection
            .execute("DELETE FROM dropped WHERE time_ms < ?1", [signed(oldest)])?;
        let mut removed = self
            .connection
            .execute("DELETE FROM calls WHERE time_ms < ?1", [signed(oldest)])?;
        let limit = u64::from(retention.megabytes.max(1)) << 20;
        let held = self.held_bytes()?;
        if held > limit {
            let rows: u64 = self
                .connection
                .query_row("SELECT count(*) FROM calls", [], |row| row.get(0))
                .map(unsigned)?;
            let kept = u128::from(rows) * u128::from(limit) * u128::from(REFILL_PERCENT)
                / 100
                / u128::from(held);
            let excess = rows.saturating_sub(u64::try_from(kept).unwrap_or(rows));
            removed += self.connection.execute(
                "DELETE FROM calls WHERE id IN (SELECT id FROM calls ORDER BY time_ms, id LIMIT ?1)",
                [signed(excess)],
            )?;
        }
        if removed > 0 {
            // it gives a row for each page that it frees, and stops when nobody asks for the next
            let mut vacuum = self.connection.prepare("PRAGMA incremental_vacuum")?;
            let mut pages = vacuum.query([])?;
            while pages.next()?.is_some() {}
            self.connection
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        }
        Ok(removed)
    }

    /// Bytes of the pages that hold something.
    fn held_bytes(&self) -> Result<u64, rusqlite::Error> {
        let pragma = |name| {
            self.connection
                .pragma_query_value(None, name, |row| row.get(0))
                .map(unsigned)
        };
        let pages = pragma("page_count")?.saturating_sub(pragma("freelist_count")?);
        Ok(pages.saturating_mul(pragma("page_size")?))
    }
}
