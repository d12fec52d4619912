//! What isolates the code: one file a backend. A backend fails closed: where it cannot isolate, it
//! says why and how to mend that, and runs nothing.

use futures::future::BoxFuture;

use crate::{Io, Job, Policy, Why, session::Ended};

pub mod docker;
pub mod e2b;
pub mod wasm;

/// The names of the backends, sorted; each is a file of this folder.
pub const NAMES: [&str; 3] = [docker::NAME, e2b::NAME, wasm::NAME];

/// A place to run untrusted Python.
pub trait Backend: Send + Sync {
    /// Its public name, the stem of its file.
    fn name(&self) -> &'static str;

    /// Whether it can run here and now.
    ///
    /// # Errors
    /// Why not, with the remedy.
    fn available(&self) -> BoxFuture<'_, Result<(), Why>>;

    /// Gets ready what a run needs, once; may take long and fetch what the backend documents.
    ///
    /// # Errors
    /// What is missing, with the remedy.
    fn prepare(&self) -> BoxFuture<'_, Result<(), Why>> {
        self.available()
    }

    /// How many runs this machine bears at once; the others wait in line.
    fn capacity(&self) -> usize;

    /// Runs a valid job to its end. When [`Io::stopped`] resolves, and when this future is
    /// dropped, the run is killed and leaves nothing behind; in the first case the future returns
    /// only when that is so.
    ///
    /// # Errors
    /// The backend itself failed; the code may not have run.
    fn run<'a>(
        &'a self,
        job: &'a Job,
        policy: &'a Policy,
        io: &'a Io,
    ) -> BoxFuture<'a, Result<Ended, Why>>;
}
