"""Messages from phones: the grammar, whose word it is, and the gateway's door."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from satusuara.kernel.errors import Forbidden, Refusal
from satusuara.people.models import Appointment, User
from satusuara.people.queries import Scope
from satusuara.risk import actions, queries_reports
from satusuara.risk.models import BarrierReport, BarrierState, Message, Sender
from satusuara.risk.rules.messages import LONGEST, read, reply, write
from tests.count.regency import station
from tests.risk.conftest import AT, Regency, wrong_in_the_log

GATES = "ABCDEFGHJKMN"
SECRET = "s3cret-of-a-gateway-0123456789abcdef"
fields = st.dictionaries(st.sampled_from(GATES), st.booleans(), min_size=1)
stations = st.integers(0, 999).map(lambda n: f"{n:03}")

# --- the grammar ---


@pytest.mark.requirement(5, "4", "a message of readiness is read and what was understood is said back")
@pytest.mark.parametrize(
    ("text", "tps", "ready", "wrong", "note"),
    [
        ("SIAP 012 A1 B0", "012", "A1 B0", [], ""),
        ("siap 12 a1,b0 @tinta  kurang", "012", "A1 B0", [], "tinta kurang"),
        ("SIAPO12AIBO", "012", "A1 B0", [], ""),
        (" s1ap: tps 3; A-l, d=O ", "003", "A1 D0", [], ""),
        ("SIAP 012 A1 Z1 B7 xx", "012", "A1", ["Z1", "B7", "XX"], ""),
        ("SIAP 012 A1 C1 A0", "012", "C1", ["A1/A0"], ""),
        ("SIAP 7322012001001 N1", "7322012001001", "N1", [], ""),
        ("SIAP 01 2 A1", "", "A1", ["01", "2"], ""),
        ("SIAP 12345 A1", "", "A1", ["TPS 12345"], ""),
        ("SIAP A1", "", "A1", [], ""),
        ("SIAP 012 A11", "012", "", ["A11"], ""),
    ],
)
def test_the_grammar_forgives_and_names_what_it_cannot_read(
    text: str, tps: str, ready: str, wrong: list[str], note: str
) -> None:
    said = read(text, GATES)
    assert said.addressed
    assert (said.station, said.note, list(said.wrong)) == (tps, note, wrong)
    assert " ".join(f"{letter}{int(value)}" for letter, value in said.ready) == ready


@settings(deadline=None)  # a busy machine is no fault
@given(station=stations, ready=fields, note=st.text(alphabet="abc XYZ019,.", max_size=40), seed=st.randoms())
def test_whatever_is_written_is_read_back_however_it_is_spaced_and_typed(
    station: str, ready: dict[str, bool], note: str, seed: Any
) -> None:
    """Capitals, spaces, commas, I and L for 1, O for 0 change nothing."""
    body, _, tail = write(station, sorted(ready.items()), note).partition("@")
    words = body.split()
    typed = [words[0], words[1]] + [seed.choice([f"{w[0]} {w[1]}", w, f"{w[0]}-{w[1]}"]) for w in words[2:]]
    muddled = [
        w.replace("1", seed.choice("1iIlL")).replace("0", seed.choice("0oO")) if n > 1 else w
        for n, w in enumerate(typed)
    ]
    text = seed.choice([str.upper, str.lower])(seed.choice([" ", ", ", ";  "]).join(muddled))
    said = read(f"{text}@{tail}" if note else text, GATES)
    assert (said.station, dict(said.ready), said.wrong) == (station, ready, ())
    assert said.note == " ".join(note.split())


@settings(deadline=None)  # a busy machine is no fault
@given(text=st.text(max_size=300), kept=st.sets(st.sampled_from(GATES)))
def test_no_text_breaks_it_and_no_answer_is_longer_than_a_message(text: str, kept: set[str]) -> None:
    for each in (text, f"SIAP {text}", f"SIAP 012 {text}"):
        said = read(each, GATES)
        answer = reply(said, letters=GATES, kept=kept, refused=set(GATES) - kept)
        assert 0 < len(answer) <= LONGEST
        assert answer.isascii()
        assert all(letter in GATES for letter, _value in said.ready)


@settings(deadline=None)  # a busy machine is no fault
@given(station=stations, ready=fields, junk=st.lists(st.sampled_from(["XX", "Z1", "B9", "!!", "QQ"]), max_size=3))
def test_junk_never_costs_a_field_that_can_be_read(station: str, ready: dict[str, bool], junk: list[str]) -> None:
    said = read(f"{write(station, sorted(ready.items()))} {' '.join(junk)}", GATES)
    assert dict(said.ready) == ready
    assert len(said.wrong) == len(junk)


# --- whose word it is ---


@pytest.fixture
def kpps(regency: Regency) -> Scope:
    """The head of the committee of station 001, with a phone."""
    scope = regency.officer("kpps-ketua", station(1))
    user = User.objects.get(username=scope.name)
    actions.register_sender(scope=scope, user=user, number="0812 3456 789", at=AT)
    return scope


def _send(text: str, *, number: str = "+628123456789", at: datetime = AT, name: str = "m1") -> Message:
    return actions.receive_message(gateway_id=name, number=number, text=text, sent_at=at, at=at)


def _conditions(code: str) -> dict[str, str]:
    rows = BarrierState.objects.filter(area__code=code).select_related("barrier")
    return {row.barrier.code.removeprefix("SIAP."): row.condition for row in rows}


@pytest.mark.requirement(5, "4", "a message reports for the station of the sender's appointment and for no other")
def test_a_message_reports_for_the_senders_own_station(kpps: Scope) -> None:
    row = _send("siap 1 a1 d0 @botol satu")
    assert row.status == "understood", row.reply
    assert _conditions(station(1)) == {"A": "done", "D": "planned"}
    assert row.reply == "TPS 001 diterima. Siap: A. Belum: D. Catatan: botol satu"
    state = BarrierState.objects.get(barrier__code="SIAP.A")
    assert (state.done_by, state.channel, state.note) == (kpps.name, "sms", "botol satu")
    other = _send("SIAP 002 A1", name="m2")
    assert (other.status, other.reply) == ("refused", "TPS 002: bukan TPS Anda.")
    assert _conditions(station(2)) == {}
    assert wrong_in_the_log() == []


@pytest.mark.requirement(5, "4", "valid fields are kept, wrong ones named; the same message twice counts once")
def test_valid_fields_are_kept_and_the_same_message_counts_once(kpps: Scope) -> None:
    first = _send("SIAP 001 A1 Z1 B1")
    assert (first.status, first.kept, first.wrong) == ("partly", ["A", "B"], ["Z1"])
    assert "Tidak terbaca: Z1" in first.reply
    again = _send("SIAP 001 A1 Z1 B1")
    assert again.pk == first.pk
    assert Message.objects.count() == 1
    assert BarrierReport.objects.count() == 2


def test_a_number_that_is_nobodys_changes_nothing_and_is_not_kept(regency: Regency) -> None:
    row = _send("SIAP 001 A1", number="081299988877")
    assert (row.status, row.area, row.sender) == ("stranger", None, None)
    assert not BarrierState.objects.exists()
    kept = json.dumps(list(Message.objects.values()), default=str) + json.dumps(list(Sender.objects.values()))
    assert "99988877" not in kept


def test_whoever_is_no_longer_appointed_reports_nothing(kpps: Scope) -> None:
    Appointment.objects.filter(user__username=kpps.name).update(ends=AT)
    row = _send("SIAP 001 A1", at=AT + timedelta(minutes=1))
    assert row.status == "refused"
    assert not BarrierState.objects.exists()


def test_a_sub_district_writes_the_whole_code_where_a_number_is_in_two_villages(regency: Regency) -> None:
    chair = regency.officer("kpu-ketua", "7322")
    actions.register_sender(scope=chair, user=User.objects.get(username=chair.name), number="08111111111", at=AT)
    unclear = _send("SIAP 001 A1", number="08111111111")
    assert (unclear.status, "kode TPS lengkap" in unclear.reply) == ("refused", True)
    clear = _send(f"SIAP {station(1)} A1", number="08111111111", name="m2")
    assert clear.status == "understood"


def test_not_ready_after_a_verification_is_a_loss_and_an_older_message_undoes_nothing(
    kpps: Scope, regency: Regency
) -> None:
    _send("SIAP 001 A1")
    second = regency.officer("pps-ketua", "7322012001")
    state = BarrierState.objects.get(barrier__code="SIAP.A")
    actions.verify_gate(scope=second, state=state, at=AT + timedelta(hours=1))
    row = _send("SIAP 001 A0", at=AT + timedelta(hours=2), name="m2")
    assert row.status == "understood"
    assert _conditions(station(1)) == {"A": "degraded"}
    late = actions.receive_message(
        gateway_id="m3", number="08123456789", text="SIAP 001 A1", sent_at=AT, at=AT + timedelta(hours=3)
    )
    assert (late.status, late.wrong) == ("refused", ["A"])
    assert _conditions(station(1)) == {"A": "degraded"}


def test_a_number_belongs_to_one_account_and_to_those_over_it(regency: Regency, kpps: Scope, ppk: Scope) -> None:
    other = regency.officer("kpps-ketua", station(2))
    user = User.objects.get(username=other.name)
    with pytest.raises(Refusal) as refused:
        actions.register_sender(scope=other, user=user, number="628123456789", at=AT)
    assert refused.value.code == "number-taken"
    sender = Sender.objects.get()
    with pytest.raises(Forbidden):
        actions.end_sender(scope=other, sender=sender, at=AT)
    actions.end_sender(scope=kpps, sender=sender, at=AT)
    assert queries_reports.sender_of("08123456789") is None
    assert wrong_in_the_log() == []


def test_numbers_of_people_are_masked(kpps: Scope) -> None:
    row = _send("SIAP 001 A1 @NIK 7322014502990001")
    assert "7322014502990001" not in row.text
    assert (row.status, row.wrong) == ("refused", ["A"])  # a note with a person's number is not taken


# --- the gateway's door ---


def _post(client: Client, body: dict[str, Any], *, secret: str = SECRET, shift: float = 0) -> Any:
    raw, stated = json.dumps(body).encode(), str(int(timezone.now().timestamp() + shift))
    signature = hmac.new(secret.encode(), f"{stated}.".encode() + raw, hashlib.sha256).hexdigest()
    return client.post(
        "/api/v1/messages/sms", raw, content_type="application/json",
        headers={"X-Satusuara-Time": stated, "X-Satusuara-Signature": signature},
    )  # fmt: skip


BODY = {"id": "g-1", "from": "+628123456789", "text": "SIAP 001 A1"}


@pytest.mark.requirement(5, "4", "the gateway's webhook takes signed messages only, within a window, each once")
def test_the_door_takes_signed_messages_within_the_window_once(kpps: Scope, client: Client, settings: Any) -> None:
    settings.SMS_SECRET = SECRET
    assert _post(client, BODY, secret="another-secret-of-the-same-length-00").status_code == 401
    assert _post(client, BODY, shift=-301).json()["code"] == "message-time"
    assert _post(client, BODY, shift=301).status_code == 401
    assert not Message.objects.exists()
    first, again = _post(client, BODY), _post(client, BODY)
    assert first.status_code == 200
    assert first.json() == again.json()
    assert first.json()["reply"] == "TPS 001 diterima. Siap: A."
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    "body", [{"id": "", "from": "0812", "text": ""}, {"from": "0812", "text": "x"}, {"id": 1}, [], {**BODY, "sent": -1}]
)
def test_a_body_that_is_none_is_refused_in_words(body: Any, db: None, client: Client, settings: Any) -> None:
    settings.SMS_SECRET = SECRET
    answer = _post(client, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "message-unreadable")


def test_without_a_secret_nothing_is_taken(db: None, client: Client, settings: Any) -> None:
    for secret in ("", "short"):
        settings.SMS_SECRET = secret
        assert _post(client, BODY, secret=secret).status_code == 503


def test_a_moment_from_the_future_is_no_later_than_now(kpps: Scope) -> None:
    row = actions.receive_message(
        gateway_id="f", number="08123456789", text="SIAP 001 A1", sent_at=datetime(2030, 1, 1, tzinfo=UTC), at=AT
    )
    assert row.sent_at == AT
