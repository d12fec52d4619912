//! A state that travels through the client comes back as the client likes it.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use futures::future::BoxFuture;
use serde_json::{Value, json};

use crate::{
    finding::{Finding, Place},
    inputs::{self, Asking},
    live::Live,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    thresholds, verbs,
    wire::{Answer, Era, Lost},
};

pub(super) static RULE: Rule = Rule {
    id: "P09",
    name: "request-state-sealed",
    summary: "a tampered requestState is rejected",
    level: Level::Error,
    basis: Basis::Must,
    reach: Reach::Calls,
    docs: Docs {
        what: "Prompts, reads, and those calls that the run may make are tried in the modern era by a client \
               that can be asked for input. Where one answers input_required with a requestState, it is \
               repeated with forged states (a value in the decoded state changed and encoded again, a \
               character changed, half of it, nothing, nonsense) and with every question declined, so that \
               nothing can act. Each must be refused, or asked again; a result is an error. The state of \
               another request that is taken is a warning.",
        why: "Whoever holds the client can change the state: skip the question, name another user's item, \
              raise an amount. The state is what the server itself believes about its earlier step.",
        source: "MCP 2026-07-28, Multi Round-Trip Requests, Server Requirements: servers \"MUST treat \
                 requestState as an attacker-controlled input\", \"MUST protect its integrity (e.g. HMAC or \
                 AEAD) and MUST reject state that fails verification\".",
        bad: "state = base64(json({\"item\": item, \"step\": 2}))",
        good: "state = base64(json(payload)) + \".\" + base64(hmac_sha256(key, json(payload)))",
        fix: "Seal the state with a key that only the server has (HMAC or AEAD over the step, the request's \
              arguments, the user and an expiry), verify it before anything else is looked at, and answer \
              error -32602 where it fails.",
    },
    checks: &[Check::Live(check)],
};

const FIX: &str = "Append an HMAC over the state, made with a key of the server's own, verify it before anything \
                   else, and answer error -32602 \"Invalid requestState\" where it fails.";

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        if !live.speaks(Era::Modern) {
            return Outcome::not_applicable("it does not speak 2026-07-28");
        }
        let inputs = live.inputs().await;
        let mut outcome = Outcome::pass();
        let stateful: Vec<_> = inputs
            .asking
            .iter()
            .filter(|asking| asking.answer.result()["requestState"].is_string())
            .collect();
        for (index, asking) in stateful.iter().take(3).enumerate() {
            let other = stateful
                .get((index + 1) % stateful.len())
                .filter(|other| other.name != asking.name);
            if let Err(lost) = judge(live, asking, other.copied(), &mut outcome).await {
                outcome.unknown(format!("{} {}: {lost}", asking.method, asking.name));
            }
        }
        if !stateful.is_empty() {
            return outcome;
        }
        if let Some(lost) = &inputs.lost {
            return Outcome::unverified(lost.clone());
        }
        if inputs.left_out > 0 {
            return Outcome::unverified(format!(
                "nothing that was tried asks for input with a requestState; {} tools were not called \
                 (--active calls more)",
                inputs.left_out
            ));
        }
        Outcome::not_applicable("nothing asks for input with a requestState")
    })
}

