"""The only writers of the log: entries, in batches under one lock, and signed checkpoints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from satusuara.kernel.errors import Refusal
from satusuara.kernel.hashing import payload_hash
from satusuara.kernel.i18n import Text
from satusuara.ledger import keys
from satusuara.ledger.models import Checkpoint, Entry, Head, Node
from satusuara.ledger.notes import CheckpointText
from satusuara.ledger.queries import node_hashes
from satusuara.ledger.rules import EMPTY_ROOT, Leaf, complete_subtrees, grow

_BATCH = 2000  # rows of one INSERT, where the database allows as many


@dataclass(frozen=True, slots=True)
class Seal:
    """One deed to be sealed. ``payload`` is any value that has canonical JSON; only its hash is kept."""

    action: str  # "<chapter>.<verb>"
    subject_kind: str  # "<chapter>.<model>"
    subject_id: str
    payload: Any
    reason: str = ""


def seal(*, at: datetime, by: str, seals: Sequence[Seal]) -> list[int]:
    """Appends one entry for each of ``seals`` and returns their indexes. One lock and a few statements, however many.

    Runs inside the caller's transaction, as its last step: the deed and its entries stand or fall together, and whoever
    seals at the same time waits for this transaction's end.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("seal() belongs into the transaction of the deed that it seals")
    if not by:
        raise ValueError("a deed without a doer")
    if not seals:
        return []
    head = _locked_head()
    leaves = [
        Leaf(n, at, by, s.action, s.subject_kind, s.subject_id, s.reason, payload_hash(s.payload))
        for n, s in enumerate(seals, head.size)
    ]
    hashes = [leaf.hash() for leaf in leaves]
    edge_nodes = complete_subtrees(0, head.size)
    known = node_hashes(edge_nodes)
    growth = grow(head.size, [known[node] for node in edge_nodes], hashes)
    Entry.objects.bulk_create(
        [
            Entry(
                index=leaf.index, at=leaf.at, actor=leaf.actor, action=leaf.action, subject_kind=leaf.subject_kind,
                subject_id=leaf.subject_id, reason=leaf.reason, payload_hash=leaf.payload_hash, leaf_hash=hashed,
            )
            for leaf, hashed in zip(leaves, hashes, strict=True)
        ],
        batch_size=_BATCH,
    )  # fmt: skip
    Node.objects.bulk_create(
        [Node(level=level, index=index, hash=hashed) for level, index, hashed in growth.nodes], batch_size=_BATCH
    )
    head.size, head.root = growth.size, growth.root
    head.save(update_fields=["size", "root"])
    return [leaf.index for leaf in leaves]


def _locked_head() -> Head:
    """The head row, held until the transaction ends (SQLite: the transaction itself is IMMEDIATE)."""
    head = Head.objects.select_for_update().filter(pk=1).first()
    if head is None:
        Head.objects.get_or_create(pk=1, defaults={"size": 0, "root": EMPTY_ROOT})
        head = Head.objects.select_for_update().get(pk=1)
    return head


def sign_checkpoint(*, at: datetime) -> Checkpoint:
    """States and signs how long the log is and what its root is. The same length again gives the same checkpoint.

    :raises Refusal: ``log-empty``
    """
    with transaction.atomic():
        head = _locked_head()
        if head.size == 0:
            raise Refusal(
                "log-empty",
                Text("Buku catatan masih kosong", "The log is still empty"),
                remedy=Text("Tidak ada yang perlu ditandatangani.", "There is nothing to sign."),
            )
        known = Checkpoint.objects.filter(size=head.size).first()
        if known is not None:
            return known
        signer = keys.signer()
        root = bytes(head.root)
        note = signer.sign(str(CheckpointText(signer.name, head.size, root)))
        return Checkpoint.objects.create(size=head.size, root=root, note=note, at=at)
