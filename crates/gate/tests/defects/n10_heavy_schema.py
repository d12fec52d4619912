"""PLANTED N10: two tools only, but an enum of 2,500 names makes their definitions over 10,000 tokens."""

from sound_weather import STATIONS, make

server = make()
server.find("monthly_mean").properties["station"] = {
    "type": "string", "description": "One of the archive's stations.", "enum": [*STATIONS, *(f"Buoy {n} north-west" for n in range(10_000, 12_500))]}
STATIONS.update({f"Buoy {n} north-west": 4.0 for n in range(10_000, 12_500)})
server.run()
