//! One container: what it may do, and its removal whatever happens.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bollard::{
    Docker as Client,
    container::LogOutput,
    errors::Error,
    models::{
        ContainerCreateBody, HostConfig, HostConfigCgroupnsModeEnum, HostConfigLogConfig,
        ResourcesUlimits,
    },
    query_parameters::{
        AttachContainerOptionsBuilder, CreateContainerOptionsBuilder, InspectContainerOptions,
        RemoveContainerOptionsBuilder, WaitContainerOptions,
    },
};
use bytes::Bytes;
use futures::{StreamExt, future};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    runtime::Handle,
    task::JoinHandle,
};
use tokio_util::io::StreamReader;

use super::{GUEST, engine::Engine, sweep};
use crate::{Job, Policy, Why};

/// `nobody` and `nogroup` of every distribution.
const USER: &str = "65534:65534";
/// How much of its own stderr a container is remembered by.
const ERROR_BYTES: usize = 2_000;
/// How often a removal is tried again: the engine may be busy with the very same container.
const TRIES: u32 = 20;

/// Everything that a container is made of.
pub(super) fn spec(engine: &Engine, job: &Job, policy: &Policy) -> ContainerCreateBody {
    let text = |words: &[&str]| Some(words.iter().map(|&word| word.to_owned()).collect());
    ContainerCreateBody {
        image: Some(engine.image().to_owned()),
        // as process 1, which nothing in the container can kill, stop or look into
        entrypoint: text(&["python3", "-I", "-B", "-X", "utf8"]),
        cmd: text(&["-c", GUEST]),
        user: Some(USER.to_owned()),
        working_dir: Some("/tmp".to_owned()),
        hostname: Some("sandbox".to_owned()),
        env: text(&["HOME=/tmp", "LANG=C.UTF-8"]),
        labels: Some(sweep::labels(job, policy)),
        attach_stdin: Some(true),
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        open_stdin: Some(true),
        // when this process goes away its connection closes, then stdin, and the guest ends
        stdin_once: Some(true),
        tty: Some(false),
        network_disabled: Some(true),
        host_config: Some(limits(policy, engine)),
        ..ContainerCreateBody::default()
    }
}

/// What the engine and the kernel enforce.
fn limits(policy: &Policy, engine: &Engine) -> HostConfig {
    let signed = |number: u64| Some(i64::try_from(number).unwrap_or(i64::MAX));
    let ulimit = |name: &str, most: i64| ResourcesUlimits {
        name: Some(name.to_owned()),
        soft: Some(most),
        hard: Some(most),
    };
    let small = "rw,noexec,nosuid,nodev,mode=1777";
    // Podman refuses this option: there only the memory that they take limits the files
    let files = |most: u32| {
        if engine.is_podman() {
            String::new()
        } else {
            format!(",nr_inodes={most}")
        }
    };
    let mut ulimits = vec![
        ulimit("core", 0),
        ulimit("nofile", 1024),
        ulimit("msgqueue", 0),
        ulimit("memlock", 65536),
    ];
    let mut tmpfs = HashMap::from([
        (
            "/tmp".to_owned(),
            // the root of the file system and /tmp/out are two more
            format!(
                "{small},size={}{}",
                policy.scratch,
                files(policy.scratch_files.saturating_add(2))
            ),
        ),
        (
            "/dev/shm".to_owned(),
            format!("{small},size=4194304{}", files(64)),
        ),
    ]);
    if engine.is_podman() {
        // else a read-only container gets a writable one there
        let closed = "ro,noexec,nosuid,nodev,size=4096".to_owned();
        tmpfs.insert("/var/tmp".to_owned(), closed);
        // else it asks for a million, which not every root may set; this one counts the processes
        // of all containers, so it must bear several
        ulimits.push(ulimit("nproc", 4096));
    }
    HostConfig {
        network_mode: Some("none".to_owned()),
        // else the engine copies the machine's resolvers and domains into the container
        dns: Some(vec!["127.0.0.1".to_owned()]),
        dns_search: Some(vec![".".to_owned()]),
        memory: signed(policy.memory),
        // as much with swap as without: none
        memory_swap: signed(policy.memory),
        memory_swappiness: None,
        nano_cpus: Some(1_000_000_000),
        pids_limit: Some(policy.pids.into()),
        oom_score_adj: Some(500),
        readonly_rootfs: Some(true),
        cap_drop: Some(vec!["ALL".to_owned()]),
        security_opt: Some(vec!["no-new-privileges".to_owned(), engine.seccomp()]),
        privileged: Some(false),
        // the engine's own /dev/shm cannot limit the number of files
        ipc_mode: Some("none".to_owned()),
        tmpfs: Some(tmpfs),
        ulimits: Some(ulimits),
        // the paths of control groups tell about the machine
        cgroupns_mode: Some(HostConfigCgroupnsModeEnum::PRIVATE),
        log_config: Some(HostConfigLogConfig {
            typ: Some("none".to_owned()),
            config: None,
        }),
        init: Some(false),
        auto_remove: Some(false),
        masked_paths: Some(MASKED.iter().map(|&path| path.to_owned()).collect()),
        runtime: engine.runtime().map(str::to_owned),
        ..HostConfig::default()
    }
}

/// What code must not read: the engine's usual list, and what the machine's maker tells about it.
const MASKED: [&str; 13] = [
    "/proc/acpi",
    "/proc/asound",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/sys/devices/virtual/dmi",
    "/sys/devices/virtual/powercap",
    "/sys/firmware",
];

