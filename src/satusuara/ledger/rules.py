"""The Merkle tree of RFC 6962 (section 2.1) and RFC 9162 (sections 2.1.3, 2.1.4) on SHA-256, and what a leaf says.

Hashes are 32 bytes; a node is named (level, index): the root of the ``index``-th complete subtree of 2**level leaves.
Level 0 are the leaves. Sizes are numbers of leaves; a half-open range of leaves is (start, end).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from satusuara.kernel.hashing import canonical_json

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

NodeId = tuple[int, int]
Range = tuple[int, int]


class ProofError(ValueError):
    """A proof that shows nothing: malformed, of the wrong length, or leading to another root."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry of the log: who did what to which thing, when and why, and the hash of what it was then."""

    index: int
    at: datetime
    actor: str
    action: str
    subject_kind: str
    subject_id: str
    reason: str
    payload_hash: str  # SHA-256, hex

    def as_dict(self) -> dict[str, Any]:
        """The leaf as JSON holds it; ``at`` in UTC to the microsecond, as every database keeps it."""
        return {
            "index": self.index,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": self.actor,
            "action": self.action,
            "subject_kind": self.subject_kind,
            "subject_id": self.subject_id,
            "reason": self.reason,
            "payload_sha256": self.payload_hash,
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Leaf:
        """The leaf that ``as_dict`` gave. Raises ``ProofError`` where a part is missing, foreign or of another kind."""
        parts = dict(value)
        try:
            leaf = cls(
                index=parts["index"],
                at=datetime.fromisoformat(parts["at"]),
                payload_hash=parts["payload_sha256"],
                **{name: parts[name] for name in ("actor", "action", "subject_kind", "subject_id", "reason")},
            )
            same = leaf.as_dict() == parts
        except (KeyError, TypeError, ValueError) as error:
            raise ProofError("not an entry of a log") from error
        if not same:
            raise ProofError("not an entry of a log")
        return leaf

    def hash(self) -> bytes:
        return leaf_hash(canonical_json(self.as_dict()))


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data) (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right) (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def complete_subtrees(start: int, end: int) -> list[NodeId]:
    """The fewest complete subtrees that cover the leaves (start, end), from the left.

    ``start`` must be a multiple of the largest power of two below the range's length, as every range of a proof is.
    """
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over complete subtrees of falling size, as ``complete_subtrees`` lists them; of none, the empty root."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


@dataclass(frozen=True, slots=True)
class Growth:
    """What appending leaves adds: the new complete subtrees above the leaves, and the right edge afterwards."""

    size: int
    nodes: list[tuple[int, int, bytes]]  # (level, index, hash), level >= 1, in the order they became complete
    edge: list[bytes]  # hashes of complete_subtrees(0, size)

    @property
    def root(self) -> bytes:
        return fold(self.edge)


def grow(size: int, edge: Sequence[bytes], leaves: Iterable[bytes]) -> Growth:
    """Appends leaf hashes to a tree of ``size`` leaves of which only the right edge is known.

    ``edge``: hashes of ``complete_subtrees(0, size)``. Costs one hash a leaf on average.
    """
    stack = list(edge)
    nodes: list[tuple[int, int, bytes]] = []
    for leaf in leaves:
        stack.append(leaf)
        level, index = 0, size
        while index & 1:
            right = stack.pop()
            level, index = level + 1, index >> 1
            stack[-1] = node_hash(stack[-1], right)
            nodes.append((level, index, stack[-1]))
        size += 1
    return Growth(size, nodes, stack)


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The ranges whose hashes prove that leaf ``index`` stands in a tree of ``size`` leaves, from the leaf upwards
    (RFC 9162 section 2.1.3.1)."""
    if not 0 <= index < size:
        raise ProofError(f"no leaf {index} in a tree of {size}")
    ranges: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(old: int, size: int) -> list[Range]:
    """The ranges whose hashes prove that a tree of ``size`` leaves extends that of its first ``old`` ones
    (RFC 9162 section 2.1.4.1)."""
    if not 0 < old <= size:
        raise ProofError(f"a tree of {size} extends none of {old}")
    ranges: list[Range] = []
    start, end, whole = 0, size, True
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start, whole = middle, False
    if not whole:
        ranges.append((start, end))
    return ranges[::-1]


def _split(length: int) -> int:
    """The largest power of two below ``length``."""
    return 1 << (length - 1).bit_length() - 1


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """That the leaf hash ``leaf`` is number ``index`` of the tree of ``size`` leaves with ``root`` (RFC 9162 2.1.3.2).

    Raises ``ProofError``. Every hash that is hashed again must have 32 bytes: else bytes could be shifted from one side
    of a node to the other without changing its hash.
    """
    if not 0 <= index < size:
        raise ProofError(f"no leaf {index} in a tree of {size}")
    _require_hashes([leaf, *proof])
    if _path(index, size - 1, leaf, list(proof)) != root:
        raise ProofError("the proof leads to another root")


def _path(node: int, last: int, seed: bytes, proof: list[bytes]) -> bytes:
    root = seed
    for sibling in proof:
        if last == 0:
            raise ProofError("the proof is too long")
        if node & 1 or node == last:
            root = node_hash(sibling, root)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise ProofError("the proof is too short")
    return root


def verify_consistency(old: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes) -> None:
    """That the tree of ``size`` leaves with ``root`` extends the one of ``old`` leaves with ``old_root`` (RFC 9162
    2.1.4.2). Raises ``ProofError``.

    Nothing extends the empty tree provably: every tree does, so a "proof" from size 0 is refused, also to size 0. Trees
    of one size are the same tree: an empty proof and equal roots, compared as they are; nothing is hashed, so there the
    length of a root is the caller's affair (``notes.parse_checkpoint`` lets only 32 bytes in).
    """
    if not 0 < old <= size:
        raise ProofError(f"a tree of {size} extends none of {old}")
    if old == size:
        if proof or old_root != root:
            raise ProofError("two trees of one size with different roots, or a proof where none is needed")
        return
    if not proof:
        raise ProofError("the proof is empty")
    _require_hashes([*proof, old_root, root])
    hashes = list(proof)
    if old & (old - 1) == 0:  # the old tree is itself a node of the new one, and not repeated in the proof
        hashes.insert(0, old_root)
    if _extend(old - 1, size - 1, hashes) != (old_root, root):
        raise ProofError("the proof leads to other roots")


def _extend(node: int, last: int, hashes: Sequence[bytes]) -> tuple[bytes, bytes]:
    while node & 1:
        node, last = node >> 1, last >> 1
    before = after = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise ProofError("the proof is too long")
        if node & 1 or node == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise ProofError("the proof is too short")
    return before, after


def _require_hashes(hashes: Iterable[bytes]) -> None:
    if any(len(one) != HASH_SIZE for one in hashes):
        raise ProofError("a hash that is not 32 bytes long")
