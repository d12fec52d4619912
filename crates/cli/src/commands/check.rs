//! `seaworthy check`: the gate, on the command line.

use std::{
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use seaworthy_gate::{
    CheckError, Command, Era, Level, Options, Permission, Progress, Report, Target,
    baseline::Baseline,
    check_with,
    configuration::{self, Configuration},
    explain,
    project::Project,
    report::{html, json, junit, markdown, sarif, text},
    rule::Rule,
    rules,
};
use serde_json::Value;

use crate::{environment, failure::Failure, signal::signalled};

/// Finds what is wrong with any MCP server
///
/// Judges a server by sixty rules: its protocol, its behaviour under bad input, what its tools tell a
/// model, its security, and its repository. The server is a command after --, the address of an HTTP
/// endpoint, or a project's folder. Only calls that cannot act are made, unless --active or
/// --destructive allow more; the report says what was done.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment, after_help = HELP)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(crate) struct Arguments {
    /// The address of an HTTP endpoint, or the folder of a project
    target: Option<String>,
    /// The command that starts the server
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,

    /// Allow valid calls of tools that read
    #[arg(long)]
    active: bool,
    /// Allow calls that would act if the server is wrong; needs --sandboxed, or a yes at the terminal
    #[arg(long)]
    destructive: bool,
    /// Say that the server's data may be lost: it is a sandbox
    #[arg(long, requires = "destructive")]
    sandboxed: bool,
    /// Valid arguments of a tool, as TOOL='{"id": 7}'; may be repeated
    #[arg(long = "example", value_name = "TOOL=JSON", value_parser = example)]
    examples: Vec<(String, Value)>,

    /// A variable for the server: NAME=VALUE, or NAME to pass on one's own; may be repeated
    #[arg(long, value_name = "NAME[=VALUE]")]
    env: Vec<String>,
    /// The folder to start the server in
    #[arg(long, value_name = "FOLDER")]
    cwd: Option<PathBuf>,
    /// A header of every HTTP request, as NAME: VALUE, or @FILE with one a line; may be repeated
    #[arg(long = "header", value_name = "HEADER")]
    headers: Vec<String>,
    /// Speak this era of the protocol only
    #[arg(long, value_name = "ERA")]
    era: Option<EraName>,
    /// How long to wait for an answer
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: Option<u64>,
    /// How many rules may talk to the server at once
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    /// The seed of generated values, to repeat a run
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// Judge by this rule only (id or name); may be repeated
    #[arg(long = "rule", value_name = "RULE", value_parser = rule)]
    rules: Vec<&'static Rule>,
    /// Do not judge by this rule; may be repeated
    #[arg(long = "skip", value_name = "RULE", value_parser = rule)]
    skip: Vec<&'static Rule>,
    /// Fail from this level on
    #[arg(long, value_name = "LEVEL")]
    fail_on: Option<LevelName>,
    /// The project's settings (default: seaworthy.toml in the project's or the current folder)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Known findings, which do not count
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write all findings into the file of --baseline
    #[arg(long, requires = "baseline")]
    update_baseline: bool,
    /// The recorded surface (default: mcp.lock in the project's or the current folder, if it is there)
    #[arg(long, value_name = "FILE")]
    lock: Option<PathBuf>,
    /// Record the surface in the file of --lock
    #[arg(long)]
    update_lock: bool,

    /// How to tell it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Write the report into a file
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write the report in a further format too; may be repeated
    #[arg(long, value_name = "FORMAT=FILE", value_parser = also)]
    also: Vec<(Format, PathBuf)>,
    /// The file that findings about the server are shown at in SARIF
    #[arg(long, value_name = "FILE", default_value = "README.md")]
    anchor: String,
    /// Show the exchanges that prove findings
    #[arg(long)]
    proof: bool,

    /// Explain a rule, and judge nothing
    #[arg(long, value_name = "RULE", value_parser = rule, conflicts_with_all = ["target", "command", "list"])]
    explain: Option<&'static Rule>,
    /// List the rules, and judge nothing
    #[arg(long, conflicts_with_all = ["target", "command"])]
    list: bool,
}

