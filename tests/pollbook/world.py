"""A regency of two stations and one far away: door and exit devices here, a door there, all enrolled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from satusuara.areas.models import Area, Election
from satusuara.people.queries import Scope
from satusuara.pollbook.actions.devices import enrol_device
from satusuara.pollbook.actions.ingest import Answer, ingest_segments
from satusuara.pollbook.actions.prepare import Incoming
from satusuara.pollbook.actions.rolls import RollEntry, load_station_roll
from satusuara.pollbook.models import Device
from satusuara.pollbook.rules.voters import voter_key
from tests.pollbook.make import DAY_MS, ELECTION, FAR, HERE, THERE, Desk

AT = datetime.fromtimestamp(DAY_MS / 1000 + 3600, UTC)
SYSTEM = Scope.system("test")
LEVELS = {2: "provinsi", 4: "kabupaten", 6: "kecamatan", 10: "desa", 13: "tps"}


@dataclass
class World:
    election: Election
    areas: dict[str, Area]
    door: Desk = field(default_factory=lambda: Desk("door"))
    exit: Desk = field(default_factory=lambda: Desk("exit", dev_ix=1))
    there: Desk = field(default_factory=lambda: Desk("there", station=THERE))

    def enrol(self, desk: Desk, area: str = "", role: str = "door") -> Device:
        return enrol_device(
            scope=SYSTEM, area=self.areas[area or desk.station], public_key=desk.public_key, role=role,
            valid_from=AT - timedelta(days=1), valid_to=AT + timedelta(days=14), at=AT,
        )  # fmt: skip

    def send(self, *raws: bytes, at: datetime = AT) -> list[Answer]:
        return ingest_segments(scope=Scope.system("device"), items=[Incoming(raw) for raw in raws], at=at)

    def load_roll(self, station: str, identities: Sequence[str]) -> None:
        roll = [RollEntry(n, f"PEMILIH BUATAN {n}", n % 2, identity) for n, identity in enumerate(identities, 1)]
        load_station_roll(scope=SYSTEM, station=self.areas[station], roll=roll, at=AT)

    def key_of(self, identity: str) -> bytes:
        from satusuara.pollbook.keystore import secrets_of

        return voter_key(secrets_of(ELECTION).regency_key, identity)


def build_world() -> World:
    election = Election.objects.create(
        code=ELECTION, law=ELECTION, name_id="Pemilu 2024", name_en="2024", day=AT.date(), scheme="t"
    )
    areas: dict[str, Area] = {}
    for station in (HERE, THERE, FAR):
        parent = None
        for width, level in LEVELS.items():
            code = station[:width]
            if code not in areas:
                areas[code] = Area.objects.create(
                    election=election, code=code, level=level, name=f"{level} {code}", parent=parent,
                    path=f"{parent.path if parent else '/'}{code}/", source="t",
                )  # fmt: skip
            parent = areas[code]
    world = World(election, areas)
    for desk, role in ((world.door, "door"), (world.exit, "exit"), (world.there, "door")):
        world.enrol(desk, role=role)
    return world
