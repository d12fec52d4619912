//! The catalogue is whole: the folder, the list, the tests, the servers and the page agree.

use std::{collections::BTreeSet, fmt::Write, path::Path};

use seaworthy_gate::{explain, rule::Area, rules::RULES};

use crate::servers;

/// How many rules each area has; their numbers are without gaps.
const NUMBERS: [(&str, usize); 8] = [
    ("P", 11),
    ("G", 6),
    ("H", 7),
    ("N", 10),
    ("D", 8),
    ("X", 7),
    ("B", 7),
    ("R", 4),
];

fn stems(folder: &Path) -> BTreeSet<String> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|stem| stem != "mod")
        .collect()
}

fn names() -> BTreeSet<String> {
    RULES
        .iter()
        .map(|rule| rule.name.replace('-', "_"))
        .collect()
}

#[test]
fn all_sixty_are_there_and_sorted() {
    let expected: Vec<_> = NUMBERS
        .iter()
        .flat_map(|(area, last)| (1..=*last).map(move |number| format!("{area}{number:02}")))
        .collect();
    let ids: Vec<_> = RULES.iter().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(ids, expected);
    assert_eq!(ids.len(), 60);
    assert_eq!(names().len(), 60, "a name is taken twice");
}

#[test]
fn each_rule_has_its_file_its_test_and_its_servers() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert_eq!(stems(&root.join("src/rules")), names());
    assert_eq!(stems(&root.join("tests/it/rules")), names());
    for rule in RULES {
        let folder = servers::folder().join(rule.name);
        for twin in ["flawed", "sound"] {
            assert!(
                folder.join(format!("{twin}.py")).is_file() || folder.join(twin).is_dir(),
                "{} has no {twin} server",
                rule.name
            );
        }
    }
}

#[test]
fn each_rule_is_documented() {
    for rule in RULES {
        let docs = &rule.docs;
        for (part, text, least) in [
            ("summary", rule.summary, 15),
            ("what", docs.what, 40),
            ("why", docs.why, 40),
            ("source", docs.source, 10),
            ("bad", docs.bad, 3),
            ("good", docs.good, 3),
            ("fix", docs.fix, 30),
        ] {
            assert!(text.len() >= least, "{rule:?} {part}: {text:?}");
            assert!(
                !text.contains("  ") || part == "bad" || part == "good",
                "{rule:?} {part}: blanks"
            );
            assert!(text.trim() == text, "{rule:?} {part}: blanks at an end");
        }
        assert!(
            !rule.summary.ends_with('.'),
            "{rule:?} summary ends with a full stop"
        );
        assert!(!rule.checks.is_empty(), "{rule:?} checks nothing");
        assert_ne!(docs.bad, docs.good, "{rule:?}");
    }
}

#[test]
fn docs_rules_md_is_current() {
    let mut page = String::from(
        "# The rules of `seaworthy check`\n\n\
         Written by a test from the rules themselves (`cargo test -p seaworthy-gate docs`); do not edit. \
         `seaworthy check --explain P01` shows one.\n",
    );
    for area in Area::ALL {
        let _ = write!(
            page,
            "\n**{}**\n\n| rule | level | rests on | what must hold |\n|---|---|---|---|\n",
            area.name()
        );
        for rule in RULES.iter().filter(|rule| rule.area() == area) {
            let anchor = format!("{}-{}", rule.id, rule.name).to_lowercase();
            let _ = writeln!(
                page,
                "| [{} {}](#{anchor}) | {} | {} | {} |",
                rule.id,
                rule.name,
                rule.level.name(),
                rule.basis.name(),
                rule.summary.replace('|', "\\|")
            );
        }
    }
    for rule in RULES {
        page.push('\n');
        page.push_str(&explain::markdown(rule));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules.md");
    if std::fs::read_to_string(&path).unwrap_or_default() != page {
        assert!(
            std::env::var_os("CI").is_none(),
            "docs/rules.md is stale; run the tests and commit it"
        );
        std::fs::write(&path, page).unwrap();
        panic!("docs/rules.md was stale and is written anew; read its diff and commit it");
    }
}
