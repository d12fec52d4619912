"""PLANTED N01: a tool's name has 70 characters, more than some clients allow."""

from sound_library import make

server = make()
server.find("lend_book").name = "lend_one_book_of_the_village_library_to_a_reader_who_has_a_reader_card"
server.run()
