"""Key by key in Python and a whole table on an engine say the same: of comparisons, and of sums for every level."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from satusuara.count.rules import evaluate_form
from satusuara.lake.engine import record, rows
from satusuara.law import load_law
from satusuara.recap.lake import Recapitulation, TableComparison, area_in
from satusuara.recap.rules import compare_pair, compare_sums, compare_tables
from tests.count.engines import duckdb, on_engine, spark  # noqa: F401

LAW = load_law("id-2024")
VALUES = ("paslon_1", "paslon_2", "paslon_3")
LEVELS = ("desa", "kecamatan", "kabupaten", "provinsi", "nasional")
VILLAGES = ("7322012001", "7322012002", "7322022001", "7373012001", "3171012001")
PROPERTY = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
Table = dict[str, dict[str, int | None]]


def make(chance: random.Random, size: int) -> tuple[Table, Table]:
    """Two tables that often agree, with blanks and keys of their own."""
    blank, changed = chance.choice([0.0, 0.1, 0.5]), chance.choice([0.0, 0.2, 1.0])
    top = chance.choice([2, 400, 2**31 - 1])

    def figure() -> int | None:
        return None if chance.random() < blank else chance.randint(0, top)

    a: Table = {}
    b: Table = {}
    for number in range(size):
        key = f"{chance.choice(VILLAGES)}{number:03}"
        figures = {name: figure() for name in VALUES}
        if chance.random() < 0.9:
            a[key] = figures
        if chance.random() < 0.9:
            b[key] = {n: figure() if chance.random() < changed else v for n, v in figures.items()}
            if chance.random() < 0.2 and None not in figures.values():  # a shift that keeps the sum
                one, two, three = (figures[name] or 0 for name in VALUES)
                b[key] = {VALUES[0]: two, VALUES[1]: one, VALUES[2]: three}
    return a, b


def on(connection: Any, folder: Path, table: Table) -> Any:
    lines = [{"tps_id": key, **figures} for key, figures in table.items()]
    return on_engine(connection, folder, ["tps_id", *VALUES], lines)


def agree(connection: Any, folder: Path, a: Table, b: Table) -> None:
    both = TableComparison(on(connection, folder, a), on(connection, folder, b), ["tps_id"], VALUES)
    found = both.answer(record(connection, both.totals()), in_a=len(a), in_b=len(b))
    assert found.as_dict() == compare_tables(a, b, VALUES).as_dict()
    comparable = both.comparable()
    for level in random.Random(len(a)).sample(LEVELS, 2):
        width = 0 if level == "nasional" else LAW.width_of(level)
        areas = {key: key[:width] or "0" for key in a}
        sums = both.summed(comparable, area_in(LAW, level, comparable.tps_id))
        answer = both.answer(record(connection, both.totals_of(sums)))
        assert answer.as_dict() == compare_sums(a, b, VALUES, areas).as_dict(), level
    pairs = {key: compare_pair(a[key], b[key], VALUES) for key in a if key in b}
    expected = [(key, p.outcome, p.net, p.votes) for key, p in pairs.items() if p.differs]
    assert [tuple(row[:4]) for row in rows(connection, both.findings())] == expected


@pytest.mark.requirement(2, "5", "compare: key by key in Python and the whole table on DuckDB agree on random tables")
@PROPERTY
@given(seed=st.integers(0, 2**32), size=st.integers(0, 40))
def test_comparisons_agree_on_duckdb(
    seed: int,
    size: int,
    duckdb: Any,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    agree(duckdb, tmp_path_factory.getbasetemp(), *make(random.Random(seed), size))


@pytest.mark.filterwarnings("default")
@pytest.mark.requirement(2, "5", "compare: the same expressions on Spark say the same (--spark)")
def test_comparisons_agree_on_spark(spark: Any, tmp_path: Path) -> None:  # noqa: F811
    agree(spark, tmp_path, *make(random.Random(1), 200))


FIELDS = ("dpt", "voters", "valid", "invalid", "total", *VALUES)


def forms(chance: random.Random, size: int) -> Table:
    def figure() -> int | None:
        return None if chance.random() < 0.3 else chance.randint(0, 3)

    return {f"{chance.choice(VILLAGES)}{n:03}": {name: figure() for name in FIELDS} for n in range(size)}


def summed(table: Table, levels: Sequence[str]) -> list[tuple[Any, ...]]:
    """The recapitulation in plain Python: a blank adds nothing, no figure at all is a blank."""
    lines = []
    for level in levels:
        width = 0 if level == "nasional" else LAW.width_of(level)
        areas: dict[str, list[dict[str, int | None]]] = {}
        for key, cells in table.items():
            areas.setdefault(key[:width] or "0", []).append(cells)
        for area, inside in sorted(areas.items()):
            verdicts = [evaluate_form(LAW, "ppwp", cells) for cells in inside]
            given = {name: [c[name] for c in inside if c[name] is not None] for name in FIELDS}
            lines.append(
                (
                    area,
                    level,
                    len(inside),
                    sum(not v.empty for v in verdicts),
                    sum(bool(v.failures) for v in verdicts),
                    *(sum(map(int, given[name])) if given[name] else None for name in FIELDS),  # type: ignore[arg-type]
                    *(len(given[name]) for name in FIELDS),
                )
            )
    return lines


@pytest.mark.requirement(6, "3", "recap: the set-based sums are those of plain Python, at every level")
@PROPERTY
@given(seed=st.integers(0, 2**32), size=st.integers(1, 30), order=st.permutations(LEVELS))
def test_a_recapitulation_is_that_of_plain_python(
    seed: int,
    size: int,
    order: list[str],
    duckdb: Any,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    table = forms(random.Random(seed), size)
    lines = [{"tps_id": key, **cells} for key, cells in table.items()]
    source = on_engine(duckdb, tmp_path_factory.getbasetemp(), ["tps_id", *FIELDS], lines)
    found = Recapitulation(LAW, "ppwp", source).levels(duckdb, order[:3])
    assert found.columns == (
        "area_code", "level", "forms", "forms_counted", "forms_failing", *FIELDS, *(f"n_{n}" for n in FIELDS),
    )  # fmt: skip
    assert rows(duckdb, found) == summed(table, order[:3])
