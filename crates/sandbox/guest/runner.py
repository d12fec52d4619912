"""The guest's half of the conversation on a real machine: a container or a hosted sandbox.

Started as `python3 -I -c SOURCE`, where SOURCE is execute.py followed by this file; needs Python
3.9. It speaks the frames of frame.rs on its stdin and stdout. The code runs in a child, whose
stdout, stderr and calls arrive here by pipes of their own: whatever the code writes is data and
never a frame. In a container this process is number 1, so nothing in there can kill or stop it,
and when it ends everything ends.
"""

import collections
import json
import os
import resource
import selectors
import signal
import stat
import struct
import sys
import threading
import time
import traceback

# execute.py has: ToolError, execute, offer_tools, _flush

JOB, FILE, STDIN, GO, ANSWER = 1, 2, 3, 4, 5
STARTED, STDOUT, STDERR, CALL, ARTIFACT, ENDED = 0x10, 0x11, 0x12, 0x13, 0x14, 0x15
MAX_FRAME = 16 * 1024 * 1024
PIECE = 64 * 1024
# answers that wait for the code to read them; above it no further calls are taken from the code
MAX_BACKLOG = 1024 * 1024
SCRATCH = "/tmp"
OUT = "/tmp/out"
# the host ends a run on time; this is for a host that has died
GRACE = 30
# the container's own numbers, by either version of control groups, and else the machine's
MEMORY_EVENTS = (
    "/sys/fs/cgroup/memory.events",
    "/sys/fs/cgroup/memory/memory.oom_control",
    "/proc/vmstat",
)
PIDS_MAX = ("/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/pids/pids.max")


def encode(kind, payload=b""):
    return struct.pack(">IB", len(payload) + 1, kind) + payload


def write_all(fd, data):
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view):]


class Frames:
    """Takes bytes in any pieces and gives frames."""

    def __init__(self):
        self.bytes = bytearray()

    def push(self, data):
        self.bytes += data

    def next(self):
        """The next whole frame as (kind, payload), or None; ValueError where there can be none."""
        if len(self.bytes) < 5:
            return None
        length, kind = struct.unpack_from(">IB", self.bytes)
        if not 0 < length <= MAX_FRAME:
            raise ValueError(f"a frame of {length} bytes")
        if len(self.bytes) < 4 + length:
            return None
        payload = bytes(self.bytes[5:4 + length])
        del self.bytes[:4 + length]
        return kind, payload


def prctl(option, value):
    try:
        import ctypes

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        # an image without ctypes: these are second lines of defence
        pass


def set_dumpable(yes):
    """Whether processes of the same user may look into this one, its descriptors included; with
    them frames could be forged, which the host bears."""
    prctl(4, int(yes))


def give_up_privileges():
    """No program that the code starts gets more rights than it has: no su, no sudo."""
    prctl(38, 1)


def first_line(paths):
    for path in paths:
        try:
            with open(path) as file:
                return file.readline().strip()
        except OSError:
            pass
    return ""


def oom_kills():
    """How many processes of this machine the kernel has killed for their memory."""
    for path in MEMORY_EVENTS:
        try:
            with open(path) as file:
                for line in file:
                    if line.startswith("oom_kill "):
                        return int(line.split()[1])
        except (OSError, ValueError):
            pass
    return 0


# ---- the child: the code ----


class Calls:
    """The code's side of the bridge. Threads may call at once: each waits for its own answer."""

    def __init__(self, answers, calls):
        self.answers = answers
        self.calls = calls
        self.lock = threading.Lock()
        self.waiting = {}
        self.last = 0
        self.reader = None
        self.process = os.getpid()

    def __call__(self, name, arguments):
        if os.getpid() != self.process:
            raise ToolError(
                "unsupported",
                "only the main process can call tools",
                "call them there, in threads if need be, and hand the data on",
            )
        # what is no JSON fails here, with a line number, and not at the host
        text = json.dumps(arguments, ensure_ascii=False, allow_nan=False)
        done = threading.Event()
        slot = [done, None]
        with self.lock:
            self.last += 1
            number = self.last
            payload = f'{{"id":{number},"tool":{json.dumps(name)},"arguments":{text}}}'.encode()
            if len(payload) >= MAX_FRAME:
                raise ToolError("invalid_input", "the arguments are too large", "pass less")
            if self.reader is None:
                self.reader = threading.Thread(target=self.read, daemon=True)
                self.reader.start()
            self.waiting[number] = slot
            write_all(self.calls, encode(CALL, payload))
        done.wait()
        answer = slot[1]
        if answer is None:
            raise ToolError("internal", "the host went away", "")
        if "error" in answer:
            error = answer["error"]
            raise ToolError(error.get("kind", ""), error.get("message", ""), error.get("hint", ""))
        return answer.get("ok")

    def read(self):
        frames = Frames()
        while True:
            data = os.read(self.answers, PIECE)
            if not data:
                break
            frames.push(data)
            frame = frames.next()
            while frame:
                answer = json.loads(frame[1])
                slot = self.waiting.pop(answer["id"], None)
                if slot:
                    slot[1] = answer
                    slot[0].set()
                frame = frames.next()
        for slot in list(self.waiting.values()):
            slot[0].set()


