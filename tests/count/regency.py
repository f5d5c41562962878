"""A tree of a few stations to import into, and result files for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from satusuara.areas.models import Area, Election
from satusuara.count.actions import ImportOutcome, SourceSpec, ensure_source, import_results
from satusuara.count.choices import SourceKind
from satusuara.count.models import Source
from satusuara.people.queries import Scope

AT = datetime(2024, 2, 20, 12, tzinfo=UTC)
LEVELS = {2: "provinsi", 4: "kabupaten", 6: "kecamatan", 10: "desa", 13: "tps"}
HEADER = "tps_id,voters_l,voters_p,voters,valid,invalid,total,paslon_1,paslon_2,paslon_3"
ROOT = Scope.system("import")


def build_tree(stations: Sequence[str], code: str = "id-2024") -> Election:
    """An election with these stations and everything above them."""
    election, _ = Election.objects.get_or_create(
        code=code,
        defaults={"law": code, "name_id": code, "name_en": code, "day": date(2024, 2, 14), "scheme": "t"},
    )
    areas: dict[str, Area] = {}
    for width, level in LEVELS.items():
        for one in sorted({station[:width] for station in stations}):
            parent = max((a for a in areas.values() if one.startswith(a.code)), key=lambda a: len(a.code), default=None)
            areas[one] = Area(
                election=election, code=one, level=level, name=f"{level} {one[-3:]}", parent=parent, source="t",
                path=f"{parent.path if parent else '/'}{one}/",
                stations=sum(station.startswith(one) for station in stations),
            )  # fmt: skip
        Area.objects.bulk_create([a for a in areas.values() if len(a.code) == width])
    return election


def station(number: int, village: str = "7322012001") -> str:
    return f"{village}{number:03}"


def file_of(folder: Path, *rows: str, name: str = "hasil.csv", header: str = HEADER) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *rows, ""]))
    return path


def source_of(election: Election, name: str = "sirekap", level: str = "") -> Source:
    spec = SourceSpec(name, "ppwp", SourceKind.OFFICIAL_WEB, level=level)
    return ensure_source(scope=ROOT, election=election, spec=spec, at=AT)


def load(source: Source, path: Path, scope: Scope = ROOT, at: datetime = AT, file_name: str = "") -> ImportOutcome:
    return import_results(scope=scope, source=source, path=path, at=at, file_name=file_name)


def counts(outcome: ImportOutcome) -> tuple[int, int, int, int]:
    return outcome.added, outcome.changed, outcome.unchanged, outcome.rejected
