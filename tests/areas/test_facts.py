"""The facts that the project carries: the nation's tree, constituencies, outlines, the crosswalk, and their pages."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from django.test import Client

from satusuara.areas import queries
from satusuara.areas.actions import load_facts
from satusuara.areas.models import Area, AreaLink, District, DistrictArea
from satusuara.law.loader import folder_of

AT = datetime(2024, 2, 1, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def seconds(django_db_setup: None, django_db_blocker: Any) -> Iterator[float]:
    """Both elections' facts, loaded once for this file; how long the nation took."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_facts(law="id-2019", at=AT, by="t")
        began = time.process_time()
        load_facts(law="id-2024", at=AT, by="t")
        yield time.process_time() - began
        transaction.set_rollback(True)


@pytest.mark.requirement(
    2, "3", "84,035 villages with their TPS counts; Luwu Utara: 15 kecamatan, 173 villages, 1,001 TPS"
)
def test_the_tree_of_the_nation_and_of_luwu_utara(seconds: float) -> None:
    nation = Area.objects.filter(election="id-2024")
    assert nation.filter(level="desa").count() == 84_035
    sums = {nation.filter(level=level).aggregate(n=Sum("stations"))["n"] for level in ("provinsi", "kabupaten", "desa")}
    assert sums == {823_366}
    assert set(nation.filter(abroad=True).values_list("path", flat=True)) == set(
        nation.filter(path__startswith="/99/").values_list("path", flat=True)
    )
    luwu = queries.area("id-2024", "7322")
    counts = {level: queries.descendants(luwu, level=level).count() for level in ("kecamatan", "desa", "tps")}
    assert counts == {"kecamatan": 15, "desa": 173, "tps": 1001}
    assert [a.code[-3:] for a in queries.descendants(luwu, level="tps").filter(special=True)] == ["901", "902"]
    for code, word in (("732205", "LIMBONG"), ("7322032011", "MAIPI"), ("7322112002", "Penanda")):
        assert word in queries.area("id-2024", code).note
    assert seconds < 30


@pytest.mark.requirement(2, "3", "2,710 dapil with their areas; seats only where sourced: Luwu Utara's six are 35")
def test_constituencies_and_their_seats(seconds: float) -> None:
    assert dict(queries.contests_with_districts("id-2024")) == {"dpr": 84, "dprd_prov": 301, "dprd_kab": 2325}
    assert DistrictArea.objects.exclude(part="").count() == 93
    seated = District.objects.exclude(seats=None)
    assert [d.seats for d in seated] == [7, 5, 6, 6, 6, 5]
    assert set(seated.values_list("seats_source", flat=True)) == {"PKPU 6/2023"}
    assert list(queries.districts_below(queries.area("id-2024", "7322"), "dprd_kab")) == list(seated)
    split = queries.memberships(queries.area("id-2024", "122203"))["dprd_kab"]
    assert (split.whole, {each.part for each in split.members}) == (False, {"TORGAMBA A", "TORGAMBA B"})


@pytest.mark.requirement(2, "3", "172 village boundaries; Salulemo is a marker with a note")
def test_outlines_of_luwu_utara(seconds: float, client: Client) -> None:
    answer = client.get("/wilayah/id-2024/7322/batas.geojson?level=desa")
    shapes = answer.json()["features"]
    points = [shape for shape in shapes if shape["geometry"]["type"] == "Point"]
    assert (len(shapes), [point["id"] for point in points]) == (173, ["7322112002"])
    assert "titik kecamatan Baebunta" in points[0]["properties"]["note"]
    for shape in shapes:
        if shape["geometry"]["type"] == "MultiPolygon":
            for ring in (ring for polygon in shape["geometry"]["coordinates"] for ring in polygon):
                assert len(ring) >= 4
                assert ring[0] == ring[-1]
                assert all(119 < lon < 121.5 and -3.5 < lat < -1.5 for lon, lat in ring)
    assert client.get(
        "/wilayah/id-2024/7322/batas.geojson?level=desa", headers={"If-None-Match": answer.headers["ETag"]}
    ).status_code == 304  # fmt: skip
    notice = folder_of("id-2024") / "facts" / "LICENSE.boundaries.MIT.txt"
    assert "Cahya DSN" in notice.read_text()


@pytest.mark.requirement(
    2, "3", "a crosswalk links villages of 2019 and 2024, never TPS; those without a link are listed"
)
def test_the_crosswalk(seconds: float, client: Client) -> None:
    assert sum(queries.link_counts("id-2024", "id-2019").values()) == 2808
    assert set(AreaLink.objects.order_by().values_list("earlier__level", "later__level").distinct()) == {
        ("desa", "desa")
    }
    luwu = AreaLink.objects.filter(later__path__startswith="/73/7322/")
    assert (luwu.count(), luwu.filter(kind="same").count()) == (173, 171)
    assert set(luwu.filter(kind="renamed").values_list("earlier__name", "later__name")) == {
        ("SUMILLIN", "SUMILIN"), ("PANGKAJOANG", "PENGKAJOANG")
    }  # fmt: skip
    new, lost = queries.unlinked_later("id-2024", "id-2019"), queries.unlinked_earlier("id-2024", "id-2019")
    assert (new.count(), lost.count()) == (251, 240)
    page = client.get("/wilayah/id-2024/padanan/?jenis=lama").content.decode()
    assert "240" in page


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/wilayah/", ["84.035", "2.325"]),
        ("/wilayah/id-2024/", ["Luar Negeri", "2.808"]),
        ("/wilayah/id-2024/?cari=salulemo", ["7322112002"]),
        ("/wilayah/id-2024/7322/", ["1.001", "Malangke", "Rongkong"]),
        ("/wilayah/id-2024/7322012001/", ["Pattimang", "Luwu Utara 4", "PKPU 6/2023", "72009", "TPS 011"]),
        ("/wilayah/id-2024/7301/", ["belum ada sumber", "dapil di bawahnya"]),
        ("/wilayah/id-2024/122203/", ["Torgamba A", "wilayah terbagi"]),
        ("/wilayah/id-2024/dapil/dprd_kab/?wilayah=7322", ["Luwu Utara 6", "Limbong"]),
        ("/wilayah/id-2024/dapil/dpr/", ["belum ada sumber"]),
        ("/wilayah/id-2019/72009/", ["id-2024", "7322012001"]),
    ],
)
def test_pages_say_it(seconds: float, client: Client, address: str, words: list[str]) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert [word for word in words if word not in page] == []
    assert "style=" not in page
    assert client.get(address, headers={"Accept-Language": "en"}).status_code == 200


def test_what_is_not_there_is_a_404(seconds: float, client: Client) -> None:
    for address in ("/wilayah/id-1955/", "/wilayah/id-2024/nihil/", "/wilayah/id-2024/dapil/nihil/",
                    "/wilayah/id-2024/7322/batas.geojson?level=nihil"):  # fmt: skip
        assert client.get(address).status_code == 404, address
