//! A moved tag runs in the project's name, and a flaw that nobody can report is told to everybody.

use std::{path::Path, sync::LazyLock};

use futures::future::BoxFuture;
use regex::Regex;

use crate::{
    finding::Place,
    project::Project,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
};

pub(super) static RULE: Rule = Rule {
    id: "R02",
    name: "project-hygiene",
    summary: "there is CI with pinned actions, SECURITY.md with a contact, and CONTRIBUTING",
    level: Level::Warning,
    basis: Basis::Heuristic,
    reach: Reach::Reads,
    docs: Docs {
        what: "The repository must have CI that runs on pushes or pull requests, each action of its \
               workflows pinned by the 40 digits of a commit (files of the repository itself, and images \
               by digest, are pinned already); SECURITY.md with a contact; and CONTRIBUTING.",
        why: "A tag of an action can be moved to other code, which then runs with the project's secrets: \
              that happened to tj-actions/changed-files in March 2025, in 23,000 repositories. Who finds a \
              flaw and no address reports it in public, or not at all.",
        source: "OpenSSF Scorecard: Pinned-Dependencies, Security-Policy; GitHub: Security hardening for \
                 GitHub Actions; CVE-2025-30066.",
        bad: "- uses: actions/checkout@v4",
        good: "- uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
        fix: "Pin each action by commit (`pinact run` or `zizmor --fix` does it) and let Dependabot move the \
              pins. Write SECURITY.md with an address or with GitHub's private vulnerability reporting, and \
              CONTRIBUTING.md with how to build and test.",
    },
    checks: &[Check::Project(check)],
};

fn check(project: &Project) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let mut outcome = Outcome::pass();
        if project.files.is_empty() {
            return Outcome::not_applicable("the folder has no files");
        }
        continuous_integration(project, &mut outcome);
        pins(project, &mut outcome);
        security(project, &mut outcome);
        contributing(project, &mut outcome);
        outcome
    })
}

/// Files and folders of CI other than GitHub's.
const OTHERS: [&str; 20] = [
    ".appveyor.yml",
    ".azure-pipelines/",
    ".build.yml",
    ".buildkite/",
    ".builds/",
    ".circleci/config.yml",
    ".cirrus.yml",
    ".drone.yml",
    ".forgejo/workflows/",
    ".gitea/workflows/",
    ".gitlab-ci.yml",
    ".semaphore/",
    ".travis.yml",
    ".woodpecker.yml",
    ".woodpecker/",
    "Jenkinsfile",
    "appveyor.yml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "cloudbuild.yaml",
];

fn is_yaml(file: &str) -> bool {
    Path::new(file)
        .extension()
        .is_some_and(|end| end == "yml" || end == "yaml")
}

fn workflows(project: &Project) -> impl Iterator<Item = &str> {
    project
        .files
        .iter()
        .map(String::as_str)
        .filter(|file| is_yaml(file))
        .filter(|file| {
            file.strip_prefix(".github/workflows/")
                .is_some_and(|name| !name.contains('/'))
        })
}

fn continuous_integration(project: &Project, outcome: &mut Outcome) {
    let other = project.files.iter().any(|file| {
        OTHERS
            .iter()
            .any(|known| file == known || (known.ends_with('/') && file.starts_with(known)))
    });
    let mut first = None;
    for file in workflows(project) {
        first = first.or(Some(file));
        let text = project.text(file).unwrap_or_default();
        let runs = ["push", "pull_request", "merge_group"]
            .iter()
            .any(|event| lines(&text).any(|(_, line)| has_word(line, event)));
        if runs {
            return;
        }
    }
    if other {
        return;
    }
    let finding = match first {
        Some(file) => RULE.finding(
            Place::File(file.to_owned(), None),
            "no workflow runs on pushes or pull requests",
            "Let a workflow run the tests: `on: [push, pull_request]`.",
        ),
        None => RULE.finding(
            Place::File(".github/workflows".to_owned(), None),
            "there is no CI",
            "Add .github/workflows/ci.yml that runs the tests `on: [push, pull_request]`, its actions pinned \
             by commit.",
        ),
    };
    let finding = finding.key("ci");
    outcome.find(
        match above(
            project,
            &[".github/workflows", ".gitlab-ci.yml", ".circleci"],
        ) {
            Some(there) => finding
                .level(Level::Note)
                .text("the enclosing repository has", &there),
            None => finding,
        },
    );
}

