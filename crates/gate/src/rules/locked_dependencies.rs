//! What is not locked is other code tomorrow, and a kit without an upper bound breaks at its next major.

use futures::future::BoxFuture;
use regex::Regex;
use serde_json::Value as Json;

use crate::{
    finding::{Finding, Place},
    project::{
        Project, extension,
        manifest::{self, Dependency, Ecosystem, Manifest},
    },
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
};

pub(super) static RULE: Rule = Rule {
    id: "R03",
    name: "locked-dependencies",
    summary: "there is a lock file that fits the manifest, and an upper bound on the SDK",
    level: Level::Error,
    basis: Basis::Heuristic,
    reach: Reach::Reads,
    docs: Docs {
        what: "Each manifest at the top of the repository, and each further one that asks for an SDK of MCP, \
               must have a lock file (of Cargo, npm, pnpm, Yarn, Bun, uv, Poetry, PDM, Pipenv, pip with hashes, \
               or Go) that version control keeps and that has what the manifest asks for. What it asks for of \
               an SDK must keep out the next major version.",
        why: "Without a lock, each installation gets other code, and a hijacked release reaches every user \
              within hours. Each major version of the SDKs so far broke the servers of the one before: those \
              without an upper bound broke by themselves, on the day of the release.",
        source: "Measured: servers that ask for `mcp>=1.0` do not start with version 2 of the Python SDK; \
                 OpenSSF Scorecard, Pinned-Dependencies.",
        bad: "dependencies = [\"mcp>=2.3\"]",
        good: "dependencies = [\"mcp>=2.3,<3\"]  # and uv.lock is committed",
        fix: "Commit the lock file that your package manager writes, take it out of .gitignore, and give the \
              SDK an upper bound.",
    },
    checks: &[Check::Project(check)],
};

/// Manifests, and the files that lock what they ask for.
const MANIFESTS: [&str; 8] = [
    "Cargo.toml",
    "Pipfile",
    "go.mod",
    "package.json",
    "pyproject.toml",
    "requirements.txt",
    "setup.cfg",
    "setup.py",
];

/// Folders whose manifests are not the server's.
const ASIDE: [&str; 14] = [
    "__tests__",
    "benches",
    "benchmarks",
    "docs",
    "example",
    "examples",
    "fixtures",
    "fuzz",
    "node_modules",
    "templates",
    "test",
    "testdata",
    "tests",
    "vendor",
];

fn locks(ecosystem: Ecosystem) -> &'static [&'static str] {
    match ecosystem {
        Ecosystem::Cargo => &["Cargo.lock"],
        Ecosystem::Go => &["go.sum"],
        Ecosystem::Npm => &[
            "package-lock.json",
            "npm-shrinkwrap.json",
            "pnpm-lock.yaml",
            "yarn.lock",
            "bun.lock",
            "bun.lockb",
        ],
        Ecosystem::Python => &[
            "uv.lock",
            "poetry.lock",
            "pdm.lock",
            "pylock.toml",
            "Pipfile.lock",
            "requirements.lock",
            "requirements-lock.txt",
            "requirements.txt",
        ],
    }
}

fn check(project: &Project) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let mut manifests: Vec<_> = project
            .files
            .iter()
            .filter(|file| {
                let mut parts = file.rsplit('/');
                MANIFESTS.contains(&parts.next().unwrap_or_default())
                    && !parts.any(|folder| ASIDE.contains(&folder))
            })
            .filter_map(|file| manifest::read(project, file))
            .filter(|manifest| !manifest.file.contains('/') || manifest.sdks().next().is_some())
            .collect();
        manifests.extend(scripts(project));
        if manifests.is_empty() {
            return undeclared(project);
        }
        let mut outcome = Outcome::pass();
        for manifest in &manifests {
            for dependency in manifest.sdks() {
                if dependency.bounded == Some(false) {
                    outcome.find(unbounded(project, manifest, dependency));
                }
            }
            // requirements beside a manifest are its lock, and are judged with it
            let is_second = matches!(
                file_name(&manifest.file),
                "Pipfile" | "requirements.txt" | "setup.cfg" | "setup.py"
            ) && manifests.iter().any(|other| {
                other.ecosystem == Ecosystem::Python
                    && other.folder() == manifest.folder()
                    && other.file < manifest.file
                    && !other.dependencies.is_empty()
            });
            if !is_second {
                judge_lock(project, manifest, &mut outcome);
            }
        }
        outcome
    })
}

