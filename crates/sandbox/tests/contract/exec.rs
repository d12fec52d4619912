//! Other programs cannot be started, or gain nothing: they are as confined as the code itself.

use crate::attack::{Attack, blocked};

pub(crate) const ATTACKS: &[Attack] = &[
    blocked("exec_from_tmp", r#"
def script():
    import subprocess
    with open("/tmp/run.sh", "w") as f:
        f.write('#!/bin/sh\nid\n')
    os.chmod("/tmp/run.sh", 0o755)
    return subprocess.run(["/tmp/run.sh"], capture_output=True, timeout=10).stdout
attempt("a script", script)
def binary():
    import shutil, subprocess
    shutil.copy(os.path.realpath(sys.executable), "/tmp/python")
    os.chmod("/tmp/python", 0o755)
    return subprocess.run(["/tmp/python", "-c", "print(1)"], capture_output=True, timeout=10).stdout
attempt("a program", binary)
def shared():
    import os
    with open("/tmp/run.sh", "w") as f:
        f.write('#!/bin/sh\nid\n')
    os.chmod("/tmp/run.sh", 0o755)
    pid = os.fork()
    if pid == 0:
        try:
            os.execv("/tmp/run.sh", ["run.sh"])
        except OSError as error:
            os._exit(error.errno)
    number = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if number:
        raise OSError(number, os.strerror(number))
    return "executed"
attempt("exec", shared)
"#).opens(),
    blocked("memfd", r#"
# a program that is in no file system
def run():
    import shutil
    fd = os.memfd_create("program", 0)
    with open(os.path.realpath(sys.executable), "rb") as source, open(fd, "wb", closefd=False) as target:
        shutil.copyfileobj(source, target)
    import subprocess
    done = subprocess.run([f"/proc/self/fd/{fd}", "-I", "-c", "import os; print(os.geteuid())"],
                          pass_fds=[fd], capture_output=True, timeout=10)
    if done.stdout.strip() == str(os.geteuid()).encode() and os.geteuid() != 0:
        raise OSError("it ran, with no more power than this code")
    return done
attempt("memfd", run)
"#),
    blocked("native_code", r#"
# machine code from memory that can be written
def jump():
    import ctypes, mmap, platform
    code = b"\xb8\x2a\0\0\0\xc3" if platform.machine() == "x86_64" else b"\x40\x05\x80\x52\xc0\x03\x5f\xd6"
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    answer = ctypes.CFUNCTYPE(ctypes.c_int)(address)()
    # native code is what a container is for; it must still be nobody's
    if answer == 42 and os.geteuid() != 0:
        raise OSError("it ran, with no more power than this code")
    return answer
attempt("a page of machine code", jump)
def library():
    import ctypes
    with open("/tmp/evil.so", "wb") as f:
        f.write(b"\x7fELF")
    return ctypes.CDLL("/tmp/evil.so")
attempt("a library from /tmp", library)
"#),
    blocked("pickle", r#"
import pickle
payload = b"cos\nsystem\n(S'id > /usr/pwned; id > /etc/pwned; cat /etc/shadow > /tmp/shadow'\ntR."
def load():
    status = pickle.loads(payload)
    for path in ("/usr/pwned", "/etc/pwned"):
        if os.path.exists(path):
            return path
    if os.path.exists("/tmp/shadow") and os.path.getsize("/tmp/shadow"):
        return "shadow"
    raise OSError(status, "contained")
attempt("pickle to os.system", load)
"#),
    blocked("shell", r#"
def sh(command):
    import subprocess
    return subprocess.run(["/bin/sh", "-c", command], capture_output=True, timeout=10)
def tried(command, bad):
    done = sh(command)
    if bad(done):
        return done
    raise OSError(done.returncode, "contained")
attempt("being root", lambda: tried("id -u", lambda d: d.stdout.strip() == b"0"))
attempt("shadow", lambda: tried("cat /etc/shadow", lambda d: d.stdout))
attempt("writing", lambda: tried("echo x > /usr/pwned", lambda d: d.returncode == 0))
attempt("the host's file", lambda: tried(f"cat {BAIT['file']}", lambda d: d.stdout))
attempt("environment", lambda: tried("env", lambda d: "".join(BAIT["secret"]).encode() in d.stdout))
attempt("devices", lambda: tried("cat /dev/sda /dev/vda /dev/mem /dev/nvme0n1 | head -c 10", lambda d: d.stdout))
attempt("network", lambda: tried(f"exec 3<>/dev/tcp/127.0.0.1/{BAIT['tcp4']}", lambda d: d.returncode == 0))
attempt("os.system", lambda: os.system("echo x > /etc/pwned") == 0 or (_ for _ in ()).throw(OSError("contained")))
def popen():
    text = os.popen("id -u").read().strip()
    if text == "0":
        return text
    raise OSError(text, "contained")
attempt("os.popen", popen)
"#).opens(),
    blocked("spawn", r#"
python = sys.executable or "/usr/bin/python3"
def contained(status):
    raise OSError(status, "contained")
attempt("posix_spawn", lambda: contained(os.waitpid(os.posix_spawn(python, [python, "-c", "import os; os._exit(os.geteuid() == 0)"], {}), 0)[1])
        if os.geteuid() else "as root")
def pool():
    import multiprocessing
    with multiprocessing.get_context("fork").Pool(2) as workers:
        if 0 in workers.map(ids, range(2)):
            return "as root"
    raise OSError("contained")
def ids(_):
    return os.geteuid()
attempt("multiprocessing", pool)
def terminal():
    import pty
    pid, fd = pty.fork()
    if pid == 0:
        os._exit(0 if os.geteuid() else 9)
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9:
        return "as root"
    raise OSError("contained")
attempt("pty", terminal)
"#),
];
