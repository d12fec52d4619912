//! The engine and the image: which are acceptable, whether they are there, and what to do if not.

use std::{fmt, io::Write, time::Duration};

use bollard::{
    API_DEFAULT_VERSION, Docker as Client, errors::Error, query_parameters::CreateImageOptions,
};
use futures::StreamExt;
use tempfile::NamedTempFile;

use super::Settings;
use crate::Why;

/// How long the engine may take to answer anything, in seconds; a slow disk needs a while for a
/// container.
const PATIENCE: u64 = 60;
/// The system calls that code may make.
const SECCOMP: &str = include_str!("seccomp.json");
/// How much of what the engine says is told, in characters: some repeat the whole question.
const MAX_TOLD: usize = 400;

#[cfg(windows)]
const USUAL_HOST: &str = "npipe:////./pipe/docker_engine";
#[cfg(not(windows))]
const USUAL_HOST: &str = "unix:///var/run/docker.sock";

/// How far the fetching of an image is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The part of the image, where it is about one.
    pub layer: Option<String>,
    /// What happens, in the engine's words.
    pub status: String,
    /// Bytes of this part that are there.
    pub done: Option<u64>,
    /// All bytes of this part.
    pub total: Option<u64>,
}

/// A connection to an engine that answers, with an image that is acceptable.
pub(super) struct Engine {
    client: Client,
    host: String,
    image: String,
    runtime: Option<String>,
    /// The profile as a file, for Podman.
    profile: Option<NamedTempFile>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("host", &self.host)
            .field("image", &self.image)
            .finish_non_exhaustive()
    }
}

impl Engine {
    pub(super) async fn connect(settings: &Settings) -> Result<Self, Why> {
        pinned(&settings.image)?;
        let host = acceptable_host(settings.host.as_deref())?;
        let client = client(&host)
            .map_err(|error| unreachable(&host, &error))?
            .with_timeout(Duration::from_secs(PATIENCE))
            .negotiate_version()
            .await
            .map_err(|error| unreachable(&host, &error))?;
        let version = client
            .version()
            .await
            .map_err(|error| unreachable(&host, &error))?;
        let podman = version
            .components
            .unwrap_or_default()
            .iter()
            .any(|component| component.name.starts_with("Podman"));
        let profile = if podman { Some(profile_file()?) } else { None };
        Ok(Self {
            client,
            host,
            image: settings.image.clone(),
            runtime: settings.runtime.clone(),
            profile,
        })
    }

    /// The value of `--security-opt` for the system calls: Docker wants the profile itself, as its
    /// own client sends it, Podman the path of a file on its machine, which is this one.
    pub(super) fn seccomp(&self) -> String {
        match &self.profile {
            None => format!("seccomp={SECCOMP}"),
            Some(file) => format!("seccomp={}", file.path().display()),
        }
    }

