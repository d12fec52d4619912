//! Calls from the code to the host's tools: what works, what is refused, and what hostile code
//! makes of it.

use std::{
    sync::{Arc, atomic::Ordering::SeqCst},
    time::Duration,
};

use seaworthy_sandbox::{Ending, Job, Outcome, Policy};

use crate::{
    attack::show,
    backends::Subject,
    host_tools::HostTools,
    program::{Program, program},
};

const PATIENCE: Duration = Duration::from_secs(90);

pub(crate) const PROGRAMS: &[Program] = &[
    program("answers_are_bounded", |subject| {
        Box::pin(answers_are_bounded(subject))
    }),
    program("answers_are_data", |subject| {
        Box::pin(answers_are_data(subject))
    }),
    program("arguments_are_checked", |subject| {
        Box::pin(arguments_are_checked(subject))
    }),
    program("calls_at_once", |subject| Box::pin(calls_at_once(subject))),
    program("calls_have_a_time", |subject| {
        Box::pin(calls_have_a_time(subject))
    }),
    program("calls_of_a_run", |subject| {
        Box::pin(calls_of_a_run(subject))
    }),
    program("calls_while_the_clock_runs", |subject| {
        Box::pin(calls_while_the_clock_runs(subject))
    }),
    program("huge_arguments", |subject| {
        Box::pin(huge_arguments(subject))
    }),
    program("no_tools", |subject| Box::pin(no_tools(subject))),
    program("refusals_are_exceptions", |subject| {
        Box::pin(refusals_are_exceptions(subject))
    }),
    program("tools_of_the_jobs_own", |subject| {
        Box::pin(tools_of_the_jobs_own(subject))
    }),
];

/// Runs code with tools; it must print `WORKS`.
async fn works(
    subject: &Subject,
    code: &str,
    policy: &Policy,
) -> Result<(Outcome, Arc<HostTools>), String> {
    let tools = Arc::new(HostTools::default());
    let job = Job::new(code).within(Duration::from_secs(25));
    let outcome = subject
        .run_with(&job, policy, Some(tools.clone()), PATIENCE)
        .await?;
    if outcome.ending != Ending::Exit
        || outcome.stdout.text != "WORKS\n"
        || !outcome.stderr.text.is_empty()
    {
        return Err(show(&outcome));
    }
    Ok((outcome, tools))
}

async fn answers_are_data(subject: Subject) -> Result<(), String> {
    let code = r#"
import tools
data = {"text": "Grüße 🚢 \u0000 \"\\ \u2028", "list": [1, 2.5, None, True, {}], "n": 2**53, "nested": {"a": [[[]]]}, "empty": ""}
assert tools.echo(**data) == data, tools.echo(**data)
assert tools.echo() == {}
from tools import sequence
assert [sequence(), sequence()] == [4, 5] or [sequence(), sequence()] == [5, 6], sequence()
assert tools.mark() is None and tools.text(bytes=3) == "xxx"
print("WORKS")
"#;
    let (outcome, tools) = works(&subject, code, &Policy::default()).await?;
    let calls = tools.calls.lock().map_err(|e| e.to_string())?;
    let numbers: Vec<_> = calls.iter().map(|(_, sequence)| *sequence).collect();
    let one_run = calls
        .iter()
        .all(|(run, _)| *run == calls[0].0 && !run.is_empty());
    let counted = u32::try_from(calls.len()).unwrap_or(0);
    if numbers != (1..=counted).collect::<Vec<_>>() || outcome.calls != counted || !one_run {
        return Err(format!(
            "the calls {numbers:?} of the run {}",
            show(&outcome)
        ));
    }
    Ok(())
}

async fn refusals_are_exceptions(subject: Subject) -> Result<(), String> {
    let code = r#"
import tools
from tools import ToolError
try:
    tools.fail()
except ToolError as error:
    assert (error.kind, error.message, error.hint) == ("not_found", "there is no issue 7", "look with find_items first")
    assert str(error) == "there is no issue 7. look with find_items first", str(error)
else:
    raise SystemExit("no exception")
try:
    tools.delete_everything(sure=True)
except Exception as error:
    assert error.kind == "not_found" and isinstance(error, ToolError)
assert tools.echo(still=1) == {"still": 1}
print("WORKS")
"#;
    works(&subject, code, &Policy::default()).await.map(drop)
}

/// What is no JSON is refused in the sandbox or by the host, and the next call works.
async fn arguments_are_checked(subject: Subject) -> Result<(), String> {
    let code = r#"
import tools
deep = []
for _ in range(100_000):
    deep = [deep]
less = []
for _ in range(200):
    less = [less]
loop = []
loop.append(loop)
refused = 0
bad = [{"x": deep}, {"x": less}, {"x": loop}, {"x": b"bytes"}, {"x": {1, 2}}, {"x": object()}, {"x": print}, {"x": "\ud800"}]
for arguments in bad:
    try:
        tools.echo(**arguments)
    except Exception as error:
        refused += 1
for name, arguments in [("echo", []), ("echo", None), ("echo", "text"), ("echo", 7), (None, {}), (7, {}), (["echo"], {}), ("", {}), ("x" * 100_000, {}), ("../echo", {}), ("\ud800", {})]:
    try:
        tools._call(name, arguments)
    except Exception as error:
        refused += 1
assert refused >= 15, refused
for odd in (float("nan"), float("inf"), 10**400, -2**63):
    try:
        tools.echo(x=odd)
    except Exception:
        pass
assert tools.echo(still=1) == {"still": 1}
print("WORKS")
"#;
    works(&subject, code, &Policy::default()).await.map(drop)
}

