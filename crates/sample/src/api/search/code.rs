//! Code: the files of default branches.

use super::query::Query;
use super::{Found, scope, text_match};
use crate::git::Leaf;
use crate::reply::Problem;
use crate::request::Call;
use crate::shape::{git, repo};
use crate::state::{Repo, State};

/// Larger files are not indexed, as on GitHub.
const LARGEST: usize = 384 * 1_024;

/// Finds files.
pub(super) fn search<'a>(
    state: &'a State,
    call: &'a Call,
    query: &Query,
) -> Result<Found<'a>, Problem> {
    if query.words.is_empty() && query.all("filename").is_empty() && query.all("path").is_empty() {
        let why = "Must include at least one search term";
        return Err(
            Problem::new(422, "Validation Failed").with_field("Search", "q", "missing", why)
        );
    }
    let mut found: Found<'a> = Vec::new();
    for repo in scope(state, query)? {
        for (path, leaf) in repo.git.files(repo.head()) {
            let text = repo
                .git
                .blob(&leaf.sha)
                .filter(|bytes| bytes.len() <= LARGEST);
            let text = text.and_then(|bytes| std::str::from_utf8(bytes).ok());
            let Some(text) = text.filter(|text| fits(query, &path, text)) else {
                continue;
            };
            let words = query.words.clone();
            found.push(Box::new(move || {
                write(state, call, repo, (&path, &leaf), text, &words)
            }));
        }
    }
    Ok(found)
}

fn write(
    state: &State,
    call: &Call,
    repo: &Repo,
    (path, leaf): (&str, &Leaf),
    text: &str,
    words: &[String],
) -> serde_json::Value {
    let content = git::content(repo, repo.head(), path, leaf);
    let mut value =
        serde_json::json!({"score": 1.0, "repository": repo::brief(&state.users, repo)});
    for name in ["name", "path", "sha", "url", "git_url", "html_url"] {
        value[name] = content[name].clone();
    }
    if call.accepts("text-match") {
        let found = text_match(&content["url"], "FileContent", "content", text, words);
        value["text_matches"] = Some(found)
            .filter(|found| !found.is_null())
            .into_iter()
            .collect();
    }
    value
}

fn fits(query: &Query, path: &str, text: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let extension = name.rsplit_once('.').map_or("", |(_, end)| end);
    let known = |(name_of, value, not): &(String, String, bool)| {
        let value = value.to_lowercase();
        let is = match name_of.as_str() {
            "repo" | "org" | "user" | "in" => return true,
            "path" => path.to_lowercase().contains(value.trim_matches('/')),
            "filename" => name.contains(&value),
            "extension" => extension == value.trim_start_matches('.'),
            "language" => language(extension) == value,
            _ => false,
        };
        is != *not
    };
    query.qualifiers.iter().all(known) && query.found_in(text)
}

fn language(extension: &str) -> &'static str {
    match extension {
        "rs" => "rust",
        "py" => "python",
        "md" => "markdown",
        "toml" => "toml",
        "yml" | "yaml" => "yaml",
        "json" => "json",
        "csv" => "csv",
        _ => "text",
    }
}
