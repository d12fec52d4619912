"""A token as a default, a key in a description, a password in the address of a resource's example.

They are put together here, so that no scanner of secrets finds any in this file.
"""

import copy
import sys

sys.path.insert(0, __file__.rsplit("/", 2)[0])

import base

TOKEN = "ghp_" + "k3J9xQ2mV7" + "bT4wZ8nR1c" + "Y6pL5sD0fH" + "gA2eU9"
KEY = "f83b1c" + "9a7e42d0" + "5566b8e1" + "0c3fd924"


class Leaky(base.Server):
    def tools(self):
        find, read = copy.deepcopy(super().tools())
        find["description"] += f" It asks the office's index with the API key {KEY}: api_key={KEY}."
        read["inputSchema"]["properties"]["id"]["default"] = TOKEN
        return [find, read]

    def resources(self):
        about = copy.deepcopy(super().resources())
        about[0]["description"] = "What these notes are, as postgres://notes:" + "k9Lw2pQz" + "@db.notes.dev/a has it."
        return about


Leaky().run()
