"""The official SDK against the service at sys.argv[1] with the key sys.argv[2].

Any deviation from the protocol that the SDK minds is an exception here."""

import sys

from e2b import AuthenticationException, CommandExitException
from e2b_code_interpreter import Sandbox

url, key = sys.argv[1:]
options = {"api_url": url, "sandbox_url": url}

try:
    Sandbox.create(api_key="e2b_" + "f" * 32, **options)
except AuthenticationException as error:
    print("wrong key:", type(error).__name__)

sandbox = Sandbox.create(timeout=60, allow_internet_access=False, api_key=key, **options)
print("running:", sandbox.is_running())

result = sandbox.commands.run("echo out; echo err >&2; id -u")
print("command:", (result.stdout, result.stderr, result.exit_code))
try:
    sandbox.commands.run("exit 3", user="root")
except CommandExitException as error:
    print("status:", error.exit_code)

process = sandbox.commands.run("read line; echo got $line", stdin=True, background=True)
print("listed:", process.pid in [info.pid for info in sandbox.commands.list()])
sandbox.commands.send_stdin(process.pid, "a line\n")
print("stdin:", process.wait().stdout)
process = sandbox.commands.run("cat", stdin=True, background=True)
sandbox.commands.send_stdin(process.pid, b"bytes")
sandbox.commands.close_stdin(process.pid)
print("closed:", process.wait().stdout)
process = sandbox.commands.run("sleep 60", background=True)
print("killed:", process.kill())
try:
    process.wait()
except CommandExitException as error:
    print("by signal:", error.exit_code)

execution = sandbox.run_code("x = 20\nprint('hi')\nx + 1")
print("code:", execution.logs.stdout, execution.text, execution.execution_count)
execution = sandbox.run_code("x += 1; x")
print("state:", execution.text)
execution = sandbox.run_code("1 / 0")
print("error:", execution.error.name, execution.error.value)
execution = sandbox.run_code("import socket; socket.socket()")
print("network:", execution.error.name)

print("kill:", sandbox.kill())
print("again:", sandbox.kill())