    /// Podman takes the same questions with some exceptions.
    pub(super) fn is_podman(&self) -> bool {
        self.profile.is_some()
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn image(&self) -> &str {
        &self.image
    }

    pub(super) fn runtime(&self) -> Option<&str> {
        self.runtime.as_deref()
    }

    /// Whether a container could be made now.
    pub(super) async fn ready(&self) -> Result<(), Why> {
        let info = self
            .client
            .info()
            .await
            .map_err(|error| unreachable(&self.host, &error))?;
        let system = info.os_type.unwrap_or_default();
        if system != "linux" {
            return Err(Why::new(
                format!("the engine runs {system} containers"),
                "switch it to Linux containers",
            ));
        }
        if let Some(runtime) = &self.runtime {
            let known = info.runtimes.unwrap_or_default();
            if !known.contains_key(runtime) {
                let mut names: Vec<_> = known.into_keys().collect();
                names.sort();
                return Err(Why::new(
                    format!("the engine has no runtime {runtime:?}"),
                    format!("use one that it has: {}", names.join(", ")),
                ));
            }
        }
        match self.client.inspect_image(&self.image).await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.failed("look for the image", &error)),
        }
    }

    /// What the engine said, as something to act on.
    pub(super) fn failed(&self, what: &str, error: &Error) -> Why {
        let Error::DockerResponseServerError {
            status_code,
            message,
        } = error
        else {
            return unreachable(&self.host, error);
        };
        let said = message.to_lowercase();
        if *status_code == 404 && said.contains("image") {
            return self.missing();
        }
        let remedy = if said.contains("executable file not found") || said.contains("no such file")
        {
            "use an image that has python3 on its path"
        } else if said.contains("runtime") {
            "look at `docker info` for the runtimes that the engine has"
        } else if said.contains("seccomp") {
            "use an engine with seccomp: without it the code is not isolated"
        } else {
            "look at the engine's log"
        };
        let mut told: String = message.trim().chars().take(MAX_TOLD).collect();
        if told.len() < message.trim().len() {
            told.push_str(" ...");
        }
        Why::new(format!("the engine did not {what}: {told}"), remedy)
    }

    fn missing(&self) -> Why {
        let image = &self.image;
        let remedy = if image.starts_with("sha256:") {
            "build or load it, or name another by its digest".to_owned()
        } else {
            format!("fetch it: docker pull {image}")
        };
        Why::new(
            format!("the engine does not have the image {image}"),
            remedy,
        )
    }

    /// Fetches the image.
    pub(super) async fn pull(&self, progress: &(impl Fn(Progress) + Sync)) -> Result<(), Why> {
        if self.image.starts_with("sha256:") {
            // an image's own id is on no registry
            return match self.client.inspect_image(&self.image).await {
                Ok(_) => Ok(()),
                Err(error) => Err(self.failed("look for the image", &error)),
            };
        }
        let options = CreateImageOptions {
            from_image: Some(self.image.clone()),
            ..CreateImageOptions::default()
        };
        let mut steps = self.client.create_image(Some(options), None, None);
        while let Some(step) = steps.next().await {
            let step = step.map_err(|error| {
                let said = error.to_string();
                Why::new(
                    format!("the engine could not fetch {}: {said}", self.image),
                    "look at the network and the proxy of the engine, or load the image from a file with `docker load`",
                )
            })?;
            let bytes = step.progress_detail.unwrap_or_default();
            progress(Progress {
                layer: step.id,
                status: step.status.unwrap_or_default(),
                done: bytes.current.and_then(|count| count.try_into().ok()),
                total: bytes.total.and_then(|count| count.try_into().ok()),
            });
        }
        Ok(())
    }
}

/// The profile in a file that only this user and root can read.
fn profile_file() -> Result<NamedTempFile, Why> {
    let written = NamedTempFile::with_prefix("seaworthy-seccomp-")
        .and_then(|mut file| file.write_all(SECCOMP.as_bytes()).map(|()| file));
    written.map_err(|error| {
        Why::new(
            format!("the profile of system calls for Podman could not be written: {error}"),
            "make room in the folder for temporary files",
        )
    })
}

fn client(host: &str) -> Result<Client, Error> {
    // not the library's own way: that looks into the environment
    #[cfg(unix)]
    if host.starts_with("unix://") {
        return Client::connect_with_unix(host, PATIENCE, API_DEFAULT_VERSION);
    }
    #[cfg(windows)]
    if host.starts_with("npipe://") {
        return Client::connect_with_named_pipe(host, PATIENCE, API_DEFAULT_VERSION);
    }
    Client::connect_with_http(host, PATIENCE, API_DEFAULT_VERSION)
}

fn unreachable(host: &str, error: &Error) -> Why {
    let said = error.to_string();
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    let mut denied = false;
    while let Some(error) = cause {
        denied |= error
            .downcast_ref::<std::io::Error>()
            .is_some_and(|io| io.kind() == std::io::ErrorKind::PermissionDenied);
        cause = error.source();
    }
    if denied {
        return Why::new(
            format!("this user may not talk to the engine at {host}"),
            "add the user to the engine's group (docker), or run a rootless engine and set DOCKER_HOST to its socket",
        );
    }
    Why::new(
        format!("no engine answers at {host}: {said}"),
        "start Docker or Podman's socket (`systemctl --user start podman.socket`), or set DOCKER_HOST to where it listens",
    )
}

