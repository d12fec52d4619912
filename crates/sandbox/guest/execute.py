"""Runs one piece of code as `__main__`; the same for every backend.

`execute` gives how it ended (a `Cause` of session.rs) and its exit status. `offer_tools` makes
`import tools` work: the host sends the module's source, which calls back through `_call`.
"""

import atexit
import builtins
import importlib.abc
import importlib.util
import linecache
import sys
import traceback
import types

NAME = "main.py"


class ToolError(Exception):
    """A tool of the host did not answer: what happened, and what to do next."""

    def __init__(self, kind, message, hint):
        super().__init__(f"{message}. {hint}" if hint else message)
        self.kind = kind
        self.message = message
        self.hint = hint


class _Tools(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, source, call):
        self.source = source
        self.call = call

    def find_spec(self, name, path=None, target=None):
        if name != "tools":
            return None
        return importlib.util.spec_from_loader(name, self, origin="the host")

    def exec_module(self, module):
        if self.source is None:
            raise ModuleNotFoundError(
                "this run has no tools: use what was passed in as code, stdin and files",
                name="tools",
            )
        module._call = self.call
        module.ToolError = ToolError
        exec(compile(self.source, "tools.py", "exec", dont_inherit=True), module.__dict__)


def offer_tools(source, call):
    """Makes `import tools` give this source, in which `_call(name, arguments)` is `call`."""
    # before the file system: a file `tools.py` of the job's own must not be taken for it
    sys.meta_path.insert(0, _Tools(source, call))


def _status(code):
    """The exit status of `sys.exit(code)`, as CPython has it."""
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    print(code, file=sys.stderr)
    return 1


def _report(error):
    try:
        # without the frame of this file
        error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
        traceback.print_exception(type(error), error, error.__traceback__, file=sys.stderr)
    except BaseException:
        try:
            sys.__stderr__.write(f"{type(error).__name__} (its traceback could not be printed)\n")
        except BaseException:
            pass


def _flush():
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        try:
            stream.flush()
        except BaseException:
            pass


def execute(code):
    """Runs `code`; gives (cause, status)."""
    main = types.ModuleType("__main__")
    main.__builtins__ = builtins
    main.__file__ = NAME
    sys.modules["__main__"] = main
    sys.argv = [NAME]
    linecache.cache[NAME] = (len(code), None, code.splitlines(keepends=True), NAME)
    cause, status = "exit", 0
    try:
        exec(compile(code, NAME, "exec", dont_inherit=True), main.__dict__)
    except SystemExit as leaving:
        status = _status(leaving.code)
    except MemoryError as error:
        # the parser's own bound is no shortage of memory
        parser = str(error).startswith("Parser stack overflowed")
        cause, status = "error" if parser else "memory", 1
        _report(error)
    except BaseException as error:
        cause, status = "error", 1
        _report(error)
    try:
        atexit._run_exitfuncs()
    except BaseException:
        pass
    _flush()
    return cause, status
