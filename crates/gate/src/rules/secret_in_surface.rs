//! A credential that every client, every model and every clone can read is everybody's.

use std::collections::BTreeSet;

use futures::future::BoxFuture;
use serde_json::Value;

use crate::{
    credential::{self, Hit, Sure},
    finding::{Finding, Place},
    project::{Project, extension},
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    surface::Surface,
    thresholds,
};

pub(super) static RULE: Rule = Rule {
    id: "X04",
    name: "secret-in-surface",
    summary: "no credential stands in names, texts, defaults or examples, nor in the repository",
    level: Level::Error,
    basis: Basis::Heuristic,
    reach: Reach::Reads,
    docs: Docs {
        what: "Every text that the server lists (names, titles, descriptions, schemas with their defaults and \
               examples, instructions, prompts, resources), and every text file of the repository that version \
               control keeps, is searched for credentials: by the shapes of some forty issuers, for passwords \
               in addresses, and for random values under names such as api_key. A report shows the first \
               characters only. Placeholders (xxxx, your-token-here, ${TOKEN}) are none. Keys and signed \
               tokens in tests and documentation are notes.",
        why: "What is listed goes to every client and into every model's context, with all its logs; what is \
              committed goes to every clone, and stays in its history. Leaked keys are used within minutes.",
        source: "OWASP MCP Top 10, MCP01 Token Mismanagement and Secret Exposure; GitHub's secret scanning.",
        bad: "\"token\": {\"type\": \"string\", \"default\": \"ghp_…36 letters…\"}",
        good: "the server reads GITHUB_TOKEN from its environment; no tool takes a token",
        fix: "Revoke the credential first: it was read already. Then take it out, and read it from the \
              environment. A line that must stay, such as a key of a test, may say `gitleaks:allow`.",
    },
    checks: &[Check::Surface(surface), Check::Project(project)],
};

const FIX: &str = "Revoke the credential: it was read already. Then take it out of the text, and read it from the \
                   environment.";

/// A text of the surface: where, under which name it stands, and the text.
struct Text<'a> {
    place: Place,
    path: String,
    /// The name of the field or parameter that it is the value of.
    name: &'a str,
    says: &'a str,
}

fn surface(surface: &Surface) -> Outcome {
    let mut texts = Vec::new();
    if let Some(instructions) = &surface.instructions {
        texts.push(Text {
            place: Place::Instructions,
            path: String::new(),
            name: "",
            says: instructions,
        });
    }
    let whole = |value, place: &dyn Fn(&[&str]) -> Place, texts: &mut Vec<_>| {
        collect(value, &mut Vec::new(), place, texts);
    };
    whole(&surface.server_info, &|_| Place::Server, &mut texts);
    for tool in &surface.tools {
        whole(
            &tool.raw,
            &|path: &[&str]| match path {
                ["inputSchema", "properties", name, ..] => {
                    Place::Parameter(tool.name.clone(), (*name).to_owned())
                }
                _ => Place::Tool(tool.name.clone()),
            },
            &mut texts,
        );
    }
    for (list, field) in [
        (&surface.prompts, "name"),
        (&surface.resources, "uri"),
        (&surface.templates, "uriTemplate"),
    ] {
        for entry in list {
            let name = entry[field].as_str().unwrap_or_default();
            whole(
                entry,
                &|_| match field {
                    "name" => Place::Prompt(name.to_owned()),
                    _ => Place::Resource(name.to_owned()),
                },
                &mut texts,
            );
        }
    }
    let mut outcome = Outcome::pass();
    let mut seen = BTreeSet::new();
    for text in &texts {
        let mut hits = credential::find(text.says);
        if hits.is_empty()
            && let Some(kind) = credential::named(text.name, text.says)
        {
            hits.push(Hit {
                kind,
                range: 0..text.says.len(),
                sure: Sure::Likely,
            });
        }
        for hit in &hits {
            // what some definition says twice is one leak
            let value = &text.says[hit.range.clone()];
            outcome.secrets.extend(parts(value));
            if !seen.insert((text.place.clone(), value)) {
                continue;
            }
            let is_value = matches!(text.path.rsplit('.').next(), Some("default" | "const"));
            let level = match hit.sure {
                Sure::MadeUp if is_value => Level::Warning,
                Sure::MadeUp => continue,
                _ => Level::Error,
            };
            let label = if text.path.is_empty() {
                "text"
            } else {
                &text.path
            };
            outcome.find(finding(text.place.clone(), label, text.says, &hits, hit).level(level));
        }
    }
    outcome
}

