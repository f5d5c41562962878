"""What a cell may hold: a whole number from 0 to 2³¹−1, or nothing. A blank is null; 0 is a value.

Text cells: ``210`` and ``210.0`` (what some programs write for a whole number beside blanks) are the number 210.
``1.000`` is refused: in Indonesian it means one thousand, elsewhere one; a machine must not choose.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from satusuara.kernel.i18n import Text

if TYPE_CHECKING:
    import ibis.expr.types as ir

MAX = 2**31 - 1
_NUMBER = r"^\s*([0-9]{1,10}(\.0)?)?\s*$"
_PLAIN_ROW = r"^([0-9]{0,9},)*[0-9]{0,9}$"  # no cell of the row can be anything but a number below MAX, or blank
_SIGNED = re.compile(r"-?([0-9]+([.,][0-9]*)?|[.,][0-9]+)([eE][+-]?[0-9]{1,3})?")

BLANK_KEY = Text("kunci kosong", "the key is blank")
NOT_A_NUMBER = Text("bukan angka", "not a number")
NEGATIVE = Text("bilangan negatif", "a negative number")
FRACTION = Text("bukan bilangan bulat", "not a whole number")
TOO_LARGE = Text("lebih dari 2.147.483.647 (2^31-1)", "more than 2,147,483,647 (2^31-1)")
TWICE = Text("kunci muncul lebih dari sekali", "the key occurs more than once")


def as_integer(cell: ir.Value) -> Any:
    """The cell as a nullable BIGINT; only meaningful where ``is_bad`` is false."""
    kind = cell.type()
    if kind.is_int64():
        return cell
    if kind.is_floating():
        cell = cell.isnan().ifelse(None, cell)
    return cell.try_cast("int64")


def as_text(cell: ir.Value) -> Any:
    """A key or a text: without surrounding spaces; a blank is null; a whole float is written as a whole number."""
    kind = cell.type()
    if kind.is_floating():
        cell = cell.try_cast("int64")
    return (cell if kind.is_string() else cell.cast("string")).strip().nullif("")


def is_bad(cell: ir.Value) -> Any:
    """Whether the cell is neither blank nor a whole number in range (never null)."""
    kind = cell.type()
    if kind.is_integer():
        bad = (cell < 0) | (cell > MAX)
    elif kind.is_floating():
        bad = ~cell.isnan() & ((cell < 0) | (cell > MAX) | (cell != cell.try_cast("int64")))
    elif kind.is_decimal():
        bad = (cell < 0) | (cell > MAX) | (cell != cell.try_cast("int64"))
    else:
        text = cell.cast("string")
        bad = ~text.re_search(_NUMBER) | (text.try_cast("int64") > MAX)
    return bad.fill_null(False)


def quick_check(table: ir.Table, columns: list[str]) -> dict[str, Any]:
    """Aggregates that say in one cheap pass whether every cell of ``columns`` is good (see ``all_good``).

    Integers: minimum and maximum (Parquet answers from its statistics). Texts: one regular expression a row, not one
    a cell. Others: cell by cell.
    """
    checks: dict[str, Any] = {}
    texts = [table[name] for name in columns if table[name].type().is_string()]
    others = [table[n] for n in columns if not table[n].type().is_string() and not table[n].type().is_integer()]
    for name in columns:
        if table[name].type().is_integer():
            checks[f"min_{name}"] = table[name].min()
            checks[f"max_{name}"] = table[name].max()
    if texts:
        checks["bad_texts"] = (~row_is_plain(texts)).sum()
    if others:
        checks["bad_others"] = reduce(or_, [is_bad(cell) for cell in others]).sum()
    return checks


def row_is_plain(texts: Sequence[ir.Value]) -> Any:
    """Whether no text cell of the row can be bad. False says nothing: such cells are looked at one by one."""
    import ibis

    if not texts:
        return ibis.literal(True)
    return ibis.literal(",").join([cell.fill_null("") for cell in texts]).re_search(_PLAIN_ROW)


def all_good(answer: dict[str, Any]) -> bool:
    """Whether the answer of ``quick_check`` leaves no room for a bad cell; if not, cells are looked at one by one."""
    for name, value in answer.items():
        if name.startswith("min_") and value is not None and value < 0:
            return False
        if name.startswith("max_") and value is not None and value > MAX:
            return False
        if name.startswith("bad_") and value:
            return False
    return True


def reason(value: Any) -> Text | None:
    """Why one cell is held back, or None for a good one. Agrees with ``is_bad`` (a test shows it)."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    text = str(value)
    if re.search(_NUMBER, text, re.ASCII):
        return TOO_LARGE if text.strip() and float(text) > MAX else None
    text = text.strip()
    if not _SIGNED.fullmatch(text):
        return NOT_A_NUMBER
    number = float(text.replace(",", "."))
    if number < 0 or text.startswith("-"):
        return NEGATIVE
    return TOO_LARGE if number > MAX else FRACTION
