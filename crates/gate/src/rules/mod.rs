//! The catalogue: one rule a file, listed by id.

use crate::rule::Rule;

mod hint_contradiction;
mod instruction_injection;
mod parameters_described;
mod read_write_split;
mod schema_valid;
mod stdout_only_protocol;
mod surface_size;
mod title_and_hints;
mod tool_name;
mod tool_shadowing;
mod unique_names;

/// Every rule, sorted by area in the order of the catalogue, then by number.
pub const RULES: &[&Rule] = &[
    &stdout_only_protocol::RULE,
    &tool_name::RULE,
    &unique_names::RULE,
    &title_and_hints::RULE,
    &hint_contradiction::RULE,
    &schema_valid::RULE,
    &parameters_described::RULE,
    &read_write_split::RULE,
    &surface_size::RULE,
    &instruction_injection::RULE,
    &tool_shadowing::RULE,
];

/// The rule of that id or name.
pub fn rule(wanted: &str) -> Option<&'static Rule> {
    RULES
        .iter()
        .copied()
        .find(|rule| rule.id.eq_ignore_ascii_case(wanted) || rule.name == wanted)
}
