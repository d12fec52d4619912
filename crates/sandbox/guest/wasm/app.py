"""The guest of the wasm backend: everything below runs once, before the snapshot is taken, but
for `WitWorld.run`, which each run enters with the interpreter warm.

What is imported here costs a run nothing. The rest of the standard library comes along as
compiled code in memory (`library.py`); what cannot exist here says so (`missing.py`).
"""

import gc
import io
import json
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


class WitWorld(wit_world.WitWorld):
    def run(self, code, tools):
        sys.stdin = sys.__stdin__ = open_text(0, "r")
        sys.stdout = sys.__stdout__ = open_text(1, "w")
        sys.stderr = sys.__stderr__ = open_text(2, "w")
        os.chdir("/tmp")
        # the snapshot holds one state of it for everybody
        random.seed()
        execute.offer_tools(tools, call_tool)
        return execute.execute(code)


sys.path[:] = ["/tmp"]
library.keep()
missing.install()
# /tmp was no folder yet; it is one in every run
sys.path_importer_cache.clear()
# what is alive now stays; a collection in a run has only the run's own objects to look at
gc.collect()
gc.freeze()
