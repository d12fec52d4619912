//! A worker of the wasm backend, for this crate's tests: `sandbox-worker FILE`.

use std::{env, path::Path, process::ExitCode};

fn main() -> ExitCode {
    let file = env::args_os().nth(1).unwrap_or_default();
    seaworthy_sandbox::backend::wasm::worker::main(Path::new(&file))
}
