"""PLANTED P04: sends notifications/message although it declares no logging and nobody asked for logs."""

from sound_fleet import make

server = make()
method = server.method


def logged(name, params, call):
    if name == "tools/list":
        server.write({"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "listing tools"}})
    return method(name, params, call)


server.method = logged
server.run()