/// The host to talk to: a socket of this machine, or a port that is no farther than that.
fn acceptable_host(host: Option<&str>) -> Result<String, Why> {
    let host = host.filter(|host| !host.is_empty()).unwrap_or(USUAL_HOST);
    let local = if cfg!(windows) { "npipe://" } else { "unix://" };
    if host.starts_with(local) {
        return Ok(host.to_owned());
    }
    let port = ["tcp://", "http://"]
        .iter()
        .find_map(|scheme| host.strip_prefix(scheme));
    let Some(port) = port else {
        return Err(Why::new(
            format!("{host:?} is no engine that can be talked to"),
            format!("give a socket ({local}...) or a port of this machine (tcp://127.0.0.1:...)"),
        ));
    };
    let port = port.trim_end_matches('/');
    let name = port.rsplit_once(':').map_or(port, |(name, _)| name);
    if matches!(name, "localhost" | "[::1]")
        || name
            .parse::<std::net::Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback())
    {
        return Ok(format!("tcp://{port}"));
    }
    Err(Why::new(
        format!("{host} is another machine, and the connection to it is not encrypted"),
        "forward its socket by ssh (ssh -L /tmp/engine.sock:/var/run/docker.sock HOST) and set DOCKER_HOST=unix:///tmp/engine.sock",
    ))
}

/// Whether an image is named so that it is the same tomorrow.
fn pinned(image: &str) -> Result<(), Why> {
    let digest = image.rsplit_once('@').map_or(image, |(_, digest)| digest);
    let exact = digest.strip_prefix("sha256:").is_some_and(|hex| {
        hex.len() == 64
            && hex
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    });
    if exact && !image.starts_with('@') {
        return Ok(());
    }
    Err(Why::new(
        format!("the image {image:?} is not pinned: its name can mean another image tomorrow"),
        format!(
            "name it by its digest: docker image inspect --format '{{{{index .RepoDigests 0}}}}' {image}"
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stays_the_same_is_pinned() {
        let hex = "0123456789abcdef".repeat(4);
        for good in [
            format!("sha256:{hex}"),
            format!("python@sha256:{hex}"),
            format!("localhost:5000/a/python:3.14@sha256:{hex}"),
            super::super::DEFAULT_IMAGE.to_owned(),
        ] {
            assert_eq!(pinned(&good), Ok(()), "{good}");
        }
        for bad in [
            String::new(),
            "python".into(),
            "python:3.14-slim".into(),
            format!("@sha256:{hex}"),
            format!("sha256:{}", &hex[1..]),
            format!("python@sha256:{}", hex.to_uppercase()),
            format!("python@sha256:{hex}:latest"),
        ] {
            let why = pinned(&bad).unwrap_err();
            assert!(
                why.remedy.contains("docker image inspect"),
                "{bad}: {why:?}"
            );
        }
    }

    #[test]
    fn no_plain_connection_leaves_the_machine() {
        for near in [
            "tcp://127.0.0.1:2375",
            "http://localhost:2375",
            "tcp://[::1]:2375",
            "tcp://127.9.9.9:1/",
        ] {
            assert!(acceptable_host(Some(near)).is_ok(), "{near}");
        }
        for far in [
            "tcp://10.0.0.1:2375",
            "http://engine:2375",
            "tcp://localhost.evil.test:2375",
            "tcp://0.0.0.0:2375",
            "tcp://[2001:db8::1]:2375",
            "ssh://me@engine",
            "https://engine",
            "file:///x",
            "/var/run/docker.sock",
        ] {
            assert!(acceptable_host(Some(far)).is_err(), "{far}");
        }
        for usual in [None, Some("")] {
            assert_eq!(acceptable_host(usual).unwrap(), USUAL_HOST);
        }
    }
}
