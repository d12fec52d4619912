//! Between runs, and when the server goes: nothing is shared, nothing is left.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures::future::{join_all, try_join_all};
use seaworthy_sandbox::{Ending, Job, Outcome, Policy};

use crate::{
    attack::show,
    backends::Subject,
    processes,
    program::{Program, program},
    server::Server,
};

const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) const PROGRAMS: &[Program] = &[
    program("cancelled_midway", |subject| {
        Box::pin(cancelled_midway(subject))
    }),
    program("hashes_differ", |subject| Box::pin(hashes_differ(subject))),
    program("killed_midway", |subject| Box::pin(killed_midway(subject))),
    program("neighbours_are_unseen", |subject| {
        Box::pin(neighbours_are_unseen(subject))
    }),
    program("randomness_differs", |subject| {
        Box::pin(randomness_differs(subject))
    }),
    program("state_is_gone", |subject| Box::pin(state_is_gone(subject))),
    program("time_is_each_runs_own", |subject| {
        Box::pin(time_is_each_runs_own(subject))
    }),
];

async fn all(subject: &Subject, jobs: &[Job]) -> Result<Vec<Outcome>, String> {
    let policy = Policy::default();
    try_join_all(jobs.iter().map(|job| subject.run(job, &policy, PATIENCE))).await
}

fn all_work(outcomes: &[Outcome]) -> Result<(), String> {
    let bad = |o: &&Outcome| {
        o.ending != Ending::Exit || o.stdout.text != "WORKS\n" || !o.stderr.text.is_empty()
    };
    outcomes
        .iter()
        .find(bad)
        .map_or(Ok(()), |outcome| Err(show(outcome)))
}

/// Enough runs that each worker, or each container that waits, gets more than one.
fn enough(subject: &Subject) -> usize {
    (subject.backend.capacity() * 2).clamp(4, 12)
}

/// A dropped run is gone: no processor time, no container, no file; its place is free.
async fn cancelled_midway(subject: Subject) -> Result<(), String> {
    let mut server = Server::start(subject.name, "cancel")?;
    tokio::task::spawn_blocking(move || server.finish(Duration::from_secs(150)))
        .await
        .map_err(|e| e.to_string())?
}

