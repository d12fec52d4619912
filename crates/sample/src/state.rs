//! Everything the sample remembers.

use std::collections::{BTreeMap, BTreeSet};

use crate::git::{Git, Signature};
use crate::items::{Item, Label, Milestone};
use crate::reply::Problem;
use crate::request::Call;
use crate::runs::Run;

/// The login behind every token.
pub(crate) const VIEWER: &str = "mira-okafor";

/// The whole of GitHub, as far as the sample goes.
pub(crate) struct State {
    /// Accounts, people and organisations.
    pub(crate) users: Users,
    /// Repositories by lower-case full name.
    pub(crate) repos: BTreeMap<String, Repo>,
    /// The sample's own time.
    pub(crate) clock: Clock,
}

/// Time and numbering: both move on with each write.
pub(crate) struct Clock {
    /// Seconds since 1970.
    pub(crate) now: i64,
    /// The last id given away.
    pub(crate) last_id: u64,
}

/// All accounts.
pub(crate) struct Users(pub(crate) Vec<User>);

/// An account.
#[derive(Clone)]
pub(crate) struct User {
    /// Numeric id.
    pub(crate) id: u64,
    /// Unique name.
    pub(crate) login: &'static str,
    /// Display name.
    pub(crate) name: &'static str,
    /// `User`, `Organization` or `Bot`.
    pub(crate) kind: &'static str,
    /// One line about them.
    pub(crate) bio: &'static str,
    /// Where they are.
    pub(crate) location: &'static str,
    /// What the account is to `tidewatch/harbor`.
    pub(crate) association: &'static str,
}

/// A repository.
pub(crate) struct Repo {
    /// Numeric id.
    pub(crate) id: u64,
    /// Login of the owner.
    pub(crate) owner: String,
    /// Name without the owner.
    pub(crate) name: String,
    /// One line about it.
    pub(crate) description: String,
    /// Whether only its members see it.
    pub(crate) private: bool,
    /// Topics.
    pub(crate) topics: Vec<&'static str>,
    /// SPDX id and name of the licence.
    pub(crate) license: Option<(&'static str, &'static str)>,
    /// Bytes a language.
    pub(crate) languages: Vec<(&'static str, u64)>,
    /// Stars.
    pub(crate) stars: u32,
    /// Forks.
    pub(crate) forks: u32,
    /// When it was made.
    pub(crate) created_at: i64,
    /// When a branch last moved.
    pub(crate) pushed_at: i64,
    /// Objects.
    pub(crate) git: Git,
    /// Branch heads.
    pub(crate) branches: BTreeMap<String, String>,
    /// Branches with protection.
    pub(crate) protected: BTreeSet<String>,
    /// Tags.
    pub(crate) tags: BTreeMap<String, String>,
    /// Labels, in the order they were made.
    pub(crate) labels: Vec<Label>,
    /// Milestones, by number from 1.
    pub(crate) milestones: Vec<Milestone>,
    /// Who may be assigned.
    pub(crate) collaborators: Vec<&'static str>,
    /// Issues and pull requests by number.
    pub(crate) items: BTreeMap<u64, Item>,
    /// Releases, newest first.
    pub(crate) releases: Vec<Release>,
    /// Workflow runs, newest first.
    pub(crate) runs: Vec<Run>,
}

/// A release.
pub(crate) struct Release {
    /// Numeric id.
    pub(crate) id: u64,
    /// Its tag.
    pub(crate) tag: &'static str,
    /// Title.
    pub(crate) name: &'static str,
    /// Notes.
    pub(crate) body: &'static str,
    /// Who made it.
    pub(crate) author: &'static str,
    /// When.
    pub(crate) at: i64,
    /// Files: name and size.
    pub(crate) assets: Vec<(String, u64)>,
}

/// One repository with all that a route about it needs.
pub(crate) struct Scope<'a> {
    /// Accounts.
    pub(crate) users: &'a Users,
    /// The repository.
    pub(crate) repo: &'a mut Repo,
    /// Time and numbering.
    pub(crate) clock: &'a mut Clock,
    /// The request.
    pub(crate) call: &'a Call,
}

