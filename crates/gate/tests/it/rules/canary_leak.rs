use std::process::Stdio;

use seaworthy_gate::{Level, Options, check_with, report::Verdict};
use tokio::io::{AsyncBufReadExt, BufReader};
use url::Url;

use crate::servers::{flawed, folder, judge, judged, sound};

const NAME: &str = "canary-leak";

#[tokio::test]
async fn an_error_with_the_environment_is_found() {
    let findings = flawed(NAME, Options::default(), &["B07"]).await;
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].message.contains("as it is"));
}

#[tokio::test]
async fn encodings_do_not_hide_it() {
    let report = judge(&format!("{NAME}/flawed_2.py"), Options::default()).await;
    let findings = &judged(&report, NAME).findings;
    assert!(findings[0].message.contains("in base64"), "{findings:?}");
}

#[tokio::test]
async fn a_tool_that_reads_settings_is_asked_for_it() {
    let report = judge(&format!("{NAME}/flawed_3.py"), Options::default()).await;
    assert_eq!(judged(&report, NAME).findings.len(), 1);
}

#[tokio::test]
async fn a_log_is_a_warning() {
    let report = judge(&format!("{NAME}/flawed_4.py"), Options::default()).await;
    let findings = &judged(&report, NAME).findings;
    assert_eq!(findings[0].level, Level::Warning, "{findings:?}");
}

#[tokio::test]
async fn names_without_values_are_fine() {
    sound(NAME, Options::default()).await;
}

/// Over HTTP the environment is out of reach, and the headers are what may come back.
#[tokio::test]
async fn over_http_the_headers_are_watched() {
    let script = folder().join(NAME).join("over_http.py");
    let mut server = tokio::process::Command::new("python3")
        .arg(script)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let address = lines.next_line().await.unwrap().unwrap();
    let judge = async |headers: &[(&str, &str)]| {
        let options = Options {
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            only: vec![seaworthy_gate::rules::rule(NAME).unwrap()],
            ..Options::default()
        };
        check_with(Url::parse(&address).unwrap(), options)
            .await
            .unwrap()
    };
    let report = judge(&[]).await;
    assert_eq!(judged(&report, NAME).verdict, Verdict::Unverified);
    let report = judge(&[("Authorization", "Bearer s3cret-s3cret")]).await;
    let found = judged(&report, NAME);
    assert_eq!(found.verdict, Verdict::Found, "{found:?}");
    assert!(
        found.findings[0]
            .message
            .contains("the header Authorization"),
        "{found:?}"
    );
    for exchange in report.exchanges.values() {
        assert!(!exchange.received.contains("s3cret-s3cret"), "{exchange:?}");
    }
    server.kill().await.unwrap();
}
