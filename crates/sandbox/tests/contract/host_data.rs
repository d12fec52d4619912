//! Nothing of the host is to be seen: its files, its environment, its processes, its name.

use crate::attack::{Attack, blocked};

pub(crate) const ATTACKS: &[Attack] = &[
    blocked("descriptors", r#"
# whatever was left open: a folder can be walked up from, a file of the host be read, a socket be spoken to
import stat
odd = 0
for fd in range(3, 1024):
    try:
        kind = os.fstat(fd).st_mode
    except OSError:
        continue
    if stat.S_ISDIR(kind):
        for up in ("..", "../../..", "../../../../../../../.."):
            try:
                there = os.open(up + BAIT["file"], os.O_RDONLY, dir_fd=fd)
            except (OSError, NotImplementedError):
                continue
            if os.read(there, 100).decode() == "".join(BAIT["secret"]):
                odd += 1
                say("OPEN", f"folder {fd}")
    elif stat.S_ISREG(kind):
        try:
            os.lseek(fd, 0, 0)
            text = os.read(fd, 1 << 20)
        except OSError:
            continue
        if "".join(BAIT["secret"]).encode() in text:
            odd += 1
            say("OPEN", f"file {fd}")
    elif stat.S_ISBLK(kind):
        odd += 1
        say("OPEN", f"device {fd}")
    elif stat.S_ISSOCK(kind):
        import socket
        s = socket.socket(fileno=os.dup(fd))
        if s.family != socket.AF_UNIX:
            odd += 1
            say("OPEN", f"socket {fd}", s)
        else:
            try:
                peer = s.getpeername()
            except OSError:
                peer = ""
            if peer and "docker" in str(peer):
                odd += 1
                say("OPEN", f"socket {fd}", peer)
if not odd:
    say("BLOCKED", "inherited descriptors", "none of them leads out")
"#),
    blocked("dmesg", r#"
def read():
    with open("/dev/kmsg", "rb", buffering=0) as f:
        return f.read(100)
attempt("/dev/kmsg", read)
attempt("/proc/kmsg", lambda: open("/proc/kmsg", "rb", buffering=0).read(100))
def klog():
    import ctypes
    return syscall("syslog", 3, ctypes.create_string_buffer(4096), 4096)
refused("syslog", klog)
def shell():
    import subprocess
    done = subprocess.run(["dmesg"], capture_output=True, timeout=5)
    if done.returncode:
        raise OSError(done.stderr.decode())
    return done.stdout[:80]
attempt("dmesg", shell)
"#),
    blocked("environment", r#"
# exec.rs has the children; here what this process was given
leaks = [name for name, value in os.environ.items()
         if name == BAIT["variable"] or "".join(BAIT["secret"]) in value
         or any(word in name.upper() for word in ("TOKEN", "PASSWORD", "API_KEY", "GITHUB", "DOCKER", "CARGO", "SEAWORTHY"))]
if leaks:
    say("OPEN", "environment", leaks)
else:
    say("BLOCKED", "environment", len(os.environ))
def own():
    text = open("/proc/self/environ", "rb").read()
    if BAIT["variable"].encode() not in text:
        raise OSError("not in there")
    return text
attempt("/proc/self/environ", own)
"#).opens(),
    blocked("files", r#"
def read(path):
    text = open(path, "rb").read()
    if "".join(BAIT["secret"]).encode() not in text:
        raise OSError("not the host's")
    return text
up = "../" * 12
for path in [BAIT["file"], up + BAIT["file"], "/tmp/" + up + BAIT["file"], "/proc/self/cwd/" + up + BAIT["file"],
             "/proc/self/root" + BAIT["file"], "//" + BAIT["file"], "file://" + BAIT["file"]]:
    attempt(path, lambda: read(path))
def link():
    os.symlink(BAIT["file"], "/tmp/a_link")
    return read("/tmp/a_link")
attempt("a link", link)
def climb():
    os.symlink("/", "/tmp/the_root")
    return read("/tmp/the_root" + BAIT["file"])
attempt("a link to the root", climb)
def hard():
    os.link(BAIT["file"], "/tmp/a_hard_link")
    return read("/tmp/a_hard_link")
attempt("a hard link", hard)
def up_and_up():
    os.chdir("/")
    for _ in range(50):
        os.chdir("..")
    return read("." + BAIT["file"])
attempt("chdir", up_and_up)
def by_url():
    import urllib.request
    text = urllib.request.urlopen("file://" + BAIT["file"]).read()
    return text
attempt("urllib file:", by_url)
"#).opens(),
    blocked("files_of_the_system", r#"
def the_hosts(path):
    found = os.stat(path)
    if [found.st_dev, found.st_ino] != BAIT["passwd"]:
        raise OSError("another file")
    return open(path).read(60)
attempt("/etc/passwd", lambda: the_hosts("/etc/passwd"))
attempt("by a detour", lambda: the_hosts("/tmp/../../../etc/passwd"))
for path in ["/etc/shadow", "/etc/gshadow", "/root/.bashrc", "/root/.ssh", "/home", "/var/lib/docker",
             "/etc/kubernetes", "/var/run/secrets", "/run/secrets", "/boot", "/host", "/.dockerinit"]:
    def look():
        if os.path.isdir(path):
            names = os.listdir(path)
            if not names:
                raise OSError("empty")
            return names
        return open(path).read(60)
    attempt(path, look)
"#).opens(),
    blocked("host_name", r#"
names = set()
for source in (lambda: os.uname().nodename, lambda: __import__("platform").node(),
               lambda: __import__("socket").gethostname(), lambda: open("/etc/hostname").read().strip(),
               lambda: open("/proc/sys/kernel/hostname").read().strip()):
    try:
        names.add(source())
    except (OSError, ImportError, AttributeError):
        pass
if BAIT["host"] in names:
    say("OPEN", "host name", names)
else:
    say("BLOCKED", "host name", names)
def rename():
    name = b"pwned"
    import ctypes
    return syscall("sethostname", ctypes.create_string_buffer(name), len(name))
refused("sethostname", rename)
"#),
    blocked("mounts", r#"
# what is mounted tells what of the host is here: nothing but the image, /tmp and the kernel's own
def table():
    for line in open("/proc/self/mountinfo"):
        before, after = line.split(" - ")
        root, place = before.split()[3:5]
        kind, source = after.split()[:2]
        if kind in ("ext4", "xfs", "btrfs", "virtiofs", "9p", "fuse", "nfs") and place not in ("/", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf"):
            return line
    raise OSError("nothing of the host")
attempt("mountinfo", table)
"#),
    blocked("pid_1", r#"
def read(name):
    text = open("/proc/1/" + name, "rb").read()
    if "".join(BAIT["secret"]).encode() not in text and BAIT["variable"].encode() not in text:
        raise OSError("nothing of the host")
    return text
for name in ("environ", "cmdline", "root" + BAIT["file"], "cwd" + BAIT["file"]):
    attempt("/proc/1/" + name, lambda: read(name))
def root():
    here = os.stat("/")
    there = os.stat("/proc/1/root/")
    if (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino):
        raise OSError("our own")
    return os.listdir("/proc/1/root/")
attempt("/proc/1/root", root)
def strange():
    names = os.listdir("/proc/1/fd")
    targets = [os.readlink("/proc/1/fd/" + name) for name in names]
    odd = [t for t in targets if t.startswith("/") and not t.startswith(("/dev/null", "/tmp", "/usr", "/dev/pts"))]
    if not odd:
        raise OSError("nothing odd")
    return odd
attempt("/proc/1/fd", strange)
"#),
    blocked("processes", r#"
secret = "".join(BAIT["secret"]).encode()
def scan():
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        for part in ("environ", "cmdline"):
            try:
                text = open(f"/proc/{name}/{part}", "rb").read()
            except OSError:
                continue
            if secret in text or BAIT["variable"].encode() in text or b"dockerd" in text:
                found.append((name, part))
    if not found:
        raise OSError("nobody else's")
    return found
attempt("all of /proc", scan)
def host():
    os.kill(BAIT["pid"], 0)
    text = open(f"/proc/{BAIT['pid']}/cmdline").read()
    if "contract" not in text:
        raise OSError("another process has that number here")
    return text
attempt("the server's number", host)
def shared():
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    number = libc.shmget(0x5EA, 4096, 0)
    if number == -1:
        raise OSError(ctypes.get_errno(), "shmget")
    return number
attempt("System V memory", shared)
"#).opens(),
];
