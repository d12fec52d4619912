//! `github://reference/statuses`: the states that GitHub's things can be in.

use super::Entry;

pub(super) const RESOURCE: Entry = Entry {
    uri: "github://reference/statuses",
    name: "statuses",
    description: "What the states of issues, pull requests, reviews, checks and workflow runs mean.",
    read: |_, _| Box::pin(async { Ok(TEXT.to_owned()) }),
};

/// From GitHub's REST API documentation, November 2026.
const TEXT: &str = "\
States on GitHub

Issue: open; closed, for the reason completed, not_planned or duplicate; reopened.
Pull request: open, draft, closed (not merged), merged.
Mergeable state: clean (all gates pass), unstable (a check that is not required fails), blocked (a
  required review or check is missing), behind (the base moved on and the branch must be updated),
  dirty (conflicts), draft, has_hooks, unknown (GitHub is still working it out: ask again).
Review: APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED, PENDING (not sent).
Check run status: queued, in_progress, waiting, pending, completed; conclusion when completed:
  success, failure, neutral, cancelled, skipped, timed_out, action_required, stale, startup_failure.
  success, neutral and skipped let a required check pass.
Commit status (older than checks): success, failure, error, pending.
Author association: OWNER, MEMBER, COLLABORATOR, CONTRIBUTOR, FIRST_TIME_CONTRIBUTOR, NONE.";
