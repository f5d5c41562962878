"""A name's words in one form, so that two clerks' writings of one name meet. Pure: words in, words out.

Every engine asks these functions once per distinct word; nothing of names is written a second time in SQL.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import groupby

from satusuara.roll.rules.spec import Names

_NO_LETTER = re.compile(r"[^A-Z]")
SKELETON = 5  # consonants kept for blocking


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a name. ``standard``: its usual spelling; ``sound``: one form of all spellings; ``skeleton``: its
    first letter and the consonants after it. ``drop``: a title, no part of the name. ``weak``: says little."""

    standard: str
    sound: str
    skeleton: str
    drop: bool = False
    weak: bool = False


class WordRules:
    """The rules of one country, ready to be asked about many words."""

    def __init__(self, names: Names) -> None:
        self._titles = frozenset(names.titles) | frozenset(names.kin)
        self._standard = {written: word for word, many in names.same.items() for written in (word, *many)}
        self._weak = frozenset(names.weak)
        self._spelling = names.spelling.rules
        self._silent = names.spelling.silent_at_end

    def word(self, written: str) -> Word:
        """One word as it stands in a name, capitals or not."""
        plain = _NO_LETTER.sub("", unaccented(written).upper())
        if not plain or plain in self._titles:
            return Word("", "", "", drop=True)
        standard = self._standard.get(plain, plain)
        sound = self.sound(standard)
        return Word(standard, sound, skeleton(sound), weak=standard in self._weak or len(standard) == 1)

    def sound(self, word: str) -> str:
        """All usual spellings of a word as one: DJUFRI, JUFRI and JUPRI are JUPRI; SYARIFUDDIN is SARIPUDIN."""
        for old, new in self._spelling:
            word = word.replace(old, new)
        word = "".join(letter for letter, _run in groupby(word))
        return word[:-1] if len(word) > 3 and self._silent and word.endswith(self._silent) else word

    def name(self, written: str) -> tuple[Word, ...]:
        """The words of a whole name, in their order, titles left out."""
        return tuple(word for word in map(self.word, split(written)) if not word.drop)


def split(name: str) -> list[str]:
    """Words between blanks and points; what stands behind a comma is a title; an apostrophe joins."""
    whole = name.upper().split(",", maxsplit=1)[0]
    return re.sub(r"['`’ʼ]", "", whole).replace(".", " ").replace("-", " ").replace("/", " ").split()


def unaccented(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))


def skeleton(sound: str) -> str:
    """First letter and following consonants, cut: what a slip of a vowel does not change."""
    return (sound[:1] + re.sub("[AEIOU]", "", sound[1:]))[:SKELETON]
