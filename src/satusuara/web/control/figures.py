"""The figures at the top: each says how sure it is and leads to the forms it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from satusuara.count.choices import FormStatus
from satusuara.count.models import AreaSummary
from satusuara.count.pages.listing import STATES
from satusuara.kernel.pages import words
from satusuara.kernel.pages.parts import Piece
from satusuara.recap.models import ComparedArea
from satusuara.recap.pages.differing import counted
from satusuara.web.control.place import Place, title_of


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure, of how many, and where the things it counts are listed. ``value`` None: not known."""

    code: str
    label: str
    value: int | None
    note: str
    href: str = ""


def tiles(place: Place, summaries: Mapping[int, AreaSummary], comparisons: Sequence[ComparedArea]) -> list[Tile]:
    """Forms in, complete, failing, and differing between sources, of the source that is looked at."""
    source = place.source
    summary = summaries.get(source.pk) if source else None
    if source is None or summary is None:
        return []
    lang = place.lang
    forms_in = summary.forms - summary.empty

    def listed(status: str) -> str:
        return place.href(place.area.code, "formulir/", sumber=place.chosen, status=status)

    def of_all(part: int, whole: int) -> str:
        return _("%(share)s dari %(whole)s") % {
            "share": words.share(part, whole, lang), "whole": words.number(whole, lang),
        }  # fmt: skip

    return [
        Tile("in", _("Formulir masuk"), forms_in, of_all(forms_in, summary.expected), listed("in")),
        Tile("complete", _("Terisi lengkap"), summary.complete, of_all(summary.complete, forms_in), listed("complete")),
        Tile("failing", _("Tidak cocok"), summary.failing, _failing(summary, lang), listed("failing")),
        _differing(place, comparisons),
    ]


def _failing(summary: AreaSummary, lang: str) -> str:
    return _("%(checks)s hitungan tidak cocok") % {"checks": words.number(summary.failures, lang)}


def _differing(place: Place, comparisons: Sequence[ComparedArea]) -> Tile:
    """Where the source differs from another of its level; in the note, from one of another level."""
    label, href = _("Berbeda antarsumber"), place.href(place.area.code, "selisih/")
    source = place.source
    ours = [row for row in comparisons if source and source.pk in (row.a_id, row.b_id)]
    if not ours:
        return Tile("differs", label, None, _("belum ada sumber lain untuk dibandingkan"))
    same = [row for row in ours if row.a.level == row.b.level]
    found = counted(same or ours)
    level = place.level_name((same or ours)[0].level)
    notes = [
        _("dari %(compared)s %(level)s yang dapat dibandingkan")
        % {"compared": words.number(found.compared, place.lang), "level": level}
    ]
    notes += [_other_level(place, row) for row in ours if same and row not in same]
    return Tile("differs", label, found.differ, " · ".join(notes), href)


def _other_level(place: Place, row: ComparedArea) -> str:
    other = row.b if place.source and row.a_id == place.source.pk else row.a
    return _("%(count)s %(level)s berbeda dengan %(source)s") % {
        "count": words.number(row.net_zero + row.net_nonzero, place.lang),
        "level": place.level_name(row.level),
        "source": title_of(other, place.lang),
    }


def status_bar(place: Place, summary: AreaSummary | None) -> list[Piece]:
    """Forms by status, worst first, each part a link to its forms."""
    if summary is None:
        return []
    counts = {
        FormStatus.FAILING: summary.failing,
        FormStatus.INCOMPLETE: summary.incomplete,
        FormStatus.EMPTY: summary.empty,
        FormStatus.CONSISTENT: summary.consistent,
    }
    return [
        Piece(
            state.value,
            str(state.label),
            counts[state],
            place.href(place.area.code, "formulir/", sumber=place.chosen, status=state.value),
        )
        for state in STATES
    ]
