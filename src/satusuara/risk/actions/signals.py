"""Signals: arming a definition, and what becomes of the sightings of its detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from satusuara.areas.models import Area, Election
from satusuara.kernel.errors import Refusal
from satusuara.kernel.hashing import payload_hash
from satusuara.kernel.i18n import Text
from satusuara.ledger.actions import seal
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from satusuara.risk import registry
from satusuara.risk.actions.common import require_text
from satusuara.risk.choices import BarrierCondition, Disposition, SignalMode
from satusuara.risk.models import BarrierState, SignalDef, SignalInstance
from satusuara.risk.payloads import sealed
from satusuara.risk.registry import Sighting
from satusuara.risk.rules.lifecycle import require_step
from satusuara.risk.rules.sightings import ARMED, disposition, mode_at

_CHUNK = 500  # keys in one question to the database
_REASON = Text("Alasan", "The reason")


@dataclass(frozen=True, slots=True)
class Raised:
    """What became of sightings: rows made by disposition, those that were known, those that nothing was armed for."""

    new: int = 0
    shadow: int = 0
    deduped: int = 0
    snoozed: int = 0
    known: int = 0
    unarmed: int = 0

    def __add__(self, other: Raised) -> Raised:
        return Raised(*(a + b for a, b in zip(self.counts(), other.counts(), strict=True)))

    def counts(self) -> tuple[int, ...]:
        return (self.new, self.shadow, self.deduped, self.snoozed, self.known, self.unarmed)


def arm_signal(
    *, scope: Scope, definition: SignalDef, at: datetime, mode: str = SignalMode.ACTIVE, reason: str = ""
) -> SignalDef:
    """Into shadow (counts, tells nobody) or active.

    :raises Forbidden: without RISK at the risk's area
    :raises NotFound: ``no-detector`` when the chapter that sees it is not installed
    :raises Refusal: ``mode-unfit``, ``signal-step``
    """
    if mode not in {SignalMode.SHADOW, SignalMode.ACTIVE}:
        raise Refusal("mode-unfit", Text("Pilih uji diam atau aktif", "Choose shadow or active"))
    registry.detector(definition.detector)
    return _change(scope, definition, mode, reason, at=at)


def snooze_signal(*, scope: Scope, definition: SignalDef, until: datetime, reason: str, at: datetime) -> SignalDef:
    """Put off until a moment; what is seen meanwhile is kept as snoozed.

    :raises Refusal: ``reason-missing``, ``snooze-has-no-end``, ``signal-step``
    """
    reason = require_text(reason, "reason", _REASON)
    if until <= at:
        raise Refusal("snooze-has-no-end", Text("Penundaan harus berakhir nanti", "A snooze ends later than now"))
    return _change(scope, definition, SignalMode.SNOOZED, reason, at=at, until=until)


def retire_signal(*, scope: Scope, definition: SignalDef, reason: str, at: datetime) -> SignalDef:
    """Ended for good.

    :raises Refusal: ``reason-missing``, ``signal-step``
    """
    return _change(scope, definition, SignalMode.RETIRED, require_text(reason, "reason", _REASON), at=at)


def _change(
    scope: Scope, definition: SignalDef, mode: str, reason: str, *, at: datetime, until: datetime | None = None
) -> SignalDef:
    scope.require(Right.RISK, definition.risk.area)
    with transaction.atomic():
        row = SignalDef.objects.select_for_update().select_related("risk__area", "register").get(pk=definition.pk)
        if (row.mode, row.snoozed_until) == (mode, until):
            return row
        require_step("signal", row.mode, mode)
        row.mode, row.snoozed_until, row.reason = mode, until, reason.strip()
        row.save(update_fields=["mode", "snoozed_until", "reason"])
        seal(at=at, by=scope.name, seals=[sealed(f"signal_{mode}", row, row.reason)])
    return row


def tune_signal(
    *,
    scope: Scope,
    definition: SignalDef,
    at: datetime,
    reason: str,
    expected: int | None,
    window_minutes: int,
    severity: int,
    opens_case: bool,
) -> SignalDef:
    """How often it is expected per 1,000 stations, how long one matter stays one, how loud it is.

    :raises Forbidden: without RISK at the risk's area
    :raises Refusal: ``reason-missing``, ``tuning-unfit``
    """
    scope.require(Right.RISK, definition.risk.area)
    reason = require_text(reason, "reason", _REASON)
    if window_minutes < 0 or severity not in {1, 2, 3, 4} or (expected is not None and expected < 0):
        raise Refusal("tuning-unfit", Text("Nilai itu tidak mungkin", "That value is not possible"))
    with transaction.atomic():
        row = SignalDef.objects.select_for_update().get(pk=definition.pk)
        new = (expected, window_minutes, severity, opens_case)
        if (row.expected, row.window_minutes, row.severity, row.opens_case) != new:
            row.expected, row.window_minutes, row.severity, row.opens_case = new
            row.save(update_fields=["expected", "window_minutes", "severity", "opens_case"])
            seal(at=at, by=scope.name, seals=[sealed("tune_signal", row, reason)])
    return row


def raise_signal(
    *, scope: Scope, election: Election, detector: str, sighting: Sighting, at: datetime, channel: str = "system"
) -> Raised:
    """One sighting; see ``raise_signals``."""
    return raise_signals(
        scope=scope, election=election, detector=detector, sightings=[sighting], at=at, channel=channel
    )


def raise_signals(
    *,
    scope: Scope,
    election: Election,
    detector: str,
    sightings: Sequence[Sighting],
    at: datetime,
    channel: str = "system",
    code: str = "",
) -> Raised:
    """What a detector saw, under every definition that is armed for it: one row a sighting and definition.

    The same content again is known and changes nothing; another sighting of the same key within the definition's
    window is kept as repeated. ``code``: only the definition of that risk (a report about it). ``scope`` names whose
    deed or run it was; it needs no right: seeing is no deed. A few statements however many sightings.
    """
    with transaction.atomic():
        definitions = SignalDef.objects.filter(
            register__election=election, detector=detector, mode__in=ARMED
        ).select_for_update(of=("self",)).select_related("register__area", "risk")  # fmt: skip
        chosen = [d for d in definitions.order_by("pk") if not code or d.risk.code == code]
        total = Raised(unarmed=0 if chosen else len(sightings))
        rows: list[SignalInstance] = []
        paths = _paths(sightings)
        for definition in chosen:
            below = definition.register.area.path
            mine = [s for s in sightings if paths.get(s.area_id, "").startswith(below) and _speaks(definition, s)]
            made, counts = _instances(definition, mine, at, channel)
            rows += made
            total = total + counts
        seal(at=at, by=scope.name or "public", seals=[sealed("raise_signal", row) for row in rows])
    return total


def _paths(sightings: Sequence[Sighting]) -> dict[int, str]:
    ids = sorted({s.area_id for s in sightings})
    found: dict[int, str] = {}
    for start in range(0, len(ids), _CHUNK):
        found |= dict(Area.objects.filter(pk__in=ids[start : start + _CHUNK]).values_list("pk", "path"))
    return found


def _speaks(definition: SignalDef, sighting: Sighting) -> bool:
    """Whether a sighting's rule is one of the definition's: "I2" takes "I2.j" too; no rules take everything."""
    rules = definition.rules
    return not rules or any(sighting.rule == rule or sighting.rule.startswith(f"{rule}.") for rule in rules)


def _instances(
    definition: SignalDef, sightings: Sequence[Sighting], at: datetime, channel: str
) -> tuple[list[SignalInstance], Raised]:
    """Rows for what is new of some sightings under one definition, saved, and the counts."""
    hashed = {payload_hash({**s.payload, "area": s.area_id, "key": s.key, "rule": s.rule}): s for s in sightings}
    known: set[str] = set()
    latest: dict[str, tuple[datetime, int]] = {}
    hashes, keys = list(hashed), sorted({s.key for s in sightings})
    own = SignalInstance.objects.filter(definition=definition)
    for start in range(0, len(hashes), _CHUNK):
        part = own.filter(payload_sha256__in=hashes[start : start + _CHUNK])
        known.update(part.values_list("payload_sha256", flat=True))
    for start in range(0, len(keys), _CHUNK):
        part = own.filter(key__in=keys[start : start + _CHUNK], first=None)
        for key, seen, pk in part.order_by("observed_at", "pk").values_list("key", "observed_at", "pk"):
            latest[key] = (seen, pk)
    window = timedelta(minutes=definition.window_minutes)
    mode = mode_at(definition.mode, definition.snoozed_until, at)
    fresh = sorted((s.observed_at, s.key, sha) for sha, s in hashed.items() if sha not in known)
    first_of: dict[str, SignalInstance] = {}
    firsts: list[SignalInstance] = []
    repeats: list[tuple[SignalInstance, SignalInstance | int]] = []  # with the first one, or its number
    for _, _, sha in fresh:
        sighting = hashed[sha]
        row = SignalInstance(
            definition=definition, area_id=sighting.area_id, key=sighting.key, rule=sighting.rule,
            observed_at=sighting.observed_at, received_at=at, channel=channel, payload=dict(sighting.payload),
            payload_sha256=sha,
        )  # fmt: skip
        first: SignalInstance | int | None = first_of.get(sighting.key)
        before = first_of[sighting.key].observed_at if first else None
        if first is None and sighting.key in latest:
            before, first = latest[sighting.key]
        again = before is not None and abs(sighting.observed_at - before) <= window
        row.disposition = disposition(mode, repeats=again)
        if again and first is not None:
            repeats.append((row, first))
        else:
            first_of[sighting.key] = row
            firsts.append(row)
    made = SignalInstance.objects.bulk_create(firsts, batch_size=_CHUNK)
    for row, first in repeats:
        row.first_id = first if isinstance(first, int) else first.pk
    made += SignalInstance.objects.bulk_create([row for row, _ in repeats], batch_size=_CHUNK)
    counts = {name: sum(row.disposition == name for row in made) for name in ("new", "shadow", "deduped", "snoozed")}
    return made, Raised(**counts, known=len(known))


def attach_signal(*, scope: Scope, instance: SignalInstance, reason: str, at: datetime) -> SignalInstance:
    """A case holds this sighting now (called by the chapter of cases, which has checked its own rights).

    :raises Refusal: ``signal-not-open`` for one that was only counted or repeats another
    """
    with transaction.atomic():
        row = SignalInstance.objects.select_for_update().get(pk=instance.pk)
        if row.disposition == Disposition.ATTACHED:
            return row
        if row.disposition not in {Disposition.NEW, Disposition.SNOOZED}:
            raise Refusal("signal-not-open", Text("Sinyal ini tidak menunggu tindakan", "This signal awaits no action"))
        row.disposition = Disposition.ATTACHED
        row.save(update_fields=["disposition"])
        seal(at=at, by=scope.name, seals=[sealed("attach_signal", row, reason)])
    return row


def expire(*, scope: Scope, at: datetime) -> int:
    """Ends what has run out: snoozes become active again, waivers planned. Returns how many rows changed."""
    with transaction.atomic():
        signals = list(SignalDef.objects.select_for_update().filter(mode=SignalMode.SNOOZED, snoozed_until__lte=at))
        for row in signals:
            row.mode, row.snoozed_until = SignalMode.ACTIVE, None
            row.save(update_fields=["mode", "snoozed_until"])
        waivers = list(
            BarrierState.objects.select_for_update().filter(
                condition=BarrierCondition.WAIVED, waived_until__lt=at.date()
            )
        )
        for state in waivers:
            state.condition, state.waived_by, state.waived_until = BarrierCondition.PLANNED, "", None
            state.save(update_fields=["condition", "waived_by", "waived_until"])
        seals = [*(sealed("snooze_ended", row) for row in signals), *(sealed("waiver_ended", s) for s in waivers)]
        seal(at=at, by=scope.name, seals=seals)
    return len(seals)
