"""Runs one piece of code as `__main__`; the same for every backend.

`execute` gives how it ended (a `Cause` of session.rs) and its exit status. `offer_tools` makes
`import tools` work: the host sends the module's source, which calls back through `_call`.
"""

import atexit
import builtins
import importlib.abc
import importlib.util
import json
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


# deeper than any tool wants, and what every JSON reader takes
MAX_DEPTH = 100


def _check(value, depth):
    if depth > MAX_DEPTH:
        raise ToolError(
            "invalid_input",
            f"the arguments are nested more than {MAX_DEPTH} deep",
            "pass plain values",
        )
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        raise ToolError("invalid_input", "a number has more than 64 bits", "pass it as text")
    if isinstance(value, dict):
        for inner in value.values():
            _check(inner, depth + 1)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _check(inner, depth + 1)


def _checked(call):
    """`call`, which then gets what can be said in JSON and nothing else."""

    def ask(name, arguments):
        _check(arguments, 0)
        try:
            name.encode("utf-8")
            if not isinstance(arguments, dict):
                raise TypeError(f"arguments are a dict, not {type(arguments).__name__}")
            json.dumps(arguments, ensure_ascii=False, allow_nan=False).encode("utf-8")
        except (AttributeError, TypeError, ValueError) as error:
            raise ToolError(
                "invalid_input", f"this cannot be asked of a tool: {error}", "pass JSON values"
            ) from None
        return call(name, arguments)

    return ask


class _Tools(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, source, call):
        self.source = source
        self.call = _checked(call)

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
