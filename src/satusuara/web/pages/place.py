"""The place that a public address names, and who says what about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language

from satusuara import law as laws
from satusuara.areas.models import Area
from satusuara.count import queries
from satusuara.count.models import AreaSummary, Form, Source
from satusuara.count.pages.beside import Beside, Voice, side_by_side
from satusuara.kernel.errors import NotFound
from satusuara.kernel.i18n import Text
from satusuara.law.model import Law
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from satusuara.web.pages import public


def lang() -> str:
    return get_language() or "id"


@dataclass(frozen=True, slots=True)
class Here:
    """The place that an address names, and who says what about it."""

    law: Law
    area: Area
    contest: str
    sources: Sequence[Source]
    source: Source
    summaries: dict[int, AreaSummary]
    forms: dict[int, Form]
    voices: tuple[Voice, ...]

    @property
    def is_station(self) -> bool:
        return self.area.level == self.law.station_level

    @property
    def judged(self) -> bool:
        """Whether the arithmetic of a form says something about this source: rows of a recapitulation have none."""
        return self.source.level == self.law.station_level

    @property
    def zone(self) -> tuple[str, str]:
        """(IANA zone, label) of the area; that of the instance where it lies in several."""
        try:
            return self.law.zone_of(self.area.code)
        except NotFound:
            return settings.TIME_ZONE, self.law.time_zone_labels.get(settings.TIME_ZONE, settings.TIME_ZONE)

    @property
    def votes(self) -> public.Votes:
        return public.votes_of(self.law, self.contest, self.voice, lang())

    @property
    def beside(self) -> Beside | None:
        """What every source says here; of an area the choices only, of a station all of its form."""
        if len(self.voices) < 2:
            return None
        every = side_by_side(self.law, self.contest, self.voices, lang())
        return every if self.is_station else Beside(every.voices, tuple(one for one in every.lines if one.choice))

    @property
    def compared(self) -> bool:
        """Whether every line of votes stands complete in at least two sources."""
        lines = self.beside.lines if self.beside else ()
        choices = [line.column for line in lines if line.choice]
        return all(sum(v.comparable(column) is not None for v in self.voices) > 1 for column in choices)

    @property
    def voice(self) -> Voice | None:
        return next((voice for voice in self.voices if voice.source.pk == self.source.pk), None)


def find(election: str, contest: str, area_code: str, source: str) -> Here:
    """:raises NotFound: ``no-results`` for an area, a contest or an election without figures"""
    scope = Scope.public()
    area = (
        Area.objects.filter(election=election, code=area_code)
        .select_related("election", "parent__parent__parent__parent")
        .first()
    )
    sources = list(queries.sources(scope, election, contest))
    if area is None and sources:
        law = laws.load_law(sources[0].election.law)
        whole = public.whole_of(law, sources[0].election, lang())
        if whole is not None and whole.code == area_code:
            return _whole(law, whole, sources, contest, source)
    if area is None or not sources:
        raise NotFound(
            "no-results",
            Text("Belum ada hasil di alamat ini", "There are no results at this address"),
            remedy=Text("Cari wilayahnya menurut nama.", "Look the area up by its name."),
        )
    summaries = {one.source_id: one for one in queries.summaries(scope, area, contest)}
    forms = queries.forms_at(scope, area, contest, right=Right.PUBLIC)
    chosen = public.choose(sources, source, {**summaries, **forms})
    voices = public.voices_at(sources, list(summaries.values()), forms, lang())
    return Here(laws.load_law(area.election.law), area, contest, sources, chosen, summaries, forms, voices)


def _whole(law: Law, area: Area, sources: Sequence[Source], contest: str, source: str) -> Here:
    """The nation: what its parts add up to."""
    rows = queries.children(Scope.public(), area, contest, level=law.levels[0].code)
    summaries = {one.source_id: one for one in public.whole_summaries(law, sources, rows, area)}
    chosen = public.choose(sources, source, summaries)
    voices = public.voices_at(sources, list(summaries.values()), {}, lang())
    return Here(law, area, contest, sources, chosen, summaries, {}, voices)
