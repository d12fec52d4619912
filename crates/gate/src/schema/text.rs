//! Strings: by format, by pattern, by name, within lengths.

use serde_json::Value;

use super::pattern;

/// The longest string that is made for a schema's sake, in characters.
pub(super) const LONGEST: usize = 64 * 1024;

/// A plain value of each format of JSON Schema 2020-12, and one that hardly anything knows.
const FORMATS: &[(&str, &str, &str)] = &[
    ("date", "2025-01-31", "1907-11-03"),
    ("date-time", "2025-01-31T12:00:00Z", "1907-11-03T04:05:06Z"),
    ("duration", "P1D", "P97DT3H"),
    ("email", "user@example.com", "nobody.at.all@example.org"),
    ("hostname", "example.com", "no-such-host.example.org"),
    ("idn-email", "user@example.com", "nobody.at.all@example.org"),
    ("idn-hostname", "example.com", "no-such-host.example.org"),
    ("ipv4", "192.0.2.1", "198.51.100.254"),
    ("ipv6", "2001:db8::1", "2001:db8::dead:beef"),
    (
        "iri",
        "https://example.com/",
        "https://example.org/no-such-thing",
    ),
    ("iri-reference", "https://example.com/", "/no-such-thing"),
    ("json-pointer", "/a", "/no/such/thing"),
    ("regex", "a", "^zq9+$"),
    ("relative-json-pointer", "0", "9/no"),
    ("time", "12:00:00Z", "04:05:06Z"),
    (
        "uri",
        "https://example.com/",
        "https://example.org/no-such-thing",
    ),
    ("uri-reference", "https://example.com/", "/no-such-thing"),
    ("uri-template", "https://example.com/{id}", "/no/{such}"),
    (
        "url",
        "https://example.com/",
        "https://example.org/no-such-thing",
    ),
    (
        "uuid",
        "123e4567-e89b-42d3-a456-426614174000",
        "ffffffff-ffff-4fff-bfff-fffffffffff0",
    ),
];

/// A plain value for arguments of which the last word of the name is this.
const NAMES: &[(&str, &str)] = &[
    ("currency", "USD"),
    ("date", "2025-01-31"),
    ("email", "user@example.com"),
    ("host", "example.com"),
    ("hostname", "example.com"),
    ("keyword", "a"),
    ("language", "en"),
    ("locale", "en"),
    ("phrase", "a"),
    ("prefix", "a"),
    ("q", "a"),
    ("query", "a"),
    ("search", "a"),
    ("since", "2025-01-31"),
    ("term", "a"),
    ("text", "a"),
    ("timezone", "UTC"),
    ("until", "2025-12-31"),
    ("uri", "https://example.com/"),
    ("url", "https://example.com/"),
];

/// A string for a schema. `way` takes another of the possible ones, `chance` makes one by chance.
pub(super) fn make(
    schema: &Value,
    name: &str,
    odd: bool,
    way: usize,
    chance: usize,
) -> Option<String> {
    let mut ways: Vec<String> = Vec::new();
    if let Some(format) = schema["format"].as_str()
        && let Some((_, plain, made_up)) = FORMATS.iter().find(|(name, _, _)| *name == format)
    {
        ways.push((*if odd { made_up } else { plain }).to_owned());
    }
    if let Some(pattern) = schema["pattern"].as_str() {
        ways.extend(pattern::matching(pattern, odd, chance));
        ways.extend(pattern::matching(pattern, !odd, chance));
    }
    let last = crate::verbs::words(name).pop().unwrap_or_default();
    let known = NAMES.iter().find(|(name, _)| *name == last);
    ways.push(match known {
        Some((_, plain)) if !odd => (*plain).to_owned(),
        _ if odd => "zz-no-such-thing-987654321".to_owned(),
        _ if chance > 0 => by_chance(chance),
        _ => "x".to_owned(),
    });
    let chosen = ways.swap_remove(way % ways.len());
    within(schema, chosen)
}

fn by_chance(chance: usize) -> String {
    const WORDS: [&str; 8] = ["a", "water", "Zoë", "日本", "a b", "0", "-1", "\"quoted\""];
    WORDS[chance % WORDS.len()].to_owned()
}

/// Cut or filled to the schema's lengths.
fn within(schema: &Value, text: String) -> Option<String> {
    // 5.0 is an integer too
    let bound = |keyword: &str| {
        let number = schema.get(keyword)?;
        let whole = number
            .as_u64()
            .and_then(|whole| usize::try_from(whole).ok());
        let about = || {
            number
                .as_f64()
                .and_then(|about| format!("{:.0}", about.clamp(0.0, 1e9)).parse().ok())
        };
        whole.or_else(about)
    };
    let least = bound("minLength").unwrap_or_default();
    let most = bound("maxLength").unwrap_or(usize::MAX);
    if least > LONGEST || least > most {
        return None;
    }
    let length = text.chars().count();
    if length > most {
        return Some(text.chars().take(most).collect());
    }
    Some(text + &"x".repeat(least.saturating_sub(length)))
}
