"""Result files as the commission's public pages serve them (law folder, published.toml): JSON as forms, one by one.

A file is one JSON named by its station's code, or a ZIP of such files in any folders. An entry's name is never a path:
only its last part is read, and nothing is written. ``row`` is the entry's number in the archive, from 1.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from satusuara.count.models import Source
from satusuara.count.readings import FormReading, Read, Rejected
from satusuara.count.readings import opened as table_opened
from satusuara.kernel.errors import Place, Refusal
from satusuara.kernel.file_names import clean_name
from satusuara.kernel.i18n import Text
from satusuara.lake.cells import FRACTION, MAX, NEGATIVE, NOT_A_NUMBER, TOO_LARGE, TWICE
from satusuara.law.model import Law
from satusuara.law.published import PublishedContest, PublishedSpec

ENDINGS = (".json", ".zip")
KEY = "tps_id"
LARGEST_ENTRY = 1 << 20  # bytes of one form: a served one has about 1,500
_IMAGES = 50
_ADDRESS = re.compile(r"https?://[^\s\"'<>\\]{1,400}")
_NO_VOTES = "null"  # a key of the chart that the pages serve beside the choices, always without a figure

UNREADABLE = Text("bukan JSON yang sah, atau terpotong", "not valid JSON, or cut off")
TOO_LONG = Text("lebih besar dari 1 MB", "larger than 1 MB")
UNKNOWN_KEY = Text("tidak dikenal", "not known")


@dataclass(frozen=True, slots=True)
class PublishedRead:
    """A published file as it was read: what ``readings.Read`` is for a table."""

    key: str
    rows: int
    found: tuple[FormReading, ...]
    held: tuple[Rejected, ...]

    @property
    def rejected(self) -> int:
        return self.rows - len(self.found)

    def forms(self) -> Iterator[FormReading]:
        return iter(self.found)

    def rejects(self) -> Iterator[Rejected]:
        return iter(self.held)


def is_published(path: Path) -> bool:
    """Whether a file is of this kind: by its ending."""
    return path.suffix.lower() in ENDINGS


@contextmanager
def opened(law: Law, source: Source, path: Path, votes: Path | None, file_name: str) -> Iterator[Read | PublishedRead]:
    """A result table, or a file as the commission's public pages serve it (which has no votes beside it)."""
    if not is_published(path):
        with table_opened(law, source, path, votes) as read:
            yield read
        return
    if source.level != law.station_level or votes is not None:
        raise Refusal(
            "published-stations-only",
            Text(
                "Berkas JSON publik memuat formulir TPS tanpa tabel suara di sampingnya",
                "A public JSON file holds forms of stations, without a table of votes beside it",
            ),
            place=Place(file=clean_name(file_name or path.name)),
            remedy=Text("Kirim tanpa tabel suara dan pada tingkat TPS.", "Send it alone, at the level of stations."),
        )
    yield read_published(law, source.contest, path, clean_name(file_name or path.name))


def read_published(law: Law, contest: str, path: Path, file_name: str = "") -> PublishedRead:
    """Every form of a file; one that is damaged, doubled or says what nobody knows is held back and named.

    ``file_name``: how the file is called where ``path`` is only its place (a single JSON is named by its station).

    :raises Refusal: ``file-missing``, ``file-unreadable``, ``published-unknown`` where the law does not say how the
        contest is published, ``published-empty`` for a ZIP without any JSON
    """
    spec = law.published
    keys = spec.of(contest) if spec else None
    if spec is None or keys is None:
        raise Refusal(
            "published-unknown",
            Text(
                f"{law.id} tidak memuat bentuk JSON publik untuk {contest}",
                f"{law.id} does not say how results of {contest} are published as JSON",
            ),
            place=Place(file=path.name),
            remedy=Text("Pakai CSV, Parquet, atau XLSX.", "Use CSV, Parquet or XLSX."),
        )
    name = file_name or path.name
    entries = list(_entries(path, name))
    if not entries:
        raise Refusal(
            "published-empty",
            Text("tidak ada berkas JSON di dalamnya", "there is no JSON file in it"),
            place=Place(file=name),
        )
    times = Counter(_code(entry) for _, entry, _ in entries)
    reader = _Reader(spec, keys, name)
    for row, entry, content in entries:
        reader.read(row, entry, content, twice=times[_code(entry)] > 1)
    return PublishedRead(KEY, len(entries), tuple(reader.found), tuple(reader.held))


