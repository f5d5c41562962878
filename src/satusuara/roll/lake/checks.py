"""The checks of ``rules/checks.py`` over a whole roll, as queries: what is found, one row a finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from satusuara.roll.lake.prepare import KNOWN_REGION, cleaned
from satusuara.roll.rules.checks import NEVER_MARRIED, OLDEST

if TYPE_CHECKING:
    from satusuara.roll.lake.steps import Steps
    from satusuara.roll.rules.spec import Spec

FINDING = ("rec_id", "code", "kec", "desa", "tps", "detail", "row")
MARKS, NOTICE, UNLISTED = "keterangan", "pemberitahuan", "potensi_dpk"
LONG_CODE = 4  # a longer tps is a code of its own, not a number within a village


@dataclass(frozen=True, slots=True)
class Terms:
    """What the law says: voting day, age, cap of a station, reserve in percent, marks that mean ineligible."""

    day: date
    minimum_age: int
    cap: int
    reserve_percent: int
    reserve_rounding: str
    ineligible: Sequence[str]


def findings(steps: Steps, spec: Spec, terms: Terms, *, unlisted: bool) -> int:
    """``found`` (``FINDING``) from ``source`` (with ``keterangan`` and ``pemberitahuan``, null where absent) and, where
    ``unlisted``, from ``unlisted_voters`` (kec, desa, tps, potensi_dpk). Returns how many records were looked at."""
    cleaned(steps, spec, 0)
    steps.make(
        "lines",
        f"SELECT c.*, s._row, s.{MARKS} AS mark, s.{NOTICE} AS notice FROM clean AS c JOIN source AS s ON s.rec_id = c.rec_id",
    )
    size = steps.number("SELECT count(*) FROM lines")
    parts = [*_of_entries(spec, terms, size), *_of_groups(terms)]
    if unlisted:
        parts.append(_reserve(terms))
    steps.make("found", " UNION ALL ".join(f"({part})" for part in parts))
    return size


def _one(code: str, where: str, detail: str = "NULL", source: str = "lines") -> str:
    return (
        f"SELECT rec_id, '{code}' AS code, kec, {_VILLAGE} AS desa, tps, CAST({detail} AS VARCHAR) AS detail, _row AS row "
        f"FROM {source} WHERE {where}"
    )


_VILLAGE = "split_part(desa, '|', 2)"
_PLACE = "coalesce(kec, ''), coalesce(desa, ''), tps"


def _of_entries(spec: Spec, terms: Terms, size: int) -> list[str]:
    i, day = spec.identity, terms.day
    born = f"{day.year - terms.minimum_age:04d}{day:%m%d}"
    oldest = f"{day.year - OLDEST - 1:04d}{day:%m%d}"
    on = f"{day:%Y%m%d}"
    marks = ", ".join("'" + mark.replace("'", "''") + "'" for mark in terms.ineligible) or "''"
    whole, digit = f"length(nik) = {i.digits}", f"CAST(substr(nik, {i.date_at + 1}, 2) AS INTEGER)"
    written = f"({digit} - CASE WHEN {digit} > {i.woman_day} THEN {i.woman_day} ELSE 0 END)"
    month, year = f"substr(nik, {i.date_at + 3}, 2)", f"substr(nik, {i.date_at + 5}, 2)"
    real = f"try_cast(concat('20', {year}, '-', {month}, '-', lpad(CAST({written} AS VARCHAR), 2, '0')) AS DATE) IS NOT NULL"
    fits = f"concat({year}, {month}, lpad(CAST({written} AS VARCHAR), 2, '0')) = substr(dob, 3, 6)"
    regions = f"SELECT substr(nik, 1, {i.region}) FROM lines WHERE {whole} GROUP BY 1 HAVING count(*) >= {KNOWN_REGION if size >= 1000 else 1}"
    return [
        _one("age.future", f"dob > '{on}'", "dob"),
        _one(
            "age.under",
            f"dob > '{born}' AND dob <= '{on}' AND coalesce(upper(status_kawin), '{NEVER_MARRIED}') = '{NEVER_MARRIED}'",
            "dob",
        ),
        _one("age.very-old", f"dob <= '{oldest}'", "dob"),
        _one("mark.ineligible", f"upper(trim(mark)) IN ({marks})", "mark"),
        _one("nik.missing", "nik IS NULL"),
        _one("nik.length", f"nik IS NOT NULL AND NOT ({whole})", "length(nik)"),
        _one("nik.region", f"{whole} AND substr(nik, 1, {i.region}) NOT IN ({regions})", f"substr(nik, 1, {i.region})"),
        _one("nik.date", f"{whole} AND NOT ({real})"),
        _one("nik.birth-date", f"{whole} AND {real} AND dob IS NOT NULL AND NOT ({fits})"),
        _one("nik.sex", f"{whole} AND sex IS NOT NULL AND ({digit} > {i.woman_day}) <> (sex = 'P')"),
        _one("nik.serial", f"{whole} AND substr(nik, {i.digits - 3}, 4) = '0000'"),
        _one("notice.undelivered", "upper(trim(notice)) IN ('T', '0') OR upper(trim(notice)) LIKE 'TIDAK%'", "notice"),
    ]


def _of_groups(terms: Terms) -> list[str]:
    shared = "(SELECT *, count(*) OVER (PARTITION BY nik) AS n FROM lines WHERE nik IS NOT NULL) AS l"
    family = f"(SELECT *, count(DISTINCT concat_ws('|', {_PLACE})) OVER (PARTITION BY nkk) AS n FROM lines WHERE nkk IS NOT NULL AND tps IS NOT NULL) AS l"
    own = (
        "(SELECT l.*, mode(desa) OVER (PARTITION BY tps) AS own FROM lines AS l "
        f"WHERE length(tps) > {LONG_CODE} AND desa IS NOT NULL) AS l"
    )
    station = f"SELECT kec, desa, tps, count(*) AS n FROM lines WHERE tps IS NOT NULL GROUP BY kec, desa, tps HAVING count(*) > {terms.cap}"
    return [
        _one("nik.shared", "n > 1", "n", shared),
        _one("family.split", "n > 1", "n", family),
        _one("village.crossed", "desa <> own", "split_part(own, '|', 2)", own),
        f"SELECT NULL AS rec_id, 'tps.over' AS code, kec, {_VILLAGE} AS desa, tps, CAST(n AS VARCHAR) AS detail, NULL AS row FROM ({station}) AS s",
    ]


def _reserve(terms: Terms) -> str:
    """Possible unlisted voters against the reserve of ballots of a station."""
    rounded = "ceil" if terms.reserve_rounding == "ceil" else "floor"
    reserve = f"{rounded}(count(l.rec_id) * {terms.reserve_percent} / 100)"
    return f"""
        SELECT NULL AS rec_id, 'dpk.reserve' AS code, u.kec, u.desa, u.tps,
            concat(max(u.{UNLISTED}), ' > ', CAST({reserve} AS BIGINT)) AS detail, NULL AS row
        FROM unlisted_voters AS u JOIN lines AS l
            ON upper(u.kec) = l.kec AND concat(upper(u.kec), '|', upper(u.desa)) = l.desa AND u.tps = l.tps
        GROUP BY u.kec, u.desa, u.tps HAVING max(u.{UNLISTED}) > {reserve}
    """