async fn judge(
    live: &Live,
    asking: &Asking,
    other: Option<&Asking>,
    outcome: &mut Outcome,
) -> Result<(), Lost> {
    let state = asking.answer.result()["requestState"]
        .as_str()
        .unwrap_or_default();
    let mut refused = Vec::new();
    for (how, forged) in forgeries(state) {
        let answer = repeat(live, asking, &forged).await?;
        if is_taken(&answer) {
            outcome.find(found(asking, how, &forged, &answer));
            return Ok(());
        }
        if answer.is_refusal() {
            refused.push((how, forged, answer));
        }
    }
    if let Some(theirs) = other.and_then(|other| other.answer.result()["requestState"].as_str())
        && theirs != state
    {
        let answer = repeat(live, asking, theirs).await?;
        if is_taken(&answer) {
            let how = "that another request was given";
            outcome.find(found(asking, how, theirs, &answer).level(Level::Warning));
            return Ok(());
        }
    }
    // the true state, last, as it may be good for one use: is it the state that was refused, or the answer?
    let control = repeat(live, asking, state).await?;
    if !control.is_refusal() {
        return Ok(());
    }
    let text = control.text();
    let same =
        |answer: &Answer| answer.text() == text && answer.reply.is_err() == control.reply.is_err();
    let Some((how, forged, answer)) = refused.iter().find(|(_, _, answer)| same(answer)) else {
        return Ok(());
    };
    let told_apart = refused.iter().any(|(_, _, answer)| !same(answer));
    // a refusal of the true state itself says nothing: it may be good for one use
    if !names_state(&text) && (told_apart || names_answer(&text, asking)) {
        outcome.find(found(asking, how, forged, answer).exchange(control.exchange));
    } else {
        outcome.unknown(format!(
            "{} refuses a declined answer as it refuses a forged state",
            asking.name
        ));
    }
    Ok(())
}

