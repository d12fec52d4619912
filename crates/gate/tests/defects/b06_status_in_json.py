"""PLANTED B06: what went wrong is a JSON with "ok": false and a status, returned as success."""

import json

from sound_contacts import make

server = make()
server.failure = lambda text: {"content": [{"type": "text", "text": json.dumps({"ok": False, "status": 400, "message": text})}]}
server.run()
