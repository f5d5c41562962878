"""What the pages of areas show, as rows: names as people write them, and links between pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from satusuara.areas import queries
from satusuara.areas.models import Area, AreaLink, District, Election
from satusuara.kernel.i18n import Text
from satusuara.kernel.pages.parts import Crumb
from satusuara.kernel.pages.words import proper
from satusuara.law.model import Law


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area in a list."""

    code: str
    name: str
    href: str
    stations: int | None
    note: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Belonging:
    """The constituency of one contest in which an area lies. ``parts``: (piece, constituency) where it is split."""

    contest: str
    name: Text
    district: str
    href: str
    seats: int | None
    seats_source: str
    parts: tuple[tuple[str, str], ...] = ()
    below: int = 0  # constituencies that lie below it, where it is in none
    seated: bool = True  # whether the contest fills seats at all


def href_of(area: Area) -> str:
    return reverse("areas:area", args=[area.election_id, area.code])


def name_of(law: Law, area: Area) -> str:
    """An area's name as people say it: a station with the word before its number."""
    if area.level == law.station_level:
        return pgettext("station", "TPS %(number)s") % {"number": area.name.removeprefix("TPS ").strip()}
    return proper(area.name)


def way_to(election: Election, law: Law, above: Iterable[Area], last: str) -> list[Crumb]:
    """The steps from the list of elections down to a page."""
    top = Crumb(_("Wilayah"), reverse("areas:index"))
    tree = Crumb(election_name(election), reverse("areas:top", args=[election.code]))
    return [top, tree, *(Crumb(name_of(law, each), href_of(each)) for each in above), Crumb(last)]


def area_row(law: Law, area: Area, lang: str) -> AreaRow:
    """An area as a list shows it: name, stations, note, and what is special about it."""
    marks = []
    if area.special:
        marks.append(_("lokasi khusus"))
    if area.abroad:
        marks.append(_("luar negeri"))
    return AreaRow(area.code, name_of(law, area), href_of(area), area.stations, note_of(area, lang), tuple(marks))


def election_name(election: Election) -> str:
    """ "Pemilu 2024" in the language of the page, as people say it; the code is for addresses."""
    return Text(election.name_id, election.name_en or election.name_id).in_(get_language() or "id")


def source_of(link: AreaLink) -> str:
    """Where a link comes from. A derived one says its rule in both languages, " / " between them: one is shown."""
    indonesian, _between, english = link.source.partition(" / ")
    return Text(indonesian, english or indonesian).in_(get_language() or "id")


def note_of(area: Area, lang: str) -> str:
    """The note in a language; the Indonesian one where there is no English."""
    return (area.note_en if lang.startswith("en") else "") or area.note


def belongings(law: Law, area: Area) -> list[Belonging]:
    """Every contest of the law and in which constituency the area lies, in the law's order."""
    found = queries.memberships(area)
    held = dict(queries.contests_with_districts(area.election_id))
    rows = []
    for contest in law.contests:
        listing = reverse("areas:districts", args=[area.election_id, contest.code])
        name = contest.name
        if contest.code in found:
            rows.append(_belonging(contest.code, name, listing, found[contest.code]))
        elif contest.district_level == "district":
            if contest.code in held:
                below = queries.districts_below(area, contest.code).count()
                rows.append(Belonging(contest.code, name, "", f"{listing}?wilayah={area.code}", None, "", below=below))
        else:
            seated = contest.seats not in {"", "majority"}
            place = _whole_of(law, area, contest.district_level)
            rows.append(Belonging(contest.code, name, place, "", None, "", seated=seated))
    return rows


def _belonging(contest: str, name: Text, listing: str, found: queries.Membership) -> Belonging:
    districts = found.districts
    if len(districts) == 1 and found.whole:
        only: District = districts[0]
        return Belonging(
            contest, name, only.name, f"{listing}?cari={only.code}", only.seats, only.seats_source
        )  # fmt: skip
    parts = tuple((proper(each.part or each.name), proper(each.district.name)) for each in found.members)
    return Belonging(contest, name, "", f"{listing}?wilayah={found.members[0].area_code}", None, "", parts=parts)


def _whole_of(law: Law, area: Area, level: str) -> str:
    """The area whose voters get one ballot: the one of that level above, or the whole election."""
    if not level:
        return _("seluruh wilayah pemilu")
    above = [*queries.ancestors(area), area]
    return next((name_of(law, each) for each in above if each.level == level), "")
