"""Opens a stream for every GET."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def get(self, request):
        import time

        self.admit(request)
        if request.path != self.path:
            super().get(request)
            return
        self.check_token(request)
        request.send_response(200)
        request.send_header("Content-Type", "text/event-stream")
        request.send_header("Connection", "close")
        request.end_headers()
        for _ in range(600):
            request.wfile.write(b": alive\n\n")
            time.sleep(0.1)


Endpoint().run()