def _entries(path: Path, name: str) -> Iterator[tuple[int, str, bytes | Text]]:
    """Number, name and content of each JSON; instead of the content why there is none."""
    if not path.is_file():
        raise Refusal("file-missing", Text("berkas tidak ada", "there is no such file"), place=Place(file=str(path)))
    if path.suffix.lower() == ".json":
        yield 1, name, path.read_bytes() if path.stat().st_size <= LARGEST_ENTRY else TOO_LONG
        return
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if info.filename.lower().endswith(".json")]
            for row, info in enumerate(infos, start=1):
                yield row, info.filename.rsplit("/", 1)[-1], _content(archive, info)
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise Refusal(
            "file-unreadable",
            Text("arsip ZIP rusak atau terpotong", "the ZIP archive is damaged or cut off"),
            place=Place(file=name),
            details={"engine": str(error)[:300]},
        ) from error


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes | Text:
    """At most ``LARGEST_ENTRY`` bytes, whatever the archive says of its size."""
    try:
        with archive.open(info) as file:
            content = file.read(LARGEST_ENTRY + 1)
    except (zipfile.BadZipFile, RuntimeError, EOFError):  # a wrong checksum, a password
        return UNREADABLE
    return content if len(content) <= LARGEST_ENTRY else TOO_LONG


def _code(entry: str) -> str:
    return Path(entry).stem


class _Reader:
    """The forms of one file and what is held back."""

    def __init__(self, spec: PublishedSpec, keys: PublishedContest, file: str) -> None:
        self._spec, self._keys, self._file = spec, keys, file
        self.found: list[FormReading] = []
        self.held: list[Rejected] = []

    def read(self, row: int, entry: str, content: bytes | Text, *, twice: bool) -> None:
        known = len(self.held)
        code = _code(entry)
        if twice:
            self._hold(row, KEY, code, TWICE)
        document = self._document(row, entry, content)
        if document is None:
            return
        fields = self._figures(row, entry, document, self._keys.figures_in, self._keys.figures)
        fields |= self._figures(row, entry, document, self._keys.votes_in, self._keys.votes)
        if len(self.held) == known:
            self.found.append(
                FormReading(code, row, fields, source_time=str(document.get(self._spec.time) or "")[:40],
                            published=self._beside(document))
            )  # fmt: skip

    def _document(self, row: int, entry: str, content: bytes | Text) -> dict[str, Any] | None:
        if isinstance(content, Text):
            self._hold(row, entry, "", content)
            return None
        try:
            return msgspec.json.decode(content, type=dict[str, Any])
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            self._hold(row, entry, content[:40].decode("utf-8", "replace"), UNREADABLE)
            return None

    def _figures(
        self, row: int, entry: str, document: Mapping[str, Any], part: str, keys: Mapping[str, str]
    ) -> dict[str, int | None]:
        """The columns of one object; where the page has no such object every one is a blank, not a zero."""
        said = document.get(part)
        if said is None:
            said = {}
        if not isinstance(said, dict):
            self._hold(row, f"{entry}: {part}", str(said), UNKNOWN_KEY)
            return {}
        for key in said.keys() - keys.keys():
            if key != _NO_VOTES or said[key] is not None:
                self._hold(row, f"{entry}: {part}.{key}", str(said[key]), UNKNOWN_KEY)
        figures: dict[str, int | None] = {}
        for key, column in keys.items():
            value = said.get(key)
            why = _why_not(value)
            if why is not None:
                self._hold(row, f"{entry}: {part}.{key}", str(value), why)
            figures[column] = None if why is not None or value is None else int(value)
        return figures

    def _beside(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """What the page says that is no figure: addresses of photos, its own notes of state."""
        images = document.get(self._spec.images) or []
        addresses = [
            one for one in images if isinstance(one, str) and _ADDRESS.fullmatch(one)
        ][:_IMAGES] if isinstance(images, list) else []  # fmt: skip
        notes = {
            name: value if isinstance(value, bool) else str(value)[:80]
            for name in self._spec.notes
            if (value := document.get(name)) is not None
        }
        return {**({"images": addresses} if addresses else {}), **({"notes": notes} if notes else {})}

    def _hold(self, row: int, column: str, value: str, reason: Text) -> None:
        self.held.append(Rejected(self._file, row, column, value[:200], reason))


def _why_not(value: object) -> Text | None:
    """Why a value is no figure; None for one that is, and for a blank."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return NOT_A_NUMBER
    if value < 0:
        return NEGATIVE
    if value != int(value):
        return FRACTION
    return TOO_LARGE if value > MAX else None
