"""Comparisons kept in the database: what is counted where, what changes nothing, what the ledger sees, who sees it."""

from __future__ import annotations

from pathlib import Path

import pytest

from satusuara.areas.models import Area
from satusuara.count.models import Source
from satusuara.kernel.errors import Forbidden, NotFound, Refusal
from satusuara.ledger import queries as ledger
from satusuara.ledger.verify import verify
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from satusuara.people.rules import Grant, Reach
from satusuara.recap import queries
from satusuara.recap.actions import Compared, compare_sources
from satusuara.recap.models import ComparedArea, Difference
from tests.count.regency import AT, ROOT, build_tree, file_of, load, source_of, station

HERE, ALSO, THERE = "7322012001", "7322012002", "7322022001"
STATIONS = [station(1, HERE), station(2, HERE), station(1, ALSO), station(1, THERE)]
HEADER = "tps_id,paslon_1,paslon_2,paslon_3"
PPK = Scope("ppk", Reach((Grant("id-2024", "/73/7322/732201/", frozenset({Right.SEE.value})),)))
A_ROWS = [f"{STATIONS[0]},10,20,30", f"{STATIONS[1]},1,2,3", f"{STATIONS[2]},5,5,", f"{STATIONS[3]},7,7,7"]
B_ROWS = [f"{STATIONS[0]},12,18,30", f"{STATIONS[1]},1,2,3", f"{STATIONS[2]},5,5,5", f"{STATIONS[3]},7,7,9"]
RECAP_ROWS = [f"{HERE},11,22,33", f"{ALSO},5,5,5", f"{THERE},7,6,8"]


@pytest.fixture
def sources(db: None, tmp_path: Path) -> dict[str, Source]:
    election = build_tree(STATIONS)
    made = {name: source_of(election, name, level) for name, level in (("a", ""), ("b", ""), ("rekap", "desa"))}
    load(made["a"], file_of(tmp_path, *A_ROWS, name="a.csv", header=HEADER))
    load(made["b"], file_of(tmp_path, *B_ROWS, name="b.csv", header=HEADER))
    load(made["rekap"], file_of(tmp_path, *RECAP_ROWS, name="r.csv", header=HEADER.replace("tps_id", "area_code")))
    return made


def compare(sources: dict[str, Source], a: str = "a", b: str = "b") -> Compared:
    one, two = sources[a], sources[b]
    return compare_sources(election=one.election, contest="ppwp", a=one, b=two, at=AT, by="system:test")


def area(code: str) -> Area:
    return Area.objects.get(code=code)


def kept() -> list[tuple[str, str, object, int]]:
    rows = Difference.objects.select_related("area").order_by("area__code")
    return [(row.area.code, str(row.kind), row.cells, row.votes) for row in rows]


@pytest.mark.requirement(2, "5", "source against source, form by form at candidate level; shifts named; counts above")
def test_two_sources_are_compared_form_by_form(sources: dict[str, Source]) -> None:
    assert compare(sources) == Compared("tps", equal=1, net_zero=1, net_nonzero=1, not_comparable=1, changed=9)
    assert kept() == [
        (STATIONS[0], "net_zero", {"paslon_1": [10, 12], "paslon_2": [20, 18]}, 2),
        (STATIONS[3], "net_nonzero", {"paslon_3": [7, 9]}, 2),
    ]
    counts = {
        row.area.code: (row.equal, row.net_zero, row.net_nonzero, row.not_comparable)
        for row in ComparedArea.objects.select_related("area")
    }
    whole = (1, 1, 1, 1)
    assert counts == {
        "73": whole, "7322": whole, "732201": (1, 1, 0, 1), "732202": (0, 0, 1, 0), HERE: (1, 1, 0, 0),
        ALSO: (0, 0, 0, 1), THERE: (0, 0, 1, 0),
    }  # fmt: skip


@pytest.mark.requirement(2, "5", "sums of stations against the recapitulation, only where every form gave a figure")
def test_stations_are_compared_with_the_recapitulation_by_their_sums(sources: dict[str, Source]) -> None:
    found = compare(sources, "a", "rekap")
    assert (found.level, found.equal, found.net_zero, found.net_nonzero, found.not_comparable) == ("desa", 1, 1, 0, 1)
    assert kept() == [(THERE, "net_zero", {"paslon_2": [7, 6], "paslon_3": [7, 8]}, 1)]
    (row,) = queries.differences(ROOT, "id-2024", "ppwp")
    assert queries.sentence(row).id == (
        "desa 001 (kecamatan 202): paslon 02 berjumlah 7 menurut formulir a, tertulis 6 pada rekap; "
        "paslon 03 berjumlah 7 menurut formulir a, tertulis 8 pada rekap; "
        "bergeser 1 suara dari paslon 02 ke paslon 03, jumlah tetap"
    )
    turned = compare(sources, "rekap", "b")
    assert (turned.level, turned.equal, turned.net_nonzero, turned.net_zero) == ("desa", 1, 1, 1)


def test_a_village_with_a_missing_form_is_not_compared(sources: dict[str, Source], tmp_path: Path) -> None:
    Area.objects.create(
        election=sources["a"].election, code=station(9, THERE), level="tps", name="009", parent=area(THERE), source="t",
        path=f"{area(THERE).path}{station(9, THERE)}/",
    )  # fmt: skip
    assert compare(sources, "a", "rekap").not_comparable == 2


