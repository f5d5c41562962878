"""Segments at the server: stored once, never lost, doubles raised in the commit, each refusal in words."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from satusuara.kernel.errors import Forbidden, Refusal
from satusuara.ledger.notes import open_note
from satusuara.ledger.verify import verify
from satusuara.people.queries import Scope
from satusuara.pollbook import keystore, queries
from satusuara.pollbook.actions.devices import enrol_device, revoke_device
from satusuara.pollbook.actions.held import release_held
from satusuara.pollbook.actions.ingest import ingest_segments
from satusuara.pollbook.actions.prepare import Incoming
from satusuara.pollbook.models import Claim, Conflict, Device, Fork, Quarantined, RollKey, Segment, StationDay
from satusuara.pollbook.rules import close
from satusuara.pollbook.rules.events import Kind
from satusuara.pollbook.rules.merge import Replica, case_id, line_person
from satusuara.pollbook.rules.receipts import parse_receipt
from satusuara.pollbook.rules.segments import open_segment
from tests.pollbook.days import deeds, play
from tests.pollbook.make import DAY_MS, HERE, THERE, Desk, check_in, draft, inked, issued, refused, undo
from tests.pollbook.world import AT, SYSTEM, World

ONE, TWO = "7300000000000001", "7300000000000002"


@pytest.mark.requirement(4, "4", "idempotent upload with a signed receipt of the log")
@pytest.mark.requirement(4, "R2", "the defined record is kept byte for byte")
def test_a_segment_is_stored_once_and_receipted_each_time(world: World) -> None:
    raw = world.door.write(check_in(17), issued(17))
    first, again = world.send(raw)[0], world.send(raw, raw, at=AT + timedelta(hours=1))[1]
    assert (first.outcome, again.outcome) == ("stored", "known")
    assert first.receipt == again.receipt
    receipt = parse_receipt(open_note(first.receipt, keystore.log_key()))
    segment = open_segment(raw)
    assert (receipt.device, receipt.first, receipt.last, receipt.hash) == (segment.device, 1, 2, segment.hash)
    assert [bytes(row.raw) for row in Segment.objects.all()] == [raw]
    assert Claim.objects.count() == 1


@pytest.mark.requirement(2, "6", "a line of a station's roll that was changed or unlocked is named")
def test_the_log_names_a_roll_that_was_changed(world: World) -> None:
    world.load_roll(HERE, [ONE, TWO])
    assert verify().problems == []
    RollKey.objects.filter(part=0).update(flags=F("flags") + 1)
    assert [(problem.code, problem.kind) for problem in verify().problems] == [("row-changed", "pollbook.roll")]


@pytest.mark.requirement(4, "R9", "what was ingested is sealed in the log and a change to it is named")
def test_the_log_verifies_and_names_a_changed_segment(world: World) -> None:
    world.send(world.door.write(check_in(17)), world.there.write(check_in(3)))
    assert verify().problems == []
    Segment.objects.filter(first=1, device__device=world.there.device.hex()).update(hash=b"\0" * 32)
    assert [(p.code, p.kind) for p in verify().problems] == [("row-changed", "pollbook.arrival")]


@pytest.mark.requirement(4, "4", "a double is raised inside the insert and shown to both stations")
@pytest.mark.requirement(4, "R18", "the duplicate is known at every station concerned")
def test_a_person_of_this_roll_let_in_elsewhere_is_a_double_at_both(world: World) -> None:
    world.load_roll(HERE, [ONE, TWO])
    world.send(world.door.write(check_in(2)))
    world.send(world.there.write(check_in(world.key_of(TWO), category=2)))
    (conflict,) = Conflict.objects.all()
    assert conflict.case_id == case_id(world.door.id(1), world.there.id(1)).hex()
    for station in (HERE, THERE):
        assert [row.case_id for row in queries.doubles_at(world.areas[station])] == [conflict.case_id]
    assert queries.marks_for(world.areas[HERE], after=0).lines == (2,)
    assert queries.marks_for(world.areas[THERE], after=0).keys == world.key_of(TWO)[:8]


def test_both_in_one_commit_and_either_order_is_the_same_case(world: World) -> None:
    world.load_roll(HERE, [ONE])
    world.send(world.there.write(check_in(world.key_of(ONE), category=2)), world.door.write(check_in(1)))
    assert Conflict.objects.get().case_id == case_id(world.door.id(1), world.there.id(1)).hex()


def test_a_roll_that_comes_late_still_finds_the_double(world: World) -> None:
    world.send(world.door.write(check_in(1)), world.there.write(check_in(world.key_of(ONE), category=2)))
    assert not Conflict.objects.exists()
    world.load_roll(HERE, [ONE])
    assert Conflict.objects.count() == 1


@pytest.mark.requirement(4, "R19", "the server cancels only named events: the VxPollBook case")
def test_an_undo_ends_the_conflict_and_leaves_the_other_check_in(world: World) -> None:
    world.send(world.door.write(check_in(17)), world.exit.write(check_in(17)))
    assert Conflict.objects.get().ended_at is None
    world.send(world.door.write(undo(world.door.id(1))))
    assert Conflict.objects.get().ended_at == AT
    (claim,) = Claim.objects.filter(undone=False)
    assert claim.device.device == world.exit.device.hex()


def test_an_undo_that_arrives_first_waits_for_what_it_names(world: World) -> None:
    claim, taken_back = world.door.write(check_in(17)), world.exit.write(undo(world.door.id(1)))
    world.send(taken_back)
    world.send(claim)
    assert not Claim.objects.filter(undone=False).exists()


def test_a_conflict_of_hundreds_of_claims_makes_no_hundred_thousand_cases(world: World) -> None:
    world.send(*world.door.write_all([check_in(17) for _ in range(200)]))
    assert 100 < Conflict.objects.count() <= 20 * 199


@pytest.mark.requirement(4, "4", "the database says what the core says, whatever order segments come in")
@given(deeds(copies=True), st.randoms(use_true_random=False), st.integers(1, 4))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_server_agrees_with_the_core(world: World, script: Any, random: Any, size: int) -> None:
    from django.db import transaction

    segments = play(script)
    core = Replica()
    for segment in segments:
        core.add(segment)
    state = core.state()
    raws = [segment.raw for segment in segments] + [segments[0].raw]
    random.shuffle(raws)
    with transaction.atomic():
        for n in range(0, len(raws), size):
            assert all(answer.receipt for answer in world.send(*raws[n : n + size]))
        live = {(c.device.device, c.seq) for c in Claim.objects.filter(undone=False).select_related("device")}
        wanted = {(one.device.hex(), one.seq) for ids in state.claims.values() for one in ids}
        assert live == wanted
        assert {c.case_id for c in Conflict.objects.filter(ended_at=None)} == {case.hex() for case in state.conflicts}
        heads = dict(Device.objects.filter(head__gt=0).values_list("device", "head"))
        assert heads == {device.hex(): head for device, head in core.have().items() if head}
        forks = {(fork.device.device, fork.seq) for fork in Fork.objects.select_related("device")}
        assert {seq for _, seq in forks} <= {fork.seq for fork in state.forks}
        assert {device for device, _ in forks} == {fork.device.hex() for fork in state.forks}
        assert not Device.objects.filter(waiting=True).exists()
        transaction.set_rollback(True)


# --- chains ---


@pytest.mark.requirement(4, "bad-input", "a gap that is never filled is named; what lies behind it counts")
@pytest.mark.requirement(4, "R4", "after a loss the server asks for exactly what is missing")
def test_a_gap_is_kept_open_and_counted(world: World) -> None:
    one, two, three = world.door.write_all([check_in(n) for n in range(1, 37)])
    world.send(one, three)
    row = Device.objects.get(device=world.door.device.hex())
    assert (row.head, row.waiting) == (12, True)
    assert Claim.objects.count() == 24
    (line,) = [line for line in queries.stations(SYSTEM, world.areas[HERE]) if line.gap]
    assert line.station.code == HERE
    assert queries.have(world.areas[HERE])[row.device] == 12
    world.send(two)
    row.refresh_from_db()
    assert (row.head, row.waiting) == (36, False)


@pytest.mark.requirement(4, "bad-input", "two segments with one number: both kept, the copied key proved")
@pytest.mark.requirement(4, "R15", "a restored device that goes on under its old key is proved")
@pytest.mark.parametrize("together", [True, False])
def test_two_segments_with_one_number_prove_a_copied_key(world: World, together: bool) -> None:
    first = world.door.write(check_in(1))
    copy = world.door.copied()
    one, other = world.door.write(check_in(2)), copy.write(check_in(3))
    answers = world.send(first, one, other) if together else [a for raw in (first, one, other) for a in world.send(raw)]
    assert all(answer.receipt for answer in answers)
    fork = Fork.objects.get()
    assert (fork.device.device, fork.seq) == (world.door.device.hex(), 2)
    assert {claim.line for claim in Claim.objects.all()} == {1, 2, 3}
    assert queries.forks(SYSTEM, world.areas["7322"]).count() == 1


def test_events_signed_again_in_other_pieces_are_the_same_events(world: World) -> None:
    from satusuara.pollbook.rules.segments import seal_segment

    world.send(world.door.write(check_in(1), check_in(2)))
    again = seal_segment(world.door.seed, world.door.election, HERE, world.door.events[1:2])
    assert world.send(again)[0].outcome == "stored"
    assert Claim.objects.count() == 2
    assert not Fork.objects.exists()


# --- what is not accepted ---


@pytest.mark.requirement(
    4, "bad-input", "tampered, truncated, replayed, foreign, revoked, unknown station: words, nothing lost"
)
@pytest.mark.requirement(4, "R16", "a tampered segment is held with its reason")
def test_what_is_not_accepted_is_kept_with_its_reason(world: World) -> None:
    good = world.door.write(check_in(1))
    tampered = bytearray(good)
    tampered[120] ^= 1
    stranger = Desk("stranger").write(check_in(1))
    elsewhere = Desk("door", station=THERE).write(check_in(1))
    nowhere = Desk("door", station="7322012001999").write(check_in(1))
    other = Desk("door", election="id-2019").write(check_in(1))
    bomb = b"\x81" * 8000 + b"\0"
    cases = {
        bytes(tampered): "signature-wrong", good[:-3]: "segment-malformed", stranger: "device-unknown",
        elsewhere: "station-other", nowhere: "station-unknown", other: "election-other", bomb: "segment-malformed",
        b"\0" * 9000: "segment-too-large",
    }  # fmt: skip
    answers = world.send(*cases)
    assert [answer.code for answer in answers] == list(cases.values())
    for answer in answers:
        assert answer.sentence is not None
        assert len(answer.sentence.id) > 20
        assert answer.sentence.id != answer.sentence.en
        assert not answer.receipt
    kept = {bytes(row.raw) for row in Quarantined.objects.all()}
    assert kept == {raw for raw in cases if len(raw) <= 8192} | {b""}
    assert not Segment.objects.exists()
    world.send(*cases)
    assert Quarantined.objects.count() == len(cases)
    assert world.send(good)[0].outcome == "stored"  # one bad segment holds up no other


def test_a_segment_under_anothers_address_is_held(world: World) -> None:
    segment = open_segment(world.door.write(check_in(1)))
    item = Incoming(segment.raw, segment.device.hex(), 2, segment.hash.hex())
    (answer,) = ingest_segments(scope=Scope.system("device"), items=[item], at=AT)
    assert answer.code == "address-differs"


@pytest.mark.requirement(4, "bad-input", "a revoked key: its segments are held, an officer may let them in")
def test_a_revoked_device_is_held_until_an_officer_decides(world: World) -> None:
    raw = world.door.write(check_in(1))
    row = Device.objects.get(device=world.door.device.hex())
    with pytest.raises(Refusal, match="reason-missing"):
        revoke_device(scope=SYSTEM, device=row, reason=" ", at=AT)
    revoke_device(scope=SYSTEM, device=row, reason="hilang di jalan", at=AT)
    assert world.send(raw)[0].code == "device-revoked"
    held = Quarantined.objects.get()
    assert release_held(scope=SYSTEM, held=held, reason="ponsel kembali, segel utuh", at=AT).outcome == "stored"
    held.refresh_from_db()
    assert held.released_by == "system:test"
    assert Claim.objects.count() == 1
    assert verify().problems == []


def test_no_officer_pardons_a_changed_segment(world: World) -> None:
    raw = bytearray(world.door.write(check_in(1)))
    raw[-1] ^= 1
    world.send(bytes(raw))
    answer = release_held(scope=SYSTEM, held=Quarantined.objects.get(), reason="coba", at=AT)
    assert (answer.outcome, answer.code) == ("quarantined", "signature-wrong")


@pytest.mark.requirement(
    4, "R23", "a spare enrolled for a sub-district works at any of its stations, and what it sent before is taken in"
)
def test_a_spare_stands_in_at_any_station_of_its_sub_district(world: World) -> None:
    spare = Desk("spare", station=HERE, dev_ix=100)
    early = spare.write(check_in(5))
    assert world.send(early)[0].code == "device-unknown"
    row = world.enrol(spare, area="732201", role="spare")
    assert row.dev_ix == 100
    assert Claim.objects.get().line == 5
    assert Quarantined.objects.get().released_at == AT
    assert world.send(spare.write(check_in(6)))[0].outcome == "stored"
    outside = Desk("spare", station=THERE, dev_ix=100)
    assert world.send(outside.write(check_in(7)))[0].code == "station-other"


@pytest.mark.requirement(4, "R15", "a key that was revoked, or is of another place, is never enrolled again")
def test_a_key_speaks_for_one_place_once(world: World) -> None:
    again = world.enrol(world.door)
    assert Device.objects.filter(pk=again.pk).count() == 1
    with pytest.raises(Refusal, match="device-elsewhere"):
        world.enrol(world.door, area=THERE)
    revoke_device(scope=SYSTEM, device=again, reason="dipulihkan dari cadangan", at=AT)
    with pytest.raises(Refusal, match="device-revoked"):
        world.enrol(world.door)
    with pytest.raises(Refusal, match="key-unusable"):
        enrol_device(
            scope=SYSTEM, area=world.areas[HERE], public_key=bytes(32), role="door", valid_from=AT,
            valid_to=AT + timedelta(days=1), at=AT,
        )  # fmt: skip
    with pytest.raises(Forbidden):
        enrol_device(
            scope=Scope.public(), area=world.areas[HERE], public_key=Desk("x").public_key, role="door", valid_from=AT,
            valid_to=AT + timedelta(days=1), at=AT,
        )  # fmt: skip


def test_an_expired_device_is_held(world: World) -> None:
    assert world.send(world.door.write(check_in(1)), at=AT + timedelta(days=20))[0].code == "device-expired"


def test_an_officer_brings_segments_of_his_own_area_only(world: World) -> None:
    (answer,) = ingest_segments(scope=Scope.public(), items=[Incoming(world.door.write(check_in(1)))], at=AT)
    assert answer.code == "not-your-area"


# --- the control room ---


@pytest.mark.requirement(
    4, "4", "opened, turnout per hour, silence, refused-inked, ink against check-ins; attendance per section"
)
def test_a_day_is_seen_from_the_control_room(world: World) -> None:
    world.load_roll(HERE, [ONE, TWO])
    world.send(
        world.door.write(
            draft(Kind.OPEN, detail=[[4] * 5, 2], officer=1), check_in(1, ms=DAY_MS + 60_000), issued(1),
            check_in(2, ms=DAY_MS + 3_700_000, part=1), issued(2, mask=15), refused(0), refused(0),
        ),
        world.exit.write(inked(1)),
    )  # fmt: skip
    (line,) = [one for one in queries.stations(SYSTEM, world.areas["7322"]) if one.station.code == HERE]
    assert (line.roll, line.check_ins, line.ink, line.refused, line.refused_inked) == (2, 2, 1, 2, 2)
    assert (line.opened_ms, line.closed_ms, line.ink_difference) == (DAY_MS, None, -1)
    assert not line.silent(AT + timedelta(minutes=30))
    assert line.silent(AT + timedelta(minutes=61))
    hours = queries.turnout_per_hour(SYSTEM, world.areas["7322"])
    assert [(h.hour, h.check_ins) for h in hours] == [("07:00", 1), ("08:00", 1)]
    rows = {row[1]: row[2:] for row in queries.attendance(SYSTEM, world.areas[HERE])}
    assert queries.attendance_columns(world.election)[2:5] == ["dpt_used_l", "dpt_used_p", "dpt_used"]
    assert rows["ppwp"] == [1, 1, 2, 0, 0, 0, 0, 0, 0, 1, 1, 2]
    assert rows["dprd_kab"] == [1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1]
    with pytest.raises(Forbidden):
        list(queries.attendance(Scope.public(), world.areas[HERE]))


def test_the_close_is_reconciled_from_what_arrived(world: World) -> None:
    paper = [[[1, 0], [0, 0], [0, 0]], [[2, 1, 0, 1]] * 5, [0, 0]]
    world.send(
        world.door.write(
            draft(Kind.OPEN, detail=[[2] * 5, 2]), check_in(1), issued(1), draft(Kind.CLOSE, detail=paper)
        ),
        world.exit.write(inked(1)),
    )
    assert close.is_clean(queries.reconciliation(SYSTEM, world.areas[HERE]))
    assert StationDay.objects.get().closed_ms == DAY_MS


@pytest.mark.requirement(4, "R20", "a clock set to 2100 is named at its station and changes no other")
def test_a_clock_set_to_2100_is_named(world: World) -> None:
    world.send(world.door.write(check_in(1, ms=4_102_444_800_000)), world.there.write(check_in(1)))
    lines = {line.station.code: line.suspect_clock for line in queries.stations(SYSTEM, world.areas["7322"])}
    assert lines == {HERE: True, THERE: False}


def test_without_a_roll_a_line_is_a_person_of_its_station(world: World) -> None:
    world.send(world.door.write(check_in(1)), world.there.write(check_in(1)))
    assert not Conflict.objects.exists()
    assert {bytes(c.person) for c in Claim.objects.all()} == {line_person(HERE, 1), line_person(THERE, 1)}


def test_requests_at_the_same_time_share_commits_and_each_gets_its_own_receipt(world: World) -> None:
    from satusuara.pollbook.actions.ingest import Intake
    from satusuara.pollbook.actions.prepare import prepare

    raws = world.door.write_all([check_in(n) for n in range(1, 37)])
    waiting: list[Any] = []
    intake = Intake()
    for raw in raws[:2]:  # two that came while the door was closed
        waiting.append(Future())
        intake._waiting.append((prepare([Incoming(raw)])[0], waiting[-1]))
    answer = intake.put(scope=Scope.system("device"), item=Incoming(raws[2]), at=AT)
    notes = [one.receipt for one in (*(each.result() for each in waiting), answer)]
    hashes = [parse_receipt(open_note(note, keystore.log_key())).hash for note in notes]
    assert hashes == [open_segment(raw).hash for raw in raws]
    assert Segment.objects.values("arrival").distinct().count() == 1


def test_another_election_with_the_same_codes_is_another_person(world: World) -> None:
    from satusuara.areas.models import Area, Election

    other = Election.objects.create(code="id-2019", law="id-2019", name_id="-", name_en="-", day=AT.date(), scheme="t")
    area = Area.objects.create(election=other, code=HERE, level="tps", name="1", path=f"/{HERE}/", source="t")
    desk = Desk("other", election="id-2019")
    enrol_device(
        scope=SYSTEM, area=area, public_key=desk.public_key, role="door", valid_from=AT - timedelta(days=1),
        valid_to=AT + timedelta(days=1), at=AT,
    )  # fmt: skip
    world.send(world.door.write(check_in(1)), desk.write(check_in(1)))
    assert Claim.objects.count() == 2
    assert not Conflict.objects.exists()