const HELP: &str = "\
Exit status: 0 no finding at or above --fail-on (default: error); 1 there is one; 2 used wrongly, or
the address or folder cannot be used; 3 the server could not be started (its stderr is shown).

A started server gets PATH, HOME, LANG and their like, what --env names, and a canary that must not
come back; nothing else of the environment.

Examples:
  seaworthy check -- npx -y some-server
  seaworthy check --env API_KEY --active -- uv run my-server
  seaworthy check https://host/mcp --header \"Authorization: Bearer $TOKEN\"
  seaworthy check ./project --fail-on warning --format sarif --output seaworthy.sarif
  seaworthy check ./project --update-lock
  seaworthy check --explain P01";

#[derive(Clone, Copy, Debug, ValueEnum)]
enum EraName {
    Legacy,
    Modern,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LevelName {
    Error,
    Note,
    Warning,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Format {
    Html,
    Json,
    Junit,
    Markdown,
    Sarif,
    Text,
}

impl From<LevelName> for Level {
    fn from(name: LevelName) -> Self {
        match name {
            LevelName::Error => Self::Error,
            LevelName::Note => Self::Note,
            LevelName::Warning => Self::Warning,
        }
    }
}

fn rule(name: &str) -> Result<&'static Rule, String> {
    rules::rule(name)
        .ok_or_else(|| "there is no such rule; seaworthy check --list shows all".to_owned())
}

fn example(text: &str) -> Result<(String, Value), String> {
    let (tool, arguments) = text
        .split_once('=')
        .ok_or("write TOOL='{\"argument\": \"value\"}'")?;
    let arguments: Value = serde_json::from_str(arguments)
        .map_err(|error| format!("the arguments are no JSON: {error}"))?;
    if arguments.is_object() {
        Ok((tool.to_owned(), arguments))
    } else {
        Err("the arguments must be a JSON object".to_owned())
    }
}

fn also(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, file) = text.split_once('=').ok_or("write FORMAT=FILE")?;
    Ok((Format::from_str(format, false)?, PathBuf::from(file)))
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    if let Some(rule) = arguments.explain {
        anstream::print!("{}", explain::markdown(rule));
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.list {
        list(arguments.json);
        return Ok(ExitCode::SUCCESS);
    }
    let (target, folder) = target(arguments)?;
    let configuration = configuration(arguments, &folder)?;
    let lock = arguments
        .lock
        .clone()
        .unwrap_or_else(|| folder.join("mcp.lock"));
    let mut options = options(arguments, &configuration, &lock)?;
    // what a server leaves behind is found even where it hides its origin
    if let Err(error) = seaworthy_gate::adopt_orphans() {
        tracing::warn!(%error, "orphans of servers cannot be adopted");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::failed("the runtime could not start", error))?;
    let target = match target {
        Target::Project(root, None) => {
            let command = match &configuration.command {
                Some(command) => Some(command.clone()),
                None => discover(&root, &runtime, &mut options)?,
            };
            Target::Project(root, command)
        }
        other => other,
    };
    let bar = options.progress.is_some().then(ProgressBar::new_spinner);
    let options = with_progress(options, bar.as_ref());
    let report = runtime.block_on(async {
        tokio::select! {
            report = check_with(target, options) => Some(report.map_err(|error| failed(&error))),
            true = signalled() => None,
        }
    });
    let report = report.unwrap_or_else(|| {
        runtime.block_on(seaworthy_gate::end_adopted());
        Err(Failure::failed(
            "interrupted",
            "the server was ended; nothing was written",
        ))
    });
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    let mut report = report?;
    if let Some(file) = &arguments.baseline {
        baseline(arguments, file, &mut report)?;
    }
    if arguments.update_lock {
        update_lock(&lock, &report)?;
    }
    let fail_on = arguments
        .fail_on
        .map(Level::from)
        .or(configuration.fail_on)
        .unwrap_or(Level::Error);
    tell(arguments, &report, fail_on)?;
    Ok(if report.fails(fail_on) {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    })
}

fn list(json: bool) {
    if json {
        let all: Vec<_> = rules::RULES
            .iter()
            .map(|rule| {
                serde_json::json!({
                    "rule": rule.id, "name": rule.name, "level": rule.level.name(),
                    "basis": rule.basis.name(), "summary": rule.summary, "area": rule.area().name(),
                })
            })
            .collect();
        anstream::println!("{}", Value::Array(all));
        return;
    }
    for rule in rules::RULES {
        let (level, basis) = (rule.level.name(), rule.basis.name());
        anstream::println!(
            "{} {:<24} {level:<8} {basis:<10} {}",
            rule.id,
            rule.name,
            rule.summary
        );
    }
}

/// What is judged, and the folder that its files are looked for in.
fn target(arguments: &Arguments) -> Result<(Target, PathBuf), Failure> {
    let command = Command::new(arguments.command.iter().cloned());
    let here = arguments.cwd.clone().unwrap_or_else(|| PathBuf::from("."));
    match (&arguments.target, command) {
        (None, Some(command)) => Ok((Target::Command(command), here)),
        (None, None) => Err(Failure::usage(
            "there is nothing to check",
            "name a command after --, an address, or a folder: seaworthy check -- npx -y some-server",
        )),
        (Some(target), command) if target.contains("://") => {
            if command.is_some() {
                return Err(Failure::usage(
                    "both an address and a command are named",
                    "check one of them at a time",
                ));
            }
            let url = url::Url::parse(target)
                .ok()
                .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
                .ok_or_else(|| {
                    Failure::usage(
                        "the address is no http:// or https:// URL",
                        "write https://host/mcp",
                    )
                })?;
            Ok((Target::Url(url), here))
        }
        (Some(target), command) => {
            let root = PathBuf::from(target);
            if !root.is_dir() {
                return Err(Failure::usage(
                    format_args!("{target} is no folder"),
                    "a command goes after --: seaworthy check -- COMMAND",
                ));
            }
            Ok((Target::Project(root.clone(), command), root))
        }
    }
}

/// The command that a project's own files name for its server; where none does, only the files are
/// judged, and that is said.
fn discover(
    root: &Path,
    runtime: &tokio::runtime::Runtime,
    options: &mut Options,
) -> Result<Option<Command>, Failure> {
    let discovery = runtime
        .block_on(Project::discover_command(root))
        .map_err(|error| {
            Failure::usage(
                format_args!("{} cannot be read: {error}", root.display()),
                "name a folder that holds a server's project",
            )
        })?;
    let Some(found) = discovery.found else {
        for reason in &discovery.reasons {
            anstream::eprintln!("seaworthy: {reason}");
        }
        anstream::eprintln!(
            "seaworthy: no file says how the server starts, so only the files are judged - name it: [server] command in seaworthy.toml, or after --"
        );
        return Ok(None);
    };
    anstream::eprintln!(
        "seaworthy: {} starts the server: {}",
        found.source,
        found.command
    );
    for (name, value) in found.env {
        options.env.entry(name).or_insert(value);
    }
    Ok(Some(found.command))
}

fn configuration(arguments: &Arguments, folder: &Path) -> Result<Configuration, Failure> {
    let usual = folder.join(configuration::FILE);
    let file = match &arguments.config {
        Some(file) => file,
        None if usual.is_file() => &usual,
        None => return Ok(Configuration::default()),
    };
    let text = read(file, "correct --config")?;
    Configuration::read(&text).map_err(|error| {
        Failure::usage(
            format_args!("{}: {}", file.display(), error.to_string().trim()),
            "docs/check.md shows what it may say",
        )
    })
}

fn read(file: &Path, hint: &str) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| {
        Failure::usage(
            format_args!("{} cannot be read: {error}", file.display()),
            hint,
        )
    })
}

