"""Forks on and on, up to a limit of its own; what it starts hides in several ways. Its argument is in every command line."""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

LIMIT = 15
MARKER = sys.argv[-1]


def sleep(environment):
    os.execve("/bin/sleep", [f"sleep-{MARKER}", "300"], environment)


def orphan(act):
    """Forks twice, so that what acts has no parent; in a session of its own."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            act()
        os._exit(0)


def closed():
    null = os.open("/dev/null", os.O_RDWR)
    for number in range(3):
        os.dup2(null, number)


def in_the_dark():
    closed()
    sleep(dict(os.environ))


def without_environment():
    sleep({"PATH": "/bin"})


def without_a_trace():
    closed()
    sleep({})


def forking_on():
    for _ in range(LIMIT):
        if os.fork() == 0:
            time.sleep(0.05)
        else:
            sleep({})


for number in range(LIMIT):
    if os.fork() == 0:
        os.setsid()
        sleep(dict(os.environ))
orphan(in_the_dark)
orphan(without_environment)
orphan(forking_on)
if "--no-trace" in sys.argv:
    orphan(without_a_trace)
base.Server().run()
