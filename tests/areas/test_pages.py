"""The pages of areas, on the facts the project carries of one regency and on the tree the public opens."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from satusuara.areas.actions import ensure_election, import_areas
from satusuara.areas.models import Election

AT = datetime(2024, 2, 1, tzinfo=UTC)
TREE_2019 = """code,name,stations,level,parent
69268,SULAWESI SELATAN,7,provinsi,
72007,LUWU UTARA,7,kabupaten,69268
72008,MALANGKE,7,kecamatan,72007
72009,PATTIMANG,3,desa,72008
72010,BENTENG LAMA,2,desa,72008
72011,TANAH,2,desa,72008
"""
TREE_2024 = """code,name,stations
73,SULAWESI SELATAN,7
7322,LUWU UTARA,7
732201,MALANGKE,7
7322012001,PATTIMANG,3
7322012002,BENTENG,2
7322012003,DESA BARU,2
7322012001001,TPS 001,1
"""
LINKS = """earlier,later,kind,source
72009,7322012001,same,turunan: nama sama / derived: same name
72010,7322012002,renamed,uji
"""
pytestmark = pytest.mark.django_db


@pytest.fixture
def two_elections(tmp_path: Path) -> Election:
    """Three villages of each election: one is the same, one has a new name, one of each has no link."""
    tables = (("id-2019", "tree", TREE_2019), ("id-2024", "tree", TREE_2024), ("id-2024", "links", LINKS))
    for number, (code, kind, text) in enumerate(tables):
        path = tmp_path / f"{number}.csv"
        path.write_text(text)
        election = ensure_election(law=code, at=AT, by="t")
        earlier = Election.objects.get(code="id-2019") if kind == "links" else None
        done = import_areas(
            election=election, path=path, kind=kind, source="uji", whole=False, earlier=earlier, at=AT, by="t"
        )
        assert done.rejected == 0, done
    return Election.objects.get(code="id-2024")


def page(client: Client, address: str, language: str = "id") -> str:
    """What a page says, tags and repeated blanks left out."""
    answer = client.get(address, headers={"accept-language": language})
    assert answer.status_code == 200, answer.content
    body = answer.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


@pytest.mark.requirement(2, "3", "villages without a link are counted and listed, on a page that anybody opens")
def test_villages_without_a_link_are_counted_and_listed(client: Client, two_elections: Election) -> None:
    address = reverse("areas:links", args=[two_elections.code])
    said = page(client, address)
    assert "semua padanan 2" in said
    assert "tanpa padanan, Pemilu 2024 1" in said
    assert "tanpa padanan, Pemilu 2019 1" in said
    new, lost = page(client, f"{address}?jenis=baru"), page(client, f"{address}?jenis=lama")
    assert "Desa Baru 7322012003" in new
    assert "Pattimang" not in new
    assert "Tanah 72011" in lost
    assert "Benteng" not in lost


def test_a_link_says_its_rule_in_the_language_of_the_page(client: Client, two_elections: Election) -> None:
    for address in (
        reverse("areas:links", args=[two_elections.code]),
        reverse("areas:area", args=[two_elections.code, "7322012001"]),
    ):
        indonesian, english = page(client, address), page(client, address, "en")
        assert "turunan: nama sama" in indonesian
        assert "derived" not in indonesian
        assert "derived: same name" in english
        assert "turunan" not in english
        assert "id-2019" not in indonesian, "people say Pemilu 2019; the code is for addresses"


@pytest.mark.requirement(2, "3", "the page of an election counts all its TPS, also those known by their number only")
def test_stations_known_by_number_only_are_counted(client: Client, two_elections: Election) -> None:
    for address in (reverse("areas:index"), reverse("areas:top", args=[two_elections.code])):
        assert "TPS 7 1 di antaranya dimuat satu per satu" in page(client, address)


@pytest.mark.requirement(2, "3", "a constituency whose seats have no source says so instead of a figure")
def test_seats_without_a_source_say_so(client: Client, two_elections: Election, tmp_path: Path) -> None:
    path = tmp_path / "dapil.csv"
    path.write_text("contest,district,name,area_code,part,seats\ndprd_kab,732201,LUWU UTARA 1,732201,,\n")
    import_areas(
        election=two_elections, path=path, kind="districts", source="uji", whole=False, earlier=None, at=AT, by="t"
    )
    said = page(client, reverse("areas:districts", args=[two_elections.code, "dprd_kab"]))
    assert "Luwu Utara 1" in said
    assert "belum ada sumber" in said
    assert "belum ada sumber" in page(client, reverse("areas:area", args=[two_elections.code, "7322012001"]))


@pytest.mark.parametrize("name", ["areas:index", "web:front", "web:about"])
def test_who_only_asks_whether_a_page_is_there_is_answered(client: Client, two_elections: Election, name: str) -> None:
    answer = client.head(reverse(name))
    assert (answer.status_code, answer.content) == (200, b"")
