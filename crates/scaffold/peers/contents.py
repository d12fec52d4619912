"""What a fresh project contains, by its files' names (and the text of CI workflows and Rust sources).

A new kind of file is one more line in KINDS.
"""

import re
import subprocess
from pathlib import Path

# kind: pattern of the paths that make it present, from the project's folder, with / between
KINDS = {
    "changelog": r"(docs/)?CHANGELOG(\.\w+)?",
    "ci": r"\.github/workflows/[^/]+\.ya?ml|\.gitlab-ci\.yml|\.circleci/config\.yml|azure-pipelines\.yml",
    "container": r"(.*/)?(Dockerfile|Containerfile|compose\.ya?ml|docker-compose\.ya?ml)",
    "contributing": r"(docs/|\.github/)?CONTRIBUTING(\.\w+)?",
    "environment": r"\.env\.(example|sample|template)",
    "licence": r"(LICEN[CS]E|COPYING)([-.]\w+)*",
    "lock": r"uv\.lock|poetry\.lock|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|Cargo\.lock",
    "readme": r"README(\.\w+)?",
    "security": r"(docs/|\.github/)?SECURITY(\.\w+)?",
    "tests": r"(.*/)?(test_[^/]+\.py|[^/]+_test\.py|[^/]+\.(test|spec)\.[cm]?[jt]sx?|tests/([^/]+/)*[^/]+\.rs)",
}
PINNED = re.compile(r"@[0-9a-f]{40}\b")
RUST_TEST = re.compile(r"#\[(tokio::)?test\b")


def files(project: Path, environment: dict) -> list[str]:
    """What git would commit: every file that the project's own .gitignore does not leave out."""
    git = ["git", "-C", str(project)]
    if not (project / ".git").exists():
        subprocess.run([*git, "init", "--quiet"], env=environment, check=True, timeout=30, capture_output=True)
    listed = subprocess.run([*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            env=environment, check=True, timeout=30, capture_output=True)
    return sorted({name for name in listed.stdout.decode("utf-8", "replace").split("\0") if name and (project / name).is_file()})


def contents(project: Path, environment: dict) -> dict:
    names = files(project, environment)
    found = {kind: [name for name in names if re.fullmatch(pattern, name, re.IGNORECASE)] for kind, pattern in KINDS.items()}
    found["tests"] = sorted({*found["tests"], *(name for name in names if name.endswith(".rs") and RUST_TEST.search(text(project / name)))})
    used = [line for name in found["ci"] for line in re.findall(r"^[\s-]*uses:\s*(\S+)", text(project / name), re.MULTILINE) if not line.startswith("./")]
    return {"files": names, "kinds": found, "actions": len(used), "actions_pinned": sum(bool(PINNED.search(line)) for line in used)}


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
