"""The evening's arithmetic: what the events say against what the papers say. Unequal is never "clean", and closes.

(a) live check-ins = rows of the attendance lists, per category and part (sex); (b) per contest, live check-ins whose
issued ballots include it = ballots used, and received = used + spoilt + unused; (c) ink applied = live check-ins.
The ballots that were issued count, not those that were due: a difference between the two is a line of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from satusuara.kernel.i18n import Text
from satusuara.pollbook.rules.events import Event, EventId, Kind, undone_by
from satusuara.pollbook.rules.merge import Entry, State


@dataclass(frozen=True, slots=True)
class Totals:
    """What one station's live events say. Indexes are places in the law: category, part, contest."""

    attendance: tuple[tuple[int, ...], ...]  # [category][part]
    users: tuple[tuple[tuple[int, ...], ...], ...]  # [contest][category][part]: with that contest's ballot issued
    issued: tuple[int, ...]  # [contest]: live check-ins whose issued ballots include it
    entitled: tuple[int, ...]
    spoilt: tuple[int, ...]
    unreturned: tuple[int, ...]  # ballots of undone check-ins that nobody took back
    received: tuple[int, ...]
    check_ins: int
    inked: int
    refused: dict[int, int]
    opened: bool
    closings: tuple[Event, ...]  # close events

    @property
    def closed(self) -> bool:
        return bool(self.closings)


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison, named by a key of ``SENTENCES``. ``holds`` None: a side is not known yet."""

    rule: str
    left: int | None
    right: int | None
    category: int | None = None
    part: int | None = None
    contest: int | None = None

    @property
    def holds(self) -> bool | None:
        return None if self.left is None or self.right is None else self.left == self.right

    @property
    def sentence(self) -> Text:
        return SENTENCES[self.rule]


SENTENCES = {
    "a": Text(
        "Pemilih yang diterima berbeda dengan baris daftar hadir",
        "Voters let in differ from rows of the attendance list",
    ),
    "b.stock": Text(
        "Surat suara menurut pembukaan berbeda dengan surat suara diterima",
        "Opening stock differs from ballots received",
    ),
    "b.used": Text(
        "Surat suara yang diserahkan berbeda dengan surat suara yang digunakan",
        "Ballots handed out differ from ballots used",
    ),
    "b.received": Text(
        "Surat suara diterima berbeda dengan digunakan + rusak + tidak digunakan",
        "Ballots received differ from used + spoilt + unused",
    ),
    "b.mask": Text(
        "Surat suara yang diserahkan berbeda dengan hak pemilih", "Ballots handed out differ from what voters were due"
    ),
    "b.unreturned": Text(
        "Surat suara dari catatan yang dibatalkan belum kembali", "Ballots of undone check-ins were not taken back"
    ),
    "c": Text("Tinta berbeda dengan pemilih yang diterima", "Ink marks differ from voters let in"),
}


def totals(state: State, station: str, *, contests: int, categories: int, parts: int) -> Totals:
    """Counts one station's events. ``contests``, ``categories``, ``parts``: how many the law has."""
    here = [entry for entry in state.live if entry.station == station]
    by_kind: dict[Kind, list[Entry]] = {kind: [] for kind in Kind}
    for entry in here:
        by_kind[entry.event.kind].append(entry)
    attendance = [[0] * parts for _ in range(categories)]
    users = [[[0] * parts for _ in range(categories)] for _ in range(contests)]
    issued_to: dict[int | bytes, int] = Counter()
    for entry in by_kind[Kind.BALLOTS_ISSUED]:
        if entry.event.voter is not None:
            issued_to[entry.event.voter] |= entry.event.mask
    issued, entitled = [0] * contests, [0] * contests
    seen: set[EventId] = set()
    for entry in by_kind[Kind.CHECK_IN]:
        event = entry.event
        if entry.id in seen or event.voter is None or event.category is None:
            continue
        seen.add(entry.id)
        if event.category < categories and event.detail[0] < parts:
            attendance[event.category][event.detail[0]] += 1
            for contest in range(contests):
                users[contest][event.category][event.detail[0]] += issued_to.get(event.voter, 0) >> contest & 1
        _count(issued, issued_to.get(event.voter, 0))
        _count(entitled, event.mask)
    spoilt = [0] * contests
    for entry in by_kind[Kind.SPOILT]:
        _count(spoilt, entry.event.mask)
    return Totals(
        attendance=tuple(map(tuple, attendance)),
        users=tuple(tuple(map(tuple, rows)) for rows in users),
        issued=tuple(issued), entitled=tuple(entitled), spoilt=tuple(spoilt),
        unreturned=_unreturned(state, station, contests),
        received=_received([entry.event for entry in by_kind[Kind.OPEN]], contests),
        check_ins=len(seen), inked=len({entry.id for entry in by_kind[Kind.INK_APPLIED]}),
        refused=dict(sorted(Counter(entry.event.detail for entry in by_kind[Kind.REFUSED]).items())),
        opened=bool(by_kind[Kind.OPEN]), closings=tuple(entry.event for entry in by_kind[Kind.CLOSE]),
    )  # fmt: skip


def _count(into: list[int], mask: int) -> None:
    for contest in range(len(into)):
        into[contest] += mask >> contest & 1


def _received(opens: Sequence[Event], contests: int) -> tuple[int, ...]:
    """The stock that the first desk of the station counted; a second desk's opening repeats it."""
    for event in opens:
        if event.detail[0]:
            return tuple((event.detail[0] + [0] * contests)[:contests])
    return ()


def _unreturned(state: State, station: str, contests: int) -> tuple[int, ...]:
    """Per contest: ballots whose issue was undone and that the undo does not say came back."""
    issued = {
        entry.id: entry.event.mask
        for entry in state.entries
        if entry.id in state.cancelled and entry.event.kind is Kind.BALLOTS_ISSUED and entry.station == station
    }
    back: dict[EventId, int] = {}
    for undo in state.entries:
        if undo.event.kind is Kind.UNDO and undo.station == station:
            for one in undone_by(undo.event):
                back[one] = back.get(one, 0) | undo.event.mask
    out = [0] * contests
    for one, mask in issued.items():
        _count(out, mask & ~back.get(one, 0))
    return tuple(out)


def reconcile(said: Totals) -> list[Line]:
    """Every comparison of the close, in order: what the events say (left), what the papers say (right)."""
    last = max(said.closings, key=lambda event: (event.stamp, event.seq), default=None)  # a closing may be corrected
    paper = last.detail if last else [[], [], []]
    lines: list[Line] = []
    for category, row in enumerate(said.attendance):
        for part, count in enumerate(row):
            lines.append(Line("a", count, _cell(paper[0], category, part), category=category, part=part))
    for contest, count in enumerate(said.issued):
        received, used, spoilt, unused = (_cell(paper[1], contest, column) for column in range(4))
        stock = said.received[contest] if said.received else None
        lines.append(Line("b.stock", stock, received, contest=contest))
        lines.append(Line("b.used", count, used, contest=contest))
        whole = None if used is None or spoilt is None or unused is None else used + spoilt + unused
        lines.append(Line("b.received", received, whole, contest=contest))
        lines.append(Line("b.mask", count, said.entitled[contest], contest=contest))
        lines.append(Line("b.unreturned", said.unreturned[contest], 0, contest=contest))
    lines.append(Line("c", said.inked, said.check_ins))
    return lines


def is_clean(lines: Iterable[Line]) -> bool:
    return all(line.holds is True for line in lines)


def _cell(rows: Sequence[Sequence[int]], row: int, column: int) -> int | None:
    return rows[row][column] if row < len(rows) and column < len(rows[row]) else None
