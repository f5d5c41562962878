"""The real figures of 2019: two independent readings of every station's form, and the recapitulation by village."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from satusuara.areas.models import Area, Election
from satusuara.count.actions import SourceSpec, ensure_source, import_results
from satusuara.count.choices import SourceKind
from satusuara.count.models import Source
from satusuara.people.queries import Scope

AT = datetime(2024, 3, 1, tzinfo=UTC)
ROOT = Scope.system("test")
CODE = "id-2019"


def stations_2019(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def build_2019(folder: Path, stations: Path, villages: Path) -> dict[str, Source]:
    """The regency's tree, and the sources "situng", "relawan" (by station) and "rekap" (by village)."""
    rows = stations_2019(stations)
    recap = stations_2019(villages)
    election = _tree(rows, recap)
    named = {
        "situng": ("kpu_pas1", "kpu_pas2", SourceKind.OFFICIAL_WEB, ""),
        "relawan": ("kp_pas1", "kp_pas2", SourceKind.VOLUNTEERS, ""),
    }
    made = {}
    for name, (one, two, kind, level) in named.items():
        lines = [(f"{r['kel_id']}{int(r['tps']):03}", *_read(r, one, two)) for r in rows]
        made[name] = _import(election, folder, name, kind, level, "tps_id", lines)
    lines = [(r["kel_id"], r["r1"], r["r2"]) for r in recap]
    made["rekap"] = _import(election, folder, "rekap", SourceKind.RECAP, "desa", "area_code", lines)
    return made


def _read(row: dict[str, str], one: str, two: str) -> tuple[str, str]:
    """0 and 0 of the volunteers, with a form that was never read through, is no figure."""
    unread = one.startswith("kp_") and row[one] == row[two] == "0" and row["kp_sah"] in ("", "0")
    return ("", "") if unread else (row[one], row[two])


def _tree(rows: list[dict[str, str]], recap: list[dict[str, str]]) -> Election:
    election = Election.objects.create(
        code=CODE, law=CODE, name_id=CODE, name_en=CODE, day=date(2019, 4, 17), scheme="kpu-2019"
    )
    regency = _area(election, "72007", "kabupaten", "LUWU UTARA", None)
    districts = sorted({r["kec"] for r in recap})
    made = {name: _area(election, f"kec{n}", "kecamatan", name, regency) for n, name in enumerate(districts)}
    stations = {r["kel_id"]: int(r["ntps"] or 0) for r in recap}
    villages = {
        r["kel_id"]: _area(election, r["kel_id"], "desa", r["kel"], made[r["kec"]], stations[r["kel_id"]])
        for r in recap
    }
    for row in rows:
        village = villages[row["kel_id"]]
        _area(election, f"{row['kel_id']}{int(row['tps']):03}", "tps", f"{int(row['tps']):03}", village, 1)
    return election


def _area(
    election: Election, code: str, level: str, name: str, parent: Area | None, stations: int | None = None
) -> Area:
    return Area.objects.create(
        election=election, code=code, level=level, name=name, parent=parent, source="t", stations=stations,
        path=f"{parent.path if parent else '/'}{code}/",
    )  # fmt: skip


def _import(
    election: Election, folder: Path, name: str, kind: SourceKind, level: str, key: str, lines: list[Any]
) -> Source:
    path = folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([key, "paslon_1", "paslon_2"])
        writer.writerows(lines)
    spec = SourceSpec(name, "ppwp", kind, title_id=name.title(), title_en=name.title(), level=level)
    source = ensure_source(scope=ROOT, election=election, spec=spec, at=AT)
    outcome = import_results(scope=ROOT, source=source, path=path, at=AT)
    assert not outcome.rejects
    return source


def agreed_and_different(rows: list[dict[str, str]], recap: list[dict[str, str]]) -> Iterator[str]:
    """Plain Python over the files: villages of which every station is read by both, both say the same, and the
    recapitulation says something else."""
    for village in recap:
        mine = [row for row in rows if row["kel_id"] == village["kel_id"]]
        if not mine or village["r1"] == "" or len(mine) < int(village["ntps"]):
            continue
        readings = [(_read(row, "kpu_pas1", "kpu_pas2"), _read(row, "kp_pas1", "kp_pas2")) for row in mine]
        if any(a != b or "" in a for a, b in readings):
            continue
        sums = [sum(int(a[n]) for a, _ in readings) for n in (0, 1)]
        if sums != [int(village["r1"]), int(village["r2"])]:
            yield village["kel_id"]
