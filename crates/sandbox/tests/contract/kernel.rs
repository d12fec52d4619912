//! The parts of the kernel that no sandboxed code needs are out of reach: refused before the
//! kernel looks at the arguments (EPERM or ENOSYS), or there is no way to call it at all.

use crate::attack::{Attack, blocked};

pub(crate) const ATTACKS: &[Attack] = &[
    blocked(
        "accounting",
        r#"
def call(name, *arguments):
    refused(name, lambda: syscall(name, *arguments))
def text(value):
    import ctypes
    return ctypes.c_char_p(value)
refused("acct", lambda: syscall("acct", text(b"/tmp/acct")), ("EPERM", "ENOSYS"))
refused("swapon", lambda: syscall("swapon", text(b"/tmp/swap"), 0))
refused("quotactl", lambda: syscall("quotactl", 0x800002 << 8, text(b"/dev/sda"), 0, 0))
call("reboot", 0, 0, 0, 0)
call("iopl", 3)
call("fanotify_init", 0, 0)
"#,
    ),
    blocked(
        "bpf",
        r#"
def program():
    import ctypes
    return syscall("bpf", 0, ctypes.create_string_buffer(128), 128)
refused("bpf", program)
"#,
    ),
    blocked(
        "cgroup",
        r#"
def mount(kind):
    import ctypes
    os.makedirs("/tmp/cgroup", exist_ok=True)
    return syscall("mount", ctypes.c_char_p(b"cgroup"), ctypes.c_char_p(b"/tmp/cgroup"), ctypes.c_char_p(kind), 0, None)
refused("cgroup v1", lambda: mount(b"cgroup"))
refused("cgroup v2", lambda: mount(b"cgroup2"))
def release():
    for folder in ("/sys/fs/cgroup", "/sys/fs/cgroup/memory", "/sys/fs/cgroup/pids"):
        for name in ("release_agent", "cgroup.procs", "memory.max", "memory.limit_in_bytes", "pids.max", "cgroup.subtree_control"):
            try:
                with open(f"{folder}/{name}", "w") as f:
                    f.write("max")
            except OSError:
                continue
            return folder, name
    raise OSError("none can be written")
attempt("limits", release)
"#,
    ),
    blocked(
        "clone3",
        r#"
def spaces(flags):
    import ctypes
    arguments = (ctypes.c_uint64 * 8)(flags, 0, 0, 0, 17, 0, 0, 0)
    pid = syscall("clone3", ctypes.byref(arguments), 64)
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return pid
refused("a user namespace", lambda: spaces(0x10000000))
refused("all namespaces", lambda: spaces(0x7E020000))
"#,
    )
    .opens(),
    blocked(
        "init_module",
        r#"
def load(name, *arguments):
    import ctypes
    return syscall(name, *arguments)
refused("init_module", lambda: load("init_module", 0, 0, 0))
refused("finit_module", lambda: load("finit_module", 0, 0, 0))
def remove():
    import ctypes
    return syscall("delete_module", ctypes.c_char_p(b"nothing"), 0)
refused("delete_module", remove)
"#,
    ),
    blocked(
        "io_uring",
        r#"
def ring():
    import ctypes
    return syscall("io_uring_setup", 4, ctypes.create_string_buffer(256))
refused("io_uring_setup", ring)
"#,
    )
    .opens(),
    blocked(
        "kexec",
        r#"
refused("kexec_load", lambda: syscall("kexec_load", 0, 0, 0, 0))
refused("kexec_file_load", lambda: syscall("kexec_file_load", 0, 0, 0, 0, 0))
"#,
    ),
    blocked(
        "keyctl",
        r#"
def key():
    import ctypes
    return syscall("add_key", ctypes.c_char_p(b"user"), ctypes.c_char_p(b"seaworthy"), ctypes.c_char_p(b"x"), 1, -3)
refused("add_key", key)
refused("keyctl", lambda: syscall("keyctl", 0, -3, 0, 0, 0))
def request():
    import ctypes
    return syscall("request_key", ctypes.c_char_p(b"user"), ctypes.c_char_p(b"seaworthy"), 0, -3)
refused("request_key", request)
attempt("/proc/keys", lambda: open("/proc/keys").read() or (_ for _ in ()).throw(OSError("empty")))
"#,
    ),
    blocked(
        "mount",
        r#"
def mount(source, target, kind, flags):
    import ctypes
    text = lambda value: ctypes.c_char_p(value)
    return syscall("mount", text(source), text(target), text(kind), flags, None)
os.makedirs("/tmp/here", exist_ok=True)
refused("tmpfs", lambda: mount(b"none", b"/tmp/here", b"tmpfs", 0))
refused("proc", lambda: mount(b"none", b"/tmp/here", b"proc", 0))
refused("bind", lambda: mount(b"/", b"/tmp/here", b"", 4096))
refused("remount", lambda: mount(b"none", b"/", b"", 32))
def umount():
    import ctypes
    return syscall("umount2", ctypes.c_char_p(b"/proc"), 2)
refused("umount", umount)
def new():
    import ctypes
    return syscall("fsopen", ctypes.c_char_p(b"tmpfs"), 0)
refused("fsopen", new)
def tree():
    import ctypes
    return syscall("open_tree", -100, ctypes.c_char_p(b"/"), 1)
refused("open_tree", tree)
def pivot():
    import ctypes
    return syscall("pivot_root", ctypes.c_char_p(b"/tmp"), ctypes.c_char_p(b"/tmp/here"))
refused("pivot_root", pivot)
refused("chroot", lambda: os.chroot("/tmp"))
"#,
    ),
    blocked(
        "open_by_handle_at",
        r#"
def shocker():
    # the handle of the root of a file system: (type 1, inode 2)
    import ctypes, struct
    handle = ctypes.create_string_buffer(struct.pack("=IiQ", 8, 1, 2))
    where = os.open("/", os.O_RDONLY)
    return syscall("open_by_handle_at", where, handle, 0)
refused("open_by_handle_at", shocker)
"#,
    ),
    blocked(
        "perf",
        r#"
def count():
    import ctypes, struct
    what = ctypes.create_string_buffer(struct.pack("=IIQ", 1, 128, 0), 128)
    return syscall("perf_event_open", what, 0, -1, -1, 0)
refused("perf_event_open", count)
"#,
    ),
    blocked(
        "personality",
        r#"
refused("no address randomisation", lambda: syscall("personality", 0x0040000))
refused("readable means executable", lambda: syscall("personality", 0x0400000))
"#,
    )
    .opens(),
    blocked(
        "process_vm_readv",
        r#"
def peek(name):
    import ctypes
    here = ctypes.create_string_buffer(b"x" * 8, 16)
    word = (ctypes.c_uint64 * 2)(ctypes.addressof(here), 8)
    return syscall(name, os.getpid(), ctypes.byref(word), 1, ctypes.byref(word), 1, 0)
refused("process_vm_readv", lambda: peek("process_vm_readv"))
refused("process_vm_writev", lambda: peek("process_vm_writev"))
refused("kcmp", lambda: syscall("kcmp", os.getpid(), os.getpid(), 0, 0, 1))
def take():
    return syscall("pidfd_getfd", os.pidfd_open(os.getppid()), 0, 0)
refused("pidfd_getfd", take)
"#,
    )
    .opens(),
    blocked(
        "ptrace",
        r#"
def trace_me():
    pid = os.fork()
    if pid == 0:
        try:
            syscall("ptrace", 0, 0, 0, 0)
        except OSError as error:
            os._exit(error.errno)
        except ImportError:
            os._exit(38)
        os._exit(0)
    number = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if number:
        raise OSError(number, os.strerror(number))
    return "traced"
refused("PTRACE_TRACEME", trace_me, ("EPERM", "EACCES", "ENOSYS", "ENOTSUP"))
def attach():
    syscall("ptrace", 16, 1, 0, 0)
    # where that works, the machine's first process must not stay stopped behind us
    os.waitpid(1, 0x40000000)
    return syscall("ptrace", 17, 1, 0, 0)
refused("PTRACE_ATTACH to pid 1", attach)
refused("PTRACE_SEIZE of the parent", lambda: syscall("ptrace", 0x4206, os.getppid(), 0, 0))
"#,
    )
    .opens(),
    blocked(
        "tiocsti",
        r#"
# typing into a terminal that somebody else reads
def inject(fd):
    import fcntl, termios
    return fcntl.ioctl(fd, termios.TIOCSTI, b"x")
kinds = ("EPERM", "EACCES", "EIO", "ENOTTY", "ENXIO", "ENOENT", "EBADF", "ENODEV", "EINVAL", "ENOSYS", "ENOTSUP")
for fd in (0, 1, 2):
    refused(f"descriptor {fd}", lambda: inject(fd), kinds)
for path in ("/dev/tty", "/dev/console", "/dev/tty0", "/dev/tty1", "/dev/pts/0"):
    refused(path, lambda: inject(os.open(path, os.O_RDWR)), kinds)
"#,
    ),
    blocked(
        "unshare",
        r#"
for name, flag in {"user": 0x10000000, "mount": 0x00020000, "pid": 0x20000000, "net": 0x40000000,
                   "ipc": 0x08000000, "uts": 0x04000000, "cgroup": 0x02000000, "user+net": 0x50000000}.items():
    refused(name, lambda: syscall("unshare", flag))
def enter(name):
    return syscall("setns", os.open("/proc/1/ns/" + name, os.O_RDONLY), 0)
for name in ("mnt", "net", "pid", "user"):
    refused("setns " + name, lambda: enter(name), ("EPERM", "EACCES", "ENOSYS", "ENOENT", "ENOTSUP"))
"#,
    ),
    blocked(
        "userfaultfd",
        r#"
refused("userfaultfd", lambda: syscall("userfaultfd", 0))
refused("only user mode", lambda: syscall("userfaultfd", 1))
attempt("/dev/userfaultfd", lambda: os.open("/dev/userfaultfd", os.O_RDWR))
"#,
    )
    .opens(),
];
