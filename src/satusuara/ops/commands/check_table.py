"""The answer of ``check results`` for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from satusuara.kernel.i18n import Text
from satusuara.ops.commands.answer import language

if TYPE_CHECKING:
    from satusuara.law.model import Law
    from satusuara.ops.commands.check_results import Job, Result

KINDS = {
    "exact": Text("harus sama", "must be equal"),
    "bound": Text("batas", "bound"),
    "warning": Text("peringatan", "warning"),
}
SHOWN_REJECTS = 10


def print_result(law: Law, job: Job, result: Result) -> None:
    """Totals, one line an identity, the first rows held back, and the columns nothing looked at."""
    lang, out = language(), Console()
    contest = law.contest(job.contest)
    say = Text("Pemeriksaan {contest}: {file}", "Check of {contest}: {file}")
    out.print(
        f"[bold]{say.format(contest=contest.name.in_(lang), file=job.file.name).in_(lang)}[/bold]", highlight=False
    )
    out.print(_totals(result, lang))
    out.print(_identities(law, result, lang))
    if result.rejected:
        out.print(_rejects(result, lang))
    if result.unused:
        note = Text("Kolom yang tidak dipakai: {names}", "Columns not used: {names}").in_(lang)
        out.print(note.format(names=", ".join(result.unused)), style="dim", highlight=False)


def number(value: int, lang: str) -> str:
    """1.001 in Indonesian, 1,001 in English."""
    text = f"{value:,}"
    return text if lang == "en" else text.replace(",", ".")


def _totals(result: Result, lang: str) -> Table:
    totals = result.totals
    lines = (
        (Text("formulir", "forms"), totals.forms),
        (Text("lengkap", "complete"), totals.complete),
        (Text("kosong (belum ada suara)", "empty (no votes yet)"), totals.empty),
        (Text("semua suara nol", "all votes zero"), totals.all_zero),
        (Text("dengan identitas yang tidak cocok", "with an identity that does not hold"), totals.forms_with_failures),
        (Text("dengan peringatan", "with a warning"), totals.forms_with_warnings),
        (Text("baris ditahan", "rows held back"), result.rejected),
    )
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right", style="bold")
    for label, value in lines:
        table.add_row(label.in_(lang), number(value, lang))
    return table


def _identities(law: Law, result: Result, lang: str) -> Table:
    titles = {identity.code: identity.title for identity in law.identities}
    table = Table(header_style="bold")
    for heading, justify in (
        (Text("Identitas", "Identity"), "left"),
        (Text("Bunyi", "Statement"), "left"),
        (Text("Jenis", "Kind"), "left"),
        (Text("Diperiksa", "Evaluated"), "right"),
        (Text("Tidak cocok", "Does not hold"), "right"),
    ):
        table.add_column(heading.in_(lang), justify="right" if justify == "right" else "left")
    for code, tally in result.totals.identities.items():
        style = "dim" if not tally.evaluated else "bold red" if tally.failed and tally.kind != "warning" else ""
        kind = KINDS[tally.kind].in_(lang)
        counts = (number(tally.evaluated, lang), number(tally.failed, lang))
        table.add_row(code, titles[code].in_(lang), kind, *counts, style=style)
    return table


def _rejects(result: Result, lang: str) -> Table:
    title = Text("Baris yang ditahan (selengkapnya: --rejects)", "Rows held back (all of them: --rejects)")
    table = Table(title=title.in_(lang), title_justify="left", header_style="bold")
    for heading in (
        Text("Berkas", "File"),
        Text("Baris", "Row"),
        Text("Kolom", "Column"),
        Text("Nilai", "Value"),
        Text("Alasan", "Reason"),
    ):
        table.add_column(heading.in_(lang))
    for reject in result.rejects[:SHOWN_REJECTS]:
        table.add_row(*(str(value).replace("[", r"\[") for value in reject.as_dict(lang).values()))
    return table
