"""Makes ``src/satusuara/pollbook/vectors/*.json``: bytes on which the core and its TypeScript twin are both tested.

``python -m tests.pollbook.vectors`` writes them; a test says when the core makes others. Byte strings are hex.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import satusuara.pollbook
from satusuara.ledger.notes import Signer
from satusuara.pollbook.rules import cbor, clock, close, keys, manifests, merge, packets, receipts, snapshot, voters
from satusuara.pollbook.rules.events import Event, EventId, Kind, Refused, Stamp, encode_event, event_hash, genesis
from satusuara.pollbook.rules.segments import open_segment
from tests.pollbook.make import (
    DAY_MS,
    ELECTION,
    HERE,
    THERE,
    Desk,
    check_in,
    draft,
    inked,
    issued,
    refused,
    seed_of,
    undo,
)

FOLDER = Path(satusuara.pollbook.__file__).parent / "vectors"


def plain(value: Any) -> Any:
    """As JSON holds it: byte strings as {"hex": …}."""
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def cbor_vectors() -> dict[str, Any]:
    values: list[Any] = [
        0, 1, 23, 24, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**53 - 1, None, b"", b"\x00" * 23, b"\x01" * 24,
        b"\x02" * 300, "", "Masamba", "Ñandú 的", [], [0], list(range(30)), [[[[[["deep"]]]]]], [None, [b"", ""]],
    ]  # fmt: skip
    bad = {
        "": "nothing", "1817": "23 in two bytes", "190010": "16 in three bytes", "1a00000010": "five bytes",
        "1b0000000000000001": "nine bytes", "1b0020000000000000": "2^53", "1bffffffffffffffff": "2^64-1",
        "20": "a negative number", "f4": "false", "f5": "true", "f7": "undefined", "f90000": "a float",
        "fb3ff0000000000000": "a float", "a0": "a map", "c000": "a tag", "9f00ff": "an indefinite array",
        "5f4100ff": "an indefinite byte string", "81": "an array that ends too early", "8100ff": "bytes after the end",
        "9b00000000ffffffff": "an array of four milliards", "5bffffffffffffffff": "a byte string of 2^64-1",
        "5a7fffffff00": "a byte string of two gigabytes", "61ff": "text that is not UTF-8",
        "62c328": "text that is not UTF-8", "63eda080": "a surrogate in text",
        "81818181818181818100": "nested too deep",
        "81" * 4000 + "00": "a bomb of arrays", "1c": "reserved", "0000": "two values",
    }  # fmt: skip
    return {
        "valid": [{"value": plain(value), "hex": cbor.encode(value).hex()} for value in values],
        "invalid": [{"hex": key, "why": why} for key, why in bad.items()],
    }


def key_vectors() -> dict[str, Any]:
    small = [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ]
    signed = []
    for name, context in (("segment", keys.SEGMENT), ("request", keys.REQUEST)):
        message = b"the message"
        seed = seed_of("signer")
        signed.append(
            {
                "kind": name, "context": context.hex(), "seed": seed.hex(), "public_key": keys.public_of(seed).hex(),
                "device": keys.device_id(keys.public_of(seed)).hex(), "message": message.hex(),
                "signature": keys.sign(seed, context, message).hex(),
            }
        )  # fmt: skip
    return {"signed": signed, "refused_public_keys": [*small, "00" * 31]}


def one_of_each() -> list[Event]:
    key = voters.voter_key(b"k" * 32, "7300000000000001")
    return [
        draft(Kind.OPEN, detail=[[246, 246, 246, 246, 246], 2], officer=1),
        draft(Kind.FINGER_CHECKED, 17, detail=0, officer=4, ms=DAY_MS + 61_000),
        check_in(17, ms=DAY_MS + 62_000, part=1),
        issued(17, ms=DAY_MS + 63_000),
        inked(17, ms=DAY_MS + 200_000),
        draft(Kind.CHECK_IN, key, category=1, mask=15, officer=4, detail=[0, bytes(64)], ms=DAY_MS + 210_000),
        refused(Refused.INKED, ms=DAY_MS + 220_000),
        draft(Kind.SPOILT, 17, mask=4, officer=1, ms=DAY_MS + 230_000),
        draft(Kind.NOTE, officer=1, detail="Antrean dipindahkan ke teras", ms=DAY_MS + 240_000),
        draft(
            Kind.CLOSE, officer=1, ms=DAY_MS + 21_600_000,
            detail=[[[0, 1], [1, 0], [0, 0]], [[246, 2, 0, 244]] * 5, [0, 0]],
        ),
    ]  # fmt: skip


def event_vectors() -> dict[str, Any]:
    desk = Desk("door")
    drafts = one_of_each()
    desk.write(*drafts[:5])
    desk.write(undo(desk.id(3), desk.id(4), desk.id(5)), *drafts[5:])
    rows = []
    for event in desk.events:
        raw = encode_event(event)
        rows.append(
            {
                "kind": event.kind.name.lower(), "dev_ix": event.dev_ix, "seq": event.seq, "prev": event.prev.hex(),
                "ms": event.stamp.ms, "ctr": event.stamp.ctr, "voter": plain(event.voter), "category": event.category,
                "mask": event.mask, "officer": event.officer, "detail": plain(event.detail), "hex": raw.hex(),
                "hash": event_hash(raw).hex(),
            }
        )  # fmt: skip
    good = desk.events[2]
    parts: list[Any] = [
        1, 0, 3, good.prev, [good.stamp.ms, 0], 2, 17, 0, 31, 4, [1, None],
    ]  # fmt: skip
    changes: dict[str, tuple[int, Any]] = {
        "another version": (0, 2), "number zero": (2, 0), "a short link": (3, bytes(16)), "no counter": (4, [1]),
        "an unknown kind": (5, 10), "line zero": (6, 0), "line 4096": (6, 4096), "a key of 15 bytes": (6, bytes(15)),
        "nobody checked in": (6, None), "no category": (7, None), "a mask too wide": (8, 65536),
        "no part": (10, [None, None]),
        "text for a seal": (10, [1, "x"]), "text for a line": (6, "17"),
    }  # fmt: skip
    bad = [{"why": why, "hex": cbor.encode([*parts[:n], v, *parts[n + 1 :]]).hex()} for why, (n, v) in changes.items()]
    long = [*parts[:5], 8, None, None, 0, 1, "x" * 161]
    bad.append({"why": "a note of 161 bytes", "hex": cbor.encode(long).hex()})
    return {
        "device": desk.device.hex(), "election": ELECTION, "station": HERE,
        "genesis": genesis(desk.device, ELECTION, HERE).hex(),
        "events": rows, "invalid": bad,
    }  # fmt: skip


def _opened(raw: bytes) -> dict[str, Any]:
    found = open_segment(raw)
    return {
        "hex": raw.hex(), "election": found.election, "station": found.station, "public_key": found.public_key.hex(),
        "device": found.device.hex(), "first": found.first, "last": found.last, "hash": found.hash.hex(),
        "event_hashes": [one.hex() for one in found.hashes],
    }  # fmt: skip


def segment_vectors() -> dict[str, Any]:
    desk = Desk("door")
    drafts = one_of_each()
    one, two = desk.write(*drafts[:5]), desk.write(*drafts[5:])
    body, signature = cbor.decode(one)
    inner = cbor.decode(body)

    def again(parts: list[Any], seed: bytes = desk.seed) -> str:
        made = cbor.encode(parts)
        return cbor.encode([made, keys.sign(seed, keys.SEGMENT, made)]).hex()

    def part(n: int, value: Any) -> list[Any]:
        return [*inner[:n], value, *inner[n + 1 :]]

    assert isinstance(body, bytes)
    other_purpose = keys.sign(desk.seed, keys.SNAPSHOT, body)
    flipped = bytearray(one)
    flipped[200] ^= 1
    small = bytes.fromhex("0100000000000000000000000000000000000000000000000000000000000000")
    bad = [
        ("segment-malformed", "nothing", ""),
        ("segment-malformed", "truncated", one[:-1].hex()),
        ("segment-malformed", "a byte more", one.hex() + "00"),
        ("signature-wrong", "a bit changed", bytes(flipped).hex()),
        ("signature-wrong", "signed by another key", again(inner, seed_of("exit"))),
        ("signature-wrong", "signed for another purpose", cbor.encode([body, other_purpose]).hex()),
        ("segment-version", "version 2", again(part(0, 2))),
        ("segment-malformed", "no events", again(part(5, []))),
        ("segment-malformed", "thirteen events", again(part(5, [inner[5][0]] * 13))),
        ("segment-malformed", "an event that is none", again(part(5, [b"\x00"]))),
        ("chain-broken", "begins with another number", again(part(4, 2))),
        ("chain-broken", "an event left out", again(part(5, [inner[5][0], inner[5][2]]))),
        ("chain-broken", "two events swapped", again(part(5, [inner[5][1], inner[5][0]]))),
        ("key-unusable", "a key of small order", cbor.encode([cbor.encode(part(3, small)), bytes(64)]).hex()),
        ("segment-too-large", "8,193 bytes", "00" * 8193),
        ("segment-malformed", "a bomb of arrays", "81" * 8000 + "00"),
    ]  # fmt: skip
    return {
        "seed": desk.seed.hex(), "valid": [_opened(one), _opened(two)],
        "signature_length": len(signature),
        "invalid": [{"code": code, "why": why, "hex": raw} for code, why, raw in bad],
    }  # fmt: skip


def _state(raws: list[bytes]) -> dict[str, Any]:
    replica = merge.Replica()
    for raw in raws:
        replica.add(open_segment(raw))
    state = replica.state()

    def named(one: EventId) -> list[Any]:
        return [one.device.hex(), one.seq]

    return {
        "have": {device.hex(): head for device, head in replica.have().items()},
        "gaps": {d.hex(): [list(gap) for gap in log.gaps] for d, log in replica.logs.items() if log.gaps},
        "claims": {person.hex(): [named(one) for one in ids] for person, ids in state.claims.items()},
        "cancelled": [named(one) for one in sorted(state.cancelled)],
        "idle_undos": [[named(one), [named(o) for o in named_]] for one, named_ in sorted(state.idle_undos.items())],
        "conflicts": {case.hex(): [named(one) for one in pair] for case, pair in state.conflicts.items()},
        "forks": [[fork.device.hex(), fork.seq, *(one.hex() for one in fork.hashes)] for fork in state.forks],
    }


def merge_scenarios() -> dict[str, list[bytes]]:
    """Each scenario's segments, in the order in which they were written."""
    a, b = Desk("door"), Desk("exit", dev_ix=1)
    vx = [a.write(check_in(17)), b.write(check_in(17)), a.write(undo(a.id(1)))]
    a, c = Desk("door"), Desk("there", station=THERE)
    key = voters.voter_key(b"k" * 32, "7300000000000001")
    twice = [a.write(check_in(key, category=1)), c.write(check_in(key, category=2, ms=DAY_MS + 3_600_000))]
    foreign = [*twice, c.write(undo(EventId(a.device, 1)))]
    lost = Desk("door")
    three = lost.write_all([check_in(n) for n in range(1, 37)])
    cloned = Desk("door")
    first = cloned.write(check_in(1))
    copy = cloned.copied()
    fork = [first, cloned.write(check_in(2)), copy.write(check_in(3)), copy.write(check_in(4))]
    early = Desk("door")
    ahead = [early.write(undo(early.id(2))), early.write(check_in(5))]
    wrong = Desk("door")
    clocked = [wrong.write(check_in(1, ms=4_102_444_800_000)), wrong.write(check_in(2))]
    return {
        "VxPollBook: A and B check in one voter, A undoes: B's ballot is out, the voter has voted once": vx,
        "one person at two stations": twice,
        "an undo at another station takes nothing back": foreign,
        "the second of three segments is lost": [three[0], three[2]],
        "a copied key": fork,
        "an undo of the future takes nothing back": ahead,
        "a clock set to 2100": clocked,
        "repeated and reversed": [*reversed(vx), *vx],
    }


