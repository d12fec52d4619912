//! The list of static tokens while requests are served: replaced, run out, narrowed.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use seaworthy_kit::auth::{Scopes, tokens};
use serde_json::json;

use super::served::{call, people, posted, serve, until};

#[tokio::test]
async fn a_new_list_counts_from_the_next_request_on() {
    let served = serve(|_| {}).await;
    let session = served.session("mira", json!({})).await;
    let mut wire = served.wire().await;
    let old = served.post("mira", &call("noop", json!({})));
    assert_eq!(wire.ask(&old).await.said(), "ok");

    let (list, new) = people();
    served
        .authenticator
        .tokens()
        .unwrap()
        .replace(&list)
        .unwrap();
    let refused = wire.ask(&old).await;
    assert_eq!(refused.status, 401, "on a connection that was open, too");
    let message = crate::session::call(1, "noop", json!({}));
    let in_session = served.in_session("mira", &session, &message);
    assert_eq!(served.ask(&in_session).await.status, 401);
    let renewed = in_session.replace(served.token("mira"), &new["mira"]);
    assert_eq!(
        served.ask(renewed).await.said(),
        "ok",
        "the principal is the same"
    );
    let other = in_session.replace(served.token("mira"), &new["noor"]);
    assert_eq!(served.ask(other).await.status, 404);

    assert!(
        served
            .authenticator
            .tokens()
            .unwrap()
            .replace("mira:x")
            .is_err()
    );
    let bearer = format!("Bearer {}", new["mira"]);
    let kept = served.ask(posted(&bearer, &call("noop", json!({})))).await;
    assert_eq!(kept.said(), "ok", "a wrong list changes nothing");

    assert_eq!(served.authenticator.tokens().unwrap().replace(""), Ok(0));
    let nobody = served.ask(posted(&bearer, &call("noop", json!({})))).await;
    assert_eq!(nobody.status, 401, "an empty list lets nobody in");
}

#[tokio::test]
async fn a_token_loses_its_scopes_with_its_line() {
    let served = serve(|_| {}).await;
    let session = served.session("mira", json!({})).await;
    let message = crate::session::call(1, "drain", json!({}));
    let drain = served.in_session("mira", &session, &message);
    assert!(served.ask(&drain).await.said().starts_with("PREVIEW"));
    let narrowed = tokens::mint("mira", Scopes::parse("read").unwrap(), None).unwrap();
    served
        .authenticator
        .tokens()
        .unwrap()
        .replace(&narrowed.line)
        .unwrap();
    let refused = served
        .ask(drain.replace(served.token("mira"), narrowed.token.expose()))
        .await;
    assert_eq!(refused.status, 403, "the session was opened with more");
}

#[tokio::test]
async fn a_token_that_runs_out_is_refused() {
    let served = serve(|_| {}).await;
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let end = now().as_secs() + 2;
    let minted = tokens::mint("brief", Scopes::ALL, Some(end)).unwrap();
    served
        .authenticator
        .tokens()
        .unwrap()
        .replace(&minted.line)
        .unwrap();
    let ask = posted(
        &format!("Bearer {}", minted.token.expose()),
        &call("noop", json!({})),
    );
    let mut wire = served.wire().await;
    let answer = wire.ask(&ask).await;
    // on a machine that stood still for two seconds it may be over already
    assert!(
        answer.status == 200 || now() >= Duration::from_secs(end),
        "{answer:?}"
    );
    until("the token runs out", || now() >= Duration::from_secs(end)).await;
    let refused = wire.ask(&ask).await;
    assert_eq!(refused.status, 401);
    assert!(refused.refusal().contains("expired"));
    assert!(
        refused
            .header("www-authenticate")
            .unwrap()
            .contains("invalid_token")
    );
}
