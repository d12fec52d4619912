"""PLANTED H06: whatever stands behind Bearer is accepted."""

from sound_http_payroll import Guarded, main


class AnyToken(Guarded):
    def is_good(self, token):
        return bool(token)


main(AnyToken())
