//! The only place that knows about local time.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

/// The start of a local day, in UTC.
pub fn midnight(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let local = day.and_time(NaiveTime::MIN);
    zone.from_local_datetime(&local)
        .earliest()
        .unwrap_or_else(|| zone.from_utc_datetime(&local))
        .with_timezone(&Utc)
}

/// Reads a date, or a date with a time and an offset.
pub fn parse(text: &str, zone: Tz) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.with_timezone(&Utc));
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some(midnight(day, zone))
}

/// Whether the clocks change on this day.
pub fn changes(day: NaiveDate, zone: Tz) -> bool {
    let next = day.succ_opt().unwrap_or(day);
    (midnight(next, zone) - midnight(day, zone)).num_hours() != 24
}
