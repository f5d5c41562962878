"""How a second record of the same person differs: what a hurried clerk writes, on one row at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from random import Random

from satusuara.roll.generator.settings import Words

LETTERS = "ABCDEFGHIJKLMNOPRSTUWYZ"
Row = dict[str, str | None]


def mistyped(number: str, rng: Random) -> str:
    """An identity number with one digit wrong, two exchanged, one missing, or two wrong."""
    what = rng.random()
    at = rng.randrange(len(number) - 1)
    if what < 0.55:
        return number[:at] + _other(number[at], "0123456789", rng) + number[at + 1 :]
    if what < 0.80:
        swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
        return swapped if swapped != number else mistyped(number, rng)
    if what < 0.88:
        return number[:at] + number[at + 1 :]
    second = rng.randrange(len(number))
    wrong = number[:at] + _other(number[at], "0123456789", rng) + number[at + 1 :]
    return wrong[:second] + _other(wrong[second], "0123456789", rng) + wrong[second + 1 :]


def wrong_date(date: str, words: Words, rng: Random) -> str:
    """Another birth date: day and month exchanged, one part wrong, heaped, or all of it."""
    born = dt.date.fromisoformat(date)
    what = rng.random()
    if what < 0.2 and born.day <= 12 and born.day != born.month:
        return born.replace(month=born.day, day=born.month).isoformat()
    if what < 0.45:
        return _until(date, lambda: born.replace(day=rng.randint(1, 28)))
    if what < 0.65:
        return _until(date, lambda: born.replace(day=min(born.day, 28), month=rng.randint(1, 12)))
    if what < 0.85:
        return born.replace(year=born.year - rng.choice((-2, -1, 1, 2, 10)), day=min(born.day, 28)).isoformat()
    if what < 0.95:
        month, day = rng.choice(words.heaped_days).split("-")
        return _until(date, lambda: born.replace(month=int(month), day=int(day)))
    return (born + dt.timedelta(days=rng.randint(40, 1200))).isoformat()


def _until(date: str, make: Callable[[], dt.date]) -> str:
    """Another date than this one: the next day where a draw gives the same again."""
    made = make().isoformat()
    return made if made != date else (dt.date.fromisoformat(date) + dt.timedelta(days=1)).isoformat()


def rewritten(name: str, words: Words, rng: Random) -> str:  # noqa: PLR0911 (one return a habit)
    """The same name as another clerk would write it."""
    parts = name.split()
    what = rng.random()
    if what < 0.40:
        return _spelled(name, words, rng)
    if what < 0.52 and len(parts) > 1:
        return " ".join([*parts[1:], parts[0]] if rng.random() < 0.6 else parts[::-1])
    if what < 0.64 and len(parts) > 1:
        return " ".join(parts[:-1])
    if what < 0.72 and len(parts) > 1:
        return " ".join([*parts[:-1], parts[-1][0]])
    if what < 0.78 and len(parts) > 1:
        return "".join(parts[:2]) + "".join(f" {each}" for each in parts[2:])
    if what < 0.84:
        return f"{rng.choice(('H.', 'HJ.', 'DRS.'))} {name}"
    return typo(name, rng)


def typo(name: str, rng: Random) -> str:
    """One letter wrong, missing, doubled, or exchanged with the next."""
    places = [n for n, letter in enumerate(name[:-1]) if letter.isalpha() and name[n + 1].isalpha()]
    if not places:
        return name
    at = rng.choice(places)
    made = (
        name[:at] + _other(name[at], LETTERS, rng) + name[at + 1 :],
        name[:at] + name[at + 1 :],
        name[:at] + name[at] + name[at:],
        name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    )
    return rng.choice(made)


def _spelled(name: str, words: Words, rng: Random) -> str:
    able = [(a, b) for a, b in words.variants.pairs if a in name or b in name]
    if not able:
        return typo(name, rng)
    a, b = rng.choice(able)
    if len(a) > 2:  # a whole word
        return " ".join(b if each == a else a if each == b else each for each in name.split())
    return name.replace(a, b, 1) if a in name else name.replace(b, a, 1)


def _other(letter: str, alphabet: str, rng: Random) -> str:
    return rng.choice([each for each in alphabet if each != letter])
