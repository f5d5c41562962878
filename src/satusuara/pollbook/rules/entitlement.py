"""Who gets which ballots, when: a decision on memberships of areas in districts, by the law's own records.

A listed or unlisted voter at his own station gets every contest that is held there. A moved voter gets a contest when
what decides its ballot is the same at home and here: nothing (the nation), an area of ``district_level``, or the
district (PKPU 7/2022 Art. 116(4), UU 7/2017 Art. 348(4)). Where a split area leaves the district open, it says so and
asks: the code of an area is then not enough, and nobody guesses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from satusuara.kernel.errors import NotFound
from satusuara.kernel.i18n import Text
from satusuara.law.model import Contest, Law, VoterCategory

DISTRICT = "district"


class DistrictRef(NamedTuple):
    """A district that an area belongs to; ``part``: only this piece of the area does."""

    code: str
    name: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class Locality:
    """Where a voter is on a roll, or where he stands: codes and names by level, districts by contest.

    ``codes`` may end above the station (an origin known to the sub-district only).
    """

    codes: Mapping[str, str]
    names: Mapping[str, str] = field(default_factory=dict)
    districts: Mapping[str, tuple[DistrictRef, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entitlement:
    """``contests``: codes in the law's order; ``unsure``: those that a split area leaves open (not in ``contests``)."""

    contests: tuple[str, ...]
    missing: tuple[str, ...]
    unsure: tuple[str, ...]
    mask: int
    sentence: Text

    @property
    def ballots(self) -> int:
        return len(self.contests)

    @property
    def certain(self) -> bool:
        return not self.unsure


def mask_of(law: Law, contests: Sequence[str]) -> int:
    """Bit n set for contest n of the law."""
    return sum(1 << n for n, contest in enumerate(law.contests) if contest.code in contests)


def contests_of(law: Law, mask: int) -> tuple[str, ...]:
    return tuple(contest.code for n, contest in enumerate(law.contests) if mask >> n & 1)


def held_at(law: Law, here: Locality) -> tuple[Contest, ...]:
    """Contests that are held here: one by district needs a district (Jakarta has no regency assembly)."""
    known = any(here.districts.values())
    return tuple(c for c in law.contests if c.district_level != DISTRICT or not known or here.districts.get(c.code))


def entitlement(law: Law, *, moved: bool, here: Locality, origin: Locality | None = None) -> Entitlement:
    """The ballots of one voter. ``moved``: he is on the roll at ``origin`` and comes with a letter.

    :raises ValueError: a moved voter without an origin
    """
    held = held_at(law, here)
    if not moved:
        codes = tuple(contest.code for contest in held)
        text = Text("memilih di TPS sendiri: {n} surat suara", "votes at the own station: {n} ballots")
        return Entitlement(codes, (), (), mask_of(law, codes), text.format(n=len(codes)))
    if origin is None:
        raise ValueError("a moved voter comes from somewhere")
    verdicts = {contest.code: _same(law, contest, origin, here) for contest in held}
    given = tuple(code for code, same in verdicts.items() if same)
    missing = tuple(code for code, same in verdicts.items() if same is False)
    unsure = tuple(code for code, same in verdicts.items() if same is None)
    return Entitlement(given, missing, unsure, mask_of(law, given), _explained(law, origin, here, verdicts))


def _same(law: Law, contest: Contest, origin: Locality, here: Locality) -> bool | None:
    """Whether both places vote on one ballot; None where a split area leaves it open."""
    level = contest.district_level
    if level == "":
        return True
    if level != DISTRICT:
        return origin.codes.get(level) is not None and origin.codes.get(level) == here.codes.get(level)
    if _same_ground(law, origin, here):
        return True
    home, now = origin.districts.get(contest.code, ()), here.districts.get(contest.code, ())
    if not home:  # known no nearer than an area above the districts: open where that area holds this station
        return None if all(here.codes.get(at) == code for at, code in origin.codes.items()) else False
    if not {ref.code for ref in home} & {ref.code for ref in now}:
        return False
    whole = len(home) == len(now) == 1 and not home[0].part and not now[0].part
    return True if whole else None


def _same_ground(law: Law, origin: Locality, here: Locality) -> bool:
    """Whether both are in one area of the level above the station: no district divides that."""
    level = law.levels[-2].code
    return origin.codes.get(level) is not None and origin.codes.get(level) == here.codes.get(level)


