//! One run of the guest inside a worker: a fresh instance from the snapshot, its limits, its end.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use wasmtime::{
    Engine, ResourceLimiter, Store, Trap, UpdateDeadline,
    component::{Component, InstancePre, Linker, ResourceTable, TypedFunc},
};
use wasmtime_wasi::{
    I32Exit, WasiCtx, WasiCtxView, WasiView, async_trait,
    cli::{IsTerminal, StdoutStream},
    p2::{OutputStream, Pollable, StreamResult, pipe::MemoryInputPipe},
};

use super::{
    engine::MAX_MEMORY,
    files::{Fault, Files},
    wasi::{self, FilesView, Mounted, View},
    wire::Wire,
};
use crate::{
    frame::{self, Kind},
    session::{Cause, Ended},
};

/// How often a running guest is looked at.
pub(super) const TICK: Duration = Duration::from_millis(10);

/// What the worker was sent to run.
#[derive(Debug, Default)]
pub(super) struct Order {
    pub(super) code: String,
    pub(super) tools: Option<String>,
    pub(super) limits: Limits,
    pub(super) stdin: Vec<u8>,
    pub(super) files: Vec<(String, Vec<u8>)>,
}

impl Order {
    /// What a new worker runs first.
    pub(super) fn trial() -> Self {
        Self {
            code: "pass".to_owned(),
            limits: Limits {
                wall_s: 30.0,
                cpu_s: 30.0,
                memory: 256 * 1024 * 1024,
                scratch: 1024,
                scratch_files: 8,
                artifacts: 0,
                artifact_files: 0,
            },
            ..Self::default()
        }
    }
}

/// The part of the policy that the worker enforces; `session::opening` sends it.
#[derive(Debug, Clone, Default, serde::Deserialize)]
pub(super) struct Limits {
    pub(super) wall_s: f64,
    pub(super) cpu_s: f64,
    pub(super) memory: u64,
    pub(super) scratch: u64,
    pub(super) scratch_files: u32,
    pub(super) artifacts: u64,
    pub(super) artifact_files: usize,
}

/// Memory that the guest grew to, and where it must stop.
#[derive(Debug)]
struct Memory {
    max: usize,
    peak: usize,
}

impl ResourceLimiter for Memory {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if desired > self.max {
            return Ok(false);
        }
        self.peak = self.peak.max(desired);
        Ok(true)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(desired <= 100_000)
    }
}

struct State {
    wasi: WasiCtx,
    table: ResourceTable,
    mounted: Mounted,
    memory: Memory,
    wire: Arc<Wire>,
    cpu: Clock,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl FilesView for State {
    fn files(&mut self) -> View<'_> {
        View {
            mounted: &mut self.mounted,
            table: &mut self.table,
        }
    }
}

/// Processor time of the thread that runs the guest.
#[derive(Debug, Clone, Copy)]
struct Clock {
    begun: Duration,
    max: Duration,
}

impl Clock {
    #[cfg(unix)]
    fn now() -> Duration {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Duration::new(
            now.tv_sec.try_into().unwrap_or(0),
            now.tv_nsec.try_into().unwrap_or(0),
        )
    }

    /// Without such a clock the wall clock counts, which is stricter.
    #[cfg(not(unix))]
    fn now() -> Duration {
        static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
        START.elapsed()
    }

    fn used(self) -> Duration {
        Self::now().saturating_sub(self.begun)
    }
}

/// Why the host stopped the guest from within.
#[derive(Debug, thiserror::Error)]
#[error("its processor time is over")]
struct CpuOver;

type Export = (String, Option<String>);
type Import = (String, String);

/// The component, linked once; each run is an instance of it.
pub(super) struct Guest {
    engine: Engine,
    instance: InstancePre<State>,
}

