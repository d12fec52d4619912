//! Two replicas behind a proxy that takes them in turns, with a real Redis between them.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    task::{JoinHandle, JoinSet},
    time::sleep,
};

use crate::{
    child::after,
    over_http::{Answer, Modern, Serving, folder, serve, token},
    programs::{command, free_port, request},
    upstream::Upstream,
};

const HARBOR: &str = "tidewatch/harbor";
/// How long the upstream keeps a client waiting for the answer to a change that it made.
const SLOW: Duration = Duration::from_millis(400);

/// A Redis of this test's own, in memory.
struct Redis {
    url: String,
    child: Child,
}

impl Redis {
    async fn start(folder: &Path) -> Self {
        let port = free_port().await;
        let mut server: Command = command("redis-server");
        server
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no", "--dir"])
            .arg(folder)
            .stdout(std::process::Stdio::null());
        let child = server.spawn().unwrap_or_else(|error| {
            panic!(
                "redis-server: {error}: run ./test, which installs it (this test cannot do without)"
            )
        });
        for _ in 0..500 {
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                break;
            }
            sleep(Duration::from_millis(20)).await;
        }
        Self {
            url: format!("redis://127.0.0.1:{port}"),
            child,
        }
    }
}

/// Gives each connection to the next of its servers that is there.
struct Proxy {
    url: String,
    serving: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Proxy {
    async fn before(servers: &[&Serving]) -> Self {
        let address = |server: &&Serving| {
            let url = server.url.strip_prefix("http://").unwrap();
            url.split('/').next().unwrap().to_owned()
        };
        let servers: Arc<[String]> = servers.iter().map(address).collect();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/mcp", listener.local_addr().unwrap());
        let turn = AtomicUsize::new(0);
        let serving = tokio::spawn(async move {
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                let first = turn.fetch_add(1, Ordering::SeqCst);
                let servers = servers.clone();
                tokio::spawn(async move {
                    for at in 0..servers.len() {
                        let server = &servers[(first + at) % servers.len()];
                        if let Ok(mut server) = TcpStream::connect(server).await {
                            let _ = copy_bidirectional(&mut client, &mut server).await;
                            return;
                        }
                    }
                });
            }
        });
        Self { url, serving }
    }
}

struct Fleet {
    upstream: Upstream,
    redis: Redis,
    replicas: [Serving; 2],
    proxy: Proxy,
    client: Modern,
    folder: TempDir,
}

async fn replica(folder: &Path, upstream: &Upstream, redis: &Redis) -> Serving {
    let tokens = folder.join("tokens");
    let flags = [
        "--token-file",
        tokens.to_str().unwrap(),
        "--shared",
        &redis.url,
    ];
    let mut command = serve(&flags, folder);
    command
        .env("GITHUB_API_URL", &upstream.url)
        .env("GITHUB_TOKEN", "the-servers-own")
        .env("SEAWORTHY_SEAL_KEY", "5e".repeat(32));
    Serving::start(command).await
}

impl Fleet {
    async fn start() -> Self {
        let folder = folder();
        let token = token(folder.path(), "tester", "read,destructive");
        let upstream = Upstream::start_slow(SLOW).await;
        let redis = Redis::start(folder.path()).await;
        let replicas = [
            replica(folder.path(), &upstream, &redis).await,
            replica(folder.path(), &upstream, &redis).await,
        ];
        let [a, b] = &replicas;
        let proxy = Proxy::before(&[a, b]).await;
        // each request is a connection of its own, and so the next replica's turn
        let client = Modern::new(&proxy.url, &token).without_keep_alive();
        Self {
            upstream,
            redis,
            replicas,
            proxy,
            client,
            folder,
        }
    }

    /// A client of one replica alone.
    fn only(&self, replica: usize) -> Modern {
        Modern::new(&self.replicas[replica].url, &self.client.token)
    }

    /// New branches that nothing needs.
    async fn branches(&self, count: usize) -> Vec<String> {
        let refs = format!("{}/repos/{HARBOR}/git/ref/heads/main", self.upstream.url);
        let (_, main) = request("GET", &refs, None, None).await;
        let mut names = Vec::new();
        for at in 0..count {
            let name = format!("spare/{at}");
            let url = format!("{}/repos/{HARBOR}/git/refs", self.upstream.url);
            let new = json!({"ref": format!("refs/heads/{name}"), "sha": main["object"]["sha"]});
            let (status, said) = request("POST", &url, Some("setup"), Some(&new)).await;
            assert_eq!(status, 201, "{said}");
            names.push(name);
        }
        names
    }

