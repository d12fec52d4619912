//! One file a rule: a server that it must flag, and a near twin that it must not.

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
