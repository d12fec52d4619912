//! The wasm backend's own parts: the set-up, what is checked before compiled code is loaded, the
//! lock around a worker.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
};

use seaworthy_sandbox::{
    Ending, Job, Policy, RunError, Sandbox,
    backend::{
        Backend,
        wasm::{Settings, Wasm, compiled_file, component_file, set_up},
    },
};

/// Where the guest of the tests lies: made once, kept in the target folder.
fn shared_folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("sandbox")
}

fn settings(folder: &Path) -> Settings {
    Settings {
        worker: env!("CARGO_BIN_EXE_sandbox-worker").into(),
        worker_args: Vec::new(),
        folder: folder.to_owned(),
        shipped: None,
        workers: 2,
        listener: None,
    }
}

/// A folder of its own with a copy of the compiled guest.
async fn copy() -> (tempfile::TempDir, PathBuf) {
    let made = set_up(&settings(&shared_folder()), &|_| {}).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = compiled_file(folder.path()).unwrap();
    fs::copy(&made, &file).unwrap();
    let digest = |file: &Path| file.with_extension("cwasm.sha256");
    fs::copy(digest(&made), digest(&file)).unwrap();
    (folder, file)
}

async fn refused(folder: &Path) -> (String, String) {
    let sandbox = Sandbox::new(Arc::new(Wasm::new(settings(folder))));
    match sandbox
        .run(&Job::new("print(1)"), &Policy::default(), None)
        .await
    {
        Err(RunError::Sandbox(why)) => (why.problem, why.remedy),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_set_up_says_what_it_does_and_does_it_once() {
    let shared = settings(&shared_folder());
    set_up(&shared, &|_| {}).await.unwrap();
    // from the component alone, as from a release archive: nothing is fetched
    let folder = tempfile::tempdir().unwrap();
    let steps = Mutex::new(Vec::new());
    let mut from_archive = settings(folder.path());
    from_archive.shipped = Some(shared_folder());
    set_up(&from_archive, &|step| steps.lock().unwrap().push(step.text))
        .await
        .unwrap();
    let steps = steps.into_inner().unwrap();
    assert_eq!(steps, ["compile it for this machine (some seconds)"]);
    assert!(!component_file(folder.path()).exists());
    let again = set_up(&from_archive, &|step| panic!("{step:?}"))
        .await
        .unwrap();
    assert!(again.is_file());
    let sandbox = Sandbox::new(Arc::new(Wasm::new(from_archive)));
    let outcome = sandbox
        .run(&Job::new("print(6*7)"), &Policy::default(), None)
        .await
        .unwrap();
    assert_eq!(
        (outcome.stdout.text.as_str(), outcome.ending),
        ("42\n", Ending::Exit)
    );
}

#[tokio::test]
async fn changed_compiled_code_is_not_loaded() {
    let (folder, file) = copy().await;
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();
    let (problem, remedy) = refused(folder.path()).await;
    assert!(problem.contains("it is not what was compiled"), "{problem}");
    assert!(remedy.contains("seaworthy sandbox setup"), "{remedy}");
}

#[tokio::test]
async fn compiled_code_without_its_digest_is_not_loaded() {
    let (folder, file) = copy().await;
    fs::remove_file(file.with_extension("cwasm.sha256")).unwrap();
    let (problem, _) = refused(folder.path()).await;
    assert!(problem.contains("it has no digest"), "{problem}");
}

#[cfg(unix)]
#[tokio::test]
async fn compiled_code_that_others_can_write_is_not_loaded() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, file) = copy().await;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
    let (problem, remedy) = refused(folder.path()).await;
    assert!(problem.contains("others can write"), "{problem}");
    assert!(remedy.contains("chmod go-w"), "{remedy}");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let (problem, _) = refused(folder.path()).await;
    assert!(problem.contains("others can write"), "{problem}");
}

#[tokio::test]
async fn a_worker_that_is_not_there_is_an_error_with_a_remedy() {
    let (folder, _) = copy().await;
    let mut missing = settings(folder.path());
    missing.worker = "/nonexistent/seaworthy".into();
    let sandbox = Sandbox::new(Arc::new(Wasm::new(missing)));
    let error = sandbox
        .run(&Job::new(""), &Policy::default(), None)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("does not start"), "{error}");
}

#[tokio::test]
async fn without_the_guest_it_says_how_to_get_it() {
    let folder = tempfile::tempdir().unwrap();
    let why = Wasm::new(settings(folder.path()))
        .available()
        .await
        .unwrap_err();
    assert!(why.remedy.contains("seaworthy sandbox setup"), "{why:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_worker_cannot_get_out_even_as_native_code() {
    let folder = tempfile::tempdir().unwrap();
    #[expect(clippy::disallowed_methods, reason = "the program of this test")]
    let output = Command::new(env!("CARGO_BIN_EXE_sandbox-worker"))
        .arg("--escape")
        .arg(folder.path())
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let doors = [
        "read",
        "write",
        "list",
        "listen",
        "exec",
        "unix socket",
        "signal",
    ];
    let expected: String = [("before", "open"), ("after", "shut")]
        .iter()
        .flat_map(|(when, state)| doors.map(|door| format!("{when}: {door} {state}\n")))
        .collect();
    assert_eq!(told, expected);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn every_thread_of_a_worker_is_locked_in() {
    let (folder, _) = copy().await;
    let sandbox = Sandbox::new(Arc::new(Wasm::new(settings(folder.path()))));
    sandbox
        .run(&Job::new("pass"), &Policy::default(), None)
        .await
        .unwrap();
    let me = std::process::id();
    let children = fs::read_to_string(format!("/proc/{me}/task/{me}/children"));
    let mut seen = 0;
    for task in fs::read_dir(format!("/proc/{me}/task")).unwrap() {
        let children =
            fs::read_to_string(task.unwrap().path().join("children")).unwrap_or_default();
        for worker in children.split_whitespace() {
            for thread in fs::read_dir(format!("/proc/{worker}/task")).unwrap() {
                let status = fs::read_to_string(thread.unwrap().path().join("status")).unwrap();
                assert!(status.contains("\nSeccomp:\t2\n"), "{status}");
                assert!(status.contains("\nNoNewPrivs:\t1\n"), "{status}");
                seen += 1;
            }
            let environment = fs::read(format!("/proc/{worker}/environ")).unwrap();
            assert!(environment.is_empty(), "{environment:?}");
        }
    }
    assert!(seen >= 3, "{seen} {children:?}");
}
