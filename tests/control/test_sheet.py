"""The form as data: lines of findings, party lists, choices of any law."""

from __future__ import annotations

from satusuara.count.models import Finding
from satusuara.count.pages.sheet import draw
from satusuara.count.queries import FindingView
from satusuara.count.rules import evaluate_form, sentence_of, sort_out
from satusuara.kernel.i18n import Text
from satusuara.law import load_law
from tests.control.scene import COLUMNS, PATTIMANG


def views(contest: str, cells: dict[str, int | None]) -> list[FindingView]:
    law = load_law("id-2024")
    fields = {name: figure for name, figure in cells.items() if "." not in name}
    lines = {name: figure for name, figure in cells.items() if "." in name} or None
    found = []
    for code, outcome in evaluate_form(law, contest, fields, lines).outcomes.items():
        if not outcome.holds:
            row = Finding(
                identity=code, kind=outcome.kind, left=outcome.left, right=outcome.right, difference=outcome.difference
            )
            said = sentence_of(law, contest, outcome, sort_out(law, contest, fields, lines))
            found.append(FindingView(row, law.identity(code), said))
    return found


def pattimang() -> dict[str, int | None]:
    return dict(zip(COLUMNS, map(int, PATTIMANG.split(",")[:-1]), strict=True))


def test_a_line_runs_from_the_first_row_a_finding_names_to_the_last() -> None:
    cells = pattimang()
    sheet = draw(load_law("id-2024"), "ppwp", cells, views("ppwp", cells), "id")
    i5 = next(note.number for note in sheet.notes if note.code == "I5")
    rows = [(row.mark, row.rails[i5 - 1]) for section in sheet.sections for row in section.rows]
    assert [mark for mark, rail in rows if rail.node] == ["B.4", "C"]
    inside = [mark for mark, rail in rows if rail.inside]
    assert inside[0] == "B.4"
    assert inside[-1] == "C"
    assert [section.mark for section in sheet.sections if section.rails[i5 - 1].inside] == ["II", "III", "IV", "V"]
    assert [section.mark for section in sheet.sections if section.absent] == ["II", "III"]


def test_every_consequence_is_said_once() -> None:
    cells = pattimang()
    sheet = draw(load_law("id-2024"), "ppwp", cells, views("ppwp", cells), "en")
    assert [len(one.numbers) for one in sheet.following] == [4, 1]
    assert sum(len(one.numbers) for one in sheet.following) == len(sheet.notes) == 5
    assert all(one.next_step for one in sheet.following)


def test_a_party_list_is_drawn_party_by_party_with_its_total_last() -> None:
    cells: dict[str, int | None] = {"valid": 30, "4.T": 18, "4.0": 5, "4.1": 6, "4.2": 8, "12.T": None, "12.0": 1}
    sheet = draw(load_law("id-2024"), "dprd_kab", cells, views("dprd_kab", cells), "id")
    rows = next(section for section in sheet.sections if section.mark == "IV").rows
    assert [(row.mark, row.heading) for row in rows[:5]] == [
        ("4", True), ("A.1", False), ("A.2", False), ("A.2", False), ("B", False),
    ]  # fmt: skip
    assert rows[5].mark == "12"
    i8 = next(note.number for note in sheet.notes if note.code == "I8.4")
    lit = [cell.column for row in rows for cell in row.cells if i8 in cell.marks]
    assert lit == ["4.0", "4.1", "4.2", "4.T"]
    assert next(cell for row in rows for cell in row.cells if cell.column == "12.T").state == "blank"


def test_a_finding_of_a_rule_the_law_forgot_is_still_shown() -> None:
    row = Finding(identity="I99", kind="exact", left=1, right=2, difference=-1)
    sheet = draw(load_law("id-2024"), "ppwp", {}, [FindingView(row, None, Text("a", "b"))], "id")
    assert (sheet.notes[0].title, sheet.following) == ("I99", ())
