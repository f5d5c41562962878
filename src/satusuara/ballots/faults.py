"""Faults that a rehearsal puts into boxes and their ways, each with the truth about what must be noticed. Pure.

A row is one item of one box on its way to a station: ``tps_id``, ``item``, ``district`` (on the box's list),
``expected`` (the station's own), ``needed``, ``quantity`` (packed), ``missing`` (short at sorting), ``seal_sent``,
``seal_seen``, ``arrived`` ("", "whole", "broken", "missing"), ``due`` and ``received`` (milliseconds, 1970 UTC;
``received`` None: not yet).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from satusuara.law.model import Law
from satusuara.risk.registry import Fault, Injected, Row, code_of

Deed = Callable[[dict[str, Any], random.Random], tuple[str, ...]]
"""Alters one row and says which rules it breaks; none where the row does not lend itself to it."""


def _on_rows(detector: str, deed: Deed, words: str) -> Fault:
    def fault(
        rows: Sequence[Row],
        *,
        law: Law,  # noqa: ARG001
        contest: str,
        chance: random.Random,
        count: int,
    ) -> tuple[list[dict[str, Any]], list[Injected]]:
        made = [dict(row) for row in rows]
        truth: list[Injected] = []
        for n in chance.sample(range(len(made)), len(made)):
            if len(truth) < count and _of(made[n], contest) and (rules := deed(made[n], chance)):
                truth.append(Injected(code_of(made[n]), detector, rules, words))
        return made, truth

    return fault


def _of(row: Mapping[str, Any], contest: str) -> bool:
    return not contest or row["item"] == contest


def _short(row: dict[str, Any], chance: random.Random) -> tuple[str, ...]:
    """A pack holds fewer than its label says."""
    if row["quantity"] < 2:
        return ()
    gone = chance.randint(1, row["quantity"] // 2)
    row["quantity"] -= gone
    row["missing"] += gone
    return ("short", "missing")


def _swapped(row: dict[str, Any], chance: random.Random) -> tuple[str, ...]:
    """A pack of the neighbouring constituency lies in the box."""
    if not row["district"]:
        return ()
    last = int(row["district"][-1])
    row["district"] = f"{row['district'][:-1]}{chance.choice([n for n in range(1, 10) if n != last])}"
    return ("packed",)


def _resealed(row: dict[str, Any], chance: random.Random) -> tuple[str, ...]:
    """Somebody opened the box on its way and put another seal on it, left it open, lost it, or it is not there yet."""
    deed = chance.choice(("seal", "broken", "missing", "late"))
    if deed == "seal":
        row["seal_seen"] = f"{row['seal_sent']}X"
    elif deed == "late":
        row["arrived"], row["seal_seen"], row["received"] = "", "", None
    else:
        row["arrived"], row["seal_seen"] = deed, ""
    return ("seal" if deed == "broken" else deed,)


FAULTS: dict[str, Fault] = {
    "ballots.stock": _on_rows("ballots.stock", _short, "packs hold fewer"),
    "ballots.dapil": _on_rows("ballots.dapil", _swapped, "another district's ballots"),
    "ballots.custody": _on_rows("ballots.custody", _resealed, "seal, loss or delay"),
}
