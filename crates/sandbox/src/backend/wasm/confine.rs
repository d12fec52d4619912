//! Locks a worker in: no files, no network, no new programs, whatever happens to the engine.
//!
//! The engine is the wall; this is the ditch behind it. On Linux, Landlock takes away the file
//! system and the network, and seccomp every system call that an engine with its component loaded
//! does not need. Elsewhere a worker is only a process of its own with an empty environment;
//! docs/sandbox.md says what that means.

use crate::Why;

/// Takes away files and network from this thread and the threads that it will start.
///
/// # Errors
/// The kernel has Landlock but refused.
pub(super) fn files() -> Result<(), Why> {
    #[cfg(target_os = "linux")]
    linux::files().map_err(|error| why(&error))?;
    Ok(())
}

/// Takes away the system calls that are not needed any more, from all threads.
///
/// # Errors
/// The kernel refused.
pub(super) fn system_calls() -> Result<(), Why> {
    #[cfg(target_os = "linux")]
    linux::system_calls().map_err(|error| why(&error))?;
    Ok(())
}

#[cfg(target_os = "linux")]
fn why(error: &dyn std::fmt::Display) -> Why {
    Why::new(
        format!("the worker cannot lock itself in: {error}"),
        "use a kernel with seccomp (any of the last ten years), or the docker backend",
    )
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeMap;

    use landlock::{
        ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr,
        RulesetError, Scope,
    };
    use seccompiler::{
        BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
        SeccompRule, apply_filter_all_threads,
    };

    /// A ruleset that handles everything and allows nothing. A kernel without (all of) Landlock
    /// takes what it has: the filter below stands alone there.
    pub(super) fn files() -> Result<(), RulesetError> {
        let abi = ABI::V6;
        Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(abi))?
            .handle_access(AccessNet::from_all(abi))?
            .scope(Scope::AbstractUnixSocket | Scope::Signal)?
            .create()?
            .restrict_self()?;
        Ok(())
    }

    /// What runs on: memory, the wire on open descriptors, clocks, waiting, ending.
    const ALLOWED: &[i64] = &[
        libc::SYS_brk,
        libc::SYS_clock_getres,
        libc::SYS_clock_gettime,
        libc::SYS_clock_nanosleep,
        libc::SYS_close,
        libc::SYS_epoll_ctl,
        libc::SYS_epoll_pwait,
        libc::SYS_epoll_pwait2,
        libc::SYS_exit,
        libc::SYS_exit_group,
        libc::SYS_fstat,
        libc::SYS_futex,
        libc::SYS_getpid,
        libc::SYS_getrandom,
        libc::SYS_gettid,
        libc::SYS_madvise,
        libc::SYS_mremap,
        libc::SYS_munmap,
        libc::SYS_nanosleep,
        libc::SYS_ppoll,
        libc::SYS_read,
        libc::SYS_restart_syscall,
        libc::SYS_rseq,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sched_getaffinity,
        libc::SYS_sched_yield,
        libc::SYS_set_robust_list,
        libc::SYS_sigaltstack,
        libc::SYS_write,
        libc::SYS_writev,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_epoll_wait,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_poll,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_time,
    ];

    /// Everything else gives EPERM: a library that probes for a newer call lives on, an attacker
    /// gets nowhere. Memory can be mapped and protected, but never made executable any more; of
    /// `ioctl` there is only the scan of own pages.
    pub(super) fn system_calls() -> Result<(), Box<dyn std::error::Error>> {
        let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
            ALLOWED.iter().map(|call| (*call, Vec::new())).collect();
        let exec = u64::try_from(libc::PROT_EXEC)?;
        let not_executable = || {
            SeccompCondition::new(2, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(exec), 0)
                .and_then(|condition| SeccompRule::new(vec![condition]))
        };
        rules.insert(libc::SYS_mmap, vec![not_executable()?]);
        rules.insert(libc::SYS_mprotect, vec![not_executable()?]);
        // PAGEMAP_SCAN, _IOWR('f', 16, struct pm_scan_arg of 96 bytes), linux/fs.h
        let scan =
            SeccompCondition::new(1, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, 0xC060_6610)?;
        rules.insert(libc::SYS_ioctl, vec![SeccompRule::new(vec![scan])?]);
        let filter = SeccompFilter::new(
            rules,
            SeccompAction::Errno(u32::try_from(libc::EPERM)?),
            SeccompAction::Allow,
            std::env::consts::ARCH.try_into()?,
        )?;
        let program: BpfProgram = filter.try_into()?;
        apply_filter_all_threads(&program)?;
        Ok(())
    }
}
