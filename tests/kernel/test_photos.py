"""What is kept of a phone's photo: the picture, upright; nothing of where, when and by which phone."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from satusuara.kernel import photos
from satusuara.kernel.errors import NotFound, Refusal


def picture(orientation: int = 1, size: tuple[int, int] = (80, 40), form: str = "JPEG") -> bytes:
    """Left half red, right half blue, as a phone writes it: with its orientation, its maker and a place."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Pembuat"
    exif.get_ifd(0x8825)[1] = "S"  # GPS
    into = BytesIO()
    image.save(into, form, exif=exif)
    return into.getvalue()


def test_a_photo_is_turned_upright_and_loses_its_metadata() -> None:
    sent = picture(orientation=6)
    assert b"Pembuat" in sent
    kept = photos.clean(sent)
    assert b"Pembuat" not in kept
    with Image.open(BytesIO(kept)) as image:
        assert image.size == (40, 80), "orientation 6: a quarter to the right"
        assert not image.getexif()
        red, _, blue = image.getpixel((20, 5))  # type: ignore[misc]
        assert red > 200 > 100 > blue, "what was left is on top now"


def test_the_same_photo_is_kept_once_under_its_hash(tmp_path: Path) -> None:
    first, again = photos.keep(tmp_path / "foto", picture()), photos.keep(tmp_path / "foto", picture())
    assert first == again
    assert [path.name for path in (tmp_path / "foto").iterdir()] == [f"{first}.jpg"]
    assert photos.read(tmp_path / "foto", first) == photos.clean(picture())
    for unknown in ("0" * 64, "../" + first):
        with pytest.raises(NotFound, match="no-photo"):
            photos.read(tmp_path / "foto", unknown)


def test_a_large_photo_is_made_smaller() -> None:
    with Image.open(BytesIO(photos.clean(picture(size=(4000, 1000), form="PNG")))) as image:
        assert image.size == (photos.SIDE, 640)


@pytest.mark.parametrize("sent", [b"", b"GIF89a", b"<svg/>", picture()[:200]])
def test_what_is_no_photo_is_refused(sent: bytes) -> None:
    with pytest.raises(Refusal, match="photo-unreadable"):
        photos.clean(sent)


def test_a_photo_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "LARGEST", 100)
    with pytest.raises(Refusal, match="photo-too-large"):
        photos.clean(picture())
    monkeypatch.setattr(photos, "LARGEST", 1 << 20)
    monkeypatch.setattr(photos, "_PIXELS", 100)
    with pytest.raises(Refusal, match="photo-too-large"):
        photos.clean(picture())
