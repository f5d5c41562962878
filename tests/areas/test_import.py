"""Tables of areas into the database: what changed is said, what is wrong is held back, what is sealed is watched."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from satusuara.areas.actions import AreaOutcome, ensure_election, import_areas, load_facts
from satusuara.areas.models import Area, AreaImport, AreaLink, District, Election
from satusuara.areas.queries import features, memberships
from satusuara.kernel.errors import Refusal
from satusuara.law.loader import PATH_VARIABLE
from satusuara.ledger.models import Entry
from satusuara.ledger.verify import verify

AT = datetime(2024, 2, 1, tzinfo=UTC)
TREE = """code,name,stations
73,SULAWESI SELATAN,4
7322,LUWU UTARA,4
732201,MALANGKE,3
732202,BONE BONE,1
7322012001,PATTIMANG,2
7322012002,BENTENG,1
7322022001,SUMBER,1
7322012001001,TPS 001,1
"""
pytestmark = pytest.mark.django_db


def load(folder: Path, text: str, kind: str = "tree", *, election: str = "id-2024", whole: bool = False) -> AreaOutcome:
    path = folder / f"{kind}.csv"
    path.write_text(text)
    earlier = Election.objects.filter(code="id-2019").first() if kind == "links" else None
    return import_areas(
        election=ensure_election(law=election, at=AT, by="t"), path=path, kind=kind, source="uji", whole=whole,
        earlier=earlier, at=AT, by="t",
    )  # fmt: skip


def problems() -> list[tuple[str, str]]:
    return [(problem.code, str(problem.details.get("present_payload", ""))) for problem in verify().problems]


@pytest.mark.requirement(2, "3", "import is idempotent: the same table again changes nothing and leaves no trace")
def test_the_same_table_again_changes_nothing(tmp_path: Path) -> None:
    first = load(tmp_path, TREE)
    assert (first.rows, first.added, first.rejected, first.repeated) == (8, 8, 0, False)
    entries = Entry.objects.count()
    again = load(tmp_path, TREE)
    assert (again.added, again.changed, again.unchanged, again.repeated) == (0, 0, 8, True)
    assert (Entry.objects.count(), AreaImport.objects.count(), problems()) == (entries, 1, [])


@pytest.mark.requirement(
    2, "3", "an import reports what changed, field by field; what is left out is named, not removed"
)
def test_what_changed_is_said_and_what_is_left_out_stays(tmp_path: Path) -> None:
    load(tmp_path, TREE)
    text = "code,name,stations,parent\n732202,BONE-BONE,1,\n732201,MALANGKE,3,\n7322012001,PATTIMANG,5,732202\n"
    outcome = load(tmp_path, text)
    assert outcome.by_kind() == {"renamed": 1, "moved": 1, "recounted": 1, "gone": 1}
    assert Area.objects.get(code="7322012001001").path == "/73/7322/732202/7322012001/7322012001001/", "moved along"
    assert {change.code for change in outcome.changes if change.kinds == ("gone",)} == {"7322012002"}
    assert Area.objects.count() == 8
    assert problems() == []


def test_bad_rows_are_held_back_and_are_not_gone(tmp_path: Path) -> None:
    load(tmp_path, TREE)
    outcome = load(
        tmp_path,
        "code,name,stations\n732201,MALANGKE,3\n7322012001,PATTIMANG,-2\n7322012002,BENTENG,1\n,X,1\n9999,,1\n",
    )
    assert [(reject.row, reject.column) for reject in outcome.rejects] == [(3, "stations"), (5, "code"), (6, "name")]
    assert (outcome.rejected, outcome.gone, outcome.unchanged) == (3, 0, 2)


@pytest.mark.requirement(2, "6", "an area changed from outside is detected and named, and never sealed along")
def test_a_row_changed_from_outside_is_named_and_not_sealed_along(tmp_path: Path) -> None:
    load(tmp_path, TREE)
    Area.objects.filter(code="7322012002").update(stations=9)
    ((code, said),) = problems()
    assert code == "row-changed"
    assert '"differs":["7322012002"]' in said
    with pytest.raises(Refusal, match="areas-not-as-sealed"):
        load(tmp_path, "code,name\n7322012001,LAIN\n")
    assert load(tmp_path, "code,stations\n7322012002,1\n").changed == 1
    assert problems() == []


def test_an_area_added_from_outside_is_named(tmp_path: Path) -> None:
    load(tmp_path, TREE)
    parent = Area.objects.get(code="7322012002")
    Area.objects.create(
        election=parent.election, code="7322012002001", level="tps", name="TPS 001", parent=parent, source="x",
        path=f"{parent.path}7322012002001/",
    )  # fmt: skip
    assert ["7322012002001" in said for _, said in problems()] == [True]


def test_a_split_area_says_that_its_code_does_not_decide(tmp_path: Path) -> None:
    load(tmp_path, TREE)
    load(
        tmp_path,
        "contest,district,name,area_code,part,seats\ndprd_kab,1,D1,732201,A,\ndprd_kab,2,D2,732201,B,5\n"
        "dprd_kab,3,D3,732202,,6\ndpr,9,L,9999,,\npilkades,1,X,73,,\n",
        "districts",
    )
    village = Area.objects.get(code="7322012001")
    assert not memberships(village)["dprd_kab"].whole
    assert [d.code for d in memberships(village)["dprd_kab"].districts] == ["1", "2"]
    other = memberships(Area.objects.get(code="7322022001"))["dprd_kab"]
    assert (other.whole, other.districts[0].seats) == (True, 6)
    assert District.objects.get(code="9").members.get().area is None
    assert problems() == []


def test_links_and_outlines(tmp_path: Path) -> None:
    load(
        tmp_path, "code,level,name,parent\n1,provinsi,SULSEL,\n2,desa,PATTI MANG,1\n3,desa,LAMA,1\n", election="id-2019"
    )
    load(tmp_path, TREE)
    outcome = load(tmp_path, "earlier,later\n2,7322012001\n3,7322012002\n1,9\n", "links")
    assert (outcome.added, outcome.rejected) == (2, 1)
    assert dict(AreaLink.objects.values_list("earlier__code", "kind")) == {"2": "same", "3": "renamed"}
    load(tmp_path, "earlier,later\n2,7322022001\n", "links")
    assert set(AreaLink.objects.filter(earlier__code="2").values_list("kind", flat=True)) == {"split"}
    square = '"[[[[120,-2],[121,-2],[121,-3],[120,-2]]]]"'
    assert load(tmp_path, f"code,coordinates\n732201,{square}\n732202,[1]\n", "boundaries").rejected == 1
    load(tmp_path, "code,lon,lat\n732202,120.5,-2.5\n")
    shapes = list(features(Area.objects.get(code="7322"), "kecamatan"))
    assert [(shape["id"], shape["geometry"]["type"]) for shape in shapes] == [
        ("732201", "MultiPolygon"), ("732202", "Point")
    ]  # fmt: skip
    assert problems() == []


def test_a_foreign_law_folder_carries_its_own_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toy = Path(__file__).parents[1] / "law" / "xx-toy"
    monkeypatch.setenv(PATH_VARIABLE, str(toy.parent))
    outcome = load(tmp_path, "code,name\nA,Shire A\nA01,Booth 1\nB01,Booth of no shire\n", election="xx-toy")
    assert (outcome.added, outcome.rejected) == (2, 1)
    assert Area.objects.get(code="A01").path == "/A/A01/"
    assert load_facts(law="xx-toy", at=AT, by="t") == []
    assert problems() == []
