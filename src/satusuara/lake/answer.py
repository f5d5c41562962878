"""A table as the answer to a request: CSV in a stream, XLSX and Parquet made first."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from satusuara.lake.write import Row, csv_lines, write_table

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


def table_answer(columns: Sequence[str], rows: Iterable[Row], name: str, ending: str) -> HttpResponseBase:
    """``name``: of the file, without its ending; of letters, digits, hyphens and underscores."""
    if ending == "csv":
        answer = StreamingHttpResponse(csv_lines(columns, rows), content_type=TYPES[ending])
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return answer
    with tempfile.TemporaryDirectory(prefix="satusuara-") as folder:
        path = Path(folder) / f"{name}.{ending}"
        write_table(path, columns, rows)
        file = path.open("rb")  # stays readable when its folder is gone
    return FileResponse(file, as_attachment=True, filename=path.name, content_type=TYPES[ending])
