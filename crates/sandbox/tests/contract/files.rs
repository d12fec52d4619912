//! Only /tmp can be written, and only so much of it.

use crate::attack::{Attack, blocked};

pub(crate) const ATTACKS: &[Attack] = &[
    blocked(
        "core_pattern",
        r#"
def write(path, text="|/tmp/pwn"):
    with open(path, "w") as f:
        f.write(text)
    return "written"
for path in ["/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sys/vm/overcommit_memory",
             "/proc/sys/fs/file-max", "/proc/sys/kernel/hostname", "/proc/sys/net/ipv4/ip_forward",
             "/proc/sys/kernel/randomize_va_space", "/proc/irq/default_smp_affinity", "/proc/mtrr"]:
    attempt(path, lambda: write(path))
"#,
    ),
    blocked(
        "dev_listing",
        r#"
harmless = {"null", "zero", "full", "random", "urandom", "tty", "pts", "ptmx", "shm", "mqueue", "fd",
            "stdin", "stdout", "stderr", "core", "console"}
def odd():
    names = set(os.listdir("/dev")) - harmless
    if not names:
        raise OSError("nothing odd")
    return names
attempt("/dev", odd)
for name in ("mem", "kmem", "port", "kvm", "fuse", "net/tun", "vhost-net", "sda", "vda", "nvme0n1", "loop0",
             "loop-control", "mapper/control", "cpu/0/msr", "snapshot", "dri/card0", "uinput", "hpet"):
    attempt("/dev/" + name, lambda: os.open("/dev/" + name, os.O_RDONLY))
"#,
    ),
    blocked(
        "dev_shm",
        r#"
# it is memory and is counted as such, or it is small, or it is not there
def fill():
    block = b"x" * (1 << 20)
    with open("/dev/shm/fill", "wb", buffering=0) as f:
        for written in range(600):
            f.write(block)
    return "600 MB"
attempt("/dev/shm", fill)
"#,
    )
    .or(&[
        seaworthy_sandbox::Ending::Memory,
        seaworthy_sandbox::Ending::Killed,
    ])
    .and_the_next_run_works(),
    blocked(
        "escape_by_name",
        r#"
# names that a path check may read in another way than the file system
def write(path):
    with open(path, "w") as f:
        f.write("x")
    return os.path.realpath(path)
up = "../" * 16
for path in ["/tmp/../pwned", up + "pwned", "/tmp/./../usr/pwned", "/tmp//../../pwned", "/proc/self/root/pwned",
             "/proc/self/cwd/../pwned", "/dev/pwned", "/run/pwned", "/var/pwned", "/home/pwned"]:
    attempt(path, lambda: write(path))
for path in ["/tmp/a\0b"]:
    try:
        write(path)
    except ValueError as error:
        say("BLOCKED", "a NUL", error)
"#,
    ),
    blocked(
        "links",
        r#"
def through(target):
    name = "/tmp/link-" + str(abs(hash(target)))
    os.symlink(target, name)
    with open(name, "a") as f:
        f.write("pwned::0:0::/:/bin/sh\n")
    return "written"
for target in ["/etc/passwd", "/etc/ld.so.preload", "/usr/bin/python3", os.__file__, "/pwned", "/proc/sys/kernel/core_pattern"]:
    attempt("a link to " + target, lambda: through(target))
def hard():
    os.link("/etc/passwd", "/tmp/passwd")
    with open("/tmp/passwd", "a") as f:
        f.write("x")
    return "written"
attempt("a hard link", hard)
def swap():
    os.rename(os.__file__, "/tmp/os.py")
    return "moved"
attempt("moving the library", swap)
"#,
    ),
    blocked(
        "mknod",
        r#"
import stat
def device(kind, major, minor):
    path = f"/tmp/dev-{major}-{minor}"
    os.mknod(path, kind | 0o666, os.makedev(major, minor))
    return os.open(path, os.O_RDONLY)
for major, minor in ((8, 0), (254, 0), (259, 0), (253, 0), (7, 0)):
    attempt(f"block {major} {minor}", lambda: device(stat.S_IFBLK, major, minor))
for major, minor in ((1, 1), (1, 11), (10, 200), (10, 232)):
    attempt(f"character {major} {minor}", lambda: device(stat.S_IFCHR, major, minor))
"#,
    ),
    blocked(
        "quota",
        r#"
def fill():
    block = b"x" * (1 << 20)
    written = 0
    try:
        with open("/tmp/fill", "wb", buffering=0) as f:
            for _ in range(300):
                written += f.write(block)
    except OSError as error:
        if written > 66 << 20:
            return written
        raise OSError(error.errno, f"{written} bytes, then {error}")
    return written
attempt("one file", fill)
try:
    os.remove("/tmp/fill")
except OSError:
    pass
def many():
    written = 0
    try:
        for number in range(300):
            with open(f"/tmp/fill{number}", "wb", buffering=0) as f:
                written += f.write(b"x" * (1 << 20))
    except OSError as error:
        if written > 66 << 20:
            return written
        raise OSError(error.errno, f"{written} bytes, then {error}")
    return written
attempt("many files", many)
for number in range(300):
    try:
        os.remove(f"/tmp/fill{number}")
    except OSError:
        pass
def hidden():
    # files without a name count too
    written, kept = 0, []
    try:
        for number in range(300):
            f = open(f"/tmp/gone{number}", "wb", buffering=0)
            kept.append(f)
            written += f.write(b"x" * (1 << 20))
            os.remove(f"/tmp/gone{number}")
    except OSError as error:
        if written > 66 << 20:
            return written
        raise OSError(error.errno, f"{written} bytes, then {error}")
    return written
attempt("files that were removed while open", hidden)
"#,
    )
    .and_the_next_run_works(),
    blocked(
        "root",
        r#"
def write(path):
    with open(path, "w") as f:
        f.write("x")
    return "written"
for folder in ["/", "/usr", "/usr/bin", "/usr/local/lib", "/usr/lib/python3", "/etc", "/bin", "/lib", "/var",
               "/var/tmp", "/opt", "/root", "/home", "/srv", "/run", "/mnt", "/proc", "/sys", "/dev"]:
    attempt(folder, lambda: write(folder.rstrip("/") + "/pwned"))
    attempt("mkdir " + folder, lambda: os.mkdir(folder.rstrip("/") + "/pwned.d"))
def append(path):
    with open(path, "a") as f:
        f.write("pwned")
    with open(path) as f:
        if "pwned" not in f.read():
            raise OSError("without effect")
    return "written"
def change(path):
    os.chmod(path, 0o777)
    if os.stat(path).st_mode & 0o777 != 0o777:
        raise OSError("without effect")
    return "changed"
library = os.path.dirname(os.__file__)
attempt("the library", lambda: write(library + "/pwned.py"))
attempt("a module", lambda: append(os.__file__))
attempt("its cache", lambda: write(library + "/__pycache__/os.cpython-314.pyc"))
attempt("removing a module", lambda: os.remove(os.__file__))
for path in ["/etc/passwd", "/etc/group", "/etc/hosts", "/etc/resolv.conf", "/etc/ld.so.preload", "/etc/crontab"]:
    attempt(path, lambda: append(path))
    attempt("chmod " + path, lambda: change(path))
attempt("chmod /", lambda: change("/"))
def age():
    os.utime("/", (12345, 12345))
    if os.stat("/").st_mtime != 12345:
        raise OSError("without effect")
    return "aged"
attempt("utime", age)
"#,
    ),
    blocked(
        "sysfs",
        r#"
def write(path, text):
    with open(path, "w") as f:
        f.write(text)
    return "written"
for path, text in {"/sys/kernel/uevent_helper": "/tmp/pwn", "/sys/power/state": "mem", "/sys/kernel/mm/transparent_hugepage/enabled": "never",
                   "/sys/fs/cgroup/release_agent": "/tmp/pwn", "/sys/module/kernel/parameters/panic": "1",
                   "/sys/devices/system/cpu/cpu1/online": "0"}.items():
    attempt(path, lambda: write(path, text))
attempt("firmware", lambda: os.listdir("/sys/firmware") or (_ for _ in ()).throw(OSError("empty")))
attempt("debugfs", lambda: os.listdir("/sys/kernel/debug") or (_ for _ in ()).throw(OSError("empty")))
attempt("tracefs", lambda: os.listdir("/sys/kernel/tracing") or (_ for _ in ()).throw(OSError("empty")))
attempt("security", lambda: os.listdir("/sys/kernel/security") or (_ for _ in ()).throw(OSError("empty")))
attempt("/proc/kcore", lambda: open("/proc/kcore", "rb").read(10) or (_ for _ in ()).throw(OSError("empty")))
def addresses():
    found = [line for line in open("/proc/kallsyms").read(4000).splitlines() if line[0] in "123456789abcdef"]
    if not found:
        raise OSError("all of them are hidden")
    return found[0]
attempt("/proc/kallsyms", addresses)
"#,
    ),
    blocked(
        "sysrq",
        r#"
# the help key, should it get through
def write(path):
    with open(path, "w") as f:
        f.write("h")
    return "pressed"
attempt("sysrq-trigger", lambda: write("/proc/sysrq-trigger"))
attempt("sysrq", lambda: write("/proc/sys/kernel/sysrq"))
"#,
    ),
];
