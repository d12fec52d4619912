"""PLANTED H04: the headers are not compared with the body at all."""

from base import Policy
from sound_http_orders import make


class Ignoring(Policy):
    def headers_fit(self, headers, message):
        return True


make().serve(Ignoring())
