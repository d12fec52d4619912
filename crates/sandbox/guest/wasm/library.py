"""The standard library as compiled code in memory.

The files are there only while the snapshot is made; `keep` reads and compiles them all, and a
finder gives them to the runs. Nothing of it is on any file system then.
"""

import importlib.abc
import importlib.util
import marshal
import os
import sys

ROOT = "/python"
# tests, windows and other programs' parts: nothing that code here could use
LEFT_OUT = {
    "__pycache__", "ensurepip", "idlelib", "lib2to3", "pydoc_data", "site-packages",
    "test", "tests", "tkinter", "turtledemo", "venv",
}

# module name -> (is a package, marshalled code)
KEPT = {}


class Finder(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Gives modules from `KEPT`."""

    def find_spec(self, name, path=None, target=None):
        found = KEPT.get(name)
        if found is None:
            return None
        origin = f"<stdlib>/{name.replace('.', '/')}.py"
        return importlib.util.spec_from_loader(name, self, origin=origin, is_package=found[0])

    def is_package(self, name):
        return KEPT[name][0]

    def get_code(self, name):
        return marshal.loads(KEPT[name][1])

    def get_source(self, name):
        return None

    def exec_module(self, module):
        exec(self.get_code(module.__name__), module.__dict__)


def sources(folder, prefix):
    for entry in sorted(os.listdir(folder)):
        path = f"{folder}/{entry}"
        if entry in LEFT_OUT or entry.startswith("."):
            continue
        if entry.endswith(".py"):
            stem = entry[:-3]
            if stem == "__init__":
                yield prefix[:-1], True, path
            else:
                yield prefix + stem, False, path
        elif os.path.isdir(path):
            yield from sources(path, f"{prefix}{entry}.")


def keep():
    """Compiles the whole library and installs the finder."""
    for name, is_package, path in sources(ROOT, ""):
        if not name:
            continue
        with open(path, "rb") as file:
            text = file.read()
        try:
            code = compile(text, f"<stdlib>{path[len(ROOT):]}", "exec", dont_inherit=True)
        except SyntaxError:
            # a template, not a module
            continue
        KEPT[name] = (is_package, marshal.dumps(code))
    sys.meta_path.insert(len(sys.meta_path) - 1, Finder())
