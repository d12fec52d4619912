"""PLANTED G06: a resource-like read tool answers about 12,000 tokens, past the warning."""

from base import READS
from sound_weather import make

server = make()
server.tool("read_archive_notes", "Read the archive's notes",
            "Reads the notes on how the archive's means were measured, station after station. Takes no arguments. Returns text. Reads only. "
            "Not for temperatures: use monthly_mean.", annotations=READS)(
    lambda arguments: "\n".join(f"{1900 + n % 120}, sheet {n}: the thermometer was read at noon by the harbour master." for n in range(660)))
server.run()
