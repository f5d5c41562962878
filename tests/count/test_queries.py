"""What a page asks of the count: sums, children, forms, findings, each cut to what the asker may see."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satusuara.areas.models import Area
from satusuara.count import queries
from satusuara.count.models import AreaSummary, Source
from satusuara.count.queries import Line
from satusuara.count.tally import add_up
from satusuara.kernel.errors import Forbidden, NotFound
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from satusuara.people.rules import Grant, Reach
from tests.count.regency import ROOT, build_tree, file_of, load, source_of, station

HERE, THERE = "7322012001", "7322022001"
STATIONS = [station(1, HERE), station(2, HERE), station(3, HERE), station(1, THERE)]
PPK = Scope("ppk", Reach((Grant("id-2024", "/73/7322/732201/", frozenset({Right.SEE.value})),)))


@pytest.fixture
def source(db: None, tmp_path: Path) -> Source:
    made = source_of(build_tree(STATIONS))
    rows = (
        f"{STATIONS[0]},1,2,3,2,1,3,1,1,0",
        f"{STATIONS[1]},1,2,4,2,1,4,1,1,0",
        f"{STATIONS[2]},,,,,,,,,",
        f"{STATIONS[3]},1,2,3,2,1,9,,1,0",
    )
    load(made, file_of(tmp_path, *rows))
    return made


def area(code: str) -> Area:
    return Area.objects.get(code=code)


def test_sums_add_what_is_written_and_say_how_many_wrote_it(source: Source) -> None:
    (whole,) = queries.summaries(Scope.public(), area("7322"), "ppwp")
    assert (whole.expected, whole.forms, whole.failing, whole.empty, whole.consistent) == (4, 4, 2, 1, 1)
    assert (whole.complete, whole.failures) == (2, 4)  # I1.voters and I6 on one form, I5 and I6 on the other
    assert (whole.sums["paslon_1"], whole.given["paslon_1"]) == (2, 2)
    assert (whole.sums["paslon_2"], whole.given["paslon_2"]) == (3, 3)
    assert {s.area.code for s in AreaSummary.objects.select_related("area")} == {
        "73", "7322", "732201", "732202", HERE, THERE,
    }  # fmt: skip


def test_children_carry_summaries_and_at_the_lowest_level_forms(source: Source) -> None:
    rows = queries.children(Scope.public(), area("7322"), "ppwp")
    assert [(r.area.code, r.summaries[source.pk].forms, dict(r.forms)) for r in rows] == [
        ("732201", 3, {}),
        ("732202", 1, {}),
    ]
    lowest = queries.children(Scope.public(), area(HERE), "ppwp")
    assert [r.forms[source.pk].status for r in lowest] == ["consistent", "failing", "empty"]


@pytest.mark.requirement(2, "7", "forms, findings and counts are cut to the asker's area")
def test_what_lies_outside_is_not_in_the_answer(source: Source) -> None:
    assert [f.area.code for f in queries.forms(PPK, source)] == STATIONS[:3]
    assert queries.forms(Scope.public(), source).count() == 0
    assert queries.forms(Scope.public(), source, right=Right.PUBLIC).count() == 4
    assert {i.code: n for i, n in queries.finding_counts(PPK, source)}["I6"] == 1
    assert {i.code: n for i, n in queries.finding_counts(ROOT, source)}["I6"] == 2
    with pytest.raises(Forbidden):
        queries.form_view(PPK, source, area(STATIONS[3]))
    assert list(queries.batches(PPK, source)) == []
    kpu = Scope("kpu", Reach((Grant("id-2024", "/73/7322/", frozenset({Right.SEE.value})),)))
    (batch,) = queries.batches(kpu, source)
    assert list(queries.rejected_rows(kpu, batch)) == []


@pytest.mark.parametrize(
    ("ask", "found"),
    [
        ({}, STATIONS),
        ({"status": "failing"}, [STATIONS[1], STATIONS[3]]),
        ({"status": "warning"}, []),
        ({"identity": "I6"}, [STATIONS[1], STATIONS[3]]),
        ({"identity": "I1"}, [STATIONS[1]]),
        ({"text": "desa 001", "status": "empty"}, [STATIONS[2]]),
        ({"text": "7322022"}, [STATIONS[3]]),
        ({"text": "tidak ada"}, []),
        ({"sort": "-area"}, STATIONS[::-1]),
        ({"sort": "; drop table"}, STATIONS),
    ],
)
def test_forms_are_filtered_and_sorted(source: Source, ask: dict[str, str], found: list[str]) -> None:
    assert [f.area.code for f in queries.forms(ROOT, source, area("73"), **ask)] == found  # type: ignore[arg-type]


def test_a_form_is_shown_with_sentences_that_say_what_is_written(source: Source) -> None:
    view = queries.form_view(ROOT, source, area(STATIONS[3]))
    written = {f.finding.identity: f.sentence for f in view.findings}
    assert "9" in written["I6"].id
    assert "3" in written["I6"].id
    assert written["I6"].en != written["I6"].id
    with pytest.raises(NotFound, match="no-form"):
        queries.form_view(ROOT, source_of(source.election, "lain"), area(STATIONS[0]))
    with pytest.raises(NotFound, match="no-source"):
        queries.source(ROOT, "id-2024", "ppwp", "tidak-ada")
    with pytest.raises(NotFound, match="no-election"):
        queries.election("id-1955")


def test_a_recapitulation_by_village_is_summed_from_its_own_level_up(source: Source, tmp_path: Path) -> None:
    recap = source_of(source.election, "rekap", "desa")
    path = file_of(tmp_path, f"{HERE},5,6,7", name="r.csv", header="area_code,paslon_1,paslon_2,paslon_3")
    assert load(recap, path).added == 1
    found = {s.area.code: (s.expected, s.forms) for s in AreaSummary.objects.filter(source=recap)}
    assert found == {"73": (2, 1), "7322": (2, 1), "732201": (1, 1), HERE: (1, 1)}


cells = st.dictionaries(st.sampled_from("abc"), st.none() | st.integers(0, 9))
lines = st.lists(
    st.builds(
        Line,
        st.sampled_from(["/1/2/3/", "/1/2/4/", "/1/5/6/", "/7/8/9/"]),
        st.sampled_from("xy"),
        st.integers(0, 2),
        cells,
    )
)


@given(lines)
def test_an_area_s_sum_is_the_sum_over_the_forms_below_it(forms: list[Line]) -> None:
    for place, tally in add_up(forms, own=False).items():
        below = [f for f in forms if f.path.startswith(place)]
        assert tally.forms == len(below)
        for column in "abc":
            written = [f.cells[column] for f in below if f.cells.get(column) is not None]
            assert (tally.sums.get(column, 0), tally.given.get(column, 0)) == (sum(map(int, written)), len(written))
