"""Who gets which ballots: every pair of sub-districts against a table made by SQL, and the cases of the handbook."""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache

import duckdb
import pytest

from satusuara.areas.models import Area, District, DistrictArea, Election
from satusuara.law import load_law
from satusuara.pollbook.places import origin_rules
from satusuara.pollbook.rules.entitlement import (
    DistrictRef,
    Locality,
    ballots_left,
    category_of,
    enough,
    entitlement,
    hour_of,
)
from satusuara.pollbook.rules.packets import origin_rule
from tests.shared import shared

LAW = load_law("id-2024")
CONTESTS = {"DPR RI": "dpr", "DPRD PROVINSI": "dprd_prov", "DPRD KABUPATEN/KOTA": "dprd_kab"}
MASAMBA, RAMPI, SUKAMAJU, BONE_BONE, BAEBUNTA, SABBANG = "732203", "732209", "732206", "732202", "732211", "732204"
LEVELS = (("provinsi", 2), ("kabupaten", 4), ("kecamatan", 6), ("desa", 10), ("tps", 13))


@cache
def _names() -> dict[str, str]:
    file = shared("data/area2024/villages_2024.parquet")
    columns = ((6, "kec"), (4, "kab"), (2, "prov"))
    parts = [f"SELECT DISTINCT substr(kel_kode::VARCHAR, 1, {n}), {name} FROM '{file}'" for n, name in columns]
    rows = duckdb.sql(" UNION ".join(parts)).fetchall()
    return {code: name.title() for code, name in rows}


