"""The sandbox's Python: a line of JSON in, lines of JSON out, an empty line at the end."""

import ast
import datetime
import io
import json
import os
import sys
import traceback

wire = os.fdopen(os.dup(1), "w", encoding="utf-8")
context = {"__name__": "__main__"}


def tell(**message):
    wire.write(json.dumps(message) + "\n")
    wire.flush()


class Stream(io.TextIOBase):
    def __init__(self, kind):
        self.kind = kind

    def writable(self):
        return True

    def write(self, text):
        now = datetime.datetime.now(datetime.timezone.utc).isoformat()
        if text:
            tell(type=self.kind, text=text, timestamp=now)
        return len(text)


def run(code):
    tree = ast.parse(code)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = ast.Expression(tree.body.pop().value)
    exec(compile(tree, "cell", "exec"), context)
    if last is not None:
        value = eval(compile(last, "cell", "eval"), context)
        if value is not None:
            tell(type="result", text=repr(value), is_main_result=True)


requests, sys.stdin = sys.stdin, io.StringIO()
sys.stdout, sys.stderr = Stream("stdout"), Stream("stderr")
for line in requests:
    asked = json.loads(line)
    os.environ.update(asked["env_vars"] or {})
    try:
        run(asked["code"])
    except BaseException as error:
        tell(
            type="error",
            name=type(error).__name__,
            value=str(error),
            traceback=traceback.format_exc(),
        )
    wire.write("\n")
    wire.flush()