async fn answers_are_bounded(subject: Subject) -> Result<(), String> {
    let code = r#"
import tools
mib = 1024 * 1024
assert len(tools.text(bytes=mib - 2)) == mib - 2
try:
    tools.text(bytes=mib - 1)
except tools.ToolError as error:
    assert error.kind == "budget" and "smaller" in error.hint, error
else:
    raise SystemExit("1 MiB and a byte came through")
total = mib
for n in range(20):
    try:
        total += len(tools.text(bytes=mib - 2)) + 2
    except tools.ToolError as error:
        assert error.kind == "budget", error
        break
assert total == 8 * mib, total
print("WORKS")
"#;
    works(&subject, code, &Policy::default()).await.map(drop)
}

async fn calls_of_a_run(subject: Subject) -> Result<(), String> {
    let code = r#"
import tools
for n in range(100):
    assert tools.sequence() == n + 1
for n in range(300):
    try:
        tools.sequence()
    except tools.ToolError as error:
        assert error.kind == "budget" and "100" in error.message, error
    else:
        raise SystemExit("one more")
print("WORKS")
"#;
    let (outcome, tools) = works(&subject, code, &Policy::default()).await?;
    let came = tools.calls.lock().map_err(|e| e.to_string())?.len();
    if came != 100 || outcome.calls != 100 {
        return Err(format!("{came} calls came\n{}", show(&outcome)));
    }
    Ok(())
}

/// Where code can call from several threads, four are served at one time and all are answered.
async fn calls_at_once(subject: Subject) -> Result<(), String> {
    let code = r#"
import tools, threading
answers = []
def call(n):
    answers.append(tools.echo(n=n)["n"])
    tools.sleep(ms=200)
try:
    threads = [threading.Thread(target=call, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
except RuntimeError:
    answers = [tools.echo(n=n)["n"] for n in range(20)]
assert sorted(answers) == list(range(20)), answers
print("WORKS")
"#;
    let (_, tools) = works(&subject, code, &Policy::default()).await?;
    let most = tools.most.load(SeqCst);
    let threads = subject.name != "wasm";
    if most > 4 || (threads && most < 2) {
        return Err(format!("{most} calls were answered at one time"));
    }
    Ok(())
}

async fn calls_have_a_time(subject: Subject) -> Result<(), String> {
    let code = r#"
import time, tools
start = time.monotonic()
try:
    tools.sleep(ms=20_000)
except tools.ToolError as error:
    assert error.kind == "timeout", error
assert time.monotonic() - start < 8
assert tools.echo(still=1) == {"still": 1}
print("WORKS")
"#;
    let policy = Policy {
        call_wall: Duration::from_secs(1),
        ..Policy::default()
    };
    if Policy::default().call_wall != Duration::from_secs(10) {
        return Err("a call has 10 s".into());
    }
    works(&subject, code, &policy).await.map(drop)
}

/// A run that waits for a tool is ended like any other.
async fn calls_while_the_clock_runs(subject: Subject) -> Result<(), String> {
    let code = "
import tools
while True:
    try:
        tools.sleep(ms=60_000)
    except tools.ToolError:
        pass
";
    let job = Job::new(code).within(Duration::from_millis(1_500));
    let tools = Arc::new(HostTools::default());
    let outcome = subject
        .run_with(&job, &Policy::default(), Some(tools), PATIENCE)
        .await?;
    if outcome.ending != Ending::Timeout || outcome.wall > Duration::from_secs(10) {
        return Err(show(&outcome));
    }
    Ok(())
}

/// Arguments of many megabytes: refused or passed on, the run goes on or is ended, nothing hangs.
async fn huge_arguments(subject: Subject) -> Result<(), String> {
    let code = r#"
import tools
for size in (1 << 20, 15 << 20, 17 << 20, 40 << 20):
    try:
        tools.echo(x="a" * size)
    except Exception as error:
        print(size, type(error).__name__)
print("the end")
"#;
    let tools = Arc::new(HostTools::default());
    let job = Job::new(code).within(Duration::from_secs(20));
    let outcome = subject
        .run_with(&job, &Policy::default(), Some(tools), PATIENCE)
        .await?;
    if outcome.ending != Ending::Exit
        || !outcome.stdout.text.ends_with("the end\n")
        || !outcome.stdout.text.contains("17825792 ToolError")
    {
        return Err(format!(
            "what is too large should be a ToolError\n{}",
            show(&outcome)
        ));
    }
    Ok(())
}

async fn no_tools(subject: Subject) -> Result<(), String> {
    let code = "
try:
    import tools
except ModuleNotFoundError as error:
    assert 'no tools' in str(error), error
    print('WORKS')
";
    let job = Job::new(code).within(Duration::from_secs(25));
    let outcome = subject.run(&job, &Policy::default(), PATIENCE).await?;
    if outcome.stdout.text != "WORKS\n" || outcome.calls != 0 {
        return Err(show(&outcome));
    }
    Ok(())
}

/// A file `tools.py` of the job is not taken for the host's tools.
async fn tools_of_the_jobs_own(subject: Subject) -> Result<(), String> {
    let tools = Arc::new(HostTools::default());
    let job = Job::new("import tools\nassert tools.sequence() == 1\nprint('WORKS')")
        .with_file("tools.py", "def sequence():\n    return 'forged'\n")
        .within(Duration::from_secs(25));
    let outcome = subject
        .run_with(&job, &Policy::default(), Some(tools), PATIENCE)
        .await?;
    if outcome.stdout.text != "WORKS\n" || outcome.calls != 1 {
        return Err(show(&outcome));
    }
    Ok(())
}
