"""Reads what each peer printed into findings: check, subject, severity (error, warning, note) and message."""

import json
import re


def finding(check, subject, severity, message) -> dict:
    severity = str(severity).lower()
    level = "error" if severity in ("error", "critical", "high", "fail") else "warning" if severity in ("warning", "medium", "warn") else "note"
    return {"check": str(check), "subject": str(subject or ""), "severity": level, "message": str(message)}


def whole(run: dict) -> list[dict]:
    """What any peer may show: that it could not do its work, and what its client logged of the server's noise."""
    said = []
    if run["code"] is None:
        said.append(finding("run:timeout", "", "note", "no end within the limit"))
    if re.search(r"Failed to parse JSONRPC|Invalid JSON|not valid JSON|non-JSON", run["err"]):
        said.append(finding("log:not-json", "", "note", "its client logs a line that is not JSON"))
    if re.search(r'"changed_tools": \[\s*"|description changed|CHANGES DETECTED|"tool-changed"', run["out"]):
        said.append(finding("lock:changed", "", "note", "the surface differs from the recorded one"))
    if re.search(r"(?i)traceback \(most recent|connection (failed|closed|error)|could not connect|failed to connect|unreachable|handshake|timed out", run["err"]):
        said.append(finding("run:failed", "", "note", " ".join(run["err"].split())[-300:]))
    return said


def document(run: dict, opening: str = "{["):
    """The first JSON document in stdout; None if there is none."""
    text = run["out"]
    for match in re.finditer(r"(?m)^[\[{]", text):
        if text[match.start()] in opening:
            try:
                return json.JSONDecoder().raw_decode(text[match.start():])[0]
            except ValueError:
                continue
    return None


def none(run: dict) -> list[dict]:
    text = (run["out"][-300:] + " " + run["err"][-600:]).strip()
    return [finding("run:failed", "", "note", " ".join(text.split())[-400:])]


def mcp_quality(run: dict) -> list[dict]:
    report = document(run)
    if report is None or "families" not in report:
        return whole(run) + none(run)
    said = whole(run)
    for name, family in report["families"].items():
        for one in family.get("findings", []):
            said.append(finding(one["code"], one.get("tool"), one["severity"], one["message"]))
        said += metrics(name, family.get("metrics", {}))
    return said


def metrics(at: str, values) -> list[dict]:
    if isinstance(values, dict):
        return [one for name, value in values.items() for one in metrics(f"{at}.{name}", value)]
    if isinstance(values, bool) or (isinstance(values, (int, list)) and re.search(r"invalid|breaks|nondeterministic|silent|crashes|unresolved|traversal|hazards", at)):
        return [finding("metric:" + at, "", "note", json.dumps(values))]
    return []


# said of every server on loopback, where neither encryption nor credentials are expected
CISCO_LOOPBACK = {"Unencrypted Transport", "Unauthenticated Tool Discovery"}


def cisco(run: dict) -> list[dict]:
    said, report = whole(run), document(run)
    if report is None:
        return said + none(run)
    results = report if isinstance(report, list) else report.get("scan_results", report.get("results", [report]))
    for item in results:
        if not isinstance(item, dict):
            continue
        subject = item.get("tool_name") or item.get("prompt_name") or item.get("resource_name") or item.get("resource_uri") or item.get("item_type")
        if isinstance(item.get("findings"), dict):
            for analyzer, one in item["findings"].items():
                for threat in one.get("threat_names", []):
                    said.append(finding(f"{analyzer}:{threat}", subject, one.get("severity", "medium"), one.get("threat_summary", "")))
        elif isinstance(item.get("findings"), list):
            for one in item["findings"]:
                if isinstance(one, dict) and one.get("threat_category") not in CISCO_LOOPBACK:
                    said.append(finding(one.get("threat_category") or one.get("check_id") or one.get("id") or one.get("check"), subject, one.get("severity", "medium"), json.dumps(one)[:300]))
        if item.get("status") in ("failed", "error", "fail", "FAIL"):
            said.append(finding("status:" + str(item.get("check_id", item.get("check", item["status"]))), subject, "note", json.dumps(item)[:300]))
    return said


def mcp_conform(run: dict) -> list[dict]:
    report = document(run)
    if report is None:
        return whole(run) + none(run)
    said = whole(run)
    if report.get("fatal_error"):
        said.append(finding("run:failed", "", "note", report["fatal_error"]))
    return said + [finding(re.sub(r"\[\d+\]", "[]", check["name"]), "", "fail" if not check["passed"] else "note", check["message"])
                   for check in report["checks"] if not check["passed"]]


def toolproof(run: dict) -> list[dict]:
    report = document(run, "{")
    if report is None:
        return whole(run) + none(run)
    said = whole(run)
    for one in report.get("checks", []):
        said.append(finding(one["check"], one.get("tool"), one["severity"], one["message"]))
    if report.get("error"):
        said.append(finding("run:failed", "", "note", report["error"]))
    for tool in (report.get("fuzz") or {}).get("tools", []):
        for one in tool["findings"]:
            said.append(finding(f"fuzz:{one['kind']}", tool["tool"], "error", one["detail"]))
    return said


def mcpvet(run: dict) -> list[dict]:
    report = document(run)
    if report is None:
        return whole(run) + none(run)
    return whole(run) + [finding(one.get("rule") or one.get("rule_id") or one.get("id"), one.get("target") or one.get("subject") or one.get("tool"), one.get("severity"), one.get("message"))
                         for one in report.get("findings", [])]


def mcplens(run: dict) -> list[dict]:
    report = document(run)
    if report is None:
        return whole(run) + none(run)
    return whole(run) + [finding(one["rule_id"], one.get("tool"), one["severity"], f"{one['title']}: {one['detail']}") for one in report.get("findings", [])]


# what a tool can do, which it lists for every server and rates by itself: no claim of a defect
GUARD_INVENTORY = {"database", "database-write", "filesystem", "network", "write-operation"}


def mcp_guard(run: dict) -> list[dict]:
    report = document(run, "[")
    if report is None:
        return whole(run) + none(run)
    said = whole(run)
    for item in report:
        subject = "" if item["kind"] == "server" else item["name"]  # a server is named after its file
        for one in item["findings"]:
            if one["category"] != "secret-in-args":  # said of the path of the file that is run
                level = "note" if one["category"] in GUARD_INVENTORY else one["risk"]
                said.append(finding(one["category"], subject, level, one["evidence"]))
    return said


def conformance(run: dict) -> list[dict]:
    # how many fail in a scenario tells a server from its twin
    said = [finding(name, "", "fail", f"{failed} of {int(failed) + int(passed)} checks failed") | {"count": int(failed)}
            for name, passed, failed in re.findall(r"(?m)^✗ ([\w-]+): (\d+) passed, (\d+) failed", run["out"])]
    return whole(run) + (said or ([] if "Total:" in run["out"] else none(run)))


def seaworthy(run: dict) -> list[dict]:
    report = document(run)
    if report is None:
        return whole(run) + none(run)
    return [finding(one["rule"], one["place"]["text"], one["level"], one["message"]) for one in report["findings"]]


READERS = {"mcp-quality": mcp_quality, "cisco": cisco, "mcp-conform": mcp_conform, "toolproof": toolproof, "mcpvet": mcpvet, "mcplens": mcplens,
           "mcp-guard": mcp_guard, "conformance": conformance, "seaworthy": seaworthy}
