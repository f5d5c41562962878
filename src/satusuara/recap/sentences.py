"""What a difference says, in both languages: who writes what about which choice, and where votes moved. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from satusuara.kernel.i18n import Text
from satusuara.kernel.pages.words import proper
from satusuara.law.model import Law
from satusuara.recap.rules import TOTAL


@dataclass(frozen=True, slots=True)
class Side:
    """A source in a sentence. ``summed``: its figure is the sum of its forms below the area, written nowhere."""

    title: Text
    summed: bool = False

    @property
    def where(self) -> Text:
        """ "pada rekapitulasi", "menurut jumlah formulir Situng"."""
        if self.summed:
            return Text(f"menurut jumlah formulir {self.title.id}", f"by the sum of the forms of {self.title.en}")
        return Text(f"pada {self.title.id}", f"in {self.title.en}")

    def says(self, votes: int, *, after: Side | None = None) -> Text:
        """ "tertulis 412 pada rekapitulasi"; ``after`` a side of the same kind the verb is not repeated."""
        again = after is not None and after.summed == self.summed
        verb = Text("", "") if again else Text("berjumlah ", "adds up to ") if self.summed else Text("tertulis ", "is ")
        place = (
            Text(f"menurut formulir {self.title.id}", f"in the forms of {self.title.en}") if self.summed else self.where
        )
        return Text(f"{verb.id}{_number(votes, 'id')} {place.id}", f"{verb.en}{_number(votes, 'en')} {place.en}")


def difference_sentence(
    place: Text, cells: Mapping[str, Sequence[int]], names: Mapping[str, Text], a: Side, b: Side
) -> Text:
    """ "TPS 003 Pattimang: paslon 01 tertulis 412 pada …, 327 pada …; …; bergeser 85 suara dari … ke …, jumlah tetap".

    ``cells``: {column: (in A, in B)} of what differs; ``names``: every one of its columns in words. Neutral on
    purpose: it does not say which of the two is right.
    """
    wrote = [_cell(names[name], pair, a, b) for name, pair in cells.items()]
    parts = [*wrote, _moved(cells, names, b)]
    return Text(
        f"{place.id}: {'; '.join(part.id for part in parts)}", f"{place.en}: {'; '.join(part.en for part in parts)}"
    )


def _cell(name: Text, pair: Sequence[int], a: Side, b: Side) -> Text:
    left, right = a.says(pair[0]), b.says(pair[1], after=a)
    return Text(f"{name.id} {left.id}, {right.id}", f"{name.en} {left.en}, {right.en}")


def _moved(cells: Mapping[str, Sequence[int]], names: Mapping[str, Text], b: Side) -> Text:
    """Where the sum is the same: from whom to whom so many votes moved; else how many more or fewer B has."""
    moved = {name: pair[1] - pair[0] for name, pair in cells.items()}
    net = sum(moved.values())
    if net:
        more = net > 0
        return Text(
            f"jumlah {b.where.id} {'lebih banyak' if more else 'lebih sedikit'} {votes_text(abs(net)).id}",
            f"the sum {b.where.en} is {'larger' if more else 'smaller'} by {votes_text(abs(net)).en}",
        )
    votes = sum(each for each in moved.values() if each > 0)
    giving = [names[name] for name, each in moved.items() if each < 0]
    taking = [names[name] for name, each in moved.items() if each > 0]
    return Text(
        f"bergeser {votes_text(votes).id} dari {_list(giving, 'id')} ke {_list(taking, 'id')}, jumlah tetap",
        f"{votes_text(votes).en} moved from {_list(giving, 'en')} to {_list(taking, 'en')}, the sum is the same",
    )


def votes_text(count: int) -> Text:
    """A number of votes: "1.001 suara"."""
    return Text(f"{_number(count, 'id')} suara", f"{_number(count, 'en')} {'vote' if count == 1 else 'votes'}")


def _list(names: Sequence[Text], lang: str) -> str:
    words = [name.in_(lang) for name in names]
    joint = " and " if lang == "en" else " dan "
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])}{joint}{words[-1]}"


def _number(value: int, lang: str) -> str:
    text = f"{value:,}"
    return text if lang == "en" else text.replace(",", ".")


def choice_label(law: Law, contest: str, column: str) -> Text:
    """A column of votes in words, short: "paslon 01", "partai 4, calon 2", "suara partai 4"."""
    choices = law.contest(contest).choices
    if "." in column:
        party, candidate = column.rsplit(".", 1)
        if not party or choices.kind == "single":
            return Text(f"calon {candidate}", f"candidate {candidate}")
        if candidate == TOTAL:
            return Text(f"jumlah partai {party}", f"total of party {party}")
        if candidate == "0":
            return Text(f"suara partai {party}", f"votes for party {party} itself")
        return Text(f"partai {party} calon {candidate}", f"party {party} candidate {candidate}")
    number = column.removeprefix(choices.prefix)
    if not choices.prefix or number == column or not number.isdigit():
        return Text(column, column)
    word = choices.prefix.rstrip("_").replace("_", " ")
    kind = "party" if choices.kind == "party-list" else "candidate"
    return Text(f"{word} {number:0>2}", f"{kind} {number:0>2}")


def place_label(law: Law, level: str, name: str, parent: str) -> Text:
    """An area in words: "TPS 003 Pattimang", "Pattimang (Malangke)"."""
    name, parent = proper(name), proper(parent)
    if level == law.station_level:
        title = law.level(level).name
        word = Text("", "") if not name[:1].isdigit() else Text(f"{title.id} ", f"{title.en.split(' (')[0]} ")
        return Text(f"{word.id}{name} {parent}".strip(), f"{word.en}{name} {parent}".strip())
    label = f"{name} ({parent})" if parent else name
    return Text(label, label)