/// Whether a refusal is about the state.
fn names_state(text: &str) -> bool {
    let text = text.to_lowercase();
    [
        "state",
        "signature",
        "tamper",
        "forged",
        "verif",
        "seal",
        "integrity",
        "expired",
        "hmac",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// Whether a refusal is about the answers to the questions, so that the state was gone by.
fn names_answer(text: &str, asking: &Asking) -> bool {
    let told = verbs::words(text);
    let speaks = |word: &str| {
        matches!(word, "answer" | "choice" | "chose" | "chosen" | "consent")
            || ["declin", "cancel"]
                .iter()
                .any(|stem| word.starts_with(stem))
    };
    let asked = asking.answer.result()["inputRequests"]
        .as_object()
        .into_iter()
        .flatten()
        .flat_map(|(key, request)| {
            let fields = request["params"]["requestedSchema"]["properties"].as_object();
            let fields = fields.into_iter().flatten().map(|(name, _)| name.as_str());
            std::iter::once(key.as_str()).chain(fields)
        })
        .flat_map(verbs::words)
        .any(|word| word.len() > 2 && told.contains(&word));
    asked || told.iter().any(|word| speaks(word))
}

/// Whether a forged state led on: to a result that is neither an error nor the question again.
fn is_taken(answer: &Answer) -> bool {
    !answer.is_refusal() && answer.result()["resultType"] != "input_required"
}

fn found(asking: &Asking, how: &str, forged: &str, answer: &Answer) -> Finding {
    let place = match asking.method {
        "tools/call" => Place::Tool(asking.name.clone()),
        "prompts/get" => Place::Prompt(asking.name.clone()),
        _ => Place::Resource(asking.name.clone()),
    };
    let mut finding = RULE
        .finding(place, format!("a requestState {how} is taken"), FIX)
        .text(
            "requestState",
            asking.answer.result()["requestState"]
                .as_str()
                .unwrap_or_default(),
        );
    if !forged.is_empty() {
        finding = finding.text("forged", forged);
    }
    finding
        .text("answer", &answer.message.to_string())
        .exchange(asking.answer.exchange)
        .exchange(answer.exchange)
}

/// Repeats a request with a state, every question declined.
async fn repeat(live: &Live, asking: &Asking, state: &str) -> Result<Answer, Lost> {
    let mut responses = serde_json::Map::new();
    for (key, request) in asking.answer.result()["inputRequests"]
        .as_object()
        .into_iter()
        .flatten()
    {
        match request["method"].as_str() {
            Some("elicitation/create") => {
                responses.insert(key.clone(), json!({"action": "decline"}));
            }
            Some("roots/list") => {
                responses.insert(key.clone(), json!({"roots": []}));
            }
            // a sampling cannot be declined, only left out
            _ => {}
        }
    }
    let mut params = inputs::declaring(&asking.params, &inputs::all_capabilities());
    params["requestState"] = json!(state);
    params["inputResponses"] = Value::Object(responses);
    if asking.method == "tools/call" {
        live.log.called(&asking.name, "forged state, declined");
    }
    let session = live.scratch(Era::Modern).await?;
    session.request(asking.method, params).await
}

/// Forged states, and what was done to each; the ones that a server without a seal believes come first.
fn forgeries(state: &str) -> Vec<(&'static str, String)> {
    let mut forged = Vec::new();
    let parts: Vec<&str> = state.split('.').collect();
    for (at, part) in parts.iter().enumerate().take(4) {
        let Some((text, encode)) = decode(part) else {
            continue;
        };
        for changed in change(&text) {
            for changed in spellings(part, encode(&changed)) {
                let mut parts: Vec<&str> = parts.clone();
                parts[at] = &changed;
                forged.push(("with a changed value in it", parts.join(".")));
            }
        }
    }
    // a dot may stand in the text itself
    if parts.len() > 1
        && let Some((text, encode)) = decode(state)
    {
        for changed in change(&text) {
            forged.extend(
                spellings(state, encode(&changed))
                    .into_iter()
                    .map(|changed| ("with a changed value in it", changed)),
            );
        }
    }
    let characters: Vec<char> = state.chars().collect();
    if characters.len() > 2 {
        // not the last ones, whose bits may be padding
        for at in [characters.len() / 2, characters.len() / 4] {
            let mut flipped = characters.clone();
            flipped[at] = if flipped[at] == 'A' { 'B' } else { 'A' };
            forged.push(("with a changed character", flipped.into_iter().collect()));
        }
        let half = characters[..characters.len() / 2].iter().collect();
        forged.push(("cut in half", half));
    }
    forged.push(("of nonsense", "seaworthy-forged-state".to_owned()));
    forged.push(("that is empty", String::new()));
    forged.retain(|(_, other)| other != state);
    forged.dedup_by(|one, other| one.1 == other.1);
    forged
}

type Encode = fn(&str) -> String;

fn hexadecimal(text: &str) -> String {
    text.bytes().fold(String::new(), |mut digits, byte| {
        digits.extend(char::from_digit(u32::from(byte >> 4), 16));
        digits.extend(char::from_digit(u32::from(byte & 15), 16));
        digits
    })
}

/// The ways in which a new state may be written where the old one has no sign of which: with padding or
/// without, in either alphabet of base64.
fn spellings(old: &str, new: String) -> Vec<String> {
    let mut all = vec![new];
    if !old.contains('=') && all[0].ends_with('=') {
        all.push(all[0].trim_end_matches('=').to_owned());
    }
    if !old.contains(['+', '/']) && all[0].contains(['+', '/']) {
        let safe = |text: &String| text.replace('+', "-").replace('/', "_");
        all.extend(all.iter().map(safe).collect::<Vec<_>>());
    }
    all
}

/// The text in a state, and how to write another.
fn decode(part: &str) -> Option<(String, Encode)> {
    let readable = |bytes: Vec<u8>| {
        String::from_utf8(bytes)
            .ok()
            .filter(|text| text.len() > 1 && text.chars().all(|character| !character.is_control()))
    };
    let padded = part.contains('=');
    let safe = part.contains(['-', '_']);
    // the alphabets overlap: hexadecimal is base64 too, so the narrowest comes first
    if part.len().is_multiple_of(2) && part.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let bytes = (0..part.len())
            .step_by(2)
            .filter_map(|at| u8::from_str_radix(part.get(at..at + 2)?, 16).ok())
            .collect();
        if let Some(text) = readable(bytes) {
            return Some((text, hexadecimal));
        }
    }
    let engines: [(bool, bool, _, Encode); 4] = [
        (false, true, &STANDARD, |text| STANDARD.encode(text)),
        (false, false, &STANDARD_NO_PAD, |text| {
            STANDARD_NO_PAD.encode(text)
        }),
        (true, true, &URL_SAFE, |text| URL_SAFE.encode(text)),
        (true, false, &URL_SAFE_NO_PAD, |text| {
            URL_SAFE_NO_PAD.encode(text)
        }),
    ];
    for (is_safe, is_padded, engine, encode) in engines {
        // without a sign of either alphabet, the padded standard form is as good as any
        if (safe && !is_safe) || (padded && !is_padded) {
            continue;
        }
        if let Some(text) = engine.decode(part).ok().and_then(readable) {
            return Some((text, encode));
        }
    }
    (part.len() > 1).then(|| (part.to_owned(), str::to_owned as Encode))
}

/// A text with one value changed: of JSON each of its leaves, else its first number, or a letter.
fn change(text: &str) -> Vec<String> {
    if let Ok(json) = serde_json::from_str::<Value>(text)
        && (json.is_object() || json.is_array())
    {
        let mut changed = Vec::new();
        for at in 0..thresholds::STATE_LEAVES {
            let mut copy = json.clone();
            let mut left = at;
            if !change_leaf(&mut copy, &mut left) {
                break;
            }
            changed.push(copy.to_string());
        }
        return changed;
    }
    let mut changed = Vec::new();
    if let Some(at) = text.find(|character: char| character.is_ascii_digit()) {
        let digit = if text[at..].starts_with('1') {
            '2'
        } else {
            '1'
        };
        changed.push(format!("{}{digit}{}", &text[..at], &text[at + 1..]));
    }
    if let Some(at) = text.find(|character: char| character.is_ascii_alphabetic()) {
        let letter = if text[at..].starts_with('x') {
            'y'
        } else {
            'x'
        };
        changed.push(format!("{}{letter}{}", &text[..at], &text[at + 1..]));
    }
    changed
}

/// Changes the leaf of that number, counted from 0; false where there are fewer.
fn change_leaf(json: &mut Value, left: &mut usize) -> bool {
    match json {
        Value::Object(object) => object.values_mut().any(|value| change_leaf(value, left)),
        Value::Array(array) => array.iter_mut().any(|value| change_leaf(value, left)),
        leaf => {
            if *left > 0 {
                *left -= 1;
                return false;
            }
            *leaf = match leaf {
                Value::Bool(flag) => json!(!*flag),
                Value::Number(number) => match number.as_i64() {
                    Some(whole) => json!(whole.saturating_add(1)),
                    None => json!(1),
                },
                Value::String(text) => json!(other_text(text)),
                _ => json!("x"),
            };
            true
        }
    }
}

/// Another text of the same kind: its last digit or letter changed.
fn other_text(text: &str) -> String {
    let Some(last) = text.chars().last() else {
        return "x".to_owned();
    };
    let rest = &text[..text.len() - last.len_utf8()];
    let other = match last {
        '1' => '2',
        digit if digit.is_ascii_digit() => '1',
        'a' => 'b',
        _ => 'a',
    };
    format!("{rest}{other}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_forged_in_their_own_form() {
        for encode in [
            (|text| STANDARD.encode(text)) as Encode,
            |text| URL_SAFE_NO_PAD.encode(text),
            hexadecimal,
            str::to_owned,
        ] {
            let state = encode("{\"item\":\"n7\",\"ok\":false}");
            let forged: Vec<_> = forgeries(&state).into_iter().map(|(_, it)| it).collect();
            assert!(
                forged.contains(&encode("{\"item\":\"n1\",\"ok\":false}")),
                "{state} {forged:?}"
            );
            assert!(
                forged.contains(&encode("{\"item\":\"n7\",\"ok\":true}")),
                "{state} {forged:?}"
            );
            assert!(!forged.contains(&state));
        }
        let signed = format!("{}.c2lnbmF0dXJl", URL_SAFE_NO_PAD.encode("{\"n\":1}"));
        let wanted = format!("{}.c2lnbmF0dXJl", URL_SAFE_NO_PAD.encode("{\"n\":2}"));
        assert!(forgeries(&signed).iter().any(|(_, it)| *it == wanted));
        assert!(
            forgeries("confirm:42")
                .iter()
                .any(|(_, it)| it == "confirm:12")
        );
        assert!(!forgeries("").is_empty());
        assert!(!forgeries("é\u{0}ü").is_empty());
    }
}
