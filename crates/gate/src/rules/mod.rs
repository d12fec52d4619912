//! The catalogue: one rule a file, listed by id.

use crate::rule::Rule;

mod locked_dependencies;
mod missing_env_fails_loud;
mod project_hygiene;
mod secret_in_surface;
mod stdout_only_protocol;
mod surface_lock;
mod three_test_layers;
mod tool_name;

/// Every rule, sorted by area in the order of the catalogue, then by number.
pub const RULES: &[&Rule] = &[
    &stdout_only_protocol::RULE,
    &tool_name::RULE,
    &secret_in_surface::RULE,
    &surface_lock::RULE,
    &three_test_layers::RULE,
    &project_hygiene::RULE,
    &locked_dependencies::RULE,
    &missing_env_fails_loud::RULE,
];

/// The rule of that id or name.
pub fn rule(wanted: &str) -> Option<&'static Rule> {
    RULES
        .iter()
        .copied()
        .find(|rule| rule.id.eq_ignore_ascii_case(wanted) || rule.name == wanted)
}
