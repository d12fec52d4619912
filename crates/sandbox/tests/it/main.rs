//! What only one backend has; what all have is in `tests/contract`.

mod docker;
mod wasm;