def merge_vectors() -> dict[str, Any]:
    person = merge.line_person(HERE, 17)
    one, other = EventId(b"\x01" * 16, 1), EventId(b"\x02" * 16, 258)
    return {
        "line_person": {"station": HERE, "line": 17, "person": person.hex()},
        "case_id": {"a": one.to_bytes().hex(), "b": other.to_bytes().hex(), "id": merge.case_id(other, one).hex()},
        "scenarios": [
            {"name": name, "segments": [raw.hex() for raw in raws], "state": _state(raws)}
            for name, raws in merge_scenarios().items()
        ],
    }


def clock_vectors() -> dict[str, Any]:
    ticks = [
        ((DAY_MS, 0), DAY_MS + 5),
        ((DAY_MS, 3), DAY_MS),
        ((DAY_MS, 3), DAY_MS - 1),
        ((4_102_444_800_000, 9), DAY_MS),
    ]
    heard = [
        ((DAY_MS, 0), (DAY_MS + 900_000, 2), DAY_MS), ((DAY_MS, 0), (DAY_MS + 900_001, 2), DAY_MS),
        ((DAY_MS, 0), (DAY_MS - 5, 7), DAY_MS), ((DAY_MS, 0), (4_102_444_800_000, 0), DAY_MS),
    ]  # fmt: skip
    return {
        "tick": [{"last": list(a), "now": n, "next": list(clock.tick(Stamp(*a), n))} for a, n in ticks],
        "receive": [
            {"last": list(a), "remote": list(r), "now": n, "next": list(got), "suspect": suspect}
            for a, r, n in heard
            for got, suspect in [clock.receive(Stamp(*a), Stamp(*r), n)]
        ],
    }


