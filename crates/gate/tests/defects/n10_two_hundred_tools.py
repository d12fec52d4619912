"""PLANTED N10: a surface of 200 tools, one for each station."""

from base import READS
from sound_weather import make

server = make()
parts = ["Alder", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Larch", "Maple", "Oak", "Pine"]
for n in range(198):
    place = f"{parts[n % 10]} {['Bay', 'Creek', 'Dale', 'Field', 'Ford'][n // 10 % 5]} {n // 50 + 1}"
    server.tool("mean_at_" + place.lower().replace(" ", "_"), f"Mean temperature at {place}",
                f"Looks up the mean temperature that {place} had in a month. Takes the month (1 to 12). Returns degrees Celsius as one number. Reads "
                f"only. Not a forecast for {place}.",
                properties={"month": {"type": "integer", "minimum": 1, "maximum": 12, "description": "The month, 1 to 12."}},
                required=["month"], annotations=READS)(lambda arguments, n=n: f"{arguments['month'] + n % 9}")
server.run()