/// How a container ended.
#[derive(Debug)]
pub(super) struct End {
    pub(super) status: i64,
    pub(super) out_of_memory: bool,
}

type From = Box<dyn AsyncRead + Send + Unpin>;
type To = std::pin::Pin<Box<dyn AsyncWrite + Send>>;

/// A container that is removed when it is dropped, unless that was done before.
#[derive(Debug)]
pub(super) struct Container {
    client: Client,
    name: String,
    creating: Option<JoinHandle<Result<(), Error>>>,
    removed: bool,
    error: Arc<Mutex<Vec<u8>>>,
}

impl Container {
    /// Makes a container, not yet started.
    pub(super) async fn create(engine: &Engine, job: &Job, policy: &Policy) -> Result<Self, Why> {
        let client = engine.client().clone();
        let name = sweep::new_name();
        let spec = spec(engine, job, policy);
        let creating = {
            let (client, name) = (client.clone(), name.clone());
            // a task of its own: when the run is dropped meanwhile, there is a container all the
            // same, a little later, and it must be removed then
            tokio::spawn(async move {
                let options = CreateContainerOptionsBuilder::new().name(&name).build();
                client.create_container(Some(options), spec).await.map(drop)
            })
        };
        let mut container = Self {
            client,
            name,
            creating: Some(creating),
            removed: false,
            error: Arc::default(),
        };
        let created = match &mut container.creating {
            Some(creating) => creating.await,
            None => Ok(Ok(())),
        };
        container.creating = None;
        match created {
            Ok(Ok(())) => Ok(container),
            Ok(Err(error)) => Err(engine.failed("make a container", &error)),
            Err(error) => Err(Why::new(
                format!("the making of a container broke off: {error}"),
                "try again",
            )),
        }
    }

    /// Starts it; gives its stdout and its stdin.
    pub(super) async fn start(&mut self, engine: &Engine) -> Result<(From, To), Why> {
        let failed = |error: Error| engine.failed("start the container", &error);
        let options = AttachContainerOptionsBuilder::new()
            .stream(true)
            .stdin(true)
            .stdout(true)
            .stderr(true)
            .build();
        let attached = self
            .client
            .attach_container(&self.name, Some(options))
            .await
            .map_err(failed)?;
        let said = self.error.clone();
        let frames = attached.output.filter_map(move |piece| {
            future::ready(match piece {
                Ok(LogOutput::StdErr { message }) => {
                    let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
                    let room = ERROR_BYTES.saturating_sub(said.len());
                    said.extend_from_slice(&message[..message.len().min(room)]);
                    None
                }
                Ok(piece) => Some(Ok(piece.into_bytes())),
                Err(error) => Some(Err(std::io::Error::other(error))),
            })
        });
        self.client
            .start_container(&self.name, None)
            .await
            .map_err(failed)?;
        let from: StreamReader<_, Bytes> = StreamReader::new(Box::pin(frames));
        Ok((Box::new(from), attached.input))
    }

    /// Waits for its end; nothing where the engine cannot tell.
    pub(super) async fn end(&self) -> Option<End> {
        let mut waiting = self
            .client
            .wait_container(&self.name, None::<WaitContainerOptions>);
        // an end with a status is an error to this library; what it was is asked for below
        let _ = waiting.next().await;
        let found = self
            .client
            .inspect_container(&self.name, None::<InspectContainerOptions>)
            .await
            .ok()?;
        let state = found.state?;
        Some(End {
            status: state.exit_code?,
            out_of_memory: state.oom_killed.unwrap_or(false),
        })
    }

    /// What it said about itself.
    pub(super) fn last_error(&self) -> String {
        let said = self.error.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&said).trim().to_owned()
    }

    /// Kills and removes it, and returns when it is gone.
    pub(super) async fn remove(mut self) -> Result<(), Why> {
        let removed = remove(&self.client, &self.name).await;
        self.removed = removed.is_ok();
        removed.map_err(|error| {
            Why::new(
                format!("the container {} could not be removed: {error}", self.name),
                format!("remove it: docker rm -f {}", self.name),
            )
        })
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        if self.removed {
            return;
        }
        // where the runtime is gone, so is this process soon: the guest ends with its stdin, and
        // the next server sweeps
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let (client, name) = (self.client.clone(), std::mem::take(&mut self.name));
        let creating = self.creating.take();
        runtime.spawn(async move {
            if let Some(creating) = creating {
                let _ = creating.await;
            }
            if let Err(error) = remove(&client, &name).await {
                tracing::warn!(container = name, %error, "a container could not be removed");
            }
        });
    }
}

/// Kills and removes a container with its volumes; one that is not there is no error.
pub(super) async fn remove(client: &Client, name: &str) -> Result<(), Error> {
    let options = RemoveContainerOptionsBuilder::new()
        .force(true)
        .v(true)
        .build();
    let mut tries = 0;
    loop {
        let removed = client.remove_container(name, Some(options.clone())).await;
        let Err(error) = removed else { return Ok(()) };
        tries += 1;
        match error {
            Error::DockerResponseServerError {
                status_code: 404, ..
            } => return Ok(()),
            // somebody else removes it at this moment, or it is just starting
            Error::DockerResponseServerError {
                status_code: 409 | 500,
                ..
            } if tries < TRIES => tokio::time::sleep(Duration::from_millis(100)).await,
            error => return Err(error),
        }
    }
}
