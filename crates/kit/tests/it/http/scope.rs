//! What is outside a principal's scopes is neither listed nor done, however it is asked for.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::{
    served::{Served, call, serve},
    wire::{Answer, request},
};
use crate::session::modern;

async fn listed(served: &Served, who: &str, session: Option<&str>) -> Vec<String> {
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}});
    let answer = match session {
        Some(session) => served.ask(served.in_session(who, session, &list)).await,
        None => served.ask(served.post(who, &modern(list, json!({})))).await,
    };
    let tools = answer.reply()["result"]["tools"].clone();
    let tools = tools.as_array().unwrap_or_else(|| panic!("{answer:?}"));
    let names = tools
        .iter()
        .map(|tool| tool["name"].as_str().unwrap().to_owned());
    names.collect()
}

fn assert_out_of_scope(answer: &Answer, scope: &str) {
    assert_eq!(answer.status, 403, "{answer:?}");
    let challenge = answer.header("www-authenticate").unwrap();
    let named = format!("error=\"insufficient_scope\", scope=\"{scope}\"");
    assert!(challenge.contains(&named), "{challenge}");
    assert!(answer.refusal().contains(scope));
}

#[tokio::test]
async fn only_tools_within_the_scopes_are_listed() {
    let served = serve(|_| {}).await;
    let reading = ["big", "noop", "pages", "panic", "slow", "wait"];
    for (who, destroys, reads) in [
        ("guest", false, false),
        ("mira", true, true),
        ("reader", false, true),
        ("writer", false, false),
    ] {
        let session = served.session(who, json!({})).await;
        for session in [None, Some(session.as_str())] {
            let tools = listed(&served, who, session).await;
            assert_eq!(tools.contains(&"drain".to_owned()), destroys, "{who}");
            assert_eq!(tools.contains(&"noop".to_owned()), reads, "{who}");
            let all = usize::from(destroys) + if reads { reading.len() } else { 0 };
            assert_eq!(tools.len(), all, "{who}: {tools:?}");
        }
    }
}

#[tokio::test]
async fn a_tool_outside_the_scopes_is_not_called() {
    let served = serve(|_| {}).await;
    for (who, tool, scope) in [
        ("reader", "drain", "destructive"),
        ("writer", "drain", "destructive"),
        ("writer", "noop", "read"),
        ("guest", "noop", "read"),
    ] {
        let session = served.session(who, json!({})).await;
        assert_out_of_scope(&served.call(who, tool, json!({})).await, scope);
        let message = crate::session::call(1, tool, json!({}));
        let in_session = served.in_session(who, &session, &message);
        assert_out_of_scope(&served.ask(in_session).await, scope);
    }
    for (method, params) in [
        ("resources/read", json!({"uri": "tank://x"})),
        (
            "completion/complete",
            json!({"ref": {"type": "ref/prompt", "name": "x"}, "argument": {"name": "a", "value": ""}}),
        ),
    ] {
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let asked = served.post("writer", &modern(message, json!({})));
        assert_out_of_scope(&served.ask(asked).await, "read");
    }
    assert_eq!(served.gauge.touched.load(Ordering::SeqCst), 0);
}

