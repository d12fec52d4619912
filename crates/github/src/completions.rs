//! Completions for the arguments of prompts and resource templates: owner, repo, state, label.
//!
//! The values come from what the token can see (its repositories, newest push first) and from the
//! repository that is already filled in. A completion that fails offers nothing.

use std::collections::HashMap;

use kit::model::Reference;
use seaworthy_kit as kit;

use crate::{
    Github,
    endpoint::Endpoint,
    input::Repo,
    model::{Label, Repository},
    prompts, shape,
};

/// Values for `argument` that go on from `value`.
pub(crate) async fn complete(
    github: &Github,
    reference: &Reference,
    argument: &str,
    value: &str,
    known: &HashMap<String, String>,
) -> Vec<String> {
    let candidates = match (argument, reference) {
        ("state", _) => prompts::STATES.map(str::to_owned).to_vec(),
        ("label", _) => labels(github, known).await,
        ("owner", _) => owners(github).await,
        // a prompt's repo is owner/name, a template's only the name
        ("repo", Reference::Prompt(_)) => {
            let repositories = repositories(github).await;
            repositories
                .into_iter()
                .map(|repository| repository.full_name)
                .collect()
        }
        ("repo", Reference::Resource(_)) => names(github, known).await,
        _ => Vec::new(),
    };
    // a name that cannot be shown as it is is not offered: cleaned, it would be another one
    let candidates = candidates
        .into_iter()
        .filter(|candidate| !shape::has_hidden(candidate) && !candidate.contains('\n'));
    let value = value.to_lowercase();
    let (mut first, rest): (Vec<_>, Vec<_>) = candidates
        .filter(|candidate| candidate.to_lowercase().contains(&value))
        .partition(|candidate| candidate.to_lowercase().starts_with(&value));
    first.extend(rest);
    first
}

async fn repositories(github: &Github) -> Vec<Repository> {
    let endpoint = Endpoint::new("the token's repositories", ["user", "repos"])
        .query("sort", "pushed")
        .query("per_page", "100");
    let fetched = github.client.get::<Vec<Repository>>(&endpoint).await;
    fetched.map(|fetched| fetched.data).unwrap_or_default()
}

async fn owners(github: &Github) -> Vec<String> {
    let mut owners = Vec::new();
    for repository in repositories(github).await {
        if let Some((owner, _)) = repository.full_name.split_once('/')
            && !owners.iter().any(|known| known == owner)
        {
            owners.push(owner.to_owned());
        }
    }
    owners
}

async fn names(github: &Github, known: &HashMap<String, String>) -> Vec<String> {
    let owner = known.get("owner").map(String::as_str);
    let repositories = repositories(github).await;
    let full = repositories
        .iter()
        .filter_map(|repository| repository.full_name.split_once('/'));
    full.filter(|(of, _)| owner.is_none_or(|owner| owner.eq_ignore_ascii_case(of)))
        .map(|(_, name)| name.to_owned())
        .collect()
}

async fn labels(github: &Github, known: &HashMap<String, String>) -> Vec<String> {
    let Some(repo) = known.get("repo").and_then(|repo| Repo::parse(repo).ok()) else {
        return Vec::new();
    };
    let endpoint = Endpoint::repo(&repo, "the labels", ["labels"]).query("per_page", "100");
    let fetched = github.client.get::<Vec<Label>>(&endpoint).await;
    let labels = fetched.map(|fetched| fetched.data).unwrap_or_default();
    labels.into_iter().map(|label| label.name).collect()
}
