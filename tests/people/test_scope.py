"""What an appointment lets a person see, in the database as in the rule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from satusuara.areas.models import Area, Election
from satusuara.count.models import Finding, Form
from satusuara.kernel.errors import Forbidden
from satusuara.people.choices import Right
from satusuara.people.models import Appointment, User
from satusuara.people.queries import Scope, WholeTree, appointments_in_force, scope_of
from satusuara.people.rules import in_force
from tests.people.world import AT, PLACES, World

NOW = datetime(2024, 2, 15, tzinfo=UTC)


def officer(world: World, role: str, code: str | None, **times: datetime) -> User:
    user = User.objects.create_user(f"{role}-{code}-{User.objects.count()}")
    area = world.areas[code] if code else None
    times.setdefault("starts", NOW - timedelta(days=9))
    Appointment.objects.create(
        user=user, role=role, election=world.election, area=area, granted_by="t", reason="t", **times
    )
    return user


def codes(rows: object) -> set[str]:
    return {row.code for row in rows}  # type: ignore[attr-defined]


@pytest.mark.requirement(2, "7", "rows are cut to the officer's area and everything below it, in one place")
def test_an_officer_sees_his_area_and_everything_below_it(world: World) -> None:
    scope = scope_of(officer(world, "ppk-ketua", "732201"), at=NOW)
    assert codes(scope.areas(Right.SEE)) == {"732201", "7322012001", "7322012001001"}
    assert codes(f.area for f in scope.filter(Form.objects.all(), Right.SEE)) == {"7322012001001"}
    findings = scope.filter(Finding.objects.all(), Right.SEE, area_field="version__form__area")
    assert codes(f.version.form.area for f in findings) == {"7322012001001"}


@pytest.mark.parametrize(("role", "code"), [("kpu-ketua", "7322"), ("kpps", "7322012001001"), ("kpu-ri", None)])
def test_the_filter_and_the_single_question_agree_on_every_area(world: World, role: str, code: str | None) -> None:
    scope = scope_of(officer(world, role, code), at=NOW)
    for right in Right:
        asked = {a.code for a in Area.objects.all() if scope.allows(right, a)}
        assert codes(scope.areas(right)) == asked


def test_a_right_of_one_election_is_none_in_another(world: World) -> None:
    other = Election.objects.create(code="id-2019", law="id-2024", name_id="x", name_en="x", day=AT.date(), scheme="x")
    area = Area.objects.create(election=other, code="7322", level="kabupaten", name="x", path="/73/7322/", source="t")
    scope = scope_of(officer(world, "kpu-ketua", "7322"), at=NOW)
    assert not scope.allows(Right.SEE, area)
    assert area not in scope.areas(Right.SEE)
    assert not scope_of(officer(world, "kpu-ri", None), at=NOW).allows(Right.SEE, area)


@pytest.mark.requirement(2, "7", "an officer whose appointment ended sees nothing")
def test_an_appointment_that_ended_or_has_not_begun_gives_nothing(world: World) -> None:
    ended = officer(world, "kpu-ketua", "7322", ends=NOW)
    begins = officer(world, "kpu-ketua", "7322", starts=NOW + timedelta(seconds=1))
    for user in (ended, begins):
        assert scope_of(user, at=NOW) == Scope(user.username, Scope.public().reach)
        assert not scope_of(user, at=NOW).filter(Form.objects.all(), Right.SEE).exists()
    assert scope_of(ended, at=NOW - timedelta(seconds=1)).allows(Right.SEE, world.areas["7322"])


def test_the_database_and_the_rule_mean_the_same_by_in_force(world: World) -> None:
    for start in (-2, 0, 2):
        for end in (-1, 0, 1, 3, None):
            if end is None or end >= start:
                times = {"starts": NOW + timedelta(hours=start)}
                if end is not None:
                    times["ends"] = NOW + timedelta(hours=end)
                officer(world, "kpps", "7322012001001", **times)
    found = set(appointments_in_force(at=NOW).values_list("pk", flat=True))
    assert found == {a.pk for a in Appointment.objects.all() if in_force(a.starts, a.ends, NOW)}


def test_a_locked_account_and_a_stranger_are_the_public(world: World) -> None:
    user = officer(world, "kpu-ketua", "7322")
    user.is_active = False
    assert scope_of(user, at=NOW) == scope_of(AnonymousUser(), at=NOW) == Scope.public()
    assert not Scope.public().filter(Form.objects.all(), Right.SEE).exists()
    assert Scope.public().filter(Form.objects.all(), Right.PUBLIC).count() == Form.objects.count()


def test_a_role_that_the_law_does_not_know_gives_nothing(world: World) -> None:
    assert not scope_of(officer(world, "sultan", "7322"), at=NOW).holds(Right.SEE)


def test_a_refusal_is_the_same_for_every_area(world: World) -> None:
    scope = scope_of(officer(world, "ppk-ketua", "732201"), at=NOW)
    scope.require(Right.SEE, world.areas["7322012001"])
    for place in (world.areas["732299"], world.areas["7322"], WholeTree("id-2024"), WholeTree("id-1999")):
        with pytest.raises(Forbidden) as refused:
            scope.require(Right.SEE, place)
        assert refused.value.code == "not-your-area"


def test_the_system_may_everything_and_is_named(world: World) -> None:
    scope = Scope.system("import")
    assert scope.name == "system:import"
    assert all(scope.allows(right, world.areas[code]) for right in Right for code in PLACES)


def test_a_scope_costs_one_query(world: World, django_assert_num_queries: object) -> None:
    user = officer(world, "ppk-ketua", "732201")
    with django_assert_num_queries(1):  # type: ignore[operator]
        scope_of(user, at=NOW).allows(Right.SEE, world.areas["7322"])


@pytest.mark.requirement(2, "7", "supervisors only read")
def test_supervisors_read_and_do_nothing_else(world: World) -> None:
    reading = {Right.SEE, Right.EXPORT, Right.LEDGER, Right.ROLL}
    for role in world.roles:
        if role.code.startswith("bawaslu") or role.code in {"panwascam", "pkd", "ptps"}:
            assert {Right(right) for right in role.rights} <= reading, role.code


def test_the_operator_keeps_people_but_does_not_see_results(world: World) -> None:
    (operator,) = (role for role in world.roles if role.code == "operator")
    assert Right.PEOPLE in operator.rights
    assert not {Right.SEE, Right.EXPORT, Right.IMPORT, Right.OBJECT, Right.ROLL} & set(operator.rights)
