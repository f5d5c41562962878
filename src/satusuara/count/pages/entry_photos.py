"""Photos of a form: sent by whoever may type it, shown to whoever may type or see it."""

from __future__ import annotations

from contextlib import suppress

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from satusuara.count import actions
from satusuara.count.actions.photographing import folder
from satusuara.count.pages.entry_place import entry_place
from satusuara.kernel import photos
from satusuara.kernel.errors import Forbidden, NotFound, Refusal
from satusuara.kernel.i18n import Text
from satusuara.people.choices import Right

_AT_ONCE = 12  # photos of one request


@require_POST
@login_required
def add_photos(request: HttpRequest, election: str, contest: str, area_code: str) -> HttpResponse:
    """POST: keeps photos of the form's sheets."""
    place = entry_place(request, election, contest, area_code)
    files = request.FILES.getlist("foto")[:_AT_ONCE]
    kept = 0
    for file in files:
        try:
            if (file.size or 0) > photos.LARGEST:
                raise photos.too_large()
            actions.add_photo(
                scope=place.scope, area=place.area, contest=contest, content=file.read(), at=timezone.now()
            )
            kept += 1
        except Refusal as refusal:
            messages.error(request, refusal.in_(place.lang))
    if kept:
        messages.success(request, _("Foto disimpan."))
    elif not files:
        messages.error(request, _("Belum ada foto yang dipilih."))
    return redirect(place.href("entry"))


@require_GET
@login_required
def photo(request: HttpRequest, election: str, contest: str, area_code: str, sha256: str) -> HttpResponse:
    """GET: one photo of this very form, for whoever may type or see forms here.

    :raises NotFound: ``no-photo``
    """
    place = None
    for right in (Right.IMPORT, Right.SEE):
        with suppress(Forbidden):
            place = place or entry_place(request, election, contest, area_code, right)
    if place is None:
        place = entry_place(request, election, contest, area_code)
    if place.paper is None or not place.paper.photos.filter(sha256=sha256).exists():
        raise NotFound("no-photo", Text("Foto tidak ada", "There is no such photo"))
    answer = HttpResponse(photos.read(folder(), sha256), content_type="image/jpeg")
    answer.headers["Content-Disposition"] = f'inline; filename="{sha256[:12]}.jpg"'
    return answer