fn file_name(file: &str) -> &str {
    file.rsplit('/').next().unwrap_or(file)
}

/// Scripts at the top with their requirements inside.
fn scripts(project: &Project) -> impl Iterator<Item = Manifest> {
    project
        .files
        .iter()
        .filter(|file| !file.contains('/') && extension(file) == "py")
        .filter_map(|file| manifest::inline_script(project, file))
        .filter(|manifest| manifest.sdks().next().is_some())
}

/// No manifest: that is right where nothing is imported that is not there.
fn undeclared(project: &Project) -> Outcome {
    #[expect(clippy::unwrap_used, reason = "constant")]
    let import = Regex::new(r"(?m)^\s*(?:from|import)\s+((?:fast)?mcp)\b").unwrap();
    let has_module = |name: &str| {
        project
            .files
            .iter()
            .any(|file| *file == format!("{name}.py") || file.starts_with(&format!("{name}/")))
    };
    for file in project.files.iter().filter(|file| extension(file) == "py") {
        let text = project.text(file).unwrap_or_default();
        let Some(found) = import.captures(&text) else {
            continue;
        };
        if has_module(&found[1]) {
            continue;
        }
        let at = found.get(1).map_or(0, |name| name.start());
        return RULE
            .finding(
                Place::File(file.clone(), Some(line_at(&text, at))),
                format!("it imports {}, and no file says which version", &found[1]),
                "Write pyproject.toml with what the server needs, the SDK with an upper bound, and commit \
                 the lock file: `uv init --bare && uv add 'mcp>=1.9,<2'`.",
            )
            .key("manifest")
            .into();
    }
    Outcome::not_applicable("it has no manifest of Cargo, npm, Python or Go")
}

fn line_at(text: &str, at: usize) -> u32 {
    let lines = text
        .get(..at)
        .map_or(0, |before| before.matches('\n').count());
    u32::try_from(lines + 1).unwrap_or(u32::MAX)
}

/// The line of a manifest that asks for something.
fn line_of(text: &str, dependency: &Dependency) -> Option<(u32, String)> {
    let plain = |line: &str| line.to_lowercase().replace(['_', '.'], "-");
    let name = plain(&dependency.name);
    let with_name = || {
        (1..)
            .zip(text.lines())
            .filter(|(_, line)| plain(line).contains(&name))
    };
    with_name()
        .find(|(_, line)| {
            !dependency.requirement.is_empty() && line.contains(&dependency.requirement)
        })
        .or_else(|| with_name().next())
        .map(|(number, line)| (number, line.trim().to_owned()))
}

