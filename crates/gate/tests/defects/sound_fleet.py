"""SOUND: a fleet of vans. Every list has many pages of one entry each."""

from base import CONFIRM, CURSOR, LIMIT, READS, WRITES, Server, ToolError, listed, page

VAN = {"type": "object", "required": ["plate", "km"], "properties": {
    "plate": {"type": "string", "description": "As AB-102."}, "km": {"type": "integer", "minimum": 0, "description": "Kilometres driven."}}}
PLATE = {"type": "string", "pattern": "^AB-[0-9]{3}$", "maxLength": 6, "examples": ["AB-102"], "description": "The van's plate, as AB-102."}


def make() -> Server:
    server = Server("fleet", "1.9.4", "The vans of a courier. Plates identify them.", page_size=1)
    vans = [{"plate": f"AB-{100 + n}", "km": 3500 * n} for n in range(1, 26)]

    def van(plate: str) -> dict:
        found = next((van for van in vans if van["plate"] == plate), None)
        if found is None:
            raise ToolError(f"No van has the plate {plate}. NEXT: call find_vans and take a plate from its answer.")
        return found

    @server.tool("find_vans", "Find vans",
                 "Finds the courier's vans that have driven at least a number of kilometres, most first. limit and cursor page through. Returns "
                 "plate and kilometres of each. Reads only. Not for one known plate: use read_logbook.",
                 properties={"at_least_km": {"type": "integer", "minimum": 0, "maximum": 2000000, "description": "Kilometres driven, at least."}, "limit": LIMIT, "cursor": CURSOR},
                 annotations=READS, output=listed(VAN))
    def find_vans(arguments):
        found = sorted((van for van in vans if van["km"] >= arguments.get("at_least_km", 0)), key=lambda van: -van["km"])
        return page(found, arguments, "vans", lambda van: f"{van['plate']}: {van['km']} km")

    @server.tool("read_logbook", "Read a logbook",
                 "Reads a van's logbook by its plate. Returns the kilometres and the day of the next inspection as one line. Reads only. "
                 "Not for finding vans: use find_vans.",
                 properties={"plate": PLATE}, required=["plate"], annotations=READS)
    def read_logbook(arguments):
        found = van(arguments["plate"])
        return f"{found['plate']}: {found['km']} km, inspection due at {found['km'] // 30000 * 30000 + 30000} km"

    @server.tool("log_trip", "Log a trip",
                 "Adds a trip to a van's logbook. Takes plate, km and confirm: false (the default) previews and changes nothing, true adds. Returns "
                 "the new total. Changes the logbook. Not for corrections.",
                 properties={"plate": PLATE, "km": {"type": "integer", "minimum": 1, "maximum": 2000, "examples": [85], "description": "Length of the trip, 1 to 2,000."},
                             "confirm": CONFIRM}, required=["plate", "km"], annotations=WRITES)
    def log_trip(arguments):
        found = van(arguments["plate"])
        total = found["km"] + int(arguments["km"])
        if not arguments.get("confirm", False):
            return f"PREVIEW - no action taken. {found['plate']} would stand at {total} km. Call again with confirm=true to log it."
        found["km"] = total
        return f"Logged: {found['plate']} stands at {total} km."

    for name, text in [("insurance", "Call the broker within a day."), ("tyres", "Winter tyres from November on."), ("washing", "Every second Friday.")]:
        server.resource(f"fleet://rules/{name}", name, name.capitalize(), f"The house rule about {name}.", lambda text=text: text)
    server.prompt("inspect", "Plan inspections", "Plan which vans to inspect next, most kilometres first.", [],
                  lambda arguments: "Find the vans with most kilometres and plan their inspections.")
    return server


if __name__ == "__main__":
    make().run()