/// All texts of a value, names of properties included.
fn collect<'a>(
    value: &'a Value,
    path: &mut Vec<&'a str>,
    place: &dyn Fn(&[&str]) -> Place,
    texts: &mut Vec<Text<'a>>,
) {
    match value {
        Value::String(text) => {
            // of `properties.token.default` and `properties.token.examples` the parameter says what it is
            let name = path
                .iter()
                .rev()
                .find(|part| {
                    !matches!(
                        **part,
                        "default" | "const" | "examples" | "example" | "enum"
                    )
                })
                .filter(|_| {
                    !matches!(
                        path.last(),
                        Some(
                            &("description"
                                | "title"
                                | "name"
                                | "type"
                                | "format"
                                | "pattern"
                                | "uri")
                        )
                    )
                });
            texts.push(Text {
                place: place(path),
                path: path.join("."),
                name: name.copied().unwrap_or_default(),
                says: text,
            });
        }
        Value::Array(items) => {
            for item in items {
                collect(item, path, place, texts);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                path.push(name);
                texts.push(Text {
                    place: place(path),
                    path: path.join("."),
                    name: "",
                    says: name,
                });
                collect(field, path, place, texts);
                path.pop();
            }
        }
        _ => {}
    }
}

fn finding(place: Place, label: &str, text: &str, hits: &[Hit], hit: &Hit) -> Finding {
    let value = &text[hit.range.clone()];
    let (shown, mark) = credential::without(text, hits, hit);
    let like = if hit.sure == Sure::Shape {
        ""
    } else {
        "what looks like "
    };
    RULE.finding(
        place,
        format!("it has {like}{}: {}", hit.kind, credential::masked(value)),
        FIX,
    )
    .quote(label, &shown, mark)
    .key(format!("{} {label}", hit.kind))
}

/// What of a credential must be hidden wherever it stands: of a key of many lines, each of them.
fn parts(value: &str) -> impl Iterator<Item = String> {
    value
        .split(|letter: char| letter.is_whitespace() || letter == '\\')
        .filter(|part| part.len() >= thresholds::SECRET_CHARS)
        .map(str::to_owned)
}

/// Folders and files whose credentials are mostly made for them: tests and documentation.
const ASIDE: [&str; 16] = [
    "__mocks__",
    "__tests__",
    "bench",
    "benches",
    "doc",
    "docs",
    "example",
    "examples",
    "fixture",
    "fixtures",
    "mocks",
    "spec",
    "test",
    "testdata",
    "tests",
    "testutil",
];

fn is_aside(file: &str) -> bool {
    let lower = file.to_lowercase();
    let name = lower.rsplit('/').next().unwrap_or_default();
    lower.split('/').any(|part| ASIDE.contains(&part))
        || name.starts_with("test_")
        || ["_test.", ".test.", ".spec.", "_spec.", "conftest."]
            .iter()
            .any(|part| name.contains(part))
        || [".example", ".sample", ".template"]
            .iter()
            .any(|end| name.ends_with(end))
        || ["md", "mdx", "rst", "adoc", "ipynb", "snap"].contains(&extension(file).as_str())
}

/// Files of sums and of generated text, in which random values stand that are no secrets.
fn is_generated(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or_default();
    matches!(
        name,
        "bun.lock"
            | "go.sum"
            | "package-lock.json"
            | "npm-shrinkwrap.json"
            | "pnpm-lock.yaml"
            | "yarn.lock"
            | "Pipfile.lock"
            | "mcp.lock"
    ) || matches!(
        extension(file).as_str(),
        "lock" | "map" | "svg" | "css" | "snap" | "cast"
    ) || name.contains(".min.")
}

