mod real {
    use std::sync::Arc;

    use seaworthy_sandbox::{
        Ending, Job, Policy, Sandbox,
        backend::docker::{Docker, Settings},
    };

    #[expect(
        clippy::disallowed_methods,
        reason = "tests/real/engine tells by the environment where the engine is"
    )]
    fn settings() -> Settings {
        let variable =
            |name| std::env::var(name).expect("run this by: eval \"$(tests/real/engine)\"");
        Settings {
            host: Some(variable("DOCKER_HOST")),
            image: variable("SEAWORTHY_TEST_IMAGE"),
            ..Settings::default()
        }
    }

    fn sandbox() -> Sandbox {
        Sandbox::new(Arc::new(Docker::new(settings())))
    }

    #[tokio::test]
    async fn a_job_runs_with_its_stdin_and_files() {
        let mut job = Job::new(
            "import sys; print(sys.stdin.read(), open('a.txt').read()); open('/tmp/out/b', 'w').write('c')",
        )
        .with_file("a.txt", "file");
        job.stdin = b"stdin".to_vec();
        let outcome = sandbox().run(&job, &Policy::default(), None).await.unwrap();
        assert_eq!(outcome.stdout.text, "stdin file\n", "{outcome:?}");
        assert_eq!(outcome.ending, Ending::Exit);
        assert_eq!(outcome.artifacts[0].bytes, b"c");
    }
}
