"""``satusuara people``: the first account of an instance, and the way back in when nobody above can help.

Whoever holds the machine runs these as ``system:people``; every deed is sealed in the ledger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from satusuara.ops.commands import app
from satusuara.ops.commands.database import database

if TYPE_CHECKING:
    from satusuara.areas.models import Area, Election
    from satusuara.people.models import User
    from satusuara.people.queries import Scope

people = typer.Typer(name="people", no_args_is_help=True, help="Akun dan penugasan / accounts and appointments.")
app.add_typer(people)

Reason = Annotated[str, typer.Option(help="Alasan atau nomor keputusan / reason or number of the decision.")]
ElectionCode = Annotated[str, typer.Option(help="Kode pemilu / code of the election.")]
AreaCode = Annotated[str, typer.Option(help="Kode wilayah; kosong: seluruh wilayah / area code; empty: all of it.")]
Origin = Annotated[str, typer.Option(help="Alamat sistem di peramban / address of the system in a browser.")]
ORIGIN = "http://localhost:8000"


@people.command("add")
def add(
    username: str,
    *,
    reason: Reason,
    name: Annotated[str, typer.Option(help="Nama lengkap / full name.")] = "",
    election: ElectionCode = "id-2024",
    area: AreaCode = "",
    origin: Origin = ORIGIN,
) -> None:
    """Buat akun dan tautan sekali pakai / make an account and its one-time link."""
    with database() as at:
        from satusuara.people.actions import create_account, issue_setup_link, together

        _election, home = _place(election, area)
        with together():
            user = create_account(scope=_scope(), username=username, display_name=name, home=home, reason=reason, at=at)
            link = issue_setup_link(scope=_scope(), user=user, reason=reason, at=at)
        typer.echo(_address(origin, link.uid, link.token))


@people.command("link")
def link_(
    username: str,
    *,
    reason: Reason,
    origin: Origin = ORIGIN,
    second_factor: Annotated[bool, typer.Option(help="Hapus faktor kedua / remove the second factor.")] = False,
) -> None:
    """Tautan baru; kata sandi lama berakhir / a new link; the old password ends."""
    with database() as at:
        from satusuara.people.actions import issue_setup_link, remove_second_factor, together

        user = _user(username)
        with together():
            if second_factor:
                remove_second_factor(scope=_scope(), user=user, reason=reason, at=at)
            link = issue_setup_link(scope=_scope(), user=user, reason=reason, at=at)
        typer.echo(_address(origin, link.uid, link.token))


@people.command("appoint")
def appoint_(
    username: str,
    role: str,
    *,
    reason: Reason,
    election: ElectionCode = "id-2024",
    area: AreaCode = "",
    participant: Annotated[str, typer.Option(help="Peserta, untuk saksi / participant, for a witness.")] = "",
) -> None:
    """Tugaskan / appoint."""
    with database() as at:
        from satusuara.people.actions import appoint

        where, place = _place(election, area)
        row = appoint(
            scope=_scope(),
            user=_user(username),
            role=role,
            election=where,
            area=place,
            participant=participant,
            reason=reason,
            at=at,
        )
        typer.echo(f"{row.pk}\t{row}")


@people.command("end")
def end(appointment: int, reason: Reason) -> None:
    """Akhiri penugasan / end an appointment."""
    with database() as at:
        from satusuara.people.actions import end_appointment
        from satusuara.people.models import Appointment

        row = Appointment.objects.select_related("area", "election").filter(pk=appointment).first()
        if row is None:
            raise _nothing(f"{appointment}")
        typer.echo(f"{end_appointment(scope=_scope(), appointment=row, reason=reason, at=at)}")


@people.command("list")
def list_(election: ElectionCode = "id-2024", area: AreaCode = "") -> None:
    """Siapa bertugas di mana / who serves where."""
    with database() as at:
        from satusuara.people.queries import WholeTree, officers_below

        where, place = _place(election, area)
        for row in officers_below(_scope(), place or WholeTree(where.code), at=at):
            typer.echo(f"{row.pk}\t{row.user.username}\t{row.role}\t{row.area.code if row.area else '-'}")


def _scope() -> Scope:
    from satusuara.people.queries import Scope

    return Scope.system("people")


def _place(election: str, area: str) -> tuple[Election, Area | None]:
    from satusuara.areas.models import Area, Election

    where = Election.objects.filter(code=election).first()
    if where is None:
        raise _nothing(election)
    place = Area.objects.filter(election=where, code=area).first() if area else None
    if area and place is None:
        raise _nothing(area)
    return where, place


def _user(username: str) -> User:
    from satusuara.people.models import User

    user = User.objects.select_related("home").filter(username=username).first()
    if user is None:
        raise _nothing(username)
    return user


def _nothing(what: str) -> Exception:
    from satusuara.kernel.errors import NotFound
    from satusuara.kernel.i18n import Text

    return NotFound("not-found", Text(f"Tidak ada {what}", f"There is no {what}"))


def _address(origin: str, uid: str, token: str) -> str:
    from django.urls import reverse

    return origin.rstrip("/") + reverse("people:set_up", args=[uid, token])
