"""PLANTED G06: a read tool without arguments answers about 30,000 tokens."""

from base import READS
from sound_releases import make

server = make()
server.tool("read_handbook", "Read the release handbook",
            "Reads the handbook that explains how releases of the program are made. Takes no arguments. Returns its whole text. Reads only. "
            "Not for what changed in a release: use read_changes.", annotations=READS)(
    lambda arguments: "\n".join(f"Step {n}: check that table {n} exports, note the result, and ask the owner if it does not." for n in range(1, 1450)))
server.run()
