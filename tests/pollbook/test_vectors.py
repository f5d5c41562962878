"""The published bytes are what the core makes, and what is refused is refused for the stated reason."""

from __future__ import annotations

import json
from typing import Any

import cbor2
import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from satusuara.pollbook.rules import cbor, keys, packets, receipts, snapshot, voters
from satusuara.pollbook.rules.events import EventError, decode_event
from satusuara.pollbook.rules.segments import SegmentError, open_segment
from tests.pollbook import vectors


def load(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((vectors.FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.requirement(4, "1", "the same bytes every time: vectors shared with the desk are what the core makes")
@pytest.mark.parametrize("name", vectors.FILES)
def test_vectors_are_what_the_core_makes(name: str) -> None:
    assert (vectors.FOLDER / f"{name}.json").read_text(encoding="utf-8") == vectors.text_of(name)


@pytest.mark.requirement(4, "bad-input", "CBOR bombs and every second spelling of a value are refused")
def test_every_invalid_cbor_is_refused() -> None:
    for bad in load("cbor")["invalid"]:
        with pytest.raises(cbor.CborError):
            cbor.decode(bytes.fromhex(bad["hex"]))


VALUES = st.recursive(
    st.none() | st.integers(0, cbor.MAX_INT) | st.binary(max_size=300) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=5),
    max_leaves=20,
).filter(lambda value: depth(value) <= cbor.MAX_DEPTH)


def depth(value: Any) -> int:
    return 1 + max((depth(item) for item in value), default=0) if isinstance(value, list) else 0


@given(VALUES)
def test_an_independent_library_encodes_the_same_bytes(value: Any) -> None:
    raw = cbor.encode(value)
    assert raw == cbor2.dumps(value, canonical=True)
    assert cbor.decode(raw) == value


@given(st.binary(max_size=60))
def test_what_decodes_is_the_one_encoding(raw: bytes) -> None:
    try:
        value = cbor.decode(raw)
    except cbor.CborError:
        return
    assert cbor.encode(value) == raw


def test_refused_keys_are_refused() -> None:
    for bad in load("keys")["refused_public_keys"]:
        with pytest.raises(keys.UnfitKey):
            keys.load_public(bytes.fromhex(bad))


def test_every_invalid_event_is_refused() -> None:
    for bad in load("events")["invalid"]:
        with pytest.raises(EventError):
            decode_event(bytes.fromhex(bad["hex"]))


@pytest.mark.requirement(4, "bad-input", "tampered, truncated, foreign-signed segments and key tricks: one reason each")
@pytest.mark.requirement(4, "R16", "a tampered segment is rejected")
def test_every_invalid_segment_is_refused_for_its_reason() -> None:
    for bad in load("segments")["invalid"]:
        with pytest.raises(SegmentError) as refused:
            open_segment(bytes.fromhex(bad["hex"]))
        assert refused.value.code == bad["code"], bad["why"]
        assert refused.value.sentence.id
        assert refused.value.sentence.en


@given(st.data())
def test_no_changed_byte_of_a_segment_goes_unseen(data: st.DataObject) -> None:
    raw = bytearray(bytes.fromhex(load("segments")["valid"][0]["hex"]))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SegmentError):
        open_segment(bytes(raw))


def test_a_packet_opens_with_pin_and_code_only() -> None:
    found = load("packets")
    locked, commission = bytes.fromhex(found["locked"]), bytes.fromhex(found["commission"])
    packet = packets.unlock_packet(locked, pin=found["pin"], code=found["code_as_typed"], commission=commission)
    assert packets.encode_packet(packet).hex() == found["plain"]
    for code, prefix in found["origin"].items():
        rule = packets.origin_rule(packet.origins, code)
        assert rule is not None
        assert rule.prefix == prefix
    for pin, code in (("482914", found["code"]), (found["pin"], "0" * 20)):
        with pytest.raises(packets.PacketError, match="pin-or-code-wrong"):
            packets.unlock_packet(locked, pin=pin, code=code, commission=commission)
    with pytest.raises(packets.PacketError, match="packet-unsigned"):
        packets.unlock_packet(locked, pin=found["pin"], code=found["code"], commission=keys.public_of(b"x" * 32))
    with pytest.raises(packets.PacketError, match="packet-malformed"):
        packets.unlock_packet(locked[:-1], pin=found["pin"], code=found["code"], commission=commission)


@pytest.mark.requirement(4, "R11", "a locked packet shows neither a name nor a voter key")
def test_a_locked_packet_shows_no_name() -> None:
    found = load("packets")
    locked, plain = bytes.fromhex(found["locked"]), bytes.fromhex(found["plain"])
    assert b"PEMILIH BUATAN" in plain
    assert b"PEMILIH BUATAN" not in locked
    assert voters.voter_key(b"k" * 32, "7300000000000001") not in locked


def test_a_sealed_number_opens_with_the_matching_key_only() -> None:
    seal = load("voters")["seal"]
    sealed = bytes.fromhex(seal["sealed"])
    assert voters.unseal_identity(bytes.fromhex(seal["matching_seed"]), sealed) == seal["identity"]
    with pytest.raises(InvalidTag):
        voters.unseal_identity(b"x" * 32, sealed)


@given(st.permutations(range(4)))
def test_frames_join_in_any_order(order: list[int]) -> None:
    raw = bytes(range(250)) * 4
    frames = snapshot.frames(raw)
    assert len(frames) == 4
    assert snapshot.join_frames([frames[n] for n in order] * 2) == raw
    assert snapshot.join_frames([frames[n] for n in order[:3]]) is None


def test_a_request_is_signed_for_one_address_at_one_time() -> None:
    request = load("receipts")["request"]
    arguments = (request["header"], request["method"], request["path"])
    assert receipts.open_request(*arguments, request["ms"]) == keys.public_of(bytes.fromhex(request["seed"]))
    for changed, code in (
        ((arguments[0], "PUT", arguments[2], request["ms"]), "request-signature-wrong"),
        ((*arguments[:2], arguments[2] + "0", request["ms"]), "request-signature-wrong"),
        ((*arguments, request["ms"] + 900_001), "request-time"),
        (("Bearer x", *arguments[1:], request["ms"]), "request-unsigned"),
        ((receipts.SCHEME + "!!", *arguments[1:], request["ms"]), "request-unsigned"),
        ((receipts.SCHEME + "gfY", *arguments[1:], request["ms"]), "request-unsigned"),
    ):
        with pytest.raises(receipts.RequestError) as refused:
            receipts.open_request(*changed)
        assert refused.value.code == code
    note = load("receipts")
    assert receipts.parse_receipt(note["text"]).text == note["text"]
