"""The facts that a law folder carries: ``<law>/facts/facts.toml`` says which tables there are and who says them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from satusuara.areas.tables import SHAPES
from satusuara.kernel.errors import Place, Refusal
from satusuara.kernel.i18n import Text
from satusuara.law.loader import folders_of

_NAME = "facts.toml"


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: str
    file: str
    source: str
    earlier: str = ""


class _Ballots(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    file: str
    source: str


class _Facts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tables: tuple[_Table, ...] = ()
    ballots: tuple[_Ballots, ...] = ()  # who stands where: read by the chapter count


@dataclass(frozen=True, slots=True)
class FactTable:
    """One table. ``earlier``: of links, the election they start from."""

    kind: str
    path: Path
    source: str
    earlier: str = ""


def read_facts(law: str) -> list[FactTable]:
    """The tables of a law in the order of their listing; none where it has no facts. A folder based on another one has
    that one's tables unless it lists its own.

    :raises NotFound: ``law-unknown``
    :raises Refusal: ``facts-malformed``, ``facts-kind-unknown`` or ``facts-file-missing``
    """
    for folder in folders_of(law):
        facts, place = _contents(folder)
        if facts.tables:
            return [_checked(folder / "facts", table, place) for table in facts.tables]
    return []


def ballot_tables(law: str) -> list[FactTable]:
    """The tables of who stands on which ballot, of the law's own folder: a drill never takes real names.

    :raises NotFound, Refusal: as ``read_facts``
    """
    folder = folders_of(law)[0]
    facts, place = _contents(folder)
    inside = folder / "facts"
    return [FactTable("ballots", _found(inside, each.file, place), each.source) for each in facts.ballots]


def _contents(folder: Path) -> tuple[_Facts, Place]:
    contents = folder / "facts" / _NAME
    place = Place(file=f"{folder.name}/facts/{_NAME}")
    if not contents.is_file():
        return _Facts(), place
    try:
        return msgspec.toml.decode(contents.read_bytes(), type=_Facts), place
    except msgspec.DecodeError as error:
        raise Refusal("facts-malformed", Text(f"tidak terbaca: {error}", f"unreadable: {error}"), place=place) from None


def _checked(folder: Path, table: _Table, place: Place) -> FactTable:
    if table.kind not in SHAPES:
        known = ", ".join(SHAPES)
        raise Refusal(
            "facts-kind-unknown",
            Text(f'jenis tabel "{table.kind}" tidak dikenal', f'the kind of table "{table.kind}" is unknown'),
            place=place,
            remedy=Text(f"Yang dikenal: {known}.", f"Known: {known}."),
        )
    return FactTable(table.kind, _found(folder, table.file, place), table.source, table.earlier)


def _found(folder: Path, file: str, place: Place) -> Path:
    path = folder / file
    if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
        raise Refusal(
            "facts-file-missing",
            Text(f"berkas {file} tidak ada", f"the file {file} is missing"),
            place=place,
        )
    return path
