use std::sync::Arc;

use seaworthy_sandbox::{
    Backend, Job, Policy, RunError, Sandbox, Why,
    backend::docker::{Docker, Settings},
};
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path_regex},
};

fn unreachable() -> Settings {
    Settings {
        host: Some("unix:///nonexistent/engine.sock".into()),
        ..Settings::default()
    }
}

async fn why(settings: Settings) -> Why {
    Docker::new(settings).available().await.unwrap_err()
}

#[tokio::test]
async fn without_an_engine_it_says_what_to_start() {
    let why = why(unreachable()).await;
    assert!(
        why.problem.contains("unix:///nonexistent/engine.sock"),
        "{why:?}"
    );
    assert!(why.remedy.contains("start Docker"), "{why:?}");
}

#[tokio::test]
async fn without_an_engine_nothing_runs() {
    let sandbox = Sandbox::new(Arc::new(Docker::new(unreachable())));
    let job = Job::new("print(1)");
    let error = sandbox
        .run(&job, &Policy::default(), None)
        .await
        .unwrap_err();
    assert!(matches!(error, RunError::Sandbox(_)), "{error:?}");
}

#[tokio::test]
async fn an_image_by_its_tag_is_refused_with_the_way_to_its_digest() {
    let settings = Settings {
        image: "python:3.14-slim".into(),
        ..unreachable()
    };
    let why = why(settings).await;
    assert!(why.problem.contains("not pinned"), "{why:?}");
    assert!(
        why.remedy.contains("docker image inspect") && why.remedy.ends_with("python:3.14-slim"),
        "{why:?}"
    );
}

#[tokio::test]
async fn another_machine_is_refused_without_encryption() {
    let settings = Settings {
        host: Some("tcp://192.0.2.1:2375".into()),
        ..Settings::default()
    };
    let why = why(settings).await;
    assert!(why.problem.contains("not encrypted"), "{why:?}");
    assert!(why.remedy.contains("ssh -L"), "{why:?}");
}

/// What an engine of this maker is asked for, and what is told when it refuses at length.
async fn asked_of(maker: &str) -> (Value, Why) {
    let service = MockServer::start().await;
    let version = json!({
        "ApiVersion": "1.41",
        "MinAPIVersion": "1.24",
        "Components": [{"Name": maker, "Version": "1"}],
    });
    let image = format!("sha256:{}", "0".repeat(64));
    for (verb, to, status, body) in [
        ("GET", "/version$", 200, version),
        ("GET", "/info$", 200, json!({"OSType": "linux"})),
        ("GET", "/images/.*/json$", 200, json!({"Id": image})),
        ("GET", "/containers/json$", 200, json!([])),
        (
            "POST",
            "/containers/create$",
            500,
            json!({"message": "no ".repeat(10_000)}),
        ),
        (
            "DELETE",
            "/containers/",
            404,
            json!({"message": "no such container"}),
        ),
    ] {
        Mock::given(method(verb))
            .and(path_regex(to))
            .respond_with(ResponseTemplate::new(status).set_body_json(body))
            .mount(&service)
            .await;
    }
    let sandbox = Sandbox::new(Arc::new(Docker::new(Settings {
        host: Some(format!("tcp://{}", service.address())),
        image,
        ..Settings::default()
    })));
    let (job, policy) = (Job::new("1"), Policy::default());
    let error = sandbox.run(&job, &policy, None).await.unwrap_err();
    let RunError::Sandbox(why) = error else {
        panic!("{error:?}");
    };
    let requests = service.received_requests().await.unwrap();
    let mut created = requests
        .iter()
        .filter(|request| request.url.path().ends_with("/containers/create"));
    let mut limits = created.next().unwrap().body_json::<Value>().unwrap()["HostConfig"].take();
    // Podman wants a file, which is there as long as the backend is
    let profile = limits["SecurityOpt"][1].as_str().unwrap();
    let profile = profile.strip_prefix("seccomp=").unwrap();
    if profile.starts_with('/') {
        let content = std::fs::read_to_string(profile).unwrap();
        limits["SecurityOpt"][1] = format!("the file: {content}").into();
    }
    (limits, why)
}

