//! How things are written as JSON: GitHub's field names, version 2026-03-10.

pub(crate) mod actions;
pub(crate) mod git;
pub(crate) mod issue;
pub(crate) mod pull;
pub(crate) mod repo;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::ORIGIN;
use crate::state::{User, Users};
use crate::time;

/// An opaque global id: a prefix for the kind, then the number.
pub(crate) fn node_id(prefix: &str, id: u64) -> String {
    let tail = STANDARD
        .encode(id.to_be_bytes())
        .replace(['=', '+', '/'], "x");
    format!("{prefix}_kwDOH7{tail}")
}

/// A date, or null.
pub(crate) fn date(at: Option<i64>) -> Value {
    at.map(time::format).into()
}

/// An account as it appears inside other objects. An unknown one is GitHub's `ghost`.
pub(crate) fn user(users: &Users, login: &str) -> Value {
    users
        .find(login)
        .map_or_else(|| account(10_137, "ghost", "User"), brief)
}

/// An account in brief.
pub(crate) fn brief(user: &User) -> Value {
    account(user.id, user.login, user.kind)
}

/// Several accounts in brief.
pub(crate) fn users<'a>(users: &Users, logins: impl IntoIterator<Item = &'a String>) -> Value {
    logins.into_iter().map(|login| user(users, login)).collect()
}

/// An account with its profile.
pub(crate) fn profile(user: &User, repos: usize) -> Value {
    let mut value = brief(user);
    value["name"] = user.name.into();
    value["bio"] = user.bio.into();
    value["location"] = user.location.into();
    value["company"] = Value::Null;
    value["public_repos"] = repos.into();
    value["followers"] = (user.id * 13 % 97).into();
    value["following"] = (user.id * 7 % 41).into();
    value["created_at"] = "2019-03-04T08:15:00Z".into();
    value["updated_at"] = "2026-10-02T17:40:12Z".into();
    value
}

fn account(id: u64, login: &str, kind: &str) -> Value {
    json!({
        "login": login,
        "id": id,
        "node_id": node_id("U", id),
        "avatar_url": format!("{ORIGIN}/_avatars/{id}"),
        "url": format!("{ORIGIN}/users/{login}"),
        "html_url": format!("{ORIGIN}/{login}"),
        "type": kind,
        "site_admin": false,
    })
}
