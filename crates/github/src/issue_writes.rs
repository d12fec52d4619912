//! The requests that change an issue, and what they did.
//!
//! Each has its own entry in the audit log. When one fails after others were done, its error
//! says what was done before. GitHub drops labels and assignees that the token may not set,
//! without a word, so the answer compares.

use http::Method;
use kit::{Call, ToolError, untrusted::one_line};
use seaworthy_kit as kit;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{
    Github,
    endpoint::Endpoint,
    input::{Label, Login, Repo},
    model::{self, Comment, Issue},
    shape,
};

/// The writes of one call to one issue.
pub(crate) struct Writes<'a> {
    github: &'a Github,
    call: &'a Call,
    repo: &'a Repo,
    /// Known from the start, except of a new issue.
    number: u64,
    done: Vec<String>,
    notes: Vec<String>,
}

impl<'a> Writes<'a> {
    /// Nothing written yet.
    pub(crate) fn new(github: &'a Github, call: &'a Call, repo: &'a Repo, number: u64) -> Self {
        Self {
            github,
            call,
            repo,
            number,
            done: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// What was done, and what to know and do about it, line by line.
    pub(crate) fn finish(self) -> Vec<String> {
        let done = self.done.into_iter().map(|done| format!("Done: {done}"));
        let next = format!("Next: read_issue with number={} shows it.", self.number);
        done.chain(self.notes).chain([next]).collect()
    }

    fn issue(&self) -> String {
        format!("{}#{}", self.repo, self.number)
    }

    fn endpoint(&self, more: &[&str]) -> Endpoint {
        let number = self.number.to_string();
        let path = ["issues", number.as_str()];
        let subject = format!("issue {}", self.issue());
        Endpoint::repo(self.repo, subject, path.iter().chain(more))
            .hint("check the number: find_items lists the issues of a repository")
    }

    /// Sends one change with its audit entry; `what` says it as an order.
    async fn send<T: DeserializeOwned>(
        &mut self,
        what: &str,
        method: Method,
        endpoint: &Endpoint,
        body: Option<&Value>,
    ) -> Result<T, ToolError> {
        let request = self.github.client.send(method, endpoint, body);
        let sent = self.call.audited(&one_line(what, 400), request).await;
        sent.map_err(|mut error| {
            if !self.done.is_empty() {
                let done = self.done.join("; ");
                error.what = format!("{} (done before that: {done})", error.what);
            }
            error
        })
    }

    pub(crate) async fn create(
        &mut self,
        title: &str,
        text: Option<&str>,
        labels: &[Label],
        people: &[Login],
    ) -> Result<(), ToolError> {
        let repo = self.repo;
        let labels: Vec<_> = labels.iter().map(Label::as_str).collect();
        let people: Vec<_> = people.iter().map(Login::as_str).collect();
        let mut body = json!({"title": title});
        if let Some(text) = text {
            body["body"] = text.into();
        }
        if !labels.is_empty() {
            body["labels"] = json!(labels);
        }
        if !people.is_empty() {
            body["assignees"] = json!(people);
        }
        let endpoint = Endpoint::repo(repo, format!("the new issue in {repo}"), ["issues"])
            .hint("check repo: repo_overview tells whether this token sees it");
        let what = format!("create an issue in {repo}");
        let issue: Issue = self
            .send(&what, Method::POST, &endpoint, Some(&body))
            .await?;
        self.number = issue.number;
        self.done.push(format!(
            "created issue {}: {}",
            self.issue(),
            one_line(&issue.title, 256)
        ));
        let set: Vec<_> = issue
            .labels
            .iter()
            .map(|label| label.name.clone())
            .collect();
        self.notes.extend(dropped("labels", &labels, &set));
        self.notes
            .extend(dropped("assignees", &people, &logins(&issue)));
        Ok(())
    }

    /// Replaces what is given.
    pub(crate) async fn edit(
        &mut self,
        title: Option<&str>,
        text: Option<&str>,
    ) -> Result<(), ToolError> {
        let mut body = json!({});
        let mut parts = Vec::new();
        for (name, value) in [("title", title), ("body", text)] {
            if let Some(value) = value {
                body[name] = value.into();
                parts.push(name);
            }
        }
        let what = format!("the {} of {}", parts.join(" and "), self.issue());
        let endpoint = self.endpoint(&[]);
        let order = format!("replace {what}");
        self.send::<Value>(&order, Method::PATCH, &endpoint, Some(&body))
            .await?;
        self.done.push(format!("replaced {what}"));
        Ok(())
    }

    pub(crate) async fn comment(&mut self, text: &str) -> Result<(), ToolError> {
        let endpoint = self.endpoint(&["comments"]);
        let body = json!({"body": text});
        let what = format!("comment on {}", self.issue());
        let comment: Comment = self
            .send(&what, Method::POST, &endpoint, Some(&body))
            .await?;
        self.done.push(format!(
            "commented on {}, comment {}",
            self.issue(),
            comment.id
        ));
        Ok(())
    }

    pub(crate) async fn close(&mut self, reason: Option<&str>) -> Result<(), ToolError> {
        let mut body = json!({"state": "closed"});
        let how = match reason {
            Some(reason) => {
                body["state_reason"] = reason.into();
                format!(" as {reason}")
            }
            None => String::new(),
        };
        self.set_state(&body, "close", "closed", &how).await
    }

    pub(crate) async fn reopen(&mut self) -> Result<(), ToolError> {
        let body = json!({"state": "open"});
        self.set_state(&body, "reopen", "reopened", "").await
    }

    async fn set_state(
        &mut self,
        body: &Value,
        order: &str,
        done: &str,
        how: &str,
    ) -> Result<(), ToolError> {
        let endpoint = self.endpoint(&[]);
        let what = format!("{order} {}{how}", self.issue());
        let issue: Issue = self
            .send(&what, Method::PATCH, &endpoint, Some(body))
            .await?;
        let state = one_line(&shape::state(&issue), 60);
        let done = format!("{done} {}{how}; it is now {state}", self.issue());
        self.done.push(done);
        Ok(())
    }

    pub(crate) async fn label(&mut self, add: &[Label], remove: &[Label]) -> Result<(), ToolError> {
        let issue = self.issue();
        let mut now: Vec<model::Label> = Vec::new();
        if !add.is_empty() {
            let names: Vec<_> = add.iter().map(Label::as_str).collect();
            let (list, body) = (names.join(", "), json!({"labels": names}));
            let endpoint = self.endpoint(&["labels"]);
            let what = format!("add the labels {list} to {issue}");
            now = self
                .send(&what, Method::POST, &endpoint, Some(&body))
                .await?;
            self.done
                .push(format!("added the labels {list} to {issue}"));
        }
        for name in remove {
            let mut endpoint = self
                .endpoint(&["labels", name.as_str()])
                .hint("it may not be on the issue: read_issue shows its labels");
            endpoint.subject = format!("label {name} on {issue}");
            let what = format!("take the label {name} from {issue}");
            now = self.send(&what, Method::DELETE, &endpoint, None).await?;
            self.done
                .push(format!("took the label {name} from {issue}"));
        }
        let now: Vec<_> = now.into_iter().map(|label| label.name).collect();
        self.notes.push(format!("Labels now: {}", list(&now)));
        Ok(())
    }

    pub(crate) async fn assign(
        &mut self,
        add: &[Login],
        remove: &[Login],
    ) -> Result<(), ToolError> {
        let issue = self.issue();
        let endpoint = self.endpoint(&["assignees"]);
        let mut now = Vec::new();
        if !add.is_empty() {
            let people: Vec<_> = add.iter().map(Login::as_str).collect();
            let body = json!({"assignees": people});
            let what = format!("assign {} to {issue}", people.join(", "));
            now = logins(
                &self
                    .send(&what, Method::POST, &endpoint, Some(&body))
                    .await?,
            );
            let held = people.iter().filter(|person| holds(&now, person));
            let held: Vec<_> = held.map(ToString::to_string).collect();
            self.done
                .push(format!("assigned {} to {issue}", list(&held)));
            self.notes.extend(dropped("assignees", &people, &now));
        }
        if !remove.is_empty() {
            let people: Vec<_> = remove.iter().map(Login::as_str).collect();
            let body = json!({"assignees": people});
            let people = people.join(", ");
            let what = format!("unassign {people} from {issue}");
            now = logins(
                &self
                    .send(&what, Method::DELETE, &endpoint, Some(&body))
                    .await?,
            );
            self.done.push(format!("unassigned {people} from {issue}"));
        }
        self.notes.push(format!("Assignees now: {}", list(&now)));
        Ok(())
    }
}

fn logins(issue: &Issue) -> Vec<String> {
    let people = issue.assignees.iter();
    people.map(|user| user.login.clone()).collect()
}

fn list(names: &[String]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    one_line(&names.join(", "), 1_000)
}

/// Whether a name is among them; to GitHub their case is no difference.
fn holds(names: &[String], name: &str) -> bool {
    names.iter().any(|held| held.eq_ignore_ascii_case(name))
}

/// A line about what was asked for and is not there.
fn dropped(what: &str, asked: &[&str], got: &[String]) -> Option<String> {
    let missing = asked.iter().filter(|asked| !holds(got, asked));
    let missing: Vec<_> = missing.copied().collect();
    (!missing.is_empty()).then(|| {
        format!(
            "Not set by GitHub: {what} {} - the token's user may lack triage rights, or they cannot be assigned here",
            missing.join(", ")
        )
    })
}
