//! An append-only record of every write, before it is sent and after, and of every call that
//! sandboxed code makes.
//!
//! JSON lines, each synced to disk before the write goes out: when the log cannot be written,
//! the write does not happen. A line holds what was asked in the server's own words and a digest
//! of the arguments, never the arguments themselves, which may hold secrets.
//!
//! ```json
//! {"time":"2026-11-20T12:00:00Z","id":"9f2c...","phase":"before","tool":"merge_pull_request",
//!  "principal":"github:mira","client":"claude-code","what":"merge o/r#7 at 1a2b3c4 by squash","arguments":"sha256:..."}
//! {"time":"...","id":"9f2c...","phase":"after","outcome":"ok"}
//! {"time":"...","phase":"code","run":"77ab...","sequence":3,"tool":"find_items","principal":"github:mira",
//!  "client":"claude-code","arguments":"sha256:...","outcome":"ok","bytes":48211,"ms":112}
//! ```
//!
//! Code only reads, so its calls are recorded when they end, by one line that is not synced; a
//! call that cannot be recorded gives nothing.

use std::{
    fs::{File, OpenOptions},
    future::Future,
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};

use crate::{Call, ErrorKind, ToolError, data, seal};

/// What to do about a log that cannot be written.
const NOT_WRITABLE: &str = "ask the user to make the server's audit log writable, or to set SEAWORTHY_AUDIT_LOG to a file that is, and to restart the server";

/// Where writes are recorded. The file is opened at the first write.
#[derive(Debug, Clone)]
pub struct AuditLog {
    path: PathBuf,
    file: Arc<Mutex<Option<File>>>,
}

impl AuditLog {
    /// A log at `path`, whose folder is made when needed.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            file: Arc::default(),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn append(&self, entry: &Value) -> std::io::Result<()> {
        self.write(entry, true)
    }

    fn write(&self, entry: &Value, sync: bool) -> std::io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if file.is_none() {
            if let Some(folder) = self.path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            *file = Some(private(OpenOptions::new().append(true).create(true)).open(&self.path)?);
        }
        if let Some(file) = file.as_mut() {
            file.write_all(format!("{entry}\n").as_bytes())?;
            if sync {
                file.sync_data()?;
            }
        }
        Ok(())
    }

    async fn append_off_the_loop(&self, entry: Value) -> std::io::Result<()> {
        let log = self.clone();
        tokio::task::spawn_blocking(move || log.append(&entry))
            .await
            .map_err(std::io::Error::other)?
    }
}

/// Only the user who runs the server may read what it did.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Records how an action ended, also when its future is dropped half-way.
struct Ending<'a> {
    log: &'a AuditLog,
    id: String,
    open: bool,
}

impl Ending<'_> {
    fn entry(&self, outcome: &str) -> Value {
        json!({"time": now_rfc3339(), "id": self.id, "phase": "after", "outcome": outcome})
    }
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        if self.open {
            let entry =
                self.entry("unknown: the call was cancelled or timed out while it was being sent");
            if let Err(error) = self.log.append(&entry) {
                tracing::error!(%error, "the audit log could not be written");
            }
        }
    }
}

/// Which call of which run of sandboxed code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The run.
    pub run: String,
    /// The call's number in the run, from 1.
    pub sequence: u32,
}

/// Records a call of sandboxed code, also when its future is dropped half-way.
struct Reading<'a> {
    log: &'a AuditLog,
    entry: Value,
    began: Instant,
    open: bool,
}

impl Reading<'_> {
    fn close(&mut self, outcome: &str, bytes: usize) -> std::io::Result<()> {
        self.open = false;
        self.entry["time"] = now_rfc3339().into();
        self.entry["outcome"] = outcome.into();
        self.entry["bytes"] = bytes.into();
        let ms = self.began.elapsed().as_millis();
        self.entry["ms"] = u64::try_from(ms).unwrap_or(u64::MAX).into();
        // a line in the page cache: nothing that needs a thread of its own
        self.log.write(&self.entry, false)
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        if self.open
            && let Err(error) = self.close("dropped: the run ended or the call timed out", 0)
        {
            tracing::error!(%error, "the audit log could not be written");
        }
    }
}

