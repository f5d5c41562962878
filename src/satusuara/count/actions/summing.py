"""Sums of areas kept up to date form by form: what one typed form changes, without adding up all others again."""

from __future__ import annotations

from satusuara import law as laws
from satusuara.areas.models import Area
from satusuara.count.actions.importing import summary_of
from satusuara.count.models import AreaSummary, Source
from satusuara.count.queries import Line, expected_below
from satusuara.count.tally import Tally, ancestors


def shift_summaries(*, source: Source, before: Line | None, after: Line) -> None:
    """Puts one form's figures in the place of those it had, in the sums of every area above.

    ``doctor`` adds everything up again and would name a sum that is not that of its forms.
    """
    paths = list(ancestors(after.path))
    areas = {area.path: area for area in Area.objects.filter(election=source.election_id, path__in=paths)}
    rows = AreaSummary.objects.select_for_update().filter(source=source, area__in=areas.values())
    known = {row.area_id: row for row in rows.order_by("pk")}
    station = laws.load_law(source.election.law).station_level
    new = [area for area in areas.values() if area.pk not in known]
    expected = expected_below(source, new, station=station) if new else {}
    fresh = []
    for area in areas.values():
        row = known.get(area.pk)
        tally = _tally_of(row) if row else Tally()
        if before is not None:
            tally.drop(before)
        tally.add(after)
        fresh.append(summary_of(source, area, tally, row.expected if row else expected[area.path]))
    AreaSummary.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["source", "area"],
        update_fields=[
            "expected", "forms", "consistent", "incomplete", "empty", "failing", "warnings", "complete", "failures",
            "sums", "given",
        ],
    )  # fmt: skip


def _tally_of(row: AreaSummary) -> Tally:
    by_status = {name: getattr(row, name) for name in ("consistent", "incomplete", "empty", "failing")}
    return Tally(row.forms, row.warnings, row.complete, row.failures, by_status, row.sums, row.given)
