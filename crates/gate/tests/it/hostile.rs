//! Servers that hang, flood, fork, lie and die: a run ends in bounded time and memory, with a report or
//! with the reason why there is none, and leaves no process behind.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use seaworthy_gate::{CheckError, Command, Level, Options, Report, check_with, report::Verdict};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::servers::{folder, judged, table};

/// No run here takes longer, on a machine that does other things too.
const LONGEST: Duration = Duration::from_secs(80);
/// No process here holds more, in KiB.
const MOST_MEMORY: u64 = 1_500 * 1_024;

/// A text that no other process has in its command line.
fn marker() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("hostile-{}-{count}", std::process::id())
}

/// The ids of the processes with a text in their command line.
fn living(marker: &str) -> Vec<PathBuf> {
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| !path.ends_with("self") && !path.ends_with(std::process::id().to_string()))
        .filter(|path| {
            std::fs::read(path.join("cmdline"))
                .is_ok_and(|line| String::from_utf8_lossy(&line).contains(marker))
        })
        .collect()
}

/// The most memory that this process ever held, in KiB.
fn peak() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .unwrap()
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse().ok())
        .unwrap()
}

/// Whether this process has a child that ended and was not waited for.
fn zombies() -> Vec<String> {
    let own = std::process::id().to_string();
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok())
        .filter(|stat| {
            let mut rest = stat.rsplit_once(')').unwrap().1.split_whitespace();
            rest.next() == Some("Z") && rest.next() == Some(&own)
        })
        .collect()
}

fn options() -> Options {
    Options {
        timeout: Duration::from_secs(1),
        ..Options::default()
    }
}

/// Judges a server, and sees that the run is bounded and leaves nothing behind.
async fn run_with(file: &str, arguments: &[&str], options: Options) -> Result<Report, CheckError> {
    let marker = marker();
    let script = folder().join("hostile").join(file);
    assert!(script.is_file(), "there is no {file}");
    let mut words = vec!["python3".to_owned(), script.to_str().unwrap().to_owned()];
    words.extend(arguments.iter().map(|argument| (*argument).to_owned()));
    words.push(marker.clone());
    let command = Command::new(words).unwrap();
    let outcome = tokio::time::timeout(LONGEST, check_with(command, options)).await;
    let outcome = outcome.unwrap_or_else(|_| panic!("{file} holds the run up"));
    let left = living(&marker);
    assert!(left.is_empty(), "{file} leaves {left:?}");
    assert_eq!(zombies(), Vec::<String>::new(), "{file}");
    assert!(
        peak() < MOST_MEMORY,
        "{file} makes the gate hold {} KiB",
        peak()
    );
    if let Ok(report) = &outcome {
        harmless(report);
    }
    outcome
}

async fn run(file: &str, arguments: &[&str]) -> Report {
    run_with(file, arguments, options()).await.unwrap()
}

/// Nothing of the server's can be taken for something else, wherever it stands in a report.
fn harmless(report: &Report) {
    let check = |text: &str, lines: bool| {
        let odd = text.chars().find(|character| {
            seaworthy_gate::finding::is_invisible(*character)
                || matches!(character, '\r' | '\t')
                || (!lines && *character == '\n')
        });
        assert_eq!(odd, None, "{text:?}");
    };
    for finding in report.findings() {
        check(&finding.message, false);
        check(&finding.fix, false);
        check(&finding.place.to_string(), false);
        check(&finding.key, false);
        for quote in &finding.quotes {
            check(&quote.label, false);
            check(&quote.text, false);
        }
    }
    for judged in &report.judged {
        judged.unverified.iter().for_each(|why| check(why, false));
        if let Verdict::NotApplicable(why) | Verdict::Off(why) = &judged.verdict {
            check(why, false);
        }
    }
    for exchange in report.exchanges.values() {
        check(&exchange.sent, false);
        check(&exchange.received, false);
        check(&exchange.lost, false);
    }
    check(&report.server.name, false);
    check(&report.server.version, false);
    report
        .server
        .protocols
        .iter()
        .for_each(|version| check(version, false));
    report
        .deeds
        .requests
        .keys()
        .for_each(|method| check(method, false));
    report
        .deeds
        .calls
        .keys()
        .for_each(|tool| check(tool, false));
    check(&report.stderr, true);
}

