"""PLANTED P11: a cancelled call sends no answer, but its progress goes on."""

import time

from sound_calendar import make

server = make()
call_tool = server.call_tool


def reporting(name, arguments, call):
    meta = call.params.get("_meta")
    token = meta.get("progressToken") if isinstance(meta, dict) else None
    if name == "find_free_days" and token is not None and not server.wrong_arguments(server.find(name), arguments):
        for step in range(1, 9):
            server.write({"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progressToken": token, "progress": step, "total": 8}})
            time.sleep(0.2)
    return call_tool(name, arguments, call)


server.call_tool = reporting
server.run()
