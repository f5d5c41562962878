"""The law folders in words: ``python -m satusuara.law.document`` writes docs/law.md (a test keeps it up to date)."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from satusuara.kernel.i18n import Text
from satusuara.law.expressions import spell
from satusuara.law.loader import available_laws, load_law
from satusuara.law.model import Citation, Contest, Deadline, FormSpec, Law

_CONFIDENCE = {
    "sourced": "",
    "general-knowledge": " (tanpa sumber / no source)",
    "inferred": " (kesimpulan / inferred)",
    "conflict": " (sumber berbeda / sources disagree)",
}
_INTRO = """\
# Hukum sebagai data / Law as data

Dibuat dari `src/satusuara/law/*/` oleh `python -m satusuara.law.document`; jangan disunting. Yang bertanda "perlu
dipastikan" belum dikonfirmasi ahli hukum. *Made from the law folders; do not edit. What is marked "to be confirmed"
has not yet been confirmed by a jurist.*
"""


def document(laws: Iterable[Law]) -> str:
    """All of it as Markdown, Indonesian and English side by side."""
    return "\n".join([_INTRO, *(line for law in laws for line in _law(law))])


def _law(law: Law) -> Iterator[str]:
    station = law.station
    yield f"## {law.id}: {law.name.id} / {law.name.en}\n"
    yield f"- {law.election_day.isoformat()}; {law.code_scheme} ({law.codes})"
    levels = [f"{level.name.id} ({level.digits or '–'})" for level in law.levels]
    yield f"- {' → '.join(levels)}"
    yield (
        f"- {law.levels[-1].name.id}: ≤ {station.cap}; {station.opens}–{station.closes}; "
        f"+ {station.reserve_percent} % ({station.reserve_rounding}){_confirmed(station.confirmed)}. "
        f"{_cited(station.citations)}\n"
    )
    for supply in station.supplies:
        yield f"- {_both(supply.name)}: {supply.each} / {law.levels[-1].name.id}. {_cited(supply.citations)}\n"
    yield from _table("Jenis pemilihan / Contests", _CONTESTS, [_contest(law, each) for each in law.contests])
    yield from _forms(law)
    yield from _identities(law)
    yield from _table(
        "Pemeriksaan antarformulir / Across forms",
        ("", "Bunyi / Statement", "Jenis / Kind", "Bab / Chapter"),
        [(rule.code, _both(rule.title), rule.kind, rule.evaluated_by) for rule in law.cross_rules],
    )
    yield from _table(
        "Kategori pemilih / Categories of voters",
        ("", "Siapa / Who", "Dokumen / Papers", "Jam / Hours", "Dasar / Source"),
        [
            (_both(c.name), _both(c.who), _both(c.papers), f"{c.opens}–{c.closes}{_note(c.note)}", _cited(c.citations))
            for c in law.categories
        ],
    )
    yield from _table("Tenggat / Deadlines", _DEADLINES, [_deadline(each) for each in law.deadlines])
    yield from _table(
        "Partai / Parties",
        ("Nomor / Number", "Nama / Name", "Wilayah / Areas"),
        [(str(each.number), each.name, ", ".join(each.areas)) for each in law.parties],
    )
    yield from _table(
        "Peran / Roles",
        ("", "Nama / Name", "Tingkat / Levels", "Hak / Rights"),
        [
            (r.code, _both(r.name), ", ".join(level or "(semua / all)" for level in r.levels), ", ".join(r.rights))
            for r in law.roles
        ],
    )
    yield from _table(
        "Sumber / Sources",
        ("", "Judul / Title", "Di mana / Where", "Dilihat / Seen"),
        [(key, each.title, each.where, each.seen.isoformat()) for key, each in law.sources.items()],
    )


_CONTESTS = ("", "Nama / Name", "Surat suara / Ballot", "Formulir / Form", "Pilihan / Choices", "Dasar / Source")
_DEADLINES = ("", "Apa / What", "Sejak / From", "Batas / Limit", "Tanggal / Date", "Dasar / Source")


def _contest(law: Law, each: Contest) -> Sequence[str]:
    names = [f"{n}. {name.id}" for n, name in zip(each.choices.numbers, each.choices.names, strict=False)]
    return (
        each.code, _both(each.name), _both(each.ballot_colour), law.form(each.code).name.id,
        "; ".join(names) or each.choices.kind, _cited(each.citations),
    )  # fmt: skip


def _forms(law: Law) -> Iterator[str]:
    """Forms that differ in nothing but a section of votes are described once."""
    seen: dict[tuple[str, ...], list[FormSpec]] = {}
    for form in law.forms:
        seen.setdefault(form.columns, []).append(form)
    for forms in seen.values():
        rows = []
        for section in forms[0].sections:
            rows.append((f"**{section.mark}**", f"**{_both(section.title)}**", ""))
            for each in section.fields:
                columns = ", ".join(f"`{column}`" for column in forms[0].columns_of(each))
                rows.append((each.mark, _both(each.label), columns))
        yield from _table(", ".join(form.name.id for form in forms), ("", "", "Kolom / Columns"), rows)


def _identities(law: Law) -> Iterator[str]:
    rows = []
    for each in law.identities:
        sign = "=" if each.relation == "=" else "≤"
        formula = f"`{spell(each.left)} {sign} {spell(each.right)}`"
        consequence = f"{_both(each.consequence.text)} {_cited(each.consequence.citations)}"
        rows.append((each.code, f"{_both(each.title)}<br>{formula}", each.kind, consequence))
    heading = ("", "Bunyi / Statement", "Jenis / Kind", "Akibat / Consequence")
    yield from _table("Yang harus cocok pada satu formulir / What must hold on one form", heading, rows)


def _deadline(each: Deadline) -> Sequence[str]:
    units = {"hour": "jam / hours", "day": "hari / days", "workday": "hari kerja / working days"}
    sign = "−" if each.direction == "before" else ""
    limit = f"{sign}{each.limit} {units[each.unit]}" if each.unit in units else "hari yang sama / same day"
    until = each.until.isoformat() if each.until else ""
    source = f"{_cited(each.citations)}{_confirmed(each.confirmed)}"
    return (each.code, _both(each.name) + _note(each.note), _both(each.starts_on), limit, until, source)


def _both(text: Text) -> str:
    return text.id if text.id == text.en else f"{text.id} / *{text.en}*"


def _note(note: Text | None) -> str:
    return f" ({_both(note)})" if note else ""


def _cited(citations: Iterable[Citation]) -> str:
    return "; ".join(f"{each.text}{_CONFIDENCE[each.confidence]}" for each in citations)


def _confirmed(confirmed: bool) -> str:
    return "" if confirmed else " — perlu dipastikan / to be confirmed"


def _table(title: str, heading: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    yield f"### {title}\n"
    for row in (heading, ["---"] * len(heading), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def main(path: Path) -> None:
    """Writes the document of the package's own law folders."""
    path.write_text(document(each for each in map(load_law, available_laws()) if not each.base), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/law.md"))
