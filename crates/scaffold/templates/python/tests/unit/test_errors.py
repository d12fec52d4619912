from acme_notes.errors import NotFoundError


def test_an_error_says_what_why_and_what_next() -> None:
    error = NotFoundError("there is no x", cause="it was deleted", hint="call find_notes")
    assert str(error) == "there is no x - it was deleted; next: call find_notes"
