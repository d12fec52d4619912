"""PLANTED P09: whatever comes as requestState is accepted. A modern client that declares elicitation gets one from plan_meeting
when it leaves the room out."""

from sound_calendar import Calendar, make

asked = {}


def seal(self, state):
    asked.update(state)
    return "cm9vbS1xdWVzdGlvbg=="


Calendar.seal, Calendar.open = seal, lambda self, sealed: asked
make().run()
