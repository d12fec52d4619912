//! What a project says that it depends on: `Cargo.toml`, `package.json`, `pyproject.toml`,
//! `requirements.txt`, `go.mod`, and scripts with their requirements inside (PEP 723).

use toml::{Table, Value};

use super::Project;

/// How dependencies are written and locked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Ecosystem {
    Cargo,
    Go,
    Npm,
    Python,
}

/// Software development kits of MCP, by ecosystem. Sorted.
const SDKS: [(Ecosystem, &[&str]); 4] = [
    (Ecosystem::Cargo, &["rmcp", "rust-mcp-sdk"]),
    (
        Ecosystem::Go,
        &[
            "github.com/mark3labs/mcp-go",
            "github.com/modelcontextprotocol/go-sdk",
        ],
    ),
    (
        Ecosystem::Npm,
        &[
            "@modelcontextprotocol/sdk",
            "@modelcontextprotocol/server",
            "fastmcp",
            "mcp-framework",
        ],
    ),
    (Ecosystem::Python, &["fastmcp", "mcp"]),
];

/// Something that a manifest asks for.
#[derive(Clone, Debug)]
pub(crate) struct Dependency {
    /// Its name; of Python normalized (PEP 503).
    pub(crate) name: String,
    /// The requirement as written.
    pub(crate) requirement: String,
    /// Whether versions that do not exist yet are kept out; none where that cannot be told.
    pub(crate) bounded: Option<bool>,
    /// Whether a lock must have it: not what lies in the project, nor what some systems alone need.
    pub(crate) locked: bool,
}

/// A manifest.
#[derive(Clone, Debug)]
pub(crate) struct Manifest {
    /// Its file.
    pub(crate) file: String,
    pub(crate) ecosystem: Ecosystem,
    /// The name of the package.
    pub(crate) name: Option<String>,
    pub(crate) dependencies: Vec<Dependency>,
    /// Whether it only groups packages.
    pub(crate) is_workspace: bool,
}

impl Manifest {
    /// The kits of MCP that it asks for.
    pub(crate) fn sdks(&self) -> impl Iterator<Item = &Dependency> {
        // a kit asks for its own extras
        self.dependencies
            .iter()
            .filter(|dependency| self.name.as_ref() != Some(&dependency.name))
            .filter(|dependency| is_sdk(self.ecosystem, &dependency.name))
    }

    /// Its folder, empty or with `/` at the end.
    pub(crate) fn folder(&self) -> &str {
        self.file.rfind('/').map_or("", |at| &self.file[..=at])
    }
}

pub(crate) fn is_sdk(ecosystem: Ecosystem, name: &str) -> bool {
    SDKS.iter()
        .find(|(kind, _)| *kind == ecosystem)
        .is_some_and(|(_, names)| names.contains(&name))
}

/// Reads a manifest; none where the file is none or cannot be read.
pub(crate) fn read(project: &Project, file: &str) -> Option<Manifest> {
    let name = file.rsplit('/').next()?;
    match name {
        "Cargo.toml" => cargo(project, file),
        "package.json" => npm(project, file),
        "Pipfile" => pipfile(project, file),
        "pyproject.toml" => pyproject(project, file),
        "setup.cfg" | "setup.py" => Some(setup(project, file)?),
        "requirements-lock.txt" | "requirements.lock" | "requirements.txt" => {
            Some(requirements(project, file)?)
        }
        "go.mod" => go(project, file),
        _ => None,
    }
}

fn text(value: Option<&Value>) -> Option<&str> {
    value?.as_str()
}

