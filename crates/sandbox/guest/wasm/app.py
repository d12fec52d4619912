"""The guest of the wasm backend: everything below runs once, before the snapshot is taken, but
for `WitWorld.run`, which each run enters with the interpreter warm.

What is imported here costs a run nothing. The rest of the standard library comes along as
compiled code in memory (`library.py`); what cannot exist here says so (`missing.py`).
"""

import gc
import io
import json
import linecache
import os
import random
import sys

import library
import missing

# the useful set: ready in every run
import _strptime  # noqa: F401  (datetime.strptime imports it late)
import argparse  # noqa: F401
import array  # noqa: F401
import ast  # noqa: F401
import base64  # noqa: F401
import bisect  # noqa: F401
import calendar  # noqa: F401
import collections.abc  # noqa: F401
import contextlib  # noqa: F401
import copy  # noqa: F401
import csv  # noqa: F401
import dataclasses  # noqa: F401
import datetime  # noqa: F401
import decimal  # noqa: F401
import difflib  # noqa: F401
import enum  # noqa: F401
import fnmatch  # noqa: F401
import fractions  # noqa: F401
import functools  # noqa: F401
import glob  # noqa: F401
import hashlib  # noqa: F401
import heapq  # noqa: F401
import html  # noqa: F401
import inspect  # noqa: F401
import itertools  # noqa: F401
import math  # noqa: F401
import operator  # noqa: F401
import pathlib  # noqa: F401
import pprint  # noqa: F401
import re  # noqa: F401
import statistics  # noqa: F401
import string  # noqa: F401
import struct  # noqa: F401
import tempfile  # noqa: F401
import textwrap  # noqa: F401
import time  # noqa: F401
import traceback  # noqa: F401
import typing  # noqa: F401
import unicodedata  # noqa: F401
import urllib.parse  # noqa: F401
import uuid  # noqa: F401
import zlib  # noqa: F401
import zoneinfo  # noqa: F401

import wit_world
from componentize_py_types import Err

import execute


def call_tool(name, arguments):
    """`_call` of the module `tools`."""
    try:
        return json.loads(wit_world.call_tool(name, json.dumps(arguments)))
    except Err as refused:
        refusal = json.loads(refused.value)
    raise execute.ToolError(refusal["kind"], refusal["message"], refusal["hint"])


def open_text(number, mode):
    raw = io.FileIO(number, mode, closefd=False)
    if mode == "r":
        buffered = io.BufferedReader(raw)
    else:
        buffered = io.BufferedWriter(raw)
    # by line, so that what was printed before a timeout is seen; no character is an error
    return io.TextIOWrapper(
        buffered, encoding="utf-8", errors="backslashreplace", newline="\n", line_buffering=True
    )


def begin(code, tools):
    """A run: streams, randomness and tools of its own, then the code."""
    sys.stdin = sys.__stdin__ = open_text(0, "r")
    sys.stdout = sys.__stdout__ = open_text(1, "w")
    sys.stderr = sys.__stderr__ = open_text(2, "w")
    # the snapshot holds one state of it for everybody
    random.seed()
    execute.offer_tools(tools, call_tool)
    return execute.execute(code)


class WitWorld(wit_world.WitWorld):
    def run(self, code, tools):
        os.chdir("/tmp")
        return begin(code, tools)


# what most code does
FAMILIAR = """
import collections, csv, datetime, io, json, math, re, statistics
class Point:
    def __init__(self, x):
        self.x = x
def square(x):
    return x * x
rows = [{"n": n, "name": f"row {n:>3}"} for n in range(20)]
rows = json.loads(json.dumps(rows, indent=1))
rows = [*csv.DictReader(io.StringIO("n,name\\n1,a\\n2,b\\n"))] + rows
names = [m.group(1) for row in rows if (m := re.search(r"(\\w+)", row["name"]))]
count = collections.Counter(names).most_common(3)
total = sum(math.sqrt(square(Point(int(row["n"])).x)) for row in sorted(rows, key=lambda r: int(r["n"])))
day = datetime.datetime.fromisoformat("2026-01-31T12:00:00+00:00").date().isoformat()
print(count, total, day, statistics.median([1, 2, 3]), file=io.StringIO())
try:
    rows[0]["nothing"]
except KeyError as error:
    str(error)
"""


def warm_up():
    """Runs some code: what the interpreter learns and writes down while it does so (versions of
    types and dicts, specialised instructions) is then in the snapshot, and no run writes it again.
    """
    kept = sys.stdin, sys.stdout, sys.stderr, sys.__stdin__, sys.__stdout__, sys.__stderr__
    argv, main, finders = sys.argv, sys.modules["__main__"], sys.meta_path[:]
    for _ in range(50):
        if begin(FAMILIAR, None) != ("exit", 0):
            raise SystemError("the warm-up does not work")
        sys.meta_path[:] = finders
    re.purge()
    linecache.clearcache()
    sys.argv, sys.modules["__main__"] = argv, main
    sys.stdin, sys.stdout, sys.stderr, sys.__stdin__, sys.__stdout__, sys.__stderr__ = kept


def fill_holes():
    """Gives what fills the holes that the imports left in the heap.

    A run then takes its memory from the end of the heap, page after page, and not a bit here and a
    bit there: each page of the snapshot that a run writes to costs it a fault and a copy.
    """
    # no hole is as large, so it stands at the end of the heap
    end = bytes(4 * 1024 * 1024)
    fillings = [None] * 400_000
    filled = 0
    sizes = [*range(64 * 1024, 4096, -1024), *range(4096, 512, -128), *range(512, 0, -8), 0]
    for size in sizes:
        while filled < len(fillings):
            filling = bytes(size) if size else object()
            if id(filling) > id(end):
                break
            fillings[filled] = filling
            filled += 1
    return fillings


sys.path[:] = ["/tmp"]
library.keep()
missing.install()
warm_up()
# /tmp was no folder yet; it is one in every run
sys.path_importer_cache.clear()
gc.collect()
FILLINGS = fill_holes()
# what is alive now stays; a collection in a run has only the run's own objects to look at
gc.collect()
gc.freeze()
