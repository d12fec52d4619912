"""Notes about errors are no errors."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


base.NOTES.update(
    {key: f"Note {key[1:]}: error E4 on the boiler; failed to start, call the plumber" for key in list(base.NOTES)[:60]}
)

Server = base.Server
Server().run()
