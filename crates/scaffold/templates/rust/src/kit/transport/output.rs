//! The output that many replies share: bounded, and written many replies at a time.
//!
//! A sender puts its reply into the queue; whoever finds the writer free writes all that is
//! queued. There is no task in between, so a single reply takes no detour.

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    io::{AsyncWrite, AsyncWriteExt},
    sync::Notify,
};

/// Bytes that wait for the writer before senders have to.
const MAX_QUEUED: usize = 1024 * 1024;

pub(super) struct Output<W> {
    queue: Mutex<Vec<u8>>,
    room: Notify,
    writer: tokio::sync::Mutex<W>,
    broken: AtomicBool,
    broke: Notify,
}

impl<W: AsyncWrite + Unpin> Output<W> {
    pub(super) fn new(writer: W) -> Self {
        Self {
            queue: Mutex::default(),
            room: Notify::new(),
            writer: tokio::sync::Mutex::new(writer),
            broken: AtomicBool::new(false),
            broke: Notify::new(),
        }
    }

    pub(super) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Acquire)
    }

    /// Waits until the reader is gone.
    pub(super) async fn broken(&self) {
        let broke = self.broke.notified();
        if !self.is_broken() {
            broke.await;
        }
    }

    /// Queues a message if there is room.
    pub(super) fn try_queue(&self, bytes: &[u8]) -> bool {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = queue.len() < MAX_QUEUED;
        if fits {
            queue.extend_from_slice(bytes);
        }
        fits
    }

    /// Queues a message, waiting for room, and sees to it that the queue is written.
    pub(super) async fn send(&self, bytes: Vec<u8>) -> io::Result<()> {
        loop {
            let room = self.room.notified();
            if self.is_broken() {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            if self.try_queue(&bytes) {
                break;
            }
            room.await;
        }
        // replies that are ready at this moment go out in the same write
        tokio::task::yield_now().await;
        self.write_queue().await
    }

    /// Writes what is queued, unless somebody does already.
    async fn write_queue(&self) -> io::Result<()> {
        loop {
            let Ok(mut writer) = self.writer.try_lock() else {
                return Ok(());
            };
            loop {
                let bytes =
                    std::mem::take(&mut *self.queue.lock().unwrap_or_else(PoisonError::into_inner));
                if bytes.is_empty() {
                    break;
                }
                self.room.notify_waiters();
                let written = match writer.write_all(&bytes).await {
                    Ok(()) => writer.flush().await,
                    Err(error) => Err(error),
                };
                if let Err(error) = written {
                    self.broken.store(true, Ordering::Release);
                    self.broke.notify_waiters();
                    self.room.notify_waiters();
                    return Err(error);
                }
            }
            drop(writer);
            // somebody may have queued between the last look and the release
            if self
                .queue
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .is_empty()
            {
                return Ok(());
            }
        }
    }

    /// Writes the rest and closes.
    pub(super) async fn finish(&self) -> io::Result<()> {
        self.write_queue().await?;
        // whoever writes now must be done first
        self.writer.lock().await.shutdown().await
    }
}

/// Writes what is queued, from a task of its own.
pub(super) async fn flush<W: AsyncWrite + Unpin>(output: Arc<Output<W>>) {
    // a broken output is seen by whoever reads next
    let _ = output.write_queue().await;
}
