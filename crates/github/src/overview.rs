//! A pull request in brief: every part of it in one answer, each with a share of the budget.
//!
//! State, CI and verdicts come whole; body, files and comments take their shares; the diffs take
//! what is left. What was cut names the `part` of `read_pull_request` that has the rest.

use futures::future::join5;
use kit::{
    Answer, More, ToolError,
    answer::Further,
    untrusted::{clean, one_line},
};
use seaworthy_kit as kit;

use crate::{
    changes,
    checks::Checks,
    client::{Client, Fetched},
    conversation::{self, Page, Section},
    endpoint::Endpoint,
    input::Repo,
    model::{ChangedFile, Pull, Review},
    page::{List, Position},
    shape,
};

/// What an answer about a pull request may cost, in tokens.
pub(crate) const TOKENS: usize = 4_000;
/// Shares of the overview, in characters; the diffs take what is left.
const BODY_SHARE: usize = 2_500;
const FILES_SHARE: usize = 2_500;
const SAID_SHARE: usize = 4_500;
/// What one comment or diff takes of the overview, in characters.
const COMMENT_IN_OVERVIEW: usize = 500;
const DIFF_IN_OVERVIEW: usize = 2_000;
/// Reviewers that the overview names at most.
const REVIEWERS: usize = 10;

/// A pull request with all its parts, or why a part could not be read.
pub(crate) struct Overview {
    pub(crate) pull: Pull,
    pub(crate) checks: Checks,
    pub(crate) files: Result<List<ChangedFile>, ToolError>,
    pub(crate) reviews: Result<Fetched<Vec<Review>>, ToolError>,
    pub(crate) plain: Result<Page, ToolError>,
    pub(crate) lines: Result<Page, ToolError>,
}

/// Reads all parts of the pull request behind the endpoint `pull`.
pub(crate) async fn read(
    client: &Client,
    repo: &Repo,
    number: u64,
    pull: &Endpoint,
) -> Result<Overview, ToolError> {
    let id = number.to_string();
    let reviews = Endpoint::repo(
        repo,
        format!("the reviews of {}", pull.subject),
        ["pulls", &id, "reviews"],
    )
    .query("per_page", "100");
    let (pull, files, reviews, plain, lines) = join5(
        async {
            let pull = client.get::<Pull>(pull).await?.data;
            let checks = Checks::of(client, repo, &pull.head.sha).await;
            Ok::<_, ToolError>((pull, checks))
        },
        changes::list(client, repo, number, &Position::default(), 0, |_| true),
        client.get::<Vec<Review>>(&reviews),
        Section::Plain.page(client, repo, number, None),
        Section::Lines.page(client, repo, number, None),
    )
    .await;
    let (pull, checks) = pull?;
    Ok(Overview {
        pull,
        checks,
        files,
        reviews,
        plain,
        lines,
    })
}

/// Writes what fits of all parts.
pub(crate) fn write(read: Overview, repo: &Repo, number: u64) -> Result<Answer, ToolError> {
    let Overview {
        pull,
        checks,
        files,
        reviews,
        plain,
        lines,
    } = read;
    let mut answer = Answer::with_tokens(TOKENS);
    let mut cut = Vec::new();
    write_head(&mut answer, repo, number, &pull);
    answer.line(format!("CI: {}", checks.summary()));
    for unread in &checks.unread {
        answer.line(unread);
    }
    let (reviews, further_reviews) = told(&mut answer, "reviews", reviews)
        .map(|reviews| (reviews.data, reviews.next))
        .unwrap_or_default();
    write_verdicts(&mut answer, &pull, &reviews);
    write_body(&mut answer, &pull, 0, BODY_SHARE)?;
    let files = told(&mut answer, "files", files);
    if let Some(files) = &files
        && write_files(&mut answer, &pull, files)
    {
        cut.push("part=files");
    }
    let said = [
        Some(Page::of_reviews(reviews, further_reviews)),
        told(&mut answer, "comments", plain),
        told(&mut answer, "line comments", lines),
    ];
    if write_said(&mut answer, &said) {
        cut.push("part=comments");
    }
    if let Some(files) = &files
        && write_diffs(&mut answer, &pull, files)
    {
        cut.push("part=diff");
    }
    if !cut.is_empty() {
        let next = format!("call again with {}", cut.join(" or "));
        answer.more(More::by(Further::Unknown, next));
    }
    Ok(answer)
}

/// What a part could not be read for, or the part.
pub(crate) fn told<T>(answer: &mut Answer, what: &str, part: Result<T, ToolError>) -> Option<T> {
    part.inspect_err(|error| {
        answer.line(format!("{what} could not be read: {}", error.what));
    })
    .ok()
}

