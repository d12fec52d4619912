#!/usr/bin/env python3
"""Compares the scaffolders of MCP servers: what each one's fresh project contains, whether it runs today, and what the gate finds in it.

    python3 crates/scaffold/peers/peers.py > table.md      everything: some ten minutes on two cores
    python3 crates/scaffold/peers/peers.py --peer mcp-framework   one generator (repeatable)
    python3 crates/scaffold/peers/peers.py --again         keep the results that are there; run only what is missing

Each generator is installed at its pinned version below the work folder (--work), by pip or npm, and everything else that is written stands
there too. What a generated project depends on is today's, as for any user of it. Results are kept as JSON in results/ there, all of them in
result.json; progress goes to stderr, the table to stdout. Python 3.11 or newer, standard library only; Linux; Node.js, npm and git on PATH.
"""

import argparse
import datetime
import json
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
from pathlib import Path

from contents import contents
from speak import converse
from table import tables
from work import Work, failure, last_words, say

ROOT = Path(__file__).resolve().parents[3]
NAME = "weekly-notes"
MODULE = NAME.replace("-", "_")
UV = "0.13.9"  # several generators and projects are driven by it
ABOUT = "Notes of the week"
LIMITS = {"generate": 300, "install": 300, "build": 1500, "test": 900, "gate": 180}  # seconds

# For each generator: where it comes from, its command line (the generator's program comes first), and what its documentation says comes next
# in the project: install, build, test (run if the project has tests), start. "example" is a call of its example tool, "environment" what the
# server needs to start. Commands start in the project; $PROJECT is its folder.
GENERATORS = {
    "create-mcp-server": {
        "what": "create-python-server", "language": "Python", "registry": "pypi", "package": "create-mcp-server", "version": "1.0.5", "program": "create-mcp-server",
        "generate": ["--path", NAME, "--name", NAME, "--version", "0.1.0", "--description", ABOUT, "--no-claudeapp"],
        "install": [["uv", "sync", "--dev", "--all-extras"]], "build": [], "test": ["uv", "run", "--no-sync", "pytest"],
        "start": [f"$PROJECT/.venv/bin/{NAME}"], "example": ("add-note", {"name": "milk", "content": "two litres"}),
    },
    "create-mcp": {
        "what": "create-mcp", "language": "Python", "registry": "pypi", "package": "create-mcp", "version": "0.2.0", "program": "create-mcp",
        "generate": [NAME, "--yes", "--transport", "stdio", "--description", ABOUT],
        "install": [["uv", "sync"]], "build": [], "test": ["uv", "run", "--no-sync", "pytest"],
        "start": [f"$PROJECT/.venv/bin/{MODULE}"], "example": ("greet", {"name": "Ada"}),
    },
    "create-server": {
        "what": "@modelcontextprotocol/create-server", "language": "TypeScript", "registry": "npm", "package": "@modelcontextprotocol/create-server",
        "version": "0.3.1", "program": "create-mcp-server",
        "generate": [NAME, "--name", NAME, "--description", ABOUT],
        "install": [["npm", "install"]], "build": [["npm", "run", "build"]], "test": ["npm", "test"],
        "start": ["node", "build/index.js"], "example": ("create_note", {"title": "milk", "content": "two litres"}),
    },
    "mcp-framework": {
        "what": "mcp-framework", "language": "TypeScript", "registry": "npm", "package": "mcp-framework", "version": "0.2.22", "program": "mcp",
        "generate": ["create", NAME],  # installs and builds by itself
        "install": [], "build": [["npm", "run", "build"]], "test": ["npm", "test"],
        "start": ["node", "dist/index.js"], "example": ("example_tool", {"message": "hello"}),
    },
    "xmcp": {
        "what": "create-xmcp-app", "language": "TypeScript", "registry": "npm", "package": "create-xmcp-app", "version": "0.2.1", "program": "create-xmcp-app",
        "generate": [NAME, "--yes", "--use-npm", "--stdio"],  # installs by itself
        "install": [], "build": [["npm", "run", "build"]], "test": ["npm", "test"],
        "start": ["node", "dist/stdio.js"], "example": ("greet", {"name": "Ada"}),
    },
    # mcp-use 2.5.2 names this generator in its README; its own program makes no projects
    "mcp-use": {
        "what": "create-mcp-use-app", "language": "TypeScript", "registry": "npm", "package": "create-mcp-use-app", "version": "latest", "program": "create-mcp-use-app",
        "generate": [NAME], "install": [["npm", "install"]], "build": [["npm", "run", "build"]], "test": ["npm", "test"],
        "start": ["node", "dist/index.js"], "example": ("greet", {"name": "Ada"}),
    },
    "seaworthy-python": {
        "what": "seaworthy new", "language": "Python", "registry": None, "version": "this repository",
        "generate": ["new", NAME, "--lang", "python", "--yes", "--description", ABOUT],
        "install": [["uv", "sync", "--locked"]], "build": [], "test": ["uv", "run", "--no-sync", "pytest"],
        "start": [f"$PROJECT/.venv/bin/{NAME}"], "example": ("add_note", {"name": "milk", "content": "two litres"}),
        "environment": {"WEEKLY_NOTES_API_KEY": "none", "WEEKLY_NOTES_DATABASE": "$PROJECT/../notes.sqlite3"},
    },
    "seaworthy-rust": {
        "what": "seaworthy new", "language": "Rust", "registry": None, "version": "this repository",
        "generate": ["new", NAME, "--lang", "rust", "--yes", "--description", ABOUT],
        "install": [], "build": [["cargo", "build", "--release", "--locked"]], "test": ["cargo", "test", "--locked"],
        "start": [f"$PROJECT/target/release/{NAME}"], "example": ("add_note", {"name": "milk", "content": "two litres"}),
        "environment": {"WEEKLY_NOTES_API_KEY": "none", "WEEKLY_NOTES_DATABASE": "$PROJECT/../notes.sqlite3"},
    },
}
MANIFESTS = {"Python": "pyproject.toml", "Rust": "Cargo.toml", "TypeScript": "package.json"}
REPOSITORY_RULES = ("R01", "R02", "R03", "R04")


