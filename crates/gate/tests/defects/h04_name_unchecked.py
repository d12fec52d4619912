"""PLANTED H04: Mcp-Method is compared with the body, but Mcp-Name is not."""

from base import META, Policy, plain
from sound_http_orders import make


class NoName(Policy):
    def headers_fit(self, headers, message):
        params = message.get("params") if isinstance(message.get("params"), dict) else {}
        version = (params.get("_meta") or {}).get(META + "protocolVersion")
        return version is None or (plain(headers.get("MCP-Protocol-Version")) == version and plain(headers.get("Mcp-Method")) == message.get("method"))


make().serve(NoName())
