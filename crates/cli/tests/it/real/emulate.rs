//! Against `emulate`, a stateful GitHub that nobody here wrote: what one call changes, the next
//! one sees. Where it is not like GitHub stands in `emulator.rs`.

use serde_json::{Value, json};

use super::emulator::{Emulator, MATE, OWNER, REPO};
use crate::child::{Session, after};

/// An emulator, and the server acting as the owner of [`REPO`].
async fn owner() -> (Emulator, Session) {
    let emulator = Emulator::start().await;
    let session = Session::on(emulator.url(), OWNER).await;
    (emulator, session)
}

async fn seed_issues(emulator: &Emulator, count: usize) {
    for number in 1..=count {
        let labels = if number % 10 == 0 {
            json!(["bug"])
        } else {
            json!([])
        };
        let issue = json!({"title": format!("Berth {number} floods"), "body": "At spring tide.",
            "labels": labels});
        emulator
            .api("POST", &format!("/repos/{REPO}/issues"), &issue)
            .await;
    }
}

/// The item numbers of a page.
fn numbers(page: &str) -> Vec<u64> {
    let items = page.lines().filter_map(|line| line.strip_prefix('#'));
    items
        .map(|item| item.split(' ').next().unwrap().parse().unwrap())
        .collect()
}

/// A branch with a change, and its pull request's number.
async fn propose(session: &Session, branch: &str) -> u64 {
    let change = json!({"repo": REPO, "branch": branch, "message": "Add a tide table",
        "title": "A tide table", "body": "Heights in metres.",
        "files": [{"path": "data/tides.txt", "content": "high 4.2\nlow 0.7\n"},
            {"path": "README.md", "content": "# quay\n\nBerths, and tides.\n"}]});
    let proposed = session.good("propose_change", change).await;
    assert!(
        proposed.contains("1 file added, 1 file edited"),
        "{proposed}"
    );
    after(&proposed, "pull request #").parse().unwrap()
}

#[tokio::test]
async fn find_items_walks_57_issues_page_by_page() {
    let (emulator, session) = owner().await;
    seed_issues(&emulator, 57).await;
    for size in [50, 20] {
        let mut arguments = json!({"repo": REPO, "kind": "issue", "sort": "created",
            "page_size": size});
        let mut found = Vec::new();
        loop {
            let page = session.good("find_items", arguments.clone()).await;
            found.extend(numbers(&page));
            if !page.contains("MORE AVAILABLE: ") {
                break;
            }
            arguments["cursor"] = after(&page, "cursor=").into();
        }
        found.sort_unstable();
        assert_eq!(found, (1..=57).collect::<Vec<_>>(), "pages of {size}");
    }
    let labelled = json!({"repo": REPO, "labels": ["bug"]});
    let labelled = session.good("find_items", labelled).await;
    assert_eq!(numbers(&labelled).len(), 5, "{labelled}");
    let searched = json!({"repo": REPO, "query": "floods", "page_size": 10});
    let searched = session.good("find_items", searched).await;
    assert!(searched.starts_with("57 matches for: floods"), "{searched}");
    assert!(
        searched.contains("MORE AVAILABLE: 47 further"),
        "{searched}"
    );
}

