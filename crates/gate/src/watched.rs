//! Secrets that must come back in no answer, and the forms in which they might.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{live::CANARY_VARIABLE, options::Options, thresholds};

/// A secret that is watched for, and how it may look.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Watched {
    /// Where the server has it from, such as `the variable TOKEN`.
    pub source: String,
    /// Its forms: what they are called, and the text.
    pub forms: Vec<(&'static str, String)>,
}

/// What must come back in no answer of a run: the canary, and those variables and headers of the
/// user's whose names say that they hold secrets.
pub(crate) fn watched(canary: &str, options: &Options) -> Vec<Watched> {
    let mut all = vec![Watched {
        source: format!("the variable {CANARY_VARIABLE}"),
        forms: forms(canary),
    }];
    let variables = options
        .env
        .iter()
        .map(|(name, value)| (format!("the variable {name}"), name, value));
    let headers = options
        .headers
        .iter()
        .map(|(name, value)| (format!("the header {name}"), name, value));
    for (source, name, value) in variables.chain(headers) {
        let forms: Vec<_> = says_secret(name)
            .then(|| parts(value))
            .into_iter()
            .flatten()
            .filter(|part| part.len() >= thresholds::SECRET_CHARS)
            .flat_map(|part| forms(&part))
            .collect();
        if !forms.is_empty() {
            all.push(Watched { source, forms });
        }
    }
    all
}

/// What must stand in no report: these secrets in every form, longest first.
pub(crate) fn hidden(secrets: &[String]) -> Vec<String> {
    let mut all: Vec<_> = secrets
        .iter()
        .flat_map(|secret| forms(secret))
        .map(|(_, text)| text)
        .collect();
    all.sort_by_key(|text| std::cmp::Reverse(text.len()));
    all.dedup();
    all
}

/// Whether the name of a variable or header says that its value is a secret.
pub fn says_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "auth",
        "cookie",
        "credential",
        "key",
        "passwd",
        "password",
        "pat",
        "secret",
        "session",
        "token",
    ]
    .iter()
    .any(|word| match *word {
        // PATH and the like are none
        "pat" => name.split(['_', '-']).any(|part| part == "pat"),
        word => name.contains(word),
    })
}

/// The value itself, what follows its scheme (`Bearer x`), and what `Basic` hides.
fn parts(value: &str) -> Vec<String> {
    let mut parts = vec![value.to_owned()];
    if let Some((scheme, rest)) = value.split_once(' ') {
        parts.push(rest.to_owned());
        if scheme.eq_ignore_ascii_case("basic")
            && let Some(pair) = STANDARD
                .decode(rest)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok())
        {
            parts.extend(pair.split_once(':').map(|(_, word)| word.to_owned()));
        }
    }
    parts
}

/// Each byte in two hexadecimal digits, with a sign before them.
fn bytes_as(sign: &str, text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        out.push_str(&format!("{sign}{byte:02x}"));
        out
    })
}

/// The forms in which a secret may come back.
pub fn forms(secret: &str) -> Vec<(&'static str, String)> {
    let hex = bytes_as("", secret);
    let percent = bytes_as("%", secret);
    let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let escaped = serde_json::Value::from(secret).to_string();
    let mut forms = vec![
        ("as it is", secret.to_owned()),
        ("as it is", escaped.trim_matches('"').to_owned()),
        ("as it is", secret.replace('/', "\\/")),
        ("in lower case", secret.to_lowercase()),
        ("in upper case", secret.to_uppercase()),
        ("reversed", secret.chars().rev().collect()),
        ("in hexadecimal", hex.to_uppercase()),
        ("in hexadecimal", hex),
        ("percent-encoded", encoded),
        ("percent-encoded", percent.to_uppercase()),
        ("percent-encoded", percent),
    ];
    for before in 0..3 {
        let mut bytes = vec![b' '; before];
        bytes.extend_from_slice(secret.as_bytes());
        // the characters at both ends also depend on what stands beside the secret
        let from = (before * 8).div_ceil(6);
        let to = bytes.len() * 8 / 6;
        let text = STANDARD.encode(&bytes);
        if let Some(text) = text.get(from..to).filter(|text| text.len() >= 8) {
            forms.push(("in base64", text.to_owned()));
            forms.push(("in base64", text.replace('+', "-").replace('/', "_")));
        }
    }
    let mut seen = std::collections::HashSet::new();
    forms.retain(|(_, text)| seen.insert(text.clone()));
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(secret: &str, text: &str) -> Option<&'static str> {
        forms(secret)
            .into_iter()
            .find(|(_, form)| text.contains(form))
            .map(|(name, _)| name)
    }

    #[test]
    fn a_secret_is_known_in_whatever_it_is_wrapped() {
        let secret = "f3a9/c0+ffee_1234";
        for before in ["", "a", "ab", "abc", "TOKEN="] {
            let text = STANDARD.encode(format!("{before}{secret}; more"));
            assert_eq!(form(secret, &text), Some("in base64"), "{text}");
        }
        assert_eq!(form(secret, "4321_eeff+0c/9a3f"), Some("reversed"));
        assert_eq!(
            form(secret, "x=f3a9%2Fc0%2Bffee_1234"),
            Some("percent-encoded")
        );
        assert_eq!(form(secret, "66336139"), None);
        assert_eq!(form(secret, "f3a9\\/c0+ffee_1234"), Some("as it is"));
    }

    #[test]
    fn only_what_is_named_as_a_secret_is_watched_for() {
        let options = Options {
            env: [("DATA_PATH", "/srv/data/notes"), ("API_KEY", "k-12345678")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            headers: vec![
                (
                    "Authorization".to_owned(),
                    "Basic dXNlcjpodW50ZXIyaHVudGVyMg==".to_owned(),
                ),
                ("Accept-Language".to_owned(), "en-GB,en;q=0.5".to_owned()),
            ],
            ..Options::default()
        };
        let sources: Vec<_> = watched("canary", &options)
            .into_iter()
            .map(|watched| watched.source)
            .collect();
        assert_eq!(
            sources,
            [
                "the variable SEAWORTHY_CANARY_SECRET",
                "the variable API_KEY",
                "the header Authorization"
            ]
        );
        assert!(
            watched("canary", &options)[2]
                .forms
                .iter()
                .any(|(_, text)| text == "hunter2hunter2")
        );
    }
}
