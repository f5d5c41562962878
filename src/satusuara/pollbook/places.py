"""Areas as the entitlement rule asks for them, and the table of ballots by origin that a station's packet carries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from satusuara import law as laws
from satusuara.areas import queries as areas
from satusuara.areas.models import Area, DistrictArea
from satusuara.kernel.i18n import Text
from satusuara.law.model import Law
from satusuara.pollbook.rules.entitlement import DistrictRef, Entitlement, Locality, entitlement
from satusuara.pollbook.rules.packets import OriginRule

ELSEWHERE = "-"  # a code that no area has: any place outside


def locality(area: Area) -> Locality:
    """One area with those above it."""
    return localities([area])[area.pk]


def localities(of: Iterable[Area]) -> dict[int, Locality]:
    """{pk: locality} of areas of one election, in two queries."""
    wanted = list(of)
    if not wanted:
        return {}
    election = wanted[0].election_id
    codes = {code for area in wanted for code in areas.codes_of(area)}
    above = {area.code: area for area in Area.objects.filter(election=election, code__in=codes)}
    members: dict[str, dict[str, set[DistrictRef]]] = defaultdict(lambda: defaultdict(set))
    rows = DistrictArea.objects.filter(district__election=election, area_code__in=codes).select_related("district")
    for row in rows:
        ref = DistrictRef(row.district.code, row.district.name, row.part)
        members[row.area_code][row.district.contest].add(ref)
    return {area.pk: _locality(area, above, members) for area in wanted}


def _locality(area: Area, above: dict[str, Area], members: dict[str, dict[str, set[DistrictRef]]]) -> Locality:
    codes = [code for code in areas.codes_of(area) if code in above]
    districts: dict[str, tuple[DistrictRef, ...]] = {}
    for code in codes:  # the nearest area that has a membership decides
        for contest, refs in members.get(code, {}).items():
            districts[contest] = tuple(sorted(refs))
    return Locality(
        {above[code].level: code for code in codes}, {above[code].level: above[code].name for code in codes}, districts
    )


def ballots_of(*, law: Law, station: Area, origin: Area) -> Entitlement:
    """The ballots of a moved voter of ``origin`` at ``station``."""
    found = localities([station, origin])
    return entitlement(law, moved=True, here=found[station.pk], origin=found[origin.pk])


def origin_rules(station: Area) -> Iterator[OriginRule]:
    """Ballots by origin for one station: its own sub-district and each beside it, regencies of the province, elsewhere.

    An area that splits over districts is told by its parts, one level down; what is open there too is asked.
    """
    law = laws.load_law(station.election.law)
    here = locality(station)
    levels = [level.code for level in law.levels]
    chain = [Area.objects.get(election=station.election_id, code=code) for code in here.codes.values()][:-1]
    outside = Locality({levels[0]: ELSEWHERE}, {levels[0]: law.levels[0].name.id.lower() + " lain"}, {})
    found = entitlement(law, moved=True, here=here, origin=outside)
    yield _rule("", found, law)
    for area in chain[:-1]:
        beside = list(areas.children(area))
        known = localities(beside)
        for child in beside:
            yield from _rules_of(child, known[child.pk], here, law, down=child.code not in here.codes.values())


def _rules_of(area: Area, origin: Locality, here: Locality, law: Law, *, down: bool) -> Iterator[OriginRule]:
    found = entitlement(law, moved=True, here=here, origin=origin)
    yield _rule(area.code, found, law)
    if not found.certain and down:
        below = list(areas.children(area))
        known = localities(below)
        for child in below:
            inner = entitlement(law, moved=True, here=here, origin=known[child.pk])
            yield _rule(child.code, inner, law)


def _rule(code: str, found: Entitlement, _law: Law) -> OriginRule:
    text: Text = found.sentence
    return OriginRule(code, found.mask if found.certain else None, text.id, text.en)
