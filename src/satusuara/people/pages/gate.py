"""The gate: sessions that end, the second factor where the law folder wants it, and refusals said in one voice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render, resolve_url
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from satusuara.kernel.errors import Forbidden, NotFound, Refusal
from satusuara.kernel.i18n import Text
from satusuara.people.pages.door import scope_for

log = structlog.get_logger(__name__)

_SINCE, _SEEN = "signed_in_at", "seen_at"
_REFRESH = 60  # seconds between two writes of "seen" into the session
WITHOUT_SECOND_FACTOR = frozenset(
    {
        "account_logout", "account_reauthenticate", "account_change_password", "mfa_reauthenticate",
        "mfa_activate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
        "mfa_index", "set_language",
    }
)  # fmt: skip
"""Addresses that somebody who still has to set up his second factor can reach."""


class GateMiddleware:
    """Stands after authentication and before every page, export and API operation."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._stop(request) or self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal becomes a page (or JSON for the API) that says what, where and what now."""
        return refused(request, exception) if isinstance(exception, Refusal) else None

    def _stop(self, request: HttpRequest) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        if _session_is_over(request):
            logout(request)
            messages.info(request, _("Sesi Anda berakhir. Silakan masuk kembali."))
            return None  # goes on as the public; a page that wants more sends him to sign in
        if (
            settings.REQUIRE_SECOND_FACTOR
            and scope_for(request).reach.needs_second_factor
            and _name_of(request) not in WITHOUT_SECOND_FACTOR
            and not is_mfa_enabled(request.user)
        ):
            return _second_factor_wanted(request)
        return None


def _session_is_over(request: HttpRequest) -> bool:
    """Idle or old; where it is neither, notes that the person was seen (at most once a minute)."""
    now = int(timezone.now().timestamp())
    since, seen = request.session.get(_SINCE, now), request.session.get(_SEEN, now)
    idle = timedelta(minutes=settings.IDLE_MINUTES).total_seconds()
    oldest = timedelta(hours=settings.SESSION_HOURS).total_seconds()
    if now - seen > idle or now - since > oldest:
        return True
    if _SINCE not in request.session or now - seen >= _REFRESH:
        request.session[_SINCE], request.session[_SEEN] = since, now
    return False


def _name_of(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).url_name or ""
    except Resolver404:
        return ""


def _second_factor_wanted(request: HttpRequest) -> HttpResponse:
    refusal = Forbidden(
        "second-factor-required",
        Text("Peran Anda mewajibkan faktor kedua", "Your role requires a second factor"),
        remedy=Text("Aktifkan dahulu di halaman akun.", "Set it up on the account page first."),
    )
    if _speaks_json(request):
        return _as_json(refusal, 403)
    return HttpResponseRedirect(reverse("mfa_activate_totp"))


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The answer to a refusal: sign in (401 for the API), 403, 404, or 400 for an input that was not taken."""
    stranger = isinstance(refusal, Forbidden) and not request.user.is_authenticated
    status = 403 if isinstance(refusal, Forbidden) else 404 if isinstance(refusal, NotFound) else 400
    log.info("refused", refusal=refusal.code, status=status, user_id=request.user.pk)
    if _speaks_json(request):
        return _as_json(refusal, 401 if stranger else status)
    if stranger:
        return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
    return render(request, "people/refused.html", {"refusal": _words(refusal), "status": status}, status=status)


def _speaks_json(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


def _as_json(refusal: Refusal, status: int) -> JsonResponse:
    return JsonResponse({"code": refusal.code, "detail": refusal.in_(get_language() or "id")}, status=status)


def _words(refusal: Refusal) -> dict[str, str]:
    lang = get_language() or "id"
    return {
        "code": refusal.code,
        "sentence": refusal.sentence.in_(lang),
        "place": refusal.place.in_(lang.split("-")[0]) if refusal.place else "",
        "remedy": refusal.remedy.in_(lang) if refusal.remedy else "",
    }


def locked_out(request: HttpRequest, _response: Any = None, _credentials: Any = None) -> HttpResponse:
    """What axes answers when an account was tried too often from one address. Says nothing about the account."""
    minutes = int(settings.AXES_COOLOFF_TIME * 60)
    log.warning("sign-in locked")
    response = render(request, "people/locked.html", {"minutes": minutes}, status=429)
    response.headers["Retry-After"] = str(minutes * 60)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from our own page, or came from one that had been left open for too long."""
    log.info("csrf", why=reason)
    refusal = Forbidden(
        "csrf",
        Text("Formulir ini tidak lagi berlaku", "This form is no longer valid"),
        remedy=Text("Muat ulang halaman, lalu kirim lagi.", "Reload the page and send it again."),
    )
    if _speaks_json(request):
        return _as_json(refusal, 403)
    return render(request, "people/refused.html", {"refusal": _words(refusal), "status": 403}, status=403)
