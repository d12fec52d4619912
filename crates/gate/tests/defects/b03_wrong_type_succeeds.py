"""PLANTED B03: a month given as the text "7" is taken for the number."""

from sound_weather import make

server = make()
tool = server.find("monthly_mean")
check, mean = server.wrong_arguments, tool.run


def number(arguments):
    month = arguments.get("month")
    return {**arguments, "month": 7} if isinstance(month, (str, list, dict, bool)) else arguments


server.wrong_arguments = lambda tool, arguments: check(tool, number(arguments))
tool.run = lambda arguments: mean(number(arguments))
server.run()
