"""PLANTED D06: a description of 23 characters."""

from sound_weather import make

server = make()
server.find("compare_stations").description = "Compares two stations."
server.run()
