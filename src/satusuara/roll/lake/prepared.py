"""A roll made comparable once and kept, so that a day's changes are matched against it in a second or two.

The file holds identity numbers and names in the clear: it is written for its owner only, and belongs where the roll
itself belongs. A file of another version of the model, or of another law, is refused.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from satusuara.kernel.errors import Place, Refusal
from satusuara.kernel.i18n import Text
from satusuara.roll.lake.prepare import COUNTED, Known
from satusuara.roll.rules.model import Shares

if TYPE_CHECKING:
    from satusuara.roll.lake.steps import Steps

ENDING = ".prepared"
CATALOGUE = "whole"
_FORMAT = 2


@dataclass(frozen=True, slots=True)
class Prepared:
    known: Known
    shares: Shares
    support: int


def save(steps: Steps, path: Path, shares: Shares, *, law: str, version: int) -> None:
    """Writes ``person``, ``keyed``, the counts and what was learned. DuckDB only; replaces an older file."""
    path.unlink(missing_ok=True)
    connection: Any = steps.connection
    connection.con.execute(f"ATTACH '{_quoted(path)}' AS saved")
    try:
        path.chmod(0o600)
        for table in ("person", *COUNTED):
            connection.con.execute(f"CREATE TABLE saved.{table} AS SELECT * FROM {table}")
        connection.con.execute("CREATE TABLE saved.keyed AS SELECT h, id FROM keyed ORDER BY h")
        meta = {
            "format": _FORMAT,
            "law": law,
            "version": version,
            "support": steps.number("SELECT weight FROM support"),
            "shares": {"m": shares.m, "u": shares.u, "share": shares.share},
        }
        connection.con.execute("CREATE TABLE saved.meta AS SELECT ? AS meta", [json.dumps(meta)])
    finally:
        connection.con.execute("DETACH saved")


def is_prepared(path: Path) -> bool:
    """Whether the file is one of ``save``, by what DuckDB writes at its beginning."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(12)[8:12] == b"DUCK"


def open_prepared(steps: Steps, path: Path, *, law: str, version: int) -> Prepared:
    """Attaches a prepared roll for reading. Raises ``Refusal`` for one that was made by another version or law."""
    import duckdb

    connection: Any = steps.connection
    try:
        connection.con.execute(f"ATTACH '{_quoted(path)}' AS {CATALOGUE} (READ_ONLY)")
        meta = json.loads(steps.rows(f"SELECT meta FROM {CATALOGUE}.meta")[0][0])
    except (duckdb.Error, ValueError) as error:
        raise Refusal(
            "prepared-unreadable",
            Text("daftar siap pakai tidak dapat dibaca", "this prepared roll cannot be read"),
            place=Place(file=path.name),
        ) from error
    if (meta["format"], meta["law"], meta["version"]) != (_FORMAT, law, version):
        raise Refusal(
            "prepared-outdated",
            Text(
                f"daftar siap pakai dibuat dengan model {meta['version']} dan hukum {meta['law']}",
                f"this prepared roll was made with model {meta['version']} and the law {meta['law']}",
            ),
            place=Place(file=path.name),
            remedy=Text("Buat lagi dengan roll dedupe --save.", "Make it again with roll dedupe --save."),
        )
    found = {part: {g: _table(t) for g, t in meta["shares"][part].items()} for part in ("m", "u")}
    shares = Shares(m=found["m"], u=found["u"], share=meta["shares"]["share"])
    size = steps.number(f"SELECT count(*) FROM {CATALOGUE}.person")
    return Prepared(Known(CATALOGUE, size), shares, int(meta["support"]))


def _table(table: dict[str, list[float]]) -> dict[str, tuple[float, ...]]:
    return {feature: tuple(shares) for feature, shares in table.items()}


def _quoted(path: Path) -> str:
    """A path inside a statement that takes no parameters."""
    return os.fspath(path.resolve()).replace("'", "''")
