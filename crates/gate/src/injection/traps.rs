//! What shows that an injection worked.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::timeout,
};

/// Where a folder is made that no server counts as its own.
const SHARED_MEMORY: &str = "/dev/shm";
/// Endings that servers add to names.
const ENDINGS: [&str; 12] = [
    "", ".conf", ".csv", ".html", ".json", ".log", ".md", ".txt", ".toml", ".xml", ".yaml", ".yml",
];
/// Connections that are answered at most.
const CONNECTIONS: usize = 10_000;

/// A folder for marker files, a file that nobody is to read, and a listener that nobody is to ask. All
/// of it is gone when this is dropped.
#[derive(Debug)]
pub struct Traps {
    folder: PathBuf,
    /// Whether the folder is out of whatever a server may serve: not in the folder for temporary files.
    is_outside: bool,
    token: String,
    factors: (u32, u32),
    count: AtomicUsize,
    port: u16,
    hits: Arc<Mutex<BTreeSet<String>>>,
    listener: JoinHandle<()>,
}

impl Traps {
    /// Makes them.
    ///
    /// # Errors
    /// Why there can be no folder or no listener.
    pub async fn set() -> std::io::Result<Self> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
        let name = format!("{:032x}", u128::from_be_bytes(bytes));
        let (short, token) = name.split_at(8);
        let shared = Path::new(SHARED_MEMORY).join(format!("sw{short}"));
        let (folder, is_outside) = if std::fs::create_dir(&shared).is_ok() {
            (shared, true)
        } else {
            let folder = std::env::temp_dir().join(format!("sw{short}"));
            std::fs::create_dir(&folder)?;
            (folder, false)
        };
        let token = format!("seaworthy-{token}");
        for ending in ENDINGS {
            std::fs::write(folder.join(format!("canary{ending}")), &token)?;
        }
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let hits = Arc::new(Mutex::new(BTreeSet::new()));
        let task = tokio::spawn(listen(listener, hits.clone()));
        Ok(Self {
            folder,
            is_outside,
            token,
            factors: (
                10_007 + u32::from(bytes[0]) * 17,
                20_011 + u32::from(bytes[1]) * 13,
            ),
            count: AtomicUsize::new(0),
            port,
            hits,
            listener: task,
        })
    }

    /// A number for a marker file or a path, from 1.
    pub fn next(&self) -> usize {
        self.count.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The path of a marker file.
    pub fn marker(&self, number: usize) -> String {
        format!("{}/m{number}", self.folder.display())
    }

    /// Whether a marker file is there.
    pub fn is_marked(&self, number: usize) -> bool {
        number > 0 && Path::new(&self.marker(number)).exists()
    }

    /// The folder, where it is out of what any server may serve.
    pub fn outside(&self) -> Option<String> {
        self.is_outside.then(|| self.folder.display().to_string())
    }

    /// The content of the files that nobody is to read.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The port of the listener, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The path that is asked for with a number.
    pub fn path(&self, number: usize) -> String {
        format!("/sw{number}")
    }

    /// Whether the listener was asked for the path with that number.
    pub fn is_hit(&self, number: usize) -> bool {
        number > 0
            && self
                .hits
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .contains(&self.path(number))
    }

    /// An expression in the notations of several template engines.
    pub fn expression(&self) -> String {
        let (one, other) = self.factors;
        format!("{{{{{one}*{other}}}}} ${{{one}*{other}}} <%= {one}*{other} %> #{{{one}*{other}}}")
    }

    /// What it gives.
    pub fn product(&self) -> String {
        (u64::from(self.factors.0) * u64::from(self.factors.1)).to_string()
    }

    /// What is wrong with the folder's own files, and mends them: one that changed, went or came.
    pub fn disturbed(&self) -> Option<String> {
        let mut found = None;
        for ending in ENDINGS {
            let name = format!("canary{ending}");
            let path = self.folder.join(&name);
            match std::fs::read_to_string(&path) {
                Ok(text) if text == self.token => continue,
                Ok(_) => found = Some(format!("it changed {name}")),
                Err(_) => found = Some(format!("it removed {name}")),
            }
            let _ = std::fs::write(&path, &self.token);
        }
        for entry in std::fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .flatten()
        {
            let name = entry.file_name().to_string_lossy().into_owned();
            let ours = name
                .strip_prefix("canary")
                .is_some_and(|end| ENDINGS.contains(&end));
            let marker = name
                .strip_prefix('m')
                .is_some_and(|rest| rest.parse::<usize>().is_ok());
            if !ours && !marker {
                found = Some(format!("it created {name}"));
                let _ = std::fs::remove_file(entry.path());
            }
        }
        found
    }
}

impl Drop for Traps {
    fn drop(&mut self) {
        self.listener.abort();
        // nothing to be done where it cannot be removed
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

async fn listen(listener: TcpListener, hits: Arc<Mutex<BTreeSet<String>>>) {
    for _ in 0..CONNECTIONS {
        let Ok((stream, _)) = listener.accept().await else {
            return;
        };
        tokio::spawn(answer(stream, hits.clone()));
    }
}

async fn answer(mut stream: TcpStream, hits: Arc<Mutex<BTreeSet<String>>>) {
    let mut head = [0; 2_048];
    let read = timeout(Duration::from_secs(1), stream.read(&mut head)).await;
    let Ok(Ok(read)) = read else { return };
    let head = String::from_utf8_lossy(&head[..read]);
    let path = head.split_whitespace().nth(1).unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default();
    hits.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(path.chars().take(100).collect());
    let _ = timeout(
        Duration::from_secs(1),
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"),
    )
    .await;
}

/// A line of `/etc/passwd` in a text, as it is or in base64.
pub fn passwd(text: &str) -> Option<String> {
    if let Some(at) = text.find("root:") {
        let line: String = text[at..]
            .chars()
            .take_while(|character| !matches!(character, '\n' | '\\' | '"'))
            .take(60)
            .collect();
        if line.contains(":0:0:") {
            return Some(line);
        }
    }
    // "root:x:0:0:" at the start of a blob
    text.contains("cm9vdDp4OjA6MD")
        .then(|| "cm9vdDp4OjA6MD… (base64)".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn traps_notice_and_are_removed() {
        let traps = Traps::set().await.unwrap();
        let number = traps.next();
        assert!(!traps.is_marked(number) && !traps.is_hit(number));
        std::fs::write(traps.marker(number), "").unwrap();
        assert!(traps.is_marked(number));
        assert_eq!(traps.disturbed(), None);
        std::fs::write(traps.folder.join("canary.md"), "x").unwrap();
        assert_eq!(traps.disturbed().as_deref(), Some("it changed canary.md"));
        assert_eq!(traps.disturbed(), None);
        let mut stream = TcpStream::connect(("127.0.0.1", traps.port()))
            .await
            .unwrap();
        let request = format!("GET {} HTTP/1.1\r\n\r\n", traps.path(number));
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        assert!(traps.is_hit(number) && answer.ends_with(b"ok"));
        let folder = traps.folder.clone();
        drop(traps);
        assert!(!folder.exists());
    }

    #[test]
    fn the_file_is_known_by_its_first_line() {
        assert!(passwd("x\nroot:x:0:0:root:/root:/bin/bash\n").is_some());
        assert!(passwd("{\"blob\":\"cm9vdDp4OjA6MDpyb290\"}").is_some());
        assert_eq!(passwd("../../etc/passwd is outside; root: none"), None);
    }
}
