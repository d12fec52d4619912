//! With programs that nobody here wrote: a stateful GitHub, recorded GitHub traffic, MCP clients.
//!
//! They come from npm (`./test` installs them into `target/npm`), for `budget_page`, `check_page` and
//! `replicas` from Debian, and for `new_project` from PyPI and crates.io too. A
//! test here fails when its program is not there; `./test` names the tests that it leaves out.

mod budget_page;
mod bundle;
mod check_page;
mod claude_code;
mod emulate;
mod emulator;
mod fixtures;
mod inspector;
mod install_clients;
mod messages_api;
mod new_project;
mod replicas;
