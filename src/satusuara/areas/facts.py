"""The facts that a law folder carries: ``<law>/facts/facts.toml`` says which tables there are and who says them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from satusuara.areas.tables import SHAPES
from satusuara.kernel.errors import Place, Refusal
from satusuara.kernel.i18n import Text
from satusuara.law.loader import folder_of

_NAME = "facts.toml"


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: str
    file: str
    source: str
    earlier: str = ""


class _Facts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tables: tuple[_Table, ...] = ()


@dataclass(frozen=True, slots=True)
class FactTable:
    """One table. ``earlier``: of links, the election they start from."""

    kind: str
    path: Path
    source: str
    earlier: str = ""


def read_facts(law: str) -> list[FactTable]:
    """The tables of a law folder in the order of their listing; none where it has no facts.

    :raises NotFound: ``law-unknown``
    :raises Refusal: ``facts-malformed``, ``facts-kind-unknown`` or ``facts-file-missing``
    """
    folder = folder_of(law) / "facts"
    contents = folder / _NAME
    if not contents.is_file():
        return []
    place = Place(file=f"{law}/facts/{_NAME}")
    try:
        facts = msgspec.toml.decode(contents.read_bytes(), type=_Facts)
    except msgspec.DecodeError as error:
        raise Refusal("facts-malformed", Text(f"tidak terbaca: {error}", f"unreadable: {error}"), place=place) from None
    return [_checked(folder, table, place) for table in facts.tables]


def _checked(folder: Path, table: _Table, place: Place) -> FactTable:
    if table.kind not in SHAPES:
        known = ", ".join(SHAPES)
        raise Refusal(
            "facts-kind-unknown",
            Text(f'jenis tabel "{table.kind}" tidak dikenal', f'the kind of table "{table.kind}" is unknown'),
            place=place,
            remedy=Text(f"Yang dikenal: {known}.", f"Known: {known}."),
        )
    path = folder / table.file
    if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
        raise Refusal(
            "facts-file-missing",
            Text(f"berkas {table.file} tidak ada", f"the file {table.file} is missing"),
            place=place,
        )
    return FactTable(table.kind, path, table.source, table.earlier)
