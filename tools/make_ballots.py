"""Makes the facts about who stands on which ballot, and the law folder of drills, from what is published.

    python tools/make_ballots.py [--data DIR]

``id-2024/facts/candidates.parquet``: parties' candidates of Luwu Utara's constituencies, names as published.
``latihan-2024``: the same shape with parties and candidates that nobody can take for real ones, since real names never
carry made-up votes. A drill's ballots are as long as the real ones.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[1]
LAW = ROOT / "src" / "satusuara" / "law"
REAL, DRILL = LAW / "id-2024", LAW / "latihan-2024"
FLOWERS = (
    "Melati", "Anggrek", "Kenanga", "Cempaka", "Mawar", "Teratai", "Kamboja", "Seroja", "Dahlia", "Flamboyan",
    "Bakung", "Soka", "Wijaya", "Asoka", "Kantil", "Seruni", "Bugenvil", "Lavender",
)  # fmt: skip
NATIONAL = (*range(1, 18), 24)  # numbers of parties on ballots outside Aceh
DPD_DISTRICT, DPD_CANDIDATES = "73", 15  # a drill's ballot of the regional council: no source of the real one is here
CONTEST = "CASE jenis_dapil WHEN 'DPR RI' THEN 'dpr' WHEN 'DPRD PROVINSI' THEN 'dprd_prov' ELSE 'dprd_kab' END"


def main() -> None:
    """Writes everything, and says how large it became."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    data: Path = parser.parse_args().data
    db = duckdb.connect()
    file = str(data / "dapil2024" / "candidates_luwu_utara_2024.csv").replace("'", "''")
    db.execute(f"""
        CREATE TABLE real AS SELECT {CONTEST} AS contest, kode_dapil AS district, no_partai::INT AS party,
               nomor_urut::INT AS number, trim(nama) AS name, jenis_kelamin AS sex
        FROM read_csv('{file}', all_varchar = true)""")
    write(db, "SELECT * FROM real", REAL / "facts" / "candidates.parquet")
    (DRILL / "facts").mkdir(parents=True, exist_ok=True)
    made_up(db, DRILL / "facts" / "candidates.parquet")
    contests(DRILL / "contests.toml")
    parties(DRILL / "parties.toml")
    for path in sorted([REAL / "facts" / "candidates.parquet", *DRILL.rglob("*.*")]):
        print(f"{path.stat().st_size:>9,}  {path.relative_to(LAW)}")


def write(db: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """A table as Parquet, in the order of the ballot."""
    ordered = f"SELECT * FROM ({query}) ORDER BY contest, district, party, number"
    db.execute(f"COPY ({ordered}) TO '{path}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 19)")


def made_up(db: duckdb.DuckDBPyConnection, path: Path) -> None:
    """As many lines as on the real ballots, every name of a drill's own kind; sex is left out."""
    names = dict(zip(NATIONAL, FLOWERS, strict=True))
    db.execute("CREATE TABLE flowers (party INT, flower VARCHAR)")
    db.executemany("INSERT INTO flowers VALUES (?, ?)", list(names.items()))
    query = f"""
        SELECT contest, district, party, number, 'Calon Latihan ' || flower || ' ' || number AS name, '' AS sex
        FROM real JOIN flowers USING (party)
        UNION ALL SELECT 'dpd', '{DPD_DISTRICT}', 0, n::INT, 'Calon Latihan DPD ' || n, ''
        FROM range(1, {DPD_CANDIDATES + 1}) t(n)"""
    write(db, query, path)


def contests(path: Path) -> None:
    """The contests of the election with other names for the pairs of candidates."""
    text = (REAL / "contests.toml").read_text(encoding="utf-8")
    pairs = [f"Pasangan Latihan {letter}" for letter in "ABC"]
    lines = "".join(f'    {{ id = "{name}", en = "{name}" }},\n' for name in pairs)
    changed, times = re.subn(r"names = \[\n.*?\n\]", f"names = [\n{lines}]", text, flags=re.DOTALL)
    if times != 1:
        raise SystemExit("contests.toml: one list of names was expected")
    head = "# Dibuat oleh tools/make_ballots.py: nama calon rekaan. / Made by tools/make_ballots.py: made-up names.\n"
    path.write_text(head + changed.split("\n", 1)[1], encoding="utf-8")


def parties(path: Path) -> None:
    """The parties of a drill, numbered as on real ballots."""
    head = "# Dibuat oleh tools/make_ballots.py: partai rekaan. / Made by tools/make_ballots.py: made-up parties.\n"
    rows = [
        f"\n[[parties]]\nnumber = {number}\nname = {json.dumps(f'Partai Latihan {flower}')}\n"
        for number, flower in zip(NATIONAL, FLOWERS, strict=True)
    ]
    path.write_text(head + "".join(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