/// One of these in the repository that the folder is a part of: then this folder's own is not missed
/// much.
fn above(project: &Project, names: &[&str]) -> Option<String> {
    let repository = project.enclosing.as_ref()?;
    names
        .iter()
        .find(|name| repository.join(name).exists())
        .map(|name| (*name).to_owned())
}

fn has_word(line: &str, word: &str) -> bool {
    line.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
        .any(|part| part == word)
}

/// The lines of YAML with their numbers, without comments and without the texts of block scalars.
fn lines(text: &str) -> impl Iterator<Item = (u32, &str)> {
    let mut block: Option<usize> = None;
    (1..).zip(text.lines()).filter_map(move |(number, line)| {
        let indent = line.len() - line.trim_start().len();
        if line.trim().is_empty() {
            return None;
        }
        if block.is_some_and(|outer| indent > outer) {
            return None;
        }
        block = None;
        let code = match line.find(" #") {
            Some(at) => &line[..at],
            None if line.trim_start().starts_with('#') => return None,
            None => line,
        }
        .trim_end();
        let header = code.trim_end_matches(['+', '-', '1', '2', '4', '8']);
        if header.ends_with(": |") || header.ends_with(": >") {
            // of `- run: |` the text stands deeper than the dash
            block = Some(indent);
        }
        Some((number, code))
    })
}

#[expect(clippy::unwrap_used, reason = "constant, and tested")]
static USES: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?:^|[\s{,])["']?uses["']?\s*:\s*["']?([^\s"',}]+)"#).unwrap());

fn pins(project: &Project, outcome: &mut Outcome) {
    let actions = project.files.iter().map(String::as_str).filter(|file| {
        is_yaml(file)
            && Path::new(file)
                .file_stem()
                .is_some_and(|stem| stem == "action")
            && (!file.contains('/') || file.starts_with(".github/"))
    });
    let elsewhere = project.files.iter().map(String::as_str).filter(|file| {
        is_yaml(file)
            && (file.starts_with(".forgejo/workflows/") || file.starts_with(".gitea/workflows/"))
    });
    for file in workflows(project).chain(actions).chain(elsewhere) {
        let text = project.text(file).unwrap_or_default();
        for (number, line) in lines(&text) {
            let line = line.trim_start();
            let Some(found) = USES.captures(line).and_then(|found| found.get(1)) else {
                continue;
            };
            let action = found.as_str();
            if is_pinned(action) {
                continue;
            }
            let (name, tag) = action.rsplit_once('@').unwrap_or((action, ""));
            let message = if tag.is_empty() {
                format!("{name} is not pinned")
            } else {
                format!("{name} is pinned by {tag}, which can be moved")
            };
            let fix = if action.starts_with("docker://") {
                "Pin the image by its digest: docker://IMAGE@sha256:DIGEST.".to_owned()
            } else {
                format!(
                    "Write the commit of {tag}, and the tag as a comment: `uses: {name}@COMMIT # {tag}`."
                )
            };
            outcome.find(
                RULE.finding(Place::File(file.to_owned(), Some(number)), message, fix)
                    .quote("line", line, found.range())
                    .key(action),
            );
        }
    }
}

fn is_pinned(action: &str) -> bool {
    if action.starts_with("./") || action.starts_with("../") {
        return true;
    }
    let hex = |text: &str, lengths: [usize; 2]| {
        lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    if let Some(image) = action.strip_prefix("docker://") {
        return image
            .rsplit_once("@sha256:")
            .is_some_and(|(_, digest)| hex(digest, [64, 64]));
    }
    action
        .rsplit_once('@')
        .is_some_and(|(_, commit)| hex(commit, [40, 64]))
}

/// Where GitHub and people look for a file of the community.
const FOLDERS: [&str; 4] = ["", ".github/", "docs/", ".gitlab/"];
const ENDS: [&str; 6] = ["", ".md", ".rst", ".txt", ".adoc", ".markdown"];

fn community_file<'a>(project: &'a Project, name: &str) -> Option<&'a str> {
    let mut found: Vec<_> = project
        .files
        .iter()
        .filter_map(|file| {
            let lower = file.to_lowercase();
            let place = FOLDERS.iter().position(|folder| {
                lower
                    .strip_prefix(folder)
                    .and_then(|rest| rest.strip_prefix(name))
                    .is_some_and(|end| ENDS.contains(&end))
            })?;
            Some((place, file.as_str()))
        })
        .collect();
    found.sort_unstable();
    Some(found.first()?.1)
}

/// An address, a form, or GitHub's own way of private reports.
#[expect(clippy::unwrap_used, reason = "constant, and tested")]
static CONTACT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)
        (?P<mail> [a-z0-9._%+-]+ (?: @ | \s?[\[(]at[\])]\s? ) [a-z0-9-]+ (?: (?: \. | \s?[\[(]dot[\])]\s? ) [a-z0-9-]+ )+ )
        | https?://\S* (?: security | advisor | vulnerab | hackerone | bugcrowd | huntr | intigriti | yeswehack | report | disclos ) \S*
        | private(?:ly)?\ +(?:security\ +)? (?: vulnerability\ +report | advisor )
        | [\x22'*`\[“] report\ +a\ +vulnerability
        | security \W{1,6} (?: report\ +a\ +vulnerability | advisories )
        | (?: security | advisories ) [\x22'*`]{0,3} \ + tab \b
        | ^contact:\ *\S+
        ",
    )
    .unwrap()
});

