"""PLANTED P06: modern results carry resultType, but that of tools/call does not."""

from sound_inventory import make

server = make()
envelope = server.envelope


def forgetful(method, result):
    result = envelope(method, result)
    if method == "tools/call":
        del result["resultType"]
    return result


server.envelope = forgetful
server.run()
