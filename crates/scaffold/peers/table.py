"""The comparison as Markdown: what the projects contain, whether they run, what the gate finds, and each failure's message."""

RULES_OF_BAD_INPUT = ("B03", "B04")
STEPS = {"get": "install the generator", "generate": "generate", "install": "install", "build": "build", "start": "start"}


def tables(whole: dict) -> str:
    results, machine = whole["results"], whole["machine"]
    lines = [f"Measured {machine['date']} on {machine['system']} ({machine['architecture']}, {machine['processors']} processors) with Python {machine['python']}, "
             f"uv {machine['uv']}, Node.js {machine['node']} and npm {machine['npm']}.", ""]
    lines += grid(["generator", "version", "language", "files", "tests", "CI", "security policy", "contributing", "licence", "lock file", "container"],
                  [contained(one) for one in results])
    lines += grid(["generator", "generates", "installs and builds", "own tests", "starts", "example call", "from command to first answer", "of which start",
                   "server: errors / warnings / notes", "bad input refused", "repository: errors / warnings"],
                  [run(one) for one in results])
    failed = [f"- {title(one)}, {STEPS[step]}: `{words}`" for one in results for step, words in one["failures"].items()]
    failed += [f"- {title(one)}, own tests: `{one['tests']['failure']}`" for one in results if one.get("tests") and one["tests"]["failure"]]
    failed += [f"- {title(one)}, example call: `{one['server']['example_answer'][:200]}`" for one in results if (one.get("server") or {}).get("example_answer")]
    if failed:
        lines += ["Failures, in their own words:", "", *failed, ""]
    errors = [f"- {title(one)}: {finding['rule']} {finding['message']}" for one in results
              for finding in ((one.get("gate") or {}).get("server") or {}).get("findings", []) if finding["level"] == "error"]
    if errors:
        lines += ["The gate's errors in running servers:", "", *errors, ""]
    return "\n".join(lines).rstrip()


def grid(head: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(head)} |", f"| {' | '.join('---' for _ in head)} |", *(f"| {' | '.join(row)} |" for row in rows), ""]


def title(one: dict) -> str:
    return f"{one['what']} ({one['language']})" if one["what"] == "seaworthy new" else one["what"]


def yes(value: bool | None) -> str:
    return "-" if value is None else "yes" if value else "no"


def contained(one: dict) -> list[str]:
    start = [title(one), one["version"], one["language"]]
    if not one.get("contents"):
        return [*start, *["-"] * 8]
    kinds, content = one["contents"]["kinds"], one["contents"]
    pinned = f"yes, {content['actions_pinned']} of {content['actions']} actions pinned" if content["actions"] else "yes"
    return [*start, str(len(content["files"])), f"{len(kinds['tests'])} files" if kinds["tests"] else "no", pinned if kinds["ci"] else "no",
            *(yes(bool(kinds[kind])) for kind in ("security", "contributing", "licence", "lock", "container"))]


def seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} s" if value >= 1 else f"{value:.2f} s"


def found(judged: dict | None, levels: tuple[str, ...]) -> str:
    if not judged or judged["failure"]:
        return "-"
    return " / ".join(str(judged["summary"][level]) for level in levels)


def bad_input(judged: dict | None, server: dict | None) -> str:
    """By the gate's rules of bad arguments and of fuzzed ones: yes if both hold, no if one found something."""
    if not judged or judged["failure"]:
        return "-"
    if not server or not server["example"]:
        return "good input too"
    verdicts = [judged["verdicts"].get(rule) for rule in RULES_OF_BAD_INPUT]
    return "no" if "found" in verdicts else yes(True) if all(verdict == "passed" for verdict in verdicts) else "not verified"


def run(one: dict) -> list[str]:
    failures, server, judged = one["failures"], one.get("server"), one.get("gate") or {}
    if "get" in failures:
        return [title(one), "no generator", *["-"] * 9]
    tests = one.get("tests")
    own = "none" if not tests else f"{tests['count']} pass" if tests["passed"] else f"fail ({tests['count']} pass)"
    starts = "-" if server is None else "no" if server["failure"] else "yes, after the failed build" if "build" in failures else "yes"
    return [title(one), "ends with an error" if "generate" in failures else "yes", "no" if "build" in failures or "install" in failures else "yes", own, starts,
            yes(server["example"] if server else None), seconds(one["to_first_answer"]), seconds(one["start"]),
            found(judged.get("server"), ("errors", "warnings", "notes")), bad_input(judged.get("server"), server), found(judged.get("repository"), ("errors", "warnings"))]
