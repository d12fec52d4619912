//! The variables that a project says its server needs.

use std::{collections::BTreeMap, sync::LazyLock};

use regex::Regex;
use serde_json::Value;

use super::{Project, extension};
use crate::credential;

/// A variable that is documented as required.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Variable {
    /// Its name.
    pub(crate) name: String,
    /// The file that says so, and the line where one is known.
    pub(crate) file: String,
    pub(crate) line: Option<u32>,
    /// A value that the same file shows for it.
    pub(crate) sample: Option<String>,
}

/// The required variables, by name; of several sources the first that names one counts.
pub(crate) fn required(project: &Project) -> Vec<Variable> {
    let mut all = registry(project);
    all.extend(bundle(project));
    for file in project.files.iter().filter(|file| is_example(file)) {
        all.extend(example(project, file));
    }
    let readme = readme(project);
    // of prose only what some file of the server speaks of too
    let wanted: Vec<_> = readme
        .into_iter()
        .filter(|variable| all.iter().all(|known| known.name != variable.name))
        .collect();
    if !wanted.is_empty() {
        let sources: Vec<String> = project
            .files
            .iter()
            .filter(|file| is_source(file))
            .filter_map(|file| project.text(file))
            .collect();
        all.extend(
            wanted
                .into_iter()
                .filter(|variable| sources.iter().any(|text| text.contains(&variable.name))),
        );
    }
    let mut seen = BTreeMap::new();
    for variable in all {
        seen.entry(variable.name.clone()).or_insert(variable);
    }
    seen.into_values().collect()
}

/// Variables that a `.env` in the project's folder sets: a server may read it by itself.
pub(crate) fn set_by_file(project: &Project) -> Vec<String> {
    let text = project.text(".env").unwrap_or_default();
    text.lines()
        .filter_map(|line| line.trim().trim_start_matches("export ").split_once('='))
        .map(|(name, _)| name.trim().to_owned())
        .collect()
}

fn is_source(file: &str) -> bool {
    matches!(
        extension(file).as_str(),
        "cjs"
            | "cs"
            | "go"
            | "java"
            | "js"
            | "kt"
            | "mjs"
            | "php"
            | "py"
            | "rb"
            | "rs"
            | "sh"
            | "ts"
    )
}

/// Where a text stands in a file first.
fn line_of(project: &Project, file: &str, name: &str) -> Option<u32> {
    let text = project.text(file)?;
    let at = text.lines().position(|line| line.contains(name))?;
    u32::try_from(at + 1).ok()
}

fn variable(project: &Project, file: &str, name: &str, sample: Option<&str>) -> Variable {
    Variable {
        name: name.to_owned(),
        file: file.to_owned(),
        line: line_of(project, file, name),
        sample: sample
            .filter(|sample| !sample.is_empty())
            .map(str::to_owned),
    }
}

/// `server.json` of the MCP registry: `environmentVariables` with `isRequired`.
fn registry(project: &Project) -> Vec<Variable> {
    let json = project.json("server.json").unwrap_or_default();
    json["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|package| {
            ["environmentVariables", "environment_variables"]
                .into_iter()
                .filter_map(|field| package[field].as_array())
                .flatten()
        })
        .filter(|entry| entry["isRequired"] == true || entry["is_required"] == true)
        .filter(|entry| entry["default"].is_null() && entry["value"].is_null())
        .filter_map(|entry| {
            Some(variable(
                project,
                "server.json",
                entry["name"].as_str()?,
                None,
            ))
        })
        .collect()
}

/// `manifest.json` of a bundle: what the user must give, as the variable that it is handed over in.
fn bundle(project: &Project) -> Vec<Variable> {
    let json = project.json("manifest.json").unwrap_or_default();
    let env = json["server"]["mcp_config"]["env"].as_object();
    env.into_iter()
        .flatten()
        .filter_map(|(name, value)| {
            let key = value
                .as_str()?
                .strip_prefix("${user_config.")?
                .strip_suffix('}')?;
            let entry = &json["user_config"][key];
            (entry["required"] == true && entry["default"] == Value::Null)
                .then(|| variable(project, "manifest.json", name, None))
        })
        .collect()
}

