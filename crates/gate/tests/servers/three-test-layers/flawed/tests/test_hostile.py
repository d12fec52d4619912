import unittest


class Hostile(unittest.TestCase):
    def test_path_traversal_is_refused(self):
        path = "../../etc/passwd"
        print(path)

    @unittest.skip("fuzzing takes long")
    def test_fuzz(self):
        self.assertFalse("crash")
