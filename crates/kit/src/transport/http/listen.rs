//! Connections: how many there are, how slow they may be, TLS, and the orderly end.
//!
//! HTTP/1.1 only: a proxy in front speaks HTTP/2 to the world where that is wanted, and what is
//! not spoken cannot be attacked. A connection that has asked nothing yet costs its opener nothing;
//! when there are too many, the oldest of those is closed for the new one, so that a flood of
//! half-open connections keeps nobody out.

use std::{
    collections::VecDeque,
    future::Future,
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task,
    time::Duration,
};

use axum::{body::Body, extract::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    time::{Instant, Sleep},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use super::{App, Limits, tls::Tls};

/// Where a request came from: the peer of its connection, in the request's extensions.
#[derive(Debug, Clone, Copy)]
pub struct Address(pub SocketAddr);

/// The longest head of a request, in bytes: a JSON Web Token with room to spare.
const MAX_HEAD: usize = 32 * 1024;
/// How long a listener rests that cannot accept, for want of file descriptors as a rule.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How long connections may take to end once nothing is left to be said.
const GOODBYE: Duration = Duration::from_secs(2);

/// Serves `app` on `listener` until `stop` is cancelled; then no longer is it ready, calls in
/// flight finish within [`Limits::drain`], streams end, connections close.
///
/// # Errors
/// None yet; a listener that fails for a while is waited for.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    app: App,
    stop: CancellationToken,
) -> io::Result<()> {
    let limits = app.shared.config.limits;
    let connections = TaskTracker::new();
    let mut idle = Idle::default();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // a peer that hung up already is no reason to rest
                if !matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
                ) {
                    tracing::warn!(%error, "no connection could be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
                continue;
            }
        };
        if connections.len() >= limits.connections && !idle.close_oldest() {
            // every connection is at work: this one must come again
            drop(stream);
            continue;
        }
        let seat = idle.seat();
        let connection = Connection {
            app: app.clone(),
            address,
            seat: seat.clone(),
            limits,
        };
        let tls = tls.clone();
        connections.spawn(async move {
            tokio::select! {
                () = connection.serve(stream, tls) => {}
                () = seat.closed.cancelled() => {}
            }
        });
    }
    drop(listener);
    connections.close();
    drain(&app, &limits, connections).await;
    Ok(())
}

/// Lets what is in flight finish, then ends what is left.
async fn drain(app: &App, limits: &Limits, connections: TaskTracker) {
    app.shared.stopping.cancel();
    let deadline = Instant::now() + limits.drain;
    while app.shared.in_flight.count() > 0 && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let left = app.shared.in_flight.count();
    if left > 0 {
        tracing::warn!(left, "calls were cut off: they did not end in time");
    }
    app.shared.ending.cancel();
    // whoever still holds a connection then reads nothing
    let _ = tokio::time::timeout(GOODBYE, connections.wait()).await;
}

/// Connections that have asked nothing yet, the oldest first.
#[derive(Default)]
struct Idle(VecDeque<Seat>);

#[derive(Clone, Default)]
struct Seat {
    /// Whether a request came.
    asked: Arc<AtomicBool>,
    closed: CancellationToken,
}

impl Idle {
    fn seat(&mut self) -> Seat {
        // those that asked since, or ended, leave the queue when they come to its front, or all at
        // once when there are many
        if self.0.len() >= 1_024 {
            self.0.retain(Seat::is_idle);
        }
        let seat = Seat::default();
        self.0.push_back(seat.clone());
        seat
    }

    /// Closes the connection that has said nothing for longest; false when there is none.
    fn close_oldest(&mut self) -> bool {
        while let Some(seat) = self.0.pop_front() {
            if seat.is_idle() {
                seat.closed.cancel();
                return true;
            }
        }
        false
    }
}

impl Seat {
    fn is_idle(&self) -> bool {
        // the connection's own task holds the other ones
        !self.asked.load(Ordering::Relaxed) && Arc::strong_count(&self.asked) > 1
    }
}

struct Connection {
    app: App,
    address: SocketAddr,
    seat: Seat,
    limits: Limits,
}

impl Connection {
    async fn serve(self, stream: TcpStream, tls: Option<Arc<Tls>>) {
        // small answers leave at once: with Nagle's algorithm each would wait 40 ms
        let _ = stream.set_nodelay(true);
        let stream = Impatient::new(stream, self.limits.write);
        match tls {
            None => self.speak(stream).await,
            Some(tls) => {
                let handshake = TlsAcceptor::from(tls.config()).accept(stream);
                // a peer that fails here has not said who it is, so there is nothing to tell
                if let Ok(Ok(stream)) = tokio::time::timeout(self.limits.head, handshake).await {
                    self.speak(stream).await;
                }
            }
        }
    }

    async fn speak(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let Self {
            app,
            address,
            seat,
            limits,
        } = self;
        let router = app.router.clone();
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            seat.asked.store(true, Ordering::Relaxed);
            request.extensions_mut().insert(Address(address));
            let request: Request = request.map(Body::new);
            router.clone().oneshot(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head)
            .max_buf_size(MAX_HEAD)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        let stopping = app.shared.stopping.clone();
        tokio::select! {
            // an error of a connection is its peer's doing and its peer's loss
            _ = connection.as_mut() => return,
            () = stopping.cancelled() => {}
        }
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

/// A stream whose writes fail when the peer does not read for too long.
struct Impatient<S> {
    stream: S,
    patience: Duration,
    /// Runs while a write waits.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<S> Impatient<S> {
    fn new(stream: S, patience: Duration) -> Self {
        Self {
            stream,
            patience,
            waiting: None,
        }
    }

    fn bounded<T>(
        &mut self,
        context: &mut task::Context<'_>,
        polled: task::Poll<io::Result<T>>,
    ) -> task::Poll<io::Result<T>> {
        if polled.is_ready() {
            self.waiting = None;
            return polled;
        }
        let patience = self.patience;
        let waiting = self
            .waiting
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        match waiting.as_mut().poll(context) {
            task::Poll::Ready(()) => task::Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            task::Poll::Pending => task::Poll::Pending,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Impatient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut task::Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> task::Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Impatient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut task::Context<'_>,
        bytes: &[u8],
    ) -> task::Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.bounded(context, polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut task::Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> task::Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.bounded(context, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(
        mut self: Pin<&mut Self>,
        context: &mut task::Context<'_>,
    ) -> task::Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(context);
        self.bounded(context, polled)
    }

    fn poll_shutdown(
        mut self: Pin<&mut Self>,
        context: &mut task::Context<'_>,
    ) -> task::Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_shutdown(context);
        self.bounded(context, polled)
    }
}