#[tokio::test]
async fn podman_is_asked_in_its_own_way_for_as_much() {
    const PROFILE: &str = include_str!("../../src/backend/docker/seccomp.json");
    let (mut docker, why) = asked_of("Engine").await;
    assert!(why.problem.len() < 500, "{why:?}");
    let (mut podman, _) = asked_of("Podman Engine").await;
    assert_eq!(docker["SecurityOpt"][1], format!("seccomp={PROFILE}"));
    assert_eq!(podman["SecurityOpt"][1], format!("the file: {PROFILE}"));
    let tmp = docker["Tmpfs"]["/tmp"].as_str().unwrap();
    let (tmp, inodes) = tmp.split_once(",nr_inodes=").unwrap();
    assert_eq!((&podman["Tmpfs"]["/tmp"], inodes), (&tmp.into(), "4098"));
    let closed = podman["Tmpfs"]["/var/tmp"].as_str().unwrap();
    assert!(closed.starts_with("ro,"), "{closed}");
    let ulimits = podman["Ulimits"].as_array().unwrap();
    assert_eq!(ulimits.last().unwrap()["Name"], "nproc");
    assert_eq!(
        ulimits[..ulimits.len() - 1],
        *docker["Ulimits"].as_array().unwrap()
    );
    for asked in [&mut docker, &mut podman] {
        for own in ["SecurityOpt", "Tmpfs", "Ulimits"] {
            asked[own].take();
        }
    }
    assert_eq!(docker, podman);
}

mod real {
    use std::{process::Stdio, sync::Arc, time::Duration};

    use bollard::models::{ContainerSummaryStateEnum, HostConfig};
    use seaworthy_sandbox::{
        Backend, Ending, Job, Outcome, Policy, RunError, Sandbox,
        backend::docker::{Docker, Settings},
    };
    use tokio::time::{Instant, sleep};

    use super::why;
    use crate::engine::{client, containers_of, inspect, own, settings};

    fn sandbox() -> Sandbox {
        Sandbox::new(Arc::new(Docker::new(settings())))
    }

    async fn run(job: &Job, policy: &Policy) -> Outcome {
        let outcome = sandbox().run(job, policy, None).await.unwrap();
        assert_eq!(own().await.len(), 0, "a container is left");
        outcome
    }

