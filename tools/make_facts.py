"""Makes the facts and demo tables that the law folders carry, from the published data in ``../shared/data``.

    python tools/make_facts.py [--data DIR]

Run again it writes the same tables. The project itself never reads ``../shared``: it reads what this wrote.
What is kept as published, and what is turned into a blank, is said beside each step and in ``facts/README.md``.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import duckdb
from make_boundaries import boundaries, marker_of

ROOT = Path(__file__).resolve().parents[1]
LAW = ROOT / "src" / "satusuara" / "law"
REGENCY, REGENCY_2019, PROVINCE_2019 = "7322", "72007", "69268"
SALULEMO, ITS_SUBDISTRICT = "7322112002", "732211"

VILLAGE_NOTES = {
    "7322032011": ("Sirekap menulis MAIPI.", "Sirekap writes MAIPI."),
    "7322042008": ("Sirekap menulis TULLAK TALLU.", "Sirekap writes TULLAK TALLU."),
    "7322102015": ("Sirekap menulis TARRAK TALLU.", "Sirekap writes TARRAK TALLU."),
    SALULEMO: (
        "Batas desa ini tidak ada dalam sumber batas. Penanda diletakkan pada titik kecamatan Baebunta menurut "
        "sumber yang sama; letak desanya sendiri perlu dipastikan.",
        "The outlines' source has no outline of this village. The marker stands at that source's point of the "
        "sub-district Baebunta; where in it the village lies has to be confirmed.",
    ),
    "732205": ("Data dapil KPU menulis LIMBONG.", "The commission's constituency data write LIMBONG."),
}
SEATS_SOURCE = "PKPU 6/2023"
BY_ID = "kp24; abdshomad/pilpres2024 (nomor KPU 2019)"
BY_THREE_NAMES = "turunan: nama kabupaten, kecamatan, dan desa sama / derived: same three names"
BY_TWO_NAMES = "turunan: nama kabupaten dan desa sama, kecamatan lain / derived: same regency and village name"


def main() -> None:
    """Writes everything, and says how large it became."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    data: Path = parser.parse_args().data
    db = duckdb.connect()
    notes = [(code, *texts) for code, texts in VILLAGE_NOTES.items()]
    db.execute("CREATE TABLE notes (code VARCHAR, note VARCHAR, note_en VARCHAR)")
    db.executemany("INSERT INTO notes VALUES (?, ?, ?)", notes)
    read(db, data)
    for election in ("id-2019", "id-2024"):
        for part in ("facts", "demo"):
            (LAW / election / part).mkdir(exist_ok=True)
    facts, demo, former = LAW / "id-2024" / "facts", LAW / "id-2024" / "demo", LAW / "id-2019" / "facts"
    lon, lat = marker_of(data / "boundaries" / "luwu_utara_kec.geojson", ITS_SUBDISTRICT)
    tree_2024(db, facts / "areas.parquet", f"{lon:.6f}", f"{lat:.6f}")
    tree_2019(db, former / "areas.parquet")
    districts(db, facts / "districts.parquet")
    links(db, facts / "links.parquet")
    boundaries(db, data / "boundaries", facts / "boundaries.parquet")
    shutil.copyfile(
        data / "boundaries" / "LICENSE.cahyadsn-wilayah_boundaries.MIT", facts / "LICENSE.boundaries.MIT.txt"
    )
    results(db, demo)
    for path in sorted([*facts.iterdir(), *former.iterdir(), *demo.iterdir()]):
        print(f"{path.stat().st_size:>9,}  {path.relative_to(LAW)}")


def read(db: duckdb.DuckDBPyConnection, data: Path) -> None:
    """The published files as views, every cell of the CSVs as text."""
    tables = {
        "villages": "area2024/villages_2024.parquet",
        "luwu": "area2024/luwu_utara_kelurahan.csv",
        "dapil": "dapil2024/dapil_wilayah_2024.csv",
        "seats": "dapil2024/luwu_utara_dapil_2024.csv",
        "sirekap": "sirekap2024/luwu_utara_ppwp_tps.csv",
        "kp": "kp2019/luwu_utara_kp2019_tps.csv",
        "sulawesi": "kp2019/sulawesi_kp2019_tps.parquet",
        "places": "kp2019/sulawesi_kp2019_kelurahan_rekap.parquet",
        "recap": "kp2019/luwu_utara_kp2019_rekap_vs_tps.csv",
    }
    for name, file in tables.items():
        path = str(data / file).replace("'", "''")
        how = f"read_csv('{path}', all_varchar = true)" if file.endswith(".csv") else f"'{path}'"
        db.execute(f"CREATE VIEW {name} AS SELECT * FROM {how}")