fn is_example(file: &str) -> bool {
    matches!(
        file,
        ".env.dist"
            | ".env.example"
            | ".env.sample"
            | ".env.template"
            | "env.example"
            | "example.env"
    )
}

/// `.env.example`: what stands without a value, or with a placeholder, and is not called optional.
fn example(project: &Project, file: &str) -> Vec<Variable> {
    let text = project.text(file).unwrap_or_default();
    let mut found = Vec::new();
    let mut said = String::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() {
            said.clear();
            continue;
        }
        if let Some(comment) = line.strip_prefix('#') {
            said.push_str(&comment.to_lowercase());
            continue;
        }
        let Some((name, rest)) = line.trim_start_matches("export ").split_once('=') else {
            continue;
        };
        let (value, comment) = rest.split_once(" #").unwrap_or((rest, ""));
        let value = value.trim().trim_matches(['"', '\'']);
        said.push_str(&comment.to_lowercase());
        let optional = ["optional", "default", "if you", "only for", "test"]
            .iter()
            .any(|word| said.contains(word));
        let required = said.contains("required") && !said.contains("not required");
        if is_name(name.trim())
            && !optional
            && (required || value.is_empty() || stands_for_one(value))
        {
            found.push(Variable {
                name: name.trim().to_owned(),
                file: file.to_owned(),
                line: Some(number),
                sample: (!value.is_empty()).then(|| value.to_owned()),
            });
        }
        said.clear();
    }
    found
}

fn stands_for_one(value: &str) -> bool {
    value.starts_with('<')
        || value.starts_with("...")
        || credential::is_placeholder(value) && value.len() > 5
}

fn is_name(name: &str) -> bool {
    name.len() > 2
        && name.starts_with(|first: char| first.is_ascii_uppercase())
        && name
            .chars()
            .all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_')
}

#[expect(clippy::unwrap_used, reason = "constant, and tested")]
static NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b|`[A-Z][A-Z0-9]{3,}`").unwrap());