def close_vectors() -> dict[str, Any]:
    desk = Desk("door")
    drafts = [draft(Kind.OPEN, detail=[[10] * 5, 2], officer=1)]
    for voter, part in ((1, 0), (2, 1), (3, 1)):
        drafts += [check_in(voter, part=part), issued(voter), inked(voter)]
    raws = desk.write_all(drafts)
    raws.append(desk.write(undo(desk.id(8), desk.id(9), desk.id(10), returned=15)))
    raws.append(desk.write(draft(Kind.SPOILT, 1, mask=1, officer=1)))
    paper = [[[1, 1], [0, 0], [0, 0]], [[10, 2, 1, 7], *[[10, 2, 0, 8]] * 4], [0, 0]]
    raws.append(desk.write(draft(Kind.CLOSE, officer=1, detail=paper)))
    replica = merge.Replica()
    for raw in raws:
        replica.add(open_segment(raw))
    lines = close.reconcile(close.totals(replica.state(), HERE, contests=5, categories=3, parts=2))
    return {
        "segments": [raw.hex() for raw in raws], "station": HERE, "contests": 5, "categories": 3, "parts": 2,
        "lines": [
            {
                "rule": one.rule, "left": one.left, "right": one.right, "category": one.category, "part": one.part,
                "contest": one.contest, "holds": one.holds,
            }
            for one in lines
        ],
    }  # fmt: skip


