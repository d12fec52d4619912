"""The command: reads the settings, then serves over stdio or HTTP.

Imports stand where they are needed, so that --version, --help and a wrong setting answer at once.
"""

import argparse
import logging
import sqlite3
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from . import NAME, __version__
from .settings import DATABASE, HTTP_TOKEN, Settings, SettingsError, from_process, http_token

if TYPE_CHECKING:
    from .store import Store

_USED_WRONGLY = 2
_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the result is its exit code."""
    options = _parser().parse_args(arguments)
    try:
        settings = from_process()
        token = http_token(settings) if options.http is not None else None
    except SettingsError as error:
        return _refuse(str(error))
    _log_to_stderr(settings.log_level)
    try:
        return _serve(settings, token, options.http)
    except KeyboardInterrupt:
        return _INTERRUPTED


def _serve(settings: Settings, token: str | None, address: str | None) -> int:
    from .store import Store

    try:
        store = Store(settings.database)
    except (OSError, sqlite3.Error) as error:
        return _refuse(
            f"{DATABASE}: {settings.database} cannot be opened ({error}); "
            "set it to a file in a folder that can be written"
        )
    try:
        return _serve_on(settings, store, token, address)
    finally:
        store.close()


def _serve_on(settings: Settings, store: "Store", token: str | None, address: str | None) -> int:
    import asyncio

    from .server import build_server

    server = build_server(settings, store)
    if token is None or address is None:
        asyncio.run(server.run_stdio_async())
        return 0

    from . import http

    try:
        listener = http.listen(*http.parse_address(address))
    except http.AddressError as error:
        return _refuse(f"--http: {error}")
    sys.stderr.write(f"{NAME} listens on {http.origin_of(listener)}{http.PATH}\n")
    sys.stderr.flush()
    with listener:
        asyncio.run(http.serve(server, token, listener))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=NAME,
        description="Notes that an agent adds, finds, reads and deletes: an MCP server over stdio.",
        epilog="The environment variables are in README.md and .env.example.",
    )
    parser.add_argument(
        "--http",
        metavar="ADDR:PORT",
        help=f"serve streamable HTTP on /mcp instead; needs {HTTP_TOKEN}",
    )
    parser.add_argument("--version", action="version", version=f"{NAME} {__version__}")
    return parser


def _log_to_stderr(level: int) -> None:
    # stdout carries MCP only
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    # what the SDK logs below an error may hold arguments and answers
    logging.getLogger().setLevel(max(level, logging.ERROR))
    logging.getLogger(__package__).setLevel(level)


def _refuse(problem: str) -> int:
    sys.stderr.write(f"{NAME}: {problem}\n")
    return _USED_WRONGLY


if __name__ == "__main__":
    sys.exit(main())