@cache
def _members() -> dict[str, dict[str, set[DistrictRef]]]:
    found: dict[str, dict[str, set[DistrictRef]]] = defaultdict(lambda: defaultdict(set))
    with shared("data/dapil2024/dapil_wilayah_2024.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            part = row["nama"] if row["is_pecah"] == "True" else ""
            ref = DistrictRef(row["kode_dapil"], row["nama_dapil"], part)
            found[row["kode_wilayah"]][CONTESTS[row["jenis_dapil"]]].add(ref)
    return found


@cache
def place(code: str) -> Locality:
    """An area of the real tree, as the rule wants it: the nearest membership above it holds."""
    codes = {level: code[:width] for level, width in LEVELS if width <= len(code)}
    districts: dict[str, tuple[DistrictRef, ...]] = {}
    for each in codes.values():
        for contest, refs in _members().get(each, {}).items():
            districts[contest] = tuple(sorted(refs))
    return Locality(codes, {level: _names().get(each, each) for level, each in codes.items()}, districts)


def moved(origin: str, here: str) -> int:
    found = entitlement(LAW, moved=True, here=place(here), origin=place(origin))
    assert found.certain, found.sentence
    return found.ballots


SQL = """
WITH kec AS (SELECT DISTINCT substr(kel_kode::VARCHAR, 1, 6) AS kec FROM '{villages}' WHERE kel_kode < 9900000000),
d AS (SELECT * FROM read_csv('{dapil}', all_varchar = true) WHERE is_pecah = 'False'),
placed AS (
  SELECT kec,
    (SELECT any_value(kode_dapil) FROM d WHERE jenis_dapil = 'DPR RI' AND kode_wilayah = kec[1:4]) AS dpr,
    coalesce(
      (SELECT any_value(kode_dapil) FROM d WHERE jenis_dapil = 'DPRD PROVINSI' AND kode_wilayah = kec),
      (SELECT any_value(kode_dapil) FROM d WHERE jenis_dapil = 'DPRD PROVINSI' AND kode_wilayah = kec[1:4])) AS prov,
    (SELECT any_value(kode_dapil) FROM d WHERE jenis_dapil LIKE 'DPRD KAB%' AND kode_wilayah = kec) AS kab
  FROM kec)
SELECT o.kec, h.kec, 1 + (o.kec[1:2] = h.kec[1:2])::INT + (o.kec[1:2] = h.kec[1:2] AND o.dpr = h.dpr)::INT
    + (o.kec[1:2] = h.kec[1:2] AND o.prov = h.prov)::INT
    + (o.kec[1:4] = h.kec[1:4] AND coalesce(o.kab = h.kab, false))::INT
FROM placed o, placed h WHERE h.kec LIKE '7322%' AND o.prov IS NOT NULL AND ({which}) ORDER BY ALL
"""


def by_sql(which: str) -> list[tuple[str, str, int]]:
    villages, dapil = shared("data/area2024/villages_2024.parquet"), shared("data/dapil2024/dapil_wilayah_2024.csv")
    return duckdb.sql(SQL.format(villages=villages, dapil=dapil, which=which)).fetchall()


@pytest.mark.requirement(4, "2", "all pairs of the regency's sub-districts x moved voters, against a table made by SQL")
def test_every_pair_within_the_regency() -> None:
    rows = by_sql("o.kec LIKE '7322%'")
    assert len(rows) == 15 * 15
    assert [(o, h, moved(o, h)) for o, h, _ in rows] == rows
    assert {count for *_, count in rows} == {4, 5}


@pytest.mark.requirement(4, "2", "movers from every other sub-district of the province and from every other province")
def test_every_origin_outside_the_regency() -> None:
    rows = by_sql("o.kec LIKE '73%' AND o.kec NOT LIKE '7322%' AND h.kec IN ('732203', '732206', '732201')")
    rows += by_sql("o.kec NOT LIKE '73%' AND o.kec LIKE '%01' AND h.kec = '732203'")
    assert len(rows) > 1000
    assert [(o, h, moved(o, h)) for o, h, _ in rows] == rows
    assert {count for *_, count in rows} == {1, 2, 3, 4}


@pytest.mark.requirement(4, "R1", "the right ballots for each category: five at home, by district for a mover")
@pytest.mark.parametrize("kec", [f"7322{n:02d}" for n in range(1, 16)])
def test_listed_and_unlisted_voters_get_five_at_home(kec: str) -> None:
    found = entitlement(LAW, moved=False, here=place(kec))
    assert (found.ballots, found.mask, found.certain) == (5, 31, True)


@pytest.mark.requirement(4, "2", "the sentence: pindah dari Masamba ke Sukamaju ... 4 surat suara")
def test_the_sentence_names_places_district_and_number() -> None:
    found = entitlement(LAW, moved=True, here=place(SUKAMAJU), origin=place(MASAMBA))
    assert found.sentence.id == "pindah dari Masamba ke Sukamaju: dapil DPRD Kab/Kota berbeda → 4 surat suara"
    assert found.sentence.en.startswith("moved from Masamba to Sukamaju: another district for ")
    assert found.missing == ("dprd_kab",)


@pytest.mark.requirement(4, "2", "the 4 to 6 district split: two pairs that shared a district before and do not now")
@pytest.mark.parametrize(
    ("origin", "here", "count"),
    [
        (MASAMBA, SUKAMAJU, 4), (MASAMBA, RAMPI, 5), (BONE_BONE, SUKAMAJU, 4), (SUKAMAJU, BONE_BONE, 4),
        (BAEBUNTA, SABBANG, 4), (SABBANG, BAEBUNTA, 4), ("737301", MASAMBA, 4), ("731701", MASAMBA, 4),
        ("737103", MASAMBA, 2), ("720101", MASAMBA, 1),
    ],
)  # fmt: skip
def test_the_cases_of_the_handbook(origin: str, here: str, count: int) -> None:
    assert moved(origin, here) == count


@pytest.mark.requirement(4, "2", "a split area: its code is not enough, it says so and asks")
def test_a_split_area_is_asked_about() -> None:
    found = entitlement(LAW, moved=True, here=place("737104"), origin=place("7371"))
    assert found.unsure == ("dprd_prov", "dprd_kab")
    assert "kode wilayah tidak cukup" in found.sentence.id
    assert "not enough" in found.sentence.en
    assert moved("737103", "737104") == 5  # the sub-district says which piece it is
    torgamba = entitlement(LAW, moved=True, here=place("122203"), origin=place("122203"))
    assert torgamba.unsure == ("dprd_kab",)


def test_a_regency_without_an_assembly_has_four_ballots() -> None:
    found = entitlement(LAW, moved=False, here=place("317101"))
    assert found.contests == ("ppwp", "dpd", "dpr", "dprd_prov")


@pytest.mark.requirement(4, "2", "hours per category")
@pytest.mark.parametrize(
    ("category", "clock", "queued", "code"),
    [
        ("dpt", "06:59", False, "early"), ("dpt", "07:00", False, "open"), ("dpt", "12:59", False, "open"),
        ("dpt", "13:00", False, "late"), ("dpt", "13:20", True, "open"), ("dptb", "08:00", False, "open"),
        ("dpk", "11:59", False, "early"), ("dpk", "12:00", False, "open"), ("dpk", "13:00", True, "open"),
    ],
)  # fmt: skip
def test_hours_by_category(category: str, clock: str, queued: bool, code: str) -> None:
    hour = hour_of(category_of(LAW, category), clock, queued=queued)
    assert hour.code == code
    assert hour.may_vote == (code == "open")
    assert "." in hour.sentence.id


@pytest.mark.requirement(4, "2", "ballots left per contest, and whether they are enough")
def test_ballots_left() -> None:
    left = ballots_left((10, 10, 10, 10, 10), (9, 9, 9, 9, 10), (0, 1, 0, 0, 0))
    assert left == (1, 0, 1, 1, 0)
    assert enough(0b01101, left)
    assert not enough(0b11111, left)


@pytest.mark.requirement(4, "3", "a station's packet knows the ballots of every origin without a network")
def test_the_packet_says_for_every_origin_what_the_rule_says(db: None) -> None:
    station = _load("7322032001001")
    rules = tuple(origin_rules(station))
    origins = [f"7322{n:02d}" for n in range(1, 16)] + ["737301", "737103", "731701", "720101", "110101"]
    here = place(MASAMBA)
    for origin in origins:
        rule = origin_rule(rules, origin)
        assert rule is not None
        assert rule.mask == entitlement(LAW, moved=True, here=here, origin=place(origin)).mask, origin
    regency = origin_rule(rules, "7322")
    assert regency is not None
    assert regency.mask is None
    assert "tidak cukup" in regency.sentence_id


def _load(station: str) -> Area:
    """The part of the real tree that one station's packet looks at."""
    election = Election.objects.create(
        code="id-2024", law="id-2024", name_id="-", name_en="-", day=LAW.election_day, scheme="t"
    )
    codes = {code for code in _names() if code in ("73", "72") or (code[:2] == "73" and len(code) == 4)}
    codes |= {code for code in _names() if code[:4] == "7322"} | {station[:10], station}
    made: dict[str, Area] = {}
    for code in sorted(codes, key=len):
        level = next(level for level, width in LEVELS if width == len(code))
        parent = next((made[code[:n]] for n in (10, 6, 4, 2) if n < len(code) and code[:n] in made), None)
        made[code] = Area.objects.create(
            election=election, code=code, level=level, name=_names().get(code, code), parent=parent, source="t",
            path=f"{parent.path if parent else '/'}{code}/",
        )  # fmt: skip
    for code, by_contest in _members().items():
        if code not in made:
            continue
        for contest, refs in by_contest.items():
            for ref in refs:
                district, _ = District.objects.get_or_create(
                    election=election, contest=contest, code=ref.code, defaults={"name": ref.name, "source": "t"}
                )
                DistrictArea.objects.create(
                    district=district, area=made[code], area_code=code, name=code, part=ref.part
                )
    return made[station]
