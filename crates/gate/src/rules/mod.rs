//! The catalogue: one rule a file, listed by id.

use crate::rule::Rule;

mod bad_arguments;
mod confirm_strict;
mod error_actionable;
mod error_clean;
mod error_flagged;
mod output_matches_schema;
mod page_size_capped;
mod preview_first;
mod stdout_only_protocol;
mod survives_fuzz;
mod tool_name;

/// Every rule, sorted by area in the order of the catalogue, then by number.
pub const RULES: &[&Rule] = &[
    &stdout_only_protocol::RULE,
    &page_size_capped::RULE,
    &tool_name::RULE,
    &output_matches_schema::RULE,
    &preview_first::RULE,
    &confirm_strict::RULE,
    &bad_arguments::RULE,
    &survives_fuzz::RULE,
    &error_actionable::RULE,
    &error_flagged::RULE,
    &error_clean::RULE,
];

/// The rule of that id or name.
pub fn rule(wanted: &str) -> Option<&'static Rule> {
    RULES
        .iter()
        .copied()
        .find(|rule| rule.id.eq_ignore_ascii_case(wanted) || rule.name == wanted)
}