fn unbounded(project: &Project, manifest: &Manifest, dependency: &Dependency) -> Finding {
    let text = project.text(&manifest.file).unwrap_or_default();
    let (line, quoted) = line_of(&text, dependency).unzip();
    let Dependency {
        name, requirement, ..
    } = dependency;
    let major = requirement.find(['>', '=']).and_then(|at| {
        requirement[at..]
            .trim_start_matches(['>', '=', ' ', 'v'])
            .split(|letter: char| !letter.is_ascii_digit())
            .next()?
            .parse::<u32>()
            .ok()
    });
    let fix = match (manifest.ecosystem, major) {
        (Ecosystem::Python, Some(major)) if requirement.starts_with(name.as_str()) => {
            format!("Write \"{requirement},<{}\".", major.saturating_add(1))
        }
        (Ecosystem::Python, _) => {
            format!("Write \"{name}>=1.9,<2\", with the version that you tested.")
        }
        (Ecosystem::Npm | Ecosystem::Cargo, Some(major)) => {
            format!("Write \"^{major}\", or the version that you tested behind ^.")
        }
        _ => "Write \"^\" and the version that you tested.".to_owned(),
    };
    let shown = if requirement.is_empty() {
        "any version"
    } else {
        requirement
    };
    let finding = RULE
        .finding(
            Place::File(manifest.file.clone(), line),
            format!("{name} has no upper bound ({shown}): the next major version comes by itself"),
            fix,
        )
        .key(format!("bound {name}"));
    match quoted {
        Some(quoted) => finding.text("line", &quoted),
        None => finding,
    }
}

fn judge_lock(project: &Project, manifest: &Manifest, outcome: &mut Outcome) {
    if manifest.dependencies.is_empty() {
        return;
    }
    // a script of its own has a lock of its own
    let name = file_name(&manifest.file);
    let own = format!("{name}.lock");
    let names: Vec<&str> = if extension(name) == "py" && name != "setup.py" {
        vec![&own]
    } else {
        locks(manifest.ecosystem).to_vec()
    };
    let mut folder = manifest.folder();
    let mut ignored = None;
    loop {
        for lock in &names {
            let file = format!("{folder}{lock}");
            if project.has(&file) {
                return judge_text(project, manifest, &file, outcome);
            }
            if ignored.is_none() && project.inside(&file).is_some() {
                ignored = Some(file);
            }
        }
        if folder.is_empty() {
            break;
        }
        let parent = &folder[..folder.len() - 1];
        folder = parent.rfind('/').map_or("", |at| &parent[..=at]);
    }
    // the lock of a workspace lies at its top
    let around = names.iter().find_map(|lock| project.around(lock));
    if let Some((path, text)) = around
        && let Some(name) = &manifest.name
        && packages(&path.to_string_lossy(), &text)
            .is_some_and(|known| known.iter().any(|one| one == name))
    {
        return;
    }
    outcome.find(match ignored {
        Some(file) => git_ignored(project, &file),
        None => RULE
            .finding(
                Place::File(manifest.file.clone(), None),
                "no lock file: each installation may get other code",
                match manifest.ecosystem {
                    Ecosystem::Cargo => "Commit Cargo.lock: `cargo generate-lockfile && git add -f Cargo.lock`.",
                    Ecosystem::Go => "Commit go.sum: `go mod tidy && git add go.sum`.",
                    Ecosystem::Npm => "Commit package-lock.json: `npm install --package-lock-only`.",
                    Ecosystem::Python => {
                        "Commit uv.lock (`uv lock`), or requirements.txt with versions and hashes (`uv pip \
                         compile --generate-hashes pyproject.toml -o requirements.txt`)."
                    }
                },
            )
            .key("lock"),
    });
}

fn git_ignored(project: &Project, file: &str) -> Finding {
    let name = file_name(file);
    let line = project.text(".gitignore").and_then(|text| {
        (1..).zip(text.lines()).find_map(|(number, line)| {
            let pattern = line.trim().trim_start_matches('/');
            let by_end = pattern
                .strip_prefix('*')
                .is_some_and(|end| !end.is_empty() && name.ends_with(end));
            (pattern == name || pattern == file || by_end).then(|| (number, line.to_owned()))
        })
    });
    let fix = format!("Take {name} out of .gitignore and commit it.");
    let message = format!("{file} is there, but git ignores it");
    match line {
        Some((number, line)) => RULE
            .finding(
                Place::File(".gitignore".to_owned(), Some(number)),
                message,
                fix,
            )
            .text("line", &line),
        None => RULE.finding(Place::File(file.to_owned(), None), message, fix),
    }
    .key("lock")
}

