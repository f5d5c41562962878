"""What the public page of an area shows, gathered from the count with nobody's rights but everybody's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from satusuara.areas.models import Area, Election
from satusuara.count.choices import FormStatus, SourceKind
from satusuara.count.models import AreaSummary, Form, Source
from satusuara.count.pages.beside import Voice, status_of, voices_of
from satusuara.count.pages.sheet import choice_lines, line_name
from satusuara.count.queries import ChildRow
from satusuara.kernel.pages.parts import Crumb, Piece
from satusuara.kernel.pages.words import number, proper
from satusuara.law.model import Law
from satusuara.people.rules import WHOLE_TREE

PARTY_TOTAL = "T"
_COUNTS = ("expected", "forms", "consistent", "incomplete", "empty", "failing", "warnings")
BEST_FIRST = (FormStatus.CONSISTENT, FormStatus.INCOMPLETE, FormStatus.FAILING, FormStatus.EMPTY)


@dataclass(frozen=True, slots=True)
class VoteLine:
    """Votes for one choice: ``votes`` None where no form wrote it, ``given`` how many forms did."""

    column: str
    number: str
    name: str
    votes: int | None
    given: int = 0
    changed: bool = False  # against an older version of the same form

    @property
    def short(self) -> str:
        """Where there is no room for the name."""
        return self.number.zfill(2)


@dataclass(frozen=True, slots=True)
class Votes:
    """The votes of one source at one place, in the order of the ballot; ``total`` is what the shares are of."""

    lines: tuple[VoteLine, ...]
    total: int

    @property
    def empty(self) -> bool:
        return all(line.votes is None for line in self.lines)


@dataclass(frozen=True, slots=True)
class Child:
    """A row of the table of areas below."""

    area: Area
    name: str
    href: str
    status: str
    label: str
    figures: tuple[int | None, ...]
    total: int | None
    forms: int = 0
    expected: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def pieces(self) -> list[Piece]:
        """The forms below by status, for a bar as long as what there should be."""
        return [Piece(status.value, str(status.label), self.counts.get(status.value, 0)) for status in BEST_FIRST]

    @property
    def filled(self) -> int:
        """Forms that show at least one vote."""
        return self.forms - self.counts.get(FormStatus.EMPTY, 0)

    @property
    def consistent(self) -> int:
        return self.counts.get(FormStatus.CONSISTENT, 0)

    @property
    def failing(self) -> int:
        return self.counts.get(FormStatus.FAILING, 0)


def choose(sources: Sequence[Source], name: str, here: Mapping[int, object]) -> Source:
    """The source that an address names, else the most official one that says anything at the place."""
    order = (SourceKind.RECAP, SourceKind.FORM, SourceKind.OFFICIAL_WEB, SourceKind.VOLUNTEERS)
    named = next((one for one in sources if one.name == name), None)
    speaking = [one for one in sources if one.pk in here] or list(sources)
    return named or min(speaking, key=lambda one: order.index(SourceKind(one.kind)))


def votes_of(law: Law, contest: str, voice: Voice | None, lang: str) -> Votes:
    """Votes by choice. Of a party list only the parties' totals: candidates stand on the form."""
    figures = dict(voice.figures) if voice else {}
    spec = law.contest(contest)
    lines = []
    for column, (party, candidate) in choice_lines(law, spec, figures):
        if party and candidate != PARTY_TOTAL:
            continue
        given = (1 if voice.own else voice.given.get(column, 0)) if voice else 0
        name = line_name(law, contest, (party, candidate), lang)
        lines.append(VoteLine(column, party or candidate, name, figures.get(column), given))
    return Votes(tuple(lines), sum(line.votes or 0 for line in lines))


