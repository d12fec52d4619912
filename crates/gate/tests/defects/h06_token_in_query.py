"""PLANTED H06: a token in the query (?access_token=) is accepted; it ends up in logs."""

from urllib.parse import parse_qs, urlparse

from sound_http_payroll import Guarded, main


class Query(Guarded):
    def token_of(self, handler):
        asked = parse_qs(urlparse(handler.path).query).get("access_token")
        return super().token_of(handler) or (asked[0] if asked else None)


main(Query())
