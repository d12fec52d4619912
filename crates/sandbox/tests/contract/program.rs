//! What takes more than one run to see: a function instead of data.

use futures::future::BoxFuture;

use crate::backends::Subject;

/// A named check of a backend.
pub(crate) struct Program {
    pub(crate) name: &'static str,
    pub(crate) run: fn(Subject) -> BoxFuture<'static, Result<(), String>>,
}

/// Names one.
pub(crate) const fn program(
    name: &'static str,
    run: fn(Subject) -> BoxFuture<'static, Result<(), String>>,
) -> Program {
    Program { name, run }
}
