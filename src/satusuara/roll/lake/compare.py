"""Each candidate pair as a row of levels (docs/roll-linkage.md, step 3): what agrees, and how closely.

Level 0: one side is absent, it says nothing. The other levels grow with agreement; ``rules/levels.py`` names them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from satusuara.roll.lake.prepare import WORDS

if TYPE_CHECKING:
    from satusuara.roll.lake.steps import Steps


ALIKE = 6000  # the most that names say which resemble each other without sharing a word
KIN = 5000  # the most that a shared word says between next-door neighbours, in thousandths of a bit: they may be kin


def compare(steps: Steps, pairs: str, out: str) -> None:
    """From ``pairs`` (a, b) and ``person`` to ``out``: a, b, stratum, nik, nkk, name, dob, place, sex, addr and the
    rarity of what agrees, in thousandths of a bit (tf: of names and words; dob_tf, place_tf)."""
    steps.make(out, select(pairs))


def select(pairs: str) -> str:
    """The comparison as a query."""
    return f"""
        SELECT a, b, CASE WHEN nik = 4 THEN 2 WHEN dob = 5 AND (nkk = 3 OR addr >= 4) THEN 3
                WHEN nkk = 3 OR addr = 5 THEN 1 ELSE 0 END AS stratum,
            nik, nkk, name, dob, place, sex, addr,
            CASE WHEN name >= 6 THEN full_tf WHEN name = 5 THEN least(full_tf, other_tf)
                 WHEN name >= 2 AND common = 0 THEN least(full_tf, other_tf, {ALIKE})
                 WHEN name >= 2 AND addr = 4 THEN least(shared_tf, {KIN})
                 WHEN name >= 2 THEN shared_tf ELSE 0 END AS name_tf,
            CASE WHEN dob = 5 THEN dob_tf ELSE 0 END AS dob_tf, CASE WHEN place = 3 THEN place_tf ELSE 0 END AS place_tf
        FROM (SELECT *, {_NAME} AS name FROM ({_levels(pairs)}) AS l) AS n
    """


def _levels(pairs: str) -> str:
    ns = range(1, WORDS + 1)
    words = ", ".join(f"y.p{n}" for n in ns)
    shared = [f"CASE WHEN x.p{n} IN ({words}) THEN 1 ELSE 0 END" for n in ns]
    weights = [f"CASE WHEN x.p{n} IN ({words}) THEN x.w{n} ELSE 0 END" for n in ns]
    most = f"greatest({', '.join(weights)})"
    return f"""
        SELECT z.a, z.b, {_NIK} AS nik, {_NKK} AS nkk, {_DOB} AS dob, {_PLACE} AS place, {_SEX} AS sex, {_ADDRESS} AS addr,
            CASE WHEN x.full_name = y.full_name THEN 2 WHEN x.name_key = y.name_key OR x.flat = y.flat THEN 1 ELSE 0 END AS whole,
            CASE WHEN abs(length(x.flat) - length(y.flat)) > 3 THEN 9 ELSE levenshtein(x.flat, y.flat) END AS edits,
            least(length(x.flat), length(y.flat)) AS short, {" + ".join(shared)} AS common,
            least(x.words, y.words) AS fewer, greatest(x.words, y.words) AS more,
            CASE WHEN x.flat LIKE y.flat || '%' OR y.flat LIKE x.flat || '%' THEN 1 ELSE 0 END AS begins,
            CASE WHEN x.flat IS NULL OR y.flat IS NULL THEN 1 ELSE 0 END AS unnamed,
            x.name_tf AS full_tf, y.name_tf AS other_tf,
            CAST({most} + floor(({" + ".join(weights)} - {most}) * 4 / 5) AS INTEGER) AS shared_tf,
            coalesce(x.dob_tf, 0) AS dob_tf, coalesce(x.place_tf, 0) AS place_tf
        FROM {pairs} AS z JOIN person AS x ON x.id = z.a JOIN person AS y ON y.id = z.b
    """


_NIK = """CASE WHEN x.nik IS NULL OR y.nik IS NULL THEN 0 WHEN x.nik = y.nik THEN 4
    WHEN x.fits = 1 AND y.fits = 1 THEN 1
    WHEN abs(length(x.nik) - length(y.nik)) <= 1 AND (levenshtein(x.nik, y.nik) <= 1
        OR x.nik_sum = y.nik_sum AND length(x.nik) = length(y.nik) AND levenshtein(x.nik, y.nik) = 2) THEN 3
    ELSE 2 END"""

_NKK = """CASE WHEN x.nkk IS NULL OR y.nkk IS NULL THEN 0 WHEN x.nkk = y.nkk THEN 3
    WHEN length(x.nkk) = length(y.nkk) AND levenshtein(x.nkk, y.nkk) <= 1 THEN 2 ELSE 1 END"""

_DOB = """CASE WHEN x.dob IS NULL OR y.dob IS NULL THEN 0 WHEN x.dob = y.dob THEN 5
    WHEN substr(x.dob, 1, 4) = substr(y.dob, 1, 4) AND substr(x.dob, 5, 2) = substr(y.dob, 7, 2)
        AND substr(x.dob, 7, 2) = substr(y.dob, 5, 2) THEN 4
    WHEN CASE WHEN substr(x.dob, 1, 4) = substr(y.dob, 1, 4) THEN 1 ELSE 0 END
        + CASE WHEN substr(x.dob, 5, 2) = substr(y.dob, 5, 2) THEN 1 ELSE 0 END
        + CASE WHEN substr(x.dob, 7, 2) = substr(y.dob, 7, 2) THEN 1 ELSE 0 END = 2 THEN 3
    WHEN substr(x.dob, 1, 4) = substr(y.dob, 1, 4) THEN 2 ELSE 1 END"""

_PLACE = """CASE WHEN x.place IS NULL OR y.place IS NULL THEN 0 WHEN x.place = y.place THEN 3
    WHEN abs(length(x.place) - length(y.place)) <= 2 AND levenshtein(x.place, y.place) <= 2 THEN 2 ELSE 1 END"""

_SEX = "CASE WHEN x.sex IS NULL OR y.sex IS NULL THEN 0 WHEN x.sex = y.sex THEN 2 ELSE 1 END"

_ADDRESS = """CASE WHEN x.house = y.house THEN 5 WHEN x.rtrw = y.rtrw OR x.street = y.street THEN 4
    WHEN x.desa = y.desa THEN 3 WHEN x.kec = y.kec THEN 2
    WHEN x.kec IS NULL AND x.desa IS NULL OR y.kec IS NULL AND y.desa IS NULL THEN 0 ELSE 1 END"""

_NAME = """CASE WHEN unnamed = 1 THEN 0 WHEN whole = 2 THEN 7 WHEN whole = 1 THEN 6
    WHEN edits <= 1 AND short >= 4 OR edits <= 2 AND short >= 9 OR edits <= 3 AND short >= 15 THEN 5
    WHEN common >= 1 AND common = fewer THEN 4 WHEN begins = 1 AND short >= 4 THEN 4
    WHEN edits <= 2 AND short >= 5 OR edits <= 3 AND short >= 8 THEN 3
    WHEN common >= 1 AND (common >= 2 OR edits <= 3 OR fewer = more AND common = more - 1 AND edits <= short / 3) THEN 3
    WHEN common >= 1 THEN 2 ELSE 1 END"""