def limit(which, soft, hard=None):
    """Lowers a limit as far as that is possible: a hard limit cannot be raised again."""
    highest = resource.getrlimit(which)[1]
    hard = soft if hard is None else hard
    if highest != resource.RLIM_INFINITY:
        soft, hard = min(soft, highest), min(hard, highest)
    resource.setrlimit(which, (soft, hard))


def set_limits(limits):
    cpu = max(1, -int(-limits["cpu_s"] // 1))
    limit(resource.RLIMIT_CPU, cpu, cpu + 1)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_NOFILE, 1024)
    limit(resource.RLIMIT_FSIZE, limits["scratch"])
    # so that too much memory is a MemoryError with a line number, where it can be; what comes
    # together in several processes meets the machine's own limit
    limit(resource.RLIMIT_DATA, limits["memory"])
    threading.stack_size(2 * 1024 * 1024)
    if first_line(PIDS_MAX) in ("", "max"):
        # this limit counts all processes of a user on the kernel, so only where it is ours alone
        limit(resource.RLIMIT_NPROC, limits["pids"])


def text_stream(fd, mode):
    return open(fd, mode, 1 if mode == "w" else -1, "utf-8", "backslashreplace", closefd=False)


def child(job, stdin, stdout, stderr, answers, calls):
    """Runs the code and ends the process."""
    own = os.getpid()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    os.setsid()
    for target, fd in enumerate((stdin, stdout, stderr)):
        os.dup2(fd, target)
    # the bridge's ends move down to 3 and 4; nothing else stays open
    answers, calls = os.dup(answers), os.dup(calls)
    os.dup2(answers, 3, inheritable=False)
    os.dup2(calls, 4, inheritable=False)
    os.closerange(5, 256)
    set_dumpable(True)
    give_up_privileges()
    try:
        # when memory is short this process goes first, and not the one that tells of it
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
    except OSError:
        pass
    os.environ.clear()
    os.environ.update(HOME=SCRATCH, PATH="/usr/local/bin:/usr/bin:/bin", LANG="C.UTF-8")
    sys.stdin = sys.__stdin__ = text_stream(0, "r")
    sys.stdout = sys.__stdout__ = text_stream(1, "w")
    sys.stderr = sys.__stderr__ = text_stream(2, "w")
    sys.path[:] = [path for path in sys.path if path]
    sys.path.insert(0, SCRATCH)
    set_limits(job["limits"])
    offer_tools(job["tools"], Calls(3, 4))
    cause, status = execute(job["code"])
    if os.getpid() == own:
        try:
            # as Python does at its end: threads that are no daemons finish their work
            threading._shutdown()
            _flush()
        except BaseException:
            pass
        ended = json.dumps({"cause": cause, "status": status})
        try:
            write_all(4, encode(ENDED, ended.encode()))
        except OSError:
            pass
    os._exit(status)


# ---- the parent: the conversation ----


class Pump:
    """Moves bytes between the host and the child until the child has ended."""

    def __init__(self, pid, frames, stdin, stdout, stderr, answers, calls, wake):
        self.pid = pid
        self.host = frames
        self.outputs = {stdout: STDOUT, stderr: STDERR}
        self.calls = calls
        self.from_child = Frames()
        self.wake = wake
        self.to_child = {
            stdin[0]: collections.deque([memoryview(stdin[1])]),
            answers: collections.deque(),
        }
        self.stdin = stdin[0]
        self.answers = answers
        self.ended = None
        self.selector = selectors.DefaultSelector()
        for fd in (0, stdout, stderr, calls, wake):
            self.selector.register(fd, selectors.EVENT_READ)
        for fd in (stdin[0], answers, stdout, stderr, calls):
            os.set_blocking(fd, False)
        self.writing(stdin[0])

    def close(self, fd):
        for key in list(self.selector.get_map().values()):
            if key.fd == fd:
                self.selector.unregister(fd)
        os.close(fd)

    def writing(self, fd):
        """Asks to be told when `fd` takes bytes, if some wait for it."""
        known = fd in self.selector.get_map()
        waits = bool(self.to_child[fd])
        if waits and not known:
            self.selector.register(fd, selectors.EVENT_WRITE)
        elif known and not waits:
            self.selector.unregister(fd)
        if fd == self.stdin and not waits:
            del self.to_child[fd]
            os.close(fd)

    def run(self):
        """The wait status of the child."""
        while True:
            for key, _ in self.selector.select():
                fd = key.fd
                if fd == self.wake:
                    os.read(fd, PIECE)
                elif fd == 0:
                    self.from_host()
                elif fd in self.outputs:
                    self.output(fd)
                elif fd == self.calls:
                    self.call()
                elif fd in self.to_child:
                    self.feed(fd)
            status = self.reap()
            if status is not None:
                return status

    def reap(self):
        """Ends the life of dead processes; the child's status if it is among them."""
        found = None
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return found
            if pid == 0:
                return found
            if pid == self.pid:
                found = status

    def from_host(self):
        data = os.read(0, PIECE)
        if not data:
            # the host is gone, and with it everybody who could want a result
            leave(1, self.pid)
        self.host.push(data)
        frame = self.host.next()
        while frame:
            if frame[0] == ANSWER:
                self.to_child[self.answers].append(memoryview(encode(*frame)))
            frame = self.host.next()
        self.writing(self.answers)
        self.listen()

    def listen(self):
        """Takes calls from the code unless it leaves too many answers unread."""
        if self.calls is None:
            return
        full = sum(map(len, self.to_child.get(self.answers, ()))) > MAX_BACKLOG
        known = self.calls in self.selector.get_map()
        if full and known:
            self.selector.unregister(self.calls)
        elif not full and not known:
            self.selector.register(self.calls, selectors.EVENT_READ)

    def feed(self, fd):
        queue = self.to_child[fd]
        try:
            rest = queue[0][os.write(fd, queue[0][:PIECE]):]
        except BlockingIOError:
            return
        except OSError:
            # nobody reads it any more
            queue.clear()
            rest = b""
        if queue:
            queue.popleft()
        if rest:
            queue.appendleft(rest)
        self.writing(fd)
        self.listen()

    def output(self, fd):
        """Passes on what the code wrote; whether there may be more."""
        try:
            data = os.read(fd, PIECE - 1)
        except BlockingIOError:
            return False
        if data:
            write_all(1, encode(self.outputs[fd], data))
            return True
        del self.outputs[fd]
        self.close(fd)
        return False

    def call(self):
        try:
            data = os.read(self.calls, PIECE)
        except BlockingIOError:
            return False
        self.from_child.push(data)
        try:
            frame = self.from_child.next()
            while frame:
                if frame[0] == CALL:
                    write_all(1, encode(*frame))
                elif frame[0] == ENDED:
                    self.ended = frame[1]
                frame = self.from_child.next()
        except ValueError:
            data = b""
        if not data:
            # closed, or no frames: the code has tampered with it and has no bridge any more
            self.close(self.calls)
            self.calls = None
            return False
        return True

    def drain(self):
        """What the code wrote last. All of it is dead, so this comes to an end."""
        for fd in list(self.outputs):
            while self.output(fd):
                pass
        while self.calls is not None and self.call():
            pass


def leave(status, pid=None):
    """Ends this process and the code's; in a container the kernel then ends all others too."""
    if pid is not None and os.getpid() != 1:
        kill_others(pid)
    os._exit(status)


def kill_others(pid):
    """Kills what the code has left running, daemons in sessions of their own too."""
    if os.getpid() != 1:
        # a machine of the run's own: what leaves the child's group dies with the machine
        try:
            os.killpg(pid, signal.SIGKILL)
        except OSError:
            pass
        return
    while True:
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            pass
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.002)


