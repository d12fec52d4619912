//! Everything that is logged, down to the last detail.

use std::{cell::RefCell, rc::Rc, sync::Once};

use tracing::Metadata;
use tracing_subscriber::{
    Layer, Registry,
    filter::dynamic_filter_fn,
    fmt::layer,
    layer::{Context, SubscriberExt},
    util::SubscriberInitExt,
};

thread_local! {
    /// What this thread logged since it began to listen.
    static LINES: RefCell<Option<Rc<RefCell<Vec<u8>>>>> = const { RefCell::new(None) };
}

/// What was logged on this thread since [`Logs::capture`]; a test's tasks all run on its own.
pub struct Logs(Rc<RefCell<Vec<u8>>>);

impl Logs {
    /// Begins to listen.
    ///
    /// There is one subscriber for the process: several that come and go with their tests would
    /// miss events that another thread was the first to log.
    pub fn capture() -> Self {
        static SUBSCRIBER: Once = Once::new();
        SUBSCRIBER.call_once(|| {
            let lines = layer().with_ansi(false).with_writer(|| Writer);
            let lines = lines.with_filter(dynamic_filter_fn(listening));
            tracing_subscriber::registry().with(lines).init();
        });
        let lines = Rc::default();
        LINES.set(Some(Rc::clone(&lines)));
        Self(lines)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.borrow()).into_owned()
    }
}

impl Drop for Logs {
    fn drop(&mut self) {
        LINES.set(None);
    }
}

fn listening(_: &Metadata<'_>, _: &Context<'_, Registry>) -> bool {
    LINES.with_borrow(Option::is_some)
}

struct Writer;

impl std::io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LINES.with_borrow(|lines| {
            if let Some(lines) = lines {
                lines.borrow_mut().extend_from_slice(bytes);
            }
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
