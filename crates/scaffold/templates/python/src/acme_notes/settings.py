"""What the server is told by its environment, read once at the start."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from . import NAME, PREFIX

LOG_LEVELS = {"off": 60, "error": 40, "warn": 30, "info": 20, "debug": 10}
TOKEN_LENGTH = 32

DATABASE = f"{PREFIX}DATABASE"
HTTP_TOKEN = f"{PREFIX}HTTP_TOKEN"
LOG = f"{PREFIX}LOG"
# seaworthy:begin api|key
API_KEY = f"{PREFIX}API_KEY"
# seaworthy:end api|key
# seaworthy:begin api|openapi
API_URL = f"{PREFIX}API_URL"
# seaworthy:end api|openapi
# seaworthy:begin sandbox
SEAWORTHY = f"{PREFIX}SEAWORTHY"
# seaworthy:end sandbox


class SettingsError(Exception):
    """A variable that is missing or wrong: the server does not start."""

    def __init__(self, variable: str, problem: str, remedy: str) -> None:
        super().__init__(f"{variable} {problem}; {remedy}")


@dataclass(frozen=True)
class Settings:
    """Everything that can be set. Secrets are not shown by `repr`."""

    database: Path
    log_level: int = LOG_LEVELS["warn"]
    http_token: str | None = field(default=None, repr=False)
    # seaworthy:begin api|openapi
    api_url: str = "https://api.github.com"
    # seaworthy:end api|openapi
    # seaworthy:begin api|key
    api_key: str = field(default="", repr=False)
    # seaworthy:end api|key
    # seaworthy:begin sandbox
    seaworthy: str = "seaworthy"
    # seaworthy:end sandbox


def load(environ: Mapping[str, str]) -> Settings:
    """Read the settings from the environment, or say which variable is wrong."""
    # seaworthy:begin api|key
    api_key = secret(environ, API_KEY)
    if api_key is None:
        raise SettingsError(
            API_KEY,
            "is not set",
            "give the server a key of the API in it (for GitHub: https://github.com/settings/tokens),"
            f" or the path of a file with the key in {API_KEY}_FILE",
        )
    # seaworthy:end api|key
    return Settings(
        database=_database(environ),
        log_level=_log_level(environ),
        http_token=secret(environ, HTTP_TOKEN),
        # seaworthy:begin api|openapi
        api_url=_api_url(environ),
        # seaworthy:end api|openapi
        # seaworthy:begin api|key
        api_key=api_key,
        # seaworthy:end api|key
        # seaworthy:begin sandbox
        seaworthy=environ.get(SEAWORTHY) or "seaworthy",
        # seaworthy:end sandbox
    )


def secret(environ: Mapping[str, str], variable: str) -> str | None:
    """Read a secret from its variable, or from the file that VARIABLE_FILE names."""
    value = environ.get(variable, "").strip()
    path = environ.get(f"{variable}_FILE")
    if not value and path:
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            raise SettingsError(
                f"{variable}_FILE",
                "names a file that cannot be read",
                "check the path and its permissions",
            ) from None
    if value and not (value.isascii() and value.isprintable() and " " not in value):
        # it becomes part of an HTTP header, which could not carry it
        raise SettingsError(variable, "has blanks or control characters", "set it as it was issued")
    return value or None


def http_token(settings: Settings) -> str:
    """Give the token of the HTTP mode, or say why there is none."""
    remedy = f"set it, or {HTTP_TOKEN}_FILE, to a random text (such as of: openssl rand -hex 32)"
    if settings.http_token is None:
        raise SettingsError(HTTP_TOKEN, "is not set, and --http needs it", remedy)
    if len(settings.http_token) < TOKEN_LENGTH:
        raise SettingsError(HTTP_TOKEN, f"has fewer than {TOKEN_LENGTH} characters", remedy)
    return settings.http_token


def _log_level(environ: Mapping[str, str]) -> int:
    name = environ.get(LOG) or "warn"
    if name not in LOG_LEVELS:
        raise SettingsError(LOG, "is not a level", f"set it to one of {', '.join(LOG_LEVELS)}")
    return LOG_LEVELS[name]


def _database(environ: Mapping[str, str]) -> Path:
    if given := environ.get(DATABASE):
        return Path(given).expanduser()
    if sys.platform == "win32":
        folder = Path(environ.get("LOCALAPPDATA") or "~/AppData/Local")
    elif sys.platform == "darwin":
        folder = Path("~/Library/Application Support")
    else:
        folder = Path(environ.get("XDG_DATA_HOME") or "~/.local/share")
    return folder.expanduser() / NAME / "notes.sqlite3"


# seaworthy:begin api|openapi
def _api_url(environ: Mapping[str, str]) -> str:
    url = (environ.get(API_URL) or Settings.api_url).rstrip("/")
    # without encryption the key is for everybody on the way, so only this machine may go without
    loopback = ("http://127.0.0.1", "http://localhost", "http://[::1]")
    host_end = url.removeprefix("http://").partition("/")[0]
    if "@" in host_end or not (
        url.startswith("https://")
        or any(url == host or url.startswith((f"{host}:", f"{host}/")) for host in loopback)
    ):
        raise SettingsError(
            API_URL,
            "is not an https:// address",
            "set it to the base of the API, such as https://api.github.com",
        )
    return url


# seaworthy:end api|openapi
def from_process() -> Settings:
    """Read the settings of this process."""
    return load(os.environ)
