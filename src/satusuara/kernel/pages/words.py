"""Figures, shares and times as people write them in each language: 1.001 and 57,3 %, or 1,001 and 57.3%."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

BLANK = "–"
"""What stands for a figure that nobody wrote: never 0."""

NARROW = "\u202f"
MINUS = "\u2212"


def _english(lang: str) -> bool:
    return lang.split("-", maxsplit=1)[0] == "en"


def number(value: int | None, lang: str) -> str:
    """A whole number with separators of thousands; a dash for a blank."""
    if value is None:
        return BLANK
    digits = f"{abs(value):,}"
    return (MINUS if value < 0 else "") + (digits if _english(lang) else digits.replace(",", "."))


def signed(value: int | None, lang: str) -> str:
    """A difference: with its sign, and 0 without one."""
    plain = number(value, lang)
    return f"+{plain}" if value is not None and value > 0 else plain


def share(part: int | None, whole: int | None, lang: str, places: int = 1) -> str:
    """``part`` of ``whole`` in percent, rounded half up; a dash where there is nothing to divide.

    What is not quite nothing or not quite all is never rounded to it: "< 0,1 %", "> 99,9 %".
    """
    if part is None or not whole:
        return BLANK
    step = Decimal(1).scaleb(-places)
    exact = Decimal(part) * 100 / Decimal(whole)
    rounded = exact.quantize(step, ROUND_HALF_UP)
    sign = ""
    if part > 0 and rounded == 0:
        sign, rounded = f"<{NARROW}", step
    elif 0 < part < whole and rounded == 100:
        sign, rounded = f">{NARROW}", 100 - step
    figure = f"{sign}{rounded}"
    return f"{figure}%" if _english(lang) else f"{figure.replace('.', ',')}{NARROW}%"


def moment(when: datetime | None, zone: tuple[str, str], lang: str) -> str:
    """A time in a named zone, (IANA zone, label) as ``law.zone_of`` says it: "20 Feb 2024 19.05 WITA"."""
    if when is None:
        return BLANK
    pattern = "d MMM y, HH:mm" if _english(lang) else "d MMM y, HH.mm"
    said = format_datetime(when.astimezone(ZoneInfo(zone[0])), pattern, locale="en" if _english(lang) else "id")
    return f"{said} {zone[1]}"


def proper(name: str) -> str:
    """A name that a table writes in capitals, as people write it: "LUWU UTARA" -> "Luwu Utara", "BATU II" -> "Batu II".

    A name that has small letters is left as it is. Numbers in Roman letters stay, and so do abbreviations (no vowel, or
    at most three letters that begin with two consonants).
    """
    return re.sub(r"(?:[^\W\d_]|')+", _proper_word, name) if name.isupper() else name


def _proper_word(found: re.Match[str]) -> str:
    word = found[0]
    short = not re.search("[AEIOU]", word) or re.fullmatch("[^AEIOU]{2}.", word)
    keep = re.fullmatch("[IVX]+", word) or (short and len(word) > 1)
    return word if keep else word.capitalize()


def day(when: date, lang: str) -> str:
    """A day: "14 Februari 2024"."""
    return format_date(when, "d MMMM y", locale="en" if _english(lang) else "id")


def age(since: datetime, now: datetime, lang: str) -> str:
    """How long ago, in the largest unit that fits: "3 menit", "2 jam", "5 hari"."""
    seconds = max(0, int((now - since).total_seconds()))
    for size, words in ((86400, ("hari", "day")), (3600, ("jam", "hour")), (60, ("menit", "minute"))):
        if seconds >= size:
            count = seconds // size
            return f"{count} {words[1]}{'s' if count != 1 else ''}" if _english(lang) else f"{count} {words[0]}"
    return "just now" if _english(lang) else "baru saja"
