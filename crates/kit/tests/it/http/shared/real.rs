//! Two replicas and a `redis-server` (Debian: `apt install redis-server`).

use std::{process::Stdio, sync::atomic::Ordering, time::Duration};

use redis::AsyncTypedCommands;
use seaworthy_kit::{seal::Sealer, spent::Spent};
use tokio::process::{Child, Command};

use super::super::{
    served::{Served, people, start},
    wire::PATIENCE,
};
use super::{confirm, preview};
use crate::tank::server_with;

/// A Redis on loopback that keeps what it was told; it ends when this is dropped.
struct Redis {
    port: u16,
    folder: tempfile::TempDir,
    process: Option<Child>,
}

impl Redis {
    async fn new() -> Self {
        // a port that was free a moment ago
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let folder = tempfile::tempdir().unwrap();
        let mut redis = Self {
            port,
            folder,
            process: None,
        };
        redis.start().await;
        redis
    }

    fn address(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    async fn start(&mut self) {
        #[expect(clippy::disallowed_methods, reason = "a real Redis")]
        let mut command = Command::new("redis-server");
        let port = self.port.to_string();
        let options = [
            "--port",
            &port,
            "--bind",
            "127.0.0.1",
            "--appendonly",
            "yes",
        ];
        command.args(options).args(["--appendfsync", "always"]);
        command.current_dir(self.folder.path());
        command.stdout(Stdio::null()).kill_on_drop(true);
        self.process = Some(command.spawn().expect("redis-server is installed"));
        let answers = async {
            while self.client().await.is_none() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let started = tokio::time::timeout(PATIENCE, answers).await;
        started.expect("redis-server answers");
    }

    async fn kill(&mut self) {
        self.process.take().unwrap().kill().await.unwrap();
    }

    async fn client(&self) -> Option<redis::aio::MultiplexedConnection> {
        let client = redis::Client::open(self.address()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.ok()?;
        connection.ping().await.ok()?;
        Some(connection)
    }
}

/// Two replicas with the same seal and principals.
async fn replicas(redis: &Redis) -> [Served; 2] {
    let people = people();
    let replica = async || {
        let sealer = Sealer::with_keys(vec![[7; 32]]).unwrap();
        let spent = Spent::shared(&redis.address()).unwrap();
        start(server_with(sealer, spent), &people, None, |_| {}).await
    };
    [replica().await, replica().await]
}

/// Confirms once the replica has found its store again.
async fn eventually(served: &Served, token: &str) -> String {
    let confirmed = async {
        loop {
            let answer = confirm(served, token).await;
            if !answer.contains("does not answer") {
                break answer;
            }
        }
    };
    let confirmed = tokio::time::timeout(PATIENCE, confirmed).await;
    confirmed.expect("it connects again")
}

fn drained(replicas: &[Served; 2]) -> usize {
    let drained = |served: &Served| served.gauge.drained.load(Ordering::SeqCst);
    replicas.iter().map(drained).sum()
}

#[tokio::test]
async fn a_token_of_one_replica_works_once_on_either() {
    let redis = Redis::new().await;
    let replicas = replicas(&redis).await;
    let token = preview(&replicas[0]).await;
    assert_eq!(confirm(&replicas[1], &token).await, "drained");
    for replica in &replicas {
        assert!(confirm(replica, &token).await.contains("used before"));
    }
    for round in 1..=10 {
        let token = preview(&replicas[round % 2]).await;
        let both = replicas.iter().flat_map(|replica| [replica; 4]);
        let answers = futures::future::join_all(both.map(|replica| confirm(replica, &token))).await;
        let done = answers.iter().filter(|answer| *answer == "drained").count();
        assert_eq!(done, 1, "{answers:?}");
        assert_eq!(drained(&replicas), round + 1);
    }
}

#[tokio::test]
async fn without_the_store_nothing_is_done_and_with_it_again_it_is() {
    let mut redis = Redis::new().await;
    let replicas = replicas(&redis).await;
    let used = preview(&replicas[0]).await;
    assert_eq!(confirm(&replicas[0], &used).await, "drained");
    let token = preview(&replicas[0]).await;
    redis.kill().await;
    for replica in &replicas {
        let refused = confirm(replica, &token).await;
        assert!(refused.contains("does not answer"), "{refused}");
    }
    assert_eq!(drained(&replicas), 1);
    redis.start().await;
    assert_eq!(eventually(&replicas[1], &token).await, "drained");
    let kept = eventually(&replicas[0], &used).await;
    assert!(kept.contains("used before"), "{kept}");
    assert_eq!(drained(&replicas), 2);
}

#[tokio::test]
async fn a_used_token_is_kept_no_longer_than_it_could_be_used() {
    let redis = Redis::new().await;
    let replicas = replicas(&redis).await;
    let token = preview(&replicas[0]).await;
    assert_eq!(confirm(&replicas[0], &token).await, "drained");
    let mut client = redis.client().await.unwrap();
    let keys: Vec<String> = client.keys("*").await.unwrap();
    assert_eq!(keys.len(), 1, "{keys:?}");
    assert!(keys[0].starts_with("seaworthy:spent:"), "{keys:?}");
    assert!(
        !keys[0].contains(&token),
        "who reads the store learns no token"
    );
    let redis::IntegerReplyOrNoOp::IntegerReply(left) = client.ttl(&keys[0]).await.unwrap() else {
        panic!("it would be kept for ever");
    };
    // ten minutes, and a minute for clocks that differ
    assert!((540..=660).contains(&left), "{left} s");
    client.expire(&keys[0], 0).await.unwrap();
    let token = preview(&replicas[1]).await;
    assert_eq!(confirm(&replicas[1], &token).await, "drained");
}
