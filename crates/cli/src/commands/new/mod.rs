//! `seaworthy new`: a new server project.

use std::{
    io::IsTerminal,
    path::{Path, PathBuf},
    process::Command,
};

use clap::{Args, ValueEnum};
use dialoguer::{Confirm, Input, Select};
use seaworthy_scaffold::{
    Answers, BadAnswer, Feature, Language, Name, answers, folder, folder::WriteError, openapi::Api,
    render, render::RenderError, template::Template,
};

use super::install::{ClientName, install_project};
use crate::failure::Failure;

mod api;

/// Makes a new MCP server that passes the gate from the first minute
///
/// The project is a small finished product: a server that keeps notes, with its tests, lints, CI,
/// container, documentation and lock file. Change it into yours; `seaworthy upgrade` brings what a
/// newer template has.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment, after_help = HELP)]
pub(crate) struct Arguments {
    /// The project's name: lower case, digits and hyphens, as in weekly-notes
    name: Option<String>,
    /// The language
    #[arg(long, value_name = "LANGUAGE")]
    lang: Option<LanguageName>,
    /// The folder (default: one of the project's name, here)
    #[arg(long, value_name = "FOLDER")]
    path: Option<PathBuf>,
    /// What the server is for, in one line
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// The first version (default: 0.1.0)
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// The GitHub account that it will live under (default: git's github.user)
    #[arg(long, value_name = "ACCOUNT")]
    owner: Option<String>,
    /// Who holds the copyright (default: git's user.name)
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    /// Add a part: sandbox, for Python in a sandbox; may be repeated
    #[arg(long = "with", value_name = "PART")]
    with: Vec<Part>,
    #[arg(
        long,
        value_name = "FILE",
        help = "Make tools from an OpenAPI document, 3.0 or 3.1 in JSON, in place of import_issue"
    )]
    api: Option<PathBuf>,
    /// Of the document, make this group's tools, or this tool; may be repeated (default: the best)
    #[arg(long = "group", value_name = "NAME", requires = "api")]
    groups: Vec<String>,
    /// Only show the groups of tools that the document allows
    #[arg(long, requires = "api", conflicts_with_all = ["groups", "install"])]
    list_groups: bool,
    /// Write it into a client's configuration too
    #[arg(long, value_name = "CLIENT")]
    install: Option<ClientName>,
    /// Ask nothing: what is not given has its default
    #[arg(long, short)]
    yes: bool,
    /// Print what was made as JSON
    #[arg(long, conflicts_with = "install")]
    json: bool,
}

const HELP: &str = "\
Asks for what is missing where stdin and stderr are a terminal; elsewhere, or with --yes, NAME is
needed and the rest has its default (Python). A folder that is not empty is refused; when
something cannot be written, nothing is left behind.

Examples:
  seaworthy new
  seaworthy new weekly-notes --lang rust --yes
  seaworthy new weekly-notes --description 'Notes of the week' --with sandbox
  seaworthy new --api openapi.json --list-groups
  seaworthy new pet-shop --api openapi.json --group pets --group find_orders";

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LanguageName {
    Python,
    Rust,
}

