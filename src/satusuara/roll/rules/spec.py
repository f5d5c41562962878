"""What the matching knows of a country: ``linkage.toml`` of a law folder, as records."""

from __future__ import annotations

import tomllib
from functools import cache

import msgspec

from satusuara.kernel.errors import Place, Refusal
from satusuara.kernel.i18n import Text
from satusuara.law.loader import folder_of, in_words
from satusuara.law.records import Record

FILE = "linkage.toml"


class Spelling(Record, frozen=True, kw_only=True):
    rules: tuple[tuple[str, str], ...] = ()  # applied in this order
    silent_at_end: str = ""


class Names(Record, frozen=True, kw_only=True):
    titles: tuple[str, ...] = ()  # dropped
    kin: tuple[str, ...] = ()  # "child of": dropped, what follows stays
    weak: tuple[str, ...] = ()  # words that are added and left out; they say little
    same: dict[str, tuple[str, ...]] = {}
    spelling: Spelling = Spelling()


class Identity(Record, frozen=True, kw_only=True):
    """An identity number: ``region`` digits of the place of first registration, DDMMYY, a serial."""

    digits: int
    region: int
    date_at: int  # where DDMMYY begins, from 0
    woman_day: int  # added to the day of a woman
    mask: str = ""  # letters that stand for digits left out


class Dates(Record, frozen=True, kw_only=True):
    heaped: tuple[str, ...] = ()  # MM-DD written where the day is unknown


class Addresses(Record, frozen=True, kw_only=True):
    noise: tuple[str, ...] = ()


class Spec(Record, frozen=True, kw_only=True):
    names: Names
    identity: Identity
    dates: Dates = Dates()
    addresses: Addresses = Addresses()


@cache
def load_spec(law: str) -> Spec:
    """The ``linkage.toml`` of a law folder. Raises ``Refusal`` where it is missing or malformed."""
    path = folder_of(law) / FILE
    place = Place(file=f"{law}/{FILE}")
    if not path.is_file():
        raise Refusal("law-file-missing", Text("berkas ini belum ada", "this file is missing"), place=place)
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Spec)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Refusal("law-file-malformed", in_words(str(error)), place=place) from error
