"""PLANTED H06: a token that was made for another service is accepted."""

from sound_http_payroll import Guarded, main


class AnyAudience(Guarded):
    def is_for_us(self, told):
        return True


main(AnyAudience())
