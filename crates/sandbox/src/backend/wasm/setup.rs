//! Gets the guest ready, once a version: makes the component with `componentize-py`, compiles it.
//!
//! The only thing fetched is one wheel from the Python package index, pinned by digest, through
//! the user's own pip or uv and so through their index and proxy. Where a component was shipped
//! with the program, nothing is fetched at all.

use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::process::Command;

use super::{Settings, compiled, source};
use crate::Why;

/// How long pip may take.
const FETCH: Duration = Duration::from_secs(600);
/// How long making the component may take.
const BUILD: Duration = Duration::from_secs(300);

/// Runs componentize-py from the folder in argv[1], with the other arguments.
const RUN: &str = "import sys; sys.path.insert(0, sys.argv.pop(1)); \
    from componentize_py import script; sys.exit(script())";
/// Tells whether this Python has what is needed.
const PROBE: &str = "import sys; assert sys.version_info >= (3, 10); import pip";

/// One step of the set-up, about to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its number, from 1.
    pub number: u32,
    /// How many there are.
    pub of: u32,
    /// What is done.
    pub text: String,
}

/// Whether anything is left to do: no compiled guest of this version is there.
///
/// # Errors
/// The engine does not work on this platform.
pub fn is_ready(settings: &Settings) -> Result<bool, Why> {
    Ok(compiled::compiled_file(&settings.folder)?.is_file())
}

/// Does what is left to do; answers where the compiled guest is.
///
/// # Errors
/// What is missing, with the remedy.
pub async fn set_up(settings: &Settings, say: &(dyn Fn(Step) + Sync)) -> Result<PathBuf, Why> {
    let file = compiled::compiled_file(&settings.folder)?;
    if file.is_file() {
        return Ok(file);
    }
    // two programs that start at once do the work once
    let _turn = turn(&settings.folder).await?;
    if file.is_file() {
        return Ok(file);
    }
    let component = match component(settings) {
        Some(component) => component,
        None => build(settings, say).await?,
    };
    say(Step {
        number: 3,
        of: 3,
        text: "compile it for this machine (some seconds)".to_owned(),
    });
    let folder = settings.folder.clone();
    tokio::task::spawn_blocking(move || compiled::compile(&component, &folder))
        .await
        .map_err(|error| Why::new(format!("the compiler failed: {error}"), "try again"))?
}

/// Waits for the turn to change `folder`; it lasts as long as the file is open.
async fn turn(folder: &Path) -> Result<fs::File, Why> {
    let path = folder.to_owned();
    let locked = tokio::task::spawn_blocking(move || {
        compiled::make_folder(&path)?;
        let file = fs::File::create(path.join("lock"))?;
        file.lock()?;
        Ok(file)
    });
    let locked = locked
        .await
        .unwrap_or_else(|error| Err(io::Error::other(error)));
    locked.map_err(|error| cannot_write(folder, &error))
}

/// A component of this version: made here before, or shipped with the program.
fn component(settings: &Settings) -> Option<PathBuf> {
    [Some(&settings.folder), settings.shipped.as_ref()]
        .into_iter()
        .flatten()
        .map(|folder| compiled::component_file(folder))
        .find(|file| file.is_file())
}

/// What installs the wheel, and the Python that runs it.
struct Installer {
    python: &'static str,
    uv: bool,
}

impl Installer {
    fn name(&self) -> &'static str {
        if self.uv { "uv" } else { "pip" }
    }
}

async fn build(settings: &Settings, say: &(dyn Fn(Step) + Sync)) -> Result<PathBuf, Why> {
    let installer = installer().await?;
    let name = source::COMPONENTIZE;
    let version = source::COMPONENTIZE_VERSION;
    say(Step {
        number: 1,
        of: 3,
        text: format!(
            "fetch {name} {version} (17 MB) from the Python package index with {}",
            installer.name()
        ),
    });
    compiled::make_folder(&settings.folder)
        .map_err(|error| cannot_write(&settings.folder, &error))?;
    let work = tempfile::tempdir_in(&settings.folder)
        .map_err(|error| cannot_write(&settings.folder, &error))?;
    let component = compiled::component_file(&settings.folder);
    let made = work.path().join("python.wasm");
    let site = work.path().join("site");
    lay_out(work.path()).map_err(|error| cannot_write(work.path(), &error))?;

    fetch(&installer, work.path(), &site, &component).await?;

    say(Step {
        number: 2,
        of: 3,
        text: "make the guest: CPython 3.14 with its library, warmed up (some seconds)".to_owned(),
    });
    let mut build = command(installer.python);
    build
        .args(["-I", "-c", RUN])
        .arg(&site)
        .args([
            "-d",
            "wit",
            "-w",
            "sandbox",
            "componentize",
            "app",
            "-p",
            "app",
            "-o",
        ])
        .arg(&made)
        .current_dir(work.path())
        // else it takes along what happens to be installed
        .env("VIRTUAL_ENV", work.path().join("nothing"));
    finish(build, BUILD).await.map_err(|told| {
        Why::new(
            format!("{name} could not make the guest: {told}"),
            "report this with the whole message; `--sandbox docker` works meanwhile",
        )
    })?;
    // made in the same folder, so this is one rename
    fs::rename(&made, &component).map_err(|error| cannot_write(&component, &error))?;
    Ok(component)
}