impl State {
    /// Narrows down to one repository; names are not case-sensitive.
    pub(crate) fn scope<'a>(
        &'a mut self,
        call: &'a Call,
        owner: &str,
        name: &str,
    ) -> Result<Scope<'a>, Problem> {
        let key = format!("{owner}/{name}").to_lowercase();
        let repo = self.repos.get_mut(&key).ok_or_else(Problem::not_found)?;
        Ok(Scope {
            users: &self.users,
            repo,
            clock: &mut self.clock,
            call,
        })
    }
}

impl Clock {
    /// A write happens: one second later.
    pub(crate) fn tick(&mut self) -> i64 {
        self.now += 1;
        self.now
    }

    /// A number that nothing else has.
    pub(crate) fn id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }
}

impl Users {
    /// An account by name, whatever the case.
    pub(crate) fn find(&self, login: &str) -> Option<&User> {
        self.0
            .iter()
            .find(|user| user.login.eq_ignore_ascii_case(login))
    }

    /// How this person signs commits.
    pub(crate) fn signature(&self, login: &str, at: i64) -> Signature {
        let user = self.find(login);
        let (name, id) = user.map_or((login, 0), |user| (user.name, user.id));
        Signature {
            name: name.to_owned(),
            email: format!("{id}+{login}@users.noreply.sample.invalid"),
            login: login.to_owned(),
            at,
        }
    }

    /// The account behind a commit's address, as GitHub guesses it.
    pub(crate) fn by_email(&self, email: &str) -> Option<&User> {
        let login = email.split_once('+')?.1.split_once('@')?.0;
        self.find(login)
    }
}

impl Repo {
    /// Owner and name.
    pub(crate) fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// The head of the default branch, or nothing in an empty repository.
    pub(crate) fn head(&self) -> &str {
        self.branches
            .get("main")
            .map(String::as_str)
            .unwrap_or_default()
    }

    /// What a branch, tag or (short) sha stands for.
    pub(crate) fn resolve(&self, reference: &str) -> Option<String> {
        let name = reference.strip_prefix("refs/").unwrap_or(reference);
        let branch = self
            .branches
            .get(name.strip_prefix("heads/").unwrap_or(name));
        let tag = || self.tags.get(name.strip_prefix("tags/").unwrap_or(name));
        let sha = || self.git.expand(reference);
        match name {
            "HEAD" => Some(self.head().to_owned()),
            _ => branch
                .or_else(tag)
                .cloned()
                .or_else(|| sha().map(str::to_owned)),
        }
    }

    /// An issue or pull request.
    pub(crate) fn item(&self, number: &str) -> Result<&Item, Problem> {
        let number = number.parse::<u64>().ok();
        number
            .and_then(|number| self.items.get(&number))
            .ok_or_else(Problem::not_found)
    }

    /// The same, to change it.
    pub(crate) fn item_mut(&mut self, number: &str) -> Result<&mut Item, Problem> {
        let number = number.parse::<u64>().ok();
        number
            .and_then(|number| self.items.get_mut(&number))
            .ok_or_else(Problem::not_found)
    }

    /// The number the next issue or pull request gets.
    pub(crate) fn next_number(&self) -> u64 {
        self.items.keys().next_back().map_or(1, |last| last + 1)
    }

    /// Moves a branch, and with it the open pull requests that come from it.
    pub(crate) fn move_branch(&mut self, branch: &str, sha: &str, at: i64) {
        self.branches.insert(branch.to_owned(), sha.to_owned());
        self.pushed_at = at;
        for item in self.items.values_mut().filter(|item| item.open) {
            let Some(pull) = &mut item.pull else { continue };
            if pull.head_ref == branch && pull.head_sha != sha {
                sha.clone_into(&mut pull.head_sha);
                item.updated_at = at;
            }
        }
    }
}