def manifest_vectors() -> dict[str, Any]:
    commission = seed_of("commission")
    made = manifests.Manifest(ELECTION, HERE, Desk("door").public_key, 0, "door", DAY_MS, DAY_MS + 86_400_000)
    raw = manifests.sign_manifest(commission, made)
    return {
        "commission_seed": commission.hex(), "commission": keys.public_of(commission).hex(), "hex": raw.hex(),
        "device": made.device.hex(), "area": made.area, "role": made.role, "dev_ix": 0, "valid_from_ms": DAY_MS,
        "valid_to_ms": DAY_MS + 86_400_000, "covers": [HERE], "covers_not": [THERE],
    }  # fmt: skip


def voter_vectors() -> dict[str, Any]:
    key = hashlib.sha256(b"regency key").digest()
    matching = seed_of("matching")
    public = voters.X25519PrivateKey.from_private_bytes(matching).public_key().public_bytes_raw()
    numbers = [f"73000000000000{n:02d}" for n in range(1, 21)]
    made = [voters.voter_key(key, number) for number in numbers]
    found = voters.build_filter(made, one_in=1000)
    other = [voters.voter_key(key, f"74000000000000{n:02d}") for n in range(1, 21)]
    return {
        "regency_key": key.hex(), "keys": [{"identity": i, "key": k.hex()} for i, k in zip(numbers, made, strict=True)],
        "filter": found.to_bytes().hex(), "in": [k.hex() for k in made],
        "out": [k.hex() for k in other if k not in found],
        "seal": {
            "matching_seed": matching.hex(), "matching_public": public.hex(), "ephemeral_seed": seed_of("once").hex(),
            "identity": numbers[0], "sealed": voters.seal_identity(public, numbers[0], seed_of("once")).hex(),
        },
    }  # fmt: skip


