"""Answers made for a model: lines under a budget, which say what more there is.

A token is counted as four characters. The server's own lines begin with a word of the server;
text that other people wrote stands behind `| ` on every line, without invisible characters, so
that it can neither imitate the server nor hide anything.
"""

from .validation import is_control, is_invisible

CHARACTERS_PER_TOKEN = 4
PAGE_TOKENS = 2_000
HARD_TOKENS = 10_000
FENCE = "| "
# room for the closing lines, which an answer cannot do without
_RESERVE = 600


def clean(raw: str) -> str:
    """Remove what nobody sees; every kind of line break becomes a line feed."""
    lines = raw.splitlines()
    if raw.endswith(("\n", "\r")):
        lines.append("")
    return "\n".join(
        "".join(c for c in line if c == "\t" or not (is_control(c) or is_invisible(c)))
        for line in lines
    )


def one_line(raw: str, longest: int) -> str:
    """Put a text that other people wrote into a single line of bounded length."""
    flat = " ".join(clean(raw[: longest * 4]).split())
    return flat if len(flat) <= longest else flat[: longest - 3] + "..."


class Answer:
    """An answer being written."""

    def __init__(self, tokens: int = PAGE_TOKENS) -> None:
        self._limit = min(tokens, HARD_TOKENS) * CHARACTERS_PER_TOKEN
        self._lines: list[str] = []
        self._size = 0
        self._more: str | None = None

    def room(self) -> int:
        """Give how many characters are left."""
        return max(0, self._limit - _RESERVE - self._size)

    def line(self, line: str) -> None:
        """Write one of the server's own lines; parts from outside cannot start another."""
        self._push(" ".join(line.splitlines()))

    def entry(self, entry: str) -> bool:
        """Write an entry of a list, if there is room; the first one always, to make progress."""
        fenced = FENCE + one_line(entry, 1_000)
        if self._lines and len(fenced) >= self.room():
            return False
        self._push(fenced)
        return True

    def quote(self, cleaned: str, start: int = 0) -> int:
        """Write a cleaned text from a character on, as far as there is room; give where it ends."""
        end, room = start, self.room() - len(FENCE)
        while end < len(cleaned):
            # a line break costs its fence too, so that text of nothing else ends as well
            room -= 1 + len(FENCE) if cleaned[end] == "\n" else 1
            if room < 0:
                break
            end += 1
        shown = cleaned[start:end]
        for line in shown.removesuffix("\n").split("\n"):
            self._push(FENCE + line)
        return end

    def more(self, further: str, next_call: str) -> None:
        """Say, as the last line, what the answer leaves out and how to get it."""
        self._more = f"MORE AVAILABLE: {further} - call again with {next_call}"

    def __str__(self) -> str:
        """Give the finished text."""
        return "\n".join([*self._lines, *([self._more] if self._more else [])])

    def _push(self, line: str) -> None:
        self._lines.append(line)
        self._size += len(line) + 1
