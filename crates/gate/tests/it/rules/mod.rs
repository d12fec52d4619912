//! One file a rule: a server that it must flag, and a near twin that it must not.

mod answer_size;
mod argument_injection;
mod bad_cursor;
mod canary_leak;
mod collection_paginates;
mod hidden_unicode;
mod list_cursors_end;
mod more_available;
mod stdout_only_protocol;
mod tool_name;
