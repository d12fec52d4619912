import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import base


class Notes(unittest.TestCase):
    def test_a_cursor_is_read_back(self):
        self.assertEqual(base.unseal(base.seal("notes:20"), "notes"), 20)

    def test_a_note_is_read_by_its_id(self):
        self.assertIn("water the plants", base.Server().call("read_note", {"id": "n7"}))


if __name__ == "__main__":
    unittest.main()
