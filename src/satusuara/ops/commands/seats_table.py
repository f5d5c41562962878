"""The answer of ``seats`` for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from satusuara.kernel.i18n import Text
from satusuara.ops.commands.answer import language
from satusuara.ops.commands.check_table import number

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from satusuara.ops.commands.seats import Result
    from satusuara.seats.rules import Move


def print_result(file: Path, result: Result) -> None:
    """Seats and last quotients, the tie if there is one, the three margins in words, and what was held back."""
    lang, out = language(), Console()
    say = Text("{n} kursi: {file}", "{n} seats: {file}").format(n=number(result.seats, lang), file=file.name)
    out.print(f"[bold]{say.in_(lang)}[/bold]", highlight=False)
    out.print(_seats(result, lang))
    for line in _sentences(result):
        out.print(line.in_(lang), highlight=False)
    for reject in result.rejects:
        out.print(" · ".join(str(value) for value in reject.as_dict(lang).values()), markup=False, highlight=False)


def _seats(result: Result, lang: str) -> Table:
    last = {award.party: award.quotient for award in result.allocation.order}
    table = Table(header_style="bold")
    table.add_column(Text("Partai", "Party").in_(lang))
    for heading in (
        Text("Suara", "Votes"),
        Text("Kursi", "Seats"),
        Text("Hasil bagi kursi terakhir", "Quotient of last seat"),
    ):
        table.add_column(heading.in_(lang), justify="right")
    for party, seats in result.allocation.seats.items():
        quotient = number(int(last[party]), lang) if party in last else "-"
        table.add_row(party.replace("[", r"\["), number(result.votes[party], lang), str(seats), quotient)
    return table


def _sentences(result: Result) -> Iterator[Text]:
    tie = result.allocation.tie
    if tie is not None:
        names = ", ".join(tie.parties)
        yield Text(
            f"{tie.seats_open} kursi terbuka: hasil bagi {names} sama. Aturan hukumnya diterapkan oleh pejabat.",
            f"{tie.seats_open} seats are open: {names} have equal quotients. People apply the law's rule for it.",
        )
    if result.margins is None:
        return
    for moves, words in (
        (result.margins.altered, Text("{n} suara berpindah dari {a} ke {b}", "{n} votes moved from {a} to {b}")),
        (result.margins.added, Text("{n} suara ditambahkan kepada {b}", "{n} votes added to {b}")),
        (result.margins.removed, Text("{n} suara dikurangi dari {a}", "{n} votes removed from {a}")),
    ):
        for move in moves:
            yield _changes(move, words)


def _changes(move: Move, words: Text) -> Text:
    said = [
        words.in_(lang).format(n=number(move.votes, lang), a=move.from_party, b=move.to_party) for lang in ("id", "en")
    ]
    lost, gained = ", ".join(move.lost_by), ", ".join(move.gained_by)
    return Text(f"{said[0]}: kursi {lost} menjadi kursi {gained}.", f"{said[1]}: a seat goes from {lost} to {gained}.")
