//! One file a rule: a server that it must flag, and a near twin that it must not.

mod locked_dependencies;
mod missing_env_fails_loud;
mod project_hygiene;
mod secret_in_surface;
mod stdout_only_protocol;
mod surface_lock;
mod three_test_layers;
mod tool_name;
