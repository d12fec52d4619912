//! Where the configurations of this user and folder are.

use std::path::{Path, PathBuf};

use seaworthy_clients::{Os, Places, places::VARIABLES};

use crate::{environment, failure::Failure};

/// The places for the project in `folder`.
pub(crate) fn here(folder: &Path) -> Result<Places, Failure> {
    let home = environment::home().ok_or_else(|| {
        Failure::usage(
            "there is no home folder, where clients keep their configuration",
            "set HOME",
        )
    })?;
    let project = folder.canonicalize().map_err(|error| {
        Failure::usage(
            format_args!("{}: {error}", folder.display()),
            "give an existing folder",
        )
    })?;
    let variables = VARIABLES
        .into_iter()
        .filter_map(|name| Some((name, PathBuf::from(environment::raw(name)?))))
        .collect();
    Ok(Places {
        os: Os::HERE,
        home,
        repository: repository(&project).unwrap_or(&project).to_owned(),
        project,
        variables,
    })
}

/// The root of the git repository that a folder is in. A linked work tree has a file `.git`.
fn repository(folder: &Path) -> Option<&Path> {
    folder
        .ancestors()
        .find(|folder| folder.join(".git").exists())
}