fn judge_text(project: &Project, manifest: &Manifest, lock: &str, outcome: &mut Outcome) {
    let place = Place::File(lock.to_owned(), None);
    let Some(text) = project.text(lock) else {
        if extension(lock) != "lockb" {
            outcome.unknown(format!(
                "that {lock} fits: it cannot be read, or is over 2 MiB"
            ));
        }
        return;
    };
    if extension(lock) == "txt" || lock.ends_with("requirements.lock") {
        return requirements(project, manifest, lock, outcome);
    }
    let Some(known) = packages(lock, &text) else {
        outcome.find(
            RULE.finding(
                place,
                "it is no lock file: its text cannot be read as one",
                "Write it again.",
            )
            .key("unreadable"),
        );
        return;
    };
    let beside = lock.strip_suffix(file_name(lock)) == Some(manifest.folder());
    if let (Some(name), Some(locked)) = (&manifest.name, own_name(lock, &text, manifest.ecosystem))
        && beside
        && !manifest.is_workspace
        && !locked.contains(name)
        && !locked.is_empty()
    {
        outcome.find(
            RULE.finding(
                place.clone(),
                format!("it is the lock of another package: {name} is not in it"),
                "Write the lock file again with your package manager, and commit it.",
            )
            .key("name"),
        );
        return;
    }
    let missing: Vec<_> = manifest
        .dependencies
        .iter()
        .filter(|dependency| dependency.locked && !known.contains(&dependency.name))
        .map(|dependency| dependency.name.as_str())
        .collect();
    if let Some(first) = missing.first() {
        let more = match missing.len() - 1 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        outcome.find(
            RULE.finding(
                place.clone(),
                format!(
                    "it is out of date: {} asks for {first}{more}, which it does not have",
                    manifest.file
                ),
                "Write the lock file again with your package manager, and commit it.",
            )
            .key("outdated"),
        );
    } else if let Some(changed) = changed_range(&text, lock, manifest, beside) {
        outcome.find(
            RULE.finding(
                place,
                format!(
                    "it is out of date: {} asks for another {changed} than it was made for",
                    manifest.file
                ),
                "Write the lock file again: `npm install --package-lock-only`.",
            )
            .key("outdated"),
        );
    }
}

/// The names that a lock file has.
fn packages(lock: &str, text: &str) -> Option<Vec<String>> {
    Some(match file_name(lock) {
        "Pipfile.lock" => {
            let json: Json = serde_json::from_str(text).ok()?;
            ["default", "develop"]
                .iter()
                .filter_map(|part| json[*part].as_object())
                .flat_map(|part| part.keys().map(|name| manifest::normalized(name)))
                .collect()
        }
        "package-lock.json" | "npm-shrinkwrap.json" => {
            let json: Json = serde_json::from_str(text).ok()?;
            if !json.is_object() {
                return None;
            }
            let newer = json["packages"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(path, entry)| {
                    let end = path.rsplit("node_modules/").next().unwrap_or(path);
                    entry["name"].as_str().unwrap_or(end).to_owned()
                });
            let older = json["dependencies"].as_object().into_iter().flatten();
            newer.chain(older.map(|(name, _)| name.clone())).collect()
        }
        "bun.lock" | "pnpm-lock.yaml" | "yarn.lock" => {
            // `"name@range":`, `/name@1.0:`, `name:`, `"name": [`: what stands before the version
            text.lines()
                .flat_map(|line| line.split([',', '[', '{']))
                .filter_map(|part| {
                    let part = part.trim().trim_start_matches(['"', '\'', '/']);
                    let end = part
                        .get(1..)?
                        .find(['@', ':', '"', '\''])
                        .map(|at| at + 1)?;
                    Some(part[..end].to_owned())
                })
                .collect()
        }
        "go.sum" => text
            .lines()
            .filter_map(|line| line.split_whitespace().next())
            .map(str::to_owned)
            .collect(),
        _ => {
            let toml: toml::Table = text.parse().ok()?;
            let list = toml.get("package").or(toml.get("packages"));
            let names = list
                .and_then(toml::Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|package| package.get("name")?.as_str());
            if file_name(lock) == "Cargo.lock" {
                names.map(str::to_owned).collect()
            } else {
                names.map(manifest::normalized).collect()
            }
        }
    })
}

