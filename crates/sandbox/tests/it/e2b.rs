use std::{sync::Arc, time::Duration};

use seaworthy_sandbox::{
    Backend, Job, Policy, RunError, Sandbox, Why,
    backend::e2b::{E2b, Key, Settings},
};
use serde_json::json;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

use crate::e2b_server::KEY;

fn settings(url: &str) -> Settings {
    Settings {
        api: url.to_owned(),
        sandbox_url: Some(url.to_owned()),
        ..Settings::new(Key::parse(KEY).unwrap())
    }
}

async fn refusal(answer: ResponseTemplate) -> Why {
    let service = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v2/sandboxes"))
        .respond_with(answer)
        .expect(1)
        .mount(&service)
        .await;
    let sandbox = Sandbox::new(Arc::new(E2b::new(settings(&service.uri()))));
    let (job, policy) = (Job::new("1"), Policy::default());
    let error = sandbox.run(&job, &policy, None).await.unwrap_err();
    let RunError::Sandbox(why) = error else {
        panic!("{error:?}");
    };
    assert!(!format!("{why:?}").contains(KEY), "{why:?}");
    why
}

#[tokio::test]
async fn refusals_say_what_to_do_and_never_the_key() {
    for (status, remedy) in [
        (400, "template"),
        (401, "E2B_API_KEY"),
        (403, "plan"),
        (404, "template"),
        (429, "try again later"),
        (307, "redirects are not followed"),
        (500, "status page"),
    ] {
        let echo = json!({"code": status, "message": format!("no such thing for {KEY}")});
        let answer = ResponseTemplate::new(status)
            .insert_header("location", "http://127.0.0.1:1/")
            .set_body_json(echo);
        let why = refusal(answer).await;
        assert!(why.remedy.contains(remedy), "{status}: {why:?}");
        assert!(why.problem.contains(&status.to_string()), "{why:?}");
        assert!(why.problem.contains("(the key)"), "{why:?}");
    }
}

#[tokio::test]
async fn answers_that_are_no_sandbox_are_refused() {
    for body in [
        json!([]),
        json!({"sandboxID": "../x"}),
        json!({"sandboxID": "a.evil.test/"}),
        json!({"sandboxID": ""}),
    ] {
        let why = refusal(ResponseTemplate::new(201).set_body_json(&body)).await;
        assert!(why.problem.contains("no sandbox"), "{body}: {why:?}");
    }
    let flood = ResponseTemplate::new(500).set_body_string("x".repeat(10_000_000));
    assert!(refusal(flood).await.problem.len() < 400);
}

#[tokio::test]
async fn a_sandbox_whose_process_does_not_start_is_deleted() {
    let service = MockServer::start().await;
    let made = ResponseTemplate::new(201).set_body_json(json!({"sandboxID": "i1"}));
    for (verb, to, answer) in [
        ("POST", "/v2/sandboxes", made),
        ("POST", "/process.Process/Start", ResponseTemplate::new(503)),
        ("DELETE", "/sandboxes/i1", ResponseTemplate::new(204)),
    ] {
        Mock::given(method(verb))
            .and(path(to))
            .respond_with(answer)
            .expect(1)
            .mount(&service)
            .await;
    }
    let sandbox = Sandbox::new(Arc::new(E2b::new(settings(&service.uri()))));
    let (job, policy) = (Job::new("1"), Policy::default());
    let ended = sandbox.run(&job, &policy, None).await;
    assert!(matches!(ended, Err(RunError::Sandbox(_))), "{ended:?}");
}

#[tokio::test]
async fn an_unreachable_service_is_told() {
    let why = E2b::new(settings("http://127.0.0.1:1"))
        .available()
        .await
        .unwrap_err();
    assert!(why.problem.contains("cannot be reached"), "{why:?}");
}

#[tokio::test]
async fn a_plain_connection_to_elsewhere_is_refused() {
    let why = E2b::new(settings("http://api.e2b.test"))
        .available()
        .await
        .unwrap_err();
    assert!(why.problem.contains("not encrypted"), "{why:?}");
}

mod real {
    use std::process::Stdio;

    use futures::{FutureExt, future::BoxFuture};
    use seaworthy_sandbox::{Ending, Outcome, Refusal, ToolCall, Tools};
    use serde_json::Value;
    use tokio::time::{Instant, sleep};

    use super::*;
    use crate::{
        e2b_server::{Server, TEMPLATE},
        engine::{client, variable},
    };

    async fn server() -> Server {
        Server::start(client().await, variable("SEAWORTHY_TEST_IMAGE")).await
    }

    fn sandbox(server: &Server) -> Sandbox {
        let mut settings = settings(&server.url());
        settings.template = TEMPLATE.into();
        Sandbox::new(Arc::new(E2b::new(settings)))
    }

    async fn run(job: &Job, tools: Option<Arc<dyn Tools>>) -> Outcome {
        let server = server().await;
        let outcome = sandbox(&server)
            .run(job, &Policy::default(), tools)
            .await
            .unwrap();
        assert_eq!(server.sandboxes(), 0, "a sandbox is left");
        outcome
    }

