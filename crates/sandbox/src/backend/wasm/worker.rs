//! The worker process: loads the engine, locks itself in, and runs one order after the other.
//!
//! It is the host's own program, started again by [`super::Wasm`]. It talks frames on stdin and
//! stdout, has an empty environment, and ends when its stdin does, in the middle of a run or not:
//! a host that is killed leaves nothing running.

use std::{
    io,
    path::Path,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};

use wasmtime::Engine;

use super::{
    compiled, confine,
    engine::engine,
    guest::{Guest, Order, TICK},
    wire::{self, Wire},
};
use crate::{Why, frame::Kind, session::Cause};

/// Runs a worker on the compiled guest at `file` until its stdin ends. What the program that
/// offers this must do first: nothing. No threads, no log, no files.
///
/// What goes wrong at the start is told on stderr, which the host reads.
pub fn main(file: &Path) -> ExitCode {
    match start(file) {
        Ok(worker) => worker.serve(),
        Err(why) => {
            tell(&format!("{}; {}", why.problem, why.remedy));
            ExitCode::FAILURE
        }
    }
}

/// Locks this process in as a worker does, for a test that then tries to get out.
///
/// # Errors
/// The kernel refused.
pub fn lock_in() -> Result<(), Why> {
    confine::files()?;
    confine::system_calls()
}

fn tell(line: &str) {
    use io::Write;
    // nobody may be there to read it
    let _ = writeln!(io::stderr(), "{line}");
}

struct Worker {
    engine: Engine,
    guest: Guest,
    wire: Arc<Wire>,
    orders: mpsc::Receiver<Order>,
    runtime: tokio::runtime::Runtime,
}

fn start(file: &Path) -> Result<Worker, Why> {
    let failed = |what: &str, error: &dyn std::fmt::Display| {
        Why::new(
            format!("{what}: {error}"),
            "run `seaworthy sandbox setup` again",
        )
    };
    let engine = engine().map_err(|error| failed("the wasm engine does not start", &error))?;
    let component = compiled::load(&engine, file)?;
    let guest = Guest::new(&engine, &component)
        .map_err(|error| failed("the compiled guest does not link", &error))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| failed("the worker does not start", &error))?;
    // a first run: it proves the guest, and leaves nothing for later to open or map
    let trial = Arc::new(Wire::new(Box::new(io::sink())));
    let ended = runtime.block_on(guest.run(Order::trial(), &trial));
    if ended.cause != Cause::Exit {
        return Err(failed("the guest does not run", &ended.detail));
    }
    confine::files()?;
    let wire = Arc::new(Wire::new(Box::new(io::stdout())));
    let (sender, orders) = mpsc::channel();
    let reading = wire.clone();
    thread::spawn(move || {
        if let Err(error) = wire::read(io::stdin().lock(), &reading, &sender) {
            tell(&format!("the host's wire: {error}"));
        }
        #[expect(
            clippy::exit,
            reason = "the host is gone: not a moment longer, whatever runs"
        )]
        std::process::exit(0);
    });
    Ok(Worker {
        engine,
        guest,
        wire,
        orders,
        runtime,
    })
}

impl Worker {
    fn serve(self) -> ExitCode {
        let busy = Arc::new(AtomicBool::new(false));
        let ticker = {
            let (engine, wire, busy) = (self.engine.clone(), self.wire.clone(), busy.clone());
            thread::spawn(move || {
                loop {
                    // an idle worker sleeps until it is woken
                    if !busy.load(Ordering::Acquire) {
                        thread::park();
                    }
                    thread::sleep(TICK);
                    engine.increment_epoch();
                    // what was printed goes out while the code still runs
                    wire.flush();
                }
            })
        };
        if let Err(why) = confine::system_calls() {
            tell(&format!("{}; {}", why.problem, why.remedy));
            return ExitCode::FAILURE;
        }
        while let Ok(order) = self.orders.recv() {
            busy.store(true, Ordering::Release);
            ticker.thread().unpark();
            let ended = self.runtime.block_on(self.guest.run(order, &self.wire));
            busy.store(false, Ordering::Release);
            let ended = serde_json::to_vec(&ended).unwrap_or_default();
            self.wire.send(Kind::Ended, &ended);
            self.wire.flush();
        }
        ExitCode::SUCCESS
    }
}
