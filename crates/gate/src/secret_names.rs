//! What a parameter's or header's name gives away: that it carries a secret, or what is personal.

/// The words of a name, in lower case: `apiKey`, `api_key`, `API-Key` are `api`, `key`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for character in name.chars().take(200) {
        let begins = character.is_uppercase() && before.is_lowercase();
        if begins || !character.is_alphanumeric() {
            words.push(String::new());
        }
        if let (true, Some(word)) = (character.is_alphanumeric(), words.last_mut()) {
            word.extend(character.to_lowercase());
        }
        before = character;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Words that are secrets wherever they stand in a name, and what they are.
const SECRETS: &[(&str, &[&str])] = &[
    (
        "a password",
        &[
            "pass",
            "passcode",
            "passphrase",
            "passwd",
            "password",
            "passwords",
            "pwd",
        ],
    ),
    ("a secret", &["clientsecret", "secret", "secrets"]),
    (
        "credentials",
        &["cred", "credential", "credentials", "creds"],
    ),
    (
        "what lets its bearer in",
        &[
            "auth",
            "authorization",
            "bearer",
            "cookie",
            "jwt",
            "mfa",
            "otp",
            "totp",
        ],
    ),
];

/// Two words that are a secret only together.
const PAIRS: &[(&str, &str, &str)] = &[
    ("a key", "access", "key"),
    ("a key", "api", "key"),
    ("a key", "auth", "key"),
    ("a key", "encryption", "key"),
    ("a key", "private", "key"),
    ("a key", "secret", "key"),
    ("a key", "signing", "key"),
    ("a key", "ssh", "key"),
    ("what lets its bearer in", "connection", "string"),
    ("what lets its bearer in", "pin", "code"),
    ("what lets its bearer in", "session", "id"),
];

/// Words beside which a token is a place in a list, or a piece of text.
const NO_SECRET_TOKEN: &[&str] = &[
    "budget",
    "continuation",
    "count",
    "cursor",
    "limit",
    "max",
    "min",
    "next",
    "num",
    "number",
    "page",
    "pagination",
    "per",
    "resume",
    "sync",
    "type",
];

/// What kind of secret a name stands for.
pub(crate) fn secret(name: &str) -> Option<&'static str> {
    let words = words(name);
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    let any = |wanted: &[&str]| wanted.iter().any(|wanted| has(wanted));
    if let Some((what, _)) = PAIRS
        .iter()
        .map(|(what, one, other)| (what, (one, other)))
        .find(|(_, (one, other))| {
            words.windows(2).any(|pair| {
                pair[0] == **one && pair[1].strip_suffix('s').unwrap_or(&pair[1]) == **other
            }) || has(&format!("{one}{other}"))
        })
    {
        return Some(what);
    }
    if let Some((what, _)) = SECRETS.iter().find(|(_, wanted)| any(wanted)) {
        return Some(what);
    }
    let token = any(&[
        "accesstoken",
        "apitoken",
        "authtoken",
        "sessiontoken",
        "token",
    ]);
    (token && !any(NO_SECRET_TOKEN)).then_some("a token")
}

/// What kind of personal data a name stands for.
pub(crate) fn personal(name: &str) -> Option<&'static str> {
    let words = words(name);
    let any = |wanted: &[&str]| {
        wanted
            .iter()
            .any(|wanted| words.iter().any(|word| word == wanted))
    };
    if any(&["email", "mail"]) {
        Some("an e-mail address")
    } else if any(&["ssn", "passport", "iban"]) {
        Some("a number that identifies a person")
    } else if any(&["phone", "telephone", "mobile"]) {
        Some("a telephone number")
    } else if any(&["birthday", "birthdate", "dob"]) {
        Some("a date of birth")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets() {
        for name in [
            "password",
            "userPassword",
            "api_key",
            "apiKey",
            "APIKEY",
            "access-token",
            "token",
            "sessionToken",
            "Authorization",
            "client_secret",
            "github_token",
            "private_key",
        ] {
            assert!(secret(name).is_some(), "{name}");
        }
        for name in [
            "region",
            "page_token",
            "nextPageToken",
            "max_tokens",
            "tokens",
            "primary_key",
            "sort_key",
            "key",
            "author",
            "compass",
            "token_count",
            "passenger",
            "keyboard",
            "tenant",
        ] {
            assert_eq!(secret(name), None, "{name}");
        }
    }
}
