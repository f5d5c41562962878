"""Rows of the grid. A regency has twelve thousand cells: they are written here, not by a template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from satusuara.areas.models import Area
from satusuara.kernel.pages.words import proper
from satusuara.risk.pages.readiness_place import Here
from satusuara.risk.pages.readiness_words import SHOWN, WANTS, readings, short_words
from satusuara.risk.queries import Grid, StationReadiness

STANDS = frozenset({"done", "verified", "waived"})


def station_rows(
    here: Here,
    grid: Grid,
    rows: Sequence[StationReadiness],
    said_not: Set[int],
    names: Mapping[int, str],
    *,
    links: bool,
) -> SafeString:
    """``<tr>`` by ``<tr>``. Everything but names and words of the catalogue is made here; those are escaped.

    ``links``: each cell leads to its gate; without, only the station does (a regency's twelve thousand links would
    be no help by keyboard).
    """
    letters = [gate.letter for _barrier, gate in grid.gates]
    prefix = here.href("readiness:area", "-").removesuffix("-/")
    word = {code: str(escape(said)) for code, said in short_words().items()}
    plain = {
        (letter, code): f'<td class="g g-{code}"><span><b>{letter}</b>{said}</span></td>'
        for letter in letters
        for code, said in word.items()
    }
    linked = {
        (letter, code): (
            f'<td class="g g-{code}"><a href="{prefix}', f'/{letter}/"><b>{letter}</b>{said}</a></td>',
        )
        for letter in letters
        for code, said in word.items()
    }  # fmt: skip
    villages = {name: str(escape(proper(name))) for name in {row.area.village for row in rows}}
    made = []
    for row in rows:
        code = str(escape(row.area.code))
        cells = zip(letters, readings(row, said_not), strict=True)
        if links:
            drawn = "".join(f"{linked[each][0]}{code}{linked[each][1]}" for each in cells)
        else:
            drawn = "".join([plain[each] for each in cells])
        made.append(
            f'<tr data-row="{code}"><th scope="row"><a href="{prefix}{code}/">{escape(names[row.area.pk])}</a>'
            f"<small>{villages[row.area.village]}</small></th>{drawn}"
            f'<td class="num g-sum"><span>{row.stand}/{row.should}</span></td></tr>'
        )
    return mark_safe("\n".join(made))  # noqa: S308 (every value in it is escaped above)


@dataclass(frozen=True, slots=True)
class GateCount:
    """One gate in an area: how many stations it stands at, and the worst that is said of it."""

    letter: str
    stand: int
    of: int
    worst: str  # the reading that most wants hands; "" where nothing does
    wants: int  # stations where it does
    href: str
    said: str


@dataclass(frozen=True, slots=True)
class AreaLine:
    code: str
    name: str
    href: str
    stations: int
    gates: Sequence[GateCount]
    stand: int
    should: int


def area_lines(
    here: Here, grid: Grid, cells: Sequence[Sequence[str]], children: Sequence[Area], parent: Mapping[int, str]
) -> list[AreaLine]:
    """One line an area below: its stations' gates counted. ``parent``: code of the area of each station."""
    tally: dict[str, list[dict[str, int]]] = {each.code: [{} for _gate in grid.gates] for each in children}
    sums = {each.code: [0, 0, 0] for each in children}
    for station, own in zip(grid.stations, cells, strict=True):
        code = parent[station.area.pk]
        for at, cell in enumerate(own):
            tally[code][at][cell] = tally[code][at].get(cell, 0) + 1
        total = sums[code]
        total[0], total[1], total[2] = total[0] + 1, total[1] + station.stand, total[2] + station.should
    return [
        AreaLine(
            child.code,
            here.name_of(child),
            here.href(code=child.code),
            sums[child.code][0],
            [
                _count(here, child, gate.letter, seen)
                for (_barrier, gate), seen in zip(grid.gates, tally[child.code], strict=True)
            ],
            sums[child.code][1],
            sums[child.code][2],
        )
        for child in children
    ]


def _count(here: Here, child: Area, letter: str, seen: Mapping[str, int]) -> GateCount:
    worst = next((code for code in WANTS if seen.get(code)), "")
    wants = seen.get(worst, 0)
    said = _("%(n)d %(word)s") % {"n": wants, "word": short_words()[worst]} if worst else ""
    query = f"?butir={letter}&keadaan={worst}" if worst else f"?butir={letter}"
    stand = sum(count for code, count in seen.items() if code in STANDS)
    return GateCount(
        letter, stand, sum(seen.get(code, 0) for code in SHOWN), worst, wants, here.href(code=child.code) + query, said
    )