def install_uv(work: Work):
    if not (work.uv / "uv").exists():
        say("installing uv")
        subprocess.run([sys.executable, "-m", "venv", str(work.folder / "uv")], check=True, timeout=120)
        done = work.run([str(work.uv / "pip"), "install", "--quiet", f"uv=={UV}"], work.folder, "uv", LIMITS["install"])
        if done["code"] != 0:
            sys.exit(f"uv {UV} cannot be installed: {last_words(done['err'])}")


def install_generator(work: Work, peer: str, ours: Path) -> tuple[str, str | None]:
    """The generator's program, and why there is none."""
    how = GENERATORS[peer]
    folder = work.folder / "generators" / peer
    package = how.get("package")
    if how["registry"] is None:
        return str(ours), None
    if how["registry"] == "pypi":
        program = folder / "bin" / how["program"]
        if not program.exists():
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=120)
            done = work.run([str(folder / "bin" / "pip"), "install", "--quiet", f"{package}=={how['version']}"], folder, f"{peer}-get", LIMITS["install"])
            if done["code"] != 0:
                return "", failure(done, LIMITS["install"])
    else:
        program = folder / "node_modules" / ".bin" / how["program"]
        if not program.exists():
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "package.json").write_text('{"private": true}\n')
            done = work.run(["npm", "install", "--ignore-scripts", "--loglevel=error", f"{package}@{how['version']}"], folder, f"{peer}-get", LIMITS["install"])
            if done["code"] != 0:
                return "", failure(done, LIMITS["install"])
    return str(program), None if program.exists() else f"{package} has no program {how['program']}"


def filled(value: str, project: Path) -> str:
    return value.replace("$PROJECT", str(project))


def one_round(work: Work, peer: str, program: str) -> dict:
    """From nothing to the first answer, in a folder that is new: each step's seconds, failures, and what the generator left."""
    how, parent = GENERATORS[peer], work.fresh("projects", peer)
    project = parent / NAME
    variables = {name: filled(value, project) for name, value in how.get("environment", {}).items()}
    seen = {"steps": {}, "exit": None, "failures": {}, "contents": None, "server": None}

    def step(name: str, commands: list[list[str]], cwd: Path) -> bool:
        seconds = 0.0
        for command in commands:
            done = work.run(command, cwd, f"{peer}-{name}", LIMITS[name])
            seconds += done["seconds"]
            seen["exit"] = done["code"]
            if why := failure(done, LIMITS[name]):
                seen["failures"][name] = why
                break
        seen["steps"][name] = seconds
        return name not in seen["failures"]

    step("generate", [[program, *how["generate"]]], parent)
    if not (project / MANIFESTS[how["language"]]).is_file():  # Cargo without a manifest would build a project of a parent folder
        seen["failures"].setdefault("generate", f"it wrote no {MANIFESTS[how['language']]}")
        return seen
    seen["contents"] = contents(project, work.environment())
    # a step that fails does not keep the next from being tried: what it left may do
    step("install", how["install"], project)
    step("build", how["build"], project)
    seen["server"] = converse([filled(word, project) for word in how["start"]], project, work.environment(variables), work.folder / "logs" / f"{peer}-server.txt",
                              how["example"])
    if seen["server"]["failure"]:
        seen["failures"]["start"] = ": ".join(seen["server"][name] for name in ("failure", "words") if name in seen["server"])
    return seen


def tests(work: Work, peer: str, found: list[str]) -> dict | None:
    """The project's own tests: None if it has none."""
    if not found:
        return None
    limit = LIMITS["test"]
    done = work.run(GENERATORS[peer]["test"], work.folder / "projects" / peer / NAME, f"{peer}-test", limit)
    return {"files": len(found), "passed": done["code"] == 0, "seconds": done["seconds"], "failure": failure(done, limit),
            "count": sum(int(number) for number in re.findall(r"\b(\d+) pass(?:ed|ing)\b", done["out"] + done["err"]))}


