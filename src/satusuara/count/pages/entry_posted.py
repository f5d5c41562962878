"""What a page of typing sends, read: boxes, words, and what is said about findings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from satusuara.count.rules.entry import Note, Reading, Value, value_of
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text

CELL, WORDS, CONFIRMED, REASON = "c.", "w.", "f.", "r."
"""What names of fields begin with: a box, its words, "as written on the paper", and why."""
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Posted:
    """A reading and notes. ``wrong``: {column: what was typed that is neither a figure nor a mark}."""

    reading: Reading
    notes: Mapping[str, Note]
    wrong: Mapping[str, str]

    def require_legible(self) -> None:
        """:raises Refusal: ``entry-not-a-figure``"""
        if self.wrong:
            raise Refusal(
                "entry-not-a-figure",
                Text(f"{len(self.wrong)} kotak bukan angka", f"{len(self.wrong)} boxes are no figures"),
                remedy=Text(
                    "Tulis angka saja, - bila kosong pada kertas, atau x bila tidak terbaca.",
                    "Write figures only, - where the paper is blank, or x where it cannot be read.",
                ),
                details={"columns": list(self.wrong)},
            )


def posted(fields: Mapping[str, str]) -> Posted:
    """Fields of a form as they were sent."""
    typed: dict[str, Value] = {}
    said: dict[str, str] = {}
    wrong: dict[str, str] = {}
    reasons: dict[str, str] = {}
    for name, text in fields.items():
        column = name[2:]
        if name.startswith(CELL):
            try:
                value = value_of(text)
            except ValueError:
                wrong[column] = text[:20]
            else:
                if value is not None:
                    typed[column] = value
        elif name.startswith(WORDS) and text.strip():
            said[column] = text.strip()[:_LONGEST]
        elif name.startswith(REASON):
            reasons[column] = text.strip()[:_LONGEST]
    notes = {code: Note(bool(fields.get(f"{CONFIRMED}{code}")), reason) for code, reason in reasons.items()}
    return Posted(Reading(typed, said), notes, wrong)


def posted_json(request: HttpRequest) -> Posted:
    """The same as one JSON object of fields: what a page saves by itself.

    :raises Refusal: ``draft-malformed``
    """
    try:
        sent: Any = json.loads(request.body)
    except ValueError:
        sent = None
    if not isinstance(sent, dict) or not all(isinstance(value, str) for value in sent.values()):
        raise Refusal("draft-malformed", Text("Kiriman tidak terbaca", "What was sent cannot be read"))
    return posted(sent)
