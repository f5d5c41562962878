"""Which pairs are looked at: those that share one of a dozen keys (docs/roll-linkage.md, step 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from satusuara.roll.lake.prepare import WORDS, Known

if TYPE_CHECKING:
    from satusuara.roll.lake.steps import Steps


@dataclass(frozen=True, slots=True)
class Key:
    """Records with the same text under one key are candidates. ``cap``: a key that more records share tells nothing
    and is left out."""

    name: str
    text: str  # an expression over ``person``, null where it does not apply
    cap: int


def _all(name: str, cap: int, *parts: str) -> Key:
    return Key(name, " || '|' || ".join(parts), cap)


SMALL = 30_000
"""Records up to which keys that a large roll could not afford are asked as well."""


def keys(size: int) -> tuple[Key, ...]:
    """Every key. Names with the same words count as the same whatever their order, spelling and titles."""
    return (*_always(), *(_small() if size <= SMALL else ()))


def _small() -> tuple[Key, ...]:
    words = range(1, WORDS + 1)
    return (
        _all("date", 200, "dob"),
        *(_all("word", 120, f"CAST(p{n} AS STRING)") for n in words),
        *(_all("skeleton-year", 200, f"s{n}", "substr(dob, 1, 4)") for n in words),
        _all("number-head", 60, "substr(nik, 1, greatest(length(nik) - 3, 1))"),
        _all("number-tail", 60, "substr(nik, 4, length(nik))"),
        _all("street", 60, "street"),
        *(_all("village-word", 60, "desa", f"s{n}") for n in words),
        _all("village-year", 60, "desa", "substr(dob, 1, 4)"),
    )


def _always() -> tuple[Key, ...]:
    year, month, day = "substr(dob, 1, 4)", "substr(dob, 5, 2)", "substr(dob, 7, 2)"
    issued = "substr(nik, 7, 6)"
    return (
        _all("nik", 60, "nik"),
        _all("nkk", 20, "nkk"),
        _all("house", 12, "house"),
        *(_all("date-word", 400, "dob", f"s{n}") for n in range(1, WORDS + 1)),
        _all("date-head", 400, "dob", "substr(flat, 1, 4)"),
        _all("date-tail", 400, "dob", "substr(flat, greatest(length(flat) - 3, 1), 4)"),
        _all("date-district", 60, "dob", "kec", "sex"),
        _all("name-year", 80, "name_key", year),
        _all("name-day", 80, "name_key", month, day),
        _all("name-swapped", 80, "name_key", year, f"least({day}, {month})", f"greatest({day}, {month})"),
        _all("flat-year", 80, "flat", year),
        _all("name-number", 80, "name_key", "substr(nik, 1, 8)"),
        _all("name-serial", 80, "name_key", "substr(nik, 9, 8)"),
        _all("name-issued", 80, "name_key", issued),
        _all("name-village", 20, "name_key", "desa"),
        _all("name-rare", 8, "name_key"),
        *(_all("street-word", 40, "street", f"s{n}") for n in (1, 2)),
        *(
            _all(
                "door-word", 60, "rtrw", f"s{n}", f"CAST(CAST(floor(CAST({year} AS INTEGER) / 3) AS INTEGER) AS STRING)"
            )
            for n in (1, 2)
        ),
    )


def keyed(steps: Steps, size: int) -> str:
    """Every record under each of its keys, as a query: h (a hash of key and text), id, cap."""
    d = steps.dialect
    return " UNION ALL ".join(
        f"SELECT {d.hashed(_named(key))} AS h, id, {key.cap} AS cap FROM person WHERE ({key.text}) IS NOT NULL"
        for key in keys(size)
    )


def _named(key: Key) -> str:
    """The text of a key behind its name: the same text under two keys is not the same."""
    return f"'{key.name}|' || {key.text}"


def candidates(steps: Steps, size: int) -> None:
    """From ``person`` to ``pair`` (a < b), each pair once. Leaves ``keyed``."""
    steps.make("keyed", keyed(steps, size))
    steps.make("shared", "SELECT h FROM keyed GROUP BY h HAVING count(*) > 1 AND count(*) <= max(cap)")
    steps.make("kept", "SELECT k.h, k.id FROM keyed AS k JOIN shared AS s ON s.h = k.h")
    steps.make(
        "pair", "SELECT DISTINCT x.id AS a, y.id AS b FROM kept AS x JOIN kept AS y ON x.h = y.h AND x.id < y.id"
    )
    steps.drop("shared", "kept")


def candidates_against(steps: Steps, known: Known) -> None:
    """Pairs of a new record with one of the prepared roll or with another new one. A record that the roll already holds
    under the same rec_id is replaced, not its own duplicate."""
    steps.make("keyed", keyed(steps, known.size))
    steps.make(
        "kept",
        f"""
        SELECT h, id FROM keyed
        UNION ALL
        SELECT k.h, k.id FROM {known.name}.keyed AS k
        WHERE k.h IN (SELECT h FROM keyed) AND k.id NOT IN (SELECT w.id FROM {known.name}.person AS w JOIN person AS p ON p.rec_id = w.rec_id)
        """,
    )
    steps.make("shared", "SELECT h, max(cap) AS cap FROM keyed GROUP BY h")
    steps.make(
        "few",
        "SELECT k.h FROM kept AS k JOIN shared AS s ON s.h = k.h GROUP BY k.h HAVING count(*) > 1 AND count(*) <= max(s.cap)",
    )
    steps.make(
        "pair",
        f"SELECT DISTINCT x.id AS a, y.id AS b FROM kept AS x JOIN few AS f ON f.h = x.h JOIN kept AS y ON x.h = y.h "
        f"AND x.id < y.id WHERE y.id > {known.size}",
    )
    steps.make(
        "met",
        f"SELECT * FROM {known.name}.person WHERE id IN (SELECT a FROM pair) UNION ALL SELECT * FROM person",
    )
    steps.make("person", "SELECT * FROM met")
    steps.drop("shared", "few", "kept", "met")
