//! The catalogue: one rule a file, listed by id.

use crate::rule::Rule;

mod answer_size;
mod argument_injection;
mod bad_cursor;
mod canary_leak;
mod collection_paginates;
mod hidden_unicode;
mod list_cursors_end;
mod more_available;
mod stdout_only_protocol;
mod tool_name;

/// Every rule, sorted by area in the order of the catalogue, then by number.
pub const RULES: &[&Rule] = &[
    &stdout_only_protocol::RULE,
    &list_cursors_end::RULE,
    &bad_cursor::RULE,
    &collection_paginates::RULE,
    &more_available::RULE,
    &answer_size::RULE,
    &tool_name::RULE,
    &hidden_unicode::RULE,
    &canary_leak::RULE,
    &argument_injection::RULE,
];

/// The rule of that id or name.
pub fn rule(wanted: &str) -> Option<&'static Rule> {
    RULES
        .iter()
        .copied()
        .find(|rule| rule.id.eq_ignore_ascii_case(wanted) || rule.name == wanted)
}
