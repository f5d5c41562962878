"""A list of forms as it is asked for in an address, and its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from satusuara.areas.models import Area
from satusuara.count.choices import FormStatus
from satusuara.count.models import Form
from satusuara.count.queries import SORTS, FindingView, findings_of
from satusuara.kernel.errors import NotFound
from satusuara.kernel.pages.words import proper
from satusuara.law.model import FormSpec, Law

STATES = (FormStatus.FAILING, FormStatus.INCOMPLETE, FormStatus.EMPTY, FormStatus.CONSISTENT)
"""Statuses in the order in which they want attention."""
FILTERS = (*(state.value for state in STATES), "warning", "in", "complete", "differs")
"""What ``?status=`` may say. "differs" needs to know other sources and is applied by the page."""
TEXT_LIMIT = 80


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list of forms was asked for: ``?sumber=&status=&aturan=&cari=&urut=``. What is unknown is left out."""

    source: str = ""
    status: str = ""
    identity: str = ""
    text: str = ""
    sort: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str], law: Law) -> Asked:
        """From an address; parameters that mean nothing are dropped, not guessed."""
        status, identity, sort = query.get("status", ""), query.get("aturan", ""), query.get("urut", "")
        return cls(
            source=query.get("sumber", "")[:64],
            status=status if status in FILTERS else "",
            identity=identity if _known(law, identity) else "",
            text=" ".join(query.get("cari", "")[:TEXT_LIMIT].split()),
            sort=sort if sort in SORTS else "",
        )

    @property
    def filtered(self) -> bool:
        return bool(self.status or self.identity or self.text)

    @property
    def query(self) -> str:
        """As a query of an address, "" where nothing was asked."""
        named = {
            "sumber": self.source, "status": self.status, "aturan": self.identity, "cari": self.text, "urut": self.sort,
        }  # fmt: skip
        return urlencode({name: value for name, value in named.items() if value})

    def but(self, **changes: str) -> str:
        """The same, with something else, as a query."""
        return replace(self, **changes).query


def _known(law: Law, identity: str) -> bool:
    if identity in {each.rule for each in law.identities}:
        return True
    try:
        law.identity(identity)
    except NotFound:
        return False
    return True


@dataclass(frozen=True, slots=True)
class FormRow:
    """A form in a list: where, how far it can be trusted, what does not hold, and its closing figures."""

    area: Area
    village: str
    district: str
    status: str
    status_label: str
    findings: Sequence[FindingView] = ()
    figures: Sequence[tuple[str, int | None]] = field(default_factory=tuple)  # (label, what is written)

    @property
    def first(self) -> FindingView | None:
        return self.findings[0] if self.findings else None

    @property
    def more(self) -> int:
        return max(0, len(self.findings) - 1)


def form_rows(law: Law, contest: str, forms: Sequence[Form], lang: str) -> list[FormRow]:
    """Rows of forms (of ``queries.forms``). One query for all their findings."""
    findings = findings_of(forms)
    columns = closing_columns(law.form(contest), lang)
    return [_row(form, findings[form.pk], columns) for form in forms]


def _row(form: Form, findings: Sequence[FindingView], columns: Sequence[Closing]) -> FormRow:
    cells = form.version.cells if form.version else {}
    parent = form.area.parent
    above = parent.parent if parent else None
    return FormRow(
        area=form.area,
        village=proper(parent.name) if parent else "",
        district=proper(above.name) if above else "",
        status=form.status,
        status_label=form.get_status_display(),
        findings=findings,
        figures=[(each.label, cells.get(each.column)) for each in columns],
    )


@dataclass(frozen=True, slots=True)
class Closing:
    """A figure that a form adds up to: its column, its place on the form ("V.C") and its name there."""

    column: str
    mark: str
    label: str


def closing_columns(form: FormSpec, lang: str) -> list[Closing]:
    """The figures of the form's last section that is not one of votes."""
    for section in reversed(form.sections):
        if section.fields and not section.choices:
            return [
                Closing(form.columns_of(each)[-1], f"{section.mark}.{each.mark}".strip("."), each.label.in_(lang))
                for each in section.fields
            ]
    return []
