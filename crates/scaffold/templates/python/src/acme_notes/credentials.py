"""How a request shows the key of the API."""


def of(key: str) -> tuple[dict[str, str], dict[str, str]]:
    """Give the headers and the parts of the query that carry the key."""
    headers = {
        "Authorization": f"Bearer {key}",
    }
    query: dict[str, str] = {}
    return headers, query
