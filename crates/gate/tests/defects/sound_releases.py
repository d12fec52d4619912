"""SOUND: releases of a program. A long answer that stays under the limit and says so; a destructive rollback with a preview."""

from base import CONFIRM, CURSOR, DESTROYS, LIMIT, READS, Server, ToolError, listed, page

RELEASE = {"type": "object", "required": ["version", "live"], "properties": {
    "version": {"type": "string", "description": "As 1.12.0."}, "live": {"type": "boolean", "description": "Whether it serves now."}}}
VERSION = {"type": "string", "pattern": "^1\\.[0-9]{1,3}\\.0$", "maxLength": 8, "examples": ["1.12.0"], "description": "The release's version, as 1.12.0."}
CAP = 6000


def make() -> Server:
    server = Server("releases", "0.12.3", "Releases of one program, newest last.")
    releases = [{"version": f"1.{n}.0", "live": n == 24} for n in range(1, 25)]

    def release(version: str) -> dict:
        found = next((release for release in releases if release["version"] == version), None)
        if found is None:
            raise ToolError(f"There is no release {version}. NEXT: call list_releases and take a version from its answer.")
        return found

    @server.tool("list_releases", "List releases",
                 "Lists the program's releases, oldest first. limit and cursor page through them. Returns the version of each and which one is live. "
                 "Reads only. Not for what changed: use read_changes.",
                 properties={"limit": LIMIT, "cursor": CURSOR}, annotations=READS, output=listed(RELEASE))
    def list_releases(arguments):
        return page(releases, arguments, "releases", lambda release: release["version"] + (" (live)" if release["live"] else ""))

    @server.tool("read_changes", "Read what changed",
                 "Reads the changes of one release by its version, from a line on (from_line, 1 without it). Returns at most 6,000 characters, and "
                 "says at which line to go on when there are more. Reads only. Not for a list of releases: use list_releases.",
                 properties={"version": VERSION, "from_line": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 1, "description": "The first line to return."}},
                 required=["version"], annotations=READS)
    def read_changes(arguments):
        lines = [f"{n}. {release(arguments['version'])['version']}: repaired the export of table {n}" for n in range(1, 301)]
        start = int(arguments.get("from_line", 1))
        if start > len(lines):
            raise ToolError(f"The changes end at line {len(lines)}. NEXT: call again with from_line between 1 and {len(lines)}.")
        shown = lines[start - 1:start - 1 + CAP // 60]
        left = len(lines) - (start - 1) - len(shown)
        return "\n".join(shown + ([f"MORE AVAILABLE: {left} further lines - repeat the call with from_line={start + len(shown)}"] if left else []))

    @server.tool("roll_back", "Roll back",
                 "Makes an older release live in place of the one that serves now. Takes its version and confirm: false (the default) previews and "
                 "changes nothing, true rolls back. Returns which release is live. Interrupts users for a minute. Not for releasing a new version.",
                 properties={"version": VERSION, "confirm": CONFIRM}, required=["version"], annotations=DESTROYS)
    def roll_back(arguments):
        wanted = release(arguments["version"])
        if not arguments.get("confirm", False):
            return f"PREVIEW - no action taken. Would make {wanted['version']} live. Call again with confirm=true to roll back."
        for one in releases:
            one["live"] = one is wanted
        return f"{wanted['version']} is live."

    server.resource("releases://policy", "policy", "Release policy", "When releases are made.", lambda: "Tuesdays, never before a holiday")
    return server


if __name__ == "__main__":
    make().run()
