//! The settings as a file: read, refused with a place, changed without harm to the rest.

use std::{fs, path::Path};

use seaworthy_telemetry::{
    Recommendation, Settings, SettingsError, ToolSettings, advice::Step, settings::Change,
};

fn recommendation(tool: &str, page_size: Option<u32>, tokens: Option<u32>) -> Recommendation {
    let step = |to| Step { from: 20, to };
    Recommendation {
        tool: tool.to_owned(),
        page_size: page_size.map(step),
        tokens: tokens.map(step),
        ..Recommendation::default()
    }
}

#[test]
fn a_missing_file_is_all_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::load(&folder.path().join("settings.toml")).unwrap();
    assert_eq!(settings, Settings::default());
    assert_eq!(settings.tool("find_items"), ToolSettings::default());
}

#[test]
fn what_is_written_is_read() {
    let text = "[tools.find_items]\npage_size = 35\ntokens = 2600\n\n[server]\nport = 1\n\
        [tools]\nread_log = { tokens = 500 }\n";
    let settings = Settings::parse(text, Path::new("settings.toml")).unwrap();
    let both = ToolSettings {
        page_size: Some(35),
        tokens: Some(2_600),
    };
    assert_eq!(settings.tool("find_items"), both);
    assert_eq!(settings.tool("read_log").tokens, Some(500));
    let names: Vec<_> = settings.tools().map(|(name, _)| name).collect();
    assert_eq!(names, ["find_items", "read_log"]);
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let cases = [
        "[tools.find_items]\npage_size = 51",
        "[tools.find_items]\npage_size = 0",
        "[tools.find_items]\n\ntokens = -9223372036854775808",
        "[tools.find_items]\ntokens = 10001",
        "[tools.find_items]\npage_size = \"20\"",
        "[tools.find_items]\npage_size = 20.5",
        "# a comment\n[tools.find_items]\npagesize = 20",
        "[tools]\nfind_items = 20",
        "tools = 3",
        "[[tools]]\nx = 1",
        "[tools.find_items\npage_size = 20",
        "[tools.a]\ntokens = 500\ntokens = 500",
        "[tools.a]\ntokens = 99999999999999999999",
    ];
    let report = cases.map(|text| {
        let error = Settings::parse(text, Path::new("settings.toml")).unwrap_err();
        format!("{error}\n  {}", error.hint())
    });
    insta::assert_snapshot!(report.join("\n"));
}

#[test]
fn applying_changes_only_what_it_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.toml");
    let before = "# mine\n[server] # here\nname = 'x'\n\n[tools.find_items]\n  page_size   = 20  # small\n\n\
        [tools]\nread_log = { tokens = 500 } # inline\n";
    fs::write(&path, before).unwrap();
    let changes = Settings::apply(
        &path,
        &[
            recommendation("find_items", Some(35), Some(2_600)),
            recommendation("read_log", None, Some(800)),
            recommendation("read_run", Some(10), None),
            recommendation("list \"odd\".names", None, Some(900)),
            recommendation("nothing", None, None),
        ],
    )
    .unwrap();
    insta::assert_snapshot!(fs::read_to_string(&path).unwrap());
    assert_eq!(changes.len(), 5);
    let first = Change {
        tool: "find_items".to_owned(),
        key: "page_size",
        from: Some(20),
        to: 35,
    };
    assert_eq!(changes[0], first);
    let settings = Settings::load(&path).unwrap();
    assert_eq!(settings.tool("read_log").tokens, Some(800));
    assert_eq!(settings.tool("list \"odd\".names").tokens, Some(900));
    let again = Settings::apply(&path, &[recommendation("find_items", Some(35), None)]).unwrap();
    assert_eq!(again, []);
}

#[test]
fn applying_makes_a_file_and_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/settings.toml");
    assert_eq!(Settings::apply(&path, &[]).unwrap(), []);
    assert!(!path.exists());
    Settings::apply(&path, &[recommendation("find_items", Some(35), None)]).unwrap();
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        "[tools.find_items]\npage_size = 35\n"
    );
}

#[test]
fn a_file_that_is_not_valid_is_not_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.toml");
    fs::write(&path, "[tools.a]\npage_size = 99\n").unwrap();
    let error = Settings::apply(&path, &[recommendation("b", Some(35), None)]).unwrap_err();
    assert!(
        matches!(error, SettingsError::Range { line: 2, .. }),
        "{error}"
    );
    let error = Settings::apply(
        &folder.path().join("new.toml"),
        &[recommendation("b", Some(51), None)],
    )
    .unwrap_err();
    assert!(matches!(error, SettingsError::Range { .. }), "{error}");
    assert!(!folder.path().join("new.toml").exists());
}

#[cfg(unix)]
#[test]
fn modes_and_links_stay_and_read_only_files_are_refused() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let (target, link) = (
        folder.path().join("real.toml"),
        folder.path().join("link.toml"),
    );
    fs::write(&target, "# mine\n").unwrap();
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real.toml", &link).unwrap();
    let wanted = [recommendation("find_items", Some(35), None)];
    Settings::apply(&link, &wanted).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(
        fs::read_to_string(&target)
            .unwrap()
            .contains("page_size = 35")
    );
    assert_eq!(
        fs::metadata(&target).unwrap().permissions().mode() & 0o777,
        0o640
    );
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        2,
        "nothing left behind"
    );

    fs::set_permissions(&target, fs::Permissions::from_mode(0o440)).unwrap();
    let before = fs::read_to_string(&target).unwrap();
    let wanted = [recommendation("find_items", Some(40), None)];
    let error = Settings::apply(&link, &wanted).unwrap_err();
    assert!(matches!(error, SettingsError::ReadOnly { .. }), "{error}");
    assert_eq!(fs::read_to_string(&target).unwrap(), before);

    let dangling = folder.path().join("dangling.toml");
    symlink("nowhere.toml", &dangling).unwrap();
    let error = Settings::apply(&dangling, &wanted).unwrap_err();
    assert!(matches!(error, SettingsError::Write { .. }), "{error}");
}
