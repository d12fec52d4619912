//! Collections and their pages: what the words of a tool tell of them, what its parameters do, and what
//! its answers show.

mod answers;
mod collection;
mod parameters;
mod probe;
mod signal;

pub use answers::{entries, structured, tokens};
pub(crate) use collection::words_list;
pub use collection::{collection, is_plural};
pub use parameters::{Limit, Position, is_paged, limit, position};
pub use probe::{Probed, broad};
pub use signal::{Signal, signal};
