"""What counts as found. Data, checked by hand against what the peers print about the planted servers (peers.py --show FILE).

A peer has found a defect when it says something about the defective server that it does not say about its sound twin (numbers
aside), and that matches one of the patterns below for the planted rule. The patterns are matched against
`check|subject|message`. They are generous: a line that another reader could take for a different problem counts, and so does a
log line of the peer's client, or a run that ends because of the defect.
"""

import re

# In the environment of each server, so that a leak can be seen; the peers do not know it.
CANARY = "canary-7f3e9a"

# Whatever the peer: it could not go on, or its client logged noise.
ANY = {
    "P01": r"^(log:not-json|run:)",
    "P02": r"^run:",
    "P03": r"^run:",
    "P06": r"^run:",
    "P10": r"^run:timeout",
    "G01": r"^run:",
    "N05": r"^run:",
    "X06": r"^lock:changed",
    "B03": r"^run:",
    "B04": r"^run:",
    "H05": r"^run:failed.*(401|[Uu]nauthor)",
}

CREDIT = {
    "mcp-quality": {
        "P02": r"^C10-forward-compat|server_discover\|\|false",
        "P06": r"^C(4|9)-.*validation error",
        "P08": r"^C12-tools-list-unstable",
        "G03": r"^C14-oversized-output|^\$7-no-pagination",
        "G06": r"^\$7-no-pagination|^C14-oversized-output",
        "N04": r"^SC2-|^C5-nondeterminism",
        "N05": r"^C3-",
        "N07": r"^C(3|4|6)-|output schema",
        "N10": r"^\$(2|6)-",
        "D05": r"^C14-annotation-only-safety",
        "D06": r"^\$2-bloat",
        "X02": r"^S1-",
        "X03": r"^S1-",
        "X04": r"^S2-",
        "X05": r"^C11-error-leak",
        "B03": r"^C(9|11)-",
        "B04": r"^C(4|9)-.*(crash|closed|timed? ?out)",
        "B05": r"^C11-error-(opaque|unactionable)",
        "B06": r"^C11-silent-accept|^C13-silent-failure|^C9-",
        "B07": r"^C11-error-leak",
    },
    "cisco": {
        "H04": r"^Protocol Header Mismatch",
        "N05": r"^schema_analyzer",
        "X01": r"^(yara|schema)_analyzer",
        "X02": r"^(yara|schema)_analyzer|[Ii]njection",
        "X03": r"^(yara|schema)_analyzer",
        "X04": r"^(yara|schema)_analyzer|(?i:credential|secret)",
        "X05": r"^(yara|schema)_analyzer",
    },
    "toolproof": {
        "G01": r"^duplicate-name|^run:",
        "G04": r"^fuzz:accepted-invalid",
        "P04": r"^run:failed.*Method not found",
        "N02": r"^duplicate-name",
        "N05": r"^input-schema|RefResolution",
        "N06": r"^param",
        "N07": r"^fuzz:output-schema",
        "D06": r"^description-length",
        "B03": r"^fuzz:(accepted-invalid|crash)",
        "B04": r"^fuzz:(crash|hang|timeout)",
        "B06": r"^fuzz:accepted-invalid",
    },
    "conformance": {
        "P02": r"stateless|discover",
        "P03": r"stateless|version",
        "P04": r"capabilit|stateless|^completion-",
        "P05": r"stateless",
        "P06": r"caching|result-type|stateless",
        "P07": r"^resources?-|resource-not-found",
        "P08": r"stateless|list",
        "H01": r"dns-rebinding|origin",
        "H02": r"dns-rebinding|host",
        "H04": r"header",
        "N01": r"name",
        "N05": r"schema",
        "N08": r"header",
    },
    "mcp-conform": {
        "P04": r"^jsonrpc_envelope",
        "P05": r"^method_not_found",
        "N05": r"_input_schema",
    },
    "mcpvet": {
        "P01": r"^MV301",
        "N05": r"^MV101",
    },
    "mcplens": {
        "N08": r"^MCPL014",
        "D06": r"^MCPL012",
        "X04": r"^MCPL014",
        "B04": r"^MCPL105.*(Connection closed|ime)",
    },
    "mcp-guard": {
        "P02": r"^live-discovery-failed",
        "N04": r"^annotation-contradiction",
        "X01": r"-poisoning.*(invisible|tag characters)",
        "X02": r"-poisoning",
        "X03": r"-poisoning",
        "X04": r"^secret",
    },
}


def line(one: dict) -> str:
    return f"{one['check']}|{one['subject']}|{one['message']}"


def key(one: dict) -> tuple:
    return one["check"], one["subject"], re.sub(r"0x[0-9a-f]+|[0-9a-f]{8,}|\d+(\.\d+)?", "#", one["message"])


def is_found(peer: str, rules: list[str], new: list[dict]) -> bool:
    """Whether what a peer newly says (`new`) is about one of the planted `rules`."""
    if peer == "seaworthy":
        return any(one["check"] in rules for one in new)
    patterns = [table[rule] for rule in rules for table in (ANY, CREDIT.get(peer, {})) if rule in table]
    return any(re.search(pattern, line(one)) for pattern in patterns for one in new)
