"""Splink 5 on the same roll: its stock comparisons as its documentation sets them up, and a model tuned by hand for such
rolls (names standardised, structure of the NIK, twins). Both scored at the threshold that is best in hindsight."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Best:
    f1: float
    seconds: float
    cpu: float


def stock(roll: Path, truth: Path) -> Best:
    """``NameComparison``, ``DateOfBirthComparison`` and exact matches, trained as the documentation shows."""
    import splink.comparison_library as cl
    from splink import SettingsCreator, block_on

    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="rec_id",
        comparisons=[
            cl.NameComparison("nama").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("tgl_lahir", input_is_string=True),
            cl.LevenshteinAtThresholds("nik", [1, 2]),
            cl.ExactMatch("tempat_lahir").configure(term_frequency_adjustments=True),
            cl.ExactMatch("jk"),
            cl.ExactMatch("nkk"),
            cl.ExactMatch("desa").configure(term_frequency_adjustments=True),
            cl.ExactMatch("alamat"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("nik"),
            block_on("nama", "substr(tgl_lahir, 1, 4)"),
            block_on("tgl_lahir", "substr(nama, 1, 3)"),
            block_on("nkk", "tgl_lahir"),
            block_on("substr(nik, 1, 8)", "substr(nama, 1, 3)"),
            block_on("substr(nik, 9, 8)", "nama"),
            block_on("desa", "rt", "rw", "substr(nama, 1, 3)"),
            block_on("tgl_lahir", "tempat_lahir", "kec"),
        ],
    )
    return _run(settings, roll, truth, "*", [block_on("nik"), block_on("nama", "tgl_lahir")])


_STANDARD = """
    rec_id, nik, tgl_lahir AS dob, tempat_lahir AS place, jk AS sex, kec, desa, alamat, rt, rw, core, sorted_name,
    substr(tgl_lahir, 1, 4) AS year, regexp_replace(core, '[AEIOU]', '', 'g')[1:5] AS k5, nik[1:8] AS head, nik[1:6] AS region,
    list_extract(string_split(core, ' '), -1) AS last,
    (length(nik) = 16 AND nik[7:12] = printf('%02d', CAST(tgl_lahir[9:10] AS INTEGER) + CASE jk WHEN 'P' THEN 40 ELSE 0 END)
        || tgl_lahir[6:7] || tgl_lahir[3:4]) AS fits
"""
_SOURCE = """
    (SELECT *, array_to_string(list_sort(string_split(core, ' ')), ' ') AS sorted_name FROM
    (SELECT *, trim(regexp_replace(regexp_replace(regexp_replace(upper(nama), '\\b(H|HJ|DRS|DRA|IR|DR)\\.? ', '', 'g'),
        '\\b(MUHAMMAD|MUHAMAD|MUH|MOH|M|SITI|SITTI|ST|ANDI|A|NUR|BIN|BINTI)\\.? ', '', 'g'), 'OE', 'U', 'g')) AS core FROM {roll}))
