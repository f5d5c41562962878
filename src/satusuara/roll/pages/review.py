"""Two lines before a person: beside each other, what differs lit; first his verdict, then what the machine made of it.

Nothing is deleted here. "Same" by two people strikes one line, "different" closes the pair, "unsure" tells both
stations.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from satusuara.areas.models import Area
from satusuara.kernel.errors import NotFound, Refusal
from satusuara.kernel.i18n import Text
from satusuara.kernel.pages.words import day, share
from satusuara.people.choices import Right
from satusuara.people.pages.door import scope_for
from satusuara.roll import actions, queries, queries_tree
from satusuara.roll.choices import PairState, Verdict, VoterState
from satusuara.roll.forms import ReviewForm
from satusuara.roll.models import Pair, Review, Voter
from satusuara.roll.pages.duplicates import share_said
from satusuara.roll.pages.place import Place, here, place_of
from satusuara.roll.queries_checks import NAMES
from satusuara.roll.rules import flags
from satusuara.roll.rules.sidebyside import Lit, Piece, lit, lit_numbers
from satusuara.roll.vault import Vault, vault

_SCALE = 30_000  # thousandths of a bit that fill half the width of a bar
_WIDE = 200


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of both lines."""

    label: str
    a: Lit
    b: Lit

    @property
    def state(self) -> str:
        if not self.a or not self.b:
            return "none"
        return "differs" if any(piece.differs for piece in (*self.a, *self.b)) else "equal"


@dataclass(frozen=True, slots=True)
class Bar:
    """One piece of evidence: in words, its bits, and where its bar stands on 0 … 400."""

    words: str
    bits: str
    x: int
    width: int
    tone: str


@require_http_methods(["GET", "POST"])
@login_required
def queue(request: HttpRequest, election: str, area_code: str) -> HttpResponse:
    """GET: takes a batch in hand and opens its first pair; says so where none waits. POST: gives the batch back."""
    place = place_of(request, election, area_code, right=Right.ROLL_MANAGE)
    if request.method == "POST":
        actions.release_batch(scope=place.scope, area=place.area)
        messages.success(request, _("Pasangan dikembalikan ke antrean."))
        return redirect(place.href("duplicates"))
    batch = actions.take_batch(scope=place.scope, area=place.area, at=timezone.now())
    if batch:
        return redirect("roll:pair", batch[0].pk)
    held = queries.waiting_pairs(place.scope, place.area).filter(held_until__gt=timezone.now()).count()
    return render(request, "roll/queue_empty.html", place.context() | {"held": held})


def _pair(request: HttpRequest, number: int) -> tuple[Pair, Place]:
    scope = scope_for(request)
    rows = Pair.objects.filter(pk=number).select_related("a__area__parent", "b__area__parent", "run", "area")
    pair = scope.filter(rows, Right.ROLL_MANAGE).first()
    if pair is None:
        raise NotFound("no-pair", Text("Pasangan itu tidak ada", "There is no such pair"))
    area = Area.objects.select_related("election", "parent__parent__parent__parent").get(pk=pair.area_id)
    return pair, here(scope, area)


