"""Reads of the files that were read into sources: who may see them, what they changed, where they are still shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db.models import QuerySet

from satusuara.areas.models import Area
from satusuara.count.models import Form, FormVersion, ImportBatch, RejectedRow
from satusuara.count.queries import sees_all_of
from satusuara.people.queries import Scope, not_your_area


def may_see_batch(scope: Scope, batch: ImportBatch) -> bool:
    """Whoever read the file himself, and whoever sees all of its source."""
    return bool(scope.name) and (batch.by == scope.name or sees_all_of(scope, batch.source))


def batch(scope: Scope, number: int) -> ImportBatch:
    """A file that was read.

    :raises Forbidden: the same whether there is none or it is not one's own
    """
    found = ImportBatch.objects.filter(pk=number).select_related("source__election").first()
    if found is None or not may_see_batch(scope, found):
        raise not_your_area()
    return found


def held_back(scope: Scope, batch: ImportBatch) -> QuerySet[RejectedRow]:
    """The rows held back of a file, for whoever may see it."""
    rows = RejectedRow.objects.filter(batch=batch).order_by("row", "pk")
    return rows if may_see_batch(scope, batch) else rows.none()


def recent_batches(scope: Scope, limit: int = 20) -> list[ImportBatch]:
    """The files read last that the asker may see."""
    rows = ImportBatch.objects.select_related("source__election").order_by("-at", "-pk")
    return list(islice((row for row in rows[: 10 * limit] if may_see_batch(scope, row)), limit))


# --- for this chapter's actions: unguarded, never for a page ---


@dataclass(frozen=True, slots=True)
class Change:
    """A form that a file gave other figures: {column: (before, after)}, None for a blank or an absent cell."""

    area: Area
    cells: Mapping[str, tuple[int | None, int | None]]


def changes_of(batch: ImportBatch, limit: int) -> Iterator[Change]:
    """The first forms whose figures a file changed, by code."""
    rows = FormVersion.objects.filter(batch=batch, number__gt=1).select_related("form__area__parent")
    found = list(rows.order_by("form__area__code")[:limit])
    earlier = {
        (row.form_id, row.number): row.cells
        for row in FormVersion.objects.filter(form__in=[row.form_id for row in found])
    }
    for row in found:
        before, after = earlier[row.form_id, row.number - 1], row.cells
        names = [*after, *(name for name in before if name not in after)]
        cells = {n: (before.get(n), after.get(n)) for n in names if before.get(n) != after.get(n)}
        yield Change(row.form.area, cells)


def forms_showing(batch: ImportBatch) -> QuerySet[Form]:
    """Forms whose current figures come from a file."""
    rows = Form.objects.filter(version__batch=batch).select_related("area", "version", "source")
    return rows.order_by("area__code")


def figures_before(forms: Sequence[Form], batch: ImportBatch) -> dict[int, dict[str, int | None]]:
    """{form: what it showed before a file}, every cell blank where it showed nothing."""
    found = {form.pk: dict.fromkeys(form.version.cells if form.version else ()) for form in forms}
    rows = FormVersion.objects.filter(form__in=list(found)).exclude(batch=batch).order_by("number")
    last = {form.pk: form.version.number for form in forms if form.version}
    for row in rows:
        if row.number < last[row.form_id]:
            found[row.form_id] = row.cells
    return found
