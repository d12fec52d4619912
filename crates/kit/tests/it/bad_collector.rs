//! Collectors that are down, slow or hostile: what they cost.

use std::{
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use crate::otlp::{PARENT, PATIENCE, SECRET, exporter, keep, record};

/// A collector that reads a request and then does as it likes with the connection.
fn bad(behave: impl Fn(&mut TcpStream) -> io::Result<()> + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let behave = Arc::new(behave);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let behave = behave.clone();
            thread::spawn(move || {
                let mut stream = stream?;
                let _ = stream.read(&mut [0; 4096])?;
                behave(&mut stream)
            });
        }
    });
    format!("http://{address}")
}

/// Everything that was logged in this process.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<u8>>>);

impl Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_bad_collector_costs_a_warning_and_no_more() {
    let logged = Logged::default();
    let writer = logged.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();
    // nobody listens at a port that was just given back
    let nobody = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let endless = |stream: &mut TcpStream| loop {
        stream.write_all(b"HTTP/1.1 200 OK\r\nx: y\r\n")?;
        stream.write_all(&[b'x'; 1_000])?;
        stream.write_all(b": y\r\n")?;
    };
    let cases = [
        ("cannot be reached", format!("http://{nobody}")),
        (
            "cannot be reached",
            bad(|_| Ok(())).replace("http://", "https://"),
        ),
        ("broke off", bad(|_| Ok(()))),
        (
            "broke off",
            bad(|stream| stream.write_all(b"\x00\xffnot HTTP\r\n\r\n")),
        ),
        ("broke off", bad(endless)),
        (
            "answered 500",
            bad(|stream| stream.write_all(b"HTTP/1.1 500 \r\ncontent-length: 0\r\n\r\n")),
        ),
        (
            "answered 503",
            bad(|stream| {
                stream.write_all(
                    b"HTTP/1.1 503 \r\nretry-after: 4000000000\r\ncontent-length: 0\r\n\r\n",
                )
            }),
        ),
        (
            "answered 307",
            bad(|stream| {
                stream.write_all(
                    b"HTTP/1.1 307 \r\nlocation: /v1/traces\r\ncontent-length: 0\r\n\r\n",
                )
            }),
        ),
    ];
    for (reason, endpoint) in cases {
        let otlp = exporter(&endpoint);
        for _ in 0..1_000 {
            keep(&otlp, &record(), None, None);
        }
        let before = Instant::now();
        otlp.shutdown(PATIENCE);
        assert!(before.elapsed() < 3 * PATIENCE, "{reason}");
        assert!(!otlp.shutdown(PATIENCE), "it ends once");
        keep(&otlp, &record(), None, None);
        let logged = String::from_utf8(logged.0.lock().unwrap().clone()).unwrap();
        let of_it = |line: &&str| line.contains(&endpoint) && line.contains("WARN");
        let warnings: Vec<_> = logged.lines().filter(of_it).collect();
        assert_eq!(warnings.len(), 1, "{reason}: {warnings:?}");
        assert!(warnings[0].contains(reason), "{warnings:?}");
        assert!(!logged.contains(SECRET));
    }
}

#[test]
fn a_collector_that_hangs_holds_up_neither_calls_nor_the_end() {
    let endpoint = bad(|_| {
        thread::park();
        Ok(())
    });
    let otlp = exporter(&endpoint);
    // more than the queue holds
    for _ in 0..20_000 {
        keep(&otlp, &record(), Some(PARENT), None);
    }
    let before = Instant::now();
    assert!(!otlp.shutdown(Duration::from_millis(200)));
    assert!(before.elapsed() < PATIENCE);
}
