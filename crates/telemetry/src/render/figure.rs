//! Figures and names as people read them.

use crate::report::ToolReport;

/// Stands where there is no figure.
pub(super) const NONE: &str = "-";

/// `1234567` as `1,234,567`.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `0.834` as `83%`; a share that is not quite nothing or all says so.
pub(super) fn percent(share: Option<f64>) -> String {
    match share {
        None => NONE.to_owned(),
        Some(share) if share > 0.0 && share < 0.005 => "<1%".to_owned(),
        Some(share) if (0.995..1.0).contains(&share) => ">99%".to_owned(),
        Some(share) => format!("{:.0}%", share * 100.0),
    }
}

/// One digit behind the point.
pub(super) fn average(number: Option<f64>) -> String {
    number.map_or_else(|| NONE.to_owned(), |number| format!("{number:.1}"))
}

/// A whole number of tokens.
pub(super) fn rounded(number: Option<f64>) -> String {
    number.map_or_else(
        || NONE.to_owned(),
        |number| count(crate::simulate::floor(number.round())),
    )
}

/// Microseconds in the unit that suits them.
pub(super) fn latency(micros: u64) -> String {
    match micros {
        0..1_000 => format!("{micros} us"),
        1_000..10_000 => format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100),
        10_000..10_000_000 => format!("{} ms", count(micros / 1_000)),
        _ => format!("{} s", count(micros / 1_000_000)),
    }
}

/// `limit 3, timeout 2`.
pub(super) fn errors(tool: &ToolReport) -> String {
    if tool.errors.is_empty() {
        return NONE.to_owned();
    }
    let errors: Vec<String> = tool
        .errors
        .iter()
        .map(|error| format!("{} {}", plain(&error.class), count(error.calls)))
        .collect();
    errors.join(", ")
}

/// A tool's name, which may be anything.
pub(super) fn name(tool: &str) -> String {
    if tool.trim().is_empty() {
        "(no name)".to_owned()
    } else {
        plain(tool)
    }
}

/// A text from outside without what would act on a terminal or turn the text around it: controls
/// and the characters that direct or hide text become U+FFFD.
pub(super) fn plain(name: &str) -> String {
    let acts = |c: char| {
        c.is_control()
            || matches!(c, '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{FEFF}'
                | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
                | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
    };
    name.replace(acts, "\u{FFFD}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        let counts = [0, 999, 1_000, 1_234_567].map(count);
        assert_eq!(counts, ["0", "999", "1,000", "1,234,567"]);
        let shares = [
            None,
            Some(0.0),
            Some(0.001),
            Some(0.834),
            Some(0.999),
            Some(1.0),
        ];
        let shares = shares.map(percent);
        assert_eq!(shares, ["-", "0%", "<1%", "83%", ">99%", "100%"]);
        let times = [7, 1_250, 90_400, 12_345_678].map(latency);
        assert_eq!(times, ["7 us", "1.2 ms", "90 ms", "12 s"]);
        assert_eq!([average(Some(1.25)), average(None)], ["1.2", "-"]);
        assert_eq!(rounded(Some(1_234.5)), "1,235");
    }

    #[test]
    fn names_do_not_act() {
        let name = "\u{1b}[31mred\u{202e}\u{200b}\n\u{e0041}";
        assert_eq!(
            plain(name),
            "\u{FFFD}[31mred\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"
        );
        assert_eq!(plain("größe 文"), "größe 文");
    }
}