    /// The deletions that the upstream has made.
    fn deletions(&self) -> Vec<String> {
        let writes = self.upstream.writes().into_iter();
        writes
            .filter(|write| write.starts_with("DELETE "))
            .collect()
    }
}

fn deletion(branch: &str) -> Value {
    json!({"repo": HARBOR, "kind": "branch", "name": branch})
}

/// The arguments that confirm what was previewed.
fn confirmed(arguments: Value, preview: &Answer) -> Value {
    let mut arguments = arguments;
    arguments["confirm"] = true.into();
    arguments["confirm_token"] = after(preview.text(), "confirm_token=").into();
    arguments
}

#[tokio::test]
async fn what_one_previews_the_other_confirms_and_neither_does_twice() {
    let fleet = Fleet::start().await;
    let [branch] = &fleet.branches(1).await[..] else {
        panic!("one")
    };
    let preview = fleet
        .only(0)
        .call("delete_resource", deletion(branch))
        .await;
    assert!(
        preview.text().starts_with("PREVIEW - no action taken."),
        "{preview:?}"
    );
    let confirming = confirmed(deletion(branch), &preview);
    let done = fleet
        .only(1)
        .call("delete_resource", confirming.clone())
        .await;
    assert!(!done.is_error(), "{done:?}");
    for replica in [0, 1] {
        let again = fleet
            .only(replica)
            .call("delete_resource", confirming.clone())
            .await;
        assert!(again.is_error(), "{again:?}");
    }
    assert_eq!(fleet.deletions().len(), 1);
}

#[tokio::test]
async fn a_list_goes_on_at_the_other_replica() {
    let fleet = Fleet::start().await;
    let page = fleet
        .client
        .call("find_items", json!({"repo": HARBOR, "page_size": 5}))
        .await;
    let cursor = after(page.text(), "cursor=");
    for _ in 0..2 {
        let arguments = json!({"repo": HARBOR, "page_size": 5, "cursor": cursor});
        let next = fleet.client.call("find_items", arguments).await;
        assert!(!next.is_error(), "{next:?}");
        assert_ne!(next.text(), page.text());
    }
}

#[tokio::test]
async fn without_the_shared_store_nothing_is_confirmed() {
    let mut fleet = Fleet::start().await;
    let [branch] = &fleet.branches(1).await[..] else {
        panic!("one")
    };
    let preview = fleet.client.call("delete_resource", deletion(branch)).await;
    fleet.redis.child.kill().await.unwrap();
    let arguments = confirmed(deletion(branch), &preview);
    let refused = fleet.client.call("delete_resource", arguments).await;
    let said = refused.text();
    assert!(
        said.contains("the store that replicas share does not answer"),
        "{said}"
    );
    assert_eq!(fleet.deletions(), [] as [&str; 0]);
}

#[tokio::test]
async fn a_replica_that_dies_midway_makes_nothing_happen_twice() {
    let fleet = Fleet::start().await;
    let branches = fleet.branches(8).await;
    let mut confirming = JoinSet::new();
    for branch in branches {
        let preview = fleet
            .client
            .call("delete_resource", deletion(&branch))
            .await;
        let arguments = confirmed(deletion(&branch), &preview);
        let client = fleet.client.clone();
        confirming.spawn(async move {
            // as a client does that lost its connection
            for _ in 0..20 {
                let params = json!({"name": "delete_resource", "arguments": arguments});
                if let Ok(answer) = client.try_request("tools/call", params).await {
                    return (branch, !answer.is_error(), answer.text().to_owned());
                }
                sleep(Duration::from_millis(50)).await;
            }
            panic!("{branch}: no replica answered");
        });
    }
    // the upstream has made the changes by then, and has not said so yet
    while fleet.deletions().len() < 4 {
        sleep(Duration::from_millis(5)).await;
    }
    fleet.replicas[0].signal(Signal::KILL);
    let outcomes = confirming.join_all().await;
    let writes = fleet.deletions();
    for (branch, deleted, said) in &outcomes {
        let times = writes
            .iter()
            .filter(|write| write.ends_with(&format!("/{branch}")))
            .count();
        assert!(times <= 1, "{branch} was deleted {times} times: {writes:?}");
        // one that was answered happened once; one that was cut off is refused, never done again
        assert!(!deleted || times == 1, "{branch}: {said}");
        let refused = said.contains("was used before") || said.contains("was not found");
        assert!(*deleted || refused, "{branch}: {said}");
    }
    assert!(outcomes.iter().any(|(_, deleted, _)| *deleted));
    assert!(
        outcomes.iter().any(|(_, deleted, _)| !deleted),
        "somebody was cut off"
    );
    drop((fleet.proxy, fleet.folder));
}