def pieces_of(summary: AreaSummary | None, source: Source, law: Law, href: str) -> list[Piece]:
    """Forms by status, best first, and those that have not come in; each leads to the list of those."""
    if summary is None:
        return []
    if source.level != law.station_level:
        missing = max(0, summary.expected - summary.forms)
        return [Piece("good", _("sudah direkapitulasi"), summary.forms), Piece("missing", _("belum masuk"), missing)]
    counts = [(status, getattr(summary, status.value)) for status in BEST_FIRST]
    found = [Piece(status.value, str(status.label), count, f"{href}&status={status.value}") for status, count in counts]
    missing = max(0, summary.expected - summary.forms)
    return [*found, Piece("missing", _("belum masuk"), missing)] if missing else found


def sure_of(law: Law, summary: AreaSummary | None, source: Source, lang: str) -> tuple[int, str] | None:
    """How sure the figures of an area are: the one number that says most, and the words after it.

    Of stations' forms: how many hold together of all there should be. Of a recapitulation, whose rows the arithmetic of
    a form does not judge: how many areas it covers.
    """
    if summary is None:
        return None
    expected = number(summary.expected, lang)
    if source.level == law.station_level:
        words = _("dari %(all)s formulir cocok seluruhnya") % {"all": expected}
        return summary.consistent, words
    level = law.level(source.level).name.in_(lang)
    return summary.forms, _("dari %(all)s %(level)s sudah direkapitulasi") % {"all": expected, "level": level.lower()}


def children_of(rows: Sequence[ChildRow], source: Source, law: Law, columns: Sequence[str], href: str) -> list[Child]:
    """Rows of the table below, of one source. ``href`` with ``{code}`` leads to an area's page."""
    found = []
    for row in rows:
        summary, form = row.summaries.get(source.pk), row.forms.get(source.pk)
        if form is not None:
            cells = form.version.cells if form.version else {}
            counts = {form.status: 1}
            figures = tuple(cells.get(column) for column in columns)
            status, forms, expected = form.status, 1, 1
        elif summary is not None:
            counts = {status.value: getattr(summary, status.value) for status in FormStatus}
            figures = tuple(summary.sums.get(c) if summary.given.get(c) else None for c in columns)
            status, forms, expected = status_of(summary), summary.forms, summary.expected
        else:
            counts, figures, status, forms, expected = {}, (None,) * len(columns), "missing", 0, row.area.stations or 0
        written = [figure for figure in figures if figure is not None]
        found.append(
            Child(
                row.area,
                name_of(law, row.area),
                href.replace("{code}", row.area.code),
                status,
                label_of(status),
                figures,
                sum(written) if written else None,
                forms,
                expected,
                counts,
            )
        )
    return found


def meaning_of(status: str) -> str:
    """What a status says and what it does not, in a sentence."""
    return {
        FormStatus.CONSISTENT.value: _("Semua sel terisi dan semua hitungan dalam formulir ini cocok."),
        FormStatus.INCOMPLETE.value: _("Sebagian sel tidak ada pada sumber; yang ada tidak bertentangan."),
        FormStatus.FAILING.value: _("Sedikitnya satu hitungan tidak cocok. Kertasnya perlu diperiksa."),
        FormStatus.EMPTY.value: _("Sumber mencantumkan formulir ini tanpa satu angka suara pun."),
    }.get(status, _("Formulir ini belum masuk pada sumber."))


def label_of(status: str) -> str:
    return str(FormStatus(status).label) if status in FormStatus.values else _("belum masuk")


def sort_children(rows: list[Child], sort: str, columns: Sequence[str]) -> list[Child]:
    """By ``?urut=``: area, status, total, forms, or a choice's column; a blank comes last either way."""
    name, down = sort.removeprefix("-"), sort.startswith("-")
    order = [status.value for status in FormStatus]

    def key(row: Child) -> int | None:
        if name == "status":
            return order.index(row.status) if row.status in order else len(order)
        if name == "total":
            return row.total
        if name == "forms":
            return row.filled
        if name in {"failing", "consistent"}:
            return row.counts.get(name, 0)
        return row.figures[columns.index(name)] if name in columns else None

    if name == "area" or (name not in {"status", "total", "forms", "failing", "consistent"} and name not in columns):
        return sorted(rows, key=lambda row: row.area.code, reverse=name == "area" and down)
    known = sorted((row for row in rows if key(row) is not None), key=lambda row: key(row) or 0, reverse=down)
    return [*known, *(row for row in rows if key(row) is None)]


