//! A sandbox: a container that sleeps as long as it may live, and processes in it.

use std::{
    collections::HashMap,
    pin::Pin,
    sync::{Arc, Mutex, atomic::AtomicU64},
};

use bollard::{
    Docker,
    container::LogOutput,
    exec::{StartExecOptions, StartExecResults},
    models::{
        ContainerCreateBody, ExecConfig, HostConfig, HostConfigCgroupnsModeEnum,
        HostConfigLogConfig,
    },
    query_parameters::{CreateContainerOptionsBuilder, RemoveContainerOptionsBuilder},
};
use futures::{Stream, StreamExt};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncWrite, AsyncWriteExt},
    sync::Mutex as AsyncMutex,
};

const MIB: i64 = 1024 * 1024;
const SECCOMP: &str = include_str!("../../src/backend/docker/seccomp.json");

pub(super) type Output =
    Pin<Box<dyn Stream<Item = Result<LogOutput, bollard::errors::Error>> + Send>>;
type Input = Pin<Box<dyn AsyncWrite + Send>>;

/// A process of a sandbox.
pub(super) struct Process {
    pub(super) config: Value,
    pub(super) input: AsyncMutex<Option<Input>>,
}

/// A container that is a sandbox.
pub(super) struct Machine {
    pub(super) id: String,
    pub(super) token: String,
    pub(super) metadata: Value,
    pub(super) processes: Mutex<HashMap<u64, Arc<Process>>>,
    pub(super) executions: AtomicU64,
    /// The code interpreter, once it was used.
    pub(super) interpreter: AsyncMutex<Option<(Input, Output)>>,
    docker: Docker,
}

/// A process that was just started.
pub(super) struct Started {
    pub(super) pid: u64,
    /// What came with its number, and the rest.
    pub(super) output: Output,
    pub(super) exec: String,
}

