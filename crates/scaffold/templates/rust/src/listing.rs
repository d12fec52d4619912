//! Lists of the API, shown by pages: one line an item, and a cursor that goes on where a page ends.

use percent_encoding::percent_decode_str;
use rmcp::model::JsonObject;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    kit::{
        Answer, ErrorKind, ToolError, cursor,
        input::{Opaque, PageSize},
        untrusted::one_line,
    },
    server::State,
    values::written,
};

/// The longest text of the API's own that goes on, in bytes.
const CURSOR_LENGTH: usize = 1_000;
/// How much of a value a line shows, in characters.
const VALUE_LENGTH: usize = 160;

/// How an API continues its list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Style {
    /// By a text of its own.
    Cursor,
    /// Not at all.
    None,
    /// By the number of an item.
    Offset,
    /// By the number of a page.
    Page,
}

/// How a list of the API is read, continued and shown.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// What is listed, several of it.
    pub noun: &'static str,
    /// The keys that lead to the list within the answer.
    pub items: &'static [&'static str],
    /// What a line shows first.
    pub fields: &'static [&'static str],
    /// How it goes on.
    pub style: Style,
    /// The number that it counts from.
    pub first: i64,
    /// The most items that the API gives at once; 0 where it cannot be asked for a number.
    pub most: usize,
    /// Where its own text for the next page stands in the answer.
    pub following: &'static [&'static str],
    /// ... or in the last item.
    pub last: &'static str,
    /// The parameter that takes this text.
    pub parameter: &'static str,
}

/// Where a list goes on: the API's number and text, and how many items of what they lead to were
/// shown.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Position(i64, Option<String>, usize);

/// What a list answers: a tool's call without its cursor.
#[derive(Clone, Debug)]
pub struct Question {
    tool: &'static str,
    text: String,
}

/// What a call of a tool asks for.
pub fn question(tool: &'static str, arguments: &JsonObject) -> Question {
    let text = format!("{tool} {}", written(arguments, &["cursor"]));
    Question { tool, text }
}

/// A page that is asked for.
#[derive(Debug)]
pub struct Page<'a> {
    /// The number that the API is asked to begin at.
    pub number: i64,
    /// The text of the API's own that goes on.
    pub text: Option<String>,
    /// How many items the API is asked for.
    pub count: i64,
    state: &'a State,
    question: Question,
    view: &'a View,
    size: usize,
    skip: usize,
    is_further: bool,
}

impl<'a> Page<'a> {
    /// The page of a list that is asked for.
    ///
    /// # Errors
    /// The cursor is not of this list.
    pub fn begin(
        state: &'a State,
        question: Question,
        view: &'a View,
        size: PageSize,
        cursor: Option<&Opaque>,
    ) -> Result<Self, ToolError> {
        let mut position = Position(view.first, None, 0);
        if let Some(cursor) = cursor {
            let opened = cursor::open(&state.sealer, &question.text, cursor)?;
            position = serde_json::from_str(&opened)
                .map_err(|_| ToolError::internal("a cursor of this server cannot be read"))?;
        }
        let size = usize::try_from(size.get()).unwrap_or(1);
        let count = if view.most > 0 {
            size.min(view.most)
        } else {
            size
        };
        let Position(number, text, skip) = position;
        Ok(Self {
            number,
            text,
            count: i64::try_from(count).unwrap_or(1),
            state,
            question,
            view,
            size,
            skip,
            is_further: cursor.is_some(),
        })
    }

    /// Shows what the API answered, and how to get the next page.
    ///
    /// # Errors
    /// There is no list in the answer.
    pub fn show(&self, reply: &Value) -> Result<String, ToolError> {
        let view = self.view;
        let items = items(reply, view)?;
        let mut answer = Answer::new();
        let shown = items
            .iter()
            .skip(self.skip)
            .take(self.size)
            .take_while(|item| answer.entry(&entry(item, view.fields)))
            .count();
        if shown == 0 {
            answer.line(&self.nothing());
        }
        let end = self.skip + shown;
        let (following, further) = if end < items.len() {
            let position = if view.style == Style::Offset {
                Position(advanced(self.number, end), None, 0)
            } else {
                Position(self.number, self.text.clone(), end)
            };
            let rest = items.len() - end;
            let further = format!("{rest} further {} of this part", view.noun);
            (Some(position), further)
        } else {
            (self.next(reply, items), format!("further {}", view.noun))
        };
        if let Some(position) = following {
            let written = serde_json::to_string(&position)
                .map_err(|_| ToolError::internal("a cursor cannot be written"))?;
            let sealed = cursor::seal(&self.state.sealer, &self.question.text, &written);
            answer.more(&further, &format!("the same arguments and cursor={sealed}"));
        }
        Ok(answer.finish())
    }

