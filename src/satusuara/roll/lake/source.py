"""Rolls from files to ``source``: only what the matching asks, every row named, numbers that were masked refused."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from satusuara.kernel.errors import Place, Refusal
from satusuara.kernel.i18n import Text
from satusuara.lake.engine import folder_of
from satusuara.lake.files import Reading, read_table
from satusuara.roll.lake.prepare import TEXTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir
    from ibis.backends.sql import SQLBackend

    from satusuara.roll.lake.steps import Steps
    from satusuara.roll.rules.spec import Spec

KEY, NAME = "rec_id", "nama"


def read_rolls(files: SQLBackend, paths: Sequence[Path], *, extra: Sequence[str] = ()) -> list[Reading]:
    """The files of one roll. Any column but rec_id and nama may be absent.

    Raises ``Refusal`` for a file that cannot be read, a missing column, and a rec_id that stands in two files.
    """
    readings = []
    for path in paths:
        reading = read_table(files, path, key=[KEY], texts=[*TEXTS, *extra])
        if NAME not in reading.header:
            raise Refusal(
                "column-missing",
                Text(f'kolom "{NAME}" tidak ada', f'the column "{NAME}" is missing'),
                place=Place(file=path.name, row=1, column=NAME),
                remedy=Text(
                    f"Kolom dalam berkas: {', '.join(reading.header[:30])}.", "See docs/commands.md, roll dedupe."
                ),
            )
        readings.append(reading)
    return readings


def union(readings: Sequence[Reading], columns: Sequence[str] = TEXTS) -> ir.Table:
    """All accepted rows with every one of ``columns``, null where a file has none."""
    import ibis

    parts = []
    for reading in readings:
        table = reading.table
        blank = ibis.null("string")
        cells = {name: table[name] if name in table.columns else blank for name in columns}
        parts.append(table.select(KEY, "_row", **cells))
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.union(part)
    return whole


def adopt(steps: Steps, files: SQLBackend, table: ir.Table, spec: Spec, *, names: Sequence[str]) -> None:
    """``source`` on the engine of ``steps``, after what makes every comparison worthless was refused."""
    engine: Any = files
    if steps.connection is files:
        steps.make("source", str(files.compile(table)))
    else:
        path = folder_of(files) / "source.parquet"
        engine.to_parquet(table, path, compression="zstd")
        steps.read_parquet("source", path)
    _refuse_masked(steps, spec, names)
    _refuse_twice(steps, names)


def _refuse_masked(steps: Steps, spec: Spec, names: Sequence[str]) -> None:
    """A roll whose numbers were masked: in 2018 such runs made 25 million "duplicates" of different people."""
    mask = spec.identity.mask
    signs = " OR ".join(f"nik LIKE '%{sign}%'" for sign in f"{mask}{mask.lower()}")
    blank = "0" * 4
    masked, zeroed, numbers, row = steps.rows(
        f"SELECT sum(CASE WHEN {signs} THEN 1 ELSE 0 END), sum(CASE WHEN nik LIKE '%{blank}' THEN 1 ELSE 0 END), "
        f"count(nik), min(CASE WHEN {signs} THEN _row END) FROM source"
    )[0]
    if masked or (numbers and zeroed * 2 > numbers and zeroed > 1):
        count = masked or zeroed
        raise Refusal(
            "nik-masked",
            Text(
                f"{count} NIK disamarkan: orang yang berbeda akan tampak ganda",
                f"{count} identity numbers are masked: different people would look like duplicates",
            ),
            place=Place(file=names[0] if len(names) == 1 else None, row=row, column="nik"),
            remedy=Text(
                "Pakai NIK yang utuh, atau hapus kolom nik: pencocokan juga berjalan tanpa NIK.",
                "Use whole numbers, or leave the column nik out: the matching also works without it.",
            ),
            details={"masked": int(count)},
        )


def _refuse_twice(steps: Steps, names: Sequence[str]) -> None:
    if len(names) < 2:
        return
    twice = steps.rows("SELECT rec_id FROM source GROUP BY rec_id HAVING count(*) > 1 ORDER BY rec_id LIMIT 1")
    if twice:
        raise Refusal(
            "record-twice",
            Text(
                f'rec_id "{twice[0][0]}" ada di lebih dari satu berkas', f'the rec_id "{twice[0][0]}" is in two files'
            ),
            place=Place(column=KEY),
            remedy=Text("Beri setiap baris rec_id sendiri.", "Give every row a rec_id of its own."),
        )
