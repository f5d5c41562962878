"""In which area of a level a station lies: a station's code says it, as the law lets one read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from satusuara.kernel.errors import Place, Refusal
from satusuara.kernel.i18n import Text
from satusuara.lake.engine import rows
from satusuara.law.model import Law

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.sql import SQLBackend


def area_in(law: Law, level: str, code: ir.StringValue) -> Any:
    """The code of the area of ``level`` in which a station lies, or an area of a level below it.

    :raises NotFound: ``law-level-unknown``
    :raises Refusal: ``level-not-in-code`` where the law's codes are of their own and do not say it
    """
    import ibis

    if law.whole is not None and level == law.whole.level:
        return ibis.literal(law.whole.code)
    if law.codes == "nested":
        return code.substr(0, law.width_of(level))
    if law.level(level) == law.levels[-1]:
        return code
    if law.level(level) == law.levels[-2]:
        return code.substr(0, code.length() - law.levels[-1].digits)
    raise Refusal(
        "level-not-in-code",
        Text(
            f'kode TPS menurut {law.id} tidak memuat tingkat "{level}"',
            f'a station code of {law.id} does not hold the level "{level}"',
        ),
        remedy=Text(f"Yang dapat: {law.levels[-2].code}.", f"It does hold: {law.levels[-2].code}."),
    )


def lowest_first(law: Law, levels: Sequence[str]) -> list[str]:
    """Levels in the order in which one is summed from the other."""
    order = [each.code for each in law.levels]
    return sorted(levels, key=lambda level: order.index(level) if level in order else -1, reverse=True)


def require_codes(connection: SQLBackend, law: Law, forms: ir.Table, station: str) -> None:
    """Refuses codes that are too long or too short to say where a station lies: a sum without them would be wrong.

    :raises Refusal: ``law-code-malformed``
    """
    width = law.width_of(law.station_level)
    if law.codes != "nested":
        return
    wrong = rows(connection, forms.filter(forms[station].length() != width).select(station).limit(1))
    if wrong:
        raise Refusal(
            "law-code-malformed",
            Text(
                f'"{wrong[0][0]}" bukan kode TPS {width} angka: tingkat wilayahnya tidak diketahui',
                f'"{wrong[0][0]}" is no station code of {width} digits: its areas are unknown',
            ),
            place=Place(column=station),
            remedy=Text("Perbaiki kodenya dalam berkas.", "Correct the code in the file."),
        )