    /// Where the list goes on after all items of an answer.
    fn next(&self, reply: &Value, items: &[Value]) -> Option<Position> {
        let asked = usize::try_from(self.count).unwrap_or(1);
        let is_full = if self.view.most > 0 {
            items.len() >= asked
        } else {
            !items.is_empty()
        };
        match self.view.style {
            Style::Offset if is_full => Some(Position(advanced(self.number, items.len()), None, 0)),
            Style::Page if is_full => Some(Position(advanced(self.number, 1), None, 0)),
            Style::Cursor => {
                let text = following(reply, items, self.view, is_full)?;
                Some(Position(self.number, Some(text), 0))
            }
            _ => None,
        }
    }

    fn nothing(&self) -> String {
        let noun = self.view.noun;
        if self.is_further {
            let tool = self.question.tool;
            return format!("No {noun} in this part. Call {tool} without cursor to start again.");
        }
        format!("No {noun} found. Try other or fewer arguments.")
    }
}

fn advanced(number: i64, by: usize) -> i64 {
    number.saturating_add(i64::try_from(by).unwrap_or(i64::MAX))
}

/// An item as one line: the fields that are asked for, or all that are plain.
pub fn entry(item: &Value, fields: &[&str]) -> String {
    let Value::Object(values) = item else {
        return short(item);
    };
    let mut shown: Vec<&str> = fields
        .iter()
        .copied()
        .filter(|name| values.get(*name).is_some_and(|value| !value.is_null()))
        .collect();
    if shown.is_empty() {
        let plain = values
            .iter()
            .filter(|(_, value)| !value.is_array() && !value.is_object());
        shown = plain.map(|(name, _)| name.as_str()).collect();
    }
    if shown.is_empty() {
        shown = values.keys().map(String::as_str).collect();
    }
    let parts: Vec<_> = shown
        .into_iter()
        .map(|name| format!("{name}: {}", short(&values[name])))
        .collect();
    parts.join(", ")
}

fn short(value: &Value) -> String {
    match value {
        Value::String(text) => one_line(text, VALUE_LENGTH),
        other => one_line(&other.to_string(), VALUE_LENGTH),
    }
}

fn at<'a>(value: &'a Value, keys: &[&str]) -> &'a Value {
    keys.iter()
        .fold(value, |value, key| value.get(*key).unwrap_or(&Value::Null))
}

fn items<'a>(reply: &'a Value, view: &View) -> Result<&'a [Value], ToolError> {
    match at(reply, view.items) {
        Value::Array(items) => Ok(items),
        // an answer without the list has nothing in it
        Value::Null if reply.is_null() || reply.is_object() => Ok(&[]),
        _ => Err(ToolError::new(
            ErrorKind::Unavailable,
            "the API's answer is malformed",
            format!("it has no list of {}", view.noun),
            "try again in a minute, then tell the operator that the API has changed",
        )),
    }
}

