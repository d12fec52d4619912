//! The way to a collector: OTLP over HTTP with protobuf bodies
//! (<https://opentelemetry.io/docs/specs/otlp/#otlphttp>).
//!
//! The SDK exports on threads of its own, without a runtime; each export borrows the one here. A
//! collector is not trusted: redirects are not followed, bodies of answers not read, and each
//! attempt has a deadline.

use std::{
    fmt::{self, Debug, Formatter},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::future::BoxFuture;
use http::{
    HeaderMap, HeaderName, HeaderValue, Request, Response,
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use opentelemetry_http::{Bytes, HttpClient, HttpError};
use tokio::runtime::{Builder, Runtime};
use url::Url;

use super::OtlpError;

/// How long one attempt may take, and until when another may begin (the default of the OTLP
/// exporter's specification).
pub(super) const EXPORT_TIMEOUT: Duration = Duration::from_secs(10);

/// Headers that are the exporter's business.
const RESERVED: [&str; 7] = [
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "host",
    "te",
    "transfer-encoding",
];

/// A collector. Clones share one runtime.
#[derive(Clone)]
pub(super) struct Collector(Arc<Line>);

struct Line {
    base: Url,
    headers: HeaderMap,
    client: reqwest::Client,
    /// Taken when the line is dropped.
    runtime: Option<Runtime>,
    warned: AtomicBool,
}

impl Collector {
    /// The collector at `endpoint`, which gets `headers` with each request.
    pub(super) fn new(endpoint: &str, headers: &[(String, String)]) -> Result<Self, OtlpError> {
        let base = base(endpoint)?;
        let headers = with_own(headers)?;
        // an error means that a provider is installed already, which is as good
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(EXPORT_TIMEOUT)
            // between exports nobody minds a connection, so none is kept
            .pool_max_idle_per_host(0)
            .user_agent(concat!("seaworthy-kit/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| OtlpError::Start(error.to_string()))?;
        let runtime = Builder::new_current_thread()
            .enable_all()
            .thread_name("otlp")
            .build()
            .map_err(|error| OtlpError::Start(error.to_string()))?;
        Ok(Self(Arc::new(Line {
            base,
            headers,
            client,
            runtime: Some(runtime),
            warned: AtomicBool::new(false),
        })))
    }

    /// Where a signal goes: `traces` or `metrics`.
    pub(super) fn address(&self, signal: &str) -> String {
        let base = self.0.base.as_str().trim_end_matches('/');
        format!("{base}/v1/{signal}")
    }

    /// The collector without its path, for messages.
    pub(super) fn origin(&self) -> String {
        self.0.base.origin().ascii_serialization()
    }

    /// Blocks until the collector answered or failed.
    fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let line = &self.0;
        let runtime = line.runtime.as_ref().ok_or("the exporter has ended")?;
        let (head, body) = request.into_parts();
        // of the headers that come with it none is taken: the SDK reads some from the environment
        let sending = line
            .client
            .post(head.uri.to_string())
            .headers(line.headers.clone())
            .body(body);
        // sending sets a timer at once, so it must begin inside the runtime
        let answer = runtime
            .block_on(async { sending.send().await })
            .map_err(|error| {
                let error = error.without_url();
                self.failed(if error.is_timeout() {
                    "it did not answer in time"
                } else if error.is_connect() {
                    "it cannot be reached"
                } else {
                    "the connection broke off"
                });
                error
            })?;
        let status = answer.status();
        if !status.is_success() {
            self.failed(&format!("it answered {status}"));
        }
        let mut known = Response::new(Bytes::new());
        *known.status_mut() = status;
        if let Some(wait) = answer.headers().get(RETRY_AFTER) {
            known.headers_mut().insert(RETRY_AFTER, wait.clone());
        }
        Ok(known)
    }

    /// Says so: the first time aloud.
    fn failed(&self, reason: &str) {
        let collector = self.origin();
        if self.0.warned.swap(true, Ordering::Relaxed) {
            tracing::debug!(collector, reason, "an OTLP export failed");
        } else {
            tracing::warn!(
                collector,
                reason,
                hint = "check the endpoint and its headers",
                "an OTLP export failed; calls are not affected, and this is not said again"
            );
        }
    }
}

impl HttpClient for Collector {
    fn send_bytes<'life0, 'async_trait>(
        &'life0 self,
        request: Request<Bytes>,
    ) -> BoxFuture<'async_trait, Result<Response<Bytes>, HttpError>>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move { self.exchange(request) })
    }
}

impl Debug for Collector {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Collector({})", self.origin())
    }
}

impl Drop for Line {
    /// Waits for nothing: this can happen inside another runtime, where waiting is not allowed.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn base(endpoint: &str) -> Result<Url, OtlpError> {
    let url = Url::parse(endpoint)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(OtlpError::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(OtlpError::Credentials);
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(OtlpError::Query);
    }
    Ok(url)
}

/// The operator's headers and the one that says what the body is.
fn with_own(headers: &[(String, String)]) -> Result<HeaderMap, OtlpError> {
    let mut all = HeaderMap::new();
    all.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-protobuf"),
    );
    for (position, (name, value)) in (1..).zip(headers) {
        let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else {
            return Err(OtlpError::HeaderName { position });
        };
        if RESERVED.contains(&name.as_str()) {
            return Err(OtlpError::Reserved {
                name: name.to_string(),
            });
        }
        let Ok(mut value) = HeaderValue::from_str(value) else {
            return Err(OtlpError::HeaderValue {
                name: name.to_string(),
            });
        };
        value.set_sensitive(true);
        all.insert(name, value);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
        thread,
    };

    use super::*;

    #[test]
    fn only_the_headers_that_were_given_are_sent() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\nbody") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                head.push(byte[0]);
            }
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                .unwrap();
            String::from_utf8(head).unwrap()
        });
        let given = [("X-Given".to_owned(), "by the operator".to_owned())];
        let collector = Collector::new(&format!("http://{address}/otlp/"), &given).unwrap();
        let address = collector.address("traces");
        assert!(address.ends_with("/otlp/v1/traces"), "{address}");
        // as the SDK does with OTEL_EXPORTER_OTLP_HEADERS
        let request = Request::post(address)
            .header("authorization", "from the environment")
            .header("x-given", "by the environment")
            .body(Bytes::from_static(b"body"))
            .unwrap();
        assert!(collector.exchange(request).unwrap().status().is_success());
        let head = server.join().unwrap();
        assert!(!head.contains("environment"), "{head}");
        assert!(head.contains("x-given: by the operator\r\n"), "{head}");
        assert!(head.contains("content-type: application/x-protobuf\r\n"));
    }
}
