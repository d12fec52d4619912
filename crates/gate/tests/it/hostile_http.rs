//! Servers over HTTP that are odd, broken or hostile: a run ends, soon, and says what is wrong.

use std::time::Duration;

use futures::StreamExt;
use seaworthy_gate::{CheckError, Options, Report, check_with, report::Verdict};
use url::Url;

use crate::{
    http::{Running, no_token, with_token},
    servers::{judged, table},
};

/// How long a run may take; every answer is waited for one second.
const BOUND: Duration = Duration::from_secs(45);

fn options() -> Options {
    with_token(Options {
        timeout: Duration::from_secs(1),
        ..Options::default()
    })
}

async fn hostile(how: &str) -> Result<Report, CheckError> {
    let server = Running::start_with("hostile-http/hostile.py", &[how]);
    let report = tokio::time::timeout(BOUND, server.check(options()))
        .await
        .unwrap_or_else(|_| panic!("{how}: the run does not end"));
    if let Ok(report) = &report {
        no_token(report);
    }
    report
}

/// What a run says that has no report.
async fn unusable(how: &str) -> (String, String) {
    match hostile(how).await {
        Err(CheckError::Unusable { what, hint }) => (what, hint),
        other => panic!("{how}: {other:?}"),
    }
}

#[tokio::test]
async fn whatever_answers_gets_a_report() {
    let all = [
        "silent",
        "slow_head",
        "slow_body",
        "endless_body",
        "endless_events",
        "comments",
        "one_line",
        "bad_chunks",
        "dies",
        "hangs_up",
        "no_http",
        "long_head",
        "error_page",
        "squeezed",
        "deep",
        "wrong_shapes",
        "another_id",
    ];
    let reports = futures::stream::iter(all)
        .map(|how| async move { (how, hostile(how).await.unwrap()) })
        .buffer_unordered(4)
        .collect::<Vec<_>>()
        .await;
    for (how, report) in reports {
        assert_eq!(
            judged(&report, "origin-checked").verdict,
            Verdict::Unverified,
            "{how}:\n{}",
            table(&report)
        );
        assert!(report.server.protocols.is_empty(), "{how}");
    }
}

#[tokio::test]
async fn an_address_of_no_mcp_server_gets_a_hint() {
    let (what, hint) = unusable("not_found").await;
    assert!(what.contains("404") && !what.contains('\u{1b}'), "{what}");
    assert!(hint.contains("/mcp"), "{hint}");
    let (what, _) = unusable("not_allowed").await;
    assert!(what.contains("405"), "{what}");
    let (_, hint) = unusable("old_transport").await;
    assert!(hint.contains("2024-11-05"), "{hint}");
}

#[tokio::test]
async fn redirections_are_told_and_not_followed() {
    let (what, hint) = unusable("away").await;
    assert!(what.contains("http://127.0.0.2:9/mcp"), "{what}");
    assert!(!what.contains("abc"), "{what}");
    assert!(hint.contains("redirects"), "{hint}");
    let (what, _) = unusable("to_a_page").await;
    assert!(what.contains("/login"), "{what}");
    unusable("in_circles").await;
}

#[tokio::test]
async fn nobody_there_gets_a_hint() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    for (url, wanted) in [
        (format!("http://127.0.0.1:{port}/mcp"), "port"),
        // no such name is ever given out (RFC 6761)
        ("http://seaworthy.invalid/mcp".to_owned(), ""),
    ] {
        let mut options = options();
        options.timeout = Duration::from_secs(5);
        let failed = check_with(Url::parse(&url).unwrap(), options).await;
        let Err(CheckError::Unusable { hint, .. }) = &failed else {
            panic!("{url}: {failed:?}");
        };
        assert!(hint.contains(wanted), "{hint}");
    }
}

#[tokio::test]
async fn plain_http_where_tls_is_asked_for_gets_a_hint() {
    let server = Running::start("http_base.py");
    let url = server.url.as_str().replace("http://", "https://");
    let failed = check_with(Url::parse(&url).unwrap(), options()).await;
    assert!(
        matches!(&failed, Err(CheckError::Unusable { .. })),
        "{failed:?}"
    );
}

#[tokio::test]
async fn a_certificate_of_nobody_gets_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("c.pem"), folder.path().join("k.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let files = [certificate.to_str().unwrap(), key.to_str().unwrap()];
    let server = Running::start_with("hostile-http/odd.py", &["tls", files[0], files[1]]);
    let url = server
        .url
        .as_str()
        .replace("http://127.0.0.1", "https://localhost");
    let failed = check_with(Url::parse(&url).unwrap(), options()).await;
    let Err(CheckError::Unusable { hint, .. }) = &failed else {
        panic!("{failed:?}");
    };
    assert!(hint.contains("certificate"), "{hint}");
}

#[tokio::test]
async fn odd_shapes_are_judged_like_any() {
    for (shape, path, eras) in [
        ("streams", "/mcp", 2),
        ("stateless", "/mcp", 2),
        ("legacy", "/mcp", 1),
        ("modern", "/mcp", 1),
        ("path", "/api/v1/notes", 2),
        ("redirects", "/mcp", 2),
        ("wrong-type", "/mcp", 2),
        ("asks-back", "/mcp", 2),
        ("forgets", "/mcp", 2),
    ] {
        let mut server = Running::start_with("hostile-http/odd.py", &[shape]);
        server.url.set_path(path);
        let report = tokio::time::timeout(BOUND, server.check(options()))
            .await
            .unwrap()
            .unwrap();
        no_token(&report);
        assert_eq!(report.server.protocols.len(), eras, "{shape}");
        assert_eq!(report.server.tools, 2, "{shape}");
        for name in ["origin-checked", "unauthenticated-401", "bad-token-refused"] {
            assert_eq!(
                judged(&report, name).verdict,
                Verdict::Passed,
                "{shape} {:?}",
                judged(&report, name)
            );
        }
    }
}

#[tokio::test]
async fn a_password_and_a_key_in_the_address_stay_hidden() {
    let server = Running::start("http_base.py");
    let mut url = server.url.clone();
    url.set_username("me").unwrap();
    url.set_password(Some("hunter2hunter2")).unwrap();
    url.set_query(Some("api_key=topsecrettopsecret"));
    let report = check_with(url, Options::default()).await.unwrap();
    let all = format!("{report:?}");
    assert!(!all.contains("hunter2hunter2") && !all.contains("topsecrettopsecret"));
}
