//! How a request shows the key of the API.

use crate::client::Scheme;

/// As the API's document says it.
pub const SCHEME: Scheme = Scheme::Bearer;