impl Guest {
    /// Links the component.
    ///
    /// # Errors
    /// It is not our component, or of another version.
    pub(super) fn new(engine: &Engine, component: &Component) -> wasmtime::Result<Self> {
        let mut linker = Linker::<State>::new(engine);
        linker.allow_shadowing(true);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        wasi::add_to_linker(&mut linker)?;
        linker.root().func_wrap_async(
            "call-tool",
            |store: wasmtime::StoreContextMut<'_, State>, (tool, arguments): Import| {
                let wire = store.data().wire.clone();
                Box::new(async move { Ok((wire.call(tool, arguments).await,)) })
            },
        )?;
        Ok(Self {
            engine: engine.clone(),
            instance: linker.instantiate_pre(component)?,
        })
    }

    /// Runs one order to its end. The frames of what happens go over the wire as it happens; the
    /// last frame, `Ended`, is given back.
    pub(super) async fn run(&self, order: Order, wire: &Arc<Wire>) -> Ended {
        let begun = Instant::now();
        let cpu = Clock {
            begun: Clock::now(),
            max: Duration::from_secs_f64(order.limits.cpu_s.clamp(0.0, 1e6)),
        };
        let limits = order.limits.clone();
        let mut store = match self.prepare(order, wire, cpu) {
            Ok(prepared) => prepared,
            Err(fault) => return Ended::killed(format!("its files did not fit: {fault}")),
        };
        // the host's own clock ends it first; this one is for a host that is stuck
        let wall = Duration::from_secs_f64(limits.wall_s.clamp(0.0, 1e6)) + Duration::from_secs(2);
        let (store, inputs) = (&mut store.0, store.1);
        wire.send(Kind::Started, &[]);
        wire.flush();
        let result = tokio::time::timeout(wall, self.call(store, inputs)).await;
        let mut ended = match result {
            Ok(Ok((cause, status))) => end(&cause, status),
            Ok(Err(error)) => crash(&error),
            Err(_elapsed) => Ended::killed("the wall clock of the worker"),
        };
        let state = store.data_mut();
        ended.artifacts_left = send_artifacts(&state.mounted.files, &limits, wire);
        ended.cpu_us = Some(micros(cpu.used().min(begun.elapsed())));
        ended.peak_bytes = Some(state.memory.peak as u64);
        ended
    }

    fn prepare(
        &self,
        order: Order,
        wire: &Arc<Wire>,
        cpu: Clock,
    ) -> Result<(Store<State>, Export), Fault> {
        let limits = &order.limits;
        let files = Files::new(limits.scratch, u64::from(limits.scratch_files))?;
        files.make_directory(&files.tmp(), "out")?;
        for (name, bytes) in &order.files {
            files.put(name, bytes)?;
        }
        let wasi = WasiCtx::builder()
            .stdin(MemoryInputPipe::new(order.stdin))
            .stdout(Written(Kind::Stdout, wire.clone()))
            .stderr(Written(Kind::Stderr, wire.clone()))
            .env("HOME", "/tmp")
            .env("LANG", "C.UTF-8")
            .env("TMPDIR", "/tmp")
            .allow_tcp(false)
            .allow_udp(false)
            .allow_ip_name_lookup(false)
            .build();
        let max = usize::try_from(limits.memory).unwrap_or(usize::MAX);
        let state = State {
            wasi,
            table: ResourceTable::new(),
            mounted: Mounted::new(files),
            memory: Memory {
                max: max.min(MAX_MEMORY),
                peak: 0,
            },
            wire: wire.clone(),
            cpu,
        };
        let mut store = Store::new(&self.engine, state);
        store.limiter(|state| &mut state.memory);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|store| {
            let cpu = store.data().cpu;
            if cpu.used() > cpu.max {
                return Err(CpuOver.into());
            }
            // lets the wall clock look too
            Ok(UpdateDeadline::Yield(1))
        });
        Ok((store, (order.code, order.tools)))
    }

    async fn call(
        &self,
        store: &mut Store<State>,
        inputs: Export,
    ) -> wasmtime::Result<(String, i32)> {
        let instance = self.instance.instantiate_async(&mut *store).await?;
        let run: TypedFunc<Export, ((String, i32),)> =
            instance.get_typed_func(&mut *store, "run")?;
        let (ended,) = run.call_async(&mut *store, inputs).await?;
        Ok(ended)
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// The end as the guest tells it.
fn end(cause: &str, status: i32) -> Ended {
    let cause = match cause {
        "exit" => Cause::Exit,
        "memory" => Cause::Memory,
        _ => Cause::Error,
    };
    Ended {
        status: Some(status),
        ..Ended::by(cause, "")
    }
}

/// The end of a guest that did not come to tell.
fn crash(error: &wasmtime::Error) -> Ended {
    if let Some(I32Exit(status)) = error.downcast_ref() {
        // os._exit
        return Ended {
            status: Some(*status),
            ..Ended::by(Cause::Exit, "")
        };
    }
    if error.downcast_ref::<CpuOver>().is_some() {
        return Ended::by(Cause::Cpu, "");
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::StackOverflow) => Ended::killed("the stack overflowed"),
        Some(Trap::UnreachableCodeReached) => Ended::killed("the interpreter aborted"),
        Some(trap) => Ended::killed(trap.to_string()),
        None => Ended::killed("the interpreter failed"),
    }
}

/// Sends the files of `/tmp/out`; answers how many were left behind.
fn send_artifacts(files: &Files, limits: &Limits, wire: &Wire) -> u32 {
    let Ok(out) = Files::find(&files.tmp(), "out") else {
        return 0;
    };
    let (mut left, mut bytes, mut sent) = (0, 0_u64, 0);
    for (name, node) in out.entries().unwrap_or_default() {
        let size = node.len();
        let fits = sent < limits.artifact_files && bytes.saturating_add(size) <= limits.artifacts;
        match node.read(0, size) {
            Ok((content, _)) if fits => {
                bytes += size;
                sent += 1;
                wire.send(Kind::Artifact, &frame::named(&name, &content));
            }
            _ => left += 1,
        }
    }
    left
}

/// stdout or stderr: straight onto the wire.
#[derive(Clone)]
struct Written(Kind, Arc<Wire>);

impl IsTerminal for Written {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Written {
    fn async_stream(&self) -> Box<dyn tokio::io::AsyncWrite + Send + Sync> {
        // the guest is a component of WASI 0.2, which takes the other one
        Box::new(tokio::io::sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[async_trait]
impl Pollable for Written {
    async fn ready(&mut self) {}
}

impl OutputStream for Written {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.1.send(self.0, &bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(1024 * 1024)
    }
}
