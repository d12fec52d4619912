"""What cannot exist in here says why, and what to use instead.

None of this protects anything: the host gives the guest no network, process or thread to begin
with. It turns a puzzling failure into one that the reader can act on.
"""

import errno
import importlib.abc
import os
import socket
import sys
import time

import _socket
import _thread
import subprocess

NETWORK = (
    "the sandbox has no network: pass data in as files or stdin, or ask the host's `tools`"
)
PROCESS = "the sandbox has no processes: do it in Python, in this process"
THREAD = "the wasm sandbox has no threads: use a plain loop, asyncio, or the docker backend"

# module -> why it is not there, and what is
MODULES = {
    "_bz2": "bz2 is not in the wasm sandbox: use zlib, gzip or zipfile",
    "_ctypes": "ctypes is not in the wasm sandbox: there is no native code to call",
    "_curses": "the sandbox has no terminal",
    "_lzma": "lzma is not in the wasm sandbox: use zlib, gzip or zipfile",
    "_multiprocessing": PROCESS,
    "_posixsubprocess": PROCESS,
    "_ssl": "ssl is not in the wasm sandbox: it has no network",
    "_tkinter": "the sandbox has no display",
    "_zstd": "zstd is not in the wasm sandbox: use zlib, gzip or zipfile",
    "fcntl": "fcntl is not in the wasm sandbox: one run is alone with its files",
    "mmap": "mmap is not in the wasm sandbox: read the file",
    "numpy": "numpy is not in the wasm sandbox (native code): use statistics, math and array, or"
    " a docker image that has it",
    "pandas": "pandas is not in the wasm sandbox (native code): use csv, collections and"
    " statistics, or a docker image that has it",
    "pip": "nothing can be installed in the sandbox: it has no network; use the standard library",
    "requests": NETWORK,
    "httpx": NETWORK,
    "resource": "the sandbox's limits are the host's: they cannot be read or changed",
    "termios": "the sandbox has no terminal",
}


class Explainer(importlib.abc.MetaPathFinder):
    """Comes last: nobody else had the module."""

    def find_spec(self, name, path=None, target=None):
        why = MODULES.get(name)
        if why is not None:
            raise ModuleNotFoundError(f"No module named {name!r}: {why}", name=name)
        return None


class NoThreads(RuntimeError, OSError):
    """A RuntimeError as CPython has it, and an OSError as everything else that is not there."""


def wait(_condition, timeout=None):
    """`threading.Condition.wait`, and so Event, Queue and Barrier: nobody will ever notify."""
    if timeout is None:
        raise NoThreads(f"this would wait for ever: {THREAD}")
    time.sleep(max(0, timeout))
    return False


def refuse(number, text):
    def refused(*_args, **_kwargs):
        raise OSError(number, text)

    return refused


def no_thread(*_args, **_kwargs):
    raise NoThreads(THREAD)


class NoSocket(_socket.socket):
    def __new__(cls, *_args, **_kwargs):
        raise OSError(errno.EACCES, NETWORK)


def install():
    """Puts the explanations in place."""
    sys.meta_path.append(Explainer())

    # the class stays a class: code asks isinstance(x, socket.socket)
    socket.socket.__new__ = NoSocket.__new__
    for module in (_socket, socket):
        for name in (
            "create_connection", "create_server", "fromfd", "getaddrinfo", "gethostbyaddr",
            "gethostbyname", "gethostbyname_ex", "getnameinfo", "socketpair",
        ):
            if hasattr(module, name):
                setattr(module, name, refuse(errno.EACCES, NETWORK))

    for name in (
        "execl", "execle", "execlp", "execlpe", "execv", "execve", "execvp", "execvpe", "fork",
        "forkpty", "popen", "posix_spawn", "posix_spawnp", "spawnl", "spawnv", "startfile",
        "system",
    ):
        setattr(os, name, refuse(errno.ENOTSUP, PROCESS))
    # whoever finds a fork asks for this one too
    os.register_at_fork = lambda **_hooks: None
    subprocess.Popen.__init__ = refuse(errno.ENOTSUP, PROCESS)
    subprocess.Popen.__del__ = lambda self: None

    for name in ("start_joinable_thread", "start_new_thread", "start_new"):
        setattr(_thread, name, no_thread)
    import threading

    threading._start_joinable_thread = no_thread
    threading.Condition.wait = wait

    patch_asyncio()


def patch_asyncio():
    """An event loop wakes itself through a socket pair, for threads and signals; here are none."""
    import asyncio
    from asyncio import selector_events

    loop = selector_events.BaseSelectorEventLoop
    loop._make_self_pipe = lambda self: None
    loop._close_self_pipe = lambda self: None
    loop._write_to_self = lambda self: None
