"""Photos of a form's sheets: turned, without metadata, kept under their own hash, sealed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from satusuara import law as laws
from satusuara.areas.models import Area
from satusuara.count import papers
from satusuara.count.actions.entering import paper_of
from satusuara.count.models import Photo
from satusuara.kernel import photos
from satusuara.ledger.actions import Seal, seal
from satusuara.people.choices import Right
from satusuara.people.queries import Scope


def folder() -> Path:
    """Where photos of forms are kept."""
    return Path(settings.HOME) / "uploads"


def add_photo(*, scope: Scope, area: Area, contest: str, content: bytes, at: datetime) -> Photo:
    """Keeps a photo of a form's sheet. The same photo again is the same one; none is ever replaced.

    :raises Forbidden: without IMPORT at the station
    :raises Refusal: ``entry-not-a-station``; ``photo-too-large``, ``photo-unreadable``
    """
    scope.require(Right.IMPORT, area)
    papers.require_station(laws.load_law(area.election.law), area)
    sha256 = photos.keep(folder(), content)
    with transaction.atomic():
        paper = paper_of(scope=scope, area=area, contest=contest, at=at)
        known = Photo.objects.filter(paper=paper, sha256=sha256).first()
        if known is not None:
            return known
        row = Photo.objects.create(paper=paper, sha256=sha256, at=at, by=scope.name)
        made = Seal("count.add_photo", "count.photo", str(row.pk), papers.photo_payload(row))
        seal(at=at, by=scope.name, seals=[made])
    return row