def _explained(law: Law, origin: Locality, here: Locality, verdicts: Mapping[str, bool | None]) -> Text:
    """ "pindah dari Masamba ke Sukamaju: dapil DPRD Kab/Kota berbeda → 4 surat suara"."""
    there, now = _names(law, origin, here)
    missing = [code for code, same in verdicts.items() if same is False]
    unsure = [code for code, same in verdicts.items() if same is None]
    by_code = {contest.code: contest for contest in law.contests}
    reasons = [Text(*pair) for pair in _differences(law, [by_code[code] for code in missing])]
    if unsure:
        shorts = [by_code[code].short for code in unsure]
        reasons.append(
            Text(
                f"wilayah terbagi beberapa dapil {_list('id', shorts)}: kode wilayah tidak cukup, "
                "tanyakan alamat lengkap dan lihat daftar dapil",
                f"the area is split between districts for {_list('en', shorts)}: its code is not enough, "
                "ask for the full address and look at the list of districts",
            )
        )
    if not reasons:
        reasons.append(Text("semua dapil sama", "the same districts throughout"))
    count = sum(same is True for same in verdicts.values())
    tail = Text("dan {m} perlu ditanyakan", "and {m} to be asked about").format(m=len(unsure)) if unsure else None
    return Text(
        f"pindah dari {there} ke {now}: {'; '.join(r.id for r in reasons)} → {count} surat suara"
        + (f" {tail.id}" if tail else ""),
        f"moved from {there} to {now}: {'; '.join(r.en for r in reasons)} → {count} ballot{'s' * (count != 1)}"
        + (f" {tail.en}" if tail else ""),
    )


def _differences(law: Law, missing: Sequence[Contest]) -> list[tuple[str, str]]:
    """Why contests are not due, grouped by what differs."""
    found: list[tuple[str, str]] = []
    for level in law.levels:
        shorts = [contest.short for contest in missing if contest.district_level == level.code]
        if shorts:
            found.append((f"{level.name.id.lower()} berbeda", f"another {level.name.en.lower()}"))
    shorts = [contest.short for contest in missing if contest.district_level == DISTRICT]
    if shorts:
        found.append((f"dapil {_list('id', shorts)} berbeda", f"another district for {_list('en', shorts)}"))
    return found


def _list(lang: str, texts: Sequence[Text]) -> str:
    words = [text.in_(lang) for text in texts]
    joint = {"id": " dan ", "en": " and "}[lang]
    return joint.join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _names(law: Law, origin: Locality, here: Locality) -> tuple[str, str]:
    """The names of both places at the highest level where they differ."""
    for level in law.levels:
        one, other = origin.codes.get(level.code), here.codes.get(level.code)
        if one != other and one is not None and other is not None:
            return origin.names.get(level.code, one), here.names.get(level.code, other)
    last = [level.code for level in law.levels if level.code in origin.codes]
    one = origin.names.get(last[-1], origin.codes[last[-1]]) if last else "-"
    return one, one


# --- hours and stock ---


@dataclass(frozen=True, slots=True)
class Hour:
    """Whether a category may come now. ``code``: "open", "early", "late"."""

    code: str
    sentence: Text

    @property
    def may_vote(self) -> bool:
        return self.code == "open"


def category_of(law: Law, code: str) -> VoterCategory:
    """:raises NotFound: the law knows no such category"""
    for category in law.categories:
        if category.code == code:
            return category
    raise NotFound("category-unknown", Text(f'Tidak ada kategori "{code}"', f'There is no category "{code}"'))


def hour_of(category: VoterCategory, clock: str, *, queued: bool = False) -> Hour:
    """``clock``: local time "HH:MM". ``queued``: he stood in the queue, or was recorded, when voting closed."""
    if clock < category.opens:
        text = Text("{name}: baru mulai pukul {at}", "{name}: from {at} only")
        return Hour("early", _filled(text, category, category.opens))
    if clock >= category.closes and not queued:
        text = Text("{name}: sudah ditutup pukul {at}", "{name}: closed at {at}")
        return Hour("late", _filled(text, category, category.closes))
    text = Text("{name}: boleh sampai pukul {at}", "{name}: until {at}")
    return Hour("open", _filled(text, category, category.closes))


def _filled(text: Text, category: VoterCategory, at: str) -> Text:
    at = at.replace(":", ".")
    return Text(text.id.format(name=category.name.id, at=at), text.en.format(name=category.name.en, at=at))


def ballots_left(received: Sequence[int], issued: Sequence[int], spoilt: Sequence[int]) -> tuple[int, ...]:
    """Per contest: stock less what was handed out and what replaced a spoilt ballot; below zero where figures clash."""
    return tuple(r - i - s for r, i, s in zip(received, issued, spoilt, strict=True))


def enough(mask: int, left: Sequence[int]) -> bool:
    """Whether every ballot of the mask is there."""
    return all(count > 0 for contest, count in enumerate(left) if mask >> contest & 1)
