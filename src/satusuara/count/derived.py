"""What is kept for speed and not sealed, held against what is sealed: sums of areas, and the status of forms.

The ledger names a changed version of a form. Whoever changes a sum that a public page shows, or takes a finding away,
is named here; ``doctor`` asks.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, F, Q

from satusuara import law as laws
from satusuara.count.choices import FormStatus
from satusuara.count.models import AreaSummary, Form, Source
from satusuara.count.queries import form_lines
from satusuara.count.tally import Tally, add_up


def untrue_sums() -> Iterator[str]:
    """Areas whose kept sums are not those of the forms below them, as "source area"; costs one pass over all forms."""
    for source in Source.objects.select_related("election").order_by("pk"):
        own = source.level != laws.load_law(source.election.law).station_level
        wanted = {path: _figures(tally) for path, tally in add_up(form_lines(source), own=own).items()}
        rows = AreaSummary.objects.filter(source=source).select_related("area").order_by("area__code")
        for row in rows.iterator(chunk_size=2000):
            if wanted.pop(row.area.path, None) != _kept(row):
                yield f"{source.name} {row.area.code}"
        yield from (f"{source.name} {path}" for path in wanted)


def _figures(tally: Tally) -> tuple[object, ...]:
    counts = tuple(tally.by_status.get(status.value, 0) for status in FormStatus)
    return (tally.forms, tally.warnings, tally.complete, tally.failures, counts, tally.sums, tally.given)


def _kept(row: AreaSummary) -> tuple[object, ...]:
    counts = tuple(getattr(row, status.value) for status in FormStatus)
    return (row.forms, row.warnings, row.complete, row.failures, counts, row.sums, row.given)


def untrue_status() -> Iterator[str]:
    """Forms whose status or number of failures is not what their findings say, as "source area"."""
    hard = Count("version__findings", filter=~Q(version__findings__kind="warning"))
    soft = Count("version__findings", filter=Q(version__findings__kind="warning"))
    failing = Q(status=FormStatus.FAILING)
    rows = Form.objects.annotate(hard=hard, soft=soft).filter(
        ~Q(hard=F("failures")) | ~Q(soft=F("warnings")) | Q(hard__gt=0) & ~failing | Q(hard=0) & failing
    )
    for name, code in rows.order_by("pk").values_list("source__name", "area__code").iterator():
        yield f"{name} {code}"