/// The names of the project's own packages in a lock file; none where such a file does not say them.
fn own_name(lock: &str, text: &str, ecosystem: Ecosystem) -> Option<Vec<String>> {
    match file_name(lock) {
        "Cargo.lock" => packages(lock, text),
        "package-lock.json" | "npm-shrinkwrap.json" => {
            let json: Json = serde_json::from_str(text).ok()?;
            let name = json["packages"][""]["name"]
                .as_str()
                .or(json["name"].as_str());
            Some(name.map(str::to_owned).into_iter().collect())
        }
        name if name == "uv.lock" && ecosystem == Ecosystem::Python => {
            let toml: toml::Table = text.parse().ok()?;
            Some(
                toml.get("package")?
                    .as_array()?
                    .iter()
                    .filter(|package| {
                        package.get("source").is_some_and(|source| {
                            source.get("virtual").is_some() || source.get("editable").is_some()
                        })
                    })
                    .filter_map(|package| package.get("name")?.as_str())
                    .map(manifest::normalized)
                    .collect(),
            )
        }
        _ => None,
    }
}

/// The dependency whose range npm's lock was made for another one of.
fn changed_range(text: &str, lock: &str, manifest: &Manifest, beside: bool) -> Option<String> {
    if !beside || !matches!(file_name(lock), "package-lock.json" | "npm-shrinkwrap.json") {
        return None;
    }
    let json: Json = serde_json::from_str(text).ok()?;
    let own = json["packages"].get("")?;
    manifest.dependencies.iter().find_map(|dependency| {
        let locked = ["dependencies", "devDependencies", "optionalDependencies"]
            .iter()
            .find_map(|kind| own[*kind][dependency.name.as_str()].as_str())?;
        (locked != dependency.requirement).then(|| dependency.name.clone())
    })
}

/// `requirements.txt` as a lock: every line with one version and its hashes.
fn requirements(project: &Project, manifest: &Manifest, lock: &str, outcome: &mut Outcome) {
    let text = project.text(lock).unwrap_or_default();
    let Some(read) = manifest::read(project, lock) else {
        return;
    };
    let open: Vec<_> = read
        .dependencies
        .iter()
        .filter(|dependency| {
            !dependency.requirement.contains("==") && !dependency.requirement.contains('@')
        })
        .collect();
    let fix = "Write it with versions and hashes: `uv pip compile --generate-hashes pyproject.toml -o \
               requirements.txt`, or commit uv.lock instead.";
    if let Some(first) = open.first() {
        let line = line_of(&text, first).map(|(line, _)| line);
        outcome.find(
            RULE.finding(
                Place::File(lock.to_owned(), line),
                format!(
                    "{} is not pinned, and there is no other lock file",
                    first.name
                ),
                fix,
            )
            .key("lock"),
        );
    } else if read
        .dependencies
        .iter()
        .any(|dependency| !dependency.locked)
    {
        outcome.find(
            RULE.finding(
                Place::File(lock.to_owned(), None),
                "its versions have no hashes, and there is no other lock file",
                fix,
            )
            .key("lock"),
        );
    } else if let Some(missing) = manifest.dependencies.iter().find(|dependency| {
        dependency.locked
            && !read
                .dependencies
                .iter()
                .any(|known| known.name == dependency.name)
    }) {
        outcome.find(
            RULE.finding(
                Place::File(lock.to_owned(), None),
                format!(
                    "it is out of date: {} asks for {}",
                    manifest.file, missing.name
                ),
                fix,
            )
            .key("outdated"),
        );
    }
}