fn write_head(answer: &mut Answer, repo: &Repo, number: u64, pull: &Pull) {
    let state = match pull.state.as_str() {
        _ if pull.merged || pull.merged_at.is_some() => "merged",
        "open" if pull.draft => "open draft",
        state => state,
    };
    let mergeable = match pull.mergeable_state.as_str() {
        "" => String::new(),
        state => format!(", mergeable state {}", one_line(state, 30)),
    };
    answer.line(format!(
        "Pull request {}#{} ({}{mergeable}): {}",
        repo,
        number,
        one_line(state, 30),
        one_line(&pull.title, 256)
    ));
    let mut about = format!(
        "by {}, made {}, changed {}",
        shape::at(pull.user.as_ref()),
        shape::day(&pull.created_at),
        shape::day(&pull.updated_at)
    );
    if let Some(merged) = &pull.merged_at {
        about.push_str(&format!(", merged {}", shape::day(merged)));
    }
    if !pull.labels.is_empty() {
        let labels = one_line(&shape::labels(&pull.labels), 300);
        about.push_str(&format!(", labels {labels}"));
    }
    answer.line(about);
    let fork = match &pull.head.repo {
        None => " of a deleted fork".to_owned(),
        Some(own) if own.full_name == repo.to_string() => String::new(),
        Some(fork) => format!(" of {}", one_line(&fork.full_name, 140)),
    };
    answer.line(format!(
        "head {}{fork} at {}, base {} at {}",
        one_line(&pull.head.branch, 120),
        one_line(&pull.head.sha, 64),
        one_line(&pull.base.branch, 120),
        shape::short(&pull.base.sha)
    ));
    answer.line(format!(
        "size: +{} -{} in {}, {}",
        pull.additions,
        pull.deletions,
        shape::count(pull.changed_files, "file"),
        shape::count(pull.commits, "commit")
    ));
}

/// The last verdict of each reviewer, and who was asked but has not reviewed.
fn write_verdicts(answer: &mut Answer, pull: &Pull, reviews: &[Review]) {
    let mut last: Vec<&Review> = Vec::new();
    for review in reviews {
        let name = shape::at(review.user.as_ref());
        let same = |other: &&mut &Review| shape::at(other.user.as_ref()) == name;
        match last.iter_mut().find(same) {
            // a remark does not take back an approval
            Some(_) if review.state == "COMMENTED" => {}
            Some(earlier) => *earlier = review,
            None => last.push(review),
        }
    }
    for review in last.iter().take(REVIEWERS) {
        let older = if review.commit_id == pull.head.sha || review.commit_id.is_empty() {
            String::new()
        } else {
            format!(" (of the older commit {})", shape::short(&review.commit_id))
        };
        answer.line(format!(
            "review by {}: {}, {}{older}",
            shape::at(review.user.as_ref()),
            one_line(&review.state.to_ascii_lowercase().replace('_', " "), 30),
            shape::day(&review.submitted_at)
        ));
    }
    if last.len() > REVIEWERS {
        answer.line(format!("review by {} others", last.len() - REVIEWERS));
    }
    if !pull.requested_reviewers.is_empty() {
        let people = pull
            .requested_reviewers
            .iter()
            .map(|user| shape::at(Some(user)));
        let people = people.collect::<Vec<_>>().join(" ");
        answer.line(format!("review asked of {}", one_line(&people, 300)));
    } else if last.is_empty() {
        answer.line("no reviews");
    }
}

/// Writes the body from character `start`, at most `share` characters of it.
pub(crate) fn write_body(
    answer: &mut Answer,
    pull: &Pull,
    start: usize,
    share: usize,
) -> Result<(), ToolError> {
    if pull.body.trim().is_empty() {
        answer.line("body: empty");
        return Ok(());
    }
    let total = clean(&pull.body).text.chars().count();
    if start >= total {
        return Err(shape::past_end(start, total));
    }
    answer.line(format!("body by {}:", shape::at(pull.user.as_ref())));
    shape::quote(answer, &pull.body, start, share, |end| {
        format!("start={end}")
    });
    Ok(())
}

/// Writes the files of the overview; answers whether there are more.
fn write_files(answer: &mut Answer, pull: &Pull, files: &List<ChangedFile>) -> bool {
    let spare = answer.room().saturating_sub(FILES_SHARE);
    let mut shown = 0;
    for file in &files.items {
        let line = changes::line(file);
        if line.chars().count() + 1 + spare > answer.room() {
            break;
        }
        answer.line(line);
        shown += 1;
    }
    let all = pull.changed_files.max(files.items.len() as u64);
    if all == 0 {
        answer.line("no files changed");
    }
    if all > shown {
        answer.line(format!(
            "[cut: {shown} of {all} files - all with part=files]"
        ));
    }
    if let Some(cap) = changes::cap(all) {
        answer.line(cap);
    }
    all > shown
}

/// Writes what was said, place by place; answers whether there is more.
fn write_said(answer: &mut Answer, said: &[Option<Page>]) -> bool {
    let spare = answer.room().saturating_sub(SAID_SHARE);
    let (mut shown, mut all, mut further) = (0, 0, false);
    for page in said.iter().flatten() {
        shown += conversation::write(answer, &page.entries, COMMENT_IN_OVERVIEW, spare, false);
        all += page.entries.len();
        further |= page.next.is_some();
    }
    if shown < all || further {
        let plus = if further { " or more" } else { "" };
        answer.line(format!(
            "[cut: {shown} of {all}{plus} comments - all with part=comments]"
        ));
    }
    if all == 0 {
        answer.line("no comments");
    }
    shown < all || further
}

/// Writes the diffs that fit whole or in part; answers whether there are more.
fn write_diffs(answer: &mut Answer, pull: &Pull, files: &List<ChangedFile>) -> bool {
    let mut shown = 0;
    for file in &files.items {
        let patch = file.patch.as_deref().unwrap_or_default();
        if shape::quote_cost(patch, 0, DIFF_IN_OVERVIEW) + 400 > answer.room() {
            break;
        }
        changes::write_diff(answer, file, 0, DIFF_IN_OVERVIEW);
        shown += 1;
    }
    let all = pull.changed_files.max(files.items.len() as u64);
    if shown < all {
        answer.line(format!(
            "[cut: {shown} of {all} diffs - all with part=diff, or one with path]"
        ));
    }
    shown < all
}
