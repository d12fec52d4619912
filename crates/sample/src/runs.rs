//! Workflow runs, their jobs and the log of a job.

/// One run of a workflow.
pub(crate) struct Run {
    /// Numeric id.
    pub(crate) id: u64,
    /// Counts the runs of the workflow.
    pub(crate) number: u64,
    /// Branch it ran for.
    pub(crate) branch: String,
    /// Commit it ran for.
    pub(crate) sha: String,
    /// First line of that commit's message, or the pull request's title.
    pub(crate) title: String,
    /// `push` or `pull_request`.
    pub(crate) event: &'static str,
    /// Who caused it.
    pub(crate) actor: String,
    /// Pull request it belongs to.
    pub(crate) pull: Option<u64>,
    /// When it started.
    pub(crate) at: i64,
    /// Jobs.
    pub(crate) jobs: Vec<Job>,
}

/// One job of a run. Its id is the id of its check run as well, as on GitHub.
pub(crate) struct Job {
    /// Numeric id.
    pub(crate) id: u64,
    /// Name.
    pub(crate) name: &'static str,
    /// How it ended; none while it runs.
    pub(crate) conclusion: Option<&'static str>,
    /// When it started.
    pub(crate) started_at: i64,
    /// When it ended, or will.
    pub(crate) completed_at: i64,
    /// Steps: name and conclusion.
    pub(crate) steps: Vec<(&'static str, Option<&'static str>)>,
}

impl Run {
    /// `completed`, or `in_progress` while a job runs.
    pub(crate) fn status(&self) -> &'static str {
        if self.jobs.iter().all(|job| job.conclusion.is_some()) {
            "completed"
        } else {
            "in_progress"
        }
    }

    /// How it ended; none while a job runs.
    pub(crate) fn conclusion(&self) -> Option<&'static str> {
        if self.status() != "completed" {
            return None;
        }
        let failed = self.jobs.iter().any(Job::failed);
        Some(if failed { "failure" } else { "success" })
    }

    /// When its last job ended, or started.
    pub(crate) fn updated_at(&self) -> i64 {
        self.jobs
            .iter()
            .map(Job::touched_at)
            .max()
            .unwrap_or(self.at)
    }
}

impl Job {
    /// Whether it went wrong.
    pub(crate) fn failed(&self) -> bool {
        self.conclusion == Some("failure")
    }

    /// `completed` or `in_progress`.
    pub(crate) fn status(&self) -> &'static str {
        if self.conclusion.is_some() {
            "completed"
        } else {
            "in_progress"
        }
    }

    fn touched_at(&self) -> i64 {
        if self.conclusion.is_some() {
            self.completed_at
        } else {
            self.started_at
        }
    }
}
