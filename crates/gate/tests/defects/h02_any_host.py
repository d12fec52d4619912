"""PLANTED H02: a request for any Host is served, so that a name rebound to 127.0.0.1 reaches it."""

from base import Policy
from sound_http_orders import make


class AnyHost(Policy):
    def host_is_ours(self, host):
        return True


make().serve(AnyHost())
