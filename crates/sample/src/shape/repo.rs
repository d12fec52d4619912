//! Repositories and releases.

use serde_json::{Value, json};

use super::{node_id, user};
use crate::ORIGIN;
use crate::state::{Release, Repo, Users};
use crate::time::format;

/// A repository as it appears in lists and inside other objects.
pub(crate) fn brief(known: &Users, repo: &Repo) -> Value {
    let name = repo.full_name();
    let open = repo.items.values().filter(|item| item.open).count();
    let language = repo.languages.first().map(|(name, _)| *name);
    let license = repo
        .license
        .map(|(id, title)| json!({"key": id.to_lowercase(), "name": title, "spdx_id": id}));
    json!({
        "id": repo.id,
        "node_id": node_id("R", repo.id),
        "name": repo.name,
        "full_name": name,
        "private": repo.private,
        "visibility": if repo.private { "private" } else { "public" },
        "owner": user(known, &repo.owner),
        "html_url": format!("{ORIGIN}/{name}"),
        "url": format!("{ORIGIN}/repos/{name}"),
        "clone_url": format!("{ORIGIN}/{name}.git"),
        "description": repo.description,
        "homepage": null,
        "fork": false,
        "archived": false,
        "disabled": false,
        "is_template": false,
        "default_branch": "main",
        "language": language,
        "topics": repo.topics,
        "license": license,
        "stargazers_count": repo.stars,
        "watchers_count": repo.stars,
        "forks_count": repo.forks,
        "open_issues_count": open,
        "size": repo.languages.iter().map(|(_, bytes)| bytes / 1_024).sum::<u64>(),
        "has_issues": true,
        "has_wiki": false,
        "has_discussions": false,
        "created_at": format(repo.created_at),
        "updated_at": format(repo.pushed_at),
        "pushed_at": format(repo.pushed_at),
        "permissions": {"admin": true, "maintain": true, "push": true, "triage": true, "pull": true},
    })
}

/// A repository by itself.
pub(crate) fn full(known: &Users, repo: &Repo) -> Value {
    let mut value = brief(known, repo);
    value["subscribers_count"] = (repo.stars / 20).into();
    value["network_count"] = repo.forks.into();
    value["allow_squash_merge"] = true.into();
    value["allow_merge_commit"] = true.into();
    value["allow_rebase_merge"] = true.into();
    value["delete_branch_on_merge"] = false.into();
    if known
        .find(&repo.owner)
        .is_some_and(|owner| owner.kind == "Organization")
    {
        value["organization"] = user(known, &repo.owner);
    }
    value
}

/// A release.
pub(crate) fn release(known: &Users, repo: &Repo, release: &Release) -> Value {
    let name = repo.full_name();
    let assets: Value = release.assets.iter().zip(1..).map(|((file, size), at)| {
        json!({
            "id": release.id * 10 + at,
            "name": file,
            "size": size,
            "state": "uploaded",
            "content_type": "application/gzip",
            "download_count": size % 977,
            "browser_download_url": format!("{ORIGIN}/{name}/releases/download/{}/{file}", release.tag),
        })
    }).collect();
    json!({
        "id": release.id,
        "node_id": node_id("RE", release.id),
        "url": format!("{ORIGIN}/repos/{name}/releases/{}", release.id),
        "html_url": format!("{ORIGIN}/{name}/releases/tag/{}", release.tag),
        "tag_name": release.tag,
        "target_commitish": "main",
        "name": release.name,
        "body": release.body,
        "draft": false,
        "prerelease": false,
        "immutable": false,
        "author": user(known, release.author),
        "created_at": format(release.at),
        "published_at": format(release.at + 240),
        "assets": assets,
    })
}
