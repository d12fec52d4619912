"""PLANTED P06: modern lists carry ttlMs, but resources/read does not."""

from sound_tickets import make

server = make()
envelope = server.envelope


def forgetful(method, result):
    result = envelope(method, result)
    if method == "resources/read":
        del result["ttlMs"]
    return result


server.envelope = forgetful
server.run()
