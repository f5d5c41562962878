"""Outlines and points out of the published GeoJSON files, for ``make_facts``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

FILES = ("sulsel_kab_73.geojson", "luwu_utara_kec.geojson", "luwu_utara_kel.geojson")


def marker_of(path: Path, code: str) -> tuple[float, float]:
    """(lon, lat) that the source itself gives as the point of an area."""
    for feature in _features(path):
        if feature["properties"]["kode"] == code:
            return float(feature["properties"]["lng"]), float(feature["properties"]["lat"])
    raise LookupError(code)


def boundaries(db: duckdb.DuckDBPyConnection, folder: Path, path: Path) -> None:
    """Every outline as GeoJSON MultiPolygon coordinates: as published, six decimals, also where it crosses itself."""
    db.execute("CREATE TEMP TABLE outlines (n INT, code VARCHAR, coordinates VARCHAR)")
    for n, name in enumerate(FILES):
        rows = [(n, feature["properties"]["kode"], _coordinates(feature)) for feature in _features(folder / name)]
        db.executemany("INSERT INTO outlines VALUES (?, ?, ?)", rows)
    db.execute(
        f"COPY (SELECT code, coordinates FROM outlines ORDER BY n, code) TO '{path}' "
        "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 19)"
    )


def _features(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text())["features"]
    return found


def _coordinates(feature: dict[str, Any]) -> str:
    geometry = feature["geometry"]
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return json.dumps(polygons, separators=(",", ":"))
