"""What is seen, as a file: forms of an area as CSV, XLSX or Parquet; and the receipt of one form's version."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from satusuara.count import queries as count
from satusuara.count.models import Source
from satusuara.count.pages.listing import Asked
from satusuara.kernel.errors import NotFound
from satusuara.kernel.i18n import Text
from satusuara.lake.write import Row, csv_lines, write_table
from satusuara.ledger.actions import sign_checkpoint
from satusuara.ledger.queries import last_entry_of, latest_checkpoint, receipt_of
from satusuara.people.choices import Right
from satusuara.recap.pages.differing import areas_differing
from satusuara.web.control.place import Place, place_of
from satusuara.web.control.station import SUBJECT, version_at

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


@require_safe
@login_required
def download(request: HttpRequest, election: str, contest: str, area_code: str, ending: str) -> HttpResponseBase:
    """GET: the forms that the same query shows in the list. CSV is streamed; the others are made first."""
    place = place_of(request, election, contest, area_code)
    place.scope.require(Right.EXPORT, place.area)
    if place.source is None:
        raise _nothing()
    asked = Asked.of(request.GET.dict(), place.law)
    columns, rows = _table(place, place.source, asked)
    name = f"{election}-{contest}-{area_code}-{place.source.name}.{ending}"
    if ending == "csv":
        answer = StreamingHttpResponse(csv_lines(columns, rows), content_type=TYPES[ending])
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
    return _made(columns, rows, name, ending)


def _table(place: Place, source: Source, asked: Asked) -> tuple[list[str], Iterable[Row]]:
    differs = asked.status == "differs"
    return count.result_table(
        place.scope,
        source,
        place.area,
        status="" if differs else asked.status,
        identity=asked.identity,
        text=asked.text,
        only=areas_differing(source) if differs else None,
    )


def _made(columns: list[str], rows: Iterable[Row], name: str, ending: str) -> FileResponse:
    """Written to a file that is gone as soon as it was sent."""
    with tempfile.TemporaryDirectory(prefix="satusuara-unduh-") as folder:
        path = Path(folder) / name
        write_table(path, columns, rows)
        file = path.open("rb")  # stays readable when its folder is gone
    return FileResponse(file, as_attachment=True, filename=name, content_type=TYPES[ending])


def _nothing() -> NotFound:
    return NotFound(
        "no-figures",
        Text("Belum ada angka untuk diunduh", "There are no figures to download yet"),
        remedy=Text("Masukkan hasil dahulu.", "Import results first."),
    )


@require_safe
@login_required
def receipt(request: HttpRequest, election: str, contest: str, area_code: str) -> HttpResponse:
    """GET: what proves that a version of the form stands in the log, to be checked without this system
    (``satusuara ledger verify FILE``). ``?sumber=&versi=``."""
    place = place_of(request, election, contest, area_code)
    version = version_at(place, place.source, request.GET.get("versi", ""))
    entry = last_entry_of(SUBJECT, str(version.pk))
    stated = latest_checkpoint()
    if stated is None or stated.size <= entry.index:
        stated = sign_checkpoint(at=timezone.now())
    text = json.dumps(receipt_of(entry, stated), ensure_ascii=False, indent=1)
    answer = HttpResponse(f"{text}\n", content_type="application/json; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="catatan-{entry.index}.json"'
    return answer
