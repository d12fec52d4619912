//! Texts and values of a document as Rust writes them, in the form that rustfmt leaves.
//!
//! Its rules, as far as they are met here: a line has 100 characters; arguments of a call and
//! elements of an array stand on one line where they have 60 together.

use serde_json::Value;

const WIDTH: usize = 100;
/// `fn_call_width` and `array_width` of rustfmt.
const LIST: usize = 60;
/// `short_array_element_width_threshold` of rustfmt.
const SHORT: usize = 10;

/// A string. Whatever the text holds, nothing of it ends the string: what is not plain is an escape.
pub(super) fn string(text: &str) -> String {
    format!("\"{}\"", text.chars().map(escaped).collect::<String>())
}

fn escaped(c: char) -> String {
    match c {
        '\\' => "\\\\".to_owned(),
        '"' => "\\\"".to_owned(),
        ' '..='~' => c.to_string(),
        _ => format!("\\u{{{:x}}}", u32::from(c)),
    }
}

/// `PREFIX STRING SUFFIX` as a line, the string over several lines where it is long.
pub(super) fn text(prefix: &str, text: &str, suffix: &str, indent: usize) -> String {
    let blank = " ".repeat(indent);
    let flat = format!("{blank}{prefix}{}{suffix}\n", string(text));
    if flat.len() <= WIDTH + 1 {
        return flat;
    }
    let mut lines = vec![format!("{blank}{prefix}\"")];
    for word in text.split_inclusive(' ') {
        let word: String = word.chars().map(escaped).collect();
        if let Some(line) = lines.last_mut()
            // room for the backslash, or for what ends the string
            && line.len() + word.len() < WIDTH - suffix.len()
        {
            line.push_str(&word);
            continue;
        }
        lines.push(format!("{blank}    {word}"));
    }
    format!("{}\"{suffix}\n", lines.join("\\\n"))
}

/// The attribute that describes an argument.
pub(super) fn description(text: &str) -> String {
    let flat = format!("    #[schemars(description = {})]\n", string(text));
    // an attribute is broken a character earlier than code
    if flat.len() <= WIDTH {
        return flat;
    }
    let inside = self::text("description = ", text, "", 8);
    format!("    #[schemars(\n{inside}    )]\n")
}

/// A call as a statement or an expression: `HEAD(ARGUMENTS)TAIL`.
pub(super) fn call(head: &str, arguments: &[String], tail: &str, indent: usize) -> String {
    let blank = " ".repeat(indent);
    let all = arguments.join(", ");
    let flat = format!("{blank}{head}({all}){tail}\n");
    if all.len() <= LIST && flat.len() <= WIDTH + 1 {
        return flat;
    }
    let lines = arguments
        .iter()
        .map(|argument| format!("{blank}    {argument},\n"))
        .collect::<Vec<_>>()
        .concat();
    format!("{blank}{head}(\n{lines}{blank}){tail}\n")
}

/// `PREFIX &[STRINGS] SUFFIX` as a line, or over several.
pub(super) fn strings(prefix: &str, texts: &[String], suffix: &str, indent: usize) -> String {
    let blank = " ".repeat(indent);
    let texts: Vec<_> = texts.iter().map(|text| string(text)).collect();
    let all = texts.join(", ");
    let flat = format!("{blank}{prefix}&[{all}]{suffix}\n");
    if all.len() <= LIST && flat.len() <= WIDTH + 1 {
        return flat;
    }
    let mut lines = vec![format!("{blank}   ")];
    let packs = texts.iter().all(|text| text.len() <= SHORT);
    for text in texts {
        match lines.last_mut() {
            // several short ones stand on a line
            Some(line)
                if line.trim().is_empty() || packs && line.len() + text.len() + 2 <= WIDTH =>
            {
                line.push_str(&format!(" {text},"));
            }
            _ => lines.push(format!("{blank}    {text},")),
        }
    }
    format!(
        "{blank}{prefix}&[\n{}\n{blank}]{suffix}\n",
        lines.join("\n")
    )
}

/// A whole number, its digits in groups.
pub(super) fn whole(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", grouped(&digits))
}

fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

/// A number, its digits in groups.
pub(super) fn decimal(number: f64) -> String {
    let text = format!("{number:?}");
    let (mantissa, exponent) = match text.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, format!("e{exponent}")),
        None => (text.as_str(), String::new()),
    };
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    let Some((before, after)) = mantissa.split_once('.') else {
        return format!("{sign}{}{exponent}", grouped(mantissa));
    };
    let after: Vec<String> = after
        .as_bytes()
        .chunks(3)
        .map(|digits| digits.iter().map(|digit| char::from(*digit)).collect())
        .collect();
    format!("{sign}{}.{}{exponent}", grouped(before), after.join("_"))
}

/// A constant with JSON as a raw string, one entry of the object on a line. Nothing of it ends the
/// string: what is not plain, and the sign that would end it, is an escape of JSON.
pub(super) fn json(name: &str, value: &Value, indent: usize) -> String {
    let blank = " ".repeat(indent);
    let pretty = serde_json::to_string_pretty(value).unwrap_or_default();
    let mut text = String::new();
    for c in pretty.chars() {
        match c {
            '#' => text.push_str("\\u0023"),
            '\n' | ' '..='~' => text.push(c),
            _ => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    text.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    format!("{blank}const {name}: &str = r#\"{text}\"#;\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_groups() {
        for (number, text) in [(0, "0"), (-1, "-1"), (1_000, "1_000"), (-12_345, "-12_345")] {
            assert_eq!(whole(number), text);
        }
        for (number, text) in [
            (0.0, "0.0"),
            (-1.5, "-1.5"),
            (12_345.678_9, "12_345.678_9"),
            (1e15, "1_000_000_000_000_000.0"),
            (1.5e-7, "1.5e-7"),
            (1e300, "1e300"),
        ] {
            assert_eq!(decimal(number), text);
        }
    }
}
