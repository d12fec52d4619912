use seaworthy_gate::{Level, Options};

use crate::{
    descriptions::{judge, tool},
    servers::{flawed, sound},
};

const NAME: &str = "endpoint-mirror";

fn found(names: &[&str]) -> Option<String> {
    let tools: Vec<_> = names.iter().map(|name| tool(name, "", "")).collect();
    let findings = judge(NAME, &tools).findings;
    assert!(findings.len() < 2);
    findings.first().map(|finding| {
        assert_eq!(finding.level, Level::Note);
        format!("{} {}", finding.message, finding.fix)
    })
}

#[test]
fn operations_on_things_are_a_mirror() {
    let text = found(&[
        "get_issue",
        "list_issues",
        "create_issue",
        "update_issue",
        "list_labels",
        "get_label",
        "delete_label",
    ])
    .unwrap();
    assert!(
        text.contains("issue (create, list, read, update)"),
        "{text}"
    );
    assert!(text.contains("label (delete, list, read)"), "{text}");
    assert!(
        text.contains("write_issue with an action for create_issue, update_issue"),
        "{text}"
    );
    // one thing, all of it
    assert!(
        found(&[
            "get_note",
            "list_notes",
            "create_note",
            "update_note",
            "delete_note"
        ])
        .is_some()
    );
    assert!(
        found(&[
            "noteCreate",
            "noteUpdate",
            "noteDelete",
            "noteGet",
            "noteList"
        ])
        .is_some()
    );
}

#[test]
fn operation_ids_are_a_mirror() {
    assert!(
        found(&[
            "API-get-user",
            "API-post-search",
            "API-patch-page",
            "API-retrieve-a-block"
        ])
        .is_some()
    );
    assert!(found(&["get_v1_users_by_id", "post_v1_users", "get_v1_teams"]).is_some());
    assert!(found(&["repos/get-content", "repos/list-tags", "issues/list"]).is_some());
}

#[test]
fn tasks_are_none() {
    for names in [
        &["find_notes", "read_note"] as &[_],
        &[
            "find_items",
            "read_issue",
            "write_issue",
            "diagnose_ci",
            "merge_pull_request",
            "repo_overview",
        ],
        &[
            "read_file",
            "write_file",
            "list_directory",
            "create_directory",
            "move_file",
            "search_files",
        ],
        &[
            "git_add",
            "git_commit",
            "git_log",
            "git_status",
            "git_diff",
            "git_checkout",
            "git_show",
        ],
        &[
            "slack_post_message",
            "slack_list_channels",
            "slack_get_users",
            "slack_get_user_profile",
        ],
        &["get_current_time", "convert_time"],
        &[],
    ] {
        assert_eq!(found(names), None);
    }
}

#[test]
fn methods_and_paths_in_texts_are_quoted() {
    let tools = [
        tool("repo", "", "Wraps `GET /repos/{owner}/{repo}`."),
        tool("tags", "", "Wraps GET /repos/{owner}/{repo}/tags."),
    ];
    let findings = judge(NAME, &tools).findings;
    let quote = &findings[0].quotes[0];
    assert_eq!(&quote.text[quote.mark.clone()], "GET /repos/{owner}/{repo}");
    // a path that a text may well have
    let tools = [
        tool("read", "", "Reads /etc/hosts and GET parameters."),
        tool("write", "", "Writes TARGET /tmp/x."),
    ];
    assert!(judge(NAME, &tools).findings.is_empty());
}

#[tokio::test]
async fn crud_for_several_things_is_noted() {
    let findings = flawed(NAME, Options::default(), &[]).await;
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].level, Level::Note);
}

#[tokio::test]
async fn tasks_on_several_things_are_fine() {
    sound(NAME, Options::default()).await;
}
