//! The code has no privilege and cannot get one.

use crate::attack::{Attack, blocked};

pub(crate) const ATTACKS: &[Attack] = &[
    blocked(
        "capabilities",
        r#"
def held():
    found = {}
    for line in open("/proc/self/status"):
        name, value = line.split(":", 1)
        if name in ("CapInh", "CapPrm", "CapEff", "CapAmb") and int(value, 16):
            found[name] = value.strip()
    if not found:
        raise OSError("none")
    return found
attempt("held", held)
def take():
    import ctypes, struct
    header = ctypes.create_string_buffer(struct.pack("=Ii", 0x20080522, 0))
    data = ctypes.create_string_buffer(struct.pack("=6I", *[0xFFFFFFFF] * 6))
    return syscall("capset", header, data)
refused("capset", take)
def ambient():
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(47, 2, 21, 0, 0) == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return "raised"
refused("ambient", ambient)
"#,
    )
    .opens(),
    blocked(
        "no_new_privileges",
        r#"
def flag():
    for line in open("/proc/self/status"):
        if line.startswith("NoNewPrivs:"):
            if line.split()[1] == "1":
                raise OSError("set")
            return line
    raise OSError("not told here")
attempt("NoNewPrivs", flag)
"#,
    )
    .opens(),
    blocked(
        "rlimits",
        r#"
def hard(kind):
    import resource
    soft, limit = resource.getrlimit(kind)
    if limit == resource.RLIM_INFINITY:
        raise OSError("there is no limit of this kind to raise")
    try:
        resource.setrlimit(kind, (soft, limit + 1))
    except ValueError as error:
        raise OSError(errno.EPERM, str(error))
    return resource.getrlimit(kind)
try:
    import resource
except ImportError as error:
    say("BLOCKED", "resource", error)
else:
    for name in dir(resource):
        if name.startswith("RLIMIT_"):
            attempt(name, lambda: hard(getattr(resource, name)))
    def cores():
        limit = resource.getrlimit(resource.RLIMIT_CORE)
        if limit == (0, 0):
            raise OSError("no core files")
        return limit
    attempt("core files", cores)
"#,
    ),
    blocked(
        "scheduler",
        r#"
refused("SCHED_FIFO", lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50)))
refused("SCHED_RR", lambda: os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1)))
refused("nice", lambda: os.nice(-5))
refused("priority", lambda: os.setpriority(os.PRIO_PROCESS, 0, -5))
def spared():
    with open("/proc/self/oom_score_adj", "w") as f:
        f.write("-1000")
    return "spared when memory is short"
attempt("oom_score_adj", spared)
"#,
    )
    .opens(),
    blocked(
        "setuid",
        r#"
refused("setuid", lambda: os.setuid(0))
refused("seteuid", lambda: os.seteuid(0))
refused("setresuid", lambda: os.setresuid(0, 0, 0))
refused("setgid", lambda: os.setgid(0))
refused("setgroups", lambda: os.setgroups([0]))
"#,
    )
    .opens(),
    blocked(
        "su",
        r#"
import importlib
def become(*command):
    import subprocess
    done = subprocess.run(command, input=b"\n", capture_output=True, timeout=10)
    text = done.stdout.decode()
    if "uid=0" in text:
        return text
    raise OSError(done.returncode, done.stderr.decode())
for command in (["su", "-c", "id"], ["su", "root", "-c", "id"], ["sudo", "-n", "id"], ["doas", "-n", "id"],
                ["pkexec", "id"], ["runuser", "-u", "root", "id"], ["newgrp", "root"], ["unshare", "-r", "id"]):
    attempt(" ".join(command), lambda: become(*command))
"#,
    ),
    blocked(
        "suid_files",
        r#"
# whatever has the bit in the image must not give its owner's power
import stat
def walk():
    found = []
    for top in ("/usr", "/bin", "/sbin", "/lib", "/opt", "/tmp"):
        for folder, _, names in os.walk(top):
            for name in names:
                path = folder + "/" + name
                try:
                    mode = os.lstat(path)
                except OSError:
                    continue
                if stat.S_ISREG(mode.st_mode) and mode.st_mode & stat.S_ISUID and mode.st_uid == 0:
                    found.append(path)
    return found
def own():
    import shutil
    shutil.copy(sys.executable, "/tmp/mine")
    os.chown("/tmp/mine", 0, 0)
    os.chmod("/tmp/mine", 0o4755)
    return "a root-owned file with the bit"
attempt("making one", own)
for path in walk():
    def use():
        import subprocess
        done = subprocess.run([path, "-c", "id"], stdin=subprocess.DEVNULL, capture_output=True, timeout=10)
        if b"uid=0" not in done.stdout:
            raise OSError(done.returncode, path)
        return done.stdout
    attempt(path, use)
"#,
    ),
    blocked(
        "uid_0",
        r#"
def who():
    numbers = os.getresuid() + os.getresgid()
    if 0 not in numbers[:3]:
        raise OSError(numbers)
    return numbers
attempt("being root", who)
def groups():
    found = os.getgroups()
    if not {0, 6, 999} & set(found):
        raise OSError(found)
    return found
attempt("a group with power", groups)
def mapped():
    # root inside a user namespace is not here either
    with open("/proc/self/uid_map", "w") as f:
        f.write("0 0 1")
    return "mapped"
attempt("uid_map", mapped)
"#,
    )
    .opens(),
];
