"""What can go wrong, told so that a model can act on it.

An error is data: what happened, the likely cause, and the next move. It becomes text in one
place only, so that every error of the server reads alike.
"""


class NotesError(ValueError):
    """A failure that was foreseen. Anything else that is raised is a fault of the server."""

    def __init__(self, what: str, *, cause: str, hint: str) -> None:
        super().__init__(what)
        self.what = what
        self.cause = cause
        self.hint = hint

    def __str__(self) -> str:
        """Give the text that a model reads."""
        return f"{self.what} - {self.cause}; next: {self.hint}"


class InvalidInputError(NotesError):
    """An argument cannot be used as it is."""


class NotFoundError(NotesError):
    """What was named does not exist."""


class ConflictError(NotesError):
    """What was named is not in the state that the call needs."""


class RefusedError(NotesError):
    """The call is understood, and not allowed as it was made."""


class UnavailableError(NotesError):
    """Something outside of the server does not work."""
