//! The search language: words, quoted phrases, `name:value` qualifiers, a minus for "not".

use crate::reply::Problem;
use crate::request::Call;
use crate::time;

/// The longest query, in characters.
const LONGEST: usize = 256;
/// The most `AND`, `OR` and `NOT`.
const MOST_OPERATORS: usize = 5;
/// What may stand before a colon; anything else there is text.
const QUALIFIERS: [&str; 29] = [
    "assignee",
    "author",
    "closed",
    "comments",
    "commenter",
    "created",
    "draft",
    "extension",
    "filename",
    "hash",
    "in",
    "involves",
    "is",
    "label",
    "language",
    "mentions",
    "merged",
    "milestone",
    "no",
    "org",
    "path",
    "reason",
    "repo",
    "sort",
    "stars",
    "state",
    "topic",
    "type",
    "updated",
];

/// A query, read.
pub(super) struct Query {
    /// Words and phrases, lower case; all must be found.
    pub(super) words: Vec<String>,
    /// Qualifiers: name, value, and whether it is a "not".
    pub(super) qualifiers: Vec<(String, String, bool)>,
    /// What to sort by.
    pub(super) sort: Option<String>,
    /// Smallest first.
    pub(super) ascending: bool,
}

impl Query {
    /// Reads `q`, `sort` and `order`.
    pub(super) fn read(call: &Call) -> Result<Self, Problem> {
        let text = call.query("q").filter(|text| !text.trim().is_empty());
        let text = text.ok_or_else(|| Problem::field("Search", "q", "missing"))?;
        let mut query = Self {
            words: Vec::new(),
            qualifiers: Vec::new(),
            sort: call.query("sort").map(str::to_owned),
            ascending: call.query("order") == Some("asc"),
        };
        let mut operators = 0;
        for token in tokens(text) {
            if ["AND", "OR", "NOT"].contains(&token.as_str()) {
                operators += 1;
            } else {
                query.add(&token);
            }
        }
        let plain: usize = query
            .words
            .iter()
            .map(|word| word.chars().count() + 1)
            .sum();
        if plain > LONGEST || operators > MOST_OPERATORS {
            let why = "The search is longer than 256 characters or has more than five operators.";
            let problem = Problem::new(422, "Validation Failed");
            return Err(problem.with_field("Search", "q", "invalid", why));
        }
        Ok(query)
    }

    fn add(&mut self, token: &str) {
        let (not, rest) = match token.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, token),
        };
        if let Some((name, value)) = rest.split_once(':')
            && let name = name.to_lowercase()
            && (QUALIFIERS.contains(&name.as_str()) || name == "user")
        {
            let value = value.trim_matches('"').to_owned();
            if name == "sort" {
                let (by, order) = value.split_once('-').unwrap_or((&value, "desc"));
                self.ascending = order == "asc";
                self.sort = Some(by.to_owned());
                return;
            }
            self.qualifiers.push((name, value, not));
            return;
        }
        let word = token.trim_matches('"').to_lowercase();
        if !word.is_empty() {
            self.words.push(word);
        }
    }

    /// All values of a qualifier.
    pub(super) fn all(&self, name: &str) -> Vec<&str> {
        let of = self
            .qualifiers
            .iter()
            .filter(|(known, _, not)| known == name && !not);
        of.map(|(_, value, _)| value.as_str()).collect()
    }

    /// The values of `org:` and `user:`.
    pub(super) fn owners(&self) -> Vec<&str> {
        [self.all("org"), self.all("user")].concat()
    }

    /// Whether all words are in a text.
    pub(super) fn found_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.words.iter().all(|word| text.contains(word.as_str()))
    }
}

/// Splits at spaces outside quotes.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = vec![String::new()];
    let mut quoted = false;
    for letter in text.chars() {
        quoted ^= letter == '"';
        match tokens.last_mut() {
            Some(last) if quoted || !letter.is_whitespace() => last.push(letter),
            _ => tokens.push(String::new()),
        }
    }
    tokens.retain(|token| !token.is_empty());
    tokens
}

/// Whether a date fits `>2026-01-01`, `<=..`, `2026-01-01..2026-02-01` or a single day.
pub(super) fn date_fits(range: &str, at: i64) -> bool {
    fits(range, at, |text, end| {
        let day = time::parse(text)?;
        // A bare day as an upper end means the whole of that day.
        Some(if end && text.len() == 10 {
            day + time::days(1) - 1
        } else {
            day
        })
    })
}

/// Whether a number fits a range of the same form.
pub(super) fn number_fits(range: &str, number: i64) -> bool {
    fits(range, number, |text, _| text.parse().ok())
}

fn fits(range: &str, value: i64, read: impl Fn(&str, bool) -> Option<i64>) -> bool {
    let low = |text| read(text, false).unwrap_or(i64::MIN);
    let high = |text| read(text, true).unwrap_or(i64::MAX);
    if let Some((from, to)) = range.split_once("..") {
        return value >= low(from) && value <= high(to);
    }
    if let Some(text) = range.strip_prefix(">=") {
        return value >= low(text);
    }
    if let Some(text) = range.strip_prefix("<=") {
        return value <= high(text);
    }
    if let Some(text) = range.strip_prefix('>') {
        return value > high(text);
    }
    if let Some(text) = range.strip_prefix('<') {
        return value < low(text);
    }
    match (read(range, false), read(range, true)) {
        (Some(from), Some(to)) => (from..=to).contains(&value),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{date_fits, number_fits, tokens};
    use crate::time::NOW;

    #[test]
    fn quotes_hold_words_together() {
        let found = tokens("label:\"good first issue\" high water \"spring tide\"");
        assert_eq!(
            found,
            [
                "label:\"good first issue\"",
                "high",
                "water",
                "\"spring tide\""
            ]
        );
    }

    #[test]
    fn ranges() {
        assert!(number_fits(">=3", 3) && number_fits("2..4", 4) && !number_fits("<3", 3));
        assert!(date_fits("2026-11-20", NOW) && date_fits(">2026-11-19", NOW));
        assert!(!date_fits(">2026-11-20", NOW) && date_fits("2026-11-01..*", NOW));
    }
}
