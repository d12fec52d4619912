//! What an answer holds: its entries, and how long it is for a model.

use serde_json::Value;

use crate::wire::Answer;

/// The structured part of a tool's answer: `structuredContent`, or its text where that is JSON.
pub fn structured(answer: &Answer) -> Option<Value> {
    let content = &answer.result()["structuredContent"];
    if !content.is_null() {
        return Some(content.clone());
    }
    let text = answer.text();
    let text = text.trim();
    text.starts_with(['{', '['])
        .then(|| serde_json::from_str(text).ok())
        .flatten()
}

/// The entries of an answer: of its longest array, or its lines. A list that the server gives one text
/// an entry counts as such.
pub fn entries(answer: &Answer) -> Vec<String> {
    if let Some(value) = structured(answer) {
        return longest(&value, 0)
            .map(|array| array.iter().map(ToString::to_string).collect())
            .unwrap_or_default();
    }
    let parts: Vec<_> = answer.result()["content"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|part| part["type"] == "text" || part["type"] == "resource_link")
        .collect();
    if parts.len() > 2 {
        return parts.iter().map(ToString::to_string).collect();
    }
    answer
        .text()
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(str::to_owned)
        .collect()
}

fn longest(value: &Value, depth: usize) -> Option<&Vec<Value>> {
    match value {
        Value::Array(array) => Some(array),
        Value::Object(object) if depth < 4 => object
            .values()
            .filter_map(|value| longest(value, depth + 1))
            .max_by_key(|array| array.len()),
        _ => None,
    }
}

/// The tokens of an answer as a model sees it, estimated at four characters each: its texts, and its
/// structured content where the texts do not say the same.
pub fn tokens(answer: &Answer) -> usize {
    let mut characters = 0;
    let Ok(result) = &answer.reply else {
        return answer.text().chars().count() / 4;
    };
    let mut says_the_same = false;
    let structured = result
        .get("structuredContent")
        .filter(|content| !content.is_null());
    for part in result["content"].as_array().into_iter().flatten() {
        // pictures and sounds are not read as text
        let text = part["text"].as_str().or(part["resource"]["text"].as_str());
        if let Some(text) = text {
            characters += text.chars().count();
            says_the_same |= structured.is_some_and(|content| {
                serde_json::from_str::<Value>(text)
                    .is_ok_and(|value| &value == content || content.get("result") == Some(&value))
            });
        } else if part["type"] == "resource_link" {
            characters += part.to_string().chars().count();
        }
    }
    if let Some(structured) = structured {
        let length = structured.to_string().chars().count();
        // a list's entries may come one text each
        let one_by_one = length > 200 && characters * 10 > length * 9 && characters < length * 2;
        if !says_the_same && !one_by_one {
            characters += length;
        }
    }
    characters / 4
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

    #[test]
    fn an_answer_is_counted_once() {
        let rows = json!({"rows": vec!["a row of some length"; 100]});
        let text = rows.to_string();
        let length = text.chars().count() / 4;
        let both =
            answer(json!({"content": [{"type": "text", "text": text}], "structuredContent": rows}));
        assert_eq!(tokens(&both), length);
        let other = answer(
            json!({"content": [{"type": "text", "text": "100 rows"}], "structuredContent": rows}),
        );
        assert!(tokens(&other) > length);
        let picture = answer(json!({"content": [{"type": "image", "data": "x".repeat(9_000)}]}));
        assert_eq!(tokens(&picture), 0);
    }

    #[test]
    fn entries_are_items_or_lines() {
        assert_eq!(
            entries(&answer(
                json!({"content": [], "structuredContent": {"total": 9, "items": [1, 2, 3]}})
            ))
            .len(),
            3
        );
        assert_eq!(
            entries(&answer(
                json!({"content": [{"type": "text", "text": "a\n\nb"}]})
            ))
            .len(),
            2
        );
    }
}
