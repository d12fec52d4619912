use seaworthy_gate::{Level, Options, report::Verdict};

use crate::{
    projects::Project,
    servers::{flawed, judge, judged, sound},
};

const NAME: &str = "secret-in-surface";

/// Put together here, so that no scanner of secrets finds any in this file.
fn token() -> String {
    ["ghp_", "k3J9xQ2mV7", "bT4wZ8nR1c", "Y6pL5sD0fH", "gA2eU9"].concat()
}

fn key() -> String {
    ["f83b1c", "9a7e42d0", "5566b8e1", "0c3fd924"].concat()
}

#[tokio::test]
async fn credentials_in_a_default_a_description_and_an_address_are_found() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    let found: Vec<_> = findings
        .iter()
        .map(|finding| format!("{}: {}", finding.place, finding.message))
        .collect();
    assert_eq!(
        found,
        [
            "tool find_notes: it has what looks like a secret: f83b… (30 characters)",
            "tool read_note, parameter id: it has a GitHub token: ghp_… (40 characters)",
            "resource notes://about: it has what looks like a password in an address: k9… (8 characters)",
        ]
    );
}

#[tokio::test]
async fn no_part_of_a_report_shows_them() {
    let report = judge(&format!("{NAME}/flawed.py"), Options::default()).await;
    let shown = format!("{report:?}");
    for secret in [token(), key(), ["k9Lw", "2pQz"].concat()] {
        assert!(!shown.contains(&secret), "{secret}");
    }
    assert!(shown.contains("ghp_…"));
}

#[tokio::test]
async fn placeholders_are_none() {
    sound(NAME, Options::default()).await;
}

#[tokio::test]
async fn those_of_the_repository_are_found_where_they_stand() {
    let token = token();
    let password = ["Sup3r", "S3cure!"].concat();
    let project = Project::new()
        .with(
            "config/app.toml",
            &format!("mode = 1\napi_key = \"{}\"\n", key()),
        )
        .with(
            "client.py",
            &format!("# the bot's\nheaders = {{'Authorization': 'Bearer {token}'}}\n"),
        )
        .with("settings.yaml", &format!("db:\n  password: {password}\n"))
        .with(
            "README.md",
            "export GITHUB_TOKEN=ghp_your_token_here\nexport API_KEY=$API_KEY\n",
        )
        // of tests only what has the shape of its issuer
        .with(
            "tests/data.py",
            &format!("KEY = 'x'\napi_key = '{}'\n", key()),
        )
        .with("allowed.py", &format!("t = '{token}'  # gitleaks:allow\n"))
        .with("ignored.py", &format!("t = '{token}'\n"))
        .with(".gitignore", "ignored.py\n");
    assert_eq!(
        project.lines(NAME).await,
        [
            "error client.py:2: it has a GitHub token: ghp_… (40 characters)",
            "error config/app.toml:2: it has what looks like a secret: f83b… (30 characters)",
            "warning settings.yaml:2: it has what looks like a password: Sup… (12 characters)",
        ]
    );
    let quotes = &project.read(NAME).await[0].quotes[0];
    assert_eq!(
        quotes.text,
        "headers = {'Authorization': 'Bearer ghp_… (40 characters)'}"
    );
    assert_eq!(&quotes.text[quotes.mark.clone()], "ghp_… (40 characters)");
}

#[tokio::test]
async fn a_key_of_a_test_is_a_note_and_a_key_of_the_server_an_error() {
    let body = [token(), token(), token()].concat().replace("ghp_", "");
    let pem = format!("-----BEGIN {} KEY-----\n{body}\n", "PRIVATE");
    let project = Project::new()
        .with("tests/tls/key.pem", &pem)
        .with("key.pem", &pem);
    let levels: Vec<_> = project
        .read(NAME)
        .await
        .iter()
        .map(|finding| (finding.level, finding.place.to_string()))
        .collect();
    assert_eq!(
        levels,
        [
            (Level::Error, "key.pem:1".to_owned()),
            (Level::Note, "tests/tls/key.pem:1".to_owned())
        ]
    );
}

#[tokio::test]
async fn a_sound_project_and_its_server_pass() {
    let report = Project::new().judge(Options::default()).await;
    crate::servers::nothing_wrong(&report);
    assert_eq!(judged(&report, NAME).verdict, Verdict::Passed);
}