def gate(work: Work, peer: str, ours: Path, repository: bool) -> dict:
    """What the gate finds in the running server, or in its repository.

    Its settings are an empty file, and no recorded surface is compared: a project's own files soften no rule.
    """
    how, project = GENERATORS[peer], work.folder / "projects" / peer / NAME
    variables = [word for name, value in how.get("environment", {}).items() for word in ("--env", f"{name}={filled(value, project)}")]
    folder = work.fresh("empty")
    settings = folder / "settings.toml"
    settings.touch()
    command = [str(ours), "check", "--active", "--json", "--config", str(settings), *variables]
    if repository:
        command += [*(word for rule in REPOSITORY_RULES for word in ("--rule", rule)), str(project)]
    else:
        command += ["--skip", "X06", "--cwd", str(project), "--", *(filled(word, project) for word in how["start"])]
    done = work.run(command, folder, f"{peer}-gate-{'repository' if repository else 'server'}", LIMITS["gate"])
    try:
        report = json.loads(done["out"])
    except ValueError:
        return {"failure": failure(done, LIMITS["gate"]) or "no report"}
    return {"failure": None, "summary": report["summary"], "scores": report["scores"], "seconds": done["seconds"],
            "tools": (report.get("server") or {}).get("tools"), "protocols": (report.get("server") or {}).get("protocols"),
            "verdicts": {rule["id"]: rule["verdict"] for rule in report["rules"]},
            "findings": [{name: one[name] for name in ("rule", "level", "message")} | {"place": one["place"].get("text")} for one in report["findings"]]}


def judge(work: Work, peer: str, ours: Path, rounds: int) -> dict | None:
    """Everything about one generator; None: our program succeeds and writes no manifest, so it was built without that language's template."""
    how = GENERATORS[peer]
    result = {"peer": peer, "what": how["what"], "version": how["version"], "language": how["language"]}
    if how["registry"] is None:
        result["version"] = work.run([str(ours), "--version"], work.folder, "ours", 20)["out"].strip().removeprefix("seaworthy ")
    program, why = install_generator(work, peer, ours)
    if why:
        return result | {"failures": {"get": why}}
    first = one_round(work, peer, program)  # fills the caches
    if how["registry"] is None and first["contents"] is None and first["exit"] == 0:
        return None
    later = [one_round(work, peer, program) for _ in range(rounds)] or [first]
    last = later[-1]
    whole = [sum(one["steps"].values()) + one["server"]["tools_list"] for one in later if one["server"] and not one["failures"]]
    result |= {"cold": first["steps"], "rounds": [one["steps"] for one in later], "failures": last["failures"], "contents": last["contents"], "server": last["server"],
               "start": statistics.median(one["server"]["tools_list"] for one in later) if last["server"] and last["server"]["tools_list"] else None,
               "to_first_answer": statistics.median(whole) if len(whole) == len(later) else None, "to_first_answer_rounds": whole}
    if last["contents"]:
        result |= {"tests": tests(work, peer, last["contents"]["kinds"]["tests"]),
                   "gate": {"server": gate(work, peer, ours, False), "repository": gate(work, peer, ours, True)}}
    return result


def machine(work: Work) -> dict:
    def says(*command: str) -> str:
        return work.run(list(command), work.folder, "machine", 20)["out"].strip().removeprefix("v")
    return {"date": datetime.date.today().isoformat(), "python": platform.python_version(), "node": says("node", "--version"), "npm": says("npm", "--version"),
            "uv": UV, "processors": os.cpu_count(), "system": platform.system(), "architecture": platform.machine()}


def main():
    built = [ROOT / "target" / kind / "seaworthy" for kind in ("release", "debug")]
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ours", type=Path, default=next((path for path in built if path.exists()), built[0]),
                        help="the seaworthy program: the gate, and our generator (default: what was built here)")
    parser.add_argument("--work", type=Path, default=ROOT / "target" / "peers-scaffold",
                        help="where everything is installed and generated (default: target/peers-scaffold)")
    parser.add_argument("--peer", action="append", choices=sorted(GENERATORS), help="only this generator (repeatable)")
    parser.add_argument("--again", action="store_true", help="keep results that are there; run only what is missing")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is timed, with warm caches (default 3)")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # so that what was started is ended too
    ours = options.ours.resolve()
    if not ours.is_file():
        parser.error(f"there is no program {ours}: build it, or name it with --ours")
    work, results = Work(options.work), []
    install_uv(work)
    for peer in options.peer or GENERATORS:
        kept = work.folder / "results" / f"{peer}.json"
        if options.again and kept.exists():
            results.append(json.loads(kept.read_text()))
            continue
        say(f"judging {peer}")
        result = judge(work, peer, ours, max(1, options.rounds))
        if result is None:
            say(f"left out: {ours.name} has no template for {peer}")
            continue
        kept.write_text(json.dumps(result, indent=1) + "\n")
        results.append(result)
    whole = {"machine": machine(work), "results": results}
    (work.folder / "result.json").write_text(json.dumps(whole, indent=1) + "\n")
    print(tables(whole))


if __name__ == "__main__":
    main()
