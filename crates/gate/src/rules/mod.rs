//! The catalogue: one rule a file, listed by id.

use crate::rule::Rule;

mod arguments_explained;
mod description_length;
mod endpoint_mirror;
mod near_duplicate;
mod output_shape;
mod purpose;
mod side_effects;
mod stdout_only_protocol;
mod tool_name;
mod when_not_to_use;

/// Every rule, sorted by area in the order of the catalogue, then by number.
pub const RULES: &[&Rule] = &[
    &stdout_only_protocol::RULE,
    &tool_name::RULE,
    &purpose::RULE,
    &arguments_explained::RULE,
    &output_shape::RULE,
    &when_not_to_use::RULE,
    &side_effects::RULE,
    &description_length::RULE,
    &near_duplicate::RULE,
    &endpoint_mirror::RULE,
];

/// The rule of that id or name.
pub fn rule(wanted: &str) -> Option<&'static Rule> {
    RULES
        .iter()
        .copied()
        .find(|rule| rule.id.eq_ignore_ascii_case(wanted) || rule.name == wanted)
}
