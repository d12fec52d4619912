//! One file a rule: a server that it must flag, and a near twin that it must not.

mod answers_both_eras;
mod capabilities_true;
mod exits_on_eof;
mod hint_contradiction;
mod locked_dependencies;
mod missing_resource;
mod parameters_described;
mod project_hygiene;
mod read_write_split;
mod request_state_sealed;
mod result_envelope;
mod schema_valid;
mod secret_in_surface;
mod silent_after_cancel;
mod stable_listing;
mod stdout_only_protocol;
mod surface_lock;
mod surface_size;
mod title_and_hints;
mod tool_name;
mod unique_names;
mod unknown_method;
mod version_negotiation;
