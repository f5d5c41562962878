"""The detectors of this chapter: identities that do not hold, and forms that are not there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import F

from satusuara import law as laws
from satusuara.areas.models import Area, Election
from satusuara.count import faults
from satusuara.count.choices import FormStatus, SourceKind
from satusuara.count.models import Finding, Form, Source
from satusuara.kernel.i18n import Text
from satusuara.people.choices import Right
from satusuara.people.queries import Scope, below
from satusuara.risk.registry import Detector, Sighting, register_detector, register_fault

IDENTITY, MISSING = "count.identity", "count.missing"


def failing_identities(scope: Scope, election: Election, area: Area, _at: datetime) -> Iterator[Sighting]:
    """Every identity that does not hold on the current version of a form at and below an area."""
    rows = Finding.objects.filter(
        version__form__source__election=election, version__pk=F("version__form__version")
    ).filter(below("version__form__area__path", area.path, "default"))
    rows = scope.filter(rows, Right.SEE, area_field="version__form__area")
    values = rows.order_by("pk").values_list(
        "version__form__area", "version__form__area__code", "version__form__source__contest",
        "version__form__source__name", "version__number", "version__batch__at", "identity", "left", "right",
    )  # fmt: skip
    for pk, code, contest, source, number, seen, identity, left, right in values.iterator(chunk_size=5000):
        payload = {"contest": contest, "source": source, "version": number, "left": left, "right": right}
        yield Sighting(pk, f"{contest}/{source}/{code}/{identity}", seen, payload, rule=identity)


def missing_forms(scope: Scope, election: Election, area: Area, at: datetime) -> Iterator[Sighting]:
    """Stations of which a source has no form, or an empty one, once the day after voting has begun there.

    Only sources that have any form at all; a recapitulation is another chapter's.
    """
    law = laws.load_law(election.law)
    zone = ZoneInfo(law.zone_of(area.code)[0])
    if at.astimezone(zone).date() < election.day + dt.timedelta(days=1):
        return
    places = Area.objects.filter(election=election, level=law.station_level)
    places = scope.filter(places.filter(below("path", area.path, places.db)), Right.SEE, area_field="")
    stations = dict(places.values_list("pk", "code"))
    sources = Source.objects.filter(election=election, level=law.station_level).exclude(kind=SourceKind.RECAP)
    for source in sources.order_by("pk"):
        forms = Form.objects.filter(source=source).filter(below("area__path", area.path, "default"))
        written = set(forms.exclude(status=FormStatus.EMPTY).values_list("area", flat=True))
        if not written:
            continue
        for pk, code in sorted(stations.items(), key=lambda each: each[1]):
            if pk not in written:
                payload = {"contest": source.contest, "source": source.name}
                yield Sighting(pk, f"{source.contest}/{source.name}/{code}", at, payload)


def register_signals() -> None:
    """Called once, when the chapter is ready."""
    register_detector(
        Detector(
            IDENTITY, "count", Text("hitungan formulir yang tidak cocok", "arithmetic of a form that does not hold"),
            failing_identities,
        )
    )  # fmt: skip
    register_detector(
        Detector(MISSING, "count", Text("formulir yang belum ada atau kosong", "forms missing or empty"), missing_forms)
    )
    register_fault("count.digit", faults.digit)
    register_fault("count.withhold", faults.withhold)
    register_fault("count.voters", faults.breaking("I2", "I4", "I5"))
    register_fault("count.ballot_account", faults.breaking("I3"))
    register_fault("count.reserve", faults.breaking("I12"))
    register_fault("count.over_cap", faults.breaking("I11"))
    register_fault("count.stuffing", faults.breaking("I9", "I10", "I13"))
