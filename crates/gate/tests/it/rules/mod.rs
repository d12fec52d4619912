//! One file a rule: a server that it must flag, and a near twin that it must not.

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
