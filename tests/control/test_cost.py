"""A page costs the same number of queries however many areas it shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from satusuara.areas.models import Area
from tests.control.scene import BASE, HEADER, HERE, PATTIMANG, STATIONS, Scene, build, officer
from tests.count.regency import file_of, load

PAGES = {
    "/kendali/": 8,
    f"{BASE}/7322/": 22,
    f"{BASE}/7322/?tingkat=desa": 19,
    f"{BASE}/732201/": 19,
    f"{BASE}/{HERE}/": 18,
    f"{BASE}/{STATIONS[0]}/": 18,
    f"{BASE}/7322/formulir/": 12,
    f"{BASE}/7322/formulir/?status=differs": 12,
    f"{BASE}/7322/selisih/": 13,
    f"{BASE}/7322/unduh.parquet": 9,
}


@pytest.mark.requirement(2, "bar", "the pages' queries do not grow with the number of areas, forms or findings")
def test_queries_do_not_grow(db: None, tmp_path: Path, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    scene = build(tmp_path, more_villages=2)
    client = officer(scene, "kpu-ketua", "7322")
    few = {address: _count(client, address) for address in PAGES}
    _more(scene, tmp_path)
    many = {address: _count(client, address) for address in PAGES}
    assert few == many
    assert {address: n for address, n in many.items() if n > PAGES[address]} == {}


def _more(scene: Scene, folder: Path) -> None:
    """Twenty more villages with a failing form each."""
    district = Area.objects.get(code="732201")
    rows = []
    for n in range(20):
        village = Area.objects.create(
            election=scene.election, code=f"732201{5000 + n}", level="desa", name=f"D {n}", parent=district,
            path=f"{district.path}732201{5000 + n}/", stations=1, source="t",
        )  # fmt: skip
        Area.objects.create(
            election=scene.election, code=f"{village.code}001", level="tps", name="TPS 001", parent=village,
            path=f"{village.path}{village.code}001/", source="t",
        )  # fmt: skip
        rows.append(f"{village.code}001,{PATTIMANG}")
    load(scene.sirekap, file_of(folder, *rows, name="lagi.csv", header=HEADER))


def _count(client: Client, address: str) -> int:
    client.get(address).close()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = client.get(address)
        assert answer.status_code in (200, 302)
        if answer.streaming:
            b"".join(answer.streaming_content)
        answer.close()
    return len(captured)