/// What people write beside a credential that is meant to stand there.
const ALLOWED: [&str; 4] = [
    "gitleaks:allow",
    "nosecret",
    "pragma: allowlist secret",
    "trufflehog:ignore",
];

fn project(project: &Project) -> BoxFuture<'_, Outcome> {
    let project = project.clone();
    Box::pin(async move {
        tokio::task::spawn_blocking(move || repository(&project))
            .await
            .unwrap_or_else(|error| Outcome::unverified(format!("the repository: {error}")))
    })
}

fn repository(project: &Project) -> Outcome {
    let mut outcome = Outcome::pass();
    let mut left = thresholds::SECRET_BYTES;
    let mut large = Vec::new();
    for file in &project.files {
        let Some(text) = project.text(file) else {
            if is_large_text(project, file) {
                large.push(file.as_str());
            }
            continue;
        };
        let Some(rest) = left.checked_sub(text.len()) else {
            outcome.unknown(format!(
                "{file} and what follows: only {} MiB of the repository are read",
                thresholds::SECRET_BYTES / 1024 / 1024
            ));
            break;
        };
        left = rest;
        judge_file(file, &text, &mut outcome);
        if outcome.findings.len() > 10 * thresholds::FINDINGS_PER_RULE {
            break;
        }
    }
    if let Some(first) = large.first() {
        outcome.unknown(format!(
            "{first} and {} further files over 2 MiB",
            large.len() - 1
        ));
    }
    if project.is_cut {
        outcome.unknown(format!("more than {} files", thresholds::FILES));
    }
    outcome
}

/// Whether a file was not read because of its size alone.
fn is_large_text(project: &Project, file: &str) -> bool {
    use std::io::Read as _;

    let Some(path) = project.inside(file) else {
        return false;
    };
    let large = path
        .metadata()
        .is_ok_and(|data| data.len() > thresholds::FILE_BYTES);
    let mut start = [0; 4096];
    let read = std::fs::File::open(path).and_then(|mut file| file.read(&mut start));
    large && read.is_ok_and(|read| !start[..read].contains(&0))
}

fn judge_file(file: &str, text: &str, outcome: &mut Outcome) {
    let aside = is_aside(file);
    let generated = is_generated(file);
    let hits = credential::find(text);
    for hit in &hits {
        let value = &text[hit.range.clone()];
        let start = text[..hit.range.start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[hit.range.start..]
            .find('\n')
            .map_or(text.len(), |at| hit.range.start + at);
        let before = text[..start.saturating_sub(1)]
            .rfind('\n')
            .map_or(0, |at| at + 1);
        let around = &text[before..end];
        if ALLOWED.iter().any(|word| around.contains(word)) {
            continue;
        }
        let level = match hit.sure {
            Sure::MadeUp => continue,
            Sure::Likely if generated => continue,
            Sure::Likely if aside && hit.kind.starts_with("a secret") => continue,
            Sure::Likely if aside => Level::Note,
            Sure::Likely if hit.kind == "a password" => Level::Warning,
            Sure::Likely | Sure::Shape => Level::Error,
        };
        let number = text[..hit.range.start].matches('\n').count() + 1;
        outcome.secrets.extend(parts(value));
        // the line alone, its other credentials masked too
        let inside: Vec<_> = hits
            .iter()
            .filter(|other| other.range.start >= start && other.range.start < end)
            .map(|other| Hit {
                range: other.range.start - start..other.range.end.min(end) - start,
                ..other.clone()
            })
            .collect();
        let line = &text[start..end];
        let (shown, mark) = inside
            .iter()
            .find(|other| other.range.start + start == hit.range.start)
            .map_or((String::new(), 0..0), |other| {
                credential::without(line, &inside, other)
            });
        let like = if hit.sure == Sure::Shape {
            ""
        } else {
            "what looks like "
        };
        outcome.find(
            RULE.finding(
                Place::File(file.to_owned(), u32::try_from(number).ok()),
                format!("it has {like}{}: {}", hit.kind, credential::masked(value)),
                "Revoke the credential: it stays in the history of every clone. Then read it from the environment.",
            )
            .level(level)
            .quote("line", &shown, mark)
            .key(hit.kind),
        );
    }
}
