//! The files that a pull request changes, and their diffs.

use kit::{Answer, ToolError, untrusted::one_line};
use seaworthy_kit as kit;

use crate::{
    client::Client,
    endpoint::{DIFF, Endpoint},
    input::Repo,
    model::ChangedFile,
    page::{self, List, Position},
    shape,
};

/// Files that GitHub lists of a pull request at most.
pub(crate) const LISTED: u64 = 3_000;

/// More than `want` of the files that `keep` keeps, or all of them.
pub(crate) async fn list(
    client: &Client,
    repo: &Repo,
    number: u64,
    position: &Position,
    want: usize,
    keep: impl Fn(&ChangedFile) -> bool,
) -> Result<List<ChangedFile>, ToolError> {
    let endpoint = Endpoint::repo(
        repo,
        format!("the files of pull request {repo}#{number}"),
        ["pulls", &number.to_string(), "files"],
    )
    .query("per_page", "100");
    page::gather::<Vec<ChangedFile>>(client, &endpoint, position, want, keep).await
}

/// What to say when there are more files than GitHub lists.
pub(crate) fn cap(files: u64) -> Option<String> {
    (files > LISTED).then(|| {
        format!(
            "GitHub lists at most {LISTED} of the {files} files; read_code with ref=HEAD_SHA, or a clone, shows the others"
        )
    })
}

/// `+10 -2 modified src/x.rs`.
pub(crate) fn line(file: &ChangedFile) -> String {
    let from = file
        .previous_filename
        .as_deref()
        .map_or(String::new(), |old| format!(" from {}", one_line(old, 200)));
    format!(
        "+{} -{} {} {}{from}",
        file.additions,
        file.deletions,
        one_line(&file.status, 20),
        one_line(&file.filename, 300)
    )
}

/// Writes the diff of a file from character `start`, at most `share` characters of it.
pub(crate) fn write_diff(answer: &mut Answer, file: &ChangedFile, start: usize, share: usize) {
    let name = one_line(&file.filename, 300);
    match file.patch.as_deref().filter(|patch| !patch.is_empty()) {
        Some(patch) => {
            answer.line(format!("diff of {}:", line(file)));
            shape::quote(answer, patch, start, share, |end| {
                format!("part=diff, path={name}, start={end}")
            });
        }
        None => {
            answer.line(format!(
                "diff of {}: GitHub gives none here (binary, too large or only renamed)",
                line(file)
            ));
        }
    }
}

/// The diff of one file out of the whole diff of the pull request that `pull` reads.
pub(crate) async fn from_whole_diff(
    client: &Client,
    pull: &Endpoint,
    path: &str,
) -> Result<Option<String>, ToolError> {
    let mut endpoint = pull.clone().accept(DIFF);
    endpoint.subject = format!("the diff of {}", endpoint.subject);
    let bytes = client.get_bytes(&endpoint).await?;
    let diff = String::from_utf8_lossy(&bytes);
    let end = format!(" b/{path}");
    let mut found: Option<String> = None;
    for line in diff.split_inclusive('\n') {
        if let Some(header) = line.strip_prefix("diff --git ") {
            if found.is_some() {
                break;
            }
            if header.trim_end().ends_with(&end) {
                found = Some(String::new());
            }
        }
        if let Some(found) = &mut found {
            found.push_str(line);
        }
    }
    Ok(found)
}