def write(db: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """A table as Parquet (zstd) or CSV by the ending, in the order of the query."""
    how = "FORMAT csv, HEADER" if path.suffix == ".csv" else "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 19"
    db.execute(f"COPY ({query}) TO '{path}' ({how})")


def tree_2024(db: duckdb.DuckDBPyConnection, path: Path, lon: str, lat: str) -> None:
    """The nation to its villages, Luwu Utara to its stations. Names and counts as published.

    A village's stations are ``n_tps``, special ones (901 and up) included; counts above add up those below.
    ``max_tps`` is not used: it is negative for three places abroad.
    """
    numbers = "(ext_end - ext_begin + 1)::INT, ext_begin::INT, ext_end::INT"
    db.execute(f"""
        CREATE TEMP TABLE v AS SELECT kel_kode::VARCHAR AS code, prov, kab, kec, kel AS name, n_tps,
            printf('Termasuk %d TPS di lokasi khusus (nomor %d–%d).', {numbers}) AS special_id,
            printf('Includes %d stations at special locations (numbers %d–%d).', {numbers}) AS special_en
        FROM villages""")
    db.execute("""
        CREATE TEMP TABLE tree AS
        WITH levels AS (
            SELECT 1 AS n, code[:2] AS code, 'provinsi' AS level, any_value(prov) AS name, NULL AS parent,
                   sum(n_tps) AS stations, 0 AS special, NULL AS special_id, NULL AS special_en FROM v GROUP BY code[:2]
            UNION ALL SELECT 2, code[:4], 'kabupaten', any_value(kab), any_value(code[:2]), sum(n_tps), 0, NULL, NULL
                FROM v GROUP BY code[:4]
            UNION ALL SELECT 3, code[:6], 'kecamatan', any_value(kec), any_value(code[:4]), sum(n_tps), 0, NULL, NULL
                FROM v GROUP BY code[:6]
            UNION ALL SELECT 4, code, 'desa', name, code[:6], n_tps, 0, special_id, special_en FROM v
            UNION ALL SELECT 5, tps_id, 'tps', 'TPS ' || tps, kel, 1, (tps::INT > 900)::INT, NULL, NULL FROM sirekap)
        SELECT * FROM levels""")
    query = f"""
        SELECT t.code, t.level, t.name, t.parent, t.stations::INT AS stations,
               (t.code[:2] = '99')::INT AS abroad, t.special,
               CASE WHEN t.code = '{SALULEMO}' THEN '{lon}' END AS lon,
               CASE WHEN t.code = '{SALULEMO}' THEN '{lat}' END AS lat,
               nullif(concat_ws(' ', n.note, t.special_id), '') AS note,
               nullif(concat_ws(' ', n.note_en, t.special_en), '') AS note_en
        FROM tree t LEFT JOIN notes n USING (code) ORDER BY t.n, t.code"""
    write(db, query, path)


def tree_2019(db: duckdb.DuckDBPyConnection, path: Path) -> None:
    """South Sulawesi in 2019 to its villages, Luwu Utara to its stations, under the commission's own numbers.

    Luwu Utara then had 12 sub-districts. Names of sub-districts and villages are those beside the forms.
    """
    query = f"""
        WITH p AS (
            SELECT DISTINCT s.kel_id, p.kec_id, p.kab_id, p.prov_id, s.prov, s.kab, s.kec, s.kel
            FROM sulawesi s JOIN places p USING (kel_id) WHERE p.prov_id = '{PROVINCE_2019}'),
        c AS (SELECT kel_id, count(*) AS n FROM sulawesi GROUP BY kel_id),
        t AS (
            SELECT 1 AS n, prov_id AS code, 'provinsi' AS level, any_value(prov) AS name, NULL AS parent,
                   sum(c.n) AS stations FROM p JOIN c USING (kel_id) GROUP BY prov_id
            UNION ALL SELECT 2, kab_id, 'kabupaten', any_value(kab), any_value(prov_id), sum(c.n)
                FROM p JOIN c USING (kel_id) GROUP BY kab_id
            UNION ALL SELECT 3, kec_id, 'kecamatan', any_value(kec), any_value(kab_id), sum(c.n)
                FROM p JOIN c USING (kel_id) GROUP BY kec_id
            UNION ALL SELECT 4, kel_id, 'desa', any_value(kel), any_value(kec_id), any_value(c.n)
                FROM p JOIN c USING (kel_id) GROUP BY kel_id
            UNION ALL SELECT 5, kel_id || lpad(tps, 3, '0'), 'tps', 'TPS ' || lpad(tps, 3, '0'), kel_id, 1 FROM kp)
        SELECT code, level, trim(name) AS name, parent, stations::INT AS stations FROM t ORDER BY n, code"""
    write(db, query, path)


def districts(db: duckdb.DuckDBPyConnection, path: Path) -> None:
    """2,710 constituencies and their areas. A piece of an area keeps its own name ("TORGAMBA A").

    Seats: only where a source gives them. Names are the source's own, also where the tree writes them otherwise.
    """
    query = f"""
        SELECT CASE d.jenis_dapil WHEN 'DPR RI' THEN 'dpr' WHEN 'DPRD PROVINSI' THEN 'dprd_prov' ELSE 'dprd_kab' END
                   AS contest,
               d.kode_dapil AS district, d.nama_dapil AS name, s.seats::INT AS seats,
               CASE WHEN s.seats IS NOT NULL THEN '{SEATS_SOURCE}' END AS seats_source,
               d.kode_wilayah AS area_code, d.nama AS area_name, CASE WHEN d.is_pecah = 'True' THEN d.nama END AS part
        FROM dapil d LEFT JOIN (SELECT DISTINCT kode_dapil, seats_dapil AS seats FROM seats) s
            ON s.kode_dapil = d.kode_dapil AND d.jenis_dapil LIKE 'DPRD KABUPATEN%'
        ORDER BY contest, district, area_code, part"""
    write(db, query, path)


def links(db: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Which village of 2019 is which of 2024: Luwu Utara by the commission's number, the rest of South Sulawesi only
    where names coincide and are unique in both trees. Nothing is guessed; what is left stays unlinked. The kind (same,
    renamed, …) is not written here: it follows from the links and the names (``areas.rules``).
    """
    letters = "regexp_replace(upper({0}), '[^A-Z0-9]', '', 'g')"
    later = f"""SELECT kel_kode::VARCHAR AS code, {letters.format("kab")} AS kab, {letters.format("kec")} AS kec,
                       {letters.format("kel")} AS kel FROM villages WHERE left(kel_kode::VARCHAR, 2) = '73'
                       AND left(kel_kode::VARCHAR, 4) <> '{REGENCY}'"""
    earlier = f"""SELECT DISTINCT s.kel_id AS code, {letters.format("s.kab")} AS kab, {letters.format("s.kec")} AS kec,
                         {letters.format("s.kel")} AS kel FROM sulawesi s JOIN places p USING (kel_id)
                         WHERE p.prov_id = '{PROVINCE_2019}' AND p.kab_id <> '{REGENCY_2019}'"""

    def matched(by: str, source: str, *, but: str = "FALSE") -> str:
        unique = "SELECT {0}, any_value(code) AS code FROM {1} GROUP BY {0} HAVING count(*) = 1"
        return f"""SELECT e.code AS earlier, l.code AS later, '{source}' AS source
                   FROM ({unique.format(by, f"(SELECT * FROM earlier WHERE NOT ({but.format('earlier')}))")}) e
                   JOIN ({unique.format(by, f"(SELECT * FROM later WHERE NOT ({but.format('later')}))")}) l
                   USING ({by})"""

    query = f"""
        WITH later AS ({later}), earlier AS ({earlier}),
        near AS ({matched("kab, kec, kel", BY_THREE_NAMES)}),
        far AS ({matched("kab, kel", BY_TWO_NAMES, but="code IN (SELECT {0} FROM near)")})
        SELECT earlier, later, source FROM (
            SELECT kpu2019_kel_id AS earlier, kel_kode AS later, '{BY_ID}' AS source FROM luwu
            UNION ALL SELECT * FROM near UNION ALL SELECT * FROM far)
        ORDER BY later, earlier"""
    write(db, query, path)


def results(db: duckdb.DuckDBPyConnection, demo: Path) -> None:
    """The figures of Luwu Utara as result tables (docs/commands.md). Errors are kept: they are what is to be found."""
    write(
        db,
        """SELECT tps_id, dpt_l, dpt_p, dpt, dpt_used_l, dpt_used_p, dpt_used, dptb_used_l, dptb_used_p, dptb_used,
                  dpk_used_l, dpk_used_p, dpk_used, voters_l, voters_p, voters, valid, invalid, total,
                  paslon_1, paslon_2, paslon_3, ts AS source_time FROM sirekap ORDER BY tps_id""",
        demo / "2024-ppwp-sirekap.csv",
    )
    station = "kel_id || lpad(tps, 3, '0') AS tps_id"
    # A volunteers' reading of 0 and 0 for both pairs stands for "not read" (a photo of page 1 only, or none that can
    # be read): both are blank then, and so is every other 0 on that row. What is above 0 was read and stays.
    unread = "coalesce(kp_pas1::INT, 0) + coalesce(kp_pas2::INT, 0) = 0"
    cells = {
        "valid": "kp_sah", "invalid": "kp_tSah", "total": "kp_jum", "paslon_1": "kp_pas1", "paslon_2": "kp_pas2"
    }  # fmt: skip
    read_cells = ", ".join(f"CASE WHEN {unread} THEN nullif({c}, '0') ELSE {c} END AS {n}" for n, c in cells.items())
    read_at = "strftime(make_timestamp(kp_ts::BIGINT * 1000), '%Y-%m-%dT%H:%M:%SZ')"
    write(
        db,
        f"""SELECT {station}, {read_cells}, CASE WHEN kp_ts::BIGINT > 0 THEN {read_at} END AS source_time
            FROM kp ORDER BY tps_id""",
        demo / "2019-ppwp-kawalpemilu.csv",
    )
    write(
        db,
        f"""SELECT {station}, kpu_sah AS valid, kpu_tSah AS invalid, kpu_jum AS total, kpu_pas1 AS paslon_1,
                   kpu_pas2 AS paslon_2 FROM kp ORDER BY tps_id""",
        demo / "2019-ppwp-situng.csv",
    )
    write(
        db,
        "SELECT kel_id AS area_code, r1 AS paslon_1, r2 AS paslon_2 FROM recap ORDER BY area_code",
        demo / "2019-ppwp-rekap.csv",
    )


if __name__ == "__main__":
    main()
