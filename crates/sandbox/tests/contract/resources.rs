//! Whatever the code wants too much of, it gets a bounded error or is ended; the host and the next
//! run do not notice.

use seaworthy_sandbox::{Ending, Policy};

use crate::attack::{Attack, Expect, blocked, plain};

const MIB: u64 = 1024 * 1024;

/// Less than the default, so that attacks are quick and bearable side by side.
fn small(policy: &mut Policy) {
    policy.memory = 192 * MIB;
}

/// Code that must end for its memory under a small limit.
const fn hungry(name: &'static str, code: &'static str) -> Attack {
    plain(name, code, Expect::Ends(&[Ending::Memory]))
        .under(small)
        .and_the_next_run_works()
}

pub(crate) const ATTACKS: &[Attack] = &[
    plain("cpu_time", "
n = 0
while True:
    n += 1
", Expect::Is(|outcome| {
        crate::attack::ends(outcome, &[Ending::Timeout])?;
        if outcome.wall.as_secs() > 12 || !outcome.detail.contains("processor time") {
            return Err("2 s of processor time should end it".into());
        }
        Ok(())
    })).under(|policy| policy.cpu = std::time::Duration::from_secs(2)).and_the_next_run_works(),
    hungry("decompression_bomb", "
import zlib
packer = zlib.compressobj(1)
zeros = bytes(1 << 20)
bomb = b''.join(packer.compress(zeros) for _ in range(400)) + packer.flush()
print(len(bomb))
print(len(zlib.decompress(bomb)))
"),
    blocked("descriptors", r#"
def open_many():
    kept = []
    for number in range(100_000):
        kept.append(os.open("/tmp", os.O_RDONLY))
    return len(kept)
attempt("100,000 open files", open_many)
"#).or(&[Ending::Memory, Ending::Killed]).and_the_next_run_works(),
    blocked("fork_bomb", r#"
import time
def bomb():
    children = []
    try:
        for _ in range(2_000):
            pid = os.fork()
            if pid == 0:
                time.sleep(60)
                os._exit(0)
            children.append(pid)
    except OSError as error:
        if len(children) > 128:
            return len(children)
        raise OSError(error.errno, f"{len(children)} children, then {error}")
    return len(children)
attempt("2,000 children", bomb)
"#).and_the_next_run_works(),
    blocked("fork_bomb_exponential", r#"
import time
if not hasattr(os, "fork"):
    say("BLOCKED", "fork", "there is none")
    raise SystemExit
parent = os.getpid()
end = time.monotonic() + 2
refusals = 0
while time.monotonic() < end:
    try:
        if os.fork() == 0:
            sys.stdout = None
    except OSError:
        refusals += 1
        time.sleep(0.01)
if os.getpid() == parent:
    alive = sum(name.isdigit() for name in os.listdir("/proc"))
    say("BLOCKED" if alive <= 130 and refusals else "OPEN", "processes", alive)
else:
    time.sleep(60)
"#).or(&[Ending::Killed, Ending::Error, Ending::Timeout]).within_ms(15_000).and_the_next_run_works(),
    blocked("inodes", r#"
def fill():
    count = 0
    try:
        for number in range(50_000):
            open(f"/tmp/f{number}", "w").close()
            count += 1
    except OSError as error:
        if count > 4_200:
            return count
        raise OSError(error.errno, f"{count} files, then {error}")
    return count
attempt("50,000 files", fill)
def folders():
    count, path = 0, "/tmp"
    try:
        for number in range(50_000):
            os.mkdir(f"/tmp/d{number}")
            count += 1
    except OSError as error:
        if count > 4_200:
            return count
        raise OSError(error.errno, f"{count} folders, then {error}")
    return count
attempt("50,000 folders", folders)
"#).and_the_next_run_works(),
    blocked("kill_all", r#"
import signal
attempt("everything", lambda: os.kill(-1, signal.SIGKILL) or (_ for _ in ()).throw(OSError("nobody but ourselves")))
"#).or(&[Ending::Killed, Ending::Error]).within_ms(10_000).and_the_next_run_works(),
    hungry("memory_after_catching", "
kept = []
while True:
    try:
        kept.append(b'x' * (8 << 20))
    except MemoryError:
        kept.append(b'x' * (8 << 20))
"),
    hungry("memory_at_once", "
x = b'x' * (700 << 20)
print(len(x))
"),
    plain("memory_default_limit", "
kept = []
for _ in range(90):
    kept.append(b'x' * (8 << 20))
print('OPEN 720 MB')
", Expect::Ends(&[Ending::Memory])).and_the_next_run_works(),
    hungry("memory_doubling", "
x = [1]
while True:
    x += x
"),
    blocked("memory_in_children", r#"
# each child keeps to the limit of one; all of them together do not
import time
def families():
    children = []
    for _ in range(6):
        pid = os.fork()
        if pid == 0:
            kept = b"x" * (100 << 20)
            time.sleep(3)
            os._exit(0)
        children.append(pid)
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]
    if any(codes):
        raise OSError(errno.ENOMEM, f"children ended as {codes}")
    return codes
attempt("600 MB in six processes", families)
"#).or(&[Ending::Memory, Ending::Killed]).under(small).and_the_next_run_works(),
    hungry("memory_in_one_piece", "
x = bytearray((1 << 31) - 1)
"),
    blocked("memory_memfd", r#"
def fill():
    fd = os.memfd_create("fill", 0)
    block = b"x" * (1 << 20)
    for _ in range(600):
        os.write(fd, block)
    return "600 MB"
attempt("memfd", fill)
"#).or(&[Ending::Memory, Ending::Killed]).under(small).and_the_next_run_works(),
    blocked("memory_shared", r#"
def fill():
    import mmap
    area = mmap.mmap(-1, 600 << 20)
    for offset in range(0, 600 << 20, 4096):
        area[offset] = 1
    return "600 MB"
attempt("shared memory", fill, REFUSALS + (ValueError, MemoryError))
"#).or(&[Ending::Memory, Ending::Killed]).under(small).and_the_next_run_works(),
    hungry("memory_slowly", "
kept = []
while True:
    kept.append(bytearray(b'x' * 100_000))
"),
    hungry("memory_small_objects", "
kept = []
while True:
    kept.append([object() for _ in range(1000)])
"),
    blocked("pipes", r#"
def fill():
    total = 0
    kept = []
    for _ in range(20_000):
        ends = os.pipe()
        kept.append(ends)
        os.set_blocking(ends[1], False)
        try:
            total += os.write(ends[1], bytes(1 << 16))
        except BlockingIOError:
            pass
    if total < 600 << 20:
        raise OSError(f"{total} bytes in all")
    return total
attempt("the kernel's memory by pipes", fill)
"#).or(&[Ending::Memory, Ending::Killed]).and_the_next_run_works(),
    blocked("sparse", r#"
def sparse():
    with open("/tmp/sparse", "wb") as f:
        f.truncate(1 << 40)
    used = os.stat("/tmp/sparse").st_blocks * 512
    if used <= 64 << 20:
        raise OSError(f"{used} bytes are used")
    return used
attempt("1 TB of nothing", sparse)
def far():
    with open("/tmp/far", "wb") as f:
        f.seek(1 << 40)
        f.write(b"x")
    used = os.stat("/tmp/far").st_blocks * 512
    if used <= 64 << 20:
        raise OSError(f"{used} bytes are used")
    return used
attempt("a byte far out", far)
def reserve():
    fd = os.open("/tmp/reserve", os.O_CREAT | os.O_WRONLY)
    os.posix_fallocate(fd, 0, 1 << 30)
    return os.fstat(fd).st_size
attempt("fallocate", reserve)
def full():
    with open("/tmp/holes", "wb", buffering=0) as f:
        for number in range(100_000):
            f.seek(number << 20)
            f.write(b"x" * 4096)
    return "400 MB in holes"
attempt("holes", full)
"#).and_the_next_run_works(),
    blocked("stop_all", r#"
import signal
attempt("everything", lambda: os.kill(-1, signal.SIGSTOP) or (_ for _ in ()).throw(OSError("nobody but ourselves")))
"#).or(&[Ending::Killed, Ending::Error, Ending::Timeout]).within_ms(3_000).and_the_next_run_works(),
    blocked("threads", r#"
import threading, time
def many():
    threads = []
    try:
        for _ in range(2_000):
            thread = threading.Thread(target=time.sleep, args=(60,), daemon=True)
            thread.start()
            threads.append(thread)
    except RuntimeError as error:
        if len(threads) > 128:
            return len(threads)
        raise OSError(errno.EAGAIN, f"{len(threads)} threads, then {error}")
    return len(threads)
attempt("2,000 threads", many)
"#).and_the_next_run_works(),
];
