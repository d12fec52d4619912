"""The work folder: everything that is installed, generated and cached stands in it, and commands run bounded."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

# variables that a package client may need to reach its registry; nothing else of the environment is passed on
PASSED = re.compile(r"PATH|SSL_CERT_\w+|CURL_CA_BUNDLE|REQUESTS_CA_BUNDLE|NODE_EXTRA_CA_CERTS|PIP_\w+|(HTTPS?|NO)_PROXY|https?_proxy|no_proxy|RUSTUP_\w+")
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07")
ADDRESS = re.compile(r"\b(https?|file)://\S+")
FOLDER = re.compile(r"(?<![\w.])/(?:[\w.@+-]+/)+")
NPM_NOISE = ("npm warn", "npm error code")  # the lines that follow say more
ERROR = re.compile(r"error|exception|not found|cannot|refused", re.IGNORECASE)


def say(text: str):
    print(text, file=sys.stderr, flush=True)


class Work:
    """The paths below --work, and the environment of every command."""

    def __init__(self, folder: Path):
        self.folder = folder.resolve()
        for name in ("home", "logs", "results", "empty"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.uv = self.folder / "uv" / "bin"

    def environment(self, extra: dict | None = None) -> dict:
        own = {name: value for name, value in os.environ.items() if PASSED.fullmatch(name)}
        home = Path.home()
        return own | {
            "PATH": f"{self.uv}:{os.environ['PATH']}", "HOME": str(self.folder / "home"), "LANG": "C.UTF-8", "NO_COLOR": "1", "DO_NOT_TRACK": "1",
            "npm_config_cache": str(self.folder / "npm-cache"), "npm_config_update_notifier": "false", "npm_config_fund": "false", "npm_config_audit": "false",
            "UV_CACHE_DIR": str(self.folder / "uv-cache"), "UV_PYTHON": os.path.realpath(sys.executable), "UV_PYTHON_DOWNLOADS": "never",
            "PIP_CACHE_DIR": str(self.folder / "pip-cache"), "CARGO_HOME": str(self.folder / "cargo"),
            "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", str(home / ".rustup")), "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(self.temporary()),
            "GIT_CEILING_DIRECTORIES": str(self.folder), "GIT_CONFIG_NOSYSTEM": "1",
        } | (extra or {})

    def temporary(self) -> Path:
        folder = self.folder / "tmp"
        folder.mkdir(exist_ok=True)
        return folder

    def fresh(self, *names: str) -> Path:
        folder = self.folder.joinpath(*names)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def run(self, command: list[str], cwd: Path, log: str, limit: float, extra: dict | None = None) -> dict:
        """One command without a terminal, in a session of its own that is gone at the end: its code (None: out of time), seconds and what it printed."""
        path, start, code = self.folder / "logs" / f"{log}.txt", time.monotonic(), None
        out_path = path.with_suffix(".out")
        with open(path, "wb") as err, open(out_path, "wb") as out:
            try:
                process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=cwd, env=self.environment(extra),
                                           start_new_session=True)
            except OSError as error:
                return {"code": -1, "seconds": 0.0, "out": "", "err": f"error: {Path(command[0]).name}: {error.strerror}"}
            try:
                code = process.wait(limit)
            except subprocess.TimeoutExpired:
                pass
            finally:
                seconds = time.monotonic() - start
                end_session(process)
        texts = {name: one.read_text(encoding="utf-8", errors="replace") for name, one in (("out", out_path), ("err", path))}
        return {"code": code, "seconds": seconds, **texts}


def end_session(process: subprocess.Popen):
    """Ends the process and all that is left of its session, whatever process groups they are in."""
    for number in [int(name) for name in os.listdir("/proc") if name.isdigit()]:
        try:
            if os.getsid(number) == process.pid:
                os.kill(number, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
    process.wait()


def clean(text: str) -> str:
    """Without colours, addresses and the machine's folders."""
    return FOLDER.sub("", ADDRESS.sub("(address)", ANSI.sub("", text))).strip()


def last_words(text: str) -> str:
    """The line of a failed command's output that says what is wrong: the first that names an error, else the last."""
    lines = [line for line in (clean(line) for line in text.splitlines()) if line and not line.startswith(NPM_NOISE)]
    return next((line for line in lines if ERROR.search(line)), lines[-1] if lines else "it says nothing")[:300]


def failure(result: dict, limit: float) -> str | None:
    if result["code"] == 0:
        return None
    if result["code"] is None:
        return f"not done after {limit:.0f} s"
    return last_words(result["err"] + "\n" + result["out"])
