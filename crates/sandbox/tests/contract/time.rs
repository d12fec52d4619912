//! Runs that do not end are ended, and crashes are endings like any other; nothing is left.

use seaworthy_sandbox::Ending;

use crate::attack::{Attack, Expect, blocked, ends, plain};

/// Code that only its wall time ends.
const fn endless(name: &'static str, code: &'static str) -> Attack {
    plain(name, code, Expect::Ends(&[Ending::Timeout]))
        .within_ms(1_500)
        .and_the_next_run_works()
}

/// Code that crashes, or does so as far as it can.
const fn crash(name: &'static str, code: &'static str) -> Attack {
    blocked(name, code)
        .or(&[Ending::Killed])
        .within_ms(12_000)
        .and_the_next_run_works()
}

pub(crate) const ATTACKS: &[Attack] = &[
    crash("abort", "
os.abort()
say('OPEN', 'abort', 'it went on')
"),
    crash("alarm", "
import signal, time
signal.alarm(1) if hasattr(signal, 'alarm') else say('BLOCKED', 'alarm', 'there is none')
time.sleep(3)
say('BLOCKED', 'alarm', 'it was kept from us')
"),
    endless("bigint", "
x = 3 ** 10_000_000
while True:
    x = x * x % (7 ** 5_000_000)
"),
    blocked("clock", r#"
import time
refused("clock_settime", lambda: time.clock_settime(time.CLOCK_REALTIME, 0.0))
def day():
    import ctypes
    return syscall("settimeofday", (ctypes.c_long * 2)(0, 0), 0)
refused("settimeofday", day)
def adjust():
    import ctypes
    request = ctypes.create_string_buffer(256)
    request[0] = 1
    return syscall("adjtimex", request)
refused("adjtimex", adjust)
assert time.time() > 1_700_000_000, time.time()
"#),
    plain("daemon", "
# a child of a child in a session of its own, that keeps stdout open and never ends
import os, time
try:
    child = os.fork()
except (AttributeError, OSError) as error:
    print('no processes here:', error)
    raise SystemExit
if child == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            time.sleep(1)
    os._exit(0)
os.wait()
print('parent done', flush=True)
", Expect::Is(|outcome| {
        ends(outcome, &[Ending::Exit])?;
        if outcome.wall.as_secs() > 5 {
            return Err("the run is over when the code is".into());
        }
        Ok(())
    })).and_the_next_run_works(),
    plain("exit_handler", "
import atexit, time
atexit.register(lambda: time.sleep(60))
print('the end')
", Expect::Ends(&[Ending::Timeout])).within_ms(1_500).and_the_next_run_works(),
    plain("exit_hard", "
import os
print('before', flush=True)
os._exit(7)
", Expect::Is(|outcome| {
        ends(outcome, &[Ending::Error, Ending::Killed])?;
        if outcome.stdout.text != "before\n" {
            return Err("what was written before is kept".into());
        }
        Ok(())
    })).and_the_next_run_works(),
    endless("finally_forever", "
try:
    1 / 0
finally:
    while True:
        pass
"),
    endless("ignored_exceptions", "
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"),
    endless("ignored_signals", "
import signal, time
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
try:
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
except (AttributeError, OSError, ValueError):
    pass
while True:
    time.sleep(0.1)
"),
    endless("loop", "
while True:
    pass
"),
    endless("loop_in_c", "
# one instruction that never comes back to the interpreter
import itertools
sum(itertools.repeat(1))
"),
    plain("parser_depth", "
kinds = 0
for text in ('(' * 100_000, '[' * 2_000 + ']' * 2_000, '-' * 200_000 + '1', 'a' + '.a' * 200_000,
             '+'.join(['1'] * 100_000), 'f' + '()' * 100_000, 'lambda: ' * 5_000 + '1', 'not ' * 100_000 + '1'):
    try:
        compile(text, 'x', 'eval')
    except (SyntaxError, RecursionError, MemoryError) as error:
        kinds += 1
    else:
        kinds += 1
print(kinds)
", Expect::Ends(&[Ending::Exit, Ending::Killed, Ending::Memory, Ending::Error])).and_the_next_run_works(),
    plain("recursion", "
def f(n):
    return f(n + 1) + 1
f(0)
", Expect::Is(|outcome| {
        ends(outcome, &[Ending::Error])?;
        if !outcome.stderr.text.contains("RecursionError") || outcome.status != Some(1) {
            return Err("it should be a RecursionError".into());
        }
        Ok(())
    })).and_the_next_run_works(),
    plain("recursion_in_c", "
# below the interpreter, where no limit of Python's counts
import sys
sys.setrecursionlimit(10 ** 9)
def f(n):
    return f(n + 1) + 1
class A:
    def __getattr__(self, name):
        return getattr(self, name + 'x')
deep = []
for _ in range(200_000):
    deep = [deep]
try:
    repr(deep)
except (RecursionError, MemoryError):
    pass
try:
    A().x
except (RecursionError, MemoryError):
    pass
f(0)
", Expect::Ends(&[Ending::Killed, Ending::Memory, Ending::Error, Ending::Timeout])).within_ms(8_000).and_the_next_run_works(),
    endless("redos", "
import re
re.match(r'(a+)+$', 'a' * 64 + 'b')
"),
    crash("segfault", "
import ctypes
ctypes.string_at(0)
").or(&[Ending::Killed, Ending::Error]),
    crash("signal_to_oneself", "
import signal
attempt('SIGKILL', lambda: os.kill(os.getpid(), signal.SIGKILL))
"),
    plain("signal_to_parents", "
import os, signal
for pid in {1, os.getppid() if hasattr(os, 'getppid') else 1}:
    for name in ('SIGTERM', 'SIGINT', 'SIGKILL'):
        try:
            os.kill(pid, getattr(signal, name))
        except (OSError, AttributeError):
            pass
print('still here')
", Expect::Ends(&[Ending::Exit, Ending::Killed, Ending::Error])).within_ms(8_000).and_the_next_run_works(),
    endless("sleep_60", "
import time
time.sleep(60)
"),
    plain(
        "wait_for_nothing",
        "
import threading
threading.Event().wait()
",
        // where nobody else is there to wait for, it may be an error at once
        Expect::Ends(&[Ending::Timeout, Ending::Error, Ending::Killed]),
    )
    .within_ms(1_500)
    .and_the_next_run_works(),
];
