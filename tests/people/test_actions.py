"""Accounts and appointments: who may make them, what is refused, and that every deed is sealed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from satusuara.kernel.errors import Forbidden, NotFound, Refusal
from satusuara.ledger import queries as ledger
from satusuara.ledger.verify import verify
from satusuara.people import actions
from satusuara.people.choices import Right
from satusuara.people.models import Appointment, User
from satusuara.people.queries import (
    Scope,
    account_payload,
    account_payloads,
    appointment_payload,
    appointment_payloads,
    grantable_roles,
    scope_of,
)
from tests.people.test_scope import NOW, officer
from tests.people.world import World

SYSTEM = Scope.system("people")
LATER = NOW + timedelta(hours=1)


def account(world: World, name: str = "ppk-kiri-2", home: str = "732201") -> User:
    return actions.create_account(
        scope=SYSTEM, username=name, display_name="Nama", home=world.areas[home], reason="SK 1", at=NOW
    )


def appoint(scope: Scope, world: World, user: User, role: str, code: str | None, **more: Any) -> Appointment:
    area = world.areas[code] if code else None
    more = {"reason": "SK 1", "at": NOW, **more}
    return actions.appoint(scope=scope, user=user, role=role, election=world.election, area=area, **more)


def sealed() -> list[tuple[str, str, str]]:
    """(action, who, why) of every entry about people so far."""
    entries = [(line["action"], line["actor"], line["reason"]) for line in ledger.lines()]
    return [entry for entry in entries if entry[0].startswith("people.")]


@pytest.mark.requirement(2, "6", "every deed on people is sealed: who, what, why")
def test_an_appointment_is_made_ended_and_sealed(world: World) -> None:
    chair = scope_of(officer(world, "kpu-ketua", "7322"), at=NOW)
    user = account(world)
    appointment = appoint(chair, world, user, "ppk-ketua", "732201")
    assert scope_of(user, at=NOW).allows(Right.IMPORT, world.areas["7322012001001"])
    actions.end_appointment(scope=chair, appointment=appointment, reason="mundur", at=LATER)
    assert not scope_of(user, at=LATER).holds(Right.SEE)
    assert sealed() == [
        ("people.create_account", "system:people", "SK 1"),
        ("people.appoint", chair.name, "SK 1"),
        ("people.end_appointment", chair.name, "mundur"),
    ]


def test_the_same_deed_twice_changes_nothing_and_seals_nothing(world: World) -> None:
    user = account(world)
    assert account(world) == user
    first = appoint(SYSTEM, world, user, "ppk-ketua", "732201")
    assert appoint(SYSTEM, world, user, "ppk-ketua", "732201", at=LATER) == first
    ended = actions.end_appointment(scope=SYSTEM, appointment=first, reason="x", at=LATER)
    again = actions.end_appointment(scope=SYSTEM, appointment=first, reason="y", at=LATER + timedelta(days=1))
    assert (again.ends, again.end_reason) == (ended.ends, "x")
    assert len(sealed()) == 3


@pytest.mark.requirement(2, "7", "nobody appoints outside his area")
@pytest.mark.parametrize(
    ("role", "code"), [("ppk-kul", "732299"), ("kpu-kul", "7322"), ("ptps", "7401012001001"), ("bawaslu-ri", None)]
)
def test_nobody_appoints_outside_his_area(world: World, role: str, code: str | None) -> None:
    chair = scope_of(officer(world, "ppk-ketua", "732201"), at=NOW)
    with pytest.raises(Forbidden) as refused:
        appoint(chair, world, account(world), role, code)
    assert refused.value.code == "not-your-area"


@pytest.mark.requirement(2, "7", "nobody grants a right he does not hold")
def test_nobody_grants_a_right_he_does_not_hold(world: World) -> None:
    operator = scope_of(officer(world, "operator", "7322"), at=NOW)
    with pytest.raises(Forbidden) as refused:
        appoint(operator, world, account(world), "kpu-ketua", "7322")
    assert refused.value.code == "right-not-held"
    rights = {role.code: set(role.rights) for role in world.roles}
    spare = rights["kpu-ketua"] - rights["operator"]
    assert set(refused.value.details["missing"]) == spare >= {"see", "export", "import", "object"}
    sdm = scope_of(officer(world, "kpu-sdm", "7322"), at=NOW)
    with pytest.raises(Forbidden):
        appoint(sdm, world, account(world), "kpu-rendatin", "7322")
    appoint(sdm, world, account(world), "ppk-ketua", "732201")


def test_what_the_page_offers_is_what_the_deed_accepts(world: World) -> None:
    for role, code in [("kpu-ketua", "7322"), ("ppk-ketua", "732201"), ("operator", "7322"), ("kpu-hukum", "7322")]:
        scope = scope_of(officer(world, role, code), at=NOW)
        for target in ("7322", "732201", "7322012001", "7322012001001", "732299"):
            offered = {r.code for r in grantable_roles(scope, world.election, world.areas[target])}
            for spec in world.roles:
                home = "732299" if scope.allows(Right.PEOPLE, world.areas["732299"]) else "732201"
                user = account(world, f"baru-{User.objects.count()}", home=home)
                try:
                    appoint(scope, world, user, spec.code, target, participant="1" if spec.for_participant else "")
                    done = True
                except Refusal:
                    done = False
                assert done == (spec.code in offered), (role, code, spec.code, target)


def test_nobody_appoints_an_account_that_others_keep(world: World) -> None:
    chair = scope_of(officer(world, "ppk-ketua", "732201"), at=NOW)
    for user in (account(world, "sana", home="732299"), officer(world, "kpps", "7322012001001")):
        with pytest.raises(Forbidden, match="not-your-area"):
            appoint(chair, world, user, "pps", "7322012001")


def test_a_role_is_refused_at_a_level_where_it_does_not_exist(world: World) -> None:
    for role, code in [("kpps", "732201"), ("ppk-ketua", "7322"), ("kpu-ketua", None), ("kpu-ri", "73")]:
        with pytest.raises(Refusal) as refused:
            appoint(SYSTEM, world, account(world), role, code)
        assert refused.value.code == "role-not-at-level"
    with pytest.raises(NotFound):
        appoint(SYSTEM, world, account(world), "sultan", "7322")


@pytest.mark.requirement(2, "7", "a witness acts for one participant")
def test_a_witness_acts_for_one_participant(world: World) -> None:
    user = account(world, "saksi-1")
    for participant, code in [("", "participant-missing"), ("  ", "participant-missing")]:
        with pytest.raises(Refusal) as refused:
            appoint(SYSTEM, world, user, "saksi", "7322012001001", participant=participant)
        assert refused.value.code == code
    appoint(SYSTEM, world, user, "saksi", "7322012001001", participant="1")
    assert scope_of(user, at=NOW).reach.grants[0].participant == "1"
    for code in ("7322012001001", "732201"):
        with pytest.raises(Refusal) as refused:
            appoint(SYSTEM, world, user, "saksi", code, participant="2")
        assert refused.value.code == "one-participant-only"
    with pytest.raises(Refusal) as refused:
        appoint(SYSTEM, world, user, "kpps", "7322012001001", participant="1")
    assert refused.value.code == "participant-unfit"


def test_every_deed_wants_a_reason_and_a_sound_time(world: World) -> None:
    user = account(world)
    with pytest.raises(Refusal, match="reason-missing"):
        appoint(SYSTEM, world, user, "ppk-ketua", "732201", reason="  ")
    with pytest.raises(Refusal, match="ends-before-start"):
        appoint(SYSTEM, world, user, "ppk-ketua", "732201", ends=NOW)
    world.areas["732201"].election_id = "id-2019"
    with pytest.raises(Refusal, match="area-of-another-election"):
        appoint(SYSTEM, world, user, "ppk-ketua", "732201")


@pytest.mark.parametrize("name", ["7322011234567890", "ab", "a b c", "<script>", "../x", ""])
def test_a_user_name_is_no_identity_number(world: World, name: str) -> None:
    with pytest.raises(Refusal, match="username-unfit"):
        account(world, name)


def test_a_user_name_is_taken_once_whatever_its_case(world: World) -> None:
    account(world, "PPK.Kiri")
    with pytest.raises(Refusal, match="username-taken"):
        account(world, "ppk.kiri", home="732299")


def test_a_setup_link_works_once_and_only_the_newest(world: World) -> None:
    user = account(world)
    old = actions.issue_setup_link(scope=SYSTEM, user=user, reason="baru", at=NOW)
    link = actions.issue_setup_link(scope=SYSTEM, user=user, reason="hilang", at=LATER)
    for token in (old.token, "x-y", ""):
        with pytest.raises(Forbidden, match="link-dead"):
            actions.use_setup_link(user=user, token=token, password="batu-karang-1971", at=LATER)
    actions.use_setup_link(user=user, token=link.token, password="batu-karang-1971", at=LATER)
    with pytest.raises(Forbidden, match="link-dead"):
        actions.use_setup_link(user=user, token=link.token, password="batu-karang-1972", at=LATER)
    user.refresh_from_db()
    assert user.check_password("batu-karang-1971")


def test_a_setup_link_dies_after_three_days(world: World) -> None:
    user = account(world)
    link = actions.issue_setup_link(scope=SYSTEM, user=user, reason="baru", at=NOW)
    with pytest.raises(Forbidden, match="link-dead"):
        actions.use_setup_link(user=user, token=link.token, password="batu-karang-1971", at=NOW + timedelta(days=4))


@pytest.mark.parametrize("password", ["pendek-1", "123456789012345", "password123456", "ppk-kiri-2-2024"])
def test_weak_passwords_are_refused(world: World, password: str) -> None:
    user = account(world)
    link = actions.issue_setup_link(scope=SYSTEM, user=user, reason="baru", at=NOW)
    with pytest.raises(Refusal, match="password-weak"):
        actions.use_setup_link(user=user, token=link.token, password=password, at=NOW)


@pytest.mark.requirement(2, "7", "taking over an account gives nobody a right he does not hold")
def test_nobody_takes_over_an_account_that_may_more_than_he(world: World) -> None:
    operator = scope_of(officer(world, "operator", "7322"), at=NOW)
    chair = account(world, "ketua-kpu", home="7322")
    appoint(SYSTEM, world, chair, "kpu-ketua", "7322")
    ppk = scope_of(officer(world, "ppk-ketua", "732201"), at=NOW)
    wider = account(world, "dua-wilayah", home="732201")
    appoint(SYSTEM, world, wider, "ppk-ketua", "732299")
    for scope, user in [(operator, chair), (ppk, chair), (ppk, wider), (ppk, account(world, "sana", home="732299"))]:
        for deed in (actions.issue_setup_link, actions.remove_second_factor, actions.end_sessions):
            with pytest.raises(Forbidden):
                deed(scope=scope, user=user, reason="coba", at=NOW)
    assert actions.issue_setup_link(scope=operator, user=account(world, "baru"), reason="x", at=NOW).token


def test_a_password_is_set_by_its_owner_or_the_system_only(world: World) -> None:
    user, chair = account(world), scope_of(officer(world, "kpu-ketua", "7322"), at=NOW)
    with pytest.raises(Forbidden):
        actions.set_password(scope=chair, user=user, password="batu-karang-1971", at=NOW)
    actions.set_password(scope=SYSTEM, user=user, password="batu-karang-1971", at=NOW)
    actions.set_password(scope=Scope.oneself(user), user=user, password="batu-karang-1972", at=NOW)
    assert [entry[0] for entry in sealed()][-2:] == ["people.set_password"] * 2


def test_a_lost_second_factor_is_removed_by_an_officer_above_never_by_oneself(world: World) -> None:
    user, chair = account(world), scope_of(officer(world, "kpu-ketua", "7322"), at=NOW)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    with pytest.raises(Forbidden):
        actions.remove_second_factor(scope=Scope.oneself(user), user=user, reason="hilang", at=NOW)
    actions.remove_second_factor(scope=chair, user=user, reason="hilang", at=NOW)
    assert not Authenticator.objects.exists()


def test_what_is_sealed_is_what_the_table_says_until_somebody_changes_it(world: World) -> None:
    user = account(world)
    row = appoint(SYSTEM, world, user, "ppk-ketua", "732201")
    assert account_payloads([str(user.pk)]) == {str(user.pk): account_payload(user)}
    assert appointment_payloads([str(row.pk)]) == {str(row.pk): appointment_payload(row)}
    assert "password" not in account_payload(user)


def named() -> set[tuple[str, str]]:
    """The rows of this chapter that ``ledger verify`` names."""
    return {(p.kind, p.id) for p in verify().problems if p.kind.startswith("people.")}


@pytest.mark.requirement(2, "6", "an appointment written past the actions, or changed afterwards, is named")
def test_an_appointment_changed_or_made_behind_the_ledger_is_named(world: World) -> None:
    user = account(world)
    row = appoint(SYSTEM, world, user, "pps", "7322012001")
    assert not named()
    Appointment.objects.filter(pk=row.pk).update(role="pps-ketua")
    slipped = Appointment.objects.create(
        user=user, role="kpu-ketua", election=world.election, area=world.areas["7322"], starts=NOW, granted_by="x"
    )
    assert named() == {("people.appointment", str(row.pk)), ("people.appointment", str(slipped.pk))}
