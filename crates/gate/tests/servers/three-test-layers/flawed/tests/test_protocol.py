"""The tests that were to come."""

import unittest


class Protocol(unittest.TestCase):
    def test_tools_list_over_stdio_client(self):
        # TODO: start the server with stdio_client and ClientSession
        pass

    def test_initialize(self):
        """subprocess, tools/list"""
        self.assertTrue(True)
