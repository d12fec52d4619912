//! The catalogue: one rule a file, listed by id.

use crate::rule::Rule;

mod answer_size;
mod answers_both_eras;
mod argument_injection;
mod arguments_explained;
mod bad_arguments;
mod bad_cursor;
mod bad_token_refused;
mod binds_loopback;
mod canary_leak;
mod capabilities_true;
mod collection_paginates;
mod confirm_strict;
mod description_length;
mod endpoint_mirror;
mod error_actionable;
mod error_clean;
mod error_flagged;
mod exits_on_eof;
mod headers_match_body;
mod hidden_unicode;
mod hint_contradiction;
mod host_checked;
mod instruction_injection;
mod list_cursors_end;
mod locked_dependencies;
mod mcp_header_annotations;
mod missing_env_fails_loud;
mod missing_resource;
mod more_available;
mod near_duplicate;
mod no_modern_session;
mod origin_checked;
mod output_matches_schema;
mod output_shape;
mod page_size_capped;
mod parameters_described;
mod preview_first;
mod project_hygiene;
mod purpose;
mod read_write_split;
mod request_state_sealed;
mod result_envelope;
mod schema_valid;
mod secret_in_surface;
mod side_effects;
mod silent_after_cancel;
mod stable_listing;
mod stdout_only_protocol;
mod surface_lock;
mod surface_size;
mod survives_fuzz;
mod three_test_layers;
mod title_and_hints;
mod tool_name;
mod tool_shadowing;
mod unauthenticated_401;
mod unique_names;
mod unknown_method;
mod version_negotiation;
mod when_not_to_use;

/// Every rule, sorted by area in the order of the catalogue, then by number.
pub const RULES: &[&Rule] = &[
    &stdout_only_protocol::RULE,
    &answers_both_eras::RULE,
    &version_negotiation::RULE,
    &capabilities_true::RULE,
    &unknown_method::RULE,
    &result_envelope::RULE,
    &missing_resource::RULE,
    &stable_listing::RULE,
    &request_state_sealed::RULE,
    &exits_on_eof::RULE,
    &silent_after_cancel::RULE,
    &list_cursors_end::RULE,
    &bad_cursor::RULE,
    &collection_paginates::RULE,
    &page_size_capped::RULE,
    &more_available::RULE,
    &answer_size::RULE,
    &origin_checked::RULE,
    &host_checked::RULE,
    &binds_loopback::RULE,
    &headers_match_body::RULE,
    &unauthenticated_401::RULE,
    &bad_token_refused::RULE,
    &no_modern_session::RULE,
    &tool_name::RULE,
    &unique_names::RULE,
    &title_and_hints::RULE,
    &hint_contradiction::RULE,
    &schema_valid::RULE,
    &parameters_described::RULE,
    &output_matches_schema::RULE,
    &mcp_header_annotations::RULE,
    &read_write_split::RULE,
    &surface_size::RULE,
    &purpose::RULE,
    &arguments_explained::RULE,
    &output_shape::RULE,
    &when_not_to_use::RULE,
    &side_effects::RULE,
    &description_length::RULE,
    &near_duplicate::RULE,
    &endpoint_mirror::RULE,
    &hidden_unicode::RULE,
    &instruction_injection::RULE,
    &tool_shadowing::RULE,
    &secret_in_surface::RULE,
    &canary_leak::RULE,
    &surface_lock::RULE,
    &argument_injection::RULE,
    &preview_first::RULE,
    &confirm_strict::RULE,
    &bad_arguments::RULE,
    &survives_fuzz::RULE,
    &error_actionable::RULE,
    &error_flagged::RULE,
    &error_clean::RULE,
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
