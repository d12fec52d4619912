//! Pull requests by number.

/// The open pull request whose tests fail.
pub const FAILING_PR: u64 = 309;

/// The open pull request that is approved, green and can be merged.
pub const READY_PR: u64 = 312;

/// The open pull request that changes 300 files.
pub const HUGE_PR: u64 = 288;

/// The draft.
pub(super) const DRAFT_PR: u64 = 296;

/// The update of a dependency; its checks are still running.
pub(super) const BUMP_PR: u64 = 303;

/// Closed without being merged.
pub(super) const CLOSED_PRS: [u64; 2] = [95, 230];

/// Merged ones; the table in `history` has their titles.
const MERGED_PRS: [u64; 8] = [41, 77, 118, 149, 183, 214, 246, 271];

/// Whether this number is a pull request's.
pub(super) fn is_pull(number: u64) -> bool {
    [FAILING_PR, READY_PR, HUGE_PR, DRAFT_PR, BUMP_PR].contains(&number)
        || CLOSED_PRS.contains(&number)
        || MERGED_PRS.contains(&number)
}
