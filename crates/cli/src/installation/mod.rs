//! Servers in the configurations of clients: what `install`, `uninstall`, `new --install` and `doctor`
//! share.

use std::{collections::BTreeMap, path::PathBuf};

use seaworthy_clients::{Client, Places, Scope, Server, file};
use serde_json::Value;

use crate::failure::Failure;

mod places;
mod target;

pub(crate) use places::here;
pub(crate) use target::{name_of, resolve};

/// An entry of a client's configuration.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) client: &'static Client,
    pub(crate) scope: Scope,
    pub(crate) file: PathBuf,
    pub(crate) name: String,
    pub(crate) entry: Value,
}

/// A configuration that could not be read.
#[derive(Debug)]
pub(crate) struct Unreadable {
    pub(crate) client: &'static Client,
    pub(crate) scope: Scope,
    pub(crate) file: PathBuf,
    pub(crate) why: String,
}

/// What stands in the configurations of some clients, in order of client and scope.
pub(crate) fn found_in(
    clients: &[&'static Client],
    places: &Places,
) -> (Vec<Found>, Vec<Unreadable>) {
    let (mut found, mut unreadable) = (Vec::new(), Vec::new());
    for client in clients {
        let mut seen = Vec::new();
        for scope in client.scopes {
            let file = (client.file)(places, *scope);
            let section = (client.section)(places, *scope);
            // in the user's home the project's file may be the user's own
            if seen.contains(&(file.clone(), section.clone())) {
                continue;
            }
            seen.push((file.clone(), section.clone()));
            let entries = file::read(&file)
                .map_err(|error| error.to_string())
                .and_then(|text| {
                    client
                        .format
                        .entries(&text, &section)
                        .map_err(|error| error.to_string())
                });
            match entries {
                Ok(entries) => found.extend(entries.into_iter().map(|(name, entry)| Found {
                    client,
                    scope: *scope,
                    file: file.clone(),
                    name,
                    entry,
                })),
                Err(why) => unreadable.push(Unreadable {
                    client,
                    scope: *scope,
                    file,
                    why,
                }),
            }
        }
    }
    (found, unreadable)
}

/// What became of an installation.
#[derive(Debug)]
pub(crate) struct Installed {
    pub(crate) file: PathBuf,
    /// The copy of the file as it was, if there was one.
    pub(crate) backup: Option<PathBuf>,
    /// Whether the file became another.
    pub(crate) changed: bool,
    /// Files that a secret is expected in and that are not there yet, with the variable of each.
    pub(crate) missing: BTreeMap<String, PathBuf>,
}

/// Writes a server into a client's configuration.
pub(crate) fn install(
    client: &'static Client,
    scope: Scope,
    places: &Places,
    server: &Server,
    force: bool,
) -> Result<Installed, Failure> {
    let file = (client.file)(places, scope);
    let section = (client.section)(places, scope);
    let unusable = |why: &dyn std::fmt::Display| {
        Failure::failed(
            format_args!("{}: {why}", file.display()),
            "nothing was written; mend the file, or put the entry there that --print shows",
        )
    };
    let before = file::read(&file).map_err(|error| unusable(&error))?;
    let present = client
        .format
        .entries(&before, &section)
        .map_err(|error| unusable(&error))?;
    let entry = (client.entry)(server);
    if let Some(old) = present.get(&server.name)
        && old["command"] != entry["command"]
        && !force
    {
        return Err(Failure::usage(
            format_args!(
                "{} has another server called {} already",
                client.title, server.name
            ),
            "give a name with --name, or replace it with --force",
        ));
    }
    let unchanged = present.get(&server.name) == Some(&entry);
    if !unchanged {
        let after = client
            .format
            .put(&before, &section, &server.name, &entry)
            .map_err(|error| unusable(&error))?;
        file::replace(&file, &before, &after).map_err(|error| unusable(&error))?;
    }
    Ok(Installed {
        backup: (!unchanged && !before.is_empty()).then(|| file::backup_path(&file)),
        file,
        changed: !unchanged,
        missing: missing(server),
    })
}

/// The files that the server's variables name and that are not there.
fn missing(server: &Server) -> BTreeMap<String, PathBuf> {
    server
        .values
        .iter()
        .filter(|(name, value)| name.ends_with("_FILE") && !PathBuf::from(value).exists())
        .map(|(name, value)| (name.clone(), PathBuf::from(value)))
        .collect()
}

/// Takes an entry out of a client's configuration; false where there is none.
pub(crate) fn uninstall(
    client: &'static Client,
    scope: Scope,
    places: &Places,
    name: &str,
) -> Result<Option<PathBuf>, Failure> {
    let file = (client.file)(places, scope);
    let unusable = |why: &dyn std::fmt::Display| {
        Failure::failed(
            format_args!("{}: {why}", file.display()),
            "nothing was written; mend the file, or remove the entry by hand",
        )
    };
    let section = (client.section)(places, scope);
    let before = file::read(&file).map_err(|error| unusable(&error))?;
    let present = client
        .format
        .entries(&before, &section)
        .map_err(|error| unusable(&error))?;
    let Some(entry) = present.get(name) else {
        return Ok(None);
    };
    // where nothing but this entry was added, the file becomes what it was, to the byte
    let earlier = file::read(&file::backup_path(&file)).unwrap_or_default();
    for (was, is_none) in [(&earlier, earlier.is_empty()), (&String::new(), true)] {
        let has = client.format.entries(was, &section);
        let is_it = has.is_ok_and(|entries| !entries.contains_key(name))
            && client.format.put(was, &section, name, entry).as_ref() == Ok(&before);
        if is_it && is_none {
            file::remove(&file, &before).map_err(|error| unusable(&error))?;
            return Ok(Some(file));
        }
        if is_it {
            file::replace(&file, &before, was).map_err(|error| unusable(&error))?;
            return Ok(Some(file));
        }
    }
    let after = client
        .format
        .remove(&before, &section, name)
        .map_err(|error| unusable(&error))?;
    let Some(after) = after else { return Ok(None) };
    file::replace(&file, &before, &after).map_err(|error| unusable(&error))?;
    Ok(Some(file))
}
