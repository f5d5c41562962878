"""``satusuara seats``: seats from votes, exactly, and how few votes would change them; without a database."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from satusuara.kernel.errors import Place, Refusal
from satusuara.kernel.i18n import Text
from satusuara.ops.commands import app
from satusuara.ops.commands.answer import DONE, REJECTED, language, print_json, refusing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from satusuara.lake.files import Reject
    from satusuara.seats.rules import Allocation, Margins, Move

PARTY, VOTES = "party", "votes"
METHODS = ("sainte-lague",)
MOST_SEATS = 10_000
NO_FIGURE = Text("suara kosong", "the votes are blank")


@dataclass(frozen=True, slots=True)
class Result:
    seats: int
    votes: dict[str, int]
    allocation: Allocation
    margins: Margins | None
    rejected: int
    rejects: list[Reject]


@app.command("seats")
def seats(
    file: Annotated[Path, typer.Argument(help="Tabel party,votes: CSV, Parquet, atau XLSX / table of votes.")],
    *,
    seats_: Annotated[int, typer.Option("--seats", min=1, max=MOST_SEATS, help="Jumlah kursi / number of seats.")],
    method: Annotated[str, typer.Option(help=" | ".join(METHODS))] = METHODS[0],
    as_json: Annotated[bool, typer.Option("--json", help="Satu objek JSON / one JSON object.")] = False,
) -> None:
    """Bagi kursi dan hitung selisih pengubahnya / allocate seats and the votes that would change them."""
    with refusing():
        if method not in METHODS:
            raise Refusal(
                "method-unknown",
                Text(f'metode "{method}" tidak dikenal', f'the method "{method}" is unknown'),
                remedy=Text(f"Yang ada: {', '.join(METHODS)}.", f"There is: {', '.join(METHODS)}."),
            )
        result = run(file, seats_)
        if as_json:
            print_json(as_dict(result))
        else:
            from satusuara.ops.commands.seats_table import print_result

            print_result(file, result)
    raise typer.Exit(REJECTED if result.rejected else DONE)


def run(file: Path, number: int) -> Result:
    """Reads the votes, holds bad rows back, allocates.

    Raises ``Refusal`` for a file that cannot be read as a whole, a missing column, and where no party has a vote.
    """
    from satusuara.lake.engine import connected, rows
    from satusuara.lake.files import SHOWN, Reject, read_table
    from satusuara.seats.rules import allocate, margins

    with connected(threads=1) as connection:
        reading = read_table(connection, file, key=[PARTY], integers=[VOTES], required=[VOTES])
        lines = rows(connection, reading.table.order_by("_row").select("_row", PARTY, VOTES))
        blank = [Reject(reading.file, row, VOTES, "", NO_FIGURE) for row, _, count in lines if count is None]
        shown = sorted([*reading.rejects(), *blank], key=lambda one: one.row)
    votes = {party: count for _, party, count in lines if count is not None}
    if not any(votes.values()):
        raise Refusal(
            "no-votes",
            Text("tidak satu pun partai mempunyai suara", "no party has a vote"),
            place=Place(file=file.name, column=VOTES),
        )
    return Result(
        number,
        votes,
        allocate(votes, number),
        margins(votes, number),
        reading.rejected + len(blank),
        list(islice(shown, SHOWN)),
    )


def as_dict(result: Result) -> dict[str, Any]:
    """The object of the contract, with what was held back."""
    found, lang = result.allocation, language()
    ties = [{"seats_open": found.tie.seats_open, "parties": list(found.tie.parties)}] if found.tie else []
    return {
        "seats": result.seats,
        "allocation": found.seats,
        "ties": ties,
        "order": [[award.party, award.votes, award.divisor] for award in found.order],
        "margins": result.margins and _margins(result.margins),
        "rejected": result.rejected,
        "rejects": [reject.as_dict(lang) for reject in result.rejects],
    }


def _margins(found: Margins) -> dict[str, Any]:
    return {name: _move(getattr(found, name)) for name in ("altered", "added", "removed")}


def _move(moves: Sequence[Move]) -> dict[str, Any] | None:
    """The first of the equal ones, the others in ``also``; null where no number of votes changes the seats."""
    if not moves:
        return None
    first, *others = (_said(move) for move in moves)
    return {"votes": moves[0].votes, **first, "also": others}


def _said(move: Move) -> dict[str, str]:
    ends = {"from": move.from_party, "to": move.to_party}
    said = {name: party for name, party in ends.items() if party}
    return {**said, "seat_lost_by": ", ".join(move.lost_by), "seat_gained_by": ", ".join(move.gained_by)}
