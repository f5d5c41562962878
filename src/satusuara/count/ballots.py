"""Reads of who stands on which ballot: the law's own choices, else the newest ballot of the constituency.

Names of parties and candidates are public; nothing here needs a scope.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from satusuara.areas.models import Area
from satusuara.areas.queries import codes_of, memberships
from satusuara.count.models import BallotPaper
from satusuara.count.rules import PARTY_TOTAL, Ballot
from satusuara.kernel.errors import NotFound, Refusal
from satusuara.kernel.i18n import Text
from satusuara.law.model import Law

_DISTRICT = "district"  # in a law: the constituency decides the ballot


@dataclass(frozen=True, slots=True)
class KnownBallot:
    """The lines of a ballot and the names on it. ``key`` is the same for the same lines: 0 is the law's own ballot."""

    key: int
    contest: str
    district: str
    lines: Ballot
    names: Mapping[tuple[str, str], str]  # {(party, candidate): name}


def ballot_at(law: Law, contest: str, station: Area) -> KnownBallot:
    """The ballot that voters of a station get.

    :raises NotFound: ``ballot-unknown`` when nobody has brought it in
    :raises Refusal: ``ballot-of-split-area`` when the area does not say which constituency it is
    """
    spec = law.contest(contest)
    if spec.choices.numbers:
        names = {("", str(n)): name.id for n, name in zip(spec.choices.numbers, spec.choices.names, strict=False)}
        return KnownBallot(0, contest, "", {"": tuple(map(str, spec.choices.numbers))}, names)
    district = district_of(law, contest, station)
    row = BallotPaper.objects.filter(election=station.election_id, contest=contest, district=district).first()
    if row is None:
        raise NotFound(
            "ballot-unknown",
            Text(
                f"Surat suara {spec.short.id} untuk {district} belum dimasukkan",
                f"The {spec.short.en} ballot of {district} has not been brought in",
            ),
            remedy=Text("Masukkan dengan: satusuara import ballots.", "Bring it in with: satusuara import ballots."),
        )
    if spec.choices.kind != "party-list":
        return _of_candidates(row.pk, contest, district, _frozen(row.lines))
    parties = tuple(str(party.number) for party in law.parties_at(station.code, contest))
    return _of_parties(row.pk, contest, district, (parties, _frozen(row.lines)))


def district_of(law: Law, contest: str, station: Area) -> str:
    """The code of the constituency, or of the area, that decides a station's ballot.

    :raises Refusal: ``ballot-of-split-area``
    """
    level = law.contest(contest).district_level
    if level != _DISTRICT:
        order = [each.code for each in law.levels]
        return codes_of(station)[order.index(level)] if level else ""
    found = memberships(station).get(contest)
    if found is None or not found.whole:
        raise Refusal(
            "ballot-of-split-area",
            Text(
                f"Daerah pemilihan TPS {station.code} tidak dapat ditentukan dari wilayahnya",
                f"The constituency of station {station.code} does not follow from its area",
            ),
            remedy=Text(
                "Lengkapi tabel daerah pemilihan sampai tingkat yang membedakannya.",
                "Complete the table of constituencies down to the level that tells them apart.",
            ),
        )
    return found.districts[0].code


def _frozen(lines: Iterable[Any]) -> tuple[tuple[str, str, str], ...]:
    return tuple((str(party), str(number), name) for party, number, name in lines)


@lru_cache(maxsize=512)
def _of_candidates(key: int, contest: str, district: str, lines: tuple[tuple[str, str, str], ...]) -> KnownBallot:
    names = {("", number): name for _party, number, name in lines}
    return KnownBallot(key, contest, district, {"": tuple(number for _party, number in names)}, names)


@lru_cache(maxsize=512)
def _of_parties(
    key: int, contest: str, district: str, written: tuple[tuple[str, ...], tuple[tuple[str, str, str], ...]]
) -> KnownBallot:  # fmt: skip
    """Every party that stands in the area has a block, also one without candidates in this constituency."""
    parties, lines = written
    ballot: dict[str, tuple[str, ...]] = dict.fromkeys(parties, ("0",))
    for party, number, _name in lines:
        if number not in {"0", PARTY_TOTAL}:
            ballot[party] = (*ballot.get(party, ("0",)), number)
    ordered = dict(sorted(ballot.items(), key=lambda item: int(item[0])))
    return KnownBallot(key, contest, district, ordered, {(party, number): name for party, number, name in lines})


def ballots_of(election: str) -> list[dict[str, Any]]:
    """Every ballot there is: contest, district, number of its version, of its lines, and who says so; newest first."""
    rows = BallotPaper.objects.filter(election=election)
    return [
        {
            "contest": row.contest, "district": row.district, "number": row.number, "lines": len(row.lines),
            "source": row.source,
        }
        for row in rows
    ]  # fmt: skip


def ballot_payload(row: BallotPaper) -> dict[str, Any]:
    """What the ledger seals of a ballot."""
    fields = ("contest", "district", "number", "lines", "source", "by")
    return {"election": row.election_id, **{name: getattr(row, name) for name in fields}}


def ballot_payloads(ids: Iterable[str]) -> dict[str, Any]:
    rows = BallotPaper.objects.filter(pk__in=[int(i) for i in ids])
    return {str(row.pk): ballot_payload(row) for row in rows}
