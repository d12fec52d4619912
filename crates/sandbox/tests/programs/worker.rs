//! A worker of the wasm backend, for this crate's tests: `sandbox-worker FILE`; and with
//! `--escape` a program that locks itself in as a worker does and then tries to get out.

use std::{env, fs, io::Write, net, path::Path, process::Command, process::ExitCode};

use seaworthy_sandbox::backend::wasm::worker;

fn main() -> ExitCode {
    let argument = env::args_os().nth(1).unwrap_or_default();
    if argument == "--escape" {
        escape();
        return ExitCode::SUCCESS;
    }
    worker::main(Path::new(&argument))
}

/// Tells of each attempt whether it was `open` or `shut`.
fn escape() {
    let folder = env::args_os().nth(2).unwrap_or_default();
    let folder = Path::new(&folder);
    let mut report = std::io::stdout();
    let mut tell = |what: &str, opened: bool| {
        let state = if opened { "open" } else { "shut" };
        let _ = writeln!(report, "{what} {state}");
    };
    // asked for now: who is locked in cannot even do that
    #[cfg(unix)]
    let parent = rustix::process::getppid();
    let attempts = |tell: &mut dyn FnMut(&str, bool)| {
        tell("read", fs::read("/etc/hostname").is_ok());
        tell("write", fs::write(folder.join("escaped"), "x").is_ok());
        tell("list", fs::read_dir("/").is_ok());
        tell("listen", net::TcpListener::bind("127.0.0.1:0").is_ok());
        #[expect(clippy::disallowed_methods, reason = "an attempt that must fail")]
        let started = Command::new("/bin/true").status();
        tell("exec", started.is_ok());
        #[cfg(unix)]
        {
            let datagram = std::os::unix::net::UnixDatagram::unbound();
            tell("unix socket", datagram.is_ok());
            let signalled =
                parent.is_some_and(|parent| rustix::process::test_kill_process(parent).is_ok());
            tell("signal", signalled);
        }
    };
    attempts(&mut |what, opened| tell(&format!("before: {what}"), opened));
    if let Err(why) = worker::lock_in() {
        tell(&format!("lock: {why}"), true);
    }
    attempts(&mut |what, opened| tell(&format!("after: {what}"), opened));
}
