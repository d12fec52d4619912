import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import base


class Hostile(unittest.TestCase):
    def test_wrong_types_and_traversal_are_refused(self):
        server = base.Server()
        for arguments in ({"id": 7}, {"id": None}, {"id": "../../etc/passwd"}, {"id": "n7; rm -rf /"}, {}):
            with self.assertRaises(base.ToolError):
                server.validate(base.READ_NOTE, arguments)


if __name__ == "__main__":
    unittest.main()