/// After kill -9 of the server nothing runs on, at the latest when the next one has started.
async fn killed_midway(subject: Subject) -> Result<(), String> {
    let name = subject.name;
    tokio::task::spawn_blocking(move || {
        let mut server = Server::start(name, "hold")?;
        if server.line()? != "RUNNING" {
            return Err("it did not run".to_owned());
        }
        let below = processes::descendants(server.process.id());
        server.kill()?;
        let begun = Instant::now();
        while !processes::alive(&below).is_empty() {
            if begun.elapsed() > Duration::from_secs(10) {
                return Err(format!(
                    "{:?} of {below:?} live on",
                    processes::alive(&below)
                ));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Server::start(name, "once")?.finish(Duration::from_secs(60))
    })
    .await
    .map_err(|e| e.to_string())?
}

/// Runs at the same time write the same names and see only their own.
async fn neighbours_are_unseen(subject: Subject) -> Result<(), String> {
    let jobs: Vec<_> = (0..enough(&subject))
        .map(|number| {
            let code = format!(
                "
import os, time
mine = 'secret of {number}'
for folder in ('/tmp', '/dev/shm', '/var/tmp', '/run'):
    try:
        open(folder + '/shared', 'x').write(mine)
        open(folder + '/only-{number}', 'w').write(mine)
    except OSError:
        pass
time.sleep(0.5)
assert open('/tmp/shared').read() == mine
assert open('/tmp/input').read() == 'input of {number}'
for folder in ('/tmp', '/dev/shm', '/var/tmp', '/run'):
    try:
        names = os.listdir(folder)
    except OSError:
        continue
    assert not [n for n in names if n.startswith('only-') and n != 'only-{number}'], (folder, names)
try:
    pids = [n for n in os.listdir('/proc') if n.isdigit()]
except OSError:
    pids = []
for pid in pids:
    try:
        other = open('/proc/' + pid + '/root/tmp/shared').read()
    except OSError:
        continue
    assert other == mine, other
print('WORKS')
"
            );
            Job::new(code)
                .with_file("input", format!("input of {number}"))
                .within(Duration::from_secs(25))
        })
        .collect();
    all_work(&all(&subject, &jobs).await?)
}

/// The words of a line of output are another in each of some runs of this code.
async fn differs(subject: &Subject, code: &str) -> Result<(), String> {
    let jobs = vec![Job::new(code).within(Duration::from_secs(25)); enough(subject)];
    let outcomes = all(subject, &jobs).await?;
    let texts: Vec<Vec<&str>> = outcomes
        .iter()
        .map(|o| o.stdout.text.lines().collect())
        .collect();
    for (n, one) in texts.iter().enumerate() {
        if one.is_empty() || outcomes[n].ending != Ending::Exit {
            return Err(show(&outcomes[n]));
        }
        for (line, drawn) in one.iter().enumerate() {
            if texts[..n]
                .iter()
                .any(|other| other.get(line) == Some(drawn))
            {
                return Err(format!("two runs drew {drawn} on line {line}"));
            }
        }
    }
    Ok(())
}

/// No two runs hash alike.
async fn hashes_differ(subject: Subject) -> Result<(), String> {
    differs(
        &subject,
        "print(hash('seaworthy'))\nprint(hash(b'seaworthy'))",
    )
    .await
}

/// No two runs draw the same numbers.
async fn randomness_differs(subject: Subject) -> Result<(), String> {
    let code = "
import os, random, secrets, tempfile, uuid
print(random.random())
print(random.SystemRandom().random())
print(secrets.token_hex(8))
print(uuid.uuid4())
print(os.urandom(8).hex())
print(next(tempfile._get_candidate_names()))
print(random.sample(range(1000), 10))
";
    differs(&subject, code).await
}

const POISON: &str = "
import builtins, decimal, json, os, random, re, sys, warnings, locale, atexit, gc
builtins.print_was = print
builtins.len = lambda x: 42
builtins.leak = 'leak'
json.dumps = lambda *a, **k: 'poisoned'
json.leak = 'leak'
os.environ['LEAK'] = 'leak'
sys.modules['math'] = None
sys.modules['leaked_module'] = sys
sys.path.insert(0, '/tmp/evil')
sys.setrecursionlimit(50_000)
sys.argv.append('leak')
sys.leak = 'leak'
random.seed(1)
decimal.getcontext().prec = 3
warnings.simplefilter('ignore')
re.leak = 'leak'
gc.disable()
for path in ('/tmp/leak', '/dev/shm/leak', '/var/tmp/leak', '/run/leak', 'leak2'):
    try:
        open(path, 'w').write('leak')
    except OSError:
        pass
os.makedirs('/tmp/out', exist_ok=True)
open('/tmp/out/leak', 'w').write('leak')
open('/tmp/json.py', 'w').write('dumps = None')
open('/tmp/sitecustomize.py', 'w').write('leak = 1')
try:
    os.chdir('/')
    os.umask(0o777)
except (OSError, AttributeError):
    pass
try:
    child = os.fork()
except (AttributeError, OSError):
    child = 1
if child == 0:
    import time
    while True:
        try:
            open('/tmp/leak3', 'w').write('leak')
        except OSError:
            pass
        time.sleep(0.05)
__builtins__.open = None
leaked_global = 'leak'
";

const CLEAN: &str = "
import builtins, decimal, gc, json, math, os, random, re, sys, time
assert len([1]) == 1 and not hasattr(builtins, 'leak') and not hasattr(builtins, 'print_was')
assert json.dumps([1]) == '[1]' and not hasattr(json, 'leak') and not hasattr(re, 'leak') and not hasattr(sys, 'leak')
assert 'LEAK' not in os.environ and 'leaked_module' not in sys.modules and '/tmp/evil' not in sys.path
assert sys.getrecursionlimit() < 50_000 and sys.argv == ['main.py']
assert decimal.getcontext().prec == 28 and gc.isenabled()
assert random.random() != 0.13436424411240122
assert os.getcwd() == '/tmp', os.getcwd()
assert 'leaked_global' not in globals()
for _ in range(4):
    for folder in ('/tmp', '/dev/shm', '/var/tmp', '/run', '/tmp/out'):
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        assert not [n for n in names if 'leak' in n or n == 'json.py'], (folder, names)
    time.sleep(0.1)
open('/tmp/mode', 'w').write('x')
assert open('/tmp/mode').read() == 'x'
print('WORKS')
";

/// What one run changed, in the interpreter or in files, is not there for the next.
async fn state_is_gone(subject: Subject) -> Result<(), String> {
    let poison = vec![Job::new(POISON).within(Duration::from_secs(25)); enough(&subject)];
    for outcome in all(&subject, &poison).await? {
        if outcome.ending != Ending::Exit {
            return Err(format!("the poison should work\n{}", show(&outcome)));
        }
    }
    let clean = vec![Job::new(CLEAN).within(Duration::from_secs(25)); enough(&subject)];
    let outcomes = all(&subject, &clean).await?;
    if let Some(outcome) = outcomes
        .iter()
        .find(|outcome| !outcome.artifacts.is_empty())
    {
        return Err(format!("an artifact of another run\n{}", show(outcome)));
    }
    all_work(&outcomes)
}

/// A run that waits in line has all of its time once its turn has come.
async fn time_is_each_runs_own(subject: Subject) -> Result<(), String> {
    let count = subject.backend.capacity() * 3;
    let job =
        Job::new("import time\ntime.sleep(0.6)\nprint('WORKS')").within(Duration::from_secs(4));
    let policy = Arc::new(Policy::default());
    let outcomes = join_all((0..count).map(|_| subject.run(&job, &policy, PATIENCE))).await;
    all_work(&outcomes.into_iter().collect::<Result<Vec<_>, _>>()?)
}
