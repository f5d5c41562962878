"""Signing in and staying in: lockout, second factor, sessions that end, headers, links."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from satusuara.people import actions
from satusuara.people.models import Appointment, User
from satusuara.people.queries import Scope
from tests.people.world import World

SYSTEM = Scope.system("people")
PASSWORD = "batu-karang-1971"


@pytest.fixture(autouse=True)
def _fast_hasher(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def officer(world: World, role: str, code: str, name: str = "") -> User:
    now = timezone.now()
    name = name or f"{role}-{code}"
    user = actions.create_account(
        scope=SYSTEM, username=name, display_name="", home=world.areas[code], reason="SK", at=now
    )
    actions.set_password(scope=SYSTEM, user=user, password=PASSWORD, at=now)
    actions.appoint(
        scope=SYSTEM, user=user, role=role, election=world.election, area=world.areas[code], reason="SK",
        participant="1" if role == "saksi" else "", at=now,
    )  # fmt: skip
    return user


def sign_in(client: Client, user: User, password: str = PASSWORD, **more: Any) -> Any:
    return client.post(reverse("account_login"), {"login": user.username, "password": password}, **more)


def set_up_second_factor(user: User) -> str:
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def test_an_officer_signs_in_and_out(world: World, client: Client) -> None:
    user = officer(world, "kpps", "7322012001001")
    assert sign_in(client, user).headers["Location"] == reverse("people:account")
    assert client.get(reverse("people:account")).status_code == 200
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.get(reverse("people:account")).status_code == 200, "a link signs nobody out"
    client.post(reverse("account_logout"))
    assert client.get(reverse("people:account")).status_code == 302


def test_a_failed_sign_in_does_not_tell_whether_the_account_exists(world: World, client: Client) -> None:
    user = officer(world, "kpps", "7322012001001")
    said = [
        re.sub(r'value="[^"]*"', "", sign_in(client, who, "salah-sekali-1").content.decode())
        for who in (user, User(username="tidak-ada"))
    ]
    assert said[0] == said[1]


@pytest.mark.requirement(2, "7", "five wrong tries lock an account from that address, not from others")
def test_five_wrong_tries_lock_the_account_from_that_address_only(world: World, client: Client) -> None:
    user = officer(world, "kpps", "7322012001001")
    answers = [sign_in(client, user, "salah-sekali-1", REMOTE_ADDR="10.0.0.1").status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    locked = sign_in(client, user, REMOTE_ADDR="10.0.0.1")
    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "900")
    assert "sessionid" not in locked.cookies
    assert user.username not in locked.content.decode()
    assert sign_in(Client(), user, REMOTE_ADDR="10.0.0.2").status_code == 302
    assert sign_in(client, officer(world, "kpps", "7322012001001", "lain"), REMOTE_ADDR="10.0.0.1").status_code == 302


def test_nobody_believes_a_forwarded_address_without_a_proxy(world: World, client: Client) -> None:
    user = officer(world, "kpps", "7322012001001")
    for number in range(5):
        answer = sign_in(client, user, "salah-sekali-1", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}")
    assert answer.status_code == 429


@pytest.mark.requirement(2, "7", "roles that the law marks cannot work without a second factor")
def test_a_marked_role_sets_up_a_second_factor_before_anything_else(world: World, client: Client) -> None:
    user = officer(world, "kpu-ketua", "7322")
    sign_in(client, user)
    for name in ("people:account", "people:officers"):
        assert client.get(reverse(name)).headers["Location"] == reverse("mfa_activate_totp")
    again = client.get(reverse("mfa_activate_totp")).headers["Location"]
    assert again.startswith(reverse("account_reauthenticate")), "the password once more, lest a borrowed screen enrols"
    page = client.post(again, {"password": PASSWORD}, follow=True)
    secret = page.context["form"].secret
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    codes = client.get(answer.headers["Location"]).content.decode()
    assert len(re.findall(r"<code>\d{4}[ -]?\d{4}</code>|<code>\d{8}</code>", codes)) == 10
    assert client.get(reverse("people:account")).status_code == 200
    stored = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP).data["secret"]
    assert secret not in stored
    assert get_adapter().decrypt(stored) == secret


def test_whoever_has_a_second_factor_is_asked_for_it(world: World, client: Client) -> None:
    user = officer(world, "kpu-ketua", "7322")
    secret = set_up_second_factor(user)
    assert sign_in(client, user).headers["Location"].startswith(reverse("mfa_authenticate"))
    assert client.get(reverse("people:account")).status_code == 302, "half signed in is not signed in"
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert client.post(reverse("mfa_authenticate"), {"code": code_of(secret)}).status_code == 302
    assert client.get(reverse("people:account")).status_code == 200


def test_a_required_second_factor_cannot_be_switched_off_by_its_owner(world: World, client: Client) -> None:
    user = officer(world, "kpu-ketua", "7322")
    secret = set_up_second_factor(user)
    sign_in(client, user)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def test_the_demo_may_relax_the_second_factor_and_says_so(world: World, client: Client, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    sign_in(client, officer(world, "kpu-ketua", "7322"))
    page = client.get(reverse("people:account"))
    assert page.status_code == 200
    assert "Hanya untuk peragaan" in page.content.decode()


def test_an_ended_appointment_closes_an_open_page_at_once(world: World, client: Client, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    user = officer(world, "ppk-ketua", "732201")
    sign_in(client, user)
    address = reverse("people:officers_at", args=["id-2024", "732201"])
    assert client.get(address).status_code == 200
    row = Appointment.objects.get(user=user)
    actions.end_appointment(scope=SYSTEM, appointment=row, reason="x", at=timezone.now())
    assert client.get(address).status_code == 403


@pytest.mark.parametrize(("field", "hours"), [("seen_at", 1.02), ("signed_in_at", 12.02)])
def test_a_session_ends_when_idle_and_when_old(world: World, client: Client, field: str, hours: float) -> None:
    sign_in(client, officer(world, "kpps", "7322012001001"))
    assert client.get(reverse("people:account")).status_code == 200
    session = client.session
    session[field] -= int(timedelta(hours=hours).total_seconds())
    session.save()
    assert client.get(reverse("people:account")).status_code == 302


def test_all_other_sessions_can_be_ended(world: World, client: Client) -> None:
    user, other = officer(world, "kpps", "7322012001001"), Client()
    sign_in(client, user)
    sign_in(other, user)
    assert client.post(reverse("people:end_sessions")).status_code == 302
    assert client.get(reverse("people:account")).status_code == 200
    assert other.get(reverse("people:account")).status_code == 302


def test_a_new_officer_sets_his_password_by_the_link_once(world: World, client: Client, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    sign_in(client, officer(world, "ppk-ketua", "732201"))
    page = client.post(
        reverse("people:appoint", args=["id-2024", "7322012001"]),
        {"username": "PPS-Kiri", "display_name": "Ketua", "role": "pps-ketua", "reason": "SK 7"},
    )
    (link,) = re.findall(r"http://testserver(/masuk/atur/[^<\s]+)", page.content.decode())
    newcomer = Client()
    moved = newcomer.get(link)
    assert moved.headers["Location"].endswith("/kata-sandi/"), "the token leaves the address at once"
    weak = newcomer.post(moved.headers["Location"], {"new_password1": "pendek", "new_password2": "pendek"})
    assert weak.status_code == 200
    done = newcomer.post(moved.headers["Location"], {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert done.headers["Location"] == reverse("account_login")
    assert newcomer.get(link, follow=True).status_code == 200
    assert "tidak berlaku lagi" in newcomer.get(link, follow=True).content.decode()
    user = User.objects.get(username="pps-kiri")
    assert sign_in(newcomer, user).status_code == 302
    assert newcomer.get(reverse("people:officers_at", args=["id-2024", "7322012001"])).status_code == 200


def test_a_refusal_on_the_form_is_said_on_the_form(world: World, client: Client, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    sign_in(client, officer(world, "ppk-ketua", "732201"))
    page = client.post(
        reverse("people:appoint", args=["id-2024", "7322012001001"]),
        {"username": "saksi-x", "role": "saksi", "reason": "mandat"},
    )
    assert page.status_code == 422
    assert "Saksi bertugas untuk satu peserta" in page.content.decode()
    assert not User.objects.filter(username="saksi-x").exists(), "the account falls with the appointment"


def test_an_appointment_is_ended_and_a_new_link_made_from_the_list(world: World, client: Client, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    sign_in(client, officer(world, "ppk-ketua", "732201"))
    village = officer(world, "pps", "7322012001")
    (row,) = Appointment.objects.filter(user=village)
    assert village.username in client.get(reverse("people:officers"), follow=True).content.decode()
    linked = client.post(reverse("people:new_link", args=[village.pk]), {"reason": "lupa"})
    assert "/masuk/atur/" in linked.content.decode()
    ended = client.post(reverse("people:end_appointment", args=[row.pk]), {"reason": "mundur"})
    assert ended.status_code == 302
    row.refresh_from_db()
    assert (row.ended_by, row.end_reason) == ("ppk-ketua-732201", "mundur")


def test_there_is_no_sign_up_and_no_way_in_by_mail(client: Client, db: None) -> None:
    for address in ("/masuk/daftar/", "/accounts/signup/", "/masuk/signup/", "/accounts/password/reset/", "/admin/"):
        assert client.get(address).status_code == 404


def test_a_password_change_is_sealed_and_ends_other_sessions(world: World, client: Client) -> None:
    user, other = officer(world, "kpps", "7322012001001"), Client()
    sign_in(client, user)
    sign_in(other, user)
    new = "karang-batu-1972"
    answer = client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert answer.status_code == 302
    assert client.get(reverse("people:account")).status_code == 200
    assert other.get(reverse("people:account")).status_code == 302
    user.refresh_from_db()
    assert user.check_password(new)


@pytest.mark.parametrize(
    ("wanted", "sent_to"),
    [("", "/akun/"), ("/petugas/", "/petugas/"), ("//evil.example/", "/akun/"), ("https://evil.example/", "/akun/")],
)
def test_signing_in_leads_on_only_within_this_site(world: World, client: Client, wanted: str, sent_to: str) -> None:
    user = officer(world, "kpps", "7322012001001")
    answer = client.post(reverse("account_login"), {"login": user.username, "password": PASSWORD, "next": wanted})
    assert answer.headers["Location"] == sent_to
