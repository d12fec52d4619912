//! Whether an answer says that there is more, and how to get it.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::{Position, entries, position, structured};
use crate::{surface::Tool, wire::Answer};

/// What a partial answer says of the rest.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Signal {
    /// Nothing.
    Nothing,
    /// That there is more, and not how to get it.
    NoWay,
    /// That there is more; how to get it can be guessed from the tool's parameters.
    Guess,
    /// That there is more, and how to get it.
    Clear,
}

#[expect(
    clippy::expect_used,
    reason = "constant patterns, compiled in the tests"
)]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern of ours compiles")
}

static MORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix) \bmore\b .{0,40} \b(available|exists?|results?|items?|entries|pages?|match(es)?|records|rows|remain)
        | \b\d+\ (more|further|others?|additional)\b | \bfurther\b | \bremain(s|ing)?\b | \btruncated\b
        | \bnext[\ _-]?(page|cursor|offset|token)\b
        | \b(showing|shown|displaying|displayed|returned|returning|listed|listing)\b .{0,40} \b(of|out\ of)\b
        | \b\d+ \s* (of|/|out\ of) \s* \d+ | \bnot\ (shown|listed|all)\b | \bomitted\b | \bcut\ (off|at|after)\b
        | \bto\ continue\b | \bcontinue\ with\b | \bpartial\b | \bfirst\ \d+\b | \band\ more\b | \bmore\ available\b",
    )
});

static COUNTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b\d+\s*(?:of|/|out of)\s*(?:about\s*)?\d+|\btotal\b\D{0,12}\d+|\b\d+ (?:more|further|remain\w*|in total)",
    )
});

static WAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix) \bcursor\b | \bpage[_\ ]?(=|:|\d|number|token|n\b) | \bnext[\ _]page\b | \boffset\b | \bskip\b
        | \brefin | \bnarrow | \bmore\ specific | \badd\ (a\ )?filter | \busing\ (a\ )?filter | \bcall\ .{0,30}\bagain\b
        | \b(raise|increase|higher|larger|bigger)\b | \blimit\s*(=|:|to\b) | \btoken\b | \bstart(_?index|ing_after|_at)\b
        | \bstart\s*= | \bafter\s*= | \brequest\ page\b | \bcontinue\ with\b",
    )
});

/// What a partial answer says of the rest. `whole` is a longer answer to the same question: what both
/// have in their middle are entries, and no words about the answer.
pub fn signal(tool: &Tool, answer: &Answer, whole: Option<&Answer>) -> Signal {
    let count = entries(answer).len();
    let countable = matches!(
        position(tool),
        Some(Position::Offset(_) | Position::Page(..))
    );
    let mut said = Said::default();
    let parsed = structured(answer);
    if let Some(value) = &parsed {
        said.read(value, count, 0);
    }
    // cursors may stand beside the content too
    said.read(&answer.result()["_meta"], count, 0);
    let mut texts = said.texts.clone();
    for part in answer.result()["content"].as_array().into_iter().flatten() {
        let text = part["text"].as_str().unwrap_or_default();
        let is_data = parsed.is_some() && serde_json::from_str::<Value>(text).is_ok();
        if !is_data {
            texts.push(about(text, whole));
        }
    }
    let text = texts.join("\n");
    said.more |= MORE.is_match(&text);
    said.counted |= COUNTED.is_match(&text);
    let is_said = said.more || said.counted;
    let is_clear = said.way
        || said.more && WAY.is_match(&text)
        || is_said && said.position
        || said.counted && countable;
    if is_clear {
        Signal::Clear
    } else if said.more && countable {
        Signal::Guess
    } else if said.more || said.counted {
        Signal::NoWay
    } else {
        Signal::Nothing
    }
}

/// The lines of a text that are not entries: those that a longer answer does not have, and those at its
/// ends.
fn about(text: &str, whole: Option<&Answer>) -> String {
    const ENDS: usize = 3;
    let Some(whole) = whole else {
        return text.to_owned();
    };
    let whole = whole.text();
    let lines: Vec<&str> = whole
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let middle: std::collections::HashSet<&str> = if lines.len() > 2 * ENDS {
        lines[1..lines.len() - ENDS].iter().copied().collect()
    } else {
        std::collections::HashSet::new()
    };
    text.lines()
        .filter(|line| !middle.contains(line))
        .collect::<Vec<_>>()
        .join("\n")
}

/// What the fields of an answer say.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is seen or not, by itself"
)]
#[derive(Debug, Default)]
struct Said {
    more: bool,
    counted: bool,
    position: bool,
    way: bool,
    texts: Vec<String>,
}

impl Said {
    fn read(&mut self, value: &Value, count: usize, depth: usize) {
        let Some(object) = value.as_object().filter(|_| depth < 4) else {
            return;
        };
        for (name, value) in object {
            let squeezed: String = name
                .to_lowercase()
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .collect();
            self.take(&squeezed, value, count);
            match value {
                Value::Object(_) => self.read(value, count, depth + 1),
                Value::String(text) => self.texts.push(text.clone()),
                _ => {}
            }
        }
    }

