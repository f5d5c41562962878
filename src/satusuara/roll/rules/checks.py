"""What is looked at in a roll before anybody looks for duplicates. Every finding is a question to a person, no verdict.

Pure: one record (or one group of records) in, findings out. ``lake/checks.py`` says the same over whole rolls; a test
holds the two together. Codes are stable; sentences are ``TITLES``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from satusuara.kernel.i18n import Text
from satusuara.roll.rules.identity import flags_of
from satusuara.roll.rules.spec import Identity

TITLES: Final[dict[str, Text]] = {
    "age.under": Text("belum cukup umur dan belum pernah kawin", "under age and never married"),
    "age.future": Text("tanggal lahir sesudah hari pemungutan suara", "born after voting day"),
    "age.very-old": Text("umur lebih dari 110 tahun", "older than 110"),
    "mark.ineligible": Text(
        "ditandai tidak memenuhi syarat, masih dalam daftar", "marked ineligible, still on the list"
    ),
    "nik.missing": Text("NIK kosong", "no NIK"),
    "nik.length": Text("NIK tidak 16 angka", "the NIK has not its digits"),
    "nik.region": Text("kode wilayah pada NIK tidak lazim di daftar ini", "region code of the NIK is unusual here"),
    "nik.date": Text("tanggal pada NIK tidak ada dalam kalender", "the date in the NIK does not exist"),
    "nik.birth-date": Text("tanggal pada NIK lain dari tanggal lahir", "the date in the NIK is not the birth date"),
    "nik.sex": Text("jenis kelamin pada NIK lain dari yang tercatat", "sex in the NIK is not the recorded one"),
    "nik.serial": Text("nomor urut NIK 0000", "serial 0000 in the NIK"),
    "nik.shared": Text("NIK dipakai lebih dari satu baris", "the NIK stands on more than one line"),
    "tps.over": Text("pemilih pada TPS melebihi batas", "more voters at the station than the law allows"),
    "family.split": Text("satu kartu keluarga pada TPS yang berbeda", "one family card at different stations"),
    "village.crossed": Text("TPS berisi pemilih dari desa lain", "a station holds voters of another village"),
    "notice.undelivered": Text("pemberitahuan tidak tersampaikan", "the notice was not delivered"),
    "dpk.reserve": Text("potensi DPK melebihi surat suara cadangan", "possible unlisted voters exceed the reserve"),
}

SOFT: Final = frozenset(
    code for code in TITLES if code.startswith("nik.") and code not in {"nik.missing", "nik.shared"}
)
"""Signals only: a NIK is lifelong, people move, and birth dates are corrected (DOMAIN b.5)."""

OLDEST = 110
NEVER_MARRIED = "B"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the checks ask of one record; None: unknown."""

    nik: str | None = None
    born: dt.date | None = None
    woman: bool | None = None
    marital: str | None = None  # B, S, P
    mark: str | None = None  # remarks as written


@dataclass(frozen=True, slots=True)
class StationLoad:
    """A station and its voters, with those who may yet come unlisted."""

    voters: int
    possible_unlisted: int | None = None


def age_on(born: dt.date, day: dt.date) -> int:
    """Full years on a day. Who is born on 29 February comes of age on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def of_entry(
    entry: Entry,
    *,
    day: dt.date,
    minimum_age: int,
    ineligible: frozenset[str],
    regions: frozenset[str] | None,
    identity: Identity,
) -> tuple[str, ...]:
    """Codes of findings about one record, in the order of ``TITLES``. ``ineligible``: marks of the law that say so."""
    found: list[str] = []
    if entry.born is not None:
        age = age_on(entry.born, day)
        if entry.born > day:
            found.append("age.future")
        elif age < minimum_age and entry.marital in (None, NEVER_MARRIED):
            found.append("age.under")
        elif age > OLDEST:
            found.append("age.very-old")
    if entry.mark is not None and entry.mark.strip().upper() in ineligible:
        found.append("mark.ineligible")
    if entry.nik is None:
        found.append("nik.missing")
    else:
        flags = flags_of(entry.nik, born=entry.born, woman=entry.woman, regions=regions, spec=identity)
        found += [f"nik.{flag}" for flag in flags]
    order = list(TITLES)
    return tuple(sorted(found, key=order.index))


def of_station(load: StationLoad, *, cap: int, reserve: int) -> tuple[str, ...]:
    """``reserve``: ballots beyond the voters of the list (the law's percentage, rounded as it says)."""
    found = []
    if load.voters > cap:
        found.append("tps.over")
    if load.possible_unlisted is not None and load.possible_unlisted > reserve:
        found.append("dpk.reserve")
    return tuple(found)


def split_families(stations: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Family cards (of the mapping's keys) whose members are listed at more than one station."""
    return tuple(sorted(card for card, found in stations.items() if len(set(found)) > 1))


def crossed(villages: Sequence[str], own: str) -> int:
    """How many voters of a station's list live in another village than the station's own."""
    return sum(village != own for village in villages)
