"""The devices' door: signed requests, receipts, and words for whatever goes wrong."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from satusuara.ledger.notes import open_note
from satusuara.pollbook import keystore, queries
from satusuara.pollbook.actions.rolls import Expected, RollEntry, publish_packet
from satusuara.pollbook.models import Claim, Quarantined
from satusuara.pollbook.rules import packets, voters
from satusuara.pollbook.rules.receipts import parse_receipt, sign_request
from satusuara.pollbook.rules.segments import open_segment
from tests.pollbook.make import HERE, THERE, Desk, check_in
from tests.pollbook.world import SYSTEM, World

ROOT = "/api/v1/pollbook"
ONE, TWO = "7300000000000001", "7300000000000002"


@pytest.fixture
def today(world: World) -> World:
    """The devices are valid now: the API goes by the real time."""
    from satusuara.pollbook.models import Device

    now = datetime.now(UTC)
    Device.objects.update(valid_from=now - timedelta(days=1), valid_to=now + timedelta(days=1))
    return world


def put(raw: bytes, *, device: str = "", name: str = "") -> Any:
    try:
        segment = open_segment(raw)
        device, name = device or segment.device.hex(), name or f"{segment.first}-{segment.hash.hex()}"
    except ValueError:
        pass
    return Client().put(f"{ROOT}/segments/{device}/{name}", raw, content_type="application/cbor")


def get(desk: Desk, path: str, *, off: int = 0) -> Any:
    now = int(time.time() * 1000) + off
    header = sign_request(desk.seed, "GET", ROOT + path, now)
    return Client().get(ROOT + path, headers={"Authorization": header})


@pytest.mark.requirement(4, "4", "PUT of a segment answers with the log's receipt, the same one each time")
def test_a_segment_put_twice_has_one_receipt(today: World) -> None:
    raw = today.door.write(check_in(1))
    first, second = put(raw), put(raw)
    assert (first.status_code, first.json()["state"]) == (200, "stored")
    assert (second.status_code, second.json()["state"]) == (200, "known")
    assert first.json()["receipt"] == second.json()["receipt"]
    receipt = parse_receipt(open_note(first.json()["receipt"], keystore.log_key()))
    assert receipt.hash == open_segment(raw).hash


@pytest.mark.requirement(4, "R21", "no answer tells a device to delete: 413 and 422 say that all is kept")
@pytest.mark.requirement(4, "bad-input", "a body of 10 MB, a bomb, a stranger, a wrong address: in words")
def test_what_is_refused_is_refused_in_words(today: World) -> None:
    good = today.door.write(check_in(1))
    device = today.door.device.hex()
    name = f"1-{open_segment(good).hash.hex()}"
    answers = {
        "segment-too-large": (put(b"\0" * 10_000_000, device=device, name=name), 413),
        "segment-malformed": (put(b"\x81" * 8000 + b"\0", device=device, name=name), 422),
        "device-unknown": (put(Desk("stranger").write(check_in(1))), 422),
        "address-differs": (put(good, name=f"2-{'0' * 64}"), 422),
        "segment-address": (put(good, name="x"), 404),
    }
    for code, (answer, status) in answers.items():
        body = answer.json()
        assert (answer.status_code, body["code"]) == (status, code)
        assert body["sentence"]["id"] != body["sentence"]["en"]
        assert body["server_ms"] > 0
        if status in (413, 422):
            assert "perangkat" in body["remedy"]["id"]
    assert Quarantined.objects.count() == 3
    assert not Claim.objects.exists()


@pytest.mark.requirement(4, "R13", "a device sees nothing of another station, and nobody anything without a signature")
def test_a_device_is_answered_about_its_own_station_only(today: World) -> None:
    put(today.there.write(check_in(1)))
    for path in ("/have", "/segments", "/doubles", "/marks", "/packet"):
        assert get(today.door, f"{path}?station={THERE}").status_code == 403
        assert get(Desk("stranger"), f"{path}?station={HERE}").status_code == 401
        assert Client().get(f"{ROOT}{path}?station={HERE}").json()["code"] == "request-unsigned"
    assert get(today.door, f"/have?station={HERE}").status_code == 200


@pytest.mark.requirement(4, "R20", "a device whose clock is set to 2100 is told the time and served")
def test_a_device_with_a_wrong_clock_is_told_the_time(today: World) -> None:
    answer = get(today.door, f"/have?station={HERE}", off=75 * 365 * 86_400_000)
    assert (answer.status_code, answer.json()["code"]) == (401, "request-time")
    assert abs(answer.json()["server_ms"] - time.time() * 1000) < 60_000


@pytest.mark.requirement(4, "4", "doubles and marks are there for both stations")
@pytest.mark.requirement(4, "R18", "both stations' devices learn of the double")
def test_both_stations_fetch_the_double(today: World) -> None:
    today.load_roll(HERE, [ONE, TWO])
    put(today.door.write(check_in(2)))
    put(today.there.write(check_in(today.key_of(TWO), category=2)))
    here = get(today.door, f"/doubles?station={HERE}").json()["doubles"]
    there = get(today.there, f"/doubles?station={THERE}").json()["doubles"]
    assert [one["case"] for one in here] == [one["case"] for one in there]
    assert {claim["line"] for claim in there[0]["claims"]} == {None}  # lines of another roll stay there
    marks = get(today.door, f"/marks?station={HERE}").json()
    assert (marks["lines"], marks["more"]) == ([2], False)
    assert base64.b64decode(marks["keys"]) == today.key_of(TWO)[:8]
    assert get(today.door, f"/marks?station={HERE}&after={marks['cursor']}").json()["keys"] == ""


@pytest.mark.requirement(4, "R4", "the two devices of a station catch up through the server")
def test_the_other_device_catches_up(today: World) -> None:
    raws = today.door.write_all([check_in(n) for n in range(1, 26)])
    for raw in raws:
        put(raw)
    have = get(today.exit, f"/have?station={HERE}").json()["have"]
    assert have == {today.door.device.hex(): 25, today.exit.device.hex(): 0}
    after = f"{today.door.device.hex()}:12"
    found = get(today.exit, f"/segments?station={HERE}&after={after}").json()["segments"]
    assert [base64.b64decode(one) for one in found] == raws[1:]


@pytest.mark.requirement(4, "3", "a signed packet per station, opened by PIN and the envelope's code")
def test_a_station_fetches_its_packet(today: World) -> None:
    assert get(today.door, f"/packet?station={HERE}").json()["code"] == "packet-missing"
    roll = [RollEntry(1, "PEMILIH BUATAN 1", 0, ONE), RollEntry(2, "PEMILIH BUATAN 2", 1, TWO, locked=True)]
    today.load_roll(THERE, ["7300000000000009"])
    arguments: dict[str, Any] = {
        "scope": SYSTEM, "station": today.areas[HERE], "roll": roll, "pin": "482913",
        "expected": [Expected("PEMILIH BUATAN 9", 0, "7300000000000009", "732299", 15)],
        "regency_filter": queries.regency_filter(SYSTEM, today.areas["7322"]), "rounds": 1000,
        "built_at": datetime(2024, 2, 13, tzinfo=UTC), "expires_at": datetime(2024, 2, 16, tzinfo=UTC),
    }  # fmt: skip
    first = publish_packet(**arguments, at=datetime(2024, 2, 13, tzinfo=UTC))
    again = publish_packet(**arguments, at=datetime(2024, 2, 14, tzinfo=UTC))
    assert first.sha256 == again.sha256
    body = get(today.door, f"/packet?station={HERE}").content
    code = queries.envelope_code(SYSTEM, today.areas[HERE])
    packet = packets.unlock_packet(body, pin="482913", code=code, commission=keystore.secrets_of("id-2024").commission)
    assert [(line.name, line.last4, line.flags) for line in packet.roll] == [
        ("PEMILIH BUATAN 1", "0001", 0), ("PEMILIH BUATAN 2", "0002", packets.LOCKED),
    ]  # fmt: skip
    found = voters.read_filter(packet.filter)
    assert voters.voter_key(packet.regency_key, "7300000000000009") in found
    assert voters.voter_key(packet.regency_key, "7300000000000008") not in found
    assert ONE.encode() not in body
    assert b"PEMILIH" not in body


@pytest.mark.requirement(4, "R17", "logs hold neither identity numbers nor voter keys, at any level")
def test_logs_hold_no_person(today: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        today.load_roll(HERE, [ONE])
        put(today.door.write(check_in(1)))
        put(b"x", device="0" * 32, name=f"1-{'0' * 64}")
        get(today.door, f"/marks?station={HERE}")
    written = " ".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")
    assert ONE not in written
    assert today.key_of(ONE).hex() not in written


@pytest.mark.requirement(4, "R11", "a dump of the database holds no identity number of a pollbook in clear")
def test_a_dump_holds_no_identity_number(today: World) -> None:
    from django.core import serializers

    from satusuara.pollbook import models

    today.load_roll(HERE, [ONE, TWO])
    put(today.door.write(check_in(1)))
    for model in (models.RollKey, models.Claim, models.Segment, models.Device):
        dump = serializers.serialize("json", model.objects.all())
        raw = b"".join(bytes(row.raw) for row in models.Segment.objects.all())
        assert ONE not in dump
        assert ONE.encode() not in raw
