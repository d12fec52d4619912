//! Why a sandbox cannot run anything, and what to do about it.

/// What is wrong with a backend on this machine, with the remedy as data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct Why {
    /// What is wrong, in one sentence without a full stop.
    pub problem: String,
    /// What to do about it.
    pub remedy: String,
}

impl Why {
    /// A problem and its remedy.
    pub fn new(problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }
}
