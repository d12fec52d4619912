"""It speaks of tokens and shows their shape, and has none."""

import copy
import sys

sys.path.insert(0, __file__.rsplit("/", 2)[0])

import base


class Careful(base.Server):
    instructions = (
        base.Server.instructions + " The server reads NOTES_TOKEN from its environment, such as ghp_xxxxxxxxxxxxxxxxxxxx"
        "xxxxxxxxxxxxxxxx; it never asks for a token."
    )

    def tools(self):
        find, read = copy.deepcopy(super().tools())
        find["inputSchema"]["properties"]["cursor"]["examples"] = ["bm90ZXM6MjA="]
        return [find, read]

    def resources(self):
        about = copy.deepcopy(super().resources())
        about[0]["description"] = "What these notes are; set DATABASE_URL=postgres://user:password@host/notes yourself."
        return about


Careful().run()
