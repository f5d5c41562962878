"""The answers of ``roll`` for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from satusuara.kernel.i18n import Text
from satusuara.ops.commands.answer import language
from satusuara.ops.commands.check_table import number

if TYPE_CHECKING:
    from pathlib import Path

    from satusuara.ops.commands.roll import Checked, Job, Result


def print_duplicates(job: Job, result: Result) -> None:
    """How many, and what to do with them."""
    lang, out, found = language(), Console(), result.found
    lines = (
        (Text("data pemilih", "records"), found.records),
        (Text("pasangan yang dibandingkan", "pairs compared"), found.candidates),
        (Text("daftar coret (dua pemeriksa)", "strike list (two reviewers)"), found.strike_list),
        (Text("perlu diperiksa", "to be looked at"), len(found.pairs) - found.strike_list),
        (Text("kelompok", "clusters"), len(found.clusters)),
        (Text("baris ditahan", "rows held back"), result.rejected),
    )
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right", style="bold")
    for label, value in lines:
        table.add_row(label.in_(lang), number(value, lang))
    out.print(table)
    note = Text(
        "Tidak ada yang dihapus: setiap pasangan diputuskan orang. Hasil: {file}",
        "Nothing was deleted: people decide about every pair. Results: {file}",
    )
    out.print(note.format(file=str(job.out)).in_(lang), style="dim", highlight=False)


def print_checks(file: Path, checked: Checked) -> None:
    """One line a check; what is only a signal stands dimmed."""
    from satusuara.roll.rules.checks import SOFT, TITLES

    lang, out = language(), Console()
    say = Text("Pemeriksaan daftar: {file}, {n} baris", "Check of the roll: {file}, {n} records")
    out.print(f"[bold]{say.format(file=file.name, n=number(checked.records, lang)).in_(lang)}[/bold]", highlight=False)
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right", style="bold")
    for code, title in TITLES.items():
        count = checked.counts[code]
        style = "dim" if code in SOFT or not count else ""
        table.add_row(title.in_(lang), number(count, lang), style=style)
    out.print(table)
    note = Text(
        "NIK hanya isyarat: seumur hidup, tidak berubah saat pindah atau tanggal lahir dibetulkan.",
        "NIKs are signals only: lifelong, unchanged by moving or a corrected birth date.",
    )
    out.print(note.in_(lang), style="dim", highlight=False)
