"""Sentences that come with data (law, playbook, errors) carry both languages; page texts go through gettext."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Lang = Literal["id", "en"]
LANGUAGES: tuple[Lang, ...] = ("id", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in Indonesian and in English."""

    id: str
    en: str

    def in_(self, lang: str) -> str:
        """The sentence in ``lang``; any language but English falls back to Indonesian."""
        return self.en if lang.split("-", maxsplit=1)[0] == "en" else self.id

    def format(self, **values: Any) -> Text:
        """Both sentences with ``{placeholders}`` filled in."""
        return Text(self.id.format(**values), self.en.format(**values))
