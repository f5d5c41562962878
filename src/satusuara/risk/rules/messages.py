"""What a message of readiness says: ``SIAP 012 A1 B0 @two lamps are missing``. Pure, and forgiving.

A keypad in the dark: case, spaces, commas, points and dashes do not matter, I and L are 1, O is 0. What can be read is
kept when the rest can't, and the rest is named back. The letters of the gates come from the playbook; none of them
looks like a digit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

PREFIX = "SIAP"
LONGEST = 160
"""Characters of one message in the GSM alphabet; a reply is never longer."""
NOTE = 300
"""Characters of a note that are kept."""

_DIGITS = str.maketrans("ILO", "110")
_PREFIX = re.compile(r"\W*S[I1L]AP\W*(?:TPS\W*)?", re.ASCII)
_STATION = re.compile(r"(?=[ILO]*[0-9])[0-9ILO]{1,13}(?![0-9ILO]|[\s,.;:=/_-]+[0-9])")
_FIELD = re.compile(r"[A-Z][\s,.;:=/_-]*[0-9ILO]+(?![0-9])")
_BETWEEN = re.compile(r"[\s,.;:=/_\-]+")


@dataclass(frozen=True, slots=True)
class Understood:
    """A message as it was read. ``station``: its number in the village ("012") or its whole code; "" where none was.

    ``wrong``: what could not be read, as it was typed. ``addressed``: whether it begins as a report of readiness.
    """

    addressed: bool
    station: str
    ready: tuple[tuple[str, bool], ...]
    wrong: tuple[str, ...]
    note: str

    @property
    def usable(self) -> bool:
        return self.addressed and bool(self.station) and bool(self.ready)


def read(text: str, letters: Iterable[str]) -> Understood:
    """Never fails: what is not understood stands in ``wrong``."""
    said, _, note = text.partition("@")
    said = said.upper()
    start = _PREFIX.match(said)
    if start is None:
        return Understood(False, "", (), (), "")
    rest = said[start.end() :]
    number = _STATION.match(rest)
    station = ""
    if number:
        station = number[0].translate(_DIGITS)
        station = station.zfill(3) if len(station) <= 3 else station
        rest = rest[number.end() :]
    ready, wrong = _fields(rest, frozenset(letters))
    if station and len(station) not in {3, 13}:
        station, wrong = "", [f"TPS {station}", *wrong]
    return Understood(True, station, tuple(sorted(ready.items())), tuple(wrong), " ".join(note.split())[:NOTE])


def _fields(rest: str, letters: frozenset[str]) -> tuple[dict[str, bool], list[str]]:
    """Letters with a 1 or a 0; what is unknown, has another figure, or says both, is wrong."""
    ready: dict[str, bool] = {}
    wrong: list[str] = []
    at = 0
    for match in _FIELD.finditer(rest):
        wrong += _left_over(rest[at : match.start()])
        at = match.end()
        letter = match[0][0]
        value = _BETWEEN.sub("", match[0][1:]).translate(_DIGITS)
        if letter not in letters or value not in {"0", "1"}:
            wrong.append(letter + value)
        elif ready.get(letter, value == "1") != (value == "1"):
            wrong.append(f"{letter}1/{letter}0")
            del ready[letter]
            letters -= {letter}
        else:
            ready[letter] = value == "1"
    return ready, wrong + _left_over(rest[at:])


def _left_over(text: str) -> list[str]:
    return [word for word in _BETWEEN.split(text) if word]


def write(station: str, ready: Sequence[tuple[str, bool]], note: str = "") -> str:
    """The message that says this: what a paper sheet shows as an example."""
    fields = " ".join(f"{letter}{int(value)}" for letter, value in ready)
    return f"{PREFIX} {station} {fields}{f' @{note}' if note else ''}"


def reply(
    understood: Understood, *, letters: Iterable[str], kept: Iterable[str] = (), refused: Iterable[str] = (),
    problem: str = "",
) -> str:  # fmt: skip
    """What is sent back: what was understood and kept, what was not, in Indonesian, at most ``LONGEST`` characters.

    ``kept``: letters that were stored; ``refused``: letters that were understood and not stored. ``problem``: why
    nothing could be stored, where that is so.
    """
    example = write("012", [("A", True), ("B", False)])
    if not understood.addressed:
        return _cut([f"Pesan tidak dikenali. Contoh: {example}"])
    if not understood.station:
        return _cut([f"Nomor TPS tidak terbaca. Contoh: {example}", *_named("Periksa", understood.wrong)])
    name = f"TPS {understood.station}"
    if problem:
        return _cut([f"{name}: {problem}"])
    if not understood.ready:
        known = "".join(sorted(letters))
        return _cut([f"{name}: tidak ada butir yang terbaca. Huruf: {known}. Contoh: {example}"])
    stored = set(kept)
    yes = [letter for letter, value in understood.ready if value and letter in stored]
    no = [letter for letter, value in understood.ready if not value and letter in stored]
    said = [f"{name} diterima." if stored else f"{name}: tidak ada yang disimpan."]
    said += _named("Siap", yes) + _named("Belum", no) + _named("Ditolak", sorted(refused))
    said += _named("Tidak terbaca", understood.wrong)
    said += [f"Catatan: {understood.note}"] if understood.note and stored else []
    return _cut(said)


def _named(word: str, what: Sequence[str]) -> list[str]:
    return [f"{word}: {' '.join(what)}."] if what else []


def _cut(parts: Sequence[str]) -> str:
    """Joined, in the characters that every phone has, and cut at the end where it is too long."""
    text = " ".join(parts).encode("ascii", "replace").decode()
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
