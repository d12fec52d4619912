use seaworthy_gate::Options;

use crate::projects::{Project, flawed, sound};

const NAME: &str = "project-hygiene";

#[tokio::test]
async fn tags_a_template_and_a_missing_file_are_found_where_they_are() {
    let findings = flawed(NAME, Options::default()).await;
    let places: Vec<_> = findings
        .iter()
        .map(|finding| finding.place.to_string())
        .collect();
    assert_eq!(
        places,
        [
            ".github/workflows/ci.yml:8",
            ".github/workflows/ci.yml:9",
            "SECURITY.md",
            "CONTRIBUTING.md"
        ]
    );
    assert_eq!(
        findings[0].message,
        "actions/checkout is pinned by v4, which can be moved"
    );
}

#[tokio::test]
async fn commits_digests_and_files_of_its_own_are_pinned() {
    sound(NAME, Options::default()).await;
}

#[tokio::test]
async fn what_is_missing_altogether_is_named() {
    let project = Project::new()
        .without(".github")
        .without("SECURITY.md")
        .with("CONTRIBUTING.md", "\n");
    assert_eq!(
        project.lines(NAME).await,
        [
            "warning .github/workflows: there is no CI",
            "warning SECURITY.md: there is no SECURITY.md",
            "warning CONTRIBUTING.md: it is empty"
        ]
    );
    // another CI is CI
    let project = Project::new()
        .without(".github")
        .with(".gitlab-ci.yml", "test: {script: [make]}\n");
    assert_eq!(project.lines(NAME).await, [""; 0]);
}

#[tokio::test]
async fn every_way_to_write_an_action_is_read() {
    let workflow = "on:\n  push:\njobs:\n  a:\n    uses: org/repo/.github/workflows/x.yml@main\n  b:\n    steps:\n\
                    \x20     - { uses: \"a/b@v1\", with: {} }\n      - name: x\n        uses: 'docker://alpine:3'\n\
                    \x20     - uses: c/d@3d3c42e\n      - uses: e/f\n";
    let composite = "runs:\n  using: composite\n  steps:\n    - uses: g/h@v2\n";
    let project = Project::new()
        .with(".github/workflows/ci.yml", workflow)
        .with(".github/actions/x/action.yml", composite);
    assert_eq!(
        project.lines(NAME).await,
        [
            "warning .github/workflows/ci.yml:5: org/repo/.github/workflows/x.yml is pinned by main, which can be moved",
            "warning .github/workflows/ci.yml:8: a/b is pinned by v1, which can be moved",
            "warning .github/workflows/ci.yml:10: docker://alpine:3 is not pinned",
            "warning .github/workflows/ci.yml:11: c/d is pinned by 3d3c42e, which can be moved",
            "warning .github/workflows/ci.yml:12: e/f is not pinned",
            "warning .github/actions/x/action.yml:4: g/h is pinned by v2, which can be moved",
        ]
    );
}

#[tokio::test]
async fn a_workflow_for_releases_alone_is_no_ci() {
    let project = Project::new().with(
        ".github/workflows/ci.yml",
        "on:\n  schedule: [{cron: \"0 0 * * *\"}]\njobs: {}\n",
    );
    assert_eq!(
        project.lines(NAME).await,
        ["warning .github/workflows/ci.yml: no workflow runs on pushes or pull requests"]
    );
}

#[tokio::test]
async fn what_the_enclosing_repository_has_is_not_missed_much() {
    let whole = Project::new()
        .with(".git/HEAD", "ref: refs/heads/main\n")
        .with("part/server.py", "import mcp\n");
    let target = seaworthy_gate::Target::Project(whole.root().join("part"), None);
    let report = seaworthy_gate::check_with(target, Options::default())
        .await
        .unwrap();
    let findings = &crate::servers::judged(&report, NAME).findings;
    assert_eq!(findings.len(), 3);
    for finding in findings {
        assert_eq!(finding.level, seaworthy_gate::Level::Note);
    }
}
