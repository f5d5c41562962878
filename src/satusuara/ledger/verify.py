"""Whether the log and the rows it speaks of are still what was sealed; what is not is named.

The whole log is recomputed from what its entries say. Nothing stored is believed but the signed checkpoints, and those
only under this instance's key or one that the caller brings.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Max, Q

from satusuara.kernel.hashing import canonical_json, sha256_hex
from satusuara.kernel.i18n import Text
from satusuara.ledger import keys
from satusuara.ledger.models import Checkpoint, Entry, Head, Node
from satusuara.ledger.notes import Verifier, open_note, parse_checkpoint
from satusuara.ledger.queries import leaf_of
from satusuara.ledger.registry import Subject, subjects
from satusuara.ledger.rules import EMPTY_ROOT, ProofError, fold, grow

_BLOCK = 1 << 14  # leaves compared with their stored nodes at a time
_ROWS = 400  # rows of a chapter loaded at a time
_SHOWN = 2000  # characters of a payload that a problem carries


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it was sealed. ``index``: the entry, where there is one."""

    code: str
    sentence: Text
    index: int | None = None
    kind: str = ""
    id: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    def as_dict(self, lang: str) -> dict[str, Any]:
        return {
            "code": self.code,
            "sentence": self.sentence.in_(lang),
            "index": self.index,
            "kind": self.kind,
            "id": self.id,
            **self.details,
        }


@dataclass(slots=True)
class Report:
    """The outcome: how much was looked at, and everything that is wrong, the log first."""

    size: int = 0
    root: bytes = EMPTY_ROOT
    subjects: int = 0
    checkpoints: int = 0
    problems: list[Problem] = field(default_factory=list)


def verify(*, outside: Iterable[tuple[str, Verifier]] = ()) -> Report:
    """Recomputes the log, compares head, nodes, checkpoints and every registered row with it.

    ``outside``: signed checkpoints kept elsewhere, with the key to trust: the only guard against a log that was
    rewritten as a whole by somebody who also holds its key.
    """
    report = Report()
    stated = [*_own_checkpoints(report), *_outside_checkpoints(outside, report)]
    _verify_log(report, stated)
    for subject in subjects():
        _verify_subject(subject, report)
    return report


def _own_checkpoints(report: Report) -> Iterator[tuple[int, bytes]]:
    key = keys.verifier()
    for row in Checkpoint.objects.order_by("size"):
        report.checkpoints += 1
        try:
            if key is None:
                raise ProofError("the log's key is not here")
            said = parse_checkpoint(open_note(row.note, key))
        except ProofError as error:
            report.problems.append(_bad_note(row.size, error))
            continue
        if (said.size, said.root) != (row.size, bytes(row.root)):
            report.problems.append(_bad_note(row.size, ProofError("the row says something else")))
        yield said.size, said.root


def _outside_checkpoints(outside: Iterable[tuple[str, Verifier]], report: Report) -> Iterator[tuple[int, bytes]]:
    for note, key in outside:
        report.checkpoints += 1
        said = parse_checkpoint(open_note(note, key))
        yield said.size, said.root


def _bad_note(size: int, error: ProofError) -> Problem:
    return Problem(
        "checkpoint-unsigned",
        Text(
            f"Pernyataan atas {size} catatan tidak bertanda tangan sah",
            f"The checkpoint over {size} entries has no valid signature",
        ),
        details={"size": size, "reason": str(error)},
    )