    /// Waits for the only container of a process to run.
    async fn running(pid: u32) -> bollard::models::ContainerSummary {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            let mut all = containers_of(pid).await;
            let state = all.first().and_then(|container| container.state);
            if state == Some(ContainerSummaryStateEnum::RUNNING) {
                return all.remove(0);
            }
            assert!(Instant::now() < end, "{all:?}");
            sleep(Duration::from_millis(20)).await;
        }
    }

    async fn soon_none(pid: u32) {
        let end = Instant::now() + Duration::from_secs(30);
        while !containers_of(pid).await.is_empty() {
            assert!(Instant::now() < end, "a container is left");
            sleep(Duration::from_millis(20)).await;
        }
    }

    #[tokio::test]
    async fn a_job_runs_with_its_stdin_and_files() {
        let mut job = Job::new(
            "import sys; print(sys.stdin.read(), open('a.txt').read()); open('/tmp/out/b', 'w').write('c')",
        )
        .with_file("a.txt", "file");
        job.stdin = b"stdin".to_vec();
        let outcome = run(&job, &Policy::default()).await;
        assert_eq!(outcome.stdout.text, "stdin file\n", "{outcome:?}");
        assert_eq!(outcome.ending, Ending::Exit);
        assert_eq!(outcome.artifacts[0].bytes, b"c");
        assert!(
            outcome.cpu.is_some() && outcome.peak_memory.is_some(),
            "{outcome:?}"
        );
    }

    #[tokio::test]
    async fn a_run_past_its_time_is_killed_and_gone() {
        let job =
            Job::new("print('here'); import time; time.sleep(60)").within(Duration::from_secs(1));
        let begun = Instant::now();
        let outcome = run(&job, &Policy::default()).await;
        assert_eq!(outcome.ending, Ending::Timeout, "{outcome:?}");
        assert_eq!(outcome.stdout.text, "here\n");
        assert!(begun.elapsed() < Duration::from_secs(10), "{outcome:?}");
    }

    #[tokio::test]
    async fn a_dropped_run_leaves_no_container() {
        // at every moment of its making and running
        for moment in [0, 1, 5, 20, 50, 100, 200, 400] {
            let (sandbox, job, policy) =
                (sandbox(), Job::new("while True: pass"), Policy::default());
            let run = sandbox.run(&job, &policy, None);
            let ended = tokio::time::timeout(Duration::from_millis(moment), run).await;
            assert!(ended.is_err(), "{ended:?}");
            // longer than a container takes to be made
            sleep(Duration::from_millis(700)).await;
            soon_none(std::process::id()).await;
        }
    }

    #[tokio::test]
    async fn a_container_that_somebody_kills_is_told() {
        let killer = async {
            let container = running(std::process::id()).await;
            let id = container.id.unwrap();
            // the guest and the code
            let begun = async || {
                let found = client().await.top_processes(&id, None).await.unwrap();
                found.processes.unwrap().len() > 1
            };
            while !begun().await {
                sleep(Duration::from_millis(20)).await;
            }
            client().await.kill_container(&id, None).await.unwrap();
        };
        let (job, policy) = (Job::new("import time; time.sleep(20)"), Policy::default());
        let (outcome, ()) = tokio::join!(run(&job, &policy), killer);
        assert_eq!(outcome.ending, Ending::Killed, "{outcome:?}");
        assert!(outcome.detail.contains("137"), "{outcome:?}");
    }

    #[tokio::test]
    async fn the_containers_limits() {
        let sandbox = sandbox();
        let (job, policy) = (Job::new("import time; time.sleep(60)"), Policy::default());
        let found = tokio::select! {
            outcome = sandbox.run(&job, &policy, None) => panic!("{outcome:?}"),
            container = running(std::process::id()) => inspect(&container).await,
        };
        let host = found.host_config.unwrap();
        let mut masked = host.masked_paths.clone().unwrap();
        masked.sort();
        let security: Vec<_> = host
            .security_opt
            .clone()
            .unwrap()
            .into_iter()
            .map(|option| match option.strip_prefix("seccomp=") {
                Some(profile) => {
                    let profile: serde_json::Value = serde_json::from_str(profile).unwrap();
                    format!(
                        "seccomp: else {}",
                        profile["defaultAction"].as_str().unwrap()
                    )
                }
                None => option,
            })
            .collect();
        // what the engine adds by itself differs from version to version; this is what we ask for
        let asked = HostConfig {
            network_mode: host.network_mode,
            dns: host.dns,
            dns_search: host.dns_search,
            memory: host.memory,
            memory_swap: host.memory_swap,
            nano_cpus: host.nano_cpus,
            pids_limit: host.pids_limit,
            oom_score_adj: host.oom_score_adj,
            readonly_rootfs: host.readonly_rootfs,
            cap_add: host.cap_add,
            cap_drop: host.cap_drop,
            security_opt: Some(security),
            privileged: host.privileged,
            ipc_mode: host.ipc_mode,
            pid_mode: host.pid_mode,
            userns_mode: host.userns_mode,
            uts_mode: host.uts_mode,
            tmpfs: host.tmpfs,
            ulimits: host.ulimits,
            cgroupns_mode: host.cgroupns_mode,
            log_config: host.log_config,
            binds: host.binds,
            mounts: host.mounts,
            devices: host.devices.filter(|devices| !devices.is_empty()),
            masked_paths: Some(masked),
            ..HostConfig::default()
        };
        let config = found.config.unwrap();
        let mut env = config.env.unwrap();
        env.sort();
        let host = serde_json::to_value(asked).unwrap();
        let made = serde_json::json!({
            "user": config.user,
            "env": env,
            "hostname": config.hostname,
            "working_dir": config.working_dir,
            "tty": config.tty,
            "stdin_once": config.stdin_once,
            "mounts": found.mounts,
            "host": host,
        });
        insta::assert_json_snapshot!(made);
    }

    /// Another process, which runs a long job and is killed: this very test, with a variable that
    /// makes it the server.
    #[expect(
        clippy::disallowed_methods,
        reason = "a server that is killed must be a process of its own"
    )]
    #[tokio::test]
    async fn containers_of_a_killed_server_end_and_are_swept() {
        const SERVER: &str = "SEAWORTHY_TEST_SERVER";
        if std::env::var(SERVER).is_ok() {
            let job = Job::new("import time; time.sleep(300)");
            let policy = Policy {
                wall: Duration::from_secs(300),
                ..Policy::default()
            };
            let outcome = sandbox().run(&job, &policy, None).await;
            panic!("the server ended by itself: {outcome:?}");
        }
        let name = "docker::real::containers_of_a_killed_server_end_and_are_swept";
        let mut server = tokio::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture"])
            .env(SERVER, "1")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let pid = server.id().unwrap();
        let container = running(pid).await;
        server.kill().await.unwrap();
        // its stdin closes with the server, and it ends by itself
        let end = Instant::now() + Duration::from_secs(10);
        while inspect(&container).await.state.unwrap().running == Some(true) {
            assert!(Instant::now() < end, "it runs on without its server");
            sleep(Duration::from_millis(50)).await;
        }
        // the next server's first run removes it
        let outcome = run(&Job::new("print(1)"), &Policy::default()).await;
        assert_eq!(outcome.stdout.text, "1\n");
        assert_eq!(containers_of(pid).await.len(), 0, "it was not swept");
    }

    #[tokio::test]
    async fn a_living_servers_containers_are_not_swept() {
        let sandbox = sandbox();
        let (job, policy) = (Job::new("import time; time.sleep(60)"), Policy::default());
        let id = std::process::id();
        tokio::select! {
            outcome = sandbox.run(&job, &policy, None) => panic!("{outcome:?}"),
            () = async {
                running(id).await;
                Docker::new(settings()).sweep().await.unwrap();
                assert_eq!(containers_of(id).await.len(), 1);
            } => {}
        }
    }

    #[tokio::test]
    async fn it_is_available() {
        assert_eq!(Docker::new(settings()).available().await, Ok(()));
    }

    #[tokio::test]
    async fn a_missing_image_is_not_pulled_by_a_run() {
        let image = format!("example@sha256:{}", "0".repeat(64));
        let settings = Settings {
            image: image.clone(),
            ..settings()
        };
        let remedy = format!("fetch it: docker pull {image}");
        assert_eq!(why(settings.clone()).await.remedy, remedy);
        let sandbox = Sandbox::new(Arc::new(Docker::new(settings)));
        let error = sandbox
            .run(&Job::new(""), &Policy::default(), None)
            .await
            .unwrap_err();
        let RunError::Sandbox(why) = error else {
            panic!("{error:?}")
        };
        assert_eq!(why.remedy, remedy);
    }

    #[tokio::test]
    async fn a_missing_runtime_is_told_with_those_that_are_there() {
        let settings = Settings {
            runtime: Some("nosuch".into()),
            ..settings()
        };
        let why = why(settings).await;
        assert!(
            why.problem.contains("nosuch") && why.remedy.contains("runc"),
            "{why:?}"
        );
    }

    #[tokio::test]
    async fn an_image_that_is_there_is_pulled_at_once() {
        let docker = Docker::new(settings());
        assert_eq!(docker.pull(|_| panic!("nothing is fetched")).await, Ok(()));
    }
}
