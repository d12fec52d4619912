//! The engine as set-up and workers must agree on it: what one compiles, the other loads.

use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig,
};

/// The most memory that any policy can give to a guest, in bytes: the size of the pool's slot.
pub(super) const MAX_MEMORY: usize = 2 * 1024 * 1024 * 1024;
/// The guest's stack, in bytes. CPython's own recursion limit comes first.
const STACK: usize = 16 * 1024 * 1024;
/// Dirty memory that is zeroed by hand after a run instead of given back to the kernel, in bytes:
/// cheaper than the page faults that the next run would have.
const KEPT: usize = 8 * 1024 * 1024;

/// An engine.
///
/// # Errors
/// The engine does not work on this platform.
pub(super) fn engine() -> wasmtime::Result<Engine> {
    let mut pool = PoolingAllocationConfig::default();
    // one run at a time in a worker; a component has several modules and small helper memories
    pool.total_component_instances(2)
        .total_core_instances(200)
        .total_memories(16)
        .total_tables(64)
        .total_stacks(4)
        .max_core_instances_per_component(100)
        .max_memories_per_component(8)
        .max_tables_per_component(32)
        .table_elements(100_000)
        .max_core_instance_size(4 * 1024 * 1024)
        .max_component_instance_size(4 * 1024 * 1024)
        .max_memory_size(MAX_MEMORY)
        .pagemap_scan(Enabled::Auto)
        .linear_memory_keep_resident(KEPT)
        .table_keep_resident(1024 * 1024)
        .async_stack_keep_resident(64 * 1024);
    let mut config = Config::new();
    config
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .cranelift_opt_level(OptLevel::Speed)
        .epoch_interruption(true)
        .max_wasm_stack(STACK)
        .async_stack_size(STACK + 2 * 1024 * 1024)
        .memory_init_cow(true)
        // the snapshot of the interpreter is larger than what counts as dense by default
        .memory_guaranteed_dense_image_size(256 * 1024 * 1024)
        // only the kind of a trap is ever told
        .wasm_backtrace_max_frames(None);
    Engine::new(&config)
}