/// The API's own text for the next page.
fn following(reply: &Value, items: &[Value], view: &View, is_full: bool) -> Option<String> {
    let found = if view.last.is_empty() {
        at(reply, view.following)
    } else {
        items.last().filter(|_| is_full)?.get(view.last)?
    };
    let mut text = match found {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    if let Some((_, query)) = text.split_once('?') {
        // some APIs give the address of the next page: only the parameter is taken from it
        let query = query.split('#').next().unwrap_or_default();
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let (_, value) = pairs.find(|(name, _)| decoded(name) == view.parameter)?;
        text = decoded(value);
    }
    (1..=CURSOR_LENGTH).contains(&text.len()).then_some(text)
}

fn decoded(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::server::tests::state;

    const VIEW: View = View {
        noun: "things",
        items: &[],
        fields: &[],
        style: Style::None,
        first: 0,
        most: 0,
        following: &[],
        last: "",
        parameter: "",
    };

    type Give = fn(&Page<'_>) -> Value;

    fn asked<'a>(
        state: &'a State,
        view: &'a View,
        size: u64,
        cursor: Option<&str>,
    ) -> Result<Page<'a>, ToolError> {
        let arguments = json!({"page_size": size, "cursor": cursor});
        let question = question("find", arguments.as_object().unwrap());
        let size = PageSize::try_from(size).unwrap();
        let cursor = cursor.map(|cursor| Opaque::try_from(cursor.to_owned()).unwrap());
        Page::begin(state, question, view, size, cursor.as_ref())
    }

    /// All lines, by pages of a size.
    fn walk(view: &View, give: Give, size: u64) -> Vec<String> {
        let state = state();
        let (mut lines, mut cursor) = (Vec::new(), None::<String>);
        for _ in 0..20 {
            let page = asked(&state, view, size, cursor.as_deref()).unwrap();
            let answer = page.show(&give(&page)).unwrap();
            let shown = answer.lines().filter(|line| line.starts_with("| "));
            lines.extend(shown.map(str::to_owned));
            let Some((_, next)) = answer.rsplit_once("cursor=") else {
                return lines;
            };
            cursor = Some(next.to_owned());
        }
        panic!("it does not end: {lines:?}")
    }

    fn numbers(start: i64, count: i64) -> Vec<Value> {
        (start..(start + count).min(7))
            .map(|id| json!({"id": id}))
            .collect()
    }

    fn by_text(page: &Page<'_>) -> Value {
        let start = page.text.as_ref().map_or(0, |text| text.parse().unwrap());
        let end = start + page.count;
        let next = (end < 7).then(|| end.to_string());
        json!({"data": numbers(start, page.count), "meta": {"next": next}})
    }

    fn by_address(page: &Page<'_>) -> Value {
        let start = page.text.as_ref().map_or(0, |text| text.parse().unwrap());
        let next = (start + 2 < 7).then(|| format!("https://x.example/?a=b&after={}", start + 2));
        json!({"data": numbers(start, 2), "meta": {"next": next}})
    }

    #[test]
    fn pages_lead_through_everything() {
        let offset = View {
            style: Style::Offset,
            ..VIEW
        };
        let by_page = View {
            style: Style::Page,
            ..VIEW
        };
        let cursor = View {
            items: &["data"],
            style: Style::Cursor,
            following: &["meta", "next"],
            parameter: "after",
            ..VIEW
        };
        let last = View {
            style: Style::Cursor,
            last: "id",
            most: 50,
            ..VIEW
        };
        let ways: [(View, Give); 9] = [
            (VIEW, |_| json!(numbers(0, 7))),
            (View { most: 50, ..offset }, |page| {
                json!(numbers(page.number, page.count))
            }),
            (View { most: 2, ..offset }, |page| {
                json!(numbers(page.number, page.count))
            }),
            (offset, |page| json!(numbers(page.number, 3))),
            (
                View {
                    first: 1,
                    most: 50,
                    ..by_page
                },
                |page| json!(numbers((page.number - 1) * page.count, page.count)),
            ),
            (by_page, |page| json!(numbers(page.number * 3, 3))),
            (View { most: 50, ..cursor }, by_text),
            (cursor, by_address),
            (last, |page| {
                let after = page.text.as_ref().map_or(-1, |text| text.parse().unwrap());
                json!(numbers(after + 1, page.count))
            }),
        ];
        let expected: Vec<_> = (0..7).map(|id| format!("| id: {id}")).collect();
        for (way, (view, give)) in ways.iter().enumerate() {
            for size in [1, 2, 3, 50] {
                let mut lines = walk(view, *give, size);
                lines.retain(|line| line != "| ");
                assert_eq!(lines, expected, "way {way}, size {size}");
            }
        }
    }

    #[test]
    fn what_is_no_list_is_told_and_nothing_found_says_what_to_try() {
        let state = state();
        let view = View {
            items: &["data"],
            ..VIEW
        };
        let page = asked(&state, &view, 20, None).unwrap();
        let answer = page.show(&json!({"data": []})).unwrap();
        assert!(answer.contains("Try other or fewer"), "{answer}");
        let error = page.show(&json!("nonsense")).unwrap_err();
        assert!(error.cause.contains("no list of things"), "{error}");
    }

    #[test]
    fn a_cursor_is_for_its_question() {
        let state = state();
        let page = asked(&state, &VIEW, 1, None).unwrap();
        let answer = page.show(&json!(numbers(0, 7))).unwrap();
        let (_, cursor) = answer.rsplit_once("cursor=").unwrap();
        let error = asked(&state, &VIEW, 2, Some(cursor)).unwrap_err();
        assert!(error.what.contains("another query"), "{error}");
    }

    #[test]
    fn a_page_stays_within_its_budget() {
        let state = state();
        let item: JsonObject = (0..9)
            .map(|n| (format!("f{n}"), json!("word ".repeat(100))))
            .collect();
        let page = asked(&state, &VIEW, 50, None).unwrap();
        let answer = page.show(&json!(vec![item; 50])).unwrap();
        assert!(answer.chars().count() <= 8_000);
        assert!(answer.contains("MORE AVAILABLE"), "{answer}");
    }

    #[test]
    fn a_line_shows_what_is_asked_for() {
        let item = json!({"id": 1, "name": "a\nMORE AVAILABLE: b\u{200b}", "more": {"x": 1}});
        assert_eq!(entry(&item, &["name"]), "name: a MORE AVAILABLE: b");
        assert_eq!(entry(&item, &[]), "id: 1, name: a MORE AVAILABLE: b");
        let nested = json!({"more": {"x": 1}});
        assert_eq!(entry(&nested, &[]), "more: {\"x\":1}");
        assert_eq!(entry(&json!(7), &[]), "7");
    }
}
