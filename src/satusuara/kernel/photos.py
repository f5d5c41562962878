"""A photo from a phone, made fit to keep: turned as its EXIF says, made smaller, written anew without any metadata.

Where it was taken, by which phone and when stands in the metadata of what a phone sends; none of it is kept.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile

from PIL import Image, ImageOps, UnidentifiedImageError

from satusuara.kernel.errors import NotFound, Refusal
from satusuara.kernel.i18n import Text

LARGEST = 20 * 1024 * 1024
"""Bytes of one photo as a phone sends it."""
SIDE = 2560
"""Pixels of the longer side of what is kept: a line of a form stays legible."""
_PIXELS = 60_000_000
_FORMATS = ("JPEG", "PNG", "WEBP")


def clean(content: bytes) -> bytes:
    """The picture alone as JPEG: upright, at most ``SIDE`` pixels, no metadata. The same photo gives the same bytes.

    :raises Refusal: ``photo-too-large``, ``photo-unreadable``
    """
    if len(content) > LARGEST:
        raise too_large()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=_FORMATS) as sent:
                if sent.width * sent.height > _PIXELS:
                    raise too_large()
                sent.draft("RGB", (SIDE, SIDE))  # a JPEG is decoded no larger than needed
                upright = ImageOps.exif_transpose(sent).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombWarning) as error:
        raise Refusal(
            "photo-unreadable",
            Text("Foto tidak dapat dibaca", "The photo cannot be read"),
            remedy=Text("Kirim foto JPEG, PNG, atau WebP.", "Send a JPEG, PNG or WebP photo."),
        ) from error
    upright.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    bare = Image.new("RGB", upright.size)  # a new picture: nothing of the old one's tables comes along
    bare.paste(upright)
    into = BytesIO()
    bare.save(into, "JPEG", quality=82)
    return into.getvalue()


def keep(folder: Path, content: bytes) -> str:
    """Cleans a photo, keeps it in ``folder`` under its own hash, and returns the SHA-256; the same one is kept once.

    :raises Refusal: see ``clean``
    """
    cleaned = clean(content)
    sha256 = hashlib.sha256(cleaned).hexdigest()
    path = _path(folder, sha256)
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder, prefix="datang-", delete=False) as into:
            into.write(cleaned)
            into.flush()
            os.fsync(into.fileno())
        Path(into.name).replace(path)
    return sha256


def read(folder: Path, sha256: str) -> bytes:
    """The bytes of a kept photo. Whoever calls has checked that it may be seen.

    :raises NotFound: ``no-photo``
    """
    path = _path(folder, sha256)
    if not sha256.isalnum() or not path.is_file():
        raise NotFound("no-photo", Text("Foto tidak ada", "There is no such photo"))
    return path.read_bytes()


def _path(folder: Path, sha256: str) -> Path:
    return folder / f"{sha256}.jpg"


def too_large() -> Refusal:
    return Refusal(
        "photo-too-large",
        Text("Foto terlalu besar", "The photo is too large"),
        remedy=Text("Kirim foto di bawah 20 MB.", "Send a photo below 20 MB."),
    )
