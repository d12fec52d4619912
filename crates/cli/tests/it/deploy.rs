//! What deploy/ and docs/trust.md say of the program is so: its flags, its variables, its tools.
//!
//! In the files of deploy/ each flag of the program stands on a line of its own (`- --flag=value`), and those of
//! other programs do not; in Markdown a flag of the program begins a piece of code (`` `--flag ``), and those of
//! others do not.

use std::{collections::BTreeSet, fs};

use crate::{
    child::BINARY,
    programs::{command, ours},
};

/// The files, and how many of the program's flags and variables each has at the least.
const FILES: [(&str, usize, usize); 6] = [
    ("deploy/Dockerfile", 0, 2),
    ("deploy/README.md", 2, 2),
    ("deploy/compose.yaml", 7, 1),
    ("deploy/kubernetes/server.yaml", 7, 2),
    ("docs/sandbox.md", 2, 3),
    ("docs/trust.md", 10, 4),
];
/// Commands whose help has flags or variables.
const COMMANDS: [&[&str]; 3] = [&["serve", "github"], &["run"], &["token", "new"]];
/// Variables of the program whose names do not begin with its own.
const OTHER_VARIABLES: [&str; 2] = ["GITHUB_API_URL", "GITHUB_TOKEN"];

async fn help(arguments: &[&str]) -> String {
    let output = command(BINARY).args(arguments).arg("--help").output();
    let output = output.await.unwrap();
    assert!(output.status.success(), "{arguments:?} has no help");
    String::from_utf8(output.stdout).unwrap()
}

/// The flags that a file has the program called with.
fn flags(text: &str) -> BTreeSet<&str> {
    let marks = ["- --", "`--"];
    let found = marks
        .iter()
        .flat_map(|mark| text.match_indices(mark).map(|(at, _)| at + mark.len() - 2));
    found.map(|at| flag(&text[at..])).collect()
}

/// The flag with which `text` begins.
fn flag(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_lowercase() && c != '-');
    &text[..end.unwrap_or(text.len())]
}

/// The program's variables that a text names.
fn variables(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit() && c != '_');
    words
        .filter(|word| {
            let own = word.strip_prefix("SEAWORTHY_");
            own.is_some_and(|rest| !rest.is_empty()) || OTHER_VARIABLES.contains(word)
        })
        .collect()
}

/// The flags that a help defines: they begin its lines, after a short form or not.
fn defined(help: &str) -> BTreeSet<&str> {
    let lines = help.lines().map(str::trim_start);
    lines
        .filter(|line| line.starts_with('-'))
        .flat_map(|line| line.split([' ', ',']))
        .filter(|word| word.starts_with("--"))
        .map(flag)
        .collect()
}

#[test]
fn flags_and_variables_are_found_where_they_stand() {
    let text = "args:\n  - --http=0.0.0.0:1\n  # --no\n  - serve\ncommand: [x, --save]\n`--audience URI`\n\
                SEAWORTHY_STATE=/x ${SEAWORTHY_}\nMY_GITHUB_TOKEN GITHUB_TOKEN";
    assert_eq!(flags(text), BTreeSet::from(["--audience", "--http"]));
    let found = BTreeSet::from(["GITHUB_TOKEN", "SEAWORTHY_STATE"]);
    assert_eq!(variables(text), found);
    let help = "  -h, --help\n      --http <ADDR>\n          as --other\n";
    assert_eq!(defined(help), BTreeSet::from(["--help", "--http"]));
}

#[tokio::test]
async fn every_flag_and_variable_is_one_of_the_programs() {
    let mut texts = Vec::new();
    for arguments in COMMANDS {
        texts.push(help(arguments).await);
    }
    let known_flags: BTreeSet<_> = texts.iter().flat_map(|help| defined(help)).collect();
    let known_variables: BTreeSet<_> = texts.iter().flat_map(|help| variables(help)).collect();
    for (file, least_flags, least_variables) in FILES {
        let text = fs::read_to_string(ours(file)).unwrap();
        let (flags, variables) = (flags(&text), variables(&text));
        assert!(flags.len() >= least_flags, "{file}: {flags:?}");
        assert!(variables.len() >= least_variables, "{file}: {variables:?}");
        let wrong: Vec<_> = flags.difference(&known_flags).collect();
        assert!(wrong.is_empty(), "{file} has {wrong:?}, no help does");
        let wrong: Vec<_> = variables.difference(&known_variables).collect();
        assert!(wrong.is_empty(), "{file} has {wrong:?}, no help does");
    }
}

#[test]
fn every_tool_stands_in_the_row_of_its_scope() {
    let tools = fs::read_to_string(ours("docs/tools.md")).unwrap();
    let trust = fs::read_to_string(ours("docs/trust.md")).unwrap();
    let (_, rest) = trust.split_once("| scope | tools |").unwrap();
    let table = rest.split("\n\n").next().unwrap();
    let mut seen = 0;
    for section in tools.split("\n## `").skip(1) {
        let (name, rest) = section.split_once('`').unwrap();
        let effects = rest.lines().nth(2).unwrap();
        let (_, effects) = effects.split_once("tokens; ").unwrap();
        let scope = match effects {
            _ if name == "run_python" => "sandbox",
            effects if effects.starts_with("reads") => "read",
            effects if effects.starts_with("writes") => "write",
            effects if effects.starts_with("destructive") => "destructive",
            other => panic!("{name}: {other}"),
        };
        let quoted = format!("`{name}`");
        let rows = table.lines().filter(|row| row.contains(&quoted));
        let rows: Vec<_> = rows.filter_map(|row| row.split('`').nth(1)).collect();
        assert_eq!(rows, [scope], "{name}");
        seen += 1;
    }
    assert_eq!(
        table.matches('`').count() / 2,
        seen + 4,
        "no tool that is not"
    );
}