def _verify_log(report: Report, stated: list[tuple[int, bytes]]) -> None:
    roots: dict[int, list[bytes]] = {}
    for size, root in stated:
        roots.setdefault(size, []).append(root)
    edge: list[bytes] = []
    rows = Entry.objects.order_by("index").iterator(chunk_size=5000)
    while block := list(itertools.islice(rows, _BLOCK)):
        start = report.size
        leaves, broken = _leaves_of(block, report)
        ends = sorted(size for size in roots if start < size <= start + len(leaves))
        for end in [*ends, start + len(leaves)]:
            growth = grow(report.size, edge, leaves[report.size - start : end - start])
            _compare_nodes(report, growth.nodes)
            report.size, edge = growth.size, growth.edge
            _compare_roots(report, roots.pop(end, []), fold(edge))
        if broken is not None:
            report.problems.append(_gap(report.size, broken))
            break
    else:
        _compare_head(report, fold(edge))
    report.root = fold(edge)
    for size in roots:
        report.problems.append(_lost(size, report.size))


def _leaves_of(block: list[Entry], report: Report) -> tuple[list[bytes], int | None]:
    """Leaf hashes up to a gap, and the index found where the next one should be.

    An entry whose words do not give its hash is named, and its stored hash is taken where it was sealed: the tree above
    is judged apart from that row.
    """
    start = report.size
    leaves: list[bytes] = []
    changed: list[Entry] = []
    gap = None
    for expected, row in enumerate(block, start):
        if row.index != expected:
            gap = row.index
            break
        leaves.append(bytes(row.leaf_hash))
        if leaf_of(row).hash() != leaves[-1]:
            changed.append(row)
    origin = _origins(changed)
    for row in changed:
        leaves[origin.get(row.index, row.index) - start] = bytes(row.leaf_hash)
    report.problems.extend(_explained(changed, origin))
    return leaves, gap


def _origins(changed: list[Entry]) -> dict[int, int]:
    """{where an entry stands: where it was sealed}, for those that only changed places among each other."""
    return {
        row.index: other.index
        for row, other in itertools.permutations(changed[:200], 2)
        if replace(leaf_of(row), index=other.index).hash() == bytes(row.leaf_hash)
    }


def _explained(changed: list[Entry], origin: dict[int, int]) -> Iterator[Problem]:
    """Names what happened to entries whose words do not give their hash: moved to another place, or changed."""
    for row in changed:
        if row.index in origin:
            yield Problem(
                "entry-moved",
                Text(
                    f"Catatan {row.index} disegel sebagai nomor {origin[row.index]}: urutannya diubah",
                    f"Entry {row.index} was sealed as number {origin[row.index]}: the order was changed",
                ),
                row.index, row.subject_kind, row.subject_id, {"sealed_as": origin[row.index]},
            )  # fmt: skip
        else:
            yield Problem(
                "entry-changed",
                Text(
                    f"Isi catatan {row.index} bukan yang disegel",
                    f"What entry {row.index} says is not what was sealed",
                ),
                row.index, row.subject_kind, row.subject_id,
                {"sealed_leaf": bytes(row.leaf_hash).hex(), "present": leaf_of(row).as_dict()},
            )  # fmt: skip


def _compare_nodes(report: Report, nodes: list[tuple[int, int, bytes]]) -> None:
    if not nodes:
        return
    spans: dict[int, list[int]] = {}
    for level, index, _ in nodes:
        span = spans.setdefault(level, [index, index])
        span[1] = index
    wanted = reduce(or_, (Q(level=level, index__range=span) for level, span in spans.items()))
    stored = {(n.level, n.index): bytes(n.hash) for n in Node.objects.filter(wanted).iterator(chunk_size=5000)}
    named: list[tuple[int, int]] = []
    for level, index, hashed in sorted(nodes, key=lambda node: node[:2]):
        first, last = index << level, ((index + 1) << level) - 1
        if stored.get((level, index)) == hashed or any(first <= a and b <= last for a, b in named):
            continue  # what lies inside was named already
        named.append((first, last))
        report.problems.append(_rewritten(first, last))


def _rewritten(first: int, last: int) -> Problem:
    return Problem(
        "log-rewritten",
        Text(
            f"Catatan {first} sampai {last} bukan yang dahulu disegel: ada yang ditulis ulang",
            f"Entries {first} to {last} are not those sealed before: something was rewritten",
        ),
        first,
        details={"last": last},
    )


