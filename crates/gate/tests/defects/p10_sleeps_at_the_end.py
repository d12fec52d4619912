"""PLANTED P10: after stdin has closed the process stays for a minute."""

import time

from sound_fleet import make

server = make()
server.ended = lambda: time.sleep(60)
server.run()