fn cargo(project: &Project, file: &str) -> Option<Manifest> {
    let toml = project.toml(file)?;
    let root = project.toml("Cargo.toml");
    let inherited = |name: &str| {
        let workspace = root.as_ref()?.get("workspace")?;
        workspace.get("dependencies")?.get(name)
    };
    let mut dependencies = Vec::new();
    let mut tables = vec![&toml];
    let targets = toml.get("target").and_then(Value::as_table);
    tables.extend(
        targets
            .into_iter()
            .flat_map(|all| all.values())
            .filter_map(Value::as_table),
    );
    for table in tables {
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let entries = table.get(kind).and_then(Value::as_table);
            for (key, value) in entries.into_iter().flatten() {
                let value = if value.get("workspace").is_some() {
                    inherited(key).unwrap_or(value)
                } else {
                    value
                };
                dependencies.push(cargo_dependency(key, value));
            }
        }
    }
    Some(Manifest {
        file: file.to_owned(),
        ecosystem: Ecosystem::Cargo,
        name: toml
            .get("package")
            .and_then(|package| text(package.get("name")))
            .map(str::to_owned),
        dependencies,
        is_workspace: toml.contains_key("workspace"),
    })
}

fn cargo_dependency(key: &str, value: &Value) -> Dependency {
    let name = text(value.get("package")).unwrap_or(key).to_owned();
    let version = value.as_str().or(text(value.get("version")));
    let (requirement, bounded) = if value.get("path").is_some() {
        (version.unwrap_or("path").to_owned(), None)
    } else if let Some(git) = text(value.get("git")) {
        let fixed = value.get("rev").or(value.get("tag")).is_some();
        (
            format!("git {git}"),
            Some(fixed || version.is_some_and(super::range::cargo)),
        )
    } else if let Some(version) = version {
        (version.to_owned(), Some(super::range::cargo(version)))
    } else {
        ("of the workspace".to_owned(), None)
    };
    Dependency {
        name,
        requirement,
        bounded,
        locked: value.get("path").is_none(),
    }
}

fn npm(project: &Project, file: &str) -> Option<Manifest> {
    let json = project.json(file)?;
    let mut dependencies = Vec::new();
    for (kind, must) in [
        ("dependencies", true),
        ("devDependencies", true),
        ("optionalDependencies", false),
    ] {
        for (name, range) in json[kind].as_object().into_iter().flatten() {
            let range = range.as_str().unwrap_or_default();
            let local = ["workspace:", "file:", "link:", "portal:", "catalog:"]
                .iter()
                .any(|kind| range.starts_with(kind));
            let (name, plain) = match range
                .strip_prefix("npm:")
                .and_then(|alias| alias.rsplit_once('@'))
            {
                Some((real, plain)) if !real.is_empty() => (real, plain),
                _ => (name.as_str(), range),
            };
            dependencies.push(Dependency {
                name: name.to_owned(),
                requirement: range.to_owned(),
                bounded: (!local).then(|| super::range::npm(plain)),
                locked: must && !local,
            });
        }
    }
    Some(Manifest {
        file: file.to_owned(),
        ecosystem: Ecosystem::Npm,
        name: json["name"].as_str().map(str::to_owned),
        dependencies,
        is_workspace: !json["workspaces"].is_null(),
    })
}

/// A name of Python as indices compare it (PEP 503).
pub(crate) fn normalized(name: &str) -> String {
    let mut out = String::new();
    for letter in name.trim().chars() {
        if matches!(letter, '-' | '_' | '.') {
            if !out.ends_with('-') {
                out.push('-');
            }
        } else {
            out.extend(letter.to_lowercase());
        }
    }
    out
}

/// A requirement of PEP 508, such as `mcp[cli]>=1.9,<2; python_version > "3"`.
pub(crate) fn pep508(line: &str) -> Option<Dependency> {
    let (requirement, marker) = match line.split_once(';') {
        Some((requirement, marker)) => (requirement, Some(marker)),
        None => (line, None),
    };
    let requirement = requirement.trim();
    let end = requirement
        .find(|letter: char| !(letter.is_ascii_alphanumeric() || "-_.".contains(letter)))
        .unwrap_or(requirement.len());
    let (name, rest) = requirement.split_at(end);
    if !name.starts_with(|first: char| first.is_ascii_alphanumeric()) {
        return None;
    }
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((_, rest)) => rest.trim_start(),
        None => rest,
    };
    let bounded = match rest.strip_prefix('@') {
        // of a repository at some commit or tag, or a file by its address
        Some(address) => {
            let address = address.trim();
            let path = address.split_once("://").map_or(address, |(_, path)| path);
            !address.starts_with("git+")
                || path
                    .rsplit('/')
                    .next()
                    .is_some_and(|last| last.contains('@'))
        }
        None => super::range::python(rest.trim_matches(['(', ')', ' '])),
    };
    Some(Dependency {
        name: normalized(name),
        requirement: requirement.to_owned(),
        bounded: Some(bounded),
        locked: marker.is_none(),
    })
}