impl Call {
    /// The digest of the arguments, in place of the arguments.
    fn arguments_digest(&self) -> String {
        let json = serde_json::to_vec(&self.arguments).unwrap_or_default();
        format!("sha256:{}", hex(&seal::digest::<32>(&[&json])))
    }

    /// Performs a call that sandboxed code made, and records it when it ends.
    ///
    /// # Errors
    /// The action's own error, or the log cannot be written: then nothing is given.
    pub async fn audited_for_code(
        &self,
        origin: &Origin,
        action: impl Future<Output = Result<Value, ToolError>>,
    ) -> Result<Value, ToolError> {
        let mut reading = Reading {
            log: &self.safeguards.audit,
            entry: json!({
                "phase": "code", "run": origin.run, "sequence": origin.sequence, "tool": self.tool,
                "principal": self.principal, "client": self.client().name,
                "arguments": self.arguments_digest(),
            }),
            began: Instant::now(),
            open: true,
        };
        let result = action.await;
        let (outcome, bytes) = match &result {
            Ok(value) => ("ok".to_owned(), data::bytes(value)),
            Err(error) => (format!("failed: {}", error.kind), 0),
        };
        tracing::info!(run = origin.run, sequence = origin.sequence, tool = self.tool,
            %outcome, bytes, ms = reading.began.elapsed().as_millis(), "call by code");
        reading.close(&outcome, bytes).map_err(|error| {
            ToolError::new(
                ErrorKind::Internal,
                format!(
                    "the call was not answered: the audit log could not be written ({})",
                    error.kind()
                ),
                NOT_WRITABLE,
            )
        })?;
        result
    }

    /// Performs a write and records it before and after. `what` says in the server's words what
    /// is done to which object.
    ///
    /// # Errors
    /// The log cannot be written (the action is not begun then), or the action's own error.
    pub async fn audited<T>(
        &self,
        what: &str,
        action: impl Future<Output = Result<T, ToolError>>,
    ) -> Result<T, ToolError> {
        let log = &self.safeguards.audit;
        let id = hex(&seal::nonce::<8>()?);
        let before = json!({
            "time": now_rfc3339(), "id": id, "phase": "before", "tool": self.tool,
            "principal": self.principal, "client": self.client().name, "what": what,
            "arguments": self.arguments_digest(),
        });
        log.append_off_the_loop(before).await.map_err(|error| {
            ToolError::new(
                ErrorKind::Internal,
                format!(
                    "nothing was changed: the audit log could not be written ({})",
                    error.kind()
                ),
                NOT_WRITABLE,
            )
        })?;
        let mut ending = Ending {
            log,
            id,
            open: true,
        };
        let result = action.await;
        ending.open = false;
        let outcome = match &result {
            Ok(_) => "ok".to_owned(),
            Err(error) => format!("failed: {}", error.kind),
        };
        if let Err(error) = log.append_off_the_loop(ending.entry(&outcome)).await {
            tracing::error!(%error, "the audit log could not be written");
        }
        result
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Seconds since the Unix epoch.
pub fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_secs())
}

fn now_rfc3339() -> String {
    rfc3339(now())
}

