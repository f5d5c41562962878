"""The tree of RFC 6962: against its own recursive definition, and against the published vectors."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satusuara.ledger.rules import (
    EMPTY_ROOT,
    ProofError,
    complete_subtrees,
    consistency_ranges,
    fold,
    grow,
    inclusion_ranges,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)
from tests.shared import SHARED, shared

VECTORS = "data/vectors/rfc6962"


def definition(leaves: Sequence[bytes]) -> bytes:
    """MTH(D[n]) word for word (RFC 6962 section 2.1)."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + definition(leaves[:k]) + definition(leaves[k:])).digest()


def leaves_of(size: int) -> list[bytes]:
    return [str(n).encode() for n in range(size)]


def hashes(size: int, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
    """The hashes of ranges, from the definition."""
    data = leaves_of(size)
    return [definition(data[start:end]) for start, end in ranges]


sizes = st.integers(min_value=0, max_value=70)


@given(sizes, sizes)
def test_a_tree_grown_in_two_steps_has_the_root_of_the_definition(first: int, more: int) -> None:
    data = leaves_of(first + more)
    begun = grow(0, [], [leaf_hash(d) for d in data[:first]])
    grown = grow(begun.size, begun.edge, [leaf_hash(d) for d in data[first:]])
    assert begun.root == definition(data[:first])
    assert grown.root == definition(data)
    for level, index, hashed in begun.nodes + grown.nodes:
        assert hashed == definition(data[index << level : (index + 1) << level])
    assert len(begun.nodes + grown.nodes) == sum(len(data) >> level for level in range(1, 8))


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert grow(0, [], []).root == EMPTY_ROOT == fold([])


@given(st.integers(1, 70).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size))))
def test_every_leaf_is_proved_and_no_other_in_its_place(place: tuple[int, int]) -> None:
    index, size = place
    proof = hashes(size, inclusion_ranges(index, size))
    root = definition(leaves_of(size))
    verify_inclusion(index, size, leaf_hash(str(index).encode()), proof, root)
    for other in {index - 1, index + 1} & set(range(size)):
        with pytest.raises(ProofError):
            verify_inclusion(other, size, leaf_hash(str(index).encode()), proof, root)
    with pytest.raises(ProofError):
        verify_inclusion(index, size, leaf_hash(b"another"), proof, root)


@given(st.integers(1, 70).flatmap(lambda size: st.tuples(st.integers(1, size), st.just(size))))
def test_every_earlier_tree_is_proved_and_no_other_root(place: tuple[int, int]) -> None:
    old, size = place
    proof = hashes(size, consistency_ranges(old, size))
    before, after = definition(leaves_of(old)), definition(leaves_of(size))
    verify_consistency(old, size, proof, before, after)
    for wrong in ((leaf_hash(b"x"), after), (before, leaf_hash(b"x"))):
        with pytest.raises(ProofError):
            verify_consistency(old, size, proof, *wrong)


@given(st.integers(0, 40), st.integers(0, 6))
def test_complete_subtrees_cover_a_range_without_gap(length: int, start: int) -> None:
    base = start << 6
    covered = [
        leaf
        for level, index in complete_subtrees(base, base + length)
        for leaf in range(index << level, (index + 1) << level)
    ]
    assert covered == list(range(base, base + length))


def test_bytes_cannot_be_shifted_from_one_side_of_a_node_to_the_other() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    root = node_hash(left, right)
    assert node_hash(left + right[:1], right[1:]) == root, "the hash alone would not notice"
    with pytest.raises(ProofError, match="32 bytes"):
        verify_inclusion(0, 2, left + right[:1], [right[1:]], root)


@pytest.mark.parametrize("ask", [(0, 0), (3, 3), (-1, 4)])
def test_a_leaf_outside_the_tree_has_no_proof(ask: tuple[int, int]) -> None:
    with pytest.raises(ProofError):
        inclusion_ranges(*ask)


@pytest.mark.parametrize("ask", [(0, 0), (0, 3), (4, 3)])
def test_nothing_extends_an_empty_or_a_longer_tree(ask: tuple[int, int]) -> None:
    with pytest.raises(ProofError):
        consistency_ranges(*ask)


def vectors(kind: str) -> list[Path]:
    folder = SHARED / VECTORS / kind
    return sorted(folder.rglob("*.json")) or [Path("absent")]


def read(path: Path) -> dict[str, Any]:
    if path == Path("absent"):
        shared(VECTORS)
    found: dict[str, Any] = json.loads(path.read_text())
    found["proof"] = [raw(hashed) for hashed in found["proof"] or []]
    return found


def raw(text: str) -> bytes:
    return base64.b64decode(text)


def accepted(verify: Any, *arguments: Any) -> bool:
    try:
        verify(*arguments)
    except ProofError:
        return False
    return True


def name(path: Path) -> str:
    return "/".join(path.parts[-3:])


@pytest.mark.requirement(2, "6", "the published RFC 6962 inclusion vectors pass")
@pytest.mark.parametrize("path", vectors("inclusion"), ids=name)
def test_inclusion_vector(path: Path) -> None:
    v = read(path)
    said = accepted(
        verify_inclusion, v["leafIdx"], v["treeSize"], raw(v["leafHash"] or ""), v["proof"], raw(v["root"] or "")
    )
    assert said is not v["wantErr"], v["desc"]


@pytest.mark.requirement(2, "6", "the published RFC 6962 consistency vectors pass")
@pytest.mark.parametrize("path", vectors("consistency"), ids=name)
def test_consistency_vector(path: Path) -> None:
    v = read(path)
    said = accepted(verify_consistency, v["size1"], v["size2"], v["proof"], raw(v["root1"]), raw(v["root2"]))
    assert said is not v["wantErr"], v["desc"]


@pytest.mark.requirement(2, "6", "all 98 inclusion and 98 consistency vectors are there to pass")
def test_no_vector_is_left_out() -> None:
    shared(VECTORS)
    assert (len(vectors("inclusion")), len(vectors("consistency"))) == (98, 98)