def filter_children(rows: list[Child], text: str, status: str) -> list[Child]:
    """By ``?cari=`` (every word in name or code) and ``?status=`` (areas with a form of that status)."""
    words = text.casefold().split()
    found = [row for row in rows if all(word in f"{row.name} {row.area.code}".casefold() for word in words)]
    if status in FormStatus.values:
        found = [row for row in found if row.counts.get(status)]
    return found


def name_of(law: Law, area: Area) -> str:
    """An area's name as people say it: a station with the word before its number."""
    if area.level == law.station_level:
        return pgettext("station", "TPS %(number)s") % {"number": area.name.removeprefix("TPS ").strip()}
    return proper(area.name)


def whole_of(law: Law, election: Election, lang: str) -> Area | None:
    """The nation as a place above all provinces: it has no row of its own, only what its parts add up to."""
    if law.whole is None:
        return None
    name = law.whole.name.in_(lang)
    return Area(election=election, code=law.whole.code, level=law.whole.level, name=name, path=WHOLE_TREE, source="")


def whole_summaries(law: Law, sources: Sequence[Source], parts: Sequence[ChildRow], whole: Area) -> list[AreaSummary]:
    """What each source holds in all parts together; stations of unknown parts are expected all the same."""
    found = []
    for source in sources:
        zeros = dict.fromkeys(_COUNTS, 0)
        total = AreaSummary(source=source, area=whole, sums={}, given={}, **zeros)
        for row in parts:
            part = row.summaries.get(source.pk)
            if part is not None:
                _add(total, part)
            elif source.level == law.station_level:
                total.expected += row.area.stations or 0
        found.append(total)
    return [total for total in found if total.forms]


def _add(total: AreaSummary, part: AreaSummary) -> None:
    for name in _COUNTS:
        setattr(total, name, getattr(total, name) + getattr(part, name))
    for into, more in ((total.sums, part.sums), (total.given, part.given)):
        for column, value in more.items():
            into[column] = into.get(column, 0) + value


def way_to(law: Law, area: Area, contest: str, lang: str) -> list[Crumb]:
    """The areas from the top down to this one, each a link to its own page."""
    chain: list[Area] = []
    at: Area | None = area
    while at is not None:
        chain.append(at)
        at = at.parent
    chain.reverse()
    crumbs = [Crumb(law.whole.name.in_(lang), _page(area, contest, law.whole.code))] if law.whole else []
    if law.whole and area.code == law.whole.code:
        return [Crumb(area.name)]
    crumbs += [Crumb(name_of(law, one), _page(one, contest, one.code)) for one in chain[:-1]]
    return [*crumbs, Crumb(name_of(law, area))]


def _page(area: Area, contest: str, code: str) -> str:
    return reverse("web:results", args=[area.election_id, contest, code])


def home_area(election: Election, contest: str) -> Area | None:
    """The lowest area that holds all that has come in: where somebody who names no place begins."""
    rows = AreaSummary.objects.filter(source__election=election, source__contest=contest)
    first = rows.order_by("-forms").values_list("forms", flat=True).first()
    if not first:
        return None
    tops = Area.objects.filter(summaries__in=rows.filter(forms=first)).select_related("parent").distinct()
    return max(tops, key=lambda area: (area.path.count("/"), area.code), default=None)


def voices_at(
    sources: Sequence[Source], summaries: Sequence[AreaSummary], forms: Mapping[int, Form], lang: str
) -> tuple[Voice, ...]:
    return voices_of(sources, {one.source_id: one for one in summaries}, forms, lang)
