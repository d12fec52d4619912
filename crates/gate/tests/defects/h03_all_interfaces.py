"""PLANTED H03: binds to all interfaces, unasked."""

from base import Policy
from sound_http_orders import make


class Everywhere(Policy):
    bind = "0.0.0.0"


make().serve(Everywhere())
