//! Many runs at once, and many in a row.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use futures::future::{BoxFuture, join_all};
use seaworthy_sandbox::{Backend, Ending, Io, Job, Policy, Sandbox, Why, session::Ended};

use crate::{
    attack::show,
    backends::Subject,
    program::{Program, program},
    server::Server,
};

pub(crate) const PROGRAMS: &[Program] = &[
    program("five_hundred_at_once", |subject| {
        Box::pin(five_hundred_at_once(subject))
    }),
    program("many_in_a_row", |subject| {
        Box::pin(async move { in_own_server(&subject, "row").await })
    }),
    program("the_server_stays_small", |subject| {
        Box::pin(async move { in_own_server(&subject, "excess").await })
    }),
];

async fn in_own_server(subject: &Subject, task: &'static str) -> Result<(), String> {
    let mut server = Server::start(subject.name, task)?;
    tokio::task::spawn_blocking(move || server.finish(Duration::from_secs(220)))
        .await
        .map_err(|e| e.to_string())?
}

/// A backend that is watched while it works.
struct Watched {
    inner: Arc<dyn Backend>,
    now: AtomicUsize,
    most: AtomicUsize,
    order: Mutex<Vec<String>>,
}

impl Backend for Watched {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn available(&self) -> BoxFuture<'_, Result<(), Why>> {
        self.inner.available()
    }

    fn prepare(&self) -> BoxFuture<'_, Result<(), Why>> {
        self.inner.prepare()
    }

    fn capacity(&self) -> usize {
        self.inner.capacity()
    }

    fn run<'a>(
        &'a self,
        job: &'a Job,
        policy: &'a Policy,
        io: &'a Io,
    ) -> BoxFuture<'a, Result<Ended, Why>> {
        Box::pin(async move {
            self.most
                .fetch_max(self.now.fetch_add(1, SeqCst) + 1, SeqCst);
            if let Ok(mut order) = self.order.lock() {
                order.push(job.code.clone());
            }
            let ended = self.inner.run(job, policy, io).await;
            self.now.fetch_sub(1, SeqCst);
            ended
        })
    }
}

/// All of them are answered, in the order in which they came, never more at once than the backend
/// bears; a few that run into their limits hold nobody up.
async fn five_hundred_at_once(subject: Subject) -> Result<(), String> {
    let watched = Arc::new(Watched {
        inner: subject.backend,
        now: AtomicUsize::new(0),
        most: AtomicUsize::new(0),
        order: Mutex::default(),
    });
    let sandbox = Sandbox::new(watched.clone());
    let policy = Policy::default();
    let jobs: Vec<Job> = (0..500)
        .map(|number| match number % 100 {
            50 => Job::new(format!("print({number})\nwhile True: pass"))
                .within(Duration::from_millis(300)),
            75 => Job::new(format!("print({number})\n1 / 0")),
            _ => Job::new(format!("print({number})")),
        })
        .collect();
    let begun = Instant::now();
    let outcomes = join_all(jobs.iter().map(|job| sandbox.run(job, &policy, None))).await;
    for (number, outcome) in outcomes.into_iter().enumerate() {
        let outcome = outcome.map_err(|error| format!("run {number}: {error}"))?;
        let ending = match number % 100 {
            50 => Ending::Timeout,
            75 => Ending::Error,
            _ => Ending::Exit,
        };
        if outcome.ending != ending || outcome.stdout.text != format!("{number}\n") {
            return Err(format!(
                "run {number} should end as {ending:?}\n{}",
                show(&outcome)
            ));
        }
    }
    let most = watched.most.load(SeqCst);
    if most > watched.capacity() {
        return Err(format!(
            "{most} ran at once, {} is the cap",
            watched.capacity()
        ));
    }
    let order = watched.order.lock().map_err(|error| error.to_string())?;
    if let Some(number) = (0..500).find(|number| order.get(*number) != Some(&jobs[*number].code)) {
        return Err(format!(
            "run {number} was not served in its turn: {:?}",
            &order[..20]
        ));
    }
    eprintln!("500 runs took {:?}, {most} at once", begun.elapsed());
    Ok(())
}
