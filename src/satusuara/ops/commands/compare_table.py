"""The answer of ``compare`` for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from satusuara.kernel.i18n import Text
from satusuara.ops.commands.answer import language
from satusuara.ops.commands.check_table import SHOWN_REJECTS, number

if TYPE_CHECKING:
    from satusuara.law.model import Law
    from satusuara.ops.commands.compare import Job, Result
    from satusuara.recap.rules import Comparison


def print_result(law: Law, job: Job, result: Result) -> None:
    """What is compared, one column a level, the votes gained and lost by value, the first rows held back."""
    lang, out = language(), Console()
    say = Text("Perbandingan: A = {a}, B = {b}", "Comparison: A = {a}, B = {b}")
    out.print(f"[bold]{say.format(a=job.file_a, b=job.file_b).in_(lang)}[/bold]", highlight=False)
    names = {level.code: level.name.in_(lang) for level in law.levels}
    columns = {Text("baris", "rows").in_(lang): result.comparison}
    columns |= {names.get(level, level): each for level, each in result.levels.items()}
    out.print(_counts(columns, lang))
    out.print(_votes(result.comparison, lang))
    if result.rejected:
        out.print(_rejects(result, lang))


def _counts(columns: dict[str, Comparison], lang: str) -> Table:
    table = Table(header_style="bold")
    table.add_column("")
    for name in columns:
        table.add_column(name, justify="right")
    every = list(columns.values())
    lines = (
        (Text("hanya dalam A", "only in A"), [each.only_a for each in every]),
        (Text("hanya dalam B", "only in B"), [each.only_b for each in every]),
        (Text("dalam keduanya", "in both"), [each.both for each in every]),
        (Text("  sama", "  equal"), [each.equal for each in every]),
        (Text("  bergeser, jumlah tetap", "  shifted, the sum is the same"), [each.net_zero for each in every]),
        (Text("  jumlah berbeda", "  the sum differs"), [each.net_nonzero for each in every]),
        (Text("  tidak dapat dibandingkan", "  not comparable"), [each.not_comparable for each in every]),
    )
    for label, values in lines:
        table.add_row(label.in_(lang), *(number(value, lang) for value in values))
    return table


def _votes(comparison: Comparison, lang: str) -> Table:
    title = Text("Suara, arah A ke B", "Votes, from A to B")
    table = Table(title=title.in_(lang), title_justify="left", header_style="bold")
    table.add_column("")
    table.add_column(Text("bertambah", "gained").in_(lang), justify="right")
    table.add_column(Text("berkurang", "lost").in_(lang), justify="right")
    for name, change in comparison.by_value.items():
        table.add_row(name, number(change.gained, lang), number(change.lost, lang))
    return table


def _rejects(result: Result, lang: str) -> Table:
    title = Text("Baris yang ditahan (selengkapnya: --rejects)", "Rows held back (all of them: --rejects)")
    table = Table(title=title.in_(lang), title_justify="left", header_style="bold")
    for heading in (Text("Berkas", "File"), Text("Baris", "Row"), Text("Kolom", "Column"), Text("Nilai", "Value")):
        table.add_column(heading.in_(lang))
    table.add_column(Text("Alasan", "Reason").in_(lang))
    for reject in result.rejects[:SHOWN_REJECTS]:
        table.add_row(*(str(value).replace("[", r"\[") for value in reject.as_dict(lang).values()))
    return table
