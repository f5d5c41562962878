"""Paper says the same in the same bytes, and no word that was typed becomes markup."""

from __future__ import annotations

from datetime import UTC, datetime

from satusuara.kernel.paper import pdf, qr_svg

AT = datetime(2024, 2, 8, 2, tzinfo=UTC)
DOCUMENT = '#set document(title: "x")\n#let data = json(bytes(sys.inputs.data))\n#data.said'


def test_a_document_is_pdf_a_and_reproducible() -> None:
    made = pdf(DOCUMENT, {"said": "Rakor"}, at=AT)
    assert made.startswith(b"%PDF-1.7")
    assert b"pdfaid:part>2<" in made
    assert b"pdfaid:conformance>B<" in made
    assert made == pdf(DOCUMENT, {"said": "Rakor"}, at=AT)
    assert made != pdf(DOCUMENT, {"said": "rakor"}, at=AT)


def test_what_somebody_typed_is_never_markup() -> None:
    said = '#panic("x") #import "@preview/x:1.0.0" $ * _ [ \\'
    assert pdf(DOCUMENT, {"said": said}, at=AT).startswith(b"%PDF")


def test_a_qr_code_carries_no_style() -> None:
    drawn = qr_svg("https://192.168.1.2:8000/r/K7Q2/")
    assert drawn.startswith("<svg")
    assert 'class="qr"' in drawn
    assert "style" not in drawn
