//! Arguments that do something if the server lets them: what is sent, and what shows that it worked.
//!
//! Nothing here does harm where it works: a marker file appears in a folder of our own, a listener of
//! our own on the loopback is asked, a file that everybody may read is returned, two numbers are
//! multiplied.

mod payloads;
mod traps;

pub use payloads::{Family, Payload, payloads, uris};
pub use traps::{Traps, passwd};