#[tokio::test]
async fn an_issue_is_created_discussed_edited_and_closed() {
    let (_emulator, session) = owner().await;
    let write = async |mut arguments: Value| {
        arguments["repo"] = REPO.into();
        session.good("write_issue", arguments).await
    };
    let read = async || {
        session
            .good("read_issue", json!({"repo": REPO, "number": 1}))
            .await
    };
    let created = write(json!({"action": "create", "title": "Bollard 3 is loose",
        "body": "It turns by hand.", "labels": ["bug"], "assignees": ["harbourmaster"]}))
    .await;
    assert!(
        created.contains(&format!("created issue {REPO}#1: Bollard 3 is loose")),
        "{created}"
    );
    let issue = read().await;
    assert!(issue.contains("\n| It turns by hand."), "{issue}");
    assert!(issue.contains("bug"), "{issue}");

    write(json!({"action": "comment", "number": 1, "body": "Seen at low water."})).await;
    write(json!({"action": "edit", "number": 1, "title": "Bollard 3 is gone"})).await;
    write(json!({"action": "label", "number": 1, "labels": ["urgent"], "remove": ["bug"]})).await;
    let issue = read().await;
    assert!(issue.contains("Bollard 3 is gone"), "{issue}");
    assert!(issue.contains("\n| Seen at low water."), "{issue}");
    assert!(
        issue.contains("urgent") && !issue.contains("[bug"),
        "{issue}"
    );

    let closed =
        write(json!({"action": "close", "number": 1, "state_reason": "not_planned"})).await;
    assert!(closed.contains("closed (not_planned)"), "{closed}");
    let open = session.good("find_items", json!({"repo": REPO})).await;
    assert_eq!(numbers(&open), [] as [u64; 0], "{open}");
    let audit = session.audit();
    let before = audit.matches("\"phase\":\"before\"").count();
    assert!(before >= 6, "each write is recorded: {audit}");
    assert_eq!(
        audit.matches("\"outcome\":\"ok\"").count(),
        before,
        "{audit}"
    );
    assert!(
        !audit.contains("low water"),
        "without what was written: {audit}"
    );
}

#[tokio::test]
async fn a_change_is_proposed_by_one_and_reviewed_and_merged_by_another() {
    let (emulator, owner) = owner().await;
    let mate = Session::on(emulator.url(), MATE).await;
    let number = propose(&mate, "tides").await;
    let pull = owner
        .good("read_pull_request", json!({"repo": REPO, "number": number}))
        .await;
    assert!(
        pull.contains("A tide table") && pull.contains("@firstmate"),
        "{pull}"
    );
    assert!(pull.contains("\n| Heights in metres."), "{pull}");

    let review = json!({"repo": REPO, "number": number, "event": "approve", "body": "Agreed."});
    let review = owner.good("review_pull_request", review).await;
    assert!(review.contains("approves harbourmaster/quay#"), "{review}");
    let merge = json!({"repo": REPO, "number": number, "title": "A tide table (squashed)"});
    let (preview, confirming) = owner.preview("merge_pull_request", merge).await;
    assert!(
        preview.contains("reviews: approved by @harbourmaster"),
        "{preview}"
    );
    let main = "/repos/harbourmaster/quay/commits?sha=main";
    let before = emulator.api("GET", main, &Value::Null).await;
    assert_eq!(
        before.as_array().unwrap().len(),
        1,
        "a preview changes nothing"
    );

    // somebody else's token is no use
    let stolen = mate.bad("merge_pull_request", confirming.clone()).await;
    assert!(stolen.contains("nothing was done"), "{stolen}");
    let merged = owner.good("merge_pull_request", confirming.clone()).await;
    assert!(merged.contains("into main by squash"), "{merged}");
    let now = emulator.api("GET", main, &Value::Null).await;
    assert_eq!(now[0]["commit"]["message"], "A tide table (squashed)");
    let again = owner.bad("merge_pull_request", confirming).await;
    assert!(again.contains("merged already"), "{again}");
    let file = json!({"repo": REPO, "path": "data/tides.txt"});
    let file = owner.good("read_code", file).await;
    assert!(file.contains("\n1| high 4.2\n2| low 0.7"), "{file}");
}

#[tokio::test]
async fn a_merge_is_refused_once_the_head_has_moved() {
    let (emulator, session) = owner().await;
    let number = propose(&session, "tides").await;
    let merge = json!({"repo": REPO, "number": number});
    let (_, stale) = session.preview("merge_pull_request", merge.clone()).await;
    // the one push that moves the head of a pull request in the emulator
    let update = format!("/repos/{REPO}/pulls/{number}/update-branch");
    emulator.api("PUT", &update, &json!({})).await;
    let refused = session.bad("merge_pull_request", stale).await;
    assert!(refused.contains("changed since the preview"), "{refused}");
    let pull = format!("/repos/{REPO}/pulls/{number}");
    let pull = emulator.api("GET", &pull, &Value::Null).await;
    assert_eq!(pull["merged"], false);
    let (_, fresh) = session.preview("merge_pull_request", merge).await;
    session.good("merge_pull_request", fresh).await;
}

