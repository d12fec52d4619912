"""PLANTED H05: WWW-Authenticate names metadata that are not there."""

from sound_http_payroll import Guarded, main


class Without(Guarded):
    def document(self, path, handler):
        return None


main(Without())