impl Machine {
    /// As isolated as the docker backend's containers: this is no service for others' code.
    pub(super) async fn create(
        docker: Docker,
        image: &str,
        lifetime: u64,
        metadata: Value,
    ) -> Result<Self, bollard::errors::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).unwrap();
        let (id, token) = bytes.split_at(8);
        let hex = |bytes: &[u8]| {
            bytes
                .iter()
                .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
        };
        let id = format!("i{}", hex(id));
        let small = "rw,nosuid,nodev,noexec,mode=1777";
        let spec = ContainerCreateBody {
            image: Some(image.to_owned()),
            entrypoint: Some(vec!["sleep".into(), lifetime.to_string()]),
            hostname: Some("sandbox".into()),
            labels: Some(HashMap::from([(
                "seaworthy.e2b-server".to_owned(),
                std::process::id().to_string(),
            )])),
            network_disabled: Some(true),
            host_config: Some(HostConfig {
                auto_remove: Some(true),
                network_mode: Some("none".into()),
                dns: Some(vec!["127.0.0.1".into()]),
                dns_search: Some(vec![".".into()]),
                memory: Some(512 * MIB),
                memory_swap: Some(512 * MIB),
                nano_cpus: Some(1_000_000_000),
                pids_limit: Some(128),
                readonly_rootfs: Some(true),
                cap_drop: Some(vec!["ALL".into()]),
                security_opt: Some(vec![
                    "no-new-privileges".into(),
                    format!("seccomp={SECCOMP}"),
                ]),
                ipc_mode: Some("none".into()),
                cgroupns_mode: Some(HostConfigCgroupnsModeEnum::PRIVATE),
                tmpfs: Some(HashMap::from([
                    (
                        "/tmp".to_owned(),
                        format!("{small},size=64m,nr_inodes=4098"),
                    ),
                    (
                        "/dev/shm".to_owned(),
                        format!("{small},size=4m,nr_inodes=64"),
                    ),
                ])),
                log_config: Some(HostConfigLogConfig {
                    typ: Some("none".into()),
                    config: None,
                }),
                ..HostConfig::default()
            }),
            ..ContainerCreateBody::default()
        };
        let options = CreateContainerOptionsBuilder::new().name(&id).build();
        docker.create_container(Some(options), spec).await?;
        docker.start_container(&id, None).await?;
        Ok(Self {
            id,
            token: hex(token),
            metadata,
            processes: Mutex::default(),
            executions: AtomicU64::default(),
            interpreter: AsyncMutex::default(),
            docker,
        })
    }

    pub(super) async fn remove(&self) {
        let options = RemoveContainerOptionsBuilder::new().force(true).build();
        let _ = self.docker.remove_container(&self.id, Some(options)).await;
    }

    /// Runs a command; gives its streams.
    pub(super) async fn exec(
        &self,
        user: &str,
        cwd: Option<&str>,
        env: Vec<String>,
        cmd: Vec<String>,
    ) -> Result<(String, Input, Output), bollard::errors::Error> {
        let config = ExecConfig {
            attach_stdin: Some(true),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            user: Some(user.to_owned()),
            working_dir: Some(cwd.unwrap_or("/tmp").to_owned()),
            env: Some(env),
            cmd: Some(cmd),
            ..ExecConfig::default()
        };
        let exec = self.docker.create_exec(&self.id, config).await?.id;
        match self
            .docker
            .start_exec(&exec, None::<StartExecOptions>)
            .await?
        {
            StartExecResults::Attached { output, input } => Ok((exec, input, output)),
            StartExecResults::Detached => unreachable!("it was asked to attach"),
        }
    }

    /// Starts a process as the daemon does: it has a number, and maybe a stdin.
    pub(super) async fn start(
        &self,
        user: &str,
        config: Value,
        stdin: bool,
    ) -> Result<Started, bollard::errors::Error> {
        // its own number comes first: the engine only knows the one outside
        let mut cmd: Vec<String> = ["/bin/sh", "-c", "echo $$; exec \"$@\"", "sh"]
            .map(str::to_owned)
            .into();
        cmd.push(config["cmd"].as_str().unwrap_or_default().to_owned());
        let args = config["args"].as_array().into_iter().flatten();
        cmd.extend(args.filter_map(|arg| arg.as_str().map(str::to_owned)));
        let env = config["envs"]
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| Some(format!("{name}={}", value.as_str()?)))
            .collect();
        let (exec, mut input, mut output) =
            self.exec(user, config["cwd"].as_str(), env, cmd).await?;
        let mut first = Vec::new();
        let (pid, rest) = loop {
            if let Some(end) = first.iter().position(|byte| *byte == b'\n') {
                let pid = String::from_utf8_lossy(&first[..end]).parse().unwrap_or(0);
                break (pid, first.split_off(end + 1));
            }
            match output.next().await {
                Some(Ok(piece)) => first.extend_from_slice(&piece.into_bytes()),
                _ => break (0, first),
            }
        };
        let input = if stdin {
            Some(input)
        } else {
            input.shutdown().await?;
            None
        };
        let process = Process {
            config,
            input: AsyncMutex::new(input),
        };
        self.processes
            .lock()
            .unwrap()
            .insert(pid, Arc::new(process));
        let rest = futures::stream::iter((!rest.is_empty()).then(|| {
            Ok(LogOutput::StdOut {
                message: rest.into(),
            })
        }));
        Ok(Started {
            pid,
            output: Box::pin(rest.chain(output)),
            exec,
        })
    }

    /// The exit status of a process whose output has ended.
    pub(super) async fn status(&self, pid: u64, exec: &str) -> i64 {
        self.processes.lock().unwrap().remove(&pid);
        let found = self.docker.inspect_exec(exec).await;
        found.ok().and_then(|found| found.exit_code).unwrap_or(-1)
    }

    pub(super) fn process(&self, selector: &Value) -> Option<(u64, Arc<Process>)> {
        let pid = selector["pid"].as_u64()?;
        let process = self.processes.lock().unwrap().get(&pid).cloned()?;
        Some((pid, process))
    }

    /// The processes as the daemon lists them.
    pub(super) fn list(&self) -> Value {
        let processes = self.processes.lock().unwrap();
        let all = processes
            .iter()
            .map(|(pid, process)| json!({"pid": pid, "config": process.config}));
        json!({ "processes": all.collect::<Vec<_>>() })
    }

    pub(super) async fn kill(&self, pid: u64, signal: u8) -> Result<(), bollard::errors::Error> {
        let kill = format!("kill -{signal} {pid}");
        let cmd = ["/bin/sh", "-c", &kill].map(str::to_owned).into();
        // as whoever it belongs to: root has no capabilities in there
        for user in ["1000:1000", "65534:65534", "0:0"] {
            let (_, _, output) = self.exec(user, Some("/"), vec![], Vec::clone(&cmd)).await?;
            output.for_each(|_| std::future::ready(())).await;
        }
        Ok(())
    }
}
