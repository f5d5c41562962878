"""Which problems already in the register say the same as a new one: shared words, weighed by how rare they are."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

_WORD = re.compile(r"[a-z0-9]+")
_WORDS = (
    "ada akan antara atau atas bagi belum dalam dan dari dengan di harus ini itu juga karena ke lebih oleh pada saat "
    "sebagai sebelum sesudah setelah sudah tanpa telah tidak untuk yang tps kpps pemilih surat suara "
    "a an and at by for from in is not of on or the to with"
)
_COMMON = frozenset(_WORDS.split())
"""Words that nearly every problem of an election shares."""

_ENDINGS = ("kannya", "annya", "inya", "nya", "kan", "lah", "kah", "an", "i")
_BEGINNINGS = ("meng", "meny", "mem", "men", "me", "peng", "peny", "pem", "pen", "per", "pe", "ber", "ter", "di")


@dataclass(frozen=True, slots=True)
class Match:
    code: str
    score: float  # 0–1
    words: tuple[str, ...]  # what both say


def tokens(text: str) -> frozenset[str]:
    """The stems of the words of a text that carry meaning: "tertukar" and "ditukarkan" are one."""
    words = (word for word in _WORD.findall(text.lower()) if word not in _COMMON and len(word) > 2)
    return frozenset(_stem(word) for word in words)


def _stem(word: str) -> str:
    """Without the commonest beginnings and endings of Indonesian, as long as four letters stay."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    for beginning in _BEGINNINGS:
        if word.startswith(beginning) and len(word) - len(beginning) >= 4:
            return word[len(beginning) :]
    return word


def suggest(text: str, known: Mapping[str, str], *, least: float = 0.25, most: int = 5) -> list[Match]:
    """The problems of ``known`` {code: words} most like ``text``, best first; none below ``least``.

    The score is the shared weight over the smaller of both weights: a short report inside a long description counts.
    A word weighs the more the fewer problems use it (inverse document frequency).
    """
    own = tokens(text)
    documents = {code: tokens(words) for code, words in known.items()}
    counts = Counter(token for each in documents.values() for token in each)
    weight = {t: math.log((1 + len(documents)) / (1 + counts[t])) + 1 for t in own | set(counts)}
    found = []
    for code, theirs in documents.items():
        shared = own & theirs
        smaller = min(sum(weight[t] for t in own), sum(weight[t] for t in theirs))
        score = sum(weight[t] for t in shared) / smaller if smaller else 0.0
        if score >= least and (len(shared) > 1 or own <= theirs):
            found.append(Match(code, round(score, 3), tuple(sorted(shared))))
    return sorted(found, key=lambda match: (-match.score, match.code))[:most]
