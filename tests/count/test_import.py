"""A result table comes in: good rows load, bad rows are held back and named, nothing is ever overwritten."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from satusuara.areas.models import Area, Election
from satusuara.count import queries
from satusuara.count.actions import SourceSpec, ensure_source, import_results
from satusuara.count.choices import FormStatus, SourceKind
from satusuara.count.models import AreaSummary, Finding, Form, FormVersion, ImportBatch, RejectedRow, Source
from satusuara.kernel.errors import Forbidden, Refusal
from satusuara.kernel.file_names import clean_name
from satusuara.ledger.queries import size
from satusuara.ledger.verify import verify
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from satusuara.people.rules import Grant, Reach
from tests.count.regency import AT, ROOT, build_tree, counts, file_of, load, source_of, station
from tests.shared import shared

BAD_INPUT = "bad-input"
STATIONS = [station(n) for n in (1, 2, 3)] + [station(1, "7322012002"), station(1, "7322022001")]
GOOD = f"{station(1)},1,2,3,2,1,3,1,1,0"
WRONG = f"{station(2)},1,2,4,2,1,9,1,1,0"
BLANK = f"{station(3)},,,,,,,,,"


@pytest.fixture
def election(db: None) -> Election:
    return build_tree(STATIONS)


@pytest.fixture
def sirekap(election: Election) -> Source:
    return source_of(election)


def area(code: str) -> Area:
    return Area.objects.get(election="id-2024", code=code)


def status(code: str) -> str:
    return Form.objects.get(area__code=code).status


@pytest.mark.requirement(2, "4", "good rows load; every form gets its status and its findings")
def test_good_rows_load_and_are_judged(sirekap: Source, tmp_path: Path) -> None:
    partial = f"{station(1, '7322012002')},1,2,3,2,1,,1,1,0"
    outcome = load(sirekap, file_of(tmp_path, GOOD, WRONG, BLANK, partial))
    assert counts(outcome) == (4, 0, 0, 0)
    assert [status(s) for s in STATIONS[:4]] == [
        FormStatus.CONSISTENT, FormStatus.FAILING, FormStatus.EMPTY, FormStatus.INCOMPLETE,
    ]  # fmt: skip
    found = set(Finding.objects.values_list("version__form__area__code", "identity", "left", "right", "difference"))
    assert {(station(2), "I1.voters", 3, 4, -1), (station(2), "I6", 9, 3, 6)} <= found
    assert {code for code, *_ in found} == {station(2)}


def test_a_blank_stays_a_blank_and_a_column_that_is_not_there_is_not_made_up(sirekap: Source, tmp_path: Path) -> None:
    load(sirekap, file_of(tmp_path, f"{station(1)},,0", header="tps_id,valid,invalid"))
    assert FormVersion.objects.get().cells == {"valid": None, "invalid": 0}


@pytest.mark.requirement(2, "4", "a second import of the same file changes nothing")
def test_a_second_import_changes_nothing(sirekap: Source, tmp_path: Path) -> None:
    first = load(sirekap, file_of(tmp_path, GOOD, WRONG, "9999012001001,1,2,3,2,1,3,1,1,0"))
    sealed = size()
    again = load(sirekap, file_of(tmp_path, GOOD, WRONG, "9999012001001,1,2,3,2,1,3,1,1,0"))
    assert (counts(again), again.repeated, again.batch) == ((0, 0, 2, 1), True, first.batch)
    assert (size(), ImportBatch.objects.count(), FormVersion.objects.count(), RejectedRow.objects.count()) == (
        sealed, 1, 2, 1,
    )  # fmt: skip


@pytest.mark.requirement(2, "4", "a changed file adds versions and overwrites none")
def test_a_changed_file_adds_versions(sirekap: Source, tmp_path: Path) -> None:
    load(sirekap, file_of(tmp_path, GOOD, WRONG))
    outcome = load(sirekap, file_of(tmp_path, GOOD, WRONG.replace(",9,", ",3,").replace(",4,", ",3,"), name="b.csv"))
    assert counts(outcome) == (0, 1, 1, 0)
    view = queries.form_view(ROOT, sirekap, area(station(2)))
    assert [(v.number, v.cells["total"]) for v in view.versions] == [(2, 3), (1, 9)]
    assert (view.cells["total"], view.form.status, view.findings) == (3, FormStatus.CONSISTENT, [])
    back = load(sirekap, file_of(tmp_path, GOOD, WRONG))
    assert (counts(back), back.repeated) == ((0, 1, 1, 0), False), "figures that return are a version too"
    assert queries.misplaced() == []


@pytest.mark.requirement(2, "4", "sources never overwrite each other")
def test_sources_never_meet_in_a_row(election: Election, sirekap: Source, tmp_path: Path) -> None:
    other = source_of(election, "relawan")
    load(sirekap, file_of(tmp_path, GOOD))
    load(other, file_of(tmp_path, GOOD.replace(",1,1,0", ",0,2,0")))
    assert [f.version.cells["paslon_2"] for f in Form.objects.order_by("source_id") if f.version] == [1, 2]
    assert len(queries.summaries(Scope.public(), area("7322"), "ppwp")) == 2


@pytest.mark.requirement(2, BAD_INPUT, "an unknown TPS is held back by file, row, column and value; the others load")
def test_an_unknown_station_is_held_back_and_named(sirekap: Source, tmp_path: Path) -> None:
    outcome = load(sirekap, file_of(tmp_path, GOOD, "7322012001777,1,2,3,2,1,3,1,1,0", "7322012001,1,2,3,2,1,3,1,1,0"))
    assert counts(outcome) == (1, 0, 0, 2)
    assert [(r.file, r.row, r.column, r.value) for r in outcome.rejects] == [
        ("hasil.csv", 3, "tps_id", "7322012001777"),
        ("hasil.csv", 4, "tps_id", "7322012001"),
    ]
    assert "tidak ada dalam pohon wilayah" in RejectedRow.objects.all()[0].reason


@pytest.mark.requirement(2, BAD_INPUT, "every row of a TPS that occurs twice is held back and kept with its reason")
def test_a_station_that_occurs_twice_is_held_back(sirekap: Source, tmp_path: Path) -> None:
    outcome = load(sirekap, file_of(tmp_path, GOOD, WRONG, GOOD, f"{station(3)},-1,2,1,x,1,3,1,1,0"))
    assert counts(outcome) == (1, 0, 0, 3)
    kept = RejectedRow.objects.order_by("row", "column").values_list("row", "column", "value")
    assert list(kept) == [
        (2, "tps_id", station(1)), (4, "tps_id", station(1)), (5, "valid", "x"), (5, "voters_l", "-1"),
    ]  # fmt: skip


@pytest.mark.requirement(2, BAD_INPUT, "two files with one name are told apart by their hash")
def test_two_files_with_one_name_are_told_apart(sirekap: Source, tmp_path: Path) -> None:
    load(sirekap, file_of(tmp_path / "a", GOOD))
    load(sirekap, file_of(tmp_path / "b", WRONG))
    batches = list(queries.batches(ROOT, sirekap))
    assert [b.file_name for b in batches] == ["hasil.csv", "hasil.csv"]
    assert len({b.file_sha256 for b in batches}) == 2
    versions = FormVersion.objects.select_related("batch").order_by("pk")
    assert [v.batch.file_sha256 for v in versions] == [b.file_sha256 for b in reversed(batches)]


@pytest.mark.requirement(2, BAD_INPUT, "path tricks in an upload's name come to nothing")
@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\hasil.csv", "hasil.csv"),
        ("/abs/hasil.csv", "hasil.csv"),
        ("..", "berkas"),
        ("", "berkas"),
        ("a/", "berkas"),
        (".htaccess", "htaccess"),
        ("ha\x00sil\n.csv", "hasil.csv"),
        ("\u202evsc.lisah", "vsc.lisah"),
        ("x" * 300 + ".csv", "x" * 251 + ".csv"),
    ],
)
def test_a_name_is_only_a_name(name: str, kept: str) -> None:
    assert clean_name(name) == kept


def test_an_upload_s_name_is_kept_clean(sirekap: Source, tmp_path: Path) -> None:
    outcome = load(sirekap, file_of(tmp_path, GOOD), file_name="../../hasil resmi.csv")
    assert outcome.batch.file_name == "hasil resmi.csv"


@pytest.mark.requirement(2, BAD_INPUT, "a file without any column of the form, without a key or empty loads nothing")
@pytest.mark.parametrize(
    ("header", "row", "code"),
    [
        ("tps_id,apa", "1,2", "no-form-column"),
        ("kode,valid", "1,2", "column-missing"),
        ("", "", "file-"),
        ("tps_id,valid", "", "no-rows"),
    ],
)
def test_a_wrong_header_loads_nothing(sirekap: Source, tmp_path: Path, header: str, row: str, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        load(sirekap, file_of(tmp_path, row, header=header))
    assert ImportBatch.objects.count() == 0


@pytest.mark.requirement(2, "6", "every version of a form and every file read is sealed; a changed figure is named")
def test_every_version_is_sealed(sirekap: Source, tmp_path: Path) -> None:
    load(sirekap, file_of(tmp_path, GOOD, WRONG))
    report = verify()
    assert (report.size, report.problems) == (4, [])  # the source, two forms, the file
    version = FormVersion.objects.get(form__area__code=station(2))
    FormVersion.objects.filter(pk=version.pk).update(cells={**version.cells, "paslon_1": 900})
    (problem,) = verify().problems
    assert (problem.code, problem.kind, problem.id) == ("row-changed", "count.form_version", str(version.pk))
    assert station(2) in problem.details["present_payload"]


@pytest.mark.requirement(2, "7", "nobody imports into an area that is not his")
def test_nobody_imports_outside_his_area(sirekap: Source, tmp_path: Path) -> None:
    rights = frozenset({Right.IMPORT.value, Right.SEE.value})
    officer = Scope("ppk", Reach((Grant("id-2024", "/73/7322/732201/", rights),)))
    assert counts(load(sirekap, file_of(tmp_path, GOOD), officer)) == (1, 0, 0, 0)
    abroad = file_of(tmp_path, WRONG, f"{station(1, '7322022001')},1,2,3,2,1,3,1,1,0", name="b.csv")
    with pytest.raises(Forbidden):
        load(sirekap, abroad, officer)
    assert Form.objects.count() == 1, "one row of another's area and none is written"


def test_a_source_s_name_keeps_its_level_and_unknown_contests_are_refused(election: Election, sirekap: Source) -> None:
    assert source_of(election) == sirekap
    with pytest.raises(Refusal, match="source-of-another-level"):
        source_of(election, "sirekap", "desa")


def test_a_long_table_brings_the_votes_and_its_ballot_says_which_lines_must_be_there(
    election: Election, tmp_path: Path
) -> None:
    source = ensure_source(scope=ROOT, election=election, spec=SourceSpec("c1", "dpr", SourceKind.FORM), at=AT)
    forms = file_of(tmp_path, f"{station(1)},9,1,10", f"{station(2)},9,1,10", header="tps_id,valid,invalid,total")
    lines = {
        station(1): {"1": "2,3,5", "4": "4,0,4"},  # own line, candidate 1, total as written
        station(2): {"1": "2,,7", "4": "1,1,3"},
    }
    rows = [
        f"{code},dpr,{party},{candidate},{figure}"
        for code, parties in lines.items()
        for party, figures in parties.items()
        for candidate, figure in zip(("0", "1", "T"), figures.split(","), strict=True)
        if figure
    ]
    long = file_of(
        tmp_path, *rows, f"{station(1)},dpd,,1,7", name="suara.csv", header="tps_id,contest,party,candidate,votes"
    )
    outcome = import_results(scope=ROOT, source=source, path=forms, votes=long, at=AT)
    assert counts(outcome) == (2, 0, 0, 0)
    first, second = Form.objects.select_related("version").order_by("area__code")
    assert first.status == FormStatus.CONSISTENT
    assert first.version is not None
    assert first.version.cells["4.T"] == 4
    found = set(Finding.objects.values_list("version__form", "identity", "left", "right"))
    assert found == {(second.pk, "I7", 9, 10), (second.pk, "I8.4", 3, 2)}, "party 1 lacks a line: it is not judged"
    assert import_results(scope=ROOT, source=source, path=forms, votes=long, at=AT).repeated
    counted = {identity.code: n for identity, n in queries.finding_counts(ROOT, source)}
    assert (counted["I7"], counted["I8"]) == (1, 1)
    sentence = queries.form_view(ROOT, source, second.area).findings[-1].sentence
    assert "4 " in sentence.id


@pytest.mark.requirement(2, "bar", "1,001 forms are imported, judged, added up and sealed in 3 s")
@pytest.mark.slow
def test_the_real_file_is_imported_within_three_seconds(db: None) -> None:
    path = shared("data/sirekap2024/luwu_utara_ppwp_tps.csv")
    codes = [line.split(",", 1)[0] for line in path.read_text().splitlines()[1:]]
    source = source_of(build_tree(codes))
    began = time.perf_counter()
    outcome = load(source, path)
    took = time.perf_counter() - began
    assert (outcome.rows, *counts(outcome)) == (1001, 1001, 0, 0, 0)
    assert took < 3, f"{took:.2f} s"
    whole = AreaSummary.objects.get(area__code="7322")
    assert (whole.expected, whole.forms, whole.failing) == (1001, 1001, 56)
    assert whole.consistent + whole.incomplete + whole.empty + whole.failing == 1001
    view = queries.form_view(ROOT, source, area("7322012001001"))
    assert view.form.version is not None
    assert view.form.version.source_time.startswith("2024-02-15")
