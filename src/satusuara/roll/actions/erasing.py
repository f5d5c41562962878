"""After the election: persons are erased from the roll; counts, versions and what the ledger sealed stay."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from satusuara.areas.models import Election
from satusuara.kernel.errors import Forbidden
from satusuara.kernel.i18n import Text
from satusuara.ledger.actions import Seal, seal
from satusuara.people.queries import Scope
from satusuara.roll.models import Erased, Erasure, HeldBack, MovingLetter, Pair, Review, RollChange, StationList, Voter
from satusuara.roll.models_work import Duty
from satusuara.roll.payloads import erased_payload, erasure_payload


def erase_roll(*, scope: Scope, election: Election, reason: str, at: datetime) -> dict[str, int]:
    """Deletes every line, letter, pair and change of an election's roll; how many of each stands in the ledger.

    Only a command of whoever holds the machine does it (``satusuara roll erase``).

    :raises Forbidden: ``only-the-machine``
    """
    if not scope.is_system:
        raise Forbidden(
            "only-the-machine", Text("Hanya lewat perintah di server", "Only by a command on the server itself")
        )
    with transaction.atomic():
        doomed = _doomed(election)
        spoken_of = [
            (kind, str(pk)) for kind, rows in doomed if kind for pk in rows.order_by("pk").values_list("pk", flat=True)
        ]
        counts = {rows.model._meta.model_name or "": rows.delete()[0] for _kind, rows in doomed}
        erasure = Erasure.objects.create(election=election, counts=counts, at=at, by=scope.name)
        Erased.objects.bulk_create(
            [Erased(erasure=erasure, kind=kind, subject=subject) for kind, subject in spoken_of], batch_size=1000
        )
        said = [Seal("roll.erase", kind, subject, erased_payload(erasure.pk), reason) for kind, subject in spoken_of]
        said.append(Seal("roll.erase", "roll.erasure", str(erasure.pk), erasure_payload(erasure), reason))
        seal(at=at, by=scope.name, seals=said)
    return counts


def forget_files(election: Election) -> int:
    """Removes what lies beside the database: prepared rolls, sealed as they are. Returns how many files."""
    files = list((Path(settings.HOME) / "roll").glob(f"{election.code}-*"))
    for file in files:
        file.unlink()
    return len(files)


def _doomed(election: Election) -> list[tuple[str, QuerySet[Any]]]:
    """(kind in the log, "" for none; rows) in the order in which they can go."""
    return [
        ("roll.review", Review.objects.filter(pair__run__election=election)),
        ("roll.pair", Pair.objects.filter(run__election=election)),
        ("roll.letter", MovingLetter.objects.filter(origin__election=election)),
        ("roll.duty", Duty.objects.filter(voter__election=election)),
        ("", RollChange.objects.filter(voter__election=election)),
        ("", HeldBack.objects.filter(version__election=election)),
        ("roll.list", StationList.objects.filter(area__election=election)),
        ("", Voter.objects.filter(election=election)),
    ]
