"""What the API can be asked for: its operations, typed."""

from dataclasses import dataclass

from . import client


@dataclass(frozen=True, kw_only=True)
class ListThings:
    """GET /things."""

    limit: int | None = None
    offset: int | None = None

    def request(self) -> client.Request:
        """Give the request."""
        return client.Request(
            method="GET",
            path="/things",
            query={
                "limit": self.limit,
                "offset": self.offset,
            },
        )
