"""SOUND: payslips over HTTP, behind bearer tokens, with the metadata of RFC 9728.

Tokens are signed with HMAC and name their audience and expiry, so that a test can make a good one and each kind of bad one:
`python3 sound_http_payroll.py --token [AUDIENCE [SECONDS]]` prints one.
"""

import base64
import hashlib
import hmac
import json
import re
import sys
import time

from base import CURSOR, LIMIT, READS, Policy, Server, listed, page

KEY = b"a key of this example alone"
AUDIENCE = "payroll"
SLIP = {"type": "object", "required": ["month", "cents"], "properties": {
    "month": {"type": "string", "description": "As 2026-05."}, "cents": {"type": "integer", "description": "Net pay in euro cents."}}}


def token(audience: str = AUDIENCE, seconds: int = 3600) -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"aud": audience, "exp": int(time.time()) + seconds}).encode()).decode()
    return claims + "." + hmac.new(KEY, claims.encode(), hashlib.sha256).hexdigest()


class Guarded(Policy):
    def is_good(self, token: str) -> bool:
        claims, _, mac = token.partition(".")
        if not re.fullmatch("[0-9a-f]{64}", mac) or not hmac.compare_digest(mac, hmac.new(KEY, claims.encode(), hashlib.sha256).hexdigest()):
            return False
        told = json.loads(base64.urlsafe_b64decode(claims))
        return self.is_for_us(told) and self.is_fresh(told)

    def is_for_us(self, told: dict) -> bool:
        return told["aud"] == AUDIENCE

    def is_fresh(self, told: dict) -> bool:
        return told["exp"] > time.time()

    def token_of(self, handler) -> str | None:
        kind, _, token = handler.headers.get("Authorization", "").partition(" ")
        return token.strip() if kind.lower() == "bearer" else None

    def challenge(self, handler, error: str | None) -> dict:
        at = f"http://{handler.headers['Host']}/.well-known/oauth-protected-resource/mcp"
        return {"WWW-Authenticate": f'Bearer resource_metadata="{at}"' + (f', error="{error}"' if error else "")}

    def refusal(self, handler):
        token = self.token_of(handler)
        if token is None:
            return 401, self.challenge(handler, None)
        return None if self.is_good(token) else (401, self.challenge(handler, "invalid_token"))

    def get(self, handler):
        refusal = self.refusal(handler)
        handler.reply(*((refusal[0], None, refusal[1]) if refusal else (405, None, {"Allow": "POST"})))

    def document(self, path, handler):
        if path not in ("/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource"):
            return None
        origin = f"http://{handler.headers['Host']}"
        return {"resource": origin + "/mcp", "authorization_servers": ["https://login.example.com"], "bearer_methods_supported": ["header"]}


def make() -> Server:
    server = Server("payroll", "2.3.0", "The signed-in employee's own payslips, read-only.")
    slips = [{"month": f"2026-{n:02}", "cents": 250_000 + 1000 * n} for n in range(1, 12)]

    @server.tool("find_payslips", "Find payslips",
                 "Finds the signed-in employee's payslips from a month on (from, as 2026-05). limit and cursor page through. Returns month and net pay "
                 "of each: personal data. Reads only. Not for tax statements.",
                 properties={"from": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$", "maxLength": 7, "description": "The first month, as 2026-05."},
                             "limit": LIMIT, "cursor": CURSOR},
                 annotations=READS, output=listed(SLIP))
    def find_payslips(arguments):
        found = [slip for slip in slips if slip["month"] >= arguments.get("from", "")]
        return page(found, arguments, "payslips", lambda slip: f"{slip['month']}: {slip['cents'] / 100:.2f} EUR")

    return server


def main(policy: Policy):
    if sys.argv[1:2] == ["--token"]:
        print(token(*sys.argv[2:3], *map(int, sys.argv[3:4])))
    else:
        make().serve(policy)


if __name__ == "__main__":
    main(Guarded())
