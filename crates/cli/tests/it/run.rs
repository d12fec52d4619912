//! `seaworthy run`: what people and scripts rely on.

use std::process::Stdio;

use serde_json::Value;
use tokio::io::AsyncWriteExt;

use crate::{child::BINARY, programs::command};

struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

async fn run(arguments: &[&str], stdin: &[u8]) -> Ran {
    let mut child = command(BINARY)
        .arg("run")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    // a run that is refused does not read it
    let _ = pipe.write_all(stdin).await;
    drop(pipe);
    let output = child.wait_with_output().await.unwrap();
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[tokio::test]
async fn an_unknown_sandbox_is_an_error_and_not_another_sandbox() {
    let ran = run(&["--backend", "chroot", "-c", "print(1)"], b"").await;
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert!(
        ran.stderr.contains("choose one of docker, e2b, wasm"),
        "{}",
        ran.stderr
    );
}

#[tokio::test]
async fn an_unavailable_sandbox_is_an_error_with_the_remedy() {
    let output = command(BINARY)
        .args(["run", "--backend", "docker", "-c", "print(1)"])
        .env("DOCKER_HOST", "unix:///nonexistent/docker.sock")
        .output()
        .await
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let output = command(BINARY)
        .args(["run", "--backend", "e2b", "-c", "1"])
        .output()
        .await;
    let said = String::from_utf8(output.unwrap().stderr).unwrap();
    assert!(said.contains("E2B_API_KEY is not set"), "{said}");
}

#[tokio::test]
async fn a_file_that_is_not_there_is_named() {
    let ran = run(&["no-such-file.py"], b"").await;
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.contains("no-such-file.py cannot be read"),
        "{}",
        ran.stderr
    );
}

mod wasm {
    use super::*;

    #[tokio::test]
    async fn output_and_status_are_the_codes_own() {
        let code = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(7)";
        let ran = run(&["-c", code], b"").await;
        assert_eq!(ran.code, Some(7), "{}", ran.stderr);
        assert_eq!(
            (ran.stdout.as_str(), ran.stderr.as_str()),
            ("out\n", "err\n")
        );
    }

    #[tokio::test]
    async fn code_comes_from_stdin_or_stdin_is_the_codes() {
        let ran = run(&[], b"print(6 * 7)").await;
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "42\n"));
        let ran = run(&["-"], b"print(6 * 8)").await;
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "48\n"));
        let ran = run(&["-c", "import sys; print(sys.stdin.read()[::-1])"], b"abc").await;
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "cba\n"));
    }

    #[tokio::test]
    async fn files_go_in_and_come_out() {
        let folder = tempfile::tempdir().unwrap();
        let (input, script) = (folder.path().join("n.txt"), folder.path().join("job.py"));
        let out = folder.path().join("results");
        std::fs::write(&input, "4").unwrap();
        std::fs::write(
            &script,
            "open('out/r.txt', 'w').write(str(int(open('n.txt').read()) ** 2))",
        )
        .unwrap();
        let path = |path: &std::path::Path| path.to_str().unwrap().to_owned();
        let (input, script, to) = (path(&input), path(&script), path(&out));
        let ran = run(&["--input", &input, "--out", &to, &script], b"").await;
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        assert_eq!(std::fs::read_to_string(out.join("r.txt")).unwrap(), "16");
    }

    #[tokio::test]
    async fn the_time_is_kept_and_told() {
        let ran = run(
            &["--timeout", "1", "-c", "print('begun')\nwhile True: pass"],
            b"",
        )
        .await;
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(124), "begun\n"));
        assert_eq!(ran.stderr, "seaworthy: timed out after 1 s\n");
    }

    #[tokio::test]
    async fn json_has_everything_on_one_line() {
        let ran = run(
            &["--json", "-c", "print('x' * 3); b = bytearray(1 << 30)"],
            b"",
        )
        .await;
        assert_eq!(ran.code, Some(137), "{}", ran.stderr);
        assert_eq!(ran.stdout.lines().count(), 1);
        let told: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(told["backend"], "wasm");
        assert_eq!(told["ending"], "memory");
        assert_eq!(told["stdout"]["text"], "xxx\n");
        assert!(
            told["stderr"]["text"]
                .as_str()
                .unwrap()
                .contains("MemoryError")
        );
        assert!(told["wall_ms"].as_f64().unwrap() > 0.0);
        assert!(told["peak_memory_bytes"].as_u64().unwrap() > 1 << 20);
    }
}