    fn take(&mut self, name: &str, value: &Value, count: usize) {
        let given = match value {
            Value::Null | Value::Bool(_) => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(array) => !array.is_empty(),
            Value::Object(object) => !object.is_empty(),
            Value::Number(_) => true,
        };
        let number = value
            .as_u64()
            .and_then(|number| usize::try_from(number).ok());
        match name {
            "after" | "continuation" | "continuationtoken" | "cursor" | "endcursor" | "next"
            | "nextcursor" | "nextlink" | "nextoffset" | "nextpage" | "nextpagetoken"
            | "nextstart" | "nexttoken" | "nexturl" | "pagetoken" | "nextpageurl" | "nextskip"
            | "nextindex" | "scrollid" | "marker" | "nextmarker" => {
                self.way |= given;
            }
            "hasmore" | "hasnext" | "hasnextpage" | "ispartial" | "istruncated"
            | "incompleteresults" | "more" | "moreavailable" | "moreresults" | "partial"
            | "truncated" | "incomplete" => {
                self.more |= value.as_bool().unwrap_or(given && number != Some(0));
            }
            "left" | "remaining" | "remainingcount" | "further" | "omitted" | "notshown"
            | "hidden" => {
                self.counted |= number.is_some_and(|number| number > 0);
            }
            "available" | "found" | "matched" | "matches" | "matching" | "resultcount" | "size"
            | "total" | "totalavailable" | "totalcount" | "totalentries" | "totalhits"
            | "totalitems" | "totalmatches" | "totalrecords" | "totalresults" | "totalrows"
            | "numfound" | "hits" | "count" => {
                self.counted |= number.is_some_and(|number| number > count);
            }
            "pages" | "totalpages" | "lastpage" | "numpages" | "pagecount" => {
                self.counted |= number.is_some_and(|number| number > 1);
            }
            "currentpage" | "offset" | "page" | "pagenumber" | "skip" | "start" | "startindex" => {
                self.position |= number.is_some();
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    fn answer(result: Value) -> Answer {
        Answer {
            message: json!({"result": result}),
            reply: Ok(result),
            exchange: 1,
            took: Duration::ZERO,
            bytes: 0,
        }
    }

    fn text(text: &str) -> Answer {
        answer(json!({"content": [{"type": "text", "text": text}]}))
    }

    fn data(value: &Value) -> Answer {
        answer(
            json!({"content": [{"type": "text", "text": value.to_string()}], "structuredContent": value}),
        )
    }

    fn tool(parameters: &[&str]) -> Tool {
        let properties: serde_json::Map<_, _> = parameters
            .iter()
            .map(|name| ((*name).to_owned(), json!({"type": "integer"})))
            .collect();
        Tool {
            name: "list_notes".to_owned(),
            input_schema: json!({"properties": properties}),
            ..Tool::default()
        }
    }

    #[test]
    fn words_that_say_how_are_clear() {
        let limited = tool(&["limit"]);
        for said in [
            "n1\nMORE AVAILABLE: 119 further - call again with cursor=abc",
            "n1\n[truncated: refine the query]",
            "n1\n119 more results. Use page=2 for the next ones.",
            "Showing 1 of 120. Narrow the search or raise the limit.",
        ] {
            assert_eq!(signal(&limited, &text(said), None), Signal::Clear, "{said}");
        }
        for said in [
            "n1\n(more available)",
            "n1\n... truncated",
            "Showing 1 of 120 notes:\nn1",
        ] {
            assert_eq!(signal(&limited, &text(said), None), Signal::NoWay, "{said}");
        }
        assert_eq!(
            signal(&limited, &text("n1 water the plants"), None),
            Signal::Nothing
        );
        let paged = tool(&["limit", "page"]);
        assert_eq!(
            signal(&paged, &text("Showing 1 of 120 notes:\nn1"), None),
            Signal::Clear
        );
        assert_eq!(
            signal(&paged, &text("n1\n(more available)"), None),
            Signal::Guess
        );
    }

    #[test]
    fn fields_that_give_the_way_are_clear() {
        let limited = tool(&["limit"]);
        for value in [
            json!({"items": [1], "next_cursor": "abc"}),
            json!({"items": [1], "pageInfo": {"hasNextPage": true, "endCursor": "x"}}),
            json!({"items": [1], "page": 1, "total_pages": 12}),
            json!({"items": [1], "total": 9, "offset": 0}),
            json!({"items": [1], "hint": "8 more results: call again with a larger limit"}),
        ] {
            assert_eq!(
                signal(&limited, &data(&value), None),
                Signal::Clear,
                "{value}"
            );
        }
        for value in [
            json!({"items": [1], "more": true}),
            json!({"items": [1], "total": 9}),
            json!({"items": [1], "truncated": true, "next_cursor": null}),
        ] {
            assert_eq!(
                signal(&limited, &data(&value), None),
                Signal::NoWay,
                "{value}"
            );
        }
        for value in [
            json!({"items": [1]}),
            json!({"items": [1], "total": 1, "more": false}),
            json!([1]),
        ] {
            assert_eq!(
                signal(&limited, &data(&value), None),
                Signal::Nothing,
                "{value}"
            );
        }
    }

    #[test]
    fn entries_are_not_taken_for_words_about_the_answer() {
        let whole: Vec<_> = (1..20)
            .map(|number| format!("n{number} 3 of 4 pages remaining"))
            .collect();
        let whole = text(&whole.join("\n"));
        let part = text("n2 3 of 4 pages remaining\nn3 3 of 4 pages remaining");
        assert_eq!(
            signal(&tool(&["limit"]), &part, Some(&whole)),
            Signal::Nothing
        );
    }
}