fn pyproject(project: &Project, file: &str) -> Option<Manifest> {
    let toml = project.toml(file)?;
    let mut dependencies = Vec::new();
    let list = |value: Option<&Value>| -> Vec<Dependency> {
        value
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|line| pep508(line.as_str()?))
            .collect()
    };
    let main = toml.get("project").and_then(Value::as_table);
    let tool = |name: &str| toml.get("tool")?.get(name)?.as_table();
    dependencies.extend(list(main.and_then(|main| main.get("dependencies"))));
    let extras = main
        .and_then(|main| main.get("optional-dependencies"))
        .and_then(Value::as_table);
    let groups = toml.get("dependency-groups").and_then(Value::as_table);
    for (_, extra) in extras.into_iter().chain(groups).flatten() {
        dependencies.extend(list(Some(extra)));
    }
    let poetry = tool("poetry");
    let poetry_groups = poetry
        .and_then(|poetry| poetry.get("group")?.as_table())
        .into_iter()
        .flatten()
        .filter_map(|(_, group)| group.get("dependencies")?.as_table());
    let tables = poetry
        .and_then(|poetry| poetry.get("dependencies")?.as_table())
        .into_iter()
        .chain(poetry_groups);
    for table in tables {
        dependencies.extend(
            table
                .iter()
                .filter(|(name, _)| *name != "python")
                .map(poetry_dependency),
        );
    }
    Some(Manifest {
        file: file.to_owned(),
        ecosystem: Ecosystem::Python,
        name: main
            .or(poetry)
            .and_then(|table| text(table.get("name")))
            .map(normalized),
        dependencies,
        is_workspace: tool("uv").is_some_and(|uv| uv.contains_key("workspace")),
    })
}

fn pipfile(project: &Project, file: &str) -> Option<Manifest> {
    let toml = project.toml(file)?;
    let dependencies = ["packages", "dev-packages"]
        .into_iter()
        .filter_map(|kind| toml.get(kind)?.as_table())
        .flat_map(|table| table.iter().map(poetry_dependency))
        .collect();
    Some(Manifest {
        file: file.to_owned(),
        ecosystem: Ecosystem::Python,
        name: None,
        dependencies,
        is_workspace: false,
    })
}

/// Of what only a run of Python could tell, the kits of MCP, where they stand as they mostly do.
fn setup(project: &Project, file: &str) -> Option<Manifest> {
    let text = project.text(file)?;
    let dependencies = text
        .split(['\'', '"', '\n'])
        .filter_map(|part| pep508(part.trim()))
        .filter(|dependency| is_sdk(Ecosystem::Python, &dependency.name))
        .collect();
    Some(Manifest {
        file: file.to_owned(),
        ecosystem: Ecosystem::Python,
        name: None,
        dependencies,
        is_workspace: false,
    })
}

fn poetry_dependency((name, value): (&String, &Value)) -> Dependency {
    let version = value.as_str().or(text(value.get("version")));
    let local = value.get("path").is_some();
    let bounded = if local {
        None
    } else if value.get("git").is_some() {
        Some(value.get("rev").or(value.get("tag")).is_some())
    } else {
        version.map(super::range::poetry)
    };
    Dependency {
        name: normalized(name),
        requirement: version.unwrap_or_default().to_owned(),
        bounded,
        locked: !local && value.get("markers").is_none() && value.get("platform").is_none(),
    }
}