/// Installs the wheel into `site`.
async fn fetch(
    installer: &Installer,
    work: &Path,
    site: &Path,
    component: &Path,
) -> Result<(), Why> {
    let requirements = work.join("requirements.txt");
    let by = installer.name();
    let mut fetch = if installer.uv {
        let mut fetch = command("uv");
        fetch.args(["pip", "install", "--quiet", "--python", installer.python]);
        fetch
    } else {
        let mut fetch = command(installer.python);
        fetch.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]);
        fetch
    };
    fetch
        .args([
            "--no-deps",
            "--only-binary",
            ":all:",
            "--require-hashes",
            "--target",
        ])
        .arg(site)
        .arg("-r")
        .arg(&requirements);
    finish(fetch, FETCH).await.map_err(|told| {
        Why::new(
            format!(
                "{by} could not fetch {} {}: {told}",
                source::COMPONENTIZE,
                source::COMPONENTIZE_VERSION
            ),
            format!(
                "look at the network, or at pip's index and proxy; then `seaworthy sandbox setup` \
                 again. On a machine without network put {} beside the program, as the release \
                 archive has it",
                component.file_name().unwrap_or_default().display()
            ),
        )
    })
}

fn cannot_write(path: &Path, error: &io::Error) -> Why {
    Why::new(
        format!("{} cannot be written: {error}", path.display()),
        "make room or give the right to write there, or set SEAWORTHY_CACHE to another folder",
    )
}

/// Writes the guest's sources as componentize-py wants them.
fn lay_out(work: &Path) -> io::Result<()> {
    for folder in ["app", "wit", "nothing"] {
        fs::create_dir(work.join(folder))?;
    }
    fs::write(work.join("requirements.txt"), source::REQUIREMENTS)?;
    for (name, text) in source::FILES {
        let folder = if name == "sandbox.wit" { "wit" } else { "app" };
        fs::write(work.join(folder).join(name), text)?;
    }
    Ok(())
}

async fn installer() -> Result<Installer, Why> {
    for python in ["python3", "python"] {
        let mut probe = command(python);
        probe.args(["-c", PROBE]);
        if finish(probe, Duration::from_secs(30)).await.is_ok() {
            return Ok(Installer { python, uv: false });
        }
    }
    let mut probe = command("uv");
    probe.arg("--version");
    if finish(probe, Duration::from_secs(30)).await.is_ok() {
        for python in ["python3", "python"] {
            let mut probe = command(python);
            probe.args(["-c", "import sys; assert sys.version_info >= (3, 10)"]);
            if finish(probe, Duration::from_secs(30)).await.is_ok() {
                return Ok(Installer { python, uv: true });
            }
        }
    }
    Err(Why::new(
        "the wasm sandbox is not set up, and there is no Python 3.10 or newer with pip (or uv) to \
         do it with",
        "install Python and pip (Debian: `apt install python3-pip`) and run `seaworthy sandbox \
         setup`, once; or use `--sandbox docker`",
    ))
}

fn command(program: impl AsRef<OsStr>) -> Command {
    #[expect(
        clippy::disallowed_methods,
        reason = "this file is part of a sandbox backend"
    )]
    Command::new(program)
}

/// Runs a program to its end; what it told last, where it failed.
async fn finish(mut command: Command, limit: Duration) -> Result<(), String> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let output = match tokio::time::timeout(limit, command.output()).await {
        Ok(output) => output.map_err(|error| error.to_string())?,
        Err(_elapsed) => return Err(format!("it took longer than {} s", limit.as_secs())),
    };
    if output.status.success() {
        return Ok(());
    }
    Err(last_line(&String::from_utf8_lossy(&output.stderr)))
}

/// The last line that says something, short, without what may be a password in an address.
fn last_line(told: &str) -> String {
    let line = told.lines().rev().find(|line| !line.trim().is_empty());
    let words = line
        .unwrap_or("it did not say why")
        .trim()
        .split(' ')
        .map(|word| match (word.find("://"), word.rfind('@')) {
            (Some(scheme), Some(at)) if scheme < at => {
                format!("{}...{}", &word[..scheme + 3], &word[at..])
            }
            _ => word.to_owned(),
        });
    words
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(300)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_told_without_a_password() {
        let told = "noise\nERROR: cannot reach https://me:secret@index.example/simple now\n\n";
        assert_eq!(
            last_line(told),
            "ERROR: cannot reach https://...@index.example/simple now"
        );
        assert_eq!(last_line(""), "it did not say why");
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_an_error() {
        assert!(
            finish(command("no-such-program-here"), FETCH)
                .await
                .is_err()
        );
    }
}