def send_artifacts(limits):
    """Sends the plain files of /tmp/out as far as the limits go; the number of the others."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        folder = os.open(OUT, flags | os.O_DIRECTORY)
    except OSError:
        return 0
    sent, room, left = 0, limits["artifacts"], 0
    for name in sorted(os.listdir(folder)):
        fd = None
        try:
            encoded = name.encode()
            fd = os.open(name, flags, dir_fd=folder)
            found = os.fstat(fd)
            largest = min(room, MAX_FRAME - len(encoded) - 3)
            if sent == limits["artifact_files"] or not stat.S_ISREG(found.st_mode) or found.st_size > largest:
                left += 1
                continue
            with open(fd, "rb", closefd=False) as file:
                data = file.read(found.st_size)
            write_all(1, encode(ARTIFACT, struct.pack(">H", len(encoded)) + encoded + data))
            sent, room = sent + 1, room - len(data)
        except (OSError, UnicodeError):
            left += 1
        finally:
            if fd is not None:
                os.close(fd)
    return left


def ending(status, told, kills, cpu_limit):
    """How the child ended, as (cause, status, detail)."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        over = used.ru_utime + used.ru_stime >= cpu_limit
        if number == signal.SIGXCPU or (number == signal.SIGKILL and over):
            return "cpu", None, ""
        if number == signal.SIGKILL and oom_kills() > kills:
            return "memory", None, ""
        try:
            name = signal.Signals(number).name
        except ValueError:
            name = f"signal {number}"
        return "killed", None, f"{name} ({signal.strsignal(number)})"
    status = os.WEXITSTATUS(status)
    try:
        # the code could have written this itself; it is about nothing but its own run
        cause = json.loads(told)["cause"]
    except (TypeError, ValueError, KeyError):
        cause = "exit"
    return (cause if cause in ("exit", "error", "memory") else "exit"), status, ""


