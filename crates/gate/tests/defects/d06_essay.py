"""PLANTED D06: a description of some 3,000 characters: clients cut it, and what stands at its end is lost."""

from sound_library import make

server = make()
server.find("search_books").description += " " + " ".join(
    f"Shelf {n} holds books from {1500 + 7 * n} to {1506 + 7 * n}, and its key hangs at the desk." for n in range(1, 41))
server.run()
