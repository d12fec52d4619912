//! One file a rule: a server that it must flag, and a near twin that it must not.

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
