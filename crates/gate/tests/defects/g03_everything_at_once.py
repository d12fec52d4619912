"""PLANTED G03: a tool that lists customers takes neither a limit nor a cursor."""

from base import READS
from sound_billing import make

server = make()
server.tool("list_customers", "List customers",
            "Lists all customers that ever got an invoice, in the order of their names. Takes no arguments. Returns one name a line. Reads only. "
            "Not for their invoices: use find_invoices.", annotations=READS)(
    lambda arguments: "Baker & Sons\nIlse Kramer\nNorte SL\nQuay Books")
server.run()
