"""Paper: a Typst document becomes a PDF/A-2b whose bytes depend on nothing but the document and its data.

No font of the machine is used (those inside Typst are), no file and no clock is read, nothing is fetched. Data goes in
as one JSON text, ``#let data = json(bytes(sys.inputs.data))``, so that no word of it is ever taken for markup.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import segno
import typst

STANDARD: Literal["a-2b"] = "a-2b"


def pdf(document: str, data: Any, *, at: datetime) -> bytes:
    """The document with ``data`` (what JSON can hold) as PDF/A-2b. ``at`` is the moment written into the file.

    The same arguments give the same bytes.

    :raises RuntimeError: the document is wrong (``typst.TypstError``)
    """
    with TemporaryDirectory(prefix="satusuara-kertas-") as nothing:
        made = typst.Compiler(
            document.encode(),
            root=Path(nothing),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True)},
            package_path=Path(nothing),
            package_cache_path=Path(nothing),
        ).compile(format="pdf", pdf_standards=STANDARD, timestamp=int(at.timestamp()))
    if not isinstance(made, bytes):
        raise RuntimeError("one document gives one PDF")
    return made


def qr_svg(said: str, *, css: str = "qr") -> str:
    """A QR code as an inline SVG without styles, dark on light with its quiet zone; ``css`` is its class."""
    code = segno.make(said, error="m", micro=False)
    return str(code.svg_inline(svgclass=css, lineclass="qr-dark", omitsize=True, light="#fff", border=3))
