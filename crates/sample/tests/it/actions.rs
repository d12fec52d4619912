//! Checks, runs and logs.

use seaworthy_sample::{FAILING_PR, ORIGIN};

use crate::client::Client;

#[test]
fn the_failing_check_leads_to_its_log() {
    let client = Client::new();
    let sha = client.get(&format!("pulls/{FAILING_PR}"))["head"]["sha"]
        .as_str()
        .unwrap()
        .to_owned();
    let checks = client.get(&format!("commits/{sha}/check-runs"));
    assert_eq!(checks["total_count"], 9);
    let failed: Vec<_> = checks["check_runs"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|run| run["conclusion"] == "failure")
        .collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0]["name"], "test (ubuntu-latest)");
    let id = &failed[0]["id"];
    let job = client.get(&format!("actions/jobs/{id}"));
    assert!(
        job["steps"]
            .as_array()
            .unwrap()
            .iter()
            .any(|step| step["conclusion"] == "failure")
    );
    let redirect = client.try_get(&format!("actions/jobs/{id}/logs"));
    assert_eq!(
        (redirect.status.as_u16(), redirect.header("location")),
        (302, format!("{ORIGIN}/_logs/{id}").as_str())
    );
    let log = client.try_get(redirect.header("location"));
    assert!(log.header("content-type").starts_with("text/plain"));
    let lines: Vec<&str> = log.text().lines().collect();
    assert_eq!(lines.len(), 24_000);
    assert!(
        lines
            .iter()
            .all(|line| line.as_bytes()[10] == b'T' && line.contains("Z "))
    );
    let first = lines
        .iter()
        .position(|line| {
            line.contains("FAILED") || line.contains("panicked") || line.contains("error")
        })
        .unwrap();
    assert!((15_500..16_500).contains(&first), "{first}");
    assert!(
        log.text()
            .contains("##[error]Process completed with exit code 101.")
    );
}

#[test]
fn runs_are_filtered() {
    let client = Client::new();
    let count = |query: &str| {
        client.get(&format!("actions/runs?{query}"))["total_count"]
            .as_u64()
            .unwrap()
    };
    assert_eq!(count(""), 20);
    assert_eq!(count("branch=fix/dst-interpolation"), 2);
    assert_eq!(count("event=push"), 14);
    assert_eq!(
        (count("status=in_progress"), count("status=failure")),
        (1, 3)
    );
    let run = &client.get("actions/runs?status=failure&branch=main")["workflow_runs"][0]["id"];
    let jobs = client.get(&format!("actions/runs/{run}/jobs"));
    assert_eq!(jobs["total_count"], 9);
    assert_eq!(client.try_get("actions/runs/1").status, 404);
}
