//! Streamable HTTP on `/mcp` behind a bearer token, without sessions.
//!
//! The SDK speaks the protocol, of both eras, and checks `Host` and `Origin`. Around it stand the
//! token, and bounds on connections, heads, bodies and time. No client needs a session, as the
//! server tells clients nothing that they did not ask for; so there are none to fill the memory.

use std::{
    convert::Infallible,
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use http_body_util::{BodyExt, Full, LengthLimitError, Limited, combinators::BoxBody};
use hyper::{
    HeaderMap, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{self, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use rmcp::{
    ServerHandler,
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
    },
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The path of the endpoint.
pub const PATH: &str = "/mcp";
/// Where its metadata is (RFC 9728, section 3.1).
pub const METADATA_PATH: &str = "/.well-known/oauth-protected-resource/mcp";
/// The longest body, in bytes.
pub const BODY_LIMIT: usize = 1024 * 1024;
/// Connections at once; those beyond wait.
const CONNECTIONS: usize = 256;
/// How long a connection may take to send the head of a request, idle time included.
const HEAD_TIME: Duration = Duration::from_secs(30);
/// The longest head, in bytes.
const HEAD_LIMIT: usize = 16 * 1024;
/// How long a body may take.
const BODY_TIME: Duration = Duration::from_secs(20);
/// How long calls in flight may go on when the server is told to stop.
const GOODBYE: Duration = Duration::from_secs(2);
/// How long a listener rests that cannot accept, for want of file descriptors as a rule.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

type Answer = Response<BoxBody<Bytes, Infallible>>;

/// Text that is not `ADDR:PORT`.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("'{0}' is not ADDR:PORT, such as 127.0.0.1:8000")]
pub struct AddressError(String);

/// Reads `ADDR:PORT`; without ADDR it is this machine only.
///
/// # Errors
/// It is something else.
pub fn parse_address(text: &str) -> Result<SocketAddr, AddressError> {
    if let Some(port) = text.strip_prefix(':')
        && let Ok(port) = port.parse()
    {
        return Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
    }
    let numeric = text.replacen("localhost:", "127.0.0.1:", 1);
    numeric
        .parse()
        .map_err(|_| AddressError(text.escape_debug().take(80).collect()))
}

/// What all requests share.
struct Endpoint<S> {
    speech: StreamableHttpService<S, NeverSessionManager>,
    token_digest: [u8; 32],
    /// `http://HOST:PORT` of the listener.
    origin: String,
    /// How a client gets hold of the token, for those that come without.
    remedy: String,
}

/// Serves `handler` on `listener` to whoever has `token`, until `stop` is cancelled. `remedy` says
/// to those who have none where it comes from.
///
/// # Errors
/// The listener has no address.
pub async fn serve<S: ServerHandler + Clone + Sync>(
    handler: S,
    token: &str,
    remedy: &str,
    listener: TcpListener,
    stop: CancellationToken,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    let own = address.to_string();
    let origin = format!("http://{own}");
    let loopback = ["127.0.0.1", "localhost", "[::1]"];
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(BODY_LIMIT)
        // a page of a foreign site could reach this port by DNS rebinding: only known names pass
        .with_allowed_hosts(["localhost", "127.0.0.1", "::1", &own])
        .with_allowed_origins(
            loopback
                .map(|host| format!("http://{host}:*"))
                .into_iter()
                .chain([origin.clone()]),
        );
    let endpoint = Arc::new(Endpoint {
        speech: StreamableHttpService::new(move || Ok(handler.clone()), Arc::default(), config),
        token_digest: Sha256::digest(token).into(),
        origin,
        remedy: remedy.to_owned(),
    });
    let seats = Arc::new(Semaphore::new(CONNECTIONS));
    let connections = TaskTracker::new();
    loop {
        let accepted = async {
            let seat = seats.clone().acquire_owned().await;
            (seat, listener.accept().await)
        };
        let (seat, accepted) = tokio::select! {
            accepted = accepted => accepted,
            () = stop.cancelled() => break,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let (endpoint, stop) = (endpoint.clone(), stop.clone());
        connections.spawn(async move {
            connection(endpoint, stream, stop).await;
            drop(seat);
        });
    }
    drop(listener);
    connections.close();
    // whoever still holds a connection then reads nothing
    let _ = tokio::time::timeout(GOODBYE, connections.wait()).await;
    Ok(())
}

async fn connection<S: ServerHandler + Clone + Sync>(
    endpoint: Arc<Endpoint<S>>,
    stream: TcpStream,
    stop: CancellationToken,
) {
    // small answers leave at once: with Nagle's algorithm each would wait 40 ms
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let endpoint = endpoint.clone();
        async move { Ok::<_, Infallible>(endpoint.answer(request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD_LIMIT)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    tokio::select! {
        // an error of a connection is its peer's doing and its peer's loss
        _ = connection.as_mut() => return,
        () = stop.cancelled() => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

impl<S: ServerHandler + Clone + Sync> Endpoint<S> {
    async fn answer(&self, request: Request<Incoming>) -> Answer {
        match (request.uri().path(), self.is_allowed(request.headers())) {
            // the token is handed out by the operator, so no authorization server is named
            (METADATA_PATH, _) => say(
                StatusCode::OK,
                &json!({
                    "resource": format!("{}{PATH}", self.origin),
                    "bearer_methods_supported": ["header"],
                }),
            ),
            (_, false) => self.challenge(),
            (PATH, true) => self.pass_on(request).await,
            (_, true) => refuse(StatusCode::NOT_FOUND, "there is nothing here; see /mcp"),
        }
    }

    /// Whether there is one bearer token, and it is the right one.
    fn is_allowed(&self, headers: &HeaderMap) -> bool {
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return false;
        };
        let Some((scheme, token)) = value.to_str().ok().and_then(|value| value.split_once(' '))
        else {
            return false;
        };
        // in constant time: how long it takes must not tell how much of a guess is right
        let digest = <[u8; 32]>::from(Sha256::digest(token));
        scheme.eq_ignore_ascii_case("bearer") && bool::from(digest.ct_eq(&self.token_digest))
    }

    /// RFC 6750, section 3, and RFC 9728, section 5.1.
    fn challenge(&self) -> Answer {
        let remedy = format!(
            "send the header Authorization: Bearer TOKEN, {}",
            self.remedy
        );
        let mut answer = refuse(StatusCode::UNAUTHORIZED, &remedy);
        let challenge = format!(
            "Bearer resource_metadata=\"{}{METADATA_PATH}\"",
            self.origin
        );
        if let Ok(challenge) = HeaderValue::try_from(challenge) {
            answer
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        answer
    }

    async fn pass_on(&self, request: Request<Incoming>) -> Answer {
        let (parts, body) = request.into_parts();
        let reading = Limited::new(body, BODY_LIMIT).collect();
        let body = match tokio::time::timeout(BODY_TIME, reading).await {
            Ok(Ok(body)) => body.to_bytes(),
            Ok(Err(error)) if error.is::<LengthLimitError>() => {
                let what = format!("the body is longer than {BODY_LIMIT} bytes");
                return closing(refuse(StatusCode::PAYLOAD_TOO_LARGE, &what));
            }
            Ok(Err(_)) => return closing(refuse(StatusCode::BAD_REQUEST, "the body broke off")),
            Err(_elapsed) => {
                let what = "the body did not arrive in time";
                return closing(refuse(StatusCode::REQUEST_TIMEOUT, what));
            }
        };
        let request = Request::from_parts(parts, Full::new(body));
        let mut answer = self.speech.handle(request).await;
        // answers are for this caller alone
        let no_store = HeaderValue::from_static("no-store");
        answer.headers_mut().insert(header::CACHE_CONTROL, no_store);
        answer
    }
}

fn say(status: StatusCode, body: &Value) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(body.to_string())).boxed());
    *answer.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(header::CONTENT_TYPE, json);
    answer
}

/// A JSON-RPC error without an id: the request was not looked at.
fn refuse(status: StatusCode, message: &str) -> Answer {
    let error = json!({"code": -32600, "message": message});
    say(
        status,
        &json!({"jsonrpc": "2.0", "id": null, "error": error}),
    )
}

/// What is left of a body that was not read must not be taken for the next request.
fn closing(mut answer: Answer) -> Answer {
    let close = HeaderValue::from_static("close");
    answer.headers_mut().insert(header::CONNECTION, close);
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_this_machine_unless_it_says_otherwise() {
        for (text, address) in [
            (":8000", "127.0.0.1:8000"),
            ("localhost:8000", "127.0.0.1:8000"),
            ("127.0.0.1:0", "127.0.0.1:0"),
            ("0.0.0.0:80", "0.0.0.0:80"),
            ("[::1]:8000", "[::1]:8000"),
        ] {
            assert_eq!(parse_address(text).unwrap().to_string(), address);
        }
        for wrong in [
            "",
            "8000",
            "127.0.0.1",
            "host:1",
            "127.0.0.1:70000",
            "::1:8000\n",
        ] {
            let error = parse_address(wrong).unwrap_err();
            assert!(error.to_string().contains("is not ADDR:PORT"), "{error}");
        }
    }
}
