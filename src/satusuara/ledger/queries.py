"""Reads of the log: nodes, proofs, entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from satusuara.kernel.errors import NotFound
from satusuara.kernel.i18n import Text
from satusuara.ledger import keys
from satusuara.ledger.models import Checkpoint, Entry, Head, Node
from satusuara.ledger.notes import write_proof
from satusuara.ledger.receipts import receipt
from satusuara.ledger.rules import (
    Leaf,
    NodeId,
    Range,
    complete_subtrees,
    consistency_ranges,
    fold,
    inclusion_ranges,
)


def size() -> int:
    """How many entries the log has."""
    return Head.objects.filter(pk=1).values_list("size", flat=True).first() or 0


def root_at(length: int) -> bytes:
    """The root of the tree of the first ``length`` entries, from the stored nodes."""
    return _range_hashes([(0, length)])[0]


def leaf_of(entry: Entry) -> Leaf:
    """What an entry says, as the leaf that is hashed."""
    return Leaf(
        entry.index, entry.at, entry.actor, entry.action, entry.subject_kind, entry.subject_id, entry.reason,
        entry.payload_hash,
    )  # fmt: skip


def node_hashes(nodes: Sequence[NodeId]) -> dict[NodeId, bytes]:
    """{(level, index): hash} of the named nodes that are stored. At most two queries."""
    found: dict[NodeId, bytes] = {}
    leaves = [index for level, index in nodes if level == 0]
    if leaves:
        rows = Entry.objects.filter(pk__in=leaves).values_list("index", "leaf_hash")
        found |= {(0, index): bytes(hashed) for index, hashed in rows}
    inner = [node for node in nodes if node[0]]
    if inner:
        wanted = reduce(or_, (Q(level=level, index=index) for level, index in inner))
        stored = Node.objects.filter(wanted).values_list("level", "index", "hash")
        found |= {(level, index): bytes(hashed) for level, index, hashed in stored}
    return found


def inclusion_proof(index: int, length: int) -> list[bytes]:
    """Hashes that prove entry ``index`` in the tree of the first ``length`` entries. O(log n)."""
    return _range_hashes(inclusion_ranges(index, length))


def consistency_proof(old: int, length: int) -> list[bytes]:
    """Hashes that prove that the first ``length`` entries extend the first ``old``. O(log n)."""
    return _range_hashes(consistency_ranges(old, length))


def _range_hashes(ranges: Sequence[Range]) -> list[bytes]:
    parts = [complete_subtrees(*one) for one in ranges]
    known = node_hashes([node for nodes in parts for node in nodes])
    return [fold([known[node] for node in nodes]) for nodes in parts]


def entry(index: int) -> Entry:
    """:raises NotFound: ``no-entry``"""
    found = Entry.objects.filter(pk=index).first()
    if found is None:
        raise NotFound(
            "no-entry",
            Text(f"Tidak ada catatan nomor {index}", f"There is no entry {index}"),
            remedy=Text(f"Catatan bernomor 0 sampai {size() - 1}.", f"Entries are numbered 0 to {size() - 1}."),
        )
    return found


def last_entry_of(kind: str, subject_id: str) -> Entry:
    """The last entry about a subject.

    :raises NotFound: ``no-entry``
    """
    found = Entry.objects.filter(subject_kind=kind, subject_id=subject_id).order_by("-index").first()
    if found is None:
        raise NotFound(
            "no-entry",
            Text(f"Tidak ada catatan tentang {kind} {subject_id}", f"There is no entry about {kind} {subject_id}"),
        )
    return found


def entries_of(kind: str, ids: Iterable[str]) -> dict[str, list[Leaf]]:
    """{id: what the log says about it, in order}."""
    found: dict[str, list[Leaf]] = {}
    for row in Entry.objects.filter(subject_kind=kind, subject_id__in=list(ids)).order_by("index"):
        found.setdefault(row.subject_id, []).append(leaf_of(row))
    return found


def receipt_of(row: Entry, stated: Checkpoint) -> dict[str, Any]:
    """What others check without us: that an entry stands in the log of a checkpoint. O(log n).

    :raises ProofError: the stored nodes do not prove it
    """
    proof = write_proof(row.index, inclusion_proof(row.index, stated.size), stated.note)
    return receipt(leaf_of(row), proof, keys.signer().verifier)


def latest_checkpoint() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-size").first()


def lines() -> Iterator[dict[str, Any]]:
    """Every entry as JSON holds it, in order, streamed."""
    for row in Entry.objects.order_by("index").iterator(chunk_size=5000):
        yield leaf_of(row).as_dict()
