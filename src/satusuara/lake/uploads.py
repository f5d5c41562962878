"""Files that somebody sends: kept once, under their own hash, readable by the owner only; no name is ever a path."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from satusuara.kernel.errors import Place, Refusal
from satusuara.kernel.file_names import clean_name
from satusuara.kernel.i18n import Text
from satusuara.lake.files import ENDINGS

LARGEST = 2 * 1024**3
"""Bytes of one upload (a nation's table of a contest is a tenth of it); larger files go in by ``satusuara import``."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was sent. ``name``: how the sender calls it."""

    sha256: str
    ending: str
    name: str

    @property
    def path(self) -> Path:
        return folder() / f"{self.sha256}{self.ending}"


def folder() -> Path:
    """Where they are kept, made when it is not there."""
    found = Path(settings.HOME) / "uploads"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def require_size(size: int) -> None:
    """Refuses what is too large to be sent.

    :raises Refusal: ``file-too-large``
    """
    if size > LARGEST:
        raise Refusal(
            "file-too-large",
            Text("Berkas lebih besar dari 2 GB", "The file is larger than 2 GB"),
            remedy=Text(
                "Bagi menurut wilayah, atau masukkan di server dengan perintah satusuara import.",
                "Divide it by area, or load it on the server with satusuara import.",
            ),
        )


def keep(file: UploadedFile[Any], also: Sequence[str] = ()) -> Kept:
    """Writes a file under its hash, a piece at a time; the same file again is the same one. ``also``: endings that are
    taken beside those of tables.

    :raises Refusal: ``file-too-large``, ``file-ending``
    """
    name = clean_name(file.name or "")
    ending = Path(name).suffix.lower()
    require_size(file.size or 0)
    if ending not in (*ENDINGS, *also):
        raise Refusal(
            "file-ending",
            Text(f'Akhiran "{ending}" tidak dikenal', f'The ending "{ending}" is unknown'),
            place=Place(file=name),
            remedy=Text("Pakai .csv, .parquet, atau .xlsx.", "Use .csv, .parquet or .xlsx."),
        )
    digest = hashlib.sha256()
    with NamedTemporaryFile(dir=folder(), prefix="datang-", delete=False) as into:
        try:
            for chunk in file.chunks():
                digest.update(chunk)
                into.write(chunk)
            into.flush()
            os.fsync(into.fileno())
        except BaseException:
            Path(into.name).unlink(missing_ok=True)
            raise
    kept = Kept(digest.hexdigest(), ending, name)
    Path(into.name).replace(kept.path)
    return kept
