"""PLANTED P01: a warning on stdout, in a call only, and only when its arguments are wrong."""

from sound_billing import make

server = make()
check = server.wrong_arguments


def wrong_arguments(tool, arguments):
    wrong = check(tool, arguments)
    if wrong:
        print(f"WARNING billing.validation: {len(wrong)} problem(s) in {tool.name}")
    return wrong


server.wrong_arguments = wrong_arguments
server.run()
