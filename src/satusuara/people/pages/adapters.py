"""How the sign-in library behaves here: no sign-up, no e-mail, second factors sealed at rest."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satusuara.people import actions
from satusuara.people.models import User
from satusuara.people.queries import Scope, scope_of


class SignInForm(LoginForm):  # type: ignore[misc]
    """User names are small letters, whatever a phone's keyboard makes of the first one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Nama pengguna")
        self.fields["login"].widget.attrs = {
            "autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True,
        }  # fmt: skip
        self.fields["password"].label = _("Kata sandi")
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)

    def clean_login(self) -> str:
        return str(super().clean_login()).lower()


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by officers (people.actions), never by whoever comes along."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("Nama pengguna atau kata sandi tidak cocok."),
        "too_many_login_attempts": _("Terlalu banyak percobaan masuk. Coba lagi nanti."),
        "incorrect_password": _("Kata sandi tidak cocok."),
        "enter_current_password": _("Masukkan kata sandi Anda saat ini."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def set_password(self, user: User, password: str) -> None:
        actions.set_password(scope=Scope.oneself(user), user=user, password=password, at=timezone.now())

    def send_mail(self, *_args: Any, **_kwargs: Any) -> None:
        """Nothing is sent: an instance in a village hall may have no way out, and keeps no addresses."""

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """The pages say what happened; greetings by name are not repeated on the next page."""


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """A copy of the database alone does not give away second factors: they are encrypted under the instance's key."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("Kode tidak cocok. Periksa jam di ponsel, lalu coba kode berikutnya."),
        "cannot_delete_authenticator": _("Peran Anda mewajibkan faktor kedua; tidak dapat dinonaktifkan."),
        "cannot_generate_recovery_codes": _("Aktifkan dahulu faktor kedua."),
    }

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        scope = scope_of(authenticator.user, at=timezone.now())
        return not (settings.REQUIRE_SECOND_FACTOR and scope.reach.needs_second_factor)


def _box() -> Fernet:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"satusuara second factor")
    return Fernet(base64.urlsafe_b64encode(derive.derive(settings.SECRET_KEY.encode())))
