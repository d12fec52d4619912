"""Numbers beyond every type."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def answer(self, method, params, request, era):
        result = super().answer(method, params, request, era)
        result["ttlMs"] = 10**400 if method == "tools/list" else -(2**70)
        for tool in result.get("tools", []):
            tool["inputSchema"] = json.loads(json.dumps(tool["inputSchema"]))
            for schema in tool["inputSchema"]["properties"].values():
                schema |= {"minimum": -(10**300), "maximum": 2**64, "minLength": 2**70, "maxLength": 10**30}
        if method == "tools/call":
            raise base.RpcError(2**70, "no")
        return result


Server().run()
