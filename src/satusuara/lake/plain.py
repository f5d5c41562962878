"""CSV as it really arrives: with a BOM, with semicolons, cut off, or in another encoding. Says which byte or row."""

from __future__ import annotations

import codecs
import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from satusuara.kernel.errors import Place, Refusal
from satusuara.kernel.i18n import Text

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.sql import SQLBackend

_DELIMITERS = ",;\t|"
_CHUNK = 1 << 20
_LONGEST_HEADER = 1 << 20
SAVE_AS_UTF8 = Text('Simpan ulang sebagai "CSV UTF-8".', 'Save it again as "CSV UTF-8".')


@dataclass(frozen=True, slots=True)
class Header:
    names: tuple[str, ...]
    delimiter: str


def read_header(path: Path) -> Header:
    """The names of a CSV and what separates them: comma, semicolon (usual in Indonesia), tab or bar.

    Raises ``Refusal`` for a file without a header. The file is known to be UTF-8.
    """
    with path.open("rb") as file:
        start = file.read(_LONGEST_HEADER)
    if start.startswith(codecs.BOM_UTF8):
        start = start[len(codecs.BOM_UTF8) :]
    lines = start.splitlines()
    if not start.strip() or not lines[0].strip():
        raise Refusal(
            "file-empty",
            Text("berkas kosong: baris judul tidak ada", "the file is empty: there is no header row"),
            place=Place(file=path.name, row=1),
        )
    first = lines[0].decode("utf-8")
    delimiter = max(_DELIMITERS, key=first.count) if any(d in first for d in _DELIMITERS) else ","
    return Header(tuple(next(csv.reader([first], delimiter=delimiter))), delimiter)


def require_utf8(path: Path) -> None:
    """Reads the whole file once, a piece at a time, and refuses the first byte that is not UTF-8 (or is NUL)."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    rows, read = 1, 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            held = len(decoder.getstate()[0])
            nul = chunk.find(b"\0")
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                at = error.start - held  # negative where the character began in the piece before
                raise not_utf8(path, row=rows + chunk.count(b"\n", 0, max(at, 0)), byte=read + at) from error
            if nul >= 0:
                raise not_utf8(path, row=rows + chunk.count(b"\n", 0, nul), byte=read + nul)
            if not chunk:
                return
            rows += chunk.count(b"\n")
            read += len(chunk)


def not_utf8(path: Path, *, row: int, byte: int) -> Refusal:
    return Refusal(
        "file-encoding",
        Text(f"berkas bukan UTF-8: byte ke-{byte + 1} tidak terbaca", f"not UTF-8: byte {byte + 1} cannot be read"),
        place=Place(file=path.name, row=row),
        remedy=SAVE_AS_UTF8,
        details={"byte": byte + 1},
    )


def open_csv(connection: SQLBackend, pattern: str, header: Header, names: list[str]) -> ir.Table:
    """Every cell as text, nothing guessed; read anew, in a stream, by each query. ``_row`` counts the records."""
    import ibis

    duckdb: Any = connection
    table: ir.Table = duckdb.read_csv(
        pattern,
        columns=dict.fromkeys(names, "VARCHAR"),
        header=True,
        delim=header.delimiter,
        quote='"',
        escape='"',
        strict_mode=True,
        null_padding=False,
        max_line_size=_LONGEST_HEADER,
    )
    return table.mutate(_row=(ibis.row_number() + 2).cast("int64"))


def refusal_of(message: str, path: Path) -> Refusal:
    """What DuckDB's CSV reader says, as a sentence with the row."""
    row = None
    if "CSV Error on Line: " in message:
        row = int(message.split("CSV Error on Line: ", 1)[1].split("\n", 1)[0])
    place = Place(file=path.name, row=row)
    if "Expected Number of Columns" in message:
        wanted, found = message.split("Expected Number of Columns: ", 1)[1].split("\n", 1)[0].split(" Found: ")
        return Refusal(
            "file-ragged",
            Text(
                f"baris ini berisi {found} kolom, judul {wanted}", f"this row has {found} columns, the header {wanted}"
            ),
            place=place,
            remedy=Text(
                "Berkas mungkin terpotong; minta lagi dari sumbernya.",
                "The file may be cut off; ask for it again where it came from.",
            ),
        )
    if "unterminated quote" in message:
        return Refusal("file-quote", Text("tanda kutip tidak ditutup", "a quotation mark is not closed"), place=place)
    return Refusal("file-unreadable", Text("CSV tidak dapat dibaca", "the CSV cannot be read"), place=place)