/// Bodies that a reader's eye may take for something else than a call of `drain`; `META` stands
/// for what 2026-07-28 wants.
const SMUGGLED: [&str; 22] = [
    r#"[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"drain","arguments":{},META}}]"#,
    r#"[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"noop",META}},{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"drain",META}}]"#,
    r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call","params":{"name":"drain",META}}"#,
    r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","method":"tools/list","params":{"name":"drain",META}}"#,
    r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"noop","name":"drain",META}}"#,
    r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"drain","name":"noop",META}}"#,
    r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"noop",META},"params":{"name":"drain",META}}"#,
    r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"drain",META},"params":{"name":"noop",META}}"#,
    r#"{"jsonrpc":"2.0","id":1,"method":"tools\/call","params":{"name":"drain",META}}"#,
    r#"{"jsonrpc":"2.0","id":1,"\u006dethod":"tools/call","params":{"name":"drain",META}}"#,
    r#"{"jsonrpc":"2.0","id":1,"method":"\u0074ools/call","params":{"\u006eame":"\u0064rain",META}}"#,
    r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"drain","Name":"noop","NAME":"noop",META}}"#,
    r#"{"jsonrpc":"2.0","id":1,"Method":"tools/list","method":"tools/call","params":{"name":"drain",META}}"#,
    r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":["drain",{}]}"#,
    r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":["drain"],META}}"#,
    r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":{"name":"drain"},META}}"#,
    r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":7,META}}"#,
    r#"{"jsonrpc":"2.0","id":1,"method":["tools/call"],"params":{"name":"drain",META}}"#,
    r#"{"jsonrpc":"2.0","id":1,"method":"tools/call ","params":{"name":"drain",META}}"#,
    r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"drain ",META}}"#,
    r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"drain\u0000",META}}"#,
    r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"drain",META}} {"jsonrpc":"2.0","id":2,"method":"tools/list"}"#,
];

#[tokio::test]
async fn odd_json_smuggles_no_call_past_the_scopes() {
    let served = serve(|_| {}).await;
    let session = served.session("reader", json!({})).await;
    let meta = modern(json!({"params": {}}), json!({}))["params"].to_string();
    let meta = &meta[1..meta.len() - 1];
    let bearer = served.bearer("reader");
    let common = [
        ("Authorization", bearer.as_str()),
        ("Accept", "application/json, text/event-stream"),
        ("Content-Type", "application/json"),
    ];
    for body in SMUGGLED {
        for bom in ["", "\u{feff}", " \n\t"] {
            for (method, name) in [
                ("tools/call", "drain"),
                ("tools/call", "noop"),
                ("tools/list", ""),
            ] {
                let mut headers = common.to_vec();
                headers.extend([
                    ("Mcp-Protocol-Version", "2026-07-28"),
                    ("Mcp-Method", method),
                    ("Mcp-Name", name),
                ]);
                let body = format!("{bom}{}", body.replace("META", meta));
                let answer = served.ask(request("POST", "/mcp", &headers, &body)).await;
                assert_refused(&answer, &body);
            }
            let mut headers = common.to_vec();
            headers.extend([
                ("Mcp-Protocol-Version", "2025-11-25"),
                ("Mcp-Session-Id", &session),
            ]);
            let body = body.replace(",META", "").replace("META", "\"x\":1");
            let body = format!("{bom}{body}");
            let answer = served.ask(request("POST", "/mcp", &headers, &body)).await;
            assert_refused(&answer, &body);
        }
    }
    assert_eq!(served.gauge.touched.load(Ordering::SeqCst), 0);
    assert_eq!(served.call("reader", "noop", json!({})).await.said(), "ok");
}

/// Refused by status, or by a JSON-RPC error; a call of `noop` that got through is no harm.
fn assert_refused(answer: &Answer, body: &str) {
    let harmless = answer.status == 200 && {
        let reply = answer.reply();
        reply.get("error").is_some() || reply["result"]["content"][0]["text"] == "ok"
    };
    assert!(
        (400..500).contains(&answer.status) || harmless,
        "{body}: {answer:?}"
    );
    assert!(!answer.text().contains("PREVIEW"), "{body}");
}

#[tokio::test]
async fn a_notification_calls_nothing() {
    let served = serve(|_| {}).await;
    let session = served.session("reader", json!({})).await;
    let mut silent: Value = call("drain", json!({}));
    silent.as_object_mut().unwrap().remove("id");
    for asked in [
        served.post("reader", &silent),
        served.in_session("reader", &session, &silent),
    ] {
        let answer = served.ask(asked).await;
        assert!((400..500).contains(&answer.status), "{answer:?}");
    }
    let noop = crate::session::call(1, "noop", json!({}));
    assert_eq!(
        served
            .ask(served.in_session("reader", &session, &noop))
            .await
            .said(),
        "ok"
    );
    assert_eq!(served.gauge.touched.load(Ordering::SeqCst), 0);
}
