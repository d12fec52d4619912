//! `sandbox://tools.pyi`: what code in `run_python` can call, as Python type stubs.

use super::Entry;

pub(super) const RESOURCE: Entry = Entry {
    uri: "sandbox://tools.pyi",
    name: "tools-pyi",
    description: "Type stubs of the module tools, which code in run_python imports to call the read-only tools and get data.",
    read: |github, _| Box::pin(async { Ok(github.code_mode.interface()) }),
};