fn options(
    arguments: &Arguments,
    configuration: &Configuration,
    lock: &Path,
) -> Result<Options, Failure> {
    let mut options = Options {
        cwd: arguments.cwd.clone(),
        era: arguments.era.map(|era| match era {
            EraName::Legacy => Era::Legacy,
            EraName::Modern => Era::Modern,
        }),
        jobs: arguments.jobs.into(),
        permission: permission(arguments)?,
        seed: arguments.seed,
        only: arguments.rules.clone(),
        off: arguments
            .skip
            .iter()
            .map(|rule| (*rule, "--skip".to_owned()))
            .collect(),
        headers: headers(&arguments.headers)?,
        ..Options::default()
    };
    for (tool, example) in &arguments.examples {
        options
            .examples
            .entry(tool.clone())
            .or_default()
            .push(example.clone());
    }
    for name in arguments.env.iter().chain(&configuration.env) {
        match name.split_once('=') {
            Some(("", _)) => {
                return Err(Failure::usage(
                    "--env has no name",
                    "write --env NAME=VALUE",
                ));
            }
            Some((name, value)) => {
                options.env.insert(name.to_owned(), value.to_owned());
            }
            None if options.env.contains_key(name) => {}
            None => match environment::named(name)? {
                Some(value) => {
                    options.env.insert(name.clone(), value);
                }
                None if configuration.env.contains(name) => {}
                None => {
                    return Err(Failure::usage(
                        format_args!("--env {name}: it is not set here"),
                        format_args!("set it, or write --env {name}=VALUE"),
                    ));
                }
            },
        }
    }
    if let Some(timeout) = arguments
        .timeout
        .map(Duration::from_secs)
        .or(configuration.timeout)
    {
        options.timeout = timeout;
    }
    if !arguments.update_lock && (arguments.lock.is_some() || lock.is_file()) {
        options.lock = Some(read(lock, "write it with --update-lock")?);
    }
    configuration.apply(&mut options);
    if std::io::stderr().is_terminal() {
        options.progress = Some(Arc::new(|_| ()));
    }
    Ok(options)
}

