"""What counts as found. Data, checked by hand against what the peers print."""

import re

CANARY = "canary-7f3e9a"
CREDIT: dict = {}


def key(one: dict) -> tuple:
    return one["check"], one["subject"], re.sub(r"[0-9a-f]{6,}|\d+", "#", one["message"])


def is_found(peer: str, entry: dict, new: list[dict], said: list[dict]) -> bool:
    return False
