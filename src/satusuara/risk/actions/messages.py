"""Messages from phones: whose number it is, and what a message of readiness becomes."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import IntegrityError, transaction

from satusuara.areas.models import Area
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.ledger.actions import seal
from satusuara.people.choices import Right
from satusuara.people.models import User
from satusuara.people.queries import Scope, appointments_in_force, not_your_area, scope_of
from satusuara.risk import queries_reports
from satusuara.risk.actions.readiness import report_gate
from satusuara.risk.choices import BarrierCondition, MessageStatus, Side
from satusuara.risk.models import Barrier, BarrierState, Message, Register, Sender
from satusuara.risk.payloads import sealed
from satusuara.risk.queries import playbook_of
from satusuara.risk.rules import messages as grammar
from satusuara.risk.rules.readiness import not_ready

CHANNEL = "sms"
_PERSON = re.compile(r"\d{14,}")  # longer than a station's code: a number of a person
_LEAST_DIGITS, _MOST_DIGITS = 8, 15  # ITU-T E.164


def register_sender(*, scope: Scope, user: User, number: str, at: datetime) -> Sender:
    """A number from which an officer reports: one's own, or of somebody at whose area one decides. The same is one.

    :raises Forbidden: ``not-your-area``
    :raises Refusal: ``number-unfit``, ``number-taken``
    """
    _require_over(scope, user, at)
    if not _LEAST_DIGITS <= sum(c.isdigit() for c in number) <= _MOST_DIGITS:
        raise Refusal(
            "number-unfit",
            Text("Nomor telepon tidak terbaca", "The telephone number cannot be read"),
            remedy=Text("Tulis 8 sampai 15 angka, misalnya 0812….", "Write 8 to 15 digits, such as 0812…."),
        )
    hashed = queries_reports.number_hash(number)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        known = Sender.objects.filter(number_hash=hashed, ended_at=None).first()
        if known is not None and known.user_id == user.pk:
            return known
        if known is not None:
            raise Refusal(
                "number-taken",
                Text("Nomor itu terdaftar untuk akun lain", "That number is another account's"),
                remedy=Text("Akhiri dahulu pendaftarannya di sana.", "End it there first."),
            )
        row = Sender.objects.create(user=user, number_hash=hashed, at=at, by=scope.name)
        seal(at=at, by=scope.name, seals=[sealed("register_sender", row)])
    return row


def end_sender(*, scope: Scope, sender: Sender, at: datetime) -> Sender:
    """From now on the number is nobody's.

    :raises Forbidden: ``not-your-area``
    """
    _require_over(scope, sender.user, at)
    with transaction.atomic():
        row = Sender.objects.select_for_update().get(pk=sender.pk)
        if row.ended_at is None:
            row.ended_at, row.ended_by = at, scope.name
            row.save(update_fields=["ended_at", "ended_by"])
            seal(at=at, by=scope.name, seals=[sealed("end_sender", row)])
    return row


def _require_over(scope: Scope, user: User, at: datetime) -> None:
    if scope.is_system or (scope.name and scope.name == user.get_username()):
        return
    areas = [each.area for each in appointments_in_force(at=at).filter(user=user)]
    if not areas or not all(area is not None and scope.allows(Right.RISK, area) for area in areas):
        raise not_your_area()


def receive_message(*, gateway_id: str, number: str, text: str, sent_at: datetime, at: datetime) -> Message:
    """What a gateway brings: stored once, and each gate that it names reported as by its sender, who gets ``reply``.

    The sender acts by his appointments of this moment; a number that is nobody's changes nothing. A letter that is
    refused leaves the others as they are.
    """
    known = Message.objects.filter(gateway_id=gateway_id).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return _received(gateway_id, number, text, min(sent_at, at), at)
    except IntegrityError:  # the same message at the same moment: the other one was first
        return Message.objects.get(gateway_id=gateway_id)


def _received(gateway_id: str, number: str, text: str, sent_at: datetime, at: datetime) -> Message:
    row = Message(
        gateway_id=gateway_id, text=_PERSON.sub(_mask, text)[:480], sent_at=sent_at, received_at=at,
        sender=queries_reports.sender_of(number),
    )  # fmt: skip
    if row.sender is None:
        row.status = MessageStatus.STRANGER
        row.reply = "Nomor ini belum terdaftar untuk laporan kesiapan. Hubungi PPS atau PPK Anda."
    else:
        _act(row, row.sender, text, at)
    row.save()
    seal(at=at, by=row.sender.user.get_username() if row.sender else "public", seals=[sealed("receive_message", row)])
    return row


def _act(row: Message, sender: Sender, text: str, at: datetime) -> None:
    """Fills in what became of the message of a known sender."""
    scope = scope_of(sender.user, at=at)
    letters = _letters()
    said = grammar.read(text, letters)
    row.area, row.register = _home(sender, at)
    row.status, row.wrong = MessageStatus.UNREAD, list(said.wrong)
    if not said.usable:
        row.reply = grammar.reply(said, letters=letters)
        return
    stations = queries_reports.stations_for(sender, said.station, at=at)
    if len(stations) != 1:
        row.status = MessageStatus.REFUSED
        problem = "bukan TPS Anda." if not stations else "ada di beberapa desa. Tulis kode TPS lengkap."
        row.reply = grammar.reply(said, letters=letters, problem=problem)
        return
    station = stations[0]
    registers = Register.objects.select_related("election", "area").filter(election=station.election)
    row.area = station
    row.register = next((each for each in registers if station.path.startswith(each.area.path)), None)
    if row.register is None:
        row.status = MessageStatus.REFUSED
        row.reply = grammar.reply(said, letters=letters, problem="daftar kesiapan belum dibuka.")
        return
    kept, refused = _report(scope, row, station, said)
    row.kept, row.wrong = kept, [*said.wrong, *refused]
    row.status = MessageStatus.UNDERSTOOD if kept and not row.wrong else MessageStatus.PARTLY
    row.status = row.status if kept else MessageStatus.REFUSED
    row.reply = grammar.reply(said, letters=letters, kept=kept, refused=refused)


def _report(scope: Scope, row: Message, station: Area, said: grammar.Understood) -> tuple[list[str], list[str]]:
    """(letters stored, letters refused)."""
    barriers = Barrier.objects.filter(register=row.register, side=Side.READY).select_related("register__area")
    gates = {each.code.removeprefix("SIAP."): each for each in barriers.select_related("register__election")}
    kept, refused = [], []
    for letter, ready in said.ready:
        barrier = gates.get(letter)
        try:
            if barrier is None:
                raise Refusal("no-gate", Text("Butir tidak ada", "No such gate"))
            with transaction.atomic():
                condition = BarrierCondition.DONE if ready else not_ready(_condition(barrier, station))
                note = said.note or ("" if ready else "belum siap, menurut pesan")
                report_gate(
                    scope=scope, barrier=barrier, area=station, condition=condition, note=note,
                    at=row.received_at, channel=CHANNEL, reported_at=row.sent_at,
                )  # fmt: skip
        except Refusal:
            refused.append(letter)
        else:
            kept.append(letter)
    return kept, refused


def _condition(barrier: Barrier, station: Area) -> str:
    found = BarrierState.objects.filter(barrier=barrier, area=station).values_list("condition", flat=True).first()
    return found or BarrierCondition.PLANNED


def _letters() -> list[str]:
    """The letters of every register's playbook."""
    names = dict.fromkeys(Register.objects.values_list("playbook", flat=True))
    rows = [Register.objects.filter(playbook=name)[0] for name in names]
    return sorted({gate.letter for row in rows for gate in playbook_of(row).gates})


def _home(sender: Sender, at: datetime) -> tuple[Area | None, Register | None]:
    """The area of the sender's appointment in the newest election that has a register, and that register."""
    held = appointments_in_force(at=at).filter(user=sender.user, area__isnull=False).order_by("-election__day", "pk")
    for appointment in held:
        area = appointment.area
        for register in Register.objects.filter(election=appointment.election).select_related("area"):
            if area is not None and area.path.startswith(register.area.path):
                return area, register
    return None, None


def _mask(match: re.Match[str]) -> str:
    return f"{match[0][:2]}{'*' * (len(match[0]) - 2)}"
