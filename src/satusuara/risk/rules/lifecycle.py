"""Which step follows which, for risks, barriers and signals. What is not listed is refused."""

from __future__ import annotations

from collections.abc import Mapping

from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text

RISK: Mapping[str, tuple[str, ...]] = {
    "draft": ("agreed",),
    "agreed": ("armed", "draft"),
    "armed": ("live", "agreed"),
    "live": ("reviewed",),
    "reviewed": (),
}
"""draft → agreed (number of the minutes) → armed → live → reviewed; before it is live it may be taken up again."""

BARRIER: Mapping[str, tuple[str, ...]] = {
    "planned": ("done", "degraded", "failed", "waived"),
    "done": ("verified", "degraded", "failed", "planned"),
    "verified": ("degraded", "failed"),
    "degraded": ("done", "failed", "waived"),
    "failed": ("done", "degraded", "waived"),
    "waived": ("done", "degraded", "failed", "planned"),
}
"""A verified barrier can only be lost, never verified again without being done again."""

SIGNAL: Mapping[str, tuple[str, ...]] = {
    "draft": ("shadow", "active", "retired"),
    "shadow": ("active", "snoozed", "retired"),
    "active": ("shadow", "snoozed", "retired"),
    "snoozed": ("shadow", "active", "snoozed", "retired"),
    "retired": (),
}

_WORDS = {
    "risk": (RISK, Text("Risiko", "A risk")),
    "barrier": (BARRIER, Text("Pencegahan", "A barrier")),
    "signal": (SIGNAL, Text("Sinyal", "A signal")),
}


def require_step(what: str, now: str, to: str) -> None:
    """``what`` is "risk", "barrier" or "signal".

    :raises Refusal: ``<what>-step`` when ``to`` does not follow ``now``
    """
    table, name = _WORDS[what]
    following = table.get(now, ())
    if to in following:
        return
    known = ", ".join(following) or "-"
    raise Refusal(
        f"{what}-step",
        Text(
            f'{name.id} berstatus "{now}" tidak dapat menjadi "{to}"',
            f'{name.en} that is "{now}" cannot become "{to}"',
        ),
        remedy=Text(f"Langkah berikut yang mungkin: {known}.", f"Possible next steps: {known}."),
    )