#[tokio::test]
async fn a_merge_that_github_refuses_is_explained() {
    let (emulator, session) = owner().await;
    let protection = json!({"required_status_checks": null, "enforce_admins": true,
        "required_pull_request_reviews": {"required_approving_review_count": 1},
        "restrictions": null});
    let main = format!("/repos/{REPO}/branches/main/protection");
    emulator.api("PUT", &main, &protection).await;
    let number = propose(&session, "tides").await;
    let merge = json!({"repo": REPO, "number": number});
    let (_, confirming) = session.preview("merge_pull_request", merge).await;
    let refused = session.bad("merge_pull_request", confirming).await;
    assert!(refused.contains("nothing was merged"), "{refused}");
    assert!(session.audit().contains("failed"), "{}", session.audit());
}

#[tokio::test]
async fn a_failing_check_stands_in_the_preview_of_a_merge() {
    let (emulator, session) = owner().await;
    let number = propose(&session, "tides").await;
    let pull = format!("/repos/{REPO}/pulls/{number}");
    let head = emulator.api("GET", &pull, &Value::Null).await["head"]["sha"].clone();
    let check = json!({"name": "gauge", "head_sha": head, "status": "completed",
        "conclusion": "failure", "output": {"title": "2 of 9 failed", "summary": "Brest, Tema"}});
    emulator
        .api("POST", &format!("/repos/{REPO}/check-runs"), &check)
        .await;
    let merge = json!({"repo": REPO, "number": number});
    let (preview, _) = session.preview("merge_pull_request", merge.clone()).await;
    let gate = preview
        .lines()
        .find(|line| line.starts_with("GATE NOT MET: ") && line.contains("gauge"));
    assert!(gate.is_some(), "{preview}");
    // the emulator keeps no logs of jobs, so the check's own words are all there is
    let diagnosis = session.good("diagnose_ci", merge).await;
    assert!(diagnosis.contains("gauge"), "{diagnosis}");
}

#[tokio::test]
async fn a_branch_is_deleted_after_a_preview_unless_it_moved() {
    let (emulator, session) = owner().await;
    propose(&session, "tides").await;
    let doomed = json!({"repo": REPO, "kind": "branch", "name": "tides"});
    let (preview, stale) = session.preview("delete_resource", doomed.clone()).await;
    assert!(preview.contains("ahead: of main by 1 commit "), "{preview}");
    let push = json!({"repo": REPO, "branch": "tides", "message": "Neap tides too",
        "files": [{"path": "data/neap.txt", "content": "neap 2.0\n"}]});
    session.good("propose_change", push).await;
    let refused = session.bad("delete_resource", stale).await;
    assert!(refused.contains("changed since the preview"), "{refused}");
    let (_, fresh) = session.preview("delete_resource", doomed.clone()).await;
    session.good("delete_resource", fresh).await;
    let gone = session.bad("delete_resource", doomed).await;
    assert!(gone.contains("was not found"), "{gone}");
    let branches = format!("/repos/{REPO}/branches");
    let branches = emulator.api("GET", &branches, &Value::Null).await;
    assert_eq!(branches.as_array().unwrap().len(), 1, "{branches}");

    let main = json!({"repo": REPO, "kind": "branch", "name": "main"});
    let kept = session.bad("delete_resource", main).await;
    assert!(kept.contains("default branch"), "{kept}");
}

