//! The real sandbox, under hostile code. `./check` runs these; they need `seaworthy`.

use serde_json::json;

use crate::support::Served;

const CONNECT: &str = "
import socket
socket.create_connection(('127.0.0.1', 80), timeout=2)
print('connected')
";

#[tokio::test]
#[ignore = "needs the program seaworthy"]
async fn sandbox_runs_code() {
    let served = Served::legacy().await;
    let answer = served
        .tell("run_python", json!({"code": "print(6 * 7)"}))
        .await;
    assert!(answer.contains("\n| 42"), "{answer}");
}

#[tokio::test]
#[ignore = "needs the program seaworthy"]
async fn sandbox_has_no_network() {
    let served = Served::legacy().await;
    let answer = served.tell("run_python", json!({"code": CONNECT})).await;
    assert!(
        !answer.contains("\n| connected") && answer.contains("Error"),
        "{answer}"
    );
}

#[tokio::test]
#[ignore = "needs the program seaworthy"]
async fn sandbox_sees_no_notes() {
    let served = Served::legacy().await;
    served
        .tell("add_note", json!({"name": "a", "content": "text"}))
        .await;
    let path = served.folder.path().join("notes.sqlite3");
    let code = format!("print(open({:?}, 'rb').read())", path.to_str().unwrap());
    let answer = served.tell("run_python", json!({"code": code})).await;
    assert!(answer.contains("Error"), "{answer}");
}

#[tokio::test]
#[ignore = "needs the program seaworthy"]
async fn sandbox_ends_code_that_does_not_end() {
    let served = Served::legacy().await;
    let endless = json!({"code": "while True: pass", "timeout_s": 2});
    let answer = served.tell("run_python", endless).await;
    assert!(answer.starts_with("ENDED: timeout"), "{answer}");
}
