//! Dates as seconds since 1970, read and written the way GitHub's API does.
//!
//! The sample has a clock of its own, so that answers are the same every day.

const DAY: i64 = 86_400;

/// What the sample takes for "now" before the first write: 2026-11-20T12:00:00Z.
pub(crate) const NOW: i64 = 1_795_176_000;

/// Days, in seconds.
pub(crate) const fn days(count: i64) -> i64 {
    count * DAY
}

/// Hours, in seconds.
pub(crate) const fn hours(count: i64) -> i64 {
    count * 3_600
}

/// Writes `2026-11-20T12:00:00Z`.
pub(crate) fn format(at: i64) -> String {
    let (year, month, day) = civil(at.div_euclid(DAY));
    let second = at.rem_euclid(DAY);
    let (hour, minute) = (second / 3_600, second / 60 % 60);
    format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}Z",
        second % 60
    )
}

/// Reads a date, or a date with a time; a time without a zone is UTC.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, time),
        None => (text, "00:00:00"),
    };
    let mut parts = date.split('-').map(str::parse::<i64>);
    let (year, month, day) = (
        parts.next()?.ok()?,
        parts.next()?.ok()?,
        parts.next()?.ok()?,
    );
    if parts.next().is_some() || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let (clock, offset) = zone(time)?;
    let mut second = 0;
    for (part, unit) in clock.split(':').zip([3_600, 60, 1]) {
        second += part.split('.').next()?.parse::<i64>().ok()? * unit;
    }
    Some(from_civil(year, month, day) * DAY + second - offset)
}

/// Splits `12:00:00+02:00` into the time and the offset in seconds.
fn zone(time: &str) -> Option<(&str, i64)> {
    if let Some(clock) = time.strip_suffix('Z') {
        return Some((clock, 0));
    }
    let Some(at) = time.find(['+', '-']) else {
        return Some((time, 0));
    };
    let (clock, offset) = time.split_at(at);
    let digits: String = offset.chars().filter(char::is_ascii_digit).collect();
    let (hour, minute) = digits.split_at_checked(2)?;
    let seconds = hour.parse::<i64>().ok()? * 3_600 + minute.parse::<i64>().unwrap_or(0) * 60;
    Some((
        clock,
        if offset.starts_with('-') {
            -seconds
        } else {
            seconds
        },
    ))
}

/// Year, month and day of a count of days since 1970 (proleptic Gregorian).
fn civil(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, date)
}

/// The inverse of [`civil`].
fn from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::{NOW, format, parse};

    #[test]
    fn dates_round_trip() {
        assert_eq!(format(NOW), "2026-11-20T12:00:00Z");
        assert_eq!(parse("2026-11-20T12:00:00Z"), Some(NOW));
        assert_eq!(parse("2026-11-20T14:00:00+02:00"), Some(NOW));
        assert_eq!(
            parse("2024-02-29").map(format).as_deref(),
            Some("2024-02-29T00:00:00Z")
        );
        assert_eq!(parse("yesterday"), None);
    }
}