@pytest.mark.requirement(
    2, "6", "a comparison again changes and seals nothing; a changed, added or removed row is named"
)
def test_the_same_again_changes_nothing_and_what_is_touched_is_named(sources: dict[str, Source]) -> None:
    compare(sources)
    size = len(list(ledger.lines()))
    assert compare(sources).changed == 0
    assert len(list(ledger.lines())) == size
    assert verify().problems == []
    row = Difference.objects.get(area__code=STATIONS[0])
    Difference.objects.filter(pk=row.pk).update(cells={"paslon_1": [10, 11], "paslon_2": [20, 19]})
    ComparedArea.objects.filter(area__code="7322").update(equal=2)
    (counts, changed) = sorted(verify().problems, key=lambda one: one.kind)
    assert (changed.code, changed.kind) == ("row-changed", "recap.difference")
    assert changed.id == queries.difference_subject(row.a_id, row.b_id, row.area_id)
    assert (counts.code, counts.kind) == ("row-changed", "recap.comparison")
    assert compare(sources).changed == 2, "comparing again puts right what was touched"
    Difference.objects.filter(pk=row.pk).delete()
    assert [one.code for one in verify().problems] == ["row-changed"]
    Difference.objects.create(a=row.a, b=row.b, area=area(STATIONS[1]), kind="net_zero", cells={}, votes=1)
    assert {one.code for one in verify().problems} == {"row-changed", "row-unsealed"}


def test_a_correction_takes_a_difference_away_and_says_so(sources: dict[str, Source], tmp_path: Path) -> None:
    compare(sources)
    load(sources["b"], file_of(tmp_path, f"{STATIONS[0]},10,20,30", name="c.csv", header=HEADER))
    assert compare(sources).net_zero == 0
    assert [code for code, *_ in kept()] == [STATIONS[3]]
    assert verify().problems == []


@pytest.mark.requirement(2, "5", "differences follow the figures: an import compares again what was compared")
def test_differences_follow_the_figures(sources: dict[str, Source], tmp_path: Path) -> None:
    compare(sources)
    compare(sources, "b", "rekap")
    assert Difference.objects.filter(b=sources["rekap"]).exists()
    load(sources["b"], file_of(tmp_path, f"{STATIONS[3]},7,6,8", name="c.csv", header=HEADER))
    assert [(code, cells) for code, _, cells, _ in kept() if code == STATIONS[3]] == [
        (STATIONS[3], {"paslon_2": [7, 6], "paslon_3": [7, 8]})
    ]
    assert not Difference.objects.filter(b=sources["rekap"], area__code=THERE).exists()
    assert verify().problems == []


@pytest.mark.parametrize(
    ("a", "b", "contest", "code"),
    [
        ("a", "a", "ppwp", "same-source"),
        ("a", "b", "dpd", "source-elsewhere"),
        ("a", "b", "lurah", "law-contest-unknown"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    sources: dict[str, Source], a: str, b: str, contest: str, code: str
) -> None:
    with pytest.raises(Refusal, match=code):
        compare_sources(
            election=sources[a].election, contest=contest, a=sources[a], b=sources[b], at=AT, by="system:test"
        )  # fmt: skip


@pytest.mark.requirement(2, "7", "differences and comparisons are cut to the asker's area")
def test_differences_are_cut_filtered_and_sorted(sources: dict[str, Source]) -> None:
    compare(sources)

    def codes(scope: Scope, **ask: object) -> list[str]:
        return [row.area.code for row in queries.differences(scope, "id-2024", "ppwp", **ask)]  # type: ignore[arg-type]

    assert codes(ROOT) == [STATIONS[0], STATIONS[3]]
    assert codes(ROOT, sort="-area") == [STATIONS[3], STATIONS[0]]
    assert codes(ROOT, kind="net_zero") == [STATIONS[0]]
    assert codes(ROOT, text="002 tidak") == []
    assert codes(ROOT, area=area("732202")) == [STATIONS[3]]
    assert codes(PPK) == [STATIONS[0]]
    assert codes(Scope.public()) == []
    assert queries.comparisons(PPK, area("7322"), "ppwp") == []
    (row,) = queries.comparisons(PPK, area("732201"), "ppwp")
    assert row.equal == 1
    assert set(queries.comparisons_below(ROOT, area("7322"), sources["a"], sources["b"])) == {
        area("732201").pk, area("732202").pk,
    }  # fmt: skip
    assert [(a.name, b.name, level) for a, b, level in queries.pairs(PPK, "id-2024")] == [("a", "b", "tps")]
    assert queries.pairs(Scope.public(), "id-2024") == []
    with pytest.raises(Forbidden):
        queries.difference(PPK, sources["a"], sources["b"], area(STATIONS[3]))
    with pytest.raises(NotFound, match="no-difference"):
        queries.difference(PPK, sources["a"], sources["b"], area(STATIONS[1]))


def test_every_source_stands_side_by_side(sources: dict[str, Source]) -> None:
    view = queries.side_by_side(ROOT, area(HERE), "ppwp")
    assert view.columns == ("paslon_1", "paslon_2", "paslon_3")
    assert [(one.source.name, one.figures["paslon_1"], one.form is None, one.forms) for one in view.sources] == [
        ("a", 11, True, 2),
        ("b", 13, True, 2),
        ("rekap", 11, False, 0),
    ]
    assert view.differing == {"paslon_1", "paslon_2"}
    partial = queries.side_by_side(ROOT, area(ALSO), "ppwp")
    assert [one.figures["paslon_3"] for one in partial.sources] == [None, 5, 5]
    assert partial.differing == set()
    with pytest.raises(Forbidden):
        queries.side_by_side(PPK, area(THERE), "ppwp")
    assert len(queries.side_by_side(Scope.public(), area(STATIONS[0]), "ppwp", right=Right.PUBLIC).sources) == 2
