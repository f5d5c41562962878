"""What others check without our database: a receipt for one entry, and the whole log as JSON lines.

Both end in a checkpoint signed by the log. Whoever verifies should know its public key from elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from satusuara.kernel.errors import Place, Refusal
from satusuara.kernel.i18n import Text
from satusuara.ledger.notes import CheckpointText, Verifier, open_note, parse_checkpoint, read_proof
from satusuara.ledger.rules import Leaf, ProofError, fold, grow, verify_inclusion

RECEIPT = "satusuara-receipt-v1"
LOG = "satusuara-log-v1"


@dataclass(frozen=True, slots=True)
class Verified:
    """What a file was found to show. ``entry``: empty for a whole log; ``trusted``: under a key the caller brought."""

    checkpoint: CheckpointText
    key: str
    trusted: bool
    entry: dict[str, Any]


def receipt(leaf: Leaf, proof: str, key: Verifier) -> dict[str, Any]:
    """A receipt as one JSON object; ``proof`` is a C2SP tlog-proof."""
    return {"format": RECEIPT, "key": str(key), "entry": leaf.as_dict(), "proof": proof}


def verify_file(path: Path, key: Verifier | None = None) -> Verified:
    """Checks a receipt (.json) or an exported log (.jsonl).

    :raises Refusal: ``proof-unfit``, saying what does not fit
    """
    try:
        with path.open(encoding="utf-8") as lines:
            first = json.loads(next(lines, "null")) if path.suffix == ".jsonl" else json.load(lines)
            kind = first.get("format") if isinstance(first, dict) else None
            if kind == RECEIPT:
                return _receipt(first, key)
            if kind == LOG:
                return _log(first, lines, key)
            raise ProofError("neither a receipt nor a log")
    except FileNotFoundError as error:
        missing = Text("berkas tidak ada", "there is no such file")
        raise Refusal("file-missing", missing, place=Place(file=str(path))) from error
    except (ProofError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise Refusal(
            "proof-unfit",
            Text(f"Bukti tidak cocok: {error}", f"The proof does not fit: {error}"),
            place=Place(file=path.name),
            remedy=Text("Mintalah lagi dari pemilik buku catatan.", "Ask for it again from the log's keeper."),
        ) from error


def _receipt(found: dict[str, Any], key: Verifier | None) -> Verified:
    leaf = Leaf.from_dict(found["entry"])
    index, hashes, note = read_proof(found["proof"])
    trusted = key or Verifier.parse(found["key"])
    said = parse_checkpoint(open_note(note, trusted))
    if index != leaf.index:
        raise ProofError("the proof is about another entry")
    verify_inclusion(index, said.size, leaf.hash(), hashes, said.root)
    return Verified(said, str(trusted), key is not None, leaf.as_dict())


def _log(head: dict[str, Any], lines: Iterator[str], key: Verifier | None) -> Verified:
    trusted = key or Verifier.parse(head["key"])
    said = parse_checkpoint(open_note(head["checkpoint"], trusted))
    size, edge = 0, list[bytes]()
    for line in lines:
        leaf = Leaf.from_dict(json.loads(line))
        if leaf.index != size:
            raise ProofError(f"entry {size} is not where it should be")
        growth = grow(size, edge, [leaf.hash()])
        size, edge = growth.size, growth.edge
    if (size, fold(edge)) != (said.size, said.root):
        raise ProofError(f"{size} entries are not the {said.size} that were signed")
    return Verified(said, str(trusted), key is not None, {})
