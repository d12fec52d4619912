//! Credentials in texts: by the shapes that their issuers gave them, and, where a name says that a
//! value is one, by how random it looks.
//!
//! To add a shape: a line in [`SHAPES`], and one in its test. What people write in the place of a
//! credential (`xxxx`, `your-token-here`, `${TOKEN}`) is none.

use std::{collections::BTreeMap, ops::Range, sync::LazyLock};

use regex::Regex;

use crate::thresholds;

/// A credential in a text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Hit {
    /// What it is, such as `a GitHub token`.
    pub(crate) kind: &'static str,
    /// Where it stands, in bytes.
    pub(crate) range: Range<usize>,
    /// How sure that is.
    pub(crate) sure: Sure,
}

/// How sure it is that a credential is a real one.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Sure {
    /// Its shape is right, but it looks made up: it counts upwards, or calls itself an example.
    MadeUp,
    /// A name says so, and it looks random; or a key of a kind that tests often hold.
    Likely,
    /// It has the shape of its issuer.
    Shape,
}

/// Shapes of credentials. The group is the credential where it is not all of the match.
const SHAPES: [(&str, &str); 33] = [
    ("an age key", r"\bAGE-SECRET-KEY-1[0-9A-Z]{50,}"),
    ("an Airtable token", r"\bpat[A-Za-z0-9]{14}\.[a-f0-9]{64}\b"),
    ("an Anthropic key", r"\bsk-ant-[A-Za-z0-9_-]{20,}"),
    ("an Atlassian token", r"\bATATT3[A-Za-z0-9_=-]{50,}"),
    ("an AWS access key", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    (
        "an Azure client secret",
        r"\b[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}",
    ),
    (
        "an Azure key",
        r"(?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/]{40,}={0,2})",
    ),
    ("a Databricks token", r"\bdapi[a-f0-9]{32}\b"),
    ("a DigitalOcean token", r"\bdo[opr]_v1_[a-f0-9]{64}\b"),
    (
        "a Discord token",
        r"\b[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}",
    ),
    ("a Docker token", r"\bdckr_[op]at_[A-Za-z0-9_-]{20,}"),
    ("a Figma token", r"\bfigd_[A-Za-z0-9_-]{36,}"),
    (
        "a GitHub token",
        r"\b(?:gh[opsru]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})",
    ),
    (
        "a GitLab token",
        r"\bgl(?:pat|dt|rt|ptt|cbt|oas|soat)-[A-Za-z0-9_-]{18,}",
    ),
    ("a Google API key", r"\bAIza[0-9A-Za-z_-]{35}"),
    ("a Google client secret", r"\bGOCSPX-[A-Za-z0-9_-]{24,}"),
    ("a Google access token", r"\bya29\.[A-Za-z0-9_-]{30,}"),
    ("a Groq key", r"\bgsk_[A-Za-z0-9]{40,}"),
    ("a Hugging Face token", r"\bhf_[A-Za-z0-9]{30,}"),
    ("a HashiCorp Vault token", r"\bhvs\.[A-Za-z0-9_-]{24,}"),
    ("a Linear key", r"\blin_api_[A-Za-z0-9]{32,}"),
    ("a Notion token", r"\bntn_[A-Za-z0-9]{40,}"),
    ("an npm token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    (
        "an OpenAI key",
        r"\bsk-(?:(?:admin|live|or-v1|proj|svcacct)-[A-Za-z0-9_-]{16,}|[A-Za-z0-9]{20,})",
    ),
    ("a PyPI token", r"\bpypi-[A-Za-z0-9_-]{40,}"),
    (
        "a SendGrid key",
        r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{20,}",
    ),
    ("a Shopify token", r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b"),
    ("a Slack token", r"\bx(?:ox[abeoprs]|app)-[A-Za-z0-9-]{10,}"),
    (
        "a Slack webhook",
        r"hooks\.slack\.com/(?:services|workflows)/([A-Za-z0-9]{5,}/[A-Za-z0-9]{5,}/[A-Za-z0-9]{16,})",
    ),
    (
        "a Stripe key",
        r"\b(?:sk|rk|whsec)_(?:live_)?[A-Za-z0-9]{20,}",
    ),
    ("a Supabase token", r"\bsbp_[a-f0-9]{40}\b"),
    (
        "a Telegram token",
        r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{32,33}\b",
    ),
    ("a Twilio key", r"\bSK[0-9a-f]{32}\b"),
];

const JWT: &str = "a JSON Web Token";
const PEM: &str = "a private key";
const URL: &str = "a password in an address";
const ASSIGNED: &str = "a secret";
const PASSWORD: &str = "a password";

#[expect(clippy::unwrap_used, reason = "constants, and tested")]
static SHAPE: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    SHAPES
        .iter()
        .map(|(kind, shape)| (*kind, Regex::new(&plain(shape)).unwrap()))
        .collect()
});

