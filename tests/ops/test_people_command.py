"""The first account of an instance, and the way back in, from the command line."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from typer.testing import CliRunner

from satusuara.ops.commands import app
from satusuara.people.models import Appointment, User
from tests.people.world import World, build_world

run = CliRunner()


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def satusuara(*arguments: str) -> tuple[int, str]:
    result = run.invoke(app, ["people", *arguments], catch_exceptions=False)
    return result.exit_code, result.output


def test_the_first_chair_is_made_and_lets_himself_in(world: World, client: Client) -> None:
    code, link = satusuara("add", "ketua", "--name", "Ketua", "--area", "7322", "--reason", "SK 1")
    assert code == 0
    path = re.sub(r"^http://localhost:8000", "", link.strip())
    assert client.get(path).status_code == 302
    assert satusuara("appoint", "ketua", "kpu-ketua", "--area", "7322", "--reason", "SK 1")[0] == 0
    row = Appointment.objects.get(user__username="ketua")
    assert (row.granted_by, row.area) == ("system:people", world.areas["7322"])
    assert f"{row.pk}\tketua\tkpu-ketua\t7322\n" == satusuara("list", "--area", "7322")[1]
    assert satusuara("end", str(row.pk), "--reason", "mundur")[0] == 0
    assert satusuara("list")[1] == ""


def test_a_new_link_ends_the_old_one(world: World, client: Client) -> None:
    first = satusuara("add", "ketua", "--area", "7322", "--reason", "SK 1")[1].strip()
    second = satusuara("link", "ketua", "--reason", "hilang", "--second-factor")[1].strip()
    assert first != second
    assert not User.objects.get(username="ketua").has_usable_password()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "x", "--reason", "r"), "Nama pengguna tidak dapat dipakai"),
        (("add", "ketua", "--area", "9999", "--reason", "r"), "Tidak ada 9999"),
        (("add", "ketua", "--election", "id-1955", "--reason", "r"), "Tidak ada id-1955"),
        (("link", "siapa", "--reason", "r"), "Tidak ada siapa"),
        (("end", "77", "--reason", "r"), "Tidak ada 77"),
    ],
)
def test_what_is_refused_ends_with_2_and_a_sentence(world: World, arguments: tuple[str, ...], said: str) -> None:
    code, output = satusuara(*arguments)
    assert code == 2
    assert said in output
