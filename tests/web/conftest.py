from __future__ import annotations

from pathlib import Path

import pytest

from satusuara.count.choices import SourceKind
from satusuara.count.models import Source
from tests.count.regency import build_tree, file_of, load, source_of, station

HERE, THERE = "7322012001", "7322022001"
STATIONS = [station(1, HERE), station(2, HERE), station(3, HERE), station(1, THERE)]


@pytest.fixture
def sirekap(db: None, tmp_path: Path) -> Source:
    """Four stations as one source shows them: two add up, one is empty, one does not add up; the first read twice."""
    made = source_of(build_tree(STATIONS))
    rows = [
        f"{STATIONS[0]},1,2,3,2,1,3,1101,1,0",
        f"{STATIONS[1]},1,2,3,2,1,3,1,1,0",
        f"{STATIONS[2]},,,,,,,,,",
        f"{STATIONS[3]},1,2,3,2,1,9,1,1,0",
    ]
    load(made, file_of(tmp_path, *rows))
    load(made, file_of(tmp_path, rows[0].replace("1101", "1"), name="lagi.csv"))
    return made


@pytest.fixture
def recap(sirekap: Source, tmp_path: Path) -> Source:
    """The recapitulation of one village, which says something else."""
    made = source_of(sirekap.election, "rekap", "desa")
    Source.objects.filter(pk=made.pk).update(kind=SourceKind.RECAP)
    load(made, file_of(tmp_path, f"{HERE},2,3,4", name="r.csv", header="area_code,paslon_1,paslon_2,paslon_3"))
    return made
