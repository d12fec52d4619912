//! One use of a confirm token on more than one replica.

mod real;

use seaworthy_kit::{seal::Sealer, spent::Spent};
use serde_json::json;
use tokio::{net::TcpListener, time::timeout};

use super::{
    served::{Served, people, start},
    wire::PATIENCE,
};
use crate::tank::server_with;

async fn preview(served: &Served) -> String {
    let preview = served.call("mira", "drain", json!({})).await.said();
    let (_, rest) = preview.split_once("confirm_token=").unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

async fn confirm(served: &Served, token: &str) -> String {
    let arguments = json!({"confirm": true, "confirm_token": token});
    served.call("mira", "drain", arguments).await.said()
}

#[tokio::test]
async fn a_store_that_hangs_is_one_that_does_not_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("redis://{}/0", listener.local_addr().unwrap());
    let accepting = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    let spent = Spent::shared(&address).unwrap();
    let sealer = Sealer::random().unwrap();
    let served = start(server_with(sealer, spent), &people(), None, |_| {}).await;
    let token = preview(&served).await;
    let refused = timeout(PATIENCE, confirm(&served, &token)).await;
    assert!(refused.unwrap().contains("does not answer"));
    accepting.abort();
}
