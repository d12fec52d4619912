//! The six formats, whole, of one run; and that no server can forge one.

use std::time::Duration;

use insta::assert_snapshot;
use seaworthy_gate::{
    Level, Options, Report, check_with,
    report::{html, json, junit, markdown, sarif, text},
    rules,
};

use crate::servers;

/// A run by three rules against a server with other people's mischief in its names, with all that
/// changes from run to run taken out.
async fn report() -> Report {
    let options = Options {
        only: ["P01", "P10", "N01"]
            .map(|id| rules::rule(id).unwrap())
            .to_vec(),
        ..Options::default()
    };
    let server = servers::server("reports/mischief.py");
    let mut report = check_with(server, options).await.unwrap();
    "python3 mischief.py".clone_into(&mut report.target);
    report.took = Duration::from_millis(1_234);
    report.stderr.clear();
    report.deeds.requests.clear();
    report.deeds.connections = 3;
    for exchange in report.exchanges.values_mut() {
        exchange.took = Duration::from_millis(5);
    }
    // their numbers depend on what ran first
    let exchanges = std::mem::take(&mut report.exchanges);
    let numbers: Vec<_> = exchanges.keys().copied().collect();
    let renumber = |id: usize| numbers.iter().position(|other| *other == id).unwrap() + 1;
    report.exchanges = exchanges
        .into_iter()
        .map(|(id, exchange)| (renumber(id), exchange))
        .collect();
    for judged in &mut report.judged {
        for finding in &mut judged.findings {
            finding
                .exchanges
                .iter_mut()
                .for_each(|id| *id = renumber(*id));
        }
    }
    report
}

#[tokio::test]
async fn each_format_tells_the_same() {
    let report = report().await;
    assert_snapshot!(
        "text",
        text::render_as(
            &report,
            text::Look {
                proof: true,
                width: 90,
                ..text::Look::default()
            }
        )
    );
    assert_snapshot!(
        "colour",
        text::render_as(
            &report,
            text::Look {
                colour: true,
                ..text::Look::default()
            }
        )
        .replace('\u{1b}', "␛")
    );
    assert_snapshot!("json", json::render(&report));
    assert_snapshot!("junit", junit::render(&report, Level::Error).unwrap());
    assert_snapshot!("markdown", markdown::render(&report));
    let sarif: serde_json::Value =
        serde_json::from_str(&sarif::render(&report, "README.md")).unwrap();
    let results = serde_json::to_string_pretty(&sarif["runs"][0]["results"]).unwrap();
    assert_snapshot!("sarif_results", results);
    let page = html::render(&report);
    let findings = page.split("<h2>Findings</h2>").nth(1).unwrap();
    assert_snapshot!(
        "html_findings",
        findings.split("</section>").next().unwrap()
    );
}

/// The mischief of the server is markup in every language, and escapes of terminals.
#[tokio::test]
async fn no_server_forges_a_report() {
    let report = report().await;
    let plain = text::render(&report);
    assert!(
        !plain.contains('\u{1b}') && !plain.contains('\u{202e}'),
        "{plain:?}"
    );
    assert!(
        plain.lines().all(|line| !line.starts_with("seaworthy:")),
        "{plain}"
    );
    let page = html::render(&report);
    assert!(
        !page.contains("<script") && !page.contains("<img"),
        "{page}"
    );
    let page = markdown::render(&report);
    assert!(
        !page.contains("<script") && !page.contains("](http") && !page.contains("@everyone"),
        "{page}"
    );
    let xml = junit::render(&report, Level::Note).unwrap();
    assert!(
        !xml.contains("<script") && !xml.contains(']') || !xml.contains("]]>"),
        "{xml}"
    );
    let json: serde_json::Value = serde_json::from_str(&json::render(&report)).unwrap();
    assert!(!json.to_string().contains('\u{1b}'));
}