#[expect(clippy::unwrap_used, reason = "constant, and tested")]
static REQUIRED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:is required|required[):*`:]|\(required|required\b.{0,30}environment|mandatory|must be set|must set|needs? to be set|(?:not|n't|refuses to) (?:start|run) without)",
    )
    .unwrap()
});

/// What makes a sentence say less than "always".
#[expect(clippy::unwrap_used, reason = "constant, and tested")]
static UNLESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:optional|not required|no longer|only (?:if|when|for)|if|when|unless|either|or|one of|default|defaults|tests?|testing|develop\w*|deploy\w*|release|CI)\b",
    )
    .unwrap()
});

/// `README.md`: tables with a column "required", sentences that say so, and `export NAME=` after one.
fn readme(project: &Project) -> Vec<Variable> {
    let Some(file) = project
        .files
        .iter()
        .find(|file| file.eq_ignore_ascii_case("README.md"))
    else {
        return Vec::new();
    };
    let text = project.text(file).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    let mut column = None;
    // how many lines ago it was said that what follows is required
    let mut said = usize::MAX;
    for (index, line) in lines.iter().enumerate() {
        let number = u32::try_from(index + 1).ok();
        let mut add = |name: &str, sample: Option<String>| {
            found.push(Variable {
                name: name.trim_matches('`').to_owned(),
                file: file.clone(),
                line: number,
                sample,
            });
        };
        said = said.saturating_add(1);
        let cells: Vec<_> = line
            .trim()
            .trim_matches('|')
            .split('|')
            .map(str::trim)
            .collect();
        if line.trim().starts_with('|') && cells.len() > 1 {
            let is_header = lines.get(index + 1).is_some_and(|next| {
                next.contains("--") && next.trim().starts_with(['|', ':', '-'])
            });
            if is_header {
                column = cells.iter().position(|cell| {
                    let cell = cell.to_lowercase();
                    cell.contains("required") || cell == "mandatory"
                });
                continue;
            }
            let name = cells.iter().find_map(|cell| NAME.find(cell));
            let (Some(name), Some(column)) = (name, column) else {
                continue;
            };
            let cell = cells
                .get(column)
                .copied()
                .unwrap_or_default()
                .to_lowercase();
            let cell = cell.trim_matches(['*', '`', '_', ' ']);
            if matches!(
                cell,
                "yes" | "y" | "true" | "required" | "x" | "✓" | "✔" | "✔️" | "✅" | "always"
            ) {
                add(name.as_str(), None);
            }
            continue;
        }
        column = None;
        let required = REQUIRED.is_match(line);
        let names: Vec<_> = NAME.find_iter(line).collect();
        if let Some((name, value)) = line
            .trim()
            .strip_prefix("export ")
            .and_then(|rest| rest.split_once('='))
        {
            if said <= 6 && is_name(name) && !UNLESS.is_match(line) {
                let value = value.split(" #").next().unwrap_or(value).trim();
                add(name, Some(value.trim_matches(['"', '\'']).to_owned()));
            }
        } else if required && !UNLESS.is_match(line) {
            match names.as_slice() {
                [one] => add(one.as_str(), None),
                [] => said = 0,
                _ => {}
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;

    async fn names(files: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in files {
            std::fs::write(folder.path().join(file), text).unwrap();
        }
        let project = Project::read(folder.path(), None, &Options::default())
            .await
            .unwrap();
        required(&project)
            .into_iter()
            .map(|variable| {
                format!(
                    "{}:{} {}",
                    variable.file,
                    variable.line.unwrap_or(0),
                    variable.name
                )
            })
            .collect()
    }

    #[tokio::test]
    async fn of_the_registry_and_of_a_bundle() {
        let server = r#"{"packages": [{"environmentVariables": [
            {"name": "A_TOKEN", "isRequired": true}, {"name": "B_TOKEN"},
            {"name": "C_MODE", "isRequired": true, "default": "x"}]}]}"#;
        assert_eq!(
            names(&[("server.json", server)]).await,
            ["server.json:2 A_TOKEN"]
        );
        let bundle = r#"{"user_config": {"key": {"required": true}, "url": {"required": false}},
            "server": {"mcp_config": {"env": {"A_KEY": "${user_config.key}", "A_URL": "${user_config.url}", "B": "1"}}}}"#;
        assert_eq!(
            names(&[("manifest.json", bundle)]).await,
            ["manifest.json:2 A_KEY"]
        );
    }

    #[tokio::test]
    async fn of_an_example_of_dotenv() {
        let text = "# The token.\nA_TOKEN=\n\n# optional\nB_TOKEN=\nPORT=3000\nC_KEY=your-key-here\n#D_KEY=x\n\
                    # Required.\nE_URL=https://host\nF_LEVEL=info\n";
        assert_eq!(
            names(&[(".env.example", text)]).await,
            [
                ".env.example:2 A_TOKEN",
                ".env.example:7 C_KEY",
                ".env.example:10 E_URL"
            ]
        );
    }

    #[tokio::test]
    async fn of_a_readme_what_the_server_speaks_of_too() {
        let readme = "`A_TOKEN` is required.\n`B_TOKEN` is required if you write.\n\n\
                      | variable | required | meaning |\n| --- | --- | --- |\n| `C_KEY` | yes | x |\n| `D_KEY` | no | x |\n\n\
                      These must be set:\n```sh\nexport E_URL=https://host\n```\n\
                      `G_TOKEN` or `H_TOKEN` is required.\n`Z_TOKEN` is required.\n";
        let source = "A_TOKEN B_TOKEN C_KEY D_KEY E_URL G_TOKEN H_TOKEN";
        assert_eq!(
            names(&[("README.md", readme), ("server.py", source)]).await,
            [
                "README.md:1 A_TOKEN",
                "README.md:6 C_KEY",
                "README.md:11 E_URL"
            ]
        );
    }
}