#[tokio::test]
async fn a_file_and_a_release_are_deleted_after_a_preview() {
    let (emulator, session) = owner().await;
    let release = json!({"tag_name": "v1", "name": "First tide", "body": "Notes."});
    emulator
        .api("POST", &format!("/repos/{REPO}/releases"), &release)
        .await;
    for (kind, name) in [("release", "v1"), ("file", "README.md")] {
        let doomed = json!({"repo": REPO, "kind": kind, "name": name});
        let (_, confirming) = session.preview("delete_resource", doomed.clone()).await;
        session.good("delete_resource", confirming).await;
        session.bad("delete_resource", doomed).await;
    }
}

#[tokio::test]
async fn code_history_and_context_are_read() {
    let (emulator, session) = owner().await;
    propose(&session, "tides").await;
    let call = async |tool: &str, mut arguments: Value| {
        arguments["repo"] = REPO.into();
        session.good(tool, arguments).await
    };
    let context = call("get_context", json!({})).await;
    assert!(
        context.contains(&format!("api: {}", emulator.url())),
        "{context}"
    );
    assert!(
        context.contains("user: @harbourmaster (Harbour Master)"),
        "{context}"
    );
    assert!(!context.contains(OWNER), "{context}");
    let overview = call("repo_overview", json!({})).await;
    assert!(
        overview.contains("topics: tides") && overview.contains("\n| # quay"),
        "{overview}"
    );

    let file = call(
        "read_code",
        json!({"path": "data/tides.txt", "ref": "tides"}),
    )
    .await;
    assert!(file.contains("\n1| high 4.2"), "{file}");
    let folder = call("read_code", json!({"path": "data", "ref": "tides"})).await;
    assert!(folder.starts_with("folder data: 1 entry\n"), "{folder}");
    assert!(folder.contains("tides.txt"), "{folder}");
    let tree = call("read_code", json!({"recursive": true, "ref": "tides"})).await;
    assert!(
        tree.contains("data/tides.txt") && tree.contains("README.md"),
        "{tree}"
    );
    let missing = json!({"repo": REPO, "path": "data/tides.txt"});
    let missing = session.bad("read_code", missing).await;
    assert!(missing.contains("was not found"), "{missing}");

    let commits = call("history", json!({})).await;
    assert!(commits.contains("Initial commit"), "{commits}");
    let compared = call("history", json!({"base": "main", "head": "tides"})).await;
    assert!(compared.contains("1 ahead, 0 behind"), "{compared}");
    assert!(
        compared.contains("file added data/tides.txt +2 -0"),
        "{compared}"
    );
    let diff = json!({"base": "main", "head": "tides", "path": "README.md"});
    let diff = call("history", diff).await;
    assert!(diff.contains("\n| +Berths, and tides."), "{diff}");

    let code = call("search_code", json!({"query": "quay"})).await;
    assert!(code.contains("file README.md"), "{code}");
    let found = json!({"query": "quay", "kind": "repositories"});
    let found = session.good("search_code", found).await;
    assert!(found.contains("repository harbourmaster/quay"), "{found}");
}

#[tokio::test]
async fn what_is_not_there_is_answered_with_the_next_move() {
    let (_emulator, session) = owner().await;
    for (tool, arguments) in [
        ("find_items", json!({"repo": "harbourmaster/moat"})),
        ("repo_overview", json!({"repo": "harbourmaster/moat"})),
        ("read_issue", json!({"repo": REPO, "number": 99})),
        ("read_pull_request", json!({"repo": REPO, "number": 99})),
        ("merge_pull_request", json!({"repo": REPO, "number": 99})),
        (
            "history",
            json!({"repo": REPO, "base": "main", "head": "nowhere"}),
        ),
        (
            "write_issue",
            json!({"repo": REPO, "action": "comment", "number": 99, "body": "x"}),
        ),
    ] {
        let error = session.bad(tool, arguments).await;
        assert!(error.contains("was not found"), "{tool}: {error}");
        assert!(error.contains("\nCAUSE: "), "{tool}: {error}");
    }
}