def _compare_roots(report: Report, roots: list[bytes], root: bytes) -> None:
    for stated in roots:
        if stated != root:
            report.problems.append(
                Problem(
                    "checkpoint-broken",
                    Text(
                        f"{report.size} catatan pertama bukan yang dahulu ditandatangani",
                        f"The first {report.size} entries are not those that were signed",
                    ),
                    details={"size": report.size, "signed_root": stated.hex(), "root": root.hex()},
                )
            )


def _compare_head(report: Report, found: bytes) -> None:
    head = Head.objects.filter(pk=1).first()
    size, root = (head.size, bytes(head.root)) if head else (0, EMPTY_ROOT)
    if size > report.size:
        report.problems.append(_gap(report.size, None))
    elif (size, root) != (report.size, found):
        report.problems.append(
            Problem(
                "head-differs",
                Text(
                    f"Panjang atau akar buku catatan ({size}) tidak sesuai dengan isinya ({report.size})",
                    f"The length or root of the log ({size}) does not fit its entries ({report.size})",
                ),
                details={"size": size, "root": root.hex()},
            )
        )


def _gap(expected: int, found: int | None) -> Problem:
    last = expected if found is None else found - 1
    until = Text("", "") if last == expected else Text(f" sampai {last}", f" to {last}")
    return Problem(
        "entry-missing",
        Text(f"Catatan {expected}{until.id} tidak ada lagi", f"Entry {expected}{until.en} is no longer there"),
        expected,
        details={"next": found},
    )


def _lost(size: int, found: int) -> Problem:
    return Problem(
        "log-shorter",
        Text(
            f"{size} catatan pernah ditandatangani, {found} masih terbaca",
            f"{size} entries were signed once, {found} can be read",
        ),
        found,
        details={"size": size},
    )


def _verify_subject(subject: Subject, report: Report) -> None:
    about = Entry.objects.filter(subject_kind=subject.kind)
    last = about.order_by().values("subject_id").annotate(last=Max("index")).values("last")
    latest = Entry.objects.filter(index__in=last).order_by("index").iterator(chunk_size=_ROWS)
    while rows := list(itertools.islice(latest, _ROWS)):
        report.subjects += len(rows)
        present = subject.loader([row.subject_id for row in rows])
        for row in rows:
            problem = _differs(row, present)
            if problem is not None:
                report.problems.append(problem)
    if subject.ids is None:
        return
    sealed = set(about.order_by().values_list("subject_id", flat=True).distinct())
    for unsealed in (one for one in subject.ids() if one not in sealed):
        report.problems.append(
            Problem(
                "row-unsealed",
                Text(
                    f"{subject.kind} {unsealed} tidak pernah disegel: ditambahkan di luar sistem",
                    f"{subject.kind} {unsealed} was never sealed: it was added from outside",
                ),
                kind=subject.kind,
                id=unsealed,
            )
        )


def _differs(row: Entry, present: dict[str, Any]) -> Problem | None:
    if row.subject_id not in present:
        return Problem(
            "row-missing",
            Text(
                f"{row.subject_kind} {row.subject_id} tidak ada lagi (disegel pada catatan {row.index})",
                f"{row.subject_kind} {row.subject_id} is no longer there (sealed by entry {row.index})",
            ),
            row.index, row.subject_kind, row.subject_id, {"sealed": row.payload_hash},
        )  # fmt: skip
    said = canonical_json(present[row.subject_id])
    if sha256_hex(said) == row.payload_hash:
        return None
    return Problem(
        "row-changed",
        Text(
            f"{row.subject_kind} {row.subject_id} bukan lagi yang disegel pada catatan {row.index}",
            f"{row.subject_kind} {row.subject_id} is no longer what entry {row.index} sealed",
        ),
        row.index, row.subject_kind, row.subject_id,
        {"sealed": row.payload_hash, "present": sha256_hex(said), "present_payload": said.decode()[:_SHOWN]},
    )  # fmt: skip
