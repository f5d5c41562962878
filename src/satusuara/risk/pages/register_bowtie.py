"""A risk as a bow-tie: threats, preventers, the event, responders, consequences; what is missing stands as a gap."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from satusuara.kernel.i18n import Text
from satusuara.risk import queries
from satusuara.risk.choices import GapKind, Side
from satusuara.risk.models import Barrier
from satusuara.risk.pages.register_place import Here
from satusuara.risk.queries import RiskView


@dataclass(frozen=True, slots=True)
class Slot:
    """One card of the drawing. ``gap``: nothing is there, and the words say what is missing."""

    text: str
    code: str = ""
    owner: str = ""
    when: str = ""
    note: str = ""
    gap: bool = False
    pk: int = 0
    handed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BowTie:
    threats: tuple[Slot, ...]
    preventers: tuple[Slot, ...]
    event: str
    signals: tuple[Slot, ...]
    responders: tuple[Slot, ...]
    consequences: tuple[Slot, ...]
    clock: str
    unconfirmed: bool
    legal: tuple[Slot, ...]
    rates: tuple[Slot, ...]
    precedents: tuple[Slot, ...]


GAP_WORDS = {
    "no_preventer": Text("Belum ada pencegah", "No preventer yet"),
    "no_signal": Text("Belum ada sinyal yang aktif", "No active signal yet"),
    "no_responder": Text("Belum ada penanggung jawab penanganan", "Nobody answers for the response yet"),
    "no_legal_basis": Text("Belum ada dasar hukum", "No legal basis yet"),
}


def draw(here: Here, view: RiskView) -> BowTie:
    """The drawing of one risk, in the language of the page. Two queries."""
    lang, problem = here.lang, view.problem
    rows = list(view.risk.barriers.select_related("register__election").order_by("side", "code"))
    signals = list(view.risk.signals.order_by("detector"))

    def barriers(side: str) -> tuple[Slot, ...]:
        return tuple(_barrier(here, each) for each in sorted(rows, key=_order) if each.side == side)

    def with_gap(found: tuple[Slot, ...], kind: str) -> tuple[Slot, ...]:
        return (*found, Slot(GAP_WORDS[kind].in_(lang), gap=True)) if kind in view.gaps else found

    how = {each.detector or "risk.report": each for each in problem.detections} if problem else {}
    seen = tuple(
        Slot(
            how[each.detector].text.in_(lang) if each.detector in how else _("laporan petugas"),
            each.detector, note=str(each.get_mode_display()),
        )
        for each in signals
    )  # fmt: skip
    legal = tuple(
        Slot(each.text, note="" if each.confirmed else _("perlu dipastikan"))
        for each in (problem.legal if problem else ())
    )
    if view.risk.legal:
        legal = (*legal, Slot(view.risk.legal, note=_("dinyatakan komisi")))
    return BowTie(
        threats=tuple(Slot(each.in_(lang)) for each in (problem.threats if problem else ())),
        preventers=with_gap(barriers(Side.PREVENT), GapKind.NO_PREVENTER),
        event=problem.event.in_(lang) if problem else view.risk.title,
        signals=with_gap(seen, GapKind.NO_SIGNAL),
        responders=with_gap(barriers(Side.RESPOND), GapKind.NO_RESPONDER),
        consequences=tuple(
            Slot(each.text.in_(lang), each.leads_to) for each in (problem.consequences if problem else ())
        ),
        clock=problem.clock.text.in_(lang) if problem else "",
        unconfirmed=bool(problem and not problem.clock.confirmed),
        legal=with_gap(legal, GapKind.NO_LEGAL_BASIS),
        rates=tuple(Slot(each.text.in_(lang), str(each.year)) for each in (problem.rates if problem else ())),
        precedents=tuple(Slot(each.text.in_(lang), str(each.year)) for each in (problem.precedents if problem else ())),
    )


def _order(row: Barrier) -> tuple[str, int, str]:
    number = "".join(c for c in row.code.rpartition(".")[2] if c.isdigit())
    return row.side, int(number or 0), row.code


def _barrier(here: Here, row: Barrier) -> Slot:
    if row.days is None:
        when = ""
    elif row.days == 0:
        when = _("hari H")
    else:
        when = f"H{row.days:+d}".replace("-", "\u2212")
    return Slot(queries.barrier_text(row).in_(here.lang), row.code, here.owner(row.owner_role), when, pk=row.pk)