/// What the run may do. The gravest is asked for twice.
fn permission(arguments: &Arguments) -> Result<Permission, Failure> {
    if !arguments.destructive {
        return Ok(if arguments.active {
            Permission::Active
        } else {
            Permission::Safe
        });
    }
    if arguments.sandboxed {
        return Ok(Permission::Destructive);
    }
    let hint = "add --sandboxed where the server's data may be lost";
    if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
        return Err(Failure::usage(
            "--destructive must be asked for twice",
            hint,
        ));
    }
    anstream::eprint!(
        "This may delete, send or change what the server reaches. Type yes to go on: "
    );
    let _ = std::io::stderr().flush();
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    if read.is_ok() && line.trim() == "yes" {
        Ok(Permission::Destructive)
    } else {
        Err(Failure::usage("--destructive was not confirmed", hint))
    }
}

fn headers(given: &[String]) -> Result<Vec<(String, String)>, Failure> {
    let mut lines = Vec::new();
    for header in given {
        match header.strip_prefix('@') {
            Some(file) => {
                let text = read(Path::new(file), "correct --header @FILE")?;
                lines.extend(
                    text.lines()
                        .filter(|line| !line.trim().is_empty())
                        .map(str::to_owned),
                );
            }
            None => lines.push(header.clone()),
        }
    }
    lines
        .iter()
        .map(|line| {
            // never shown: it may be a secret
            let wrong = || {
                Failure::usage(
                    "a header is not NAME: VALUE",
                    "write --header \"NAME: VALUE\"",
                )
            };
            let (name, value) = line.split_once(':').ok_or_else(wrong)?;
            let (name, value) = (name.trim(), value.trim());
            let name_is_token = !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
            let value_is_text = value.bytes().all(|byte| byte >= 0x20 && byte != 0x7f);
            if name_is_token && value_is_text {
                Ok((name.to_owned(), value.to_owned()))
            } else {
                Err(wrong())
            }
        })
        .collect()
}