def opening():
    """Reads the job with its files and its stdin; gives them and the rest of what was read."""
    frames, job, files, stdin = Frames(), None, [], b""
    while True:
        frame = frames.next()
        if frame is None:
            data = os.read(0, PIECE)
            if not data:
                leave(1)
            frames.push(data)
            continue
        kind, payload = frame
        if kind == JOB:
            job = json.loads(payload)
        elif kind == FILE:
            length = 2 + struct.unpack_from(">H", payload)[0]
            files.append((payload[2:length].decode(), payload[length:]))
        elif kind == STDIN:
            stdin = payload
        elif kind == GO:
            return frames, job, files, stdin


def talk():
    signal.signal(signal.SIGALRM, lambda *_: leave(137))
    # until the job is there and says how long it may take
    signal.alarm(120)
    set_dumpable(False)
    frames, job, files, stdin = opening()
    limits = job["limits"]
    signal.alarm(int(limits["wall_s"]) + GRACE)
    os.umask(0o077)
    os.chdir(SCRATCH)
    os.makedirs(OUT, exist_ok=True)
    for name, data in files:
        with open(os.path.join(SCRATCH, name), "wb") as file:
            file.write(data)
    pipes = [os.pipe() for _ in range(6)]
    (in_r, in_w), (out_r, out_w), (err_r, err_w), (ans_r, ans_w), (call_r, call_w), wake = pipes
    signal.signal(signal.SIGCHLD, lambda *_: None)
    for fd in wake:
        os.set_blocking(fd, False)
    signal.set_wakeup_fd(wake[1], warn_on_full_buffer=False)
    kills = oom_kills()
    write_all(1, encode(STARTED))
    pid = os.fork()
    if pid == 0:
        try:
            child(job, in_r, out_w, err_w, ans_r, call_w)
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(1)
    signal.signal(signal.SIGALRM, lambda *_: leave(137, pid))
    for fd in (in_r, out_w, err_w, ans_r, call_w):
        os.close(fd)
    del job, files
    pump = Pump(pid, frames, (in_w, stdin), out_r, err_r, ans_w, call_r, wake[0])
    try:
        status = pump.run()
    except OSError:
        # nobody listens any more
        leave(1, pid)
    kill_others(pid)
    pump.drain()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cause, code, detail = ending(status, pump.ended, kills, limits["cpu_s"])
    left = send_artifacts(limits)
    ended = {
        "cause": cause,
        "status": code,
        "detail": detail,
        "cpu_us": int((used.ru_utime + used.ru_stime) * 1_000_000),
        "peak_bytes": used.ru_maxrss * 1024,
        "artifacts_left": left,
    }
    write_all(1, encode(ENDED, json.dumps(ended).encode()))
    leave(0)


if __name__ == "__main__":
    try:
        talk()
    except BrokenPipeError:
        # the host left while the end was told
        leave(1)