/// `2026-11-20T12:00:00Z` for seconds since the Unix epoch.
pub fn rfc3339(seconds: u64) -> String {
    let (day, second) = (seconds / 86_400, seconds % 86_400);
    // civil-from-days of Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms"
    let shifted = day + 719_468;
    let era = shifted / 146_097;
    let of_era = shifted % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * of_year + 2) / 153;
    let date = of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 {
        month_index + 3
    } else {
        month_index - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{date:02}T{:02}:{:02}:{:02}Z",
        second / 3_600,
        second / 60 % 60,
        second % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use seaworthy_telemetry::Settings;

    use crate::{call::Safeguards, seal::Sealer, spent::Spent};

    fn call(path: &Path) -> Call {
        let safeguards = Safeguards {
            sealer: Sealer::random().unwrap(),
            spent: Spent::default(),
            audit: AuditLog::at(path),
            settings: Settings::default(),
        };
        let arguments = json!({"title": "hunter2"}).as_object().unwrap().clone();
        Call::detached(
            "write_issue",
            arguments,
            "github:mira",
            Arc::new(safeguards),
        )
    }

    fn entries(path: &Path) -> Vec<Value> {
        std::fs::read_to_string(path)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[tokio::test]
    async fn a_write_is_recorded_before_and_after_without_its_arguments() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/audit.jsonl");
        let call = call(&path);
        let inside = path.clone();
        call.audited("create an issue in o/r", async move {
            assert_eq!(entries(&inside).len(), 1, "recorded before it is done");
            Ok(())
        })
        .await
        .unwrap();
        let failed: Result<(), _> = call
            .audited("x", async { Err(ToolError::internal("boom")) })
            .await;
        failed.unwrap_err();
        let entries = entries(&path);
        assert_eq!(entries.len(), 4);
        assert_eq!(entries[0]["what"], "create an issue in o/r");
        assert_eq!(entries[1]["outcome"], "ok");
        assert_eq!(entries[1]["id"], entries[0]["id"]);
        assert_eq!(entries[3]["outcome"], "failed: internal");
        assert!(!std::fs::read_to_string(&path).unwrap().contains("hunter2"));
    }

    #[tokio::test]
    async fn a_call_by_code_is_recorded_once_with_its_size_and_not_its_arguments() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        let call = call(&path);
        let origin = |sequence| Origin {
            run: "77ab".to_owned(),
            sequence,
        };
        let data = json!({"items": [1, 2]});
        let answered = call
            .audited_for_code(&origin(1), async { Ok(data.clone()) })
            .await;
        assert_eq!(answered.unwrap(), data);
        let failed = call
            .audited_for_code(&origin(2), async { Err(ToolError::internal("x")) })
            .await;
        failed.unwrap_err();
        let origin = origin(3);
        let never = call.audited_for_code(&origin, std::future::pending());
        let cut = tokio::time::timeout(std::time::Duration::from_millis(50), never).await;
        assert!(cut.is_err());
        let entries = entries(&path);
        let outcomes: Vec<_> = entries
            .iter()
            .map(|e| e["outcome"].as_str().unwrap())
            .collect();
        assert_eq!(
            outcomes,
            [
                "ok",
                "failed: internal",
                "dropped: the run ended or the call timed out"
            ]
        );
        assert_eq!(entries[0]["bytes"], data.to_string().len());
        assert_eq!(entries[1]["sequence"], 2);
        assert_eq!(entries[2]["run"], "77ab");
        assert!(!std::fs::read_to_string(&path).unwrap().contains("hunter2"));
    }

    #[tokio::test]
    async fn a_call_by_code_that_cannot_be_recorded_gives_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let origin = Origin {
            run: String::new(),
            sequence: 1,
        };
        let call = call(folder.path()); // a folder cannot be opened as a file
        let refused = call.audited_for_code(&origin, async { Ok(json!(1)) }).await;
        assert!(refused.unwrap_err().text().contains("SEAWORTHY_AUDIT_LOG"));
    }

    #[tokio::test]
    async fn a_dropped_write_is_recorded_as_unknown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        let call = call(&path);
        let never = call.audited("x", std::future::pending::<Result<(), ToolError>>());
        let cut = tokio::time::timeout(std::time::Duration::from_millis(200), never).await;
        assert!(cut.is_err());
        assert!(
            entries(&path)[1]["outcome"]
                .as_str()
                .unwrap()
                .starts_with("unknown")
        );
    }

    #[tokio::test]
    async fn without_a_log_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let call = call(folder.path()); // a folder cannot be opened as a file
        let error = call
            .audited("x", async {
                panic!("must not run") as Result<(), ToolError>
            })
            .await
            .unwrap_err();
        assert!(
            error.text().contains("SEAWORTHY_AUDIT_LOG"),
            "{}",
            error.text()
        );
    }

    #[test]
    fn dates_are_right() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(rfc3339(1_795_176_671), "2026-11-20T12:11:11Z");
    }
}
