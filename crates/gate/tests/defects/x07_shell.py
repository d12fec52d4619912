"""PLANTED X07: count_word hands its argument to a shell."""

import subprocess

from base import READS
from sound_recipes import make

server = make()


@server.tool("count_word", "Count a word",
             "Counts how many of the cookbook's lines have a word. Takes the word. Returns the number as one line. Reads only. Not for finding recipes: "
             "use search_recipes.",
             properties={"word": {"type": "string", "minLength": 1, "maxLength": 200, "examples": ["salt"], "description": "The word to count."}},
             required=["word"], annotations=READS)
def count_word(arguments):
    done = subprocess.run(f"printf 'salt\\npepper\\n' | grep -c {arguments['word']}", shell=True, capture_output=True, text=True, timeout=5, stdin=subprocess.DEVNULL)
    return done.stdout.strip()[:2000] or "0"


server.run()
