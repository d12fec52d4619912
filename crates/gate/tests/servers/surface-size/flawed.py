"""Twenty-one tools."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


ROWS = [
    ("weather_now", "Tells the weather at a place right now", "`place` is a town, such as Bergen", "Returns temperature, wind and clouds", "forecasts of later days"),
    ("tide_table", "Gives high and low water of a harbour for one day", "`place` is the harbour", "Returns four times with heights in metres", "inland towns"),
    ("sunrise", "Says when the sun comes up and goes down", "`place` is where the observer stands", "Returns two clock times in local time", "the moon"),
    ("bus_departure", "Names the next bus that leaves a stop", "`place` is the stop as painted on its sign", "Returns line, destination and minutes left", "trains or ferries"),
    ("train_platform", "Looks up the platform of the next train", "`place` is the station", "Returns a platform number and the train's name", "buses"),
    ("parking", "Shows whether a car park has room", "`place` is the car park's name", "Returns free and total spaces", "street parking"),
    ("pollen_level", "Reports how much pollen is in the air", "`place` is a district", "Returns none, low, high or very high for birch and grass", "air pollution"),
    ("ski_track", "Tells the state of a groomed track", "`place` is the name of the hill", "Returns the hour of the last grooming and the snow's depth", "alpine slopes"),
    ("library_book", "Checks if a book is on the shelf of a branch", "`place` is the branch library", "Returns yes or no with the number of copies", "electronic loans"),
    ("swimming_pool", "Says how warm the water of a public bath is", "`place` is the bath", "Returns degrees and opening hours of today", "private pools"),
    ("museum_today", "Describes the exhibition that a museum shows today", "`place` is the museum", "Returns its title and one paragraph about it", "ticket sales"),
    ("post_office", "Finds out when a post office closes", "`place` is the street it is on", "Returns one clock time", "parcel lockers"),
    ("waste_day", "Names the day on which bins are emptied", "`place` is a street name", "Returns a weekday and the kind of bin", "bulky refuse"),
    ("noise_level", "Measures how loud a square is", "`place` is the square", "Returns decibels as an average of the last hour", "indoor rooms"),
    ("river_level", "Reads the gauge of a river", "`place` is the bridge where the gauge hangs", "Returns centimetres above zero and the trend", "lakes"),
    ("bike_rack", "Counts bicycles at a hire station", "`place` is the station's corner", "Returns bicycles and empty docks", "scooters"),
    ("school_lunch", "Tells what a school serves at noon", "`place` is the school", "Returns the dish and its allergens", "evening meals"),
    ("church_concert", "Announces the next concert in a church", "`place` is the parish", "Returns date, composer and entrance fee", "services"),
    ("street_light", "Says if a street lamp is reported broken", "`place` is the lamp's number plate text", "Returns its state and when it is mended", "traffic lights"),
]


def tool(row):
    name, purpose, argument, returns, other = row
    return {
        "name": name,
        "title": name.replace("_", " ").capitalize(),
        "description": f"{purpose}. {argument}. {returns}. Do not use it for {other}. It only reads the town's own data.",
        "inputSchema": {
            "type": "object",
            "properties": {
                "place": {"type": "string", "description": argument.split(" is ")[1].capitalize() + ".", "maxLength": 100}
            },
            "required": ["place"],
            "additionalProperties": False,
        },
        "annotations": {"readOnlyHint": True, "destructiveHint": False, "idempotentHint": True, "openWorldHint": False},
    }


class Server(base.Server):
    name = "town"
    instructions = "What goes on in a small town."

    def tools(self):
        return [tool(row) for row in ROWS] + [base.FIND_NOTES, base.READ_NOTE]

    def call(self, name, arguments):
        if name.endswith("_note") or name.endswith("_notes"):
            return super().call(name, arguments)
        return "Nothing is known of this place."


Server().run()
