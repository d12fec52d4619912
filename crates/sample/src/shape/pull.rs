//! Pull requests, reviews and comments on lines.

use serde_json::{Value, json};

use super::issue::{association, labels, milestone_of, page, state};
use super::{date, node_id, user, users};
use crate::ORIGIN;
use crate::git::changes::Change;
use crate::items::{Item, LineComment, Pull, Review};
use crate::state::{Repo, Users};
use crate::time::format;

/// A pull request as lists show it.
pub(crate) fn pull(known: &Users, repo: &Repo, item: &Item, pull: &Pull) -> Value {
    let name = repo.full_name();
    let url = format!("{ORIGIN}/repos/{name}/pulls/{}", item.number);
    let html = page(&name, item);
    json!({
        "url": url,
        "id": item.id,
        "node_id": node_id("PR", item.id),
        "html_url": html,
        "diff_url": format!("{html}.diff"),
        "patch_url": format!("{html}.patch"),
        "issue_url": format!("{ORIGIN}/repos/{name}/issues/{}", item.number),
        "commits_url": format!("{url}/commits"),
        "review_comments_url": format!("{url}/comments"),
        "comments_url": format!("{ORIGIN}/repos/{name}/issues/{}/comments", item.number),
        "statuses_url": format!("{ORIGIN}/repos/{name}/statuses/{}", pull.head_sha),
        "number": item.number,
        "state": state(item),
        "locked": false,
        "title": item.title,
        "body": item.body,
        "user": user(known, &item.author),
        "labels": labels(repo, item),
        "milestone": milestone_of(known, repo, item),
        "assignees": users(known, &item.assignees),
        "requested_reviewers": users(known, &pull.reviewers),
        "requested_teams": [],
        "created_at": format(item.created_at),
        "updated_at": format(item.updated_at),
        "closed_at": date(item.closed.as_ref().map(|(at, _)| *at)),
        "merged_at": date(pull.merged.as_ref().map(|(at, ..)| *at)),
        "merge_commit_sha": pull.merged.as_ref().map(|(_, _, sha)| sha),
        "head": side(known, repo, &pull.head_ref, &pull.head_sha),
        "base": side(known, repo, &pull.base_ref, &pull.base_sha),
        "author_association": association(known, &item.author),
        "auto_merge": null,
        "draft": pull.draft,
    })
}

fn side(known: &Users, repo: &Repo, branch: &str, sha: &str) -> Value {
    json!({
        "label": format!("{}:{branch}", repo.owner),
        "ref": branch,
        "sha": sha,
        "user": user(known, &repo.owner),
        "repo": super::repo::brief(known, repo),
    })
}

/// What only a single pull request shows, beside [`pull`].
pub(crate) fn details(
    known: &Users,
    item: &Item,
    pull: &Pull,
    changes: &[Change],
    merge: (Option<bool>, &str),
) -> Value {
    let merged_by = pull.merged.as_ref().map(|(_, login, _)| user(known, login));
    json!({
        "merged": pull.merged.is_some(),
        "mergeable": merge.0,
        "rebaseable": merge.0,
        "mergeable_state": merge.1,
        "merged_by": merged_by,
        "comments": item.comments.len(),
        "review_comments": pull.line_comments.len(),
        "maintainer_can_modify": false,
        "additions": changes.iter().map(|change| change.additions).sum::<usize>(),
        "deletions": changes.iter().map(|change| change.deletions).sum::<usize>(),
        "changed_files": changes.len(),
    })
}

/// A review.
pub(crate) fn review(known: &Users, repo: &Repo, item: &Item, review: &Review) -> Value {
    let name = repo.full_name();
    json!({
        "id": review.id,
        "node_id": node_id("PRR", review.id),
        "user": user(known, &review.author),
        "body": review.body,
        "state": review.state,
        "html_url": format!("{}#pullrequestreview-{}", page(&name, item), review.id),
        "pull_request_url": format!("{ORIGIN}/repos/{name}/pulls/{}", item.number),
        "submitted_at": format(review.at),
        "commit_id": review.commit,
        "author_association": association(known, &review.author),
    })
}

/// A comment on a line.
pub(crate) fn line_comment(known: &Users, repo: &Repo, item: &Item, said: &LineComment) -> Value {
    let name = repo.full_name();
    let side = if said.left { "LEFT" } else { "RIGHT" };
    let mut value = json!({
        "url": format!("{ORIGIN}/repos/{name}/pulls/comments/{}", said.id),
        "html_url": format!("{}#discussion_r{}", page(&name, item), said.id),
        "pull_request_url": format!("{ORIGIN}/repos/{name}/pulls/{}", item.number),
        "pull_request_review_id": said.review,
        "id": said.id,
        "node_id": node_id("PRRC", said.id),
        "diff_hunk": said.hunk,
        "path": said.path,
        "commit_id": said.commit,
        "original_commit_id": said.commit,
        "line": said.line,
        "original_line": said.line,
        "start_line": null,
        "side": side,
        "subject_type": "line",
        "user": user(known, &said.author),
        "body": said.body,
        "created_at": format(said.at),
        "updated_at": format(said.at),
        "author_association": association(known, &said.author),
    });
    if let Some(id) = said.reply_to {
        value["in_reply_to_id"] = id.into();
    }
    value
}
