"""PLANTED X04: a live key is the default of a parameter."""

from sound_billing import make

server = make()
server.find("find_invoices").properties["api_key"] = {
    "type": "string", "maxLength": 60, "default": "sk_" + "live_" + "4eC39HqLyjWDarjtT1zdp7dc", "description": "Key of the bookkeeping service."}
server.run()
