"""Messages from phones: those that came, understood or not, and the numbers from which officers may send."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from satusuara.kernel.errors import Forbidden, Refusal
from satusuara.kernel.i18n import Text
from satusuara.kernel.pages.parts import Piece
from satusuara.people.choices import Right
from satusuara.people.models import User
from satusuara.people.queries import officers_below
from satusuara.risk import actions, queries, queries_reports
from satusuara.risk.choices import MessageStatus
from satusuara.risk.models import Sender
from satusuara.risk.pages.readiness_place import Here, here_of

TONES = {"understood": "done", "partly": "degraded", "unread": "failed", "refused": "failed", "stranger": "none"}


@require_http_methods(["GET", "POST"])
@login_required
def messages_at(request: HttpRequest, election: str, area_code: str) -> HttpResponse:
    """GET: the messages of an area, by status. POST ``deed``: daftar, akhiri (a number)."""
    here = here_of(request, election, area_code)
    refusal = ""
    if request.method == "POST":
        try:
            messages.success(request, _deed(request, here))
        except Forbidden:
            raise
        except Refusal as refused:
            refusal = refused.in_(here.lang)
        else:
            return redirect(here.href("readiness:messages"))
    rows = queries_reports.messages(here.scope, here.register, here.area)
    status = request.GET.get("status", "")
    status = status if status in MessageStatus.values else ""
    counts = {each.value: 0 for each in MessageStatus}
    for value in rows.order_by().values_list("status", flat=True):
        counts[value] += 1
    shown = rows.filter(status=status) if status else rows
    context = here.context("readiness:messages", _("Pesan")) | {
        "page": Paginator(shown, 50).get_page(request.GET.get("hal")),
        "bar": [Piece(TONES[e.value], str(e.label), counts[e.value], f"?status={e.value}") for e in MessageStatus],
        "total": sum(counts.values()),
        "status": status,
        "statuses": MessageStatus.choices,
        "tones": TONES,
        "gates": queries.playbook_of(here.register).gates,
        "senders": queries_reports.senders(here.scope, here.area, at=here.at),
        "people": _people(here),
        "refusal": refusal,
        "typed": request.POST.get("akun", "") if refusal else "",
    }
    return render(request, "risk/messages.html", context, status=422 if refusal else 200)


def _deed(request: HttpRequest, here: Here) -> str:
    if request.POST.get("deed") == "akhiri":
        number = request.POST.get("pengirim", "")
        sender = get_object_or_404(Sender.objects.select_related("user"), pk=int(number) if number.isdigit() else 0)
        actions.end_sender(scope=here.scope, sender=sender, at=here.at)
        return _("Pendaftaran nomor diakhiri.")
    name = request.POST.get("akun") or here.scope.name
    user = User.objects.filter(username=name).first()
    if user is None:
        raise Refusal(
            "account-unknown",
            Text("Akun itu tidak ada", "There is no such account"),
            remedy=Text("Pilih dari daftar.", "Choose from the list."),
        )
    actions.register_sender(scope=here.scope, user=user, number=request.POST.get("nomor", ""), at=here.at)
    return _("Nomor didaftarkan untuk akun %(name)s.") % {"name": name}


def _people(here: Here) -> list[str]:
    """Accounts for which this person may register a number: his own, and those of officers he decides over."""
    names = {here.scope.name}
    if here.may_decide and here.scope.allows(Right.PEOPLE, here.area):
        rows = officers_below(here.scope, here.area, at=here.at)
        names |= set(rows.values_list("user__username", flat=True)[:3000])
    return sorted(names)