/// Lets a bar on the terminal follow the run.
fn with_progress(mut options: Options, bar: Option<&ProgressBar>) -> Options {
    let Some(bar) = bar.cloned() else {
        return options;
    };
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    options.progress = Some(Arc::new(move |progress| match progress {
        Progress::Connecting => bar.set_message("starting the server"),
        Progress::Listing => bar.set_message("reading its lists"),
        Progress::Judged(done, all, rule) => {
            bar.set_message(format!("{done} of {all} rules: {} {}", rule.id, rule.name));
        }
    }));
    options
}

fn failed(error: &CheckError) -> Failure {
    match error {
        CheckError::Start { stderr, .. } => {
            let said = stderr.trim();
            if !said.is_empty() {
                let mut out = anstream::stderr();
                let _ = writeln!(out, "--- the server's stderr ---");
                for line in said.lines() {
                    let _ = writeln!(out, "{}", seaworthy_gate::finding::harmless(line, 2_000));
                }
                let _ = writeln!(out, "---");
            }
            Failure::not_started(
                error,
                "run the command by itself; variables that it needs go in --env",
            )
        }
        CheckError::Unusable { hint, .. } => Failure::usage(error, hint),
    }
}

fn baseline(arguments: &Arguments, file: &Path, report: &mut Report) -> Result<(), Failure> {
    if arguments.update_baseline {
        return write(file, &Baseline::of(report).render());
    }
    let text = read(file, "write it with --update-baseline")?;
    let baseline = Baseline::read(&text).map_err(|error| {
        Failure::usage(
            format_args!("{} is no baseline: {error}", file.display()),
            "write it anew with --update-baseline",
        )
    })?;
    baseline.apply(report);
    Ok(())
}

fn update_lock(lock: &Path, report: &Report) -> Result<(), Failure> {
    let Some(surface) = &report.lock else {
        return Err(Failure::failed(
            "the surface could not be read, so nothing is recorded",
            "see the report",
        ));
    };
    write(lock, surface)
}

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(file, text).map_err(|error| {
        Failure::failed(
            format_args!("{} cannot be written: {error}", file.display()),
            "name a file in a folder that is there",
        )
    })
}

fn tell(arguments: &Arguments, report: &Report, fail_on: Level) -> Result<(), Failure> {
    for (format, file) in &arguments.also {
        write(file, &page(*format, arguments, report, fail_on, false)?)?;
    }
    let format = if arguments.json {
        Format::Json
    } else {
        arguments.format
    };
    let page = page(
        format,
        arguments,
        report,
        fail_on,
        arguments.output.is_none(),
    )?;
    match &arguments.output {
        Some(file) => write(file, &page),
        // a reader that has seen enough is no failure
        None if format == Format::Text => {
            let _ = anstream::stdout().write_all(page.as_bytes());
            Ok(())
        }
        None => {
            let _ = std::io::stdout().write_all(page.as_bytes());
            Ok(())
        }
    }
}

fn page(
    format: Format,
    arguments: &Arguments,
    report: &Report,
    fail_on: Level,
    colour: bool,
) -> Result<String, Failure> {
    Ok(match format {
        Format::Html => html::render(report),
        Format::Json => json::render(report),
        Format::Junit => junit::render(report, fail_on)
            .map_err(|error| Failure::failed("the report cannot be written as XML", error))?,
        Format::Markdown => markdown::render(report),
        Format::Sarif => sarif::render(report, &arguments.anchor),
        Format::Text => {
            let columns = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
            let look = text::Look {
                colour,
                proof: arguments.proof,
                width: columns.unwrap_or(100).min(120),
                from: None,
            };
            text::render_as(report, look)
        }
    })
}
