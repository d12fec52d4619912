use seaworthy_gate::{Level, Options, report::Verdict};

use crate::{
    http::{Running, flawed, flawed_with, keys, no_token, sound, sound_with, with_token},
    servers::judged,
};

const NAME: &str = "unauthenticated-401";

#[tokio::test]
async fn another_status_is_an_error() {
    // who is refused with 403 cannot tell a wrong token from a missing right
    let findings = flawed(NAME, "flawed", &["H06"]).await;
    assert_eq!(keys(&findings), ["status"]);
}

#[tokio::test]
async fn a_server_that_asks_nobody_is_a_warning_here() {
    // a token is given, and not looked at; a tool acts
    for (file, options) in [
        ("sound_open", with_token(Options::default())),
        ("flawed_open", Options::default()),
    ] {
        let given = !options.headers.is_empty();
        let findings = flawed_with(NAME, file, options, &["B03"]).await;
        assert_eq!(
            findings.iter().any(|finding| finding.level == Level::Error),
            given,
            "{findings:#?}"
        );
    }
}

#[tokio::test]
async fn who_only_reads_need_not_ask_on_this_machine() {
    let report = sound_with(NAME, "sound_open", Options::default()).await;
    let findings = &judged(&report, NAME).findings;
    assert_eq!(keys(findings), ["open"]);
    assert_eq!(findings[0].level, Level::Note);
}

#[tokio::test]
async fn an_optional_token_is_an_error() {
    let findings = flawed(NAME, "flawed_optional", &[]).await;
    assert_eq!(keys(&findings), ["open", "open handshake"]);
}

#[tokio::test]
async fn a_session_is_no_credential() {
    let findings = flawed(NAME, "flawed_session", &["H06"]).await;
    assert_eq!(keys(&findings), ["open"]);
}

#[tokio::test]
async fn a_refusal_says_how_to_get_in() {
    assert_eq!(
        keys(&flawed(NAME, "flawed_challenge", &[]).await),
        ["challenge"]
    );
    assert_eq!(
        keys(&flawed(NAME, "flawed_metadata", &[]).await),
        ["metadata"]
    );
    assert_eq!(
        keys(&flawed(NAME, "flawed_guarded", &[]).await),
        ["document"]
    );
    assert_eq!(
        keys(&flawed(NAME, "flawed_document", &[]).await),
        ["authorization_servers", "methods", "resource"]
    );
}

#[tokio::test]
async fn metadata_at_the_well_known_path_is_enough() {
    sound(NAME, "sound").await;
    let report = sound(NAME, "sound_static").await;
    assert_eq!(
        keys(&judged(&report, NAME).findings),
        ["authorization_servers"]
    );
}

#[tokio::test]
async fn who_has_no_token_judges_the_refusal() {
    let server = Running::start("http_base.py");
    let report = server.check(Options::default()).await.unwrap();
    assert_eq!(judged(&report, NAME).verdict, Verdict::Passed);
    assert_eq!(
        judged(&report, "origin-checked").verdict,
        Verdict::Unverified
    );
    let with = server.judge(Options::default()).await;
    no_token(&with);
    let server = Running::start("unauthenticated-401/flawed_challenge.py");
    let report = server.check(Options::default()).await.unwrap();
    assert_eq!(keys(&judged(&report, NAME).findings), ["challenge"]);
}

#[tokio::test]
async fn a_wrong_token_is_like_none() {
    let mut options = Options::default();
    options
        .headers
        .push(("authorization".to_owned(), "Bearer wrong-token".to_owned()));
    let server = Running::start("http_base.py");
    let report = server.check(options).await.unwrap();
    assert_eq!(judged(&report, NAME).verdict, Verdict::Passed);
}

#[tokio::test]
async fn the_base_is_sound() {
    let server = Running::start("http_base.py");
    let report = server.judge(Options::default()).await;
    for name in [
        "origin-checked",
        "host-checked",
        "binds-loopback",
        "headers-match-body",
        NAME,
        "bad-token-refused",
        "no-modern-session",
    ] {
        assert_eq!(
            judged(&report, name).verdict,
            Verdict::Passed,
            "{name} {:?}",
            judged(&report, name)
        );
    }
    sound_with(
        NAME,
        "sound",
        with_token(Options {
            era: Some(seaworthy_gate::Era::Modern),
            ..Options::default()
        }),
    )
    .await;
}
