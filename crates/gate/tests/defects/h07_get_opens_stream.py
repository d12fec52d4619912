"""PLANTED H07: GET opens an event stream instead of 405."""

from base import Policy
from sound_http_orders import make


class Streaming(Policy):
    def get(self, handler):
        handler.close_connection = True
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        handler.wfile.write(b": open\n\n")


make().serve(Streaming())
