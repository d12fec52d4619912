"""SOUND: a weather archive. Tools only: neither resources nor prompts, and neither is declared."""

from base import READS, Server, ToolError

STATIONS = {"Bergen": 7.5, "Lisbon": 17.2, "Oulu": 2.8, "Perth": 18.9}
READING = {"type": "object", "required": ["station", "celsius", "alerts"], "properties": {
    "station": {"type": "string", "description": "The station's name."}, "celsius": {"type": "number", "description": "Mean temperature."},
    "alerts": {"type": "array", "items": {"type": "string"}, "description": "Alerts in force, mostly none."}}}


def make() -> Server:
    server = Server("weather", "0.3.0", "Monthly means of four stations: Bergen, Lisbon, Oulu, Perth.")

    @server.tool("monthly_mean", "Monthly mean temperature",
                 "Looks up a station's mean temperature for a month in the archive. Takes the station and the month (1 to 12). Returns station, "
                 "degrees Celsius and alerts. Reads only. Not a forecast: it knows past means alone.",
                 properties={"station": {"type": "string", "enum": list(STATIONS), "description": "One of the four stations."},
                             "month": {"type": "integer", "minimum": 1, "maximum": 12, "description": "The month, 1 to 12."}},
                 required=["station", "month"], annotations=READS, output=READING)
    def monthly_mean(arguments):
        mean = round(STATIONS[arguments["station"]] + 8 - abs(arguments["month"] - 7) * 2.5, 1)
        return f"{arguments['station']}: {mean} degrees Celsius", {"station": arguments["station"], "celsius": mean, "alerts": []}

    @server.tool("compare_stations", "Compare two stations",
                 "Compares the yearly means of two stations of the archive. Takes first and second, two different names. Returns one sentence with "
                 "the difference in degrees. Reads only. Not for months: use monthly_mean.",
                 properties={"first": {"type": "string", "enum": list(STATIONS), "description": "The one station."},
                             "second": {"type": "string", "enum": list(STATIONS), "description": "The other station."}},
                 required=["first", "second"], annotations=READS)
    def compare_stations(arguments):
        one, other = arguments["first"], arguments["second"]
        if one == other:
            raise ToolError(f"first and second are both {one}. NEXT: give two different stations.")
        return f"{one} is {STATIONS[one] - STATIONS[other]:+.1f} degrees against {other}."

    return server


if __name__ == "__main__":
    make().run()
