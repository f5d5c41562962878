"""What the house says when it refuses: a code for machines, a sentence for people, a place and a remedy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from satusuara.kernel.i18n import Text


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is wrong. ``row`` is the number in the file, header = 1."""

    file: str | None = None
    row: int | None = None
    column: str | None = None

    def in_(self, lang: str) -> str:
        words = {"id": ("berkas", "baris", "kolom"), "en": ("file", "row", "column")}[lang]
        parts = zip(words, (self.file, self.row, self.column), strict=True)
        return ", ".join(f"{word} {value}" for word, value in parts if value is not None)


class Refusal(Exception):
    """A deed refused, or an input rejected: ``code`` is stable, ``sentence`` says what, ``remedy`` what to do."""

    def __init__(
        self,
        code: str,
        sentence: Text,
        *,
        place: Place | None = None,
        remedy: Text | None = None,
        details: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(code, sentence)
        self.code = code
        self.sentence = sentence
        self.place = place
        self.remedy = remedy
        self.details = details or {}

    def in_(self, lang: str) -> str:
        """The whole message in one language: sentence, place, remedy."""
        where = f" ({self.place.in_(lang)})" if self.place and self.place.in_(lang) else ""
        remedy = f" {self.remedy.in_(lang)}" if self.remedy else ""
        return f"{self.sentence.in_(lang)}{where}.{remedy}"

    def __str__(self) -> str:
        return f"{self.code}: {self.in_('id')}"


class Forbidden(Refusal):
    """The person may not do or see this."""


class NotFound(Refusal):
    """There is no such thing, or the person may not know that there is."""
