//! The catalogue: one rule a file, listed by id.

use crate::rule::Rule;

mod bad_token_refused;
mod binds_loopback;
mod headers_match_body;
mod host_checked;
mod mcp_header_annotations;
mod no_modern_session;
mod origin_checked;
mod stdout_only_protocol;
mod tool_name;
mod unauthenticated_401;

/// Every rule, sorted by area in the order of the catalogue, then by number.
pub const RULES: &[&Rule] = &[
    &stdout_only_protocol::RULE,
    &origin_checked::RULE,
    &host_checked::RULE,
    &binds_loopback::RULE,
    &headers_match_body::RULE,
    &unauthenticated_401::RULE,
    &bad_token_refused::RULE,
    &no_modern_session::RULE,
    &tool_name::RULE,
    &mcp_header_annotations::RULE,
];

/// The rule of that id or name.
pub fn rule(wanted: &str) -> Option<&'static Rule> {
    RULES
        .iter()
        .copied()
        .find(|rule| rule.id.eq_ignore_ascii_case(wanted) || rule.name == wanted)
}
