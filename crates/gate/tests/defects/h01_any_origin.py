"""PLANTED H01: a request from any web page is served."""

from base import Policy
from sound_http_orders import make


class Open(Policy):
    def origin_is_ours(self, origin):
        return True


make().serve(Open())
