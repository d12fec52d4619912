//! Zed: the user's hand-kept `settings.json`, and `.zed/settings.json` of a trusted project.
//!
//! A server inherits Zed's environment, which lacks the shell's when Zed was started from a menu, and
//! no reference is resolved: a secret comes from a file.

use serde_json::Value;

use super::{Client, Environment, Scope, common_entry, servers};
use crate::{Format, Os, References, start::is_passed_by_few};

pub(super) const CLIENT: Client = Client {
    name: "zed",
    title: "Zed",
    format: Format::Jsonc,
    scopes: &[Scope::User, Scope::Project],
    file: |places, scope| match (scope, places.os) {
        (Scope::Project, _) => places.project.join(".zed/settings.json"),
        (_, Os::Windows) => places.config().join("Zed/settings.json"),
        // also on macOS
        (_, Os::Mac) => places.home.join(".config/zed/settings.json"),
        (_, Os::Linux) => places.config().join("zed/settings.json"),
    },
    section: |_, _| servers("context_servers"),
    environment: Environment::None,
    entry: |server| Value::Object(common_entry(server, None)),
    next: |_| "the Agent Panel's settings show it",
    // all of its own, which may lack the shell's: no more than any client is counted on
    inherits: |name, _| is_passed_by_few(name),
    references: References::None,
    folder: |places, _| places.project.clone(),
    in_shell: false,
    flaw: |_| None,
    withheld: |_, _, _| None,
    in_two_scopes: "the project's wins, in a project that is trusted",
    list: None,
};