/// All shapes at once: a text in which none is, is passed over in one go.
#[expect(clippy::unwrap_used, reason = "constants, and tested")]
static ANY_SHAPE: LazyLock<regex::RegexSet> =
    LazyLock::new(|| regex::RegexSet::new(SHAPES.iter().map(|(_, shape)| plain(shape))).unwrap());

/// With the ends of words as ASCII has them, which is many times faster.
fn plain(shape: &str) -> String {
    shape.replace(r"\b", r"(?-u:\b)")
}

#[expect(clippy::unwrap_used, reason = "constant, and tested")]
static WEB_TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u:\b)eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}").unwrap()
});

#[expect(clippy::unwrap_used, reason = "constant, and tested")]
static PRIVATE_KEY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----((?:\\[nr]|[\sA-Za-z0-9+/=:,\x22'-]){60,})",
    )
    .unwrap()
});

#[expect(clippy::unwrap_used, reason = "constant, and tested")]
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"[a-z0-9]://([^\s/:@"'`<>{}$()\[\]|\\*]{0,100}):([^\s/@"'`<>{}$()\[\]|\\*]{3,200})@([^\s/:"'`<>,;)\\]+)"#,
    )
    .unwrap()
});

/// A name that says that its value is a credential, and the value.
#[expect(clippy::unwrap_used, reason = "constant, and tested")]
static ASSIGNMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?xi)
        ( (?: api[_\ -]?key | access[_\ -]?key | auth[_\ -]?key | client[_\ -]?secret | credential
              | encryption[_\ -]?key | passphrase | passw(?:or)?d | private[_\ -]?key | pwd | secret
              | signing[_\ -]?key | token )
            (?: [_-]? (?: access[_-]?key | key | value | string | default ) )? )
        ["'\]]{0,2} \s* (?: : \s* [a-z&'\ ]{1,20} = | := | => | [:=] | \ is ) \s* (?: [rbf]? ["'`] )?
        ( [^\s"'`,;(){}<>\[\]$]{8,200} )
        ( [(\[{$<] )?
        "#,
    )
    .unwrap()
});

/// What people write where a credential would stand.
const PLACEHOLDERS: [&str; 26] = [
    "****",
    "....",
    "____",
    "change-me",
    "change_me",
    "changeit",
    "changeme",
    "dummy",
    "example",
    "fake",
    "foobar",
    "here",
    "insert",
    "mock",
    "not-a-",
    "not_a_",
    "notreal",
    "placeholder",
    "redacted",
    "replace",
    "sample",
    "test",
    "todo",
    "xxxx",
    "your",
    "…",
];

/// Passwords that protect nothing: everybody's first guess, in every tutorial.
const GUESSES: [&str; 16] = [
    "admin", "guest", "mysql", "pass", "passwd", "password", "postgres", "pw", "pwd", "redis",
    "root", "secret", "token", "user", "username", "x",
];

/// The credentials in a text, in its order; none overlaps another.
pub(crate) fn find(text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut add = |kind, range: Range<usize>, sure| {
        hits.push(Hit { kind, range, sure });
    };
    if text.contains("PRIVATE KEY") {
        for found in PRIVATE_KEY.captures_iter(text) {
            if let Some(body) = found.get(1)
                && !is_placeholder(body.as_str())
                && entropy(body.as_str()) > 3.5
            {
                add(PEM, body.range(), Sure::Likely);
            }
        }
    }
    for index in ANY_SHAPE.matches(text) {
        let (kind, shape) = &SHAPE[index];
        for found in shape.captures_iter(text) {
            let Some(value) = found.get(1).or(found.get(0)) else {
                continue;
            };
            if let Some(sure) = sureness(value.as_str()) {
                add(kind, value.range(), sure);
            }
        }
    }
    if text.contains("eyJ") {
        for found in WEB_TOKEN.find_iter(text) {
            // the token of jwt.io, of which half of all documentation is made
            let sure = if found.as_str().contains("eyJzdWIiOiIxMjM0NTY3ODkwIi") {
                Sure::MadeUp
            } else {
                Sure::Likely
            };
            add(JWT, found.range(), sure);
        }
    }
    if text.contains("://") {
        for found in ADDRESS.captures_iter(text) {
            let (user, host) = (&found[1], &found[3]);
            let Some(password) = found.get(2) else {
                continue;
            };
            if is_password(password.as_str(), user) && !is_nowhere(host) {
                add(URL, password.range(), Sure::Likely);
            }
        }
    }
    for found in ASSIGNMENT.captures_iter(text) {
        let Some(value) = found.get(2) else { continue };
        // the full stop of a sentence
        let end = value.as_str().trim_end_matches(['.', ':', '\\']).len();
        if found.get(3).is_none()
            && let Some(kind) = named(&found[1], &value.as_str()[..end])
        {
            add(kind, value.start()..value.start() + end, Sure::Likely);
        }
    }
    hits.sort_by_key(|hit| (hit.range.start, std::cmp::Reverse(hit.sure)));
    let mut end = 0;
    hits.retain(|hit| {
        let kept = hit.range.start >= end;
        if kept {
            end = hit.range.end;
        }
        kept
    });
    hits
}

/// What a value is that stands under a name: a secret, a password, or neither.
pub(crate) fn named(name: &str, value: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    let is_password = name.contains("pass") || name.contains("pwd");
    let says_so = is_password
        || ["key", "secret", "token", "credential"]
            .iter()
            .any(|word| name.contains(word));
    if !says_so || is_placeholder(value) || is_plain(value) {
        return None;
    }
    let run = longest_run(value);
    let random = run.len() >= thresholds::SECRET_RUN
        && run.bytes().any(|byte| byte.is_ascii_digit())
        && run.bytes().any(|byte| byte.is_ascii_alphabetic())
        && entropy(run) >= thresholds::SECRET_ENTROPY;
    if random {
        return Some(ASSIGNED);
    }
    let classes = [
        value.bytes().any(|byte| byte.is_ascii_digit()),
        value.bytes().any(|byte| byte.is_ascii_lowercase()),
        value.bytes().any(|byte| byte.is_ascii_uppercase()),
        value.bytes().any(|byte| b"!@#%^&*+?~".contains(&byte)),
    ];
    let count = classes.iter().filter(|class| **class).count();
    (is_password && value.len() >= 8 && classes[0] && count >= 3 && entropy(value) >= 2.5)
        .then_some(PASSWORD)
}

/// Whether a password of an address is one: not a placeholder, nor what every tutorial has.
fn is_password(password: &str, user: &str) -> bool {
    let lower = password.to_lowercase();
    password != user
        && !is_placeholder(password)
        && !GUESSES.contains(&lower.as_str())
        && !GUESSES.iter().any(|guess| guess.len() > 3 && lower.starts_with(guess))
        && distinct(password) > 2
        // `user:PASSWORD@host` stands for a value
        && password.chars().any(|letter| !letter.is_ascii_uppercase() && letter != '_')
        && !password.starts_with('%')
}

/// A machine of one's own, or of nobody. A company's own network is neither: what listens at
/// `db.internal` has a real password.
fn is_nowhere(host: &str) -> bool {
    let host = host.to_lowercase();
    !host.contains('.')
        || host.starts_with("127.")
        || host.starts_with("0.0.0.0")
        || host.contains("example")
        || [
            ".test",
            ".invalid",
            ".local",
            ".localhost",
            ".docker.internal",
        ]
        .iter()
        .any(|end| host.ends_with(end) && !host.ends_with(".cluster.local"))
}

/// A path, an address, a call, a name of a variable or of a field: code, and no value.
fn is_plain(value: &str) -> bool {
    let words = || value.split(['-', '_', '.', '/', ':', '+', '@']);
    value.contains("://")
        || value.starts_with(['/', '.', '~', '%', '#', '&', '*', '\\'])
        || value.contains("::")
        || value.contains("->")
        || value.contains("&&")
        || value.contains("=>")
        || words().all(|word| {
            word.chars().all(|letter| letter.is_ascii_alphabetic())
                || word.chars().all(|letter| letter.is_ascii_digit())
                // `base64`, `sha256`, `v2`, `n7`
                || word.len() < 10
        }) && !value.contains(['!', '#', '%', '^', '&', '*', '?'])
            && words().count() > 1
        || is_uuid(value)
        // sha256:…, sha512-…: a sum, which everybody may know
        || ["sha1-", "sha256", "sha384", "sha512", "md5"].iter().any(|sum| value.starts_with(sum))
}

fn is_uuid(value: &str) -> bool {
    value.len() == 36
        && value.bytes().enumerate().all(|(at, byte)| {
            if matches!(at, 8 | 13 | 18 | 23) {
                byte == b'-'
            } else {
                byte.is_ascii_hexdigit()
            }
        })
}

/// The longest part of letters, digits and the signs of Base64 in a row.
fn longest_run(value: &str) -> &str {
    value
        .split(|letter: char| !(letter.is_ascii_alphanumeric() || "+/=".contains(letter)))
        .max_by_key(|part| part.len())
        .unwrap_or_default()
}

/// Whether a value stands for a credential.
pub(crate) fn is_placeholder(value: &str) -> bool {
    let lower = value.to_lowercase();
    PLACEHOLDERS.iter().any(|known| lower.contains(known)) || distinct(value) <= 4
}

fn distinct(value: &str) -> usize {
    value
        .chars()
        .collect::<std::collections::BTreeSet<_>>()
        .len()
}

fn sureness(value: &str) -> Option<Sure> {
    // what follows the issuer's own letters
    let body = &value[value
        .find(['_', '-', '.', ':'])
        .map_or(4.min(value.len()), |at| at + 1)..];
    let body = body.strip_prefix("live_").unwrap_or(body);
    if distinct(body) <= 5
        || ["xxxx", "****", "your", "…", "...."]
            .iter()
            .any(|known| body.to_lowercase().contains(known))
    {
        return None;
    }
    // words alone: `sk-learn-like-names-of-classes`
    if !body.bytes().any(|byte| byte.is_ascii_digit()) && entropy(body) < 4.0 {
        return None;
    }
    let made_up = is_placeholder(value) || counts_up(body);
    Some(if made_up { Sure::MadeUp } else { Sure::Shape })
}

/// Whether most of it is `0123…` or `abcd…`.
fn counts_up(value: &str) -> bool {
    let lower = value.to_lowercase();
    let steps = lower
        .as_bytes()
        .windows(2)
        .filter(|pair| pair[1] == pair[0].wrapping_add(1) || (pair[0], pair[1]) == (b'9', b'0'))
        .count();
    steps * 2 >= value.len()
}

/// Bits per character.
fn entropy(value: &str) -> f64 {
    let mut counts: BTreeMap<char, u32> = BTreeMap::new();
    let mut all = 0_u32;
    for letter in value.chars().take(4_096) {
        *counts.entry(letter).or_default() += 1;
        all += 1;
    }
    counts
        .values()
        .map(|count| {
            let share = f64::from(*count) / f64::from(all);
            -share * share.log2()
        })
        .sum()
}

/// A credential as a report may show it: its first characters, at most a quarter of it, and its length.
pub(crate) fn masked(secret: &str) -> String {
    let length = secret.chars().count();
    let shown: String = secret.chars().take((length / 4).min(4)).collect();
    format!("{shown}… ({length} characters)")
}

/// A text with its credentials masked, and where the first of these now stands.
pub(crate) fn without(text: &str, hits: &[Hit], marked: &Hit) -> (String, Range<usize>) {
    let mut out = String::with_capacity(text.len());
    let mut mark = 0..0;
    let mut at = 0;
    for hit in hits {
        out.push_str(&text[at..hit.range.start]);
        let start = out.len();
        out.push_str(&masked(&text[hit.range.clone()]));
        if hit == marked {
            mark = start..out.len();
        }
        at = hit.range.end;
    }
    out.push_str(&text[at..]);
    (out, mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Letters and digits that look random, in another order each time; made here so that no scanner of
    /// secrets finds any in this file.
    fn random(seed: u64, length: usize, letters: &str) -> String {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let letters: Vec<char> = letters.chars().collect();
        (0..length)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                letters[usize::try_from(state >> 33).unwrap() % letters.len()]
            })
            .collect()
    }

    const MIXED: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const HEX: &str = "0123456789abcdef";

    fn kinds(text: &str) -> Vec<&'static str> {
        find(text).into_iter().map(|hit| hit.kind).collect()
    }

    #[test]
    fn each_shape_is_found_and_its_placeholder_is_not() {
        let mixed = |length| random(7, length, MIXED);
        let hex = |length| random(9, length, HEX);
        for (kind, prefix, body) in [
            ("an AWS access key", "AKIA", random(3, 16, UPPER)),
            ("a GitHub token", "ghp_", mixed(36)),
            (
                "a GitHub token",
                "github_pat_",
                format!("{}_{}", mixed(22), mixed(59)),
            ),
            ("a GitLab token", "glpat-", mixed(20)),
            (
                "a Slack token",
                "xoxb-",
                format!("{}-{}", random(5, 12, "0123456789"), mixed(24)),
            ),
            ("a Stripe key", "sk_live_", mixed(24)),
            ("a Google API key", "AIza", mixed(35)),
            ("an OpenAI key", "sk-", mixed(48)),
            ("an OpenAI key", "sk-proj-", mixed(60)),
            (
                "an Anthropic key",
                "sk-ant-",
                format!("api03-{}", mixed(80)),
            ),
            ("an npm token", "npm_", mixed(36)),
            ("a PyPI token", "pypi-", mixed(100)),
            ("a Hugging Face token", "hf_", mixed(34)),
            (
                "a SendGrid key",
                "SG.",
                format!("{}.{}", mixed(22), mixed(43)),
            ),
            ("a Telegram token", "12345678:AA", mixed(33)),
            ("a Databricks token", "dapi", hex(32)),
            ("a Twilio key", "SK", hex(32)),
        ] {
            let text = format!("call it with {prefix}{body}, please");
            assert_eq!(kinds(&text), [kind], "{prefix}");
            let fill = "x".repeat(body.len());
            assert_eq!(
                kinds(&format!("call it with {prefix}{fill}, please")),
                [""; 0],
                "{prefix}"
            );
        }
        let jwt = format!("eyJhbGciOiJIUzI1NiJ9.eyJ{}.{}", mixed(30), mixed(43));
        assert_eq!(kinds(&jwt), [JWT]);
        let pem = format!("-----BEGIN RSA {} KEY-----\n{}\n", "PRIVATE", mixed(200));
        assert_eq!(kinds(&pem), [PEM]);
        assert_eq!(
            kinds("-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----"),
            [""; 0]
        );
    }

    #[test]
    fn what_is_made_up_is_less_sure() {
        let sure = |text: &str| find(text).first().map(|hit| hit.sure);
        assert_eq!(
            sure(&format!("{}IOSFODNN7EXAMPLE", "AKIA")),
            Some(Sure::MadeUp)
        );
        assert_eq!(
            sure(&format!("{}1234567890abcdefghijklmnopqrstuvwxyz", "ghp_")),
            Some(Sure::MadeUp)
        );
        assert_eq!(sure("sk-your-key-here-please-now"), None);
    }

    #[test]
    fn a_name_makes_a_random_value_a_secret() {
        let value = random(11, 32, HEX);
        for line in [
            format!("API_KEY={value}"),
            format!("\"apiKey\": \"{value}\""),
            format!("const clientSecret = '{value}';"),
            format!("password: {value}"),
            format!("The access token is {value}."),
            format!("let token: &str = \"{value}\";"),
            format!("settings['auth_token'] = \"{value}\""),
        ] {
            assert_eq!(kinds(&line), [ASSIGNED], "{line}");
        }
        assert_eq!(
            kinds(&format!("password = \"{}{}\"", "Sup3r", "S3cure!")),
            [PASSWORD]
        );
        for line in [
            "api_key = os.environ[\"API_KEY\"]",
            "token = secrets.token_urlsafe(32)",
            "TOKEN=${GITHUB_TOKEN}",
            "password: process.env.DB_PASSWORD",
            "secret = \"your-secret-key-12345\"",
            "token_url = \"https://auth.host.dev/oauth2/v2/token\"",
            "next_page_token = response.next_page_token_2",
            "secretName: notes-server-credentials-2024",
            "max_tokens = 25000000000",
            "key_id: 5f1d7a84-db00-4fce-9d1a-7ac12f7eb9c3",
            "password = \"correct horse\"",
            "the token is kept for 3600 seconds",
            "api_key: Option<String>",
        ] {
            assert_eq!(kinds(line), [""; 0], "{line}");
        }
    }

    #[test]
    fn passwords_in_addresses() {
        let real = format!("postgres://app:{}{}@db.notes.dev/app", "k9Lw", "2pQz");
        assert_eq!(kinds(&real), [URL]);
        for host in ["db.internal:5432", "db.prod.svc.cluster.local"] {
            let inside = format!("postgres://app:{}{}@{host}/app", "k9Lw", "2pQz");
            assert_eq!(kinds(&inside), [URL], "{host}");
        }
        for none in [
            "postgres://app:k9Lw2pQz@host.docker.internal:5432/app",
            "postgres://postgres:postgres@localhost/app",
            "postgres://user:password@db.notes.dev/app",
            "https://user:${PASSWORD}@db.notes.dev",
            "postgres://app:k9Lw@127.0.0.1/app",
            "https://x:y@example.com",
            "ssh://git@github.com:22/a/b",
        ] {
            assert_eq!(kinds(none), [""; 0], "{none}");
        }
    }

    #[test]
    fn a_mask_shows_no_more_than_a_quarter() {
        assert_eq!(masked("hunter2"), "h… (7 characters)");
        let token = format!("ghp_{}", random(1, 36, MIXED));
        assert_eq!(masked(&token), "ghp_… (40 characters)");
        let text = format!("a {token} b {token}");
        let hits = find(&text);
        let (shown, mark) = without(&text, &hits, &hits[1]);
        assert!(!shown.contains(&token));
        assert_eq!(&shown[mark.clone()], "ghp_… (40 characters)");
        assert!(mark.start > 20);
    }
}