/// Hosts of addresses that stand in templates.
const TEMPLATES: [&str; 6] = [
    "@example.",
    "@your",
    "@domain.",
    "@company.",
    "@email.com",
    "@yourproject",
];

fn has_contact(text: &str) -> bool {
    CONTACT.captures_iter(text).any(|found| {
        found.name("mail").is_none_or(|mail| {
            let mail = mail.as_str().to_lowercase();
            !TEMPLATES.iter().any(|known| mail.contains(known)) && !mail.starts_with("your")
        })
    })
}

fn security(project: &Project, outcome: &mut Outcome) {
    let place = |file: &str| Place::File(file.to_owned(), None);
    let fix = "Say in SECURITY.md where a flaw is reported privately: an address, or \"Report it by Security > \
               Report a vulnerability of this repository\" with GitHub's private vulnerability reporting \
               switched on.";
    let Some(file) = community_file(project, "security") else {
        let finding = RULE
            .finding(place("SECURITY.md"), "there is no SECURITY.md", fix)
            .key("security");
        outcome.find(
            match above(
                project,
                &["SECURITY.md", ".github/SECURITY.md", "docs/SECURITY.md"],
            ) {
                Some(there) => finding
                    .level(Level::Note)
                    .text("the enclosing repository has", &there),
                None => finding,
            },
        );
        return;
    };
    let text = project.text(file).unwrap_or_default();
    if !has_contact(&text) {
        outcome.find(
            RULE.finding(place(file), "it names nobody to report a flaw to", fix)
                .text("text", &text)
                .key("security contact"),
        );
    }
}

fn contributing(project: &Project, outcome: &mut Outcome) {
    let fix = "Write CONTRIBUTING.md: how to build, how to test, what a change must come with.";
    let finding = match community_file(project, "contributing") {
        None => RULE.finding(
            Place::File("CONTRIBUTING.md".to_owned(), None),
            "there is no CONTRIBUTING.md",
            fix,
        ),
        Some(file)
            if project
                .text(file)
                .is_some_and(|text| text.trim().is_empty()) =>
        {
            RULE.finding(Place::File(file.to_owned(), None), "it is empty", fix)
        }
        Some(_) => return,
    }
    .key("contributing");
    outcome.find(
        match above(
            project,
            &[
                "CONTRIBUTING.md",
                ".github/CONTRIBUTING.md",
                "docs/CONTRIBUTING.md",
            ],
        ) {
            Some(there) => finding
                .level(Level::Note)
                .text("the enclosing repository has", &there),
            None => finding,
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contacts() {
        for yes in [
            "Write to security@notes.test.",
            "Mail security [at] notes [dot] org.",
            "Open a [private advisory](https://github.com/a/b/security/advisories/new).",
            "Use GitHub's private vulnerability reporting.",
            "Report privately, by **Security > Report a vulnerability** of this repository",
            "Go to the Security tab and click \"Report a vulnerability\".",
            "We run a programme on https://hackerone.com/notes.",
        ] {
            assert!(has_contact(yes), "{yes}");
        }
        for no in [
            "Use this section to tell people how to report a vulnerability.",
            "Please tell us of any flaw.",
            "If you want to report a vulnerability in this project, we are happy.",
            "Write to security@example.com.",
            "Write to your-email@domain.com.",
            "",
        ] {
            assert!(!has_contact(no), "{no}");
        }
    }

    #[test]
    fn a_block_of_script_is_no_workflow() {
        let text = "a:\n  - run: |\n      uses: x@v1\n  - uses: y@v1 # v1\n#  uses: z@v1\n";
        let found: Vec<_> = lines(text).collect();
        assert_eq!(found, [(1, "a:"), (2, "  - run: |"), (4, "  - uses: y@v1")]);
    }
}
