"""One's own account: appointments, password, second factor, sessions; and the one-time link that sets a password."""

from __future__ import annotations

from typing import Any, cast

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from satusuara.people import actions
from satusuara.people.models import User
from satusuara.people.pages.door import scope_for
from satusuara.people.pages.rows import officer_row
from satusuara.people.queries import appointments_in_force, link_tokens


@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """GET: name, roles and areas, state of password, second factor and sessions."""
    user = cast(User, request.user)
    now = timezone.now()
    lang = get_language() or "id"
    needs = scope_for(request).reach.needs_second_factor
    context = {
        "appointments": [officer_row(a, lang) for a in appointments_in_force(at=now).filter(user=user)],
        "second_factor": is_mfa_enabled(user),
        "second_factor_needed": needs,
        "idle_minutes": settings.IDLE_MINUTES,
        "session_hours": settings.SESSION_HOURS,
    }
    return render(request, "people/account.html", context)


@require_POST
@login_required
def end_sessions(request: HttpRequest) -> HttpResponse:
    """POST: signs the account out everywhere but here."""
    user = cast(User, request.user)
    actions.end_sessions(scope=scope_for(request), user=user, reason=_("oleh pemilik akun"), at=timezone.now())
    update_session_auth_hash(request, user)
    messages.success(request, _("Semua sesi lain diakhiri."))
    return redirect("people:account")


class SetUp(PasswordResetConfirmView):
    """The one-time link. The token moves from the address into the session before anything is shown, so that it stands
    neither in the browser's history nor in a log."""

    template_name = "people/set_up.html"
    success_url = reverse_lazy("account_login")
    reset_url_token = "kata-sandi"  # noqa: S105 (what stands in the address instead of the token)

    @property
    def token_generator(self) -> PasswordResetTokenGenerator:
        return link_tokens(at=timezone.now())

    def form_valid(self, form: SetPasswordForm[Any]) -> HttpResponse:
        token = self.request.session.pop("_password_reset_token", "")
        actions.use_setup_link(
            user=cast(User, self.user), token=token, password=form.cleaned_data["new_password1"], at=timezone.now()
        )
        messages.success(self.request, _("Kata sandi tersimpan. Silakan masuk."))
        return HttpResponseRedirect(reverse("account_login"))
