"""Persons, drawn in whole columns: households at real areas, with names put together from parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from satusuara.roll.generator.settings import Settings, Village, Words

PER_STATION = 250
SERIALS_FROM = 9001
"""Serial numbers count up from 0001 per birth date and sub-district; the nine-thousands are never reached. Made up."""

_YOUNGEST, _OLDEST = 17, 92
_YEAR = 365.25
NONE = -1


@dataclass(slots=True)
class People:
    """One person a place in every array. Names are columns of word numbers (``NONE``: no such word)."""

    household: Any
    woman: Any
    born: Any  # datetime64[D]
    married: Any  # "B", "S", "P"
    subdistrict: Any  # number of the sub-district of first registration
    serial: Any
    village: Any  # of the household, spread to persons
    station: Any
    street: Any
    house: Any
    rt: Any
    rw: Any
    card: Any  # family card number
    words: Any  # (n, 6): title, lead, first, second, third, father
    twin: Any  # number of the twin, or NONE
    vocabulary: list[str]

    @property
    def size(self) -> int:
        return len(self.household)


def draw(words: Words, settings: Settings, villages: list[Village], size: int, rng: Any, on: Any) -> People:
    """``size`` persons who are of age on the day ``on``."""
    household, position, first_of = _households(size, rng)
    woman = np.where(position == 0, rng.random(size) < 0.16, rng.random(size) < 0.5)
    spouse = (position == 1) & (rng.random(size) < 0.88)
    woman = np.where(spouse, ~woman[first_of], woman)
    age = _ages(position, spouse, first_of, rng)
    married = np.where((position <= 1) & spouse | (position == 0), "S", np.where(age > 32, "S", "B"))
    married = np.where((position == 0) & (rng.random(size) < 0.1) | (age > 75), "P", married)
    born = on - np.ceil(age * _YEAR).astype("timedelta64[D]")
    born = _heaped(born, words, rng)
    homes = int(household[-1]) + 1 if size else 0
    village, station = _stations(villages, homes, household, size)
    subdistricts = {code: n for n, code in enumerate(dict.fromkeys(each.subdistrict for each in villages))}
    of_village = np.array([subdistricts[each.subdistrict] for each in villages])
    used = int(village.max()) + 1 if size else 1
    elsewhere = rng.integers(0, max(int(of_village[:used].max()) + 1, 1), size)
    registered = np.where(rng.random(size) < settings.late_registration, elsewhere, of_village[village])
    twin = _twins(settings, household, position, born, woman, registered, rng)
    vocabulary, parts = _names(words, woman, first_of, twin, rng)
    serial = _serials(registered, born, woman)
    card = _cards(villages, village, household, rng)
    return People(
        household=household,
        woman=woman,
        born=born,
        married=married,
        subdistrict=registered,
        serial=serial,
        village=village,
        station=station,
        street=rng.integers(0, len(words.streets) * len(words.places), homes)[household],
        house=rng.integers(1, 200, homes)[household],
        rt=rng.integers(1, 7, homes)[household],
        rw=rng.integers(1, 5, homes)[household],
        card=card,
        words=parts,
        twin=twin,
        vocabulary=vocabulary,
    )


def _households(size: int, rng: Any) -> tuple[Any, Any, Any]:
    """For each person the number of his household, his place in it, and the number of its first person."""
    sizes = rng.choice(6, size=size // 2 + 8, p=[0.14, 0.28, 0.25, 0.19, 0.09, 0.05]) + 1
    while sizes.sum() < size:
        sizes = np.concatenate([sizes, sizes])
    household = np.repeat(np.arange(len(sizes)), sizes)[:size]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    first_of = starts[household]
    return household, np.arange(size) - first_of, first_of


def _ages(position: Any, spouse: Any, first_of: Any, rng: Any) -> Any:
    size = len(position)
    head = np.clip(rng.normal(46, 13, size), 21, _OLDEST)
    child = head[first_of] - rng.normal(26, 5, size)
    elder = np.clip(head[first_of] + rng.normal(25, 5, size), 45, _OLDEST)
    young = np.where(
        child >= _YOUNGEST + 0.1, child, np.where(rng.random(size) < 0.5, rng.uniform(17.1, 24, size), elder)
    )
    return np.where(
        position == 0, head, np.where(spouse, np.clip(head[first_of] + rng.normal(-2, 4, size), 18, _OLDEST), young)
    )


def _heaped(born: Any, words: Words, rng: Any) -> Any:
    """Some birth dates are unknown and were written as one of a few days."""
    years = born.astype("datetime64[Y]")
    pick = rng.integers(0, len(words.heaped_days), len(born))
    chosen = born.copy()
    for n, text in enumerate(words.heaped_days):
        month, day = (int(part) for part in text.split("-"))
        date = (years.astype("datetime64[M]") + np.timedelta64(month - 1, "M")).astype("datetime64[D]")
        chosen = np.where(pick == n, date + np.timedelta64(day - 1, "D"), chosen)
    old = (np.datetime64("2024-01-01") - born).astype(int) / _YEAR > 18
    return np.where(old & (rng.random(len(born)) < words.heaped_share), chosen, born)


def _stations(villages: list[Village], homes: int, household: Any, size: int) -> tuple[Any, Any]:
    """Households fill the stations one after the other, no family is split; beyond the last village it begins anew."""
    counts = np.array([each.stations for each in villages])
    places = np.repeat(np.arange(len(villages)), counts)
    numbers = np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    people_before = np.searchsorted(household, np.arange(homes))  # the first person of each household
    slot = (people_before // PER_STATION) % max(len(places), 1)
    return places[slot][household][:size], numbers[slot][household][:size]


def _twins(settings: Settings, household: Any, position: Any, born: Any, woman: Any, registered: Any, rng: Any) -> Any:
    """The last of some families becomes the twin of the one before: same day, same place, mostly the same sex."""
    size = len(household)
    twin = np.full(size, NONE)
    last = np.append(household[1:] != household[:-1], True)
    able = np.flatnonzero(last & (position >= 3))
    wanted = min(round(size * settings.twin_share / 2), len(able))
    chosen = rng.choice(able, wanted, replace=False) if wanted else np.array([], dtype=int)
    born[chosen] = born[chosen - 1]
    registered[chosen] = registered[chosen - 1]
    woman[chosen] = np.where(rng.random(wanted) < 0.65, woman[chosen - 1], ~woman[chosen - 1])
    twin[chosen], twin[chosen - 1] = chosen - 1, chosen
    return twin


def _serials(registered: Any, born: Any, woman: Any) -> Any:
    """Numbered per sub-district, birth date and sex, in the order of registration."""
    key = (registered.astype(np.int64) * 200_000 + born.astype("datetime64[D]").astype(np.int64) + 60_000) * 2 + woman
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    rank = np.arange(len(key)) - np.repeat(starts, np.diff(np.append(starts, len(key))))
    serial = np.empty(len(key), dtype=np.int64)
    serial[order] = SERIALS_FROM + rank % 999
    return serial


def _cards(villages: list[Village], village: Any, household: Any, rng: Any) -> Any:
    """Family cards: sub-district, a day of issue, a serial of the nine-thousands."""
    code = np.array([int(each.subdistrict) for each in villages])
    homes = int(household[-1]) + 1 if len(household) else 0
    day, month, year = rng.integers(1, 29, homes), rng.integers(1, 13, homes), rng.integers(5, 24, homes)
    serial = rng.integers(SERIALS_FROM, 9999, homes)
    per_home = day * 10**8 + month * 10**6 + year * 10**4 + serial
    return code[village] * 10**10 + per_home[household]


def _names(words: Words, woman: Any, first_of: Any, twin: Any, rng: Any) -> tuple[list[str], Any]:
    """Six columns of word numbers: title, lead, first, second, third, father's name."""
    men, women = _vocabulary(words, rng)
    vocabulary = [*men, *women, *words.lead_men, *words.lead_women, *words.titles_men, *words.titles_women]
    size = len(woman)
    offsets = np.cumsum([0, len(men), len(women), len(words.lead_men), len(words.lead_women), len(words.titles_men)])

    def given(count: int, female: Any) -> Any:
        picks = [_zipf(len(some), words.zipf, count, rng) for some in (men, women)]
        return np.where(female, picks[1] + offsets[1], picks[0])

    first, second, third = (given(size, woman) for _ in range(3))
    father = np.where(rng.random(size) < 0.5, first[first_of], given(size, np.zeros(size, dtype=bool)))
    lead = np.where(
        woman,
        _zipf(len(words.lead_women), 1.0, size, rng) + offsets[3],
        _zipf(len(words.lead_men), 1.0, size, rng) + offsets[2],
    )
    title = np.where(
        woman,
        _zipf(len(words.titles_women), 1.5, size, rng) + offsets[5],
        _zipf(len(words.titles_men), 1.5, size, rng) + offsets[4],
    )
    single = rng.random(size) < words.single_share
    third_there = ~single & (rng.random(size) < words.third_share)
    of_family = (rng.random(size) < 0.2) & (np.arange(size) != first_of)
    second = np.where(of_family, first[first_of], second)
    with_twin = (twin != NONE) & (np.arange(size) > twin)
    second = np.where(with_twin, second[np.where(twin == NONE, 0, twin)], second)
    parts = np.stack(
        [
            np.where(rng.random(size) < words.title_share, title, NONE),
            np.where(rng.random(size) < words.lead_share, lead, NONE),
            first,
            np.where(single, NONE, second),
            np.where(third_there, third, NONE),
            np.where(rng.random(size) < words.father_share, father, NONE),
        ],
        axis=1,
    )
    return vocabulary, parts


def _vocabulary(words: Words, rng: Any) -> tuple[list[str], list[str]]:
    """Given names first, then thousands put together from parts, in an order of their own."""
    found = []
    for given, ends in ((words.given_men, words.ends_men), (words.given_women, words.ends_women)):
        made = sorted({a + b + c for a in words.starts for b in words.middles for c in ends} - set(given))
        mixed = [made[n] for n in rng.permutation(len(made))[:4000]]
        known = [given[n] for n in rng.permutation(len(given))]
        found.append([*known, *mixed])
    return found[0], found[1]


def _zipf(count: int, exponent: float, size: int, rng: Any) -> Any:
    weights = 1 / (np.arange(count) + 4.0) ** exponent
    return np.searchsorted(np.cumsum(weights) / weights.sum(), rng.random(size)).clip(0, count - 1)
