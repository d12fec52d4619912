use seaworthy_gate::{Level, Options};

use crate::http::{flawed, keys, sound, sound_but, with_token};

const NAME: &str = "headers-match-body";

#[tokio::test]
async fn headers_that_nobody_reads_are_errors() {
    let findings = flawed(NAME, "flawed", &[]).await;
    assert_eq!(
        keys(&findings),
        [
            "MCP-Protocol-Version differs",
            "Mcp-Method differs",
            "Mcp-Method is missing",
            "Mcp-Name differs",
            "Mcp-Name is missing",
        ]
    );
    assert!(findings.iter().all(|finding| finding.level == Level::Error));
}

#[tokio::test]
async fn each_header_counts() {
    assert_eq!(
        keys(&flawed(NAME, "flawed_method", &[]).await),
        ["Mcp-Method differs", "Mcp-Method is missing"]
    );
    assert_eq!(
        keys(&flawed(NAME, "flawed_name", &[]).await),
        ["Mcp-Name differs", "Mcp-Name is missing"]
    );
    assert_eq!(
        keys(&flawed(NAME, "flawed_version", &[]).await),
        ["MCP-Protocol-Version differs"]
    );
    assert_eq!(
        keys(&flawed(NAME, "flawed_param", &[]).await),
        ["Mcp-Param differs"]
    );
    assert_eq!(
        keys(&flawed(NAME, "flawed_optional", &[]).await),
        ["Mcp-Method is missing", "Mcp-Name is missing"]
    );
}

#[tokio::test]
async fn the_right_refusal_counts() {
    for (file, key) in [
        ("flawed_code", "Mcp-Method differs"),
        ("flawed_status", "Mcp-Method differs"),
        ("flawed_encoded", "Base64 form"),
    ] {
        let findings = flawed(NAME, file, &[]).await;
        assert!(
            findings
                .iter()
                .any(|finding| finding.key == key && finding.level == Level::Warning),
            "{file}: {findings:#?}"
        );
    }
}

#[tokio::test]
async fn a_version_that_does_not_exist_is_refused_in_the_older_era_too() {
    let findings = flawed(NAME, "flawed_legacy", &[]).await;
    assert_eq!(keys(&findings), ["unsupported version"]);
}

#[tokio::test]
async fn one_era_streams_and_a_mirrored_argument_are_fine() {
    // P02 says what it costs to speak 2026-07-28 alone
    sound_but(NAME, "sound", with_token(Options::default()), &["P02"]).await;
    sound(NAME, "sound_by_header").await;
}
