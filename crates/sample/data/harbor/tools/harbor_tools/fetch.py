"""Fetch harmonic constants from the agencies that publish them."""

from dataclasses import dataclass

import httpx

AGENCIES = {
    "shom": "https://services.shom.invalid/constants/{station}.json",
    "noaa": "https://api.tides.noaa.invalid/harcon/{station}",
    "bsh": "https://www.bsh.invalid/gezeiten/{station}.csv",
    "ukho": "https://admiralty.invalid/api/stations/{station}/constants",
}


@dataclass(frozen=True)
class Constant:
    """Amplitude in metres, phase in degrees (Greenwich)."""

    name: str
    amplitude: float
    phase: float


def fetch(agency: str, station: str, client: httpx.Client) -> list[Constant]:
    """All constants of one station, largest first."""
    response = client.get(AGENCIES[agency].format(station=station), timeout=20)
    response.raise_for_status()
    rows = response.json()["constants"]
    constants = [Constant(row["name"], float(row["amp"]), float(row["phase"]) % 360) for row in rows]
    return sorted(constants, key=lambda constant: -constant.amplitude)


def to_toml(station: str, constants: list[Constant]) -> str:
    """The lines to paste into data/stations.toml."""
    lines = [f"[{station}.constants]"]
    lines += [
        f"{c.name} = {{ amplitude = {c.amplitude:.4f}, phase = {c.phase:.2f} }}" for c in constants
    ]
    return "\n".join(lines) + "\n"