    #[tokio::test]
    async fn it_is_available_with_the_right_key_only() {
        let server = server().await;
        assert_eq!(sandbox(&server).backend().available().await, Ok(()));
        let mut wrong = settings(&server.url());
        wrong.key = Key::parse("e2b_wrong_wrong").unwrap();
        let why = E2b::new(wrong).available().await.unwrap_err();
        assert!(why.remedy.contains("E2B_API_KEY"), "{why:?}");
    }

    #[tokio::test]
    async fn a_job_runs_with_its_stdin_and_files() {
        let mut job = Job::new(
            "import sys; print(len(sys.stdin.read()), open('a.txt').read()); open('/tmp/out/b', 'w').write('c')",
        )
        .with_file("a.txt", "file");
        // more than one piece
        job.stdin = vec![b'x'; 1_000_000];
        let outcome = run(&job, None).await;
        assert_eq!(outcome.stdout.text, "1000000 file\n", "{outcome:?}");
        assert_eq!(outcome.ending, Ending::Exit);
        assert_eq!(outcome.artifacts[0].bytes, b"c");
        assert!(
            outcome.cpu.is_some() && outcome.peak_memory.is_some(),
            "{outcome:?}"
        );
    }

    struct Doubler;

    impl Tools for Doubler {
        fn module(&self) -> &'static str {
            "def double(n): return _call('double', {'n': n})"
        }

        fn call(&self, call: ToolCall) -> BoxFuture<'_, Result<Value, Refusal>> {
            async move {
                let number = call.arguments["n"].as_u64();
                let number = number.ok_or_else(|| Refusal::new("odd", "no number", "give one"))?;
                Ok(json!(number * 2))
            }
            .boxed()
        }
    }

    #[tokio::test]
    async fn code_calls_tools_through_stdin() {
        let job = Job::new(
            "import tools\nfor n in range(3): print(tools.double(n))\ntry: tools.double('x')\nexcept tools.ToolError as e: print(e.kind, e)",
        );
        let outcome = run(&job, Some(Arc::new(Doubler))).await;
        assert_eq!(
            outcome.stdout.text, "0\n2\n4\nodd no number. give one\n",
            "{outcome:?}"
        );
        assert_eq!(outcome.calls, 4);
    }

    #[tokio::test]
    async fn a_run_past_its_time_leaves_no_sandbox() {
        let job =
            Job::new("print('here'); import time; time.sleep(60)").within(Duration::from_secs(1));
        let begun = Instant::now();
        let outcome = run(&job, None).await;
        assert_eq!(outcome.ending, Ending::Timeout, "{outcome:?}");
        assert_eq!(outcome.stdout.text, "here\n");
        assert!(begun.elapsed() < Duration::from_secs(15));
    }

    #[tokio::test]
    async fn a_dropped_run_leaves_no_sandbox() {
        let server = server().await;
        for moment in [1, 50, 200, 1_000] {
            let (sandbox, job, policy) = (
                sandbox(&server),
                Job::new("while True: pass"),
                Policy::default(),
            );
            let run = sandbox.run(&job, &policy, None);
            let ended = tokio::time::timeout(Duration::from_millis(moment), run).await;
            assert!(ended.is_err(), "{ended:?}");
            // longer than a sandbox takes to be made
            sleep(Duration::from_secs(2)).await;
            let end = Instant::now() + Duration::from_secs(20);
            while server.sandboxes() > 0 {
                assert!(Instant::now() < end, "a sandbox is left");
                sleep(Duration::from_millis(50)).await;
            }
        }
    }

    #[tokio::test]
    async fn a_sandbox_that_goes_away_is_told() {
        let server = server().await;
        let sandbox = sandbox(&server);
        let (job, policy) = (
            Job::new("import os, signal; os.kill(os.getppid(), signal.SIGKILL)"),
            Policy::default(),
        );
        let outcome = sandbox.run(&job, &policy, None).await.unwrap();
        assert_eq!(outcome.ending, Ending::Killed, "{outcome:?}");
    }

    /// The service speaks E2B's protocol as its makers do.
    #[expect(
        clippy::disallowed_methods,
        reason = "the official SDK is a program of its own"
    )]
    #[tokio::test]
    async fn the_official_sdk_passes_against_the_service() {
        let tests = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/e2b_server");
        let python = std::env::var("SEAWORTHY_E2B_PYTHON").unwrap_or(
            concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../target/tools/venv-e2b/bin/python"
            )
            .into(),
        );
        let server = server().await;
        let output = tokio::process::Command::new(&python)
            .args(["-I", &format!("{tests}/sdk.py"), &server.url(), KEY])
            .stdin(Stdio::null())
            .env("NO_PROXY", "127.0.0.1")
            .kill_on_drop(true)
            .output()
            .await
            .unwrap_or_else(|error| {
                panic!("{python}: {error}; python3 -m venv target/tools/venv-e2b && target/tools/venv-e2b/bin/pip install -r {tests}/requirements.txt")
            });
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        insta::assert_snapshot!(String::from_utf8_lossy(&output.stdout));
        assert_eq!(server.sandboxes(), 0);
    }
}
