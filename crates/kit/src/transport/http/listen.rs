//! Connections: how many there are, how slow they may be, TLS, and the orderly end.
//!
//! HTTP/1.1 only: a proxy in front speaks HTTP/2 to the world where that is wanted, and what is
//! not spoken cannot be attacked. A connection that rests costs its opener nothing; when there are
//! too many, the oldest of those is closed for the new one, and first those on which no token ever
//! came: neither half-open connections nor those that ask for nothing but `/healthz` keep anybody
//! out.

use std::{
    collections::VecDeque,
    convert::Infallible,
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

use super::{App, Limits, held::Held, tls::Tls};

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
    let mut seats = Seats::new(limits.connections);
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
        if connections.len() >= limits.connections && !seats.close_one() {
            // every connection is at work: this one must come again
            drop(stream);
            continue;
        }
        let seat = seats.take();
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

/// The connections there are, the oldest first.
struct Seats {
    taken: VecDeque<Seat>,
    /// How many there should be at most.
    most: usize,
}

#[derive(Clone, Default)]
struct Seat {
    state: Arc<State>,
    closed: CancellationToken,
}

#[derive(Default)]
struct State {
    /// Whether a request is being answered.
    at_work: AtomicBool,
    /// Whether a request came with a valid token.
    known: AtomicBool,
}

/// In a request's extensions: its connection, to be told that it brought a valid token.
#[derive(Clone)]
pub(super) struct Known(Arc<State>);

impl Known {
    /// Notes that there was a valid token.
    pub(super) fn note(&self) {
        self.0.known.store(true, Ordering::Relaxed);
    }
}

/// A request that is being answered, on the connection that it came by.
struct AtWork(Arc<State>);

impl AtWork {
    fn new(state: Arc<State>) -> Self {
        state.at_work.store(true, Ordering::Relaxed);
        Self(state)
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.at_work.store(false, Ordering::Relaxed);
    }
}

impl Seats {
    fn new(most: usize) -> Self {
        Self {
            taken: VecDeque::new(),
            most,
        }
    }

    fn take(&mut self) -> Seat {
        // those that are free again leave the queue together, now and then
        if self.taken.len() > 2 * self.most {
            self.taken.retain(Seat::is_taken);
        }
        let seat = Seat::default();
        self.taken.push_back(seat.clone());
        seat
    }

    /// Closes a connection that is not at work; false when there is none.
    fn close_one(&mut self) -> bool {
        self.taken.retain(Seat::is_taken);
        let resting = |known| {
            let mut seats = self.taken.iter();
            seats.position(|seat| seat.rests() && seat.is_known() == known)
        };
        let Some(at) = resting(false).or_else(|| resting(true)) else {
            return false;
        };
        if let Some(seat) = self.taken.remove(at) {
            seat.closed.cancel();
        }
        true
    }
}

impl Seat {
    fn is_taken(&self) -> bool {
        // the connection's own task holds the other ones
        Arc::strong_count(&self.state) > 1
    }

    fn rests(&self) -> bool {
        !self.state.at_work.load(Ordering::Relaxed)
    }

    fn is_known(&self) -> bool {
        self.state.known.load(Ordering::Relaxed)
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
            let at_work = AtWork::new(seat.state.clone());
            request.extensions_mut().insert(Address(address));
            request.extensions_mut().insert(Known(seat.state.clone()));
            let request: Request = request.map(Body::new);
            let answering = router.clone().oneshot(request);
            async move {
                let response = answering.await?;
                Ok::<_, Infallible>(response.map(|body| Held::new(body, at_work)))
            }
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
