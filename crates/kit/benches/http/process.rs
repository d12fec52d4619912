//! Servers as child processes, and what the system says of them.

use std::{
    io::{PipeReader, Read},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

const STARTS_WITHIN: Duration = Duration::from_secs(30);
/// Ticks a second of the times in `/proc/PID/stat` (time(7): `USER_HZ` is 100).
const TICKS: f64 = 100.0;

/// A server that listens. It is killed when this is dropped.
pub struct Process {
    pub port: u16,
    child: Child,
    output: PipeReader,
}

impl Process {
    /// Starts `command`, which was told to listen on `port` of loopback, and waits until it does.
    /// What it complains of goes to a file in `folder`.
    ///
    /// # Errors
    /// Why it does not, with what it wrote.
    pub fn start(mut command: Command, port: u16, folder: &Path) -> Result<Self, String> {
        let log = folder.join(format!("{port}.log"));
        let (output, writer) = std::io::pipe().map_err(|error| error.to_string())?;
        let child = command
            .stdin(Stdio::piped())
            .stdout(writer)
            .stderr(std::fs::File::create(&log).map_err(|error| error.to_string())?)
            .spawn()
            .map_err(|error| format!("{}: {error}", command.get_program().display()))?;
        let mut process = Self {
            port,
            child,
            output,
        };
        let began = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            let ended = process.child.try_wait().is_ok_and(|ended| ended.is_some());
            if ended || began.elapsed() > STARTS_WITHIN {
                let said = std::fs::read_to_string(&log).unwrap_or_default();
                return Err(format!("it does not listen\n{said}"));
            }
            sleep(Duration::from_millis(20));
        }
        Ok(process)
    }

    /// Its resident memory in bytes (proc(5), `VmRSS`), where the system tells it.
    pub fn resident(&self) -> Option<u64> {
        self.status("VmRSS:")
    }

    /// The most that it ever was (`VmHWM`).
    pub fn peak(&self) -> Option<u64> {
        self.status("VmHWM:")
    }

    fn status(&self, field: &str) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with(field))?;
        let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kib * 1024)
    }

    /// Seconds of processor time that it has used, where the system tells it.
    pub fn processor(&self) -> Option<f64> {
        processor(&self.child.id().to_string())
    }

    /// Ends it by its stdin, and answers what it wrote to stdout.
    pub fn end(mut self) -> String {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
        let mut said = String::new();
        let _ = self.output.read_to_string(&mut said);
        said
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Seconds of processor time that a process has used (proc(5), `stat`: utime and stime).
fn processor(process: &str) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // the name, in brackets, may hold spaces
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11);
    let mut ticks = || times.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / TICKS)
}

/// Processor seconds since some moment.
pub struct Usage {
    /// This program's and its servers'.
    ours: f64,
    /// Everybody's.
    all: f64,
    /// Those that nobody used included.
    there: f64,
}

impl Usage {
    /// What was used until now, where the system tells it.
    pub fn now<'a>(servers: impl Iterator<Item = &'a Process>) -> Option<Self> {
        let stat = std::fs::read_to_string("/proc/stat").ok()?;
        let fields = stat.lines().next()?.strip_prefix("cpu ")?;
        let times = fields.split_whitespace().take(8);
        let times: Vec<f64> = times.filter_map(|ticks| ticks.parse().ok()).collect();
        let there: f64 = times.iter().sum::<f64>() / TICKS;
        // the fourth is idle, the fifth idle while a disk works
        let unused = (times.get(3)? + times.get(4)?) / TICKS;
        let servers: f64 = servers.filter_map(Process::processor).sum();
        Some(Self {
            ours: processor("self")? + servers,
            all: there - unused,
            there,
        })
    }

    /// The share of the processors, in percent, that other programs used since `before`.
    pub fn of_others(&self, before: &Self) -> f64 {
        let others = (self.all - before.all) - (self.ours - before.ours);
        (others / (self.there - before.there) * 100.0).max(0.0)
    }
}

/// A port of loopback that nobody listens on.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}