"""


def tuned(roll: Path, truth: Path) -> Best:
    """The model of the design: core name, a NIK that breaks its structure, one house with one birth date as twins."""
    import splink.comparison_level_library as cll
    import splink.comparison_library as cl
    from splink import SettingsCreator, block_on

    present = _columns(roll)
    name = cl.CustomComparison(
        output_column_name="name",
        comparison_levels=[
            cll.NullLevel("core"),
            cll.ExactMatchLevel("sorted_name", term_frequency_adjustments=True),
            cll.JaroWinklerLevel("core", 0.95),
            cll.JaroWinklerLevel("core", 0.90),
            cll.CustomLevel("contains(core_l, core_r) OR contains(core_r, core_l)", "part of"),
            cll.JaroWinklerLevel("core", 0.82),
            cll.ElseLevel(),
        ],
    )
    date = cl.CustomComparison(
        output_column_name="dob",
        comparison_levels=[
            cll.NullLevel("dob"),
            cll.ExactMatchLevel("dob", term_frequency_adjustments=True),
            cll.CustomLevel("year_l = year_r AND dob_l[6:7] = dob_r[9:10] AND dob_l[9:10] = dob_r[6:7]", "swapped"),
            cll.LevenshteinLevel("dob", 1),
            cll.CustomLevel("dob_l[1:7] = dob_r[1:7] OR dob_l[6:10] = dob_r[6:10]", "two parts"),
            cll.ElseLevel(),
        ],
    )
    number = cl.CustomComparison(
        output_column_name="nik",
        comparison_levels=[
            cll.NullLevel("nik"),
            cll.ExactMatchLevel("nik").configure(u_probability=1e-8, fix_u_probability=True),
            cll.CustomLevel("NOT (fits_l AND fits_r) AND levenshtein(nik_l, nik_r) <= 2", "near, one unfit").configure(
                u_probability=1e-7, fix_u_probability=True
            ),
            cll.CustomLevel("region_l = region_r", "same region"),
            cll.ElseLevel(),
        ],
    )
    house = "desa_l = desa_r AND rt_l = rt_r AND rw_l = rw_r"
    house += " AND alamat_l = alamat_r" if "alamat" in present else ""
    address = cl.CustomComparison(
        output_column_name="desa",
        comparison_levels=[
            cll.NullLevel("desa"),
            cll.CustomLevel(f"{house} AND dob_l = dob_r AND fits_l AND fits_r AND nik_l <> nik_r", "twins").configure(
                m_probability=0.02, u_probability=0.005, fix_m_probability=True, fix_u_probability=True
            ),
            cll.CustomLevel(house, "house"),
            cll.CustomLevel("desa_l = desa_r", "village"),
            cll.CustomLevel("kec_l = kec_r", "district"),
            cll.ElseLevel(),
        ],
    )
    others = [cl.ExactMatch("sex")]
    if "tempat_lahir" in present:
        others.append(cl.ExactMatch("place").configure(term_frequency_adjustments=True))
    rules = [
        block_on("nik"),
        block_on("head", "substr(k5, 1, 3)"),
        block_on("sorted_name", "year", "kec"),
        block_on("desa", "rt", "rw", "substr(k5, 1, 3)", "year"),
        block_on("sorted_name", "dob"),
        *([block_on("dob", "last", "place")] if "tempat_lahir" in present else []),
        block_on("dob", "k5"),
    ]
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="rec_id",
        comparisons=[name, date, number, address, *others],
        blocking_rules_to_generate_predictions=rules,
    )
    return _run(
        settings, roll, truth, _STANDARD, [block_on("nik"), block_on("sorted_name", "dob")], source=_SOURCE, u_pairs=1e6
    )


def _columns(roll: Path) -> set[str]:
    import duckdb

    with duckdb.connect() as connection:
        return {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM '{roll}'").fetchall()}


def _run(
    settings: Any,
    roll: Path,
    truth: Path,
    columns: str,
    trainings: list[Any],
    *,
    source: str = "{roll}",
    u_pairs: float = 1e7,  # what the documentation shows for estimating u
) -> Best:
    """Estimates, predicts, and takes the best F1 over all thresholds."""
    import duckdb
    from splink import DuckDBAPI, Linker

    wall, cpu = time.perf_counter(), time.process_time()
    with duckdb.connect(config={"memory_limit": "6GB"}) as connection:
        absent = {"alamat", "tempat_lahir", "nkk"} - _columns(roll)
        blanks = "".join(f", CAST(NULL AS VARCHAR) AS {name}" for name in sorted(absent))
        inner = f"(SELECT *{blanks} FROM '{roll}')"
        connection.execute(f"CREATE TABLE roll AS SELECT {columns} FROM {source.format(roll=inner)} AS r")
        db = DuckDBAPI(connection=connection)
        linker = Linker(db.register("roll"), settings)
        linker.training.estimate_probability_two_random_records_match([trainings[1]], recall=0.6)
        linker.training.estimate_u_using_random_sampling(max_pairs=u_pairs, seed=1)
        for rule in trainings:
            linker.training.estimate_parameters_using_expectation_maximisation(rule)
        predicted = linker.inference.predict(threshold_match_weight=-10).physical_name
        seconds, used = time.perf_counter() - wall, time.process_time() - cpu
        connection.execute(f"CREATE VIEW truth AS SELECT rec_id_a AS a, rec_id_b AS b FROM '{truth}'")
        (best,) = connection.execute(
            f"""
            SELECT max(2.0 * hits / (n + (SELECT count(*) FROM truth))) FROM (
                SELECT sum(CASE WHEN t.a IS NULL THEN 0 ELSE 1 END) OVER w AS hits, count(*) OVER w AS n
                FROM (SELECT least(rec_id_l, rec_id_r) AS a, greatest(rec_id_l, rec_id_r) AS b, match_weight FROM {predicted}) AS p
                LEFT JOIN truth AS t ON t.a = p.a AND t.b = p.b WINDOW w AS (ORDER BY match_weight DESC)
            )
            """
        ).fetchall()[0]
    return Best(float(best), seconds, used)