impl From<LanguageName> for Language {
    fn from(name: LanguageName) -> Self {
        match name {
            LanguageName::Python => Self::Python,
            LanguageName::Rust => Self::Rust,
        }
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Part {
    Sandbox,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let api = arguments.api.as_deref().map(api::read).transpose()?;
    if let (Some(api), true) = (&api, arguments.list_groups) {
        api::list(api, arguments.json);
        return Ok(());
    }
    let asks = !arguments.yes && std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    let name = name(arguments, asks)?;
    let folder = arguments
        .path
        .clone()
        .unwrap_or_else(|| PathBuf::from(name.kebab()));
    // before anything is asked: no answer is given in vain
    folder::check_free(&folder).map_err(|error| not_written(&error))?;
    let answers = answers(arguments, name, api.as_ref(), asks)?;
    let template = Template::of(answers.language);
    let tree = render(template, template.version, &answers).map_err(|error| match error {
        RenderError::Api(error) => api::failed(&error),
        error => Failure::failed(error, "this is a fault of seaworthy; please report it"),
    })?;
    folder::write(&folder, &tree).map_err(|error| not_written(&error))?;
    init_git(&folder);
    tell(arguments, &answers, api.as_ref(), &folder, tree.len());
    match arguments.install {
        Some(client) => install_project(client, &folder),
        None => Ok(()),
    }
}

fn not_written(error: &WriteError) -> Failure {
    match error {
        WriteError::Taken { .. } => Failure::usage(error, "give another folder with --path"),
        WriteError::Refused { .. } => Failure::failed(
            error,
            "nothing was left behind; mend that, or give another folder with --path",
        ),
    }
}

fn name(arguments: &Arguments, asks: bool) -> Result<Name, Failure> {
    let Some(text) = &arguments.name else {
        if !asks {
            return Err(Failure::usage(
                "a name is needed",
                "seaworthy new NAME; without a terminal, or with --yes, nothing is asked",
            ));
        }
        return asked(
            Input::<String>::new()
                .with_prompt("Name (lower case, digits, hyphens)")
                .validate_with(|text: &String| Name::parse(text).map(drop))
                .interact_text(),
        )
        .and_then(|text| Name::parse(&text).map_err(|bad| Failure::usage(bad, "try another")));
    };
    Name::parse(text).map_err(|bad| {
        let hint = match &bad.suggestion {
            Some(name) => format!("try: seaworthy new {name}"),
            None => "give a name such as weekly-notes".to_owned(),
        };
        Failure::usage(bad, hint)
    })
}

fn answers(
    arguments: &Arguments,
    name: Name,
    api: Option<&Api>,
    asks: bool,
) -> Result<Answers, Failure> {
    let language = match arguments.lang {
        Some(language) => language.into(),
        None if asks => {
            let choice = Select::new()
                .with_prompt("Language")
                .items(Language::ALL.map(Language::as_str))
                .default(0)
                .interact();
            Language::ALL[asked(choice)?]
        }
        None => Language::Python,
    };
    let answer = |given: &Option<String>,
                  prompt: &str,
                  default: String,
                  judge: fn(&str) -> Result<String, BadAnswer>| {
        match given {
            Some(text) => judge(text).map_err(bad),
            None if asks => asked(
                Input::<String>::new()
                    .with_prompt(prompt)
                    .default(default)
                    .validate_with(|text: &String| judge(text).map(drop))
                    .interact_text(),
            )
            .and_then(|text| judge(&text).map_err(bad)),
            None => Ok(default),
        }
    };
    // what git knows is only used where it is an answer that could have been given
    let known = |key: &str, judge: fn(&str) -> Result<String, BadAnswer>| {
        git_config(key).and_then(|text| judge(&text).ok())
    };
    let owner = known("github.user", answers::owner).unwrap_or_else(|| answers::OWNER.to_owned());
    let author = known("user.name", answers::author);
    let description = answer(
        &arguments.description,
        "What it is for",
        answers::DESCRIPTION.to_owned(),
        answers::description,
    )?;
    let version = match &arguments.version {
        Some(text) => answers::version(text).map_err(bad)?,
        None => answers::VERSION.to_owned(),
    };
    let owner = answer(&arguments.owner, "GitHub account", owner, answers::owner)?;
    let author = match (&arguments.author, author) {
        (Some(text), _) => answers::author(text).map_err(bad)?,
        (None, Some(author)) => author,
        (None, None) => format!("the authors of {}", name.kebab()),
    };
    let mut features = api.map_or_else(|| [Feature::Api].into(), Api::features);
    let sandbox = wants_sandbox(arguments, asks)?;
    if sandbox {
        std::collections::BTreeSet::insert(&mut features, Feature::Sandbox);
    }
    let api = match api {
        Some(api) => Some(api::choose(api, &arguments.groups, sandbox, asks)?),
        None => None,
    };
    Ok(Answers {
        language,
        name,
        description,
        version,
        owner,
        author,
        year: this_year(),
        features,
        api,
    })
}

fn wants_sandbox(arguments: &Arguments, asks: bool) -> Result<bool, Failure> {
    if arguments.with.contains(&Part::Sandbox) || !asks {
        return Ok(arguments.with.contains(&Part::Sandbox));
    }
    asked(
        Confirm::new()
            .with_prompt("With run_python, Python in a sandbox")
            .default(false)
            .interact(),
    )
}

fn this_year() -> u16 {
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    // a clock that is set before the year 0 is none
    u16::try_from(now.year()).unwrap_or_default()
}

fn bad(error: BadAnswer) -> Failure {
    let hint = format!("give another with --{}", error.what);
    Failure::usage(error, hint)
}

fn asked<T>(answer: dialoguer::Result<T>) -> Result<T, Failure> {
    answer.map_err(|error| {
        Failure::failed(
            format_args!("nothing was made: {error}"),
            "answer the questions, or give the answers as options",
        )
    })
}

/// What git is configured to, if git is there and knows.
#[expect(
    clippy::disallowed_methods,
    reason = "only git knows its configuration"
)]
fn git_config(key: &str) -> Option<String> {
    let output = Command::new("git").args(["config", "--get", key]).output();
    let text = String::from_utf8(output.ok()?.stdout).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Puts the project under version control where git is there and has not that folder already. Without
/// git it is as good a project.
#[expect(clippy::disallowed_methods, reason = "git makes its own repositories")]
fn init_git(folder: &Path) {
    let git = |words: &[&str]| {
        Command::new("git")
            .args(words)
            .current_dir(folder)
            .output()
            .is_ok_and(|output| output.status.success())
    };
    if !git(&["rev-parse", "--is-inside-work-tree"]) {
        git(&["init", "--quiet", "--initial-branch=main"]);
    }
}

fn tell(arguments: &Arguments, answers: &Answers, api: Option<&Api>, folder: &Path, files: usize) {
    let last = match (arguments.install, answers.language) {
        (None, _) => "seaworthy install claude-code --server .",
        // what was installed is the program that this builds
        (Some(_), Language::Rust) => "cargo build --release",
        (Some(_), Language::Python) => "seaworthy doctor",
    };
    let next = [
        format!("cd {}", quoted(folder)),
        "./check".to_owned(),
        last.to_owned(),
    ];
    if arguments.json {
        let made = serde_json::json!({
            "path": folder,
            "name": answers.name.kebab(),
            "language": answers.language,
            "features": answers.features,
            "files": files,
            "next": next,
            "api": api.zip(answers.api.as_ref()).map(|(api, source)| api::as_json(api, source)),
        });
        anstream::println!("{made:#}");
        return;
    }
    anstream::println!(
        "Made {}, a server in {}: {files} files in {}",
        answers.name,
        match answers.language {
            Language::Python => "Python",
            Language::Rust => "Rust",
        },
        folder.display(),
    );
    if answers.owner == answers::OWNER {
        anstream::println!(
            "Its links say {}; give --owner, or put your GitHub account there.",
            answers::OWNER
        );
    }
    match api.zip(answers.api.as_ref()) {
        Some((api, source)) => api::tell(api, source, &answers.name),
        None => anstream::println!(
            "Its server needs {}_API_KEY, a GitHub token; .env.example says more.",
            answers.name.screaming()
        ),
    }
    anstream::println!("\nNext:");
    for command in next {
        anstream::println!("  {command}");
    }
}

/// A path as a shell reads it.
fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_');
    if text.chars().all(plain) {
        text.into_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}