/// The requirements of a `requirements.txt`: continued lines joined, options and comments left out.
fn requirements(project: &Project, file: &str) -> Option<Manifest> {
    let text = project
        .text(file)?
        .replace("\\\n", " ")
        .replace("\\\r\n", " ");
    let dependencies = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with(['#', '-']) && !line.is_empty())
        .filter_map(|line| {
            let line = line.split(" #").next().unwrap_or(line);
            let hashed = line.contains("--hash=");
            let mut dependency = pep508(line.split(" --").next().unwrap_or(line))?;
            // what is locked here is locked by this very line
            dependency.locked = hashed;
            Some(dependency)
        })
        .collect();
    Some(Manifest {
        file: file.to_owned(),
        ecosystem: Ecosystem::Python,
        name: None,
        dependencies,
        is_workspace: false,
    })
}

/// The requirements in a script of Python (PEP 723); none where it has none.
pub(crate) fn inline_script(project: &Project, file: &str) -> Option<Manifest> {
    let text = project.text(file)?;
    let mut lines = text
        .lines()
        .skip_while(|line| line.trim_end() != "# /// script");
    lines.next()?;
    let toml: String = lines
        .take_while(|line| line.trim_end() != "# ///")
        .flat_map(|line| [line.strip_prefix("# ").unwrap_or_default(), "\n"])
        .collect();
    let toml: Table = toml.parse().ok()?;
    let dependencies = toml
        .get("dependencies")
        .and_then(Value::as_array)?
        .iter()
        .filter_map(|line| pep508(line.as_str()?))
        .collect();
    Some(Manifest {
        file: file.to_owned(),
        ecosystem: Ecosystem::Python,
        name: None,
        dependencies,
        is_workspace: false,
    })
}

fn go(project: &Project, file: &str) -> Option<Manifest> {
    let text = project.text(file)?;
    let mut dependencies = Vec::new();
    let mut name = None;
    let mut block = "";
    let replaced: Vec<_> = text
        .lines()
        .filter_map(|line| line.split_once("=>"))
        .filter(|(_, to)| to.trim_start().starts_with('.'))
        .filter_map(|(of, _)| {
            of.trim_start()
                .trim_start_matches("replace ")
                .split_whitespace()
                .next()
        })
        .collect();
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or(line).trim();
        let mut words = line.split_whitespace();
        let mut first = words.next().unwrap_or_default();
        if line.ends_with('(') {
            block = if first == "require" {
                "require"
            } else {
                "other"
            };
            continue;
        }
        if line == ")" {
            block = "";
            continue;
        }
        if block.is_empty() && first == "module" {
            name = words.next().map(str::to_owned);
            continue;
        }
        if block.is_empty() && first == "require" {
            first = words.next().unwrap_or_default();
        } else if block != "require" {
            continue;
        }
        if !first.is_empty() {
            dependencies.push(Dependency {
                name: first.to_owned(),
                requirement: words.next().unwrap_or_default().to_owned(),
                // the least version of go.mod is the one that is taken
                bounded: Some(true),
                locked: !replaced.contains(&first),
            });
        }
    }
    Some(Manifest {
        file: file.to_owned(),
        ecosystem: Ecosystem::Go,
        name,
        dependencies,
        is_workspace: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_of_python() {
        for (line, name, bounded) in [
            ("mcp", "mcp", false),
            ("mcp[cli]>=1.9", "mcp", false),
            ("mcp[cli] >= 1.9, < 2 ; python_version > '3'", "mcp", true),
            ("Fast_MCP (~=2.0)", "fast-mcp", true),
            ("mcp @ git+https://github.com/a/b", "mcp", false),
            ("mcp @ git+ssh://git@github.com/a/b", "mcp", false),
            ("mcp @ git+https://github.com/a/b@v1.2", "mcp", true),
            ("mcp @ https://host/mcp-1.0.whl", "mcp", true),
        ] {
            let read = pep508(line).unwrap();
            assert_eq!(
                (read.name.as_str(), read.bounded),
                (name, Some(bounded)),
                "{line}"
            );
        }
        assert!(pep508("--hash=sha256:x").is_none() && pep508("").is_none());
    }
}