fn finds(report: &Report, rule: &str, words: &str) {
    let found = &judged(report, rule).findings;
    assert!(
        found.iter().any(|finding| finding.message.contains(words)),
        "{rule} does not find {words:?}:\n{}",
        table(report)
    );
}

fn start(outcome: Result<Report, CheckError>) -> (String, String) {
    match outcome {
        Err(CheckError::Start { why, stderr }) => (why, stderr),
        other => panic!("{other:?}"),
    }
}

const PROTOCOL_ONLY: &str = "stdout-only-protocol";

#[tokio::test(flavor = "multi_thread")]
async fn endless_output_is_noise() {
    let report = run("endless_stdout.py", &[]).await;
    finds(&report, PROTOCOL_ONLY, "no JSON-RPC");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_log_is_cut() {
    let report = run("endless_stderr.py", &[]).await;
    assert!(report.stderr.len() < 200_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn output_without_a_line_end_is_noise() {
    let report = run("no_newline.py", &[]).await;
    finds(&report, PROTOCOL_ONLY, "no JSON-RPC");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_a_gigabyte_is_not_kept() {
    let report = run("long_line.py", &[]).await;
    assert!(report.took < LONGEST);
    assert!(peak() < 600 * 1_024, "{} KiB", peak());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_take_gigabytes_once_parsed_is_not_parsed() {
    run("dense_line.py", &[]).await;
    assert!(peak() < 600 * 1_024, "{} KiB", peak());
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_forks_is_gone() {
    run("fork_bomb.py", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_ignores_the_end_is_gone() {
    let report = run("ignores_the_end.py", &[]).await;
    assert!(!report.server.name.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_byte_a_second_is_no_answer() {
    let report = run("slow_drip.py", &[]).await;
    assert!(report.took < Duration::from_secs(30), "{:?}", report.took);
    assert!(report.server.protocols.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn deaths_at_random_moments_are_outlived() {
    for seed in ["1", "2", "3", "4"] {
        match run_with("closes_at_random.py", &[seed], options()).await {
            Ok(_) | Err(CheckError::Start { .. }) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cursors_that_come_back_are_found() {
    for period in ["1", "2"] {
        let report = run("cursor_loop.py", &[period]).await;
        finds(&report, "list-cursors-end", "the list never ends");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_grows_for_ever_is_found() {
    let report = run("endless_list.py", &[]).await;
    finds(&report, "list-cursors-end", "there is still a nextCursor");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_tools_are_walked() {
    many_tools("100000").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_pages_of_tools_are_walked() {
    many_tools("100").await;
}

async fn many_tools(page: &str) {
    let options = Options {
        timeout: Duration::from_secs(10),
        ..Options::default()
    };
    let report = run_with("many_tools.py", &[page], options).await.unwrap();
    assert_eq!(report.server.tools, 100_000, "{page} a page");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_name_for_all_is_not_compared_pair_by_pair() {
    let report = run_with(
        "same_name.py",
        &[],
        Options {
            timeout: Duration::from_secs(10),
            ..Options::default()
        },
    )
    .await
    .unwrap();
    assert_eq!(report.server.tools, 20_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn escapes_reach_no_report() {
    let report = run("escapes.py", &[]).await;
    // the run sees them all: what is said of them must be harmless
    assert!(report.count(Level::Error) > 3, "{}", table(&report));
    finds(&report, "hidden-unicode", "control character");
    assert!(report.stderr.contains("\\u{1b}"), "{:?}", report.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_levels_are_no_answer() {
    let report = run("deep_json.py", &[]).await;
    assert_eq!(report.server.tools, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_beyond_every_type_are_outlived() {
    run("huge_numbers.py", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_to_nobody_are_not_taken() {
    let report = run("wrong_ids.py", &[]).await;
    assert_eq!(report.server.tools, 2, "{}", table(&report));
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_is_waited_for_so_long_and_no_longer() {
    for file in ["silent.py", "not_reading.py", "hangs_after_hello.py"] {
        let report = run(file, &[]).await;
        assert!(
            report.took < Duration::from_secs(20),
            "{file}: {:?}",
            report.took
        );
        assert_eq!(report.server.tools, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_of_another_type_is_none() {
    for garbage in ["[]", "null", "\"x\"", "7", "[[{}]]"] {
        let report = run("garbage_hello.py", &[garbage]).await;
        assert!(report.server.protocols.is_empty(), "{garbage}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_of_the_wrong_type_are_outlived() {
    let report = run("wrong_types.py", &[]).await;
    assert!(report.server.tools > 0);
    for judged in &report.judged {
        assert!(
            judged
                .unverified
                .iter()
                .all(|why| !why.contains("fault of the gate")),
            "{judged:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_death_at_every_call_is_outlived() {
    let report = run("dies_on_call.py", &[]).await;
    assert_eq!(report.server.tools, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_requests_is_cut() {
    run("floods_with_requests.py", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_text_are_noise() {
    let report = run("invalid_utf8.py", &[]).await;
    finds(&report, PROTOCOL_ONLY, "no JSON-RPC");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_at_once_is_told_with_its_log() {
    let (why, stderr) = start(run_with("exits.py", &[], options()).await);
    assert!(why.contains("exit status: 0"), "{why}");
    assert_eq!(stderr, "\\u{1b}[31mnothing to do\\u{1b}[0m");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_missing_or_no_program_is_told() {
    let file = tempfile::NamedTempFile::new().unwrap();
    for program in [
        "/no/such/program",
        "no-such-program-at-all",
        file.path().to_str().unwrap(),
        "/",
    ] {
        let command = Command::new([program]).unwrap();
        let (why, _) = start(check_with(command, options()).await);
        assert!(why.contains("cannot start"), "{program}: {why}");
    }
}

/// Answers each connection with a head and then chunks, until the client has enough.
async fn serve(head: &'static str, chunk: Vec<u8>, every: Duration) -> url::Url {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let chunk = chunk.clone();
            tokio::spawn(async move {
                let mut request = [0; 4_096];
                let _ = stream.read(&mut request).await;
                if stream.write_all(head.as_bytes()).await.is_err() {
                    return;
                }
                while stream.write_all(&chunk).await.is_ok() {
                    tokio::time::sleep(every).await;
                }
            });
        }
    });
    format!("http://{address}/mcp").parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn http_that_hangs_drips_or_floods_is_bounded() {
    const JSON: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";
    const STREAM: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
    let drip = Duration::from_millis(500);
    for (head, chunk, every) in [
        ("", vec![], Duration::from_secs(3_600)),
        (JSON, b" ".to_vec(), drip),
        (JSON, vec![b'['; 65_536], Duration::ZERO),
        (STREAM, b": still here\n\n".to_vec(), drip),
        (
            STREAM,
            b"data: {\"jsonrpc\":\"2.0\",\"method\":\"x\"}\n\n".repeat(1_000),
            Duration::ZERO,
        ),
        (STREAM, vec![b'x'; 65_536], Duration::ZERO),
        ("\x1b[31m no HTTP", b"\x1b".to_vec(), drip),
    ] {
        let url = serve(head, chunk, every).await;
        let run = tokio::time::timeout(LONGEST, check_with(url, options()));
        match run
            .await
            .unwrap_or_else(|_| panic!("{head:?} holds the run up"))
        {
            Ok(report) => {
                harmless(&report);
                assert!(
                    report.took < Duration::from_secs(30),
                    "{head:?}: {:?}",
                    report.took
                );
            }
            Err(CheckError::Unusable { what, .. }) => assert!(!what.contains('\x1b'), "{what:?}"),
            Err(other) => panic!("{other:?}"),
        }
        assert!(
            peak() < MOST_MEMORY,
            "{head:?} makes the gate hold {} KiB",
            peak()
        );
    }
}
