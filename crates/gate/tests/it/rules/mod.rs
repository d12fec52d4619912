//! One file a rule: a server that it must flag, and a near twin that it must not.

mod bad_token_refused;
mod binds_loopback;
mod headers_match_body;
mod host_checked;
mod mcp_header_annotations;
mod no_modern_session;
mod origin_checked;
mod stdout_only_protocol;
mod tool_name;
mod unauthenticated_401;
