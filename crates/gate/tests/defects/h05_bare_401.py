"""PLANTED H05: without a token the answer is 401, but no WWW-Authenticate says where to get one."""

from sound_http_payroll import Guarded, main


class Bare(Guarded):
    def challenge(self, handler, error):
        return {}


main(Bare())