def snapshot_vectors() -> dict[str, Any]:
    desk = Desk("door")
    raw = desk.write(check_in(1), check_in(17), check_in(300))
    extra = [voters.voter_key(b"k" * 32, f"730000000000000{n}") for n in range(3)]
    head = desk.head
    made = snapshot.sign_snapshot(
        desk.seed, station=HERE, size=300, last=head[0], head=head[1], lines=[1, 17, 300], extra=extra
    )
    return {
        "seed": desk.seed.hex(), "station": HERE, "size": 300, "lines": [1, 17, 300], "last": 3, "head": head[1].hex(),
        "extra": sorted(one.hex() for one in extra), "hex": made.hex(), "length": len(made),
        "frames_of": raw.hex(), "frames": [one.hex() for one in snapshot.frames(raw)],
    }  # fmt: skip


def packet_vectors() -> dict[str, Any]:
    key, commission = b"k" * 32, seed_of("commission")
    roll = tuple(
        packets.RollLine(
            n, f"PEMILIH BUATAN {n}", n % 2, f"000{n}", voters.voter_key(key, f"730000000000000{n}"), flags
        )
        for n, flags in ((1, 0), (2, packets.LOCKED), (3, packets.ASK_MORE))
    )
    mover = packets.Mover(voters.voter_key(key, "7300000000000009"), "PEMILIH BUATAN 9", 0, "0009", "732206", 15)
    origins = (
        packets.OriginRule("", 1, "dari provinsi lain", "from another province"),
        packets.OriginRule("7322", 15, "dari dapil lain", "from another district"),
        packets.OriginRule("732203", None, "tanyakan", "ask"),
    )
    made = packets.Packet(
        ELECTION, HERE, "TPS 001 Buatan", DAY_MS - 86_400_000, DAY_MS + 86_400_000, ("dpt", "dptb", "dpk"),
        ("ppwp", "dpd", "dpr", "dprd_prov", "dprd_kab"), (("07:00", "13:00"), ("07:00", "13:00"), ("12:00", "13:00")),
        roll, (mover,), origins, voters.build_filter([r.key for r in roll], one_in=1000).to_bytes(), key,
        bytes(range(32)), Signer("satusuara/test", seed_of("log")).verifier.__str__(), keys.public_of(commission),
    )  # fmt: skip
    raw = packets.encode_packet(made)
    code = packets.envelope_code(b"s" * 32, ELECTION, HERE)
    locked = packets.lock_packet(
        raw, election=ELECTION, station=HERE, pin="482913", code=code, secret=b"s" * 32, seed=commission, rounds=1000
    )
    return {
        "plain": raw.hex(), "pin": "482913", "code": code, "rounds": 1000, "locked": locked.hex(),
        "commission": keys.public_of(commission).hex(), "code_as_typed": code.replace("-", " ").lower(),
        "origin": {"732203": "732203", "7322032001": "732203", "732206": "7322", "9999": ""},
    }  # fmt: skip


def receipt_vectors() -> dict[str, Any]:
    segment = open_segment(Desk("door").write(check_in(17)))
    made = receipts.Receipt(segment.device, segment.first, segment.last, segment.hash, 41, DAY_MS)
    signer = Signer("satusuara/test", seed_of("log"))
    path = f"/api/v1/pollbook/doubles?station={HERE}"
    return {
        "log_key": str(signer.verifier), "text": made.text, "note": signer.sign(made.text),
        "request": {
            "seed": seed_of("door").hex(), "method": "GET", "path": path, "ms": DAY_MS, "body": "",
            "header": receipts.sign_request(seed_of("door"), "GET", path, DAY_MS),
        },
    }  # fmt: skip


FILES = {
    "cbor": cbor_vectors, "keys": key_vectors, "events": event_vectors, "segments": segment_vectors,
    "merge": merge_vectors, "clock": clock_vectors, "close": close_vectors, "manifests": manifest_vectors,
    "voters": voter_vectors, "snapshots": snapshot_vectors, "packets": packet_vectors, "receipts": receipt_vectors,
}  # fmt: skip


def text_of(name: str) -> str:
    return json.dumps(FILES[name](), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in FILES:
        (FOLDER / f"{each}.json").write_text(text_of(each), encoding="utf-8")