@require_http_methods(["GET", "POST"])
@login_required
def pair(request: HttpRequest, number: int) -> HttpResponse:
    """GET: the pair; without score or reasons until one has decided. POST: a verdict; on to the next pair."""
    row, place = _pair(request, number)
    said = list(queries.reviews(row))
    mine = next((each for each in said if each.by == place.scope.name and not each.undone), None)
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        try:
            actions.review_pair(
                scope=place.scope, pair=row, verdict=form.cleaned_data["verdict"], reason=_reason(form),
                keep=_kept(row, form.cleaned_data["keep"]), at=timezone.now(),
            )  # fmt: skip
        except Refusal as refusal:
            form.add_error(None, refusal.in_(place.lang))
        else:
            return _on(place, row)
    batch = _batch(place)
    context = place.context() | {
        "pair": row,
        "state": PairState(row.state),
        "cells": cells(place, row.a, row.b),
        "sides": [_side(place, "a", row.a, row.b), _side(place, "b", row.b, row.a)],
        "badges": _badges(row, place.lang),
        "form": form,
        "mine": mine,
        "settled": row.state in (PairState.STRUCK, PairState.DIFFERENT),
        "said": [(each, Verdict(each.verdict)) for each in said] if mine else [],
        "others": sum(not each.undone for each in said) if not mine else 0,
        "bars": _bars(place, row) if mine else [],
        "share": share_said(queries_tree.band_of(queries_tree.measured(place.scope, place.area), row.score))
        if mine
        else "",
        "probability": share(row.score, 1_000_000, place.lang) if mine else "",
        "cluster": _cluster(place, row),
        "walk": _walk(batch, row.pk),
        "last": _last(place, request.GET.get("tadi", "")),
        "held_by_other": row.held_by not in ("", place.scope.name)
        and row.held_until
        and row.held_until > timezone.now(),
        "queue_href": place.href("queue"),
    }
    return render(request, "roll/pair.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest) -> ReviewForm:
    bases = [
        ("documents", _("KTP-el dan KK diperiksa")), ("visit", _("kunjungan ke rumah")),
        ("neighbours", _("keterangan RT/RW atau kepala dusun")), ("registry", _("data kependudukan")),
        ("list", _("dari isi daftar saja")), ("other", _("lainnya")),
    ]  # fmt: skip
    return ReviewForm(request.POST or None, keeps=[("a", _("baris A")), ("b", _("baris B"))], bases=bases)


def _reason(form: ReviewForm) -> str:
    basis = dict(form.fields["basis"].choices)[form.cleaned_data["basis"]]  # type: ignore[attr-defined]
    note = form.cleaned_data["note"].strip()
    return f"{basis}: {note}" if note else str(basis)


def _kept(row: Pair, keep: str) -> Voter | None:
    return {"a": row.a, "b": row.b}.get(keep)


def _on(place: Place, row: Pair) -> HttpResponse:
    """The next pair of the batch in hand, or the queue; what was just decided is told there, with its undoing."""
    rest = [pk for pk in _batch(place) if pk != row.pk]
    address = reverse("roll:pair", args=[rest[0] if rest else row.pk])
    return redirect(f"{address}?tadi={row.pk}" if rest else address)


def _batch(place: Place) -> list[int]:
    """The pairs that this reviewer has in hand and has not decided, in their order."""
    reviewed = Review.objects.filter(by=place.scope.name, undone=False).values("pair")
    rows = Pair.objects.filter(held_by=place.scope.name, held_until__gt=timezone.now()).exclude(pk__in=reviewed)
    rows = place.scope.filter(rows, Right.ROLL_MANAGE).filter(state__in=(PairState.OPEN, PairState.SECOND))
    return list(rows.order_by("-decision", "-score", "pk").values_list("pk", flat=True))


def _walk(batch: list[int], here_: int) -> dict[str, int | None]:
    at = batch.index(here_) if here_ in batch else -1
    return {
        "before": batch[at - 1] if at > 0 else None,
        "after": batch[at + 1] if at + 1 < len(batch) else None,
        "number": at + 1 or None,
        "of": len(batch),
    }


def _last(place: Place, number: str) -> dict[str, Any] | None:
    """The reviewer's own last verdict, so that it can be undone at once."""
    if not number.isdigit():
        return None
    rows = Review.objects.filter(pair=int(number), by=place.scope.name, undone=False).select_related("pair")
    found = rows.order_by("-pk").first()
    return {"review": found, "verdict": Verdict(found.verdict).label} if found else None


def cells(place: Place, a: Voter, b: Voter) -> list[Cell]:
    """Every field of both lines, in pieces."""
    own: Vault = vault()

    def number(row: Voter, name: str) -> str:
        sealed = getattr(row, f"{name}_sealed")
        return own.open(sealed) if sealed else ""

    def place_said(row: Voter) -> str:
        return place.whole_name(row.area)

    texts = [
        (_("Nama"), a.name, b.name),
        (_("Tanggal lahir"), _day(a.birth_date, place.lang), _day(b.birth_date, place.lang)),
        (_("Tempat lahir"), a.birth_place, b.birth_place),
        (_("Jenis kelamin"), a.sex, b.sex),
        (_("Status kawin"), a.marital, b.marital),
        (_("Alamat"), a.address, b.address),
        ("RT/RW", _joined(a.rt, a.rw), _joined(b.rt, b.rw)),
    ]
    numbers = [("NIK", "nik"), (_("Nomor KK"), "nkk")]
    found = [Cell(label, *lit_numbers(number(a, name), number(b, name))) for label, name in numbers]
    found += [Cell(label, *lit(one, other)) for label, one, other in texts]
    found += [_whole(_("TPS"), place_said(a), place_said(b)), _whole(_("Nomor urut"), str(a.line), str(b.line))]
    name = found.pop(2)
    return [name, *found]


def _whole(label: str, one: str, other: str) -> Cell:
    """A field of which single letters say nothing: the same, or another."""
    return Cell(label, (Piece(one, one != other),), (Piece(other, one != other),))


def _day(born: date | None, lang: str) -> str:
    from datetime import datetime

    return day(datetime.combine(born, datetime.min.time()), lang) if born else ""


def _joined(rt: str, rw: str) -> str:
    return f"{rt}/{rw}" if rt or rw else ""


def _side(place: Place, code: str, row: Voter, _other: Voter) -> dict[str, Any]:
    return {
        "code": code,
        "row": row,
        "name": code.upper(),
        "station": place.whole_name(row.area),
        "state": VoterState(row.state),
        "active": row.state == VoterState.ACTIVE,
        "visible": place.scope.allows(Right.ROLL, row.area),
    }


def _badges(row: Pair, lang: str) -> list[tuple[str, str]]:
    """What a reviewer should know before he decides: twins, numbers out of shape, different stations."""
    found = []
    a, b = row.a, row.b
    if (
        a.birth_date
        and a.birth_date == b.birth_date
        and a.nkk_token
        and bytes(a.nkk_token) == bytes(b.nkk_token or b"")
    ):
        found.append(("warn", _("pola kembar: satu KK dan tanggal lahir sama")))
    for side, line in (("A", a), ("B", b)):
        said = [code for code in flags.read(line.flags) if code.startswith("nik.")]
        if said:
            found.append(("info", _("baris %(side)s: %(flag)s") % {"side": side, "flag": NAMES[said[0]].in_(lang)}))
    if a.nik_token and b.nik_token and bytes(a.nik_token) == bytes(b.nik_token) and a.birth_date != b.birth_date:
        found.append(("warn", _("NIK sama, tanggal lahir lain: mungkin satu NIK dipakai dua orang")))
    if a.area_id != b.area_id:
        found.append(("info", _("dua TPS")))
    return found


def _bars(place: Place, row: Pair) -> list[Bar]:
    """The evidence from the start among strangers to the sum, as bars."""
    start = row.run.settings.get("start")
    found = [_bar(_("dua baris sembarang: hampir selalu dua orang"), start)] if isinstance(start, int) else []
    total = start if isinstance(start, int) else 0
    for reason in row.reasons:
        if isinstance(reason, str):
            found.append(Bar(reason, "", _WIDE, 0, "none"))
            continue
        total += reason["weight"]
        found.append(_bar(str(reason.get(place.lang, reason["id"])), int(reason["weight"])))
    if isinstance(start, int):
        found.append(_bar(_("jumlah bukti"), total))
    return found


def _bar(words: str, weight: int) -> Bar:
    bits = round(weight / 1000)
    width = min(round(abs(weight) * _WIDE / _SCALE), _WIDE)
    said = f"+{bits}" if bits >= 0 else f"−{-bits}"
    return Bar(words, said, _WIDE if weight >= 0 else _WIDE - width, max(width, 1), "good" if weight >= 0 else "bad")


def _cluster(place: Place, row: Pair) -> list[dict[str, Any]]:
    """Other pairs of the same group: who is in one is perhaps in three lines."""
    if not row.cluster:
        return []
    rows = Pair.objects.filter(run=row.run, cluster=row.cluster).exclude(pk=row.pk)
    rows = place.scope.filter(rows.select_related("a__area__parent", "b__area__parent"), Right.ROLL_MANAGE)
    return [
        {"pair": each, "state": PairState(each.state), "names": (each.a.name, each.b.name)}
        for each in rows.order_by("pk")
    ]


@require_POST
@login_required
def undo(request: HttpRequest, number: int) -> HttpResponse:
    """POST: takes one's own verdict on a pair back; a line that it struck is restored."""
    row, place = _pair(request, number)
    mine = Review.objects.filter(pair=row, by=place.scope.name, undone=False).select_related("pair__area").first()
    if mine is None:
        raise NotFound("no-review", Text("Tidak ada putusan Anda", "There is no verdict of yours"))
    actions.undo_review(scope=place.scope, review=mine, reason=_("ditarik oleh peninjau"), at=timezone.now())
    messages.success(request, _("Putusan ditarik."))
    return redirect("roll:pair", row.pk)
