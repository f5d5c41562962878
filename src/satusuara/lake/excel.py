"""XLSX through calamine: the first sheet, its first row that holds anything is the header."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from satusuara.kernel.errors import Place, Refusal
from satusuara.kernel.i18n import Text

if TYPE_CHECKING:
    import pyarrow as pa


def read_sheet(path: Path) -> tuple[list[str], list[list[Any]], int]:
    """Header, rows and the sheet's row number of the header.

    A sheet holds at most 1,048,576 rows and is read into memory. Raises ``Refusal`` where the file is no XLSX.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError, IndexError, ValueError) as error:
        raise Refusal(
            "file-unreadable",
            Text("XLSX tidak dapat dibaca: rusak atau terpotong", "the XLSX cannot be read: damaged or cut off"),
            place=Place(file=path.name),
        ) from error
    for number, row in enumerate(rows):
        if any(cell not in ("", None) for cell in row):
            return [_text(cell) or "" for cell in row], rows[number + 1 :], number + 1
    raise Refusal(
        "file-empty",
        Text("lembar pertama kosong", "the first sheet is empty"),
        place=Place(file=path.name, row=1),
    )


def _text(cell: Any) -> str | None:
    """A cell as text: numbers of a sheet are floats, 210.0 is the figure 210."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def as_arrow(names: list[str], rows: list[list[Any]], header_row: int) -> pa.Table:
    """The rows as text columns and ``_row``; rows without any content are no rows, but keep their number."""
    import pyarrow as pa

    kept = [(header_row + i, row) for i, row in enumerate(rows, 1) if any(cell not in ("", None) for cell in row)]
    columns = {name: pa.array([_text(row[i]) for _, row in kept], pa.string()) for i, name in enumerate(names)}
    return pa.table(columns | {"_row": pa.array([number for number, _ in kept], pa.int64())})
