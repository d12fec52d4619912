//! Long messages in bounded memory: parsed, an entry of a list takes some twenty times its length.

use std::collections::BTreeMap;

use serde_json::{Map, Value, value::RawValue};

use crate::thresholds;

type Parts<'a> = BTreeMap<String, &'a RawValue>;

/// What entries of lists are known by.
const NAMES: [&str; 3] = ["name", "uri", "uriTemplate"];

/// A message; none where it is no JSON. Of the lists of a long result, the entries behind
/// [`thresholds::ITEMS_KEPT`] have no more than what they are known by.
pub(super) fn parse(bytes: &[u8]) -> Option<Value> {
    if bytes.len() > thresholds::WHOLE_BYTES
        && let Some(message) = parse_long(bytes)
    {
        return Some(message);
    }
    serde_json::from_slice(bytes).ok()
}

fn parse_long(bytes: &[u8]) -> Option<Value> {
    let mut message = Map::new();
    for (key, raw) in serde_json::from_slice::<Parts<'_>>(bytes).ok()? {
        let value = if key == "result" {
            let mut result = Map::new();
            for (key, raw) in serde_json::from_str::<Parts<'_>>(raw.get()).ok()? {
                result.insert(key, list(raw)?);
            }
            Value::Object(result)
        } else {
            serde_json::from_str(raw.get()).ok()?
        };
        message.insert(key, value);
    }
    Some(Value::Object(message))
}

fn list(raw: &RawValue) -> Option<Value> {
    if !raw.get().starts_with('[') {
        return serde_json::from_str(raw.get()).ok();
    }
    let entries: Vec<&RawValue> = serde_json::from_str(raw.get()).ok()?;
    entries
        .into_iter()
        .enumerate()
        .map(|(at, entry)| {
            let known = (at >= thresholds::ITEMS_KEPT)
                .then(|| known_by(entry))
                .flatten();
            known.or_else(|| serde_json::from_str(entry.get()).ok())
        })
        .collect()
}

/// An entry without all but what it is known by; none where that is nothing.
fn known_by(entry: &RawValue) -> Option<Value> {
    let parts: Parts<'_> = serde_json::from_str(entry.get()).ok()?;
    let mut known = Map::new();
    for name in NAMES {
        if let Some(Ok(Value::String(text))) =
            parts.get(name).map(|raw| serde_json::from_str(raw.get()))
        {
            known.insert(name.to_owned(), Value::String(text));
        }
    }
    (!known.is_empty()).then_some(Value::Object(known))
}

/// Leaves the beginnings of a long result's lists: nobody waits for it.
pub(super) fn shorten(message: &mut Value) {
    let Some(result) = message.get_mut("result").and_then(Value::as_object_mut) else {
        return;
    };
    for value in result.values_mut() {
        if let Value::Array(entries) = value {
            entries.truncate(thresholds::STRAY_ITEMS);
            entries.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn long_lists_lose_all_but_names_at_their_end() {
        let entries: Vec<_> = (0..thresholds::ITEMS_KEPT + 2)
            .map(|at| json!({"name": format!("t{at}"), "description": "x".repeat(120)}))
            .chain([json!({"description": "nameless"}), json!(7)])
            .collect();
        let whole = json!({"jsonrpc": "2.0", "id": 1, "result": {"tools": entries, "ttlMs": 5}});
        let mut lean = parse(whole.to_string().as_bytes()).unwrap();
        let (all, kept) = (&whole["result"]["tools"], &lean["result"]["tools"]);
        assert_eq!(
            kept.as_array().unwrap().len(),
            all.as_array().unwrap().len()
        );
        let last = thresholds::ITEMS_KEPT;
        assert_eq!(kept[last - 1], all[last - 1]);
        assert_eq!(kept[last], json!({"name": format!("t{last}")}));
        assert_eq!(kept[last + 2], all[last + 2]);
        assert_eq!(kept[last + 3], 7);
        assert_eq!(
            (&lean["id"], &lean["result"]["ttlMs"]),
            (&json!(1), &json!(5))
        );
        shorten(&mut lean);
        assert_eq!(
            lean["result"]["tools"].as_array().map(Vec::len),
            Some(thresholds::STRAY_ITEMS)
        );
    }

    #[test]
    fn what_is_no_message_is_parsed_as_it_is() {
        let long = json!(["x".repeat(thresholds::WHOLE_BYTES + 1)]);
        assert_eq!(parse(long.to_string().as_bytes()), Some(long));
        let odd = json!({"result": "x".repeat(thresholds::WHOLE_BYTES + 1)});
        assert_eq!(parse(odd.to_string().as_bytes()), Some(odd));
        assert_eq!(parse(b"{"), None);
    }
}
